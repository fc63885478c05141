"""The report of a run as values: what was done, for whom, from where; and a document of one, read again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reconciler.apply.outcome import Failure, Outcome, PutOff, Result
from reconciler.model.canonical import UNSET
from reconciler.model.document import Position, Problem
from reconciler.model.errors import ReportFileError
from reconciler.model.fields import Fields
from reconciler.plan.diff import UnverifiedField
from reconciler.plan.document import FORMAT_VERSION
from reconciler.plan.read import change_of, status_of


class Approval(StrEnum):
    """How somebody said yes to what was done."""

    ANSWER = "answer"
    SAVED_PLAN = "saved plan"
    DIGEST = "digest"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a run came from, as far as its CI says: what was checked out, for whom it ran, and where its log is."""

    commit: str | None = None
    branch: str | None = None
    actor: str | None = None
    run_url: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a command did in one environment; `finished_at` and `exit_code` are None before its end.

    `token_env` names the variable that the token came from, and `key_name` tells that token from others.
    """

    base_url: str
    digest: str | None
    tool_version: str
    started_at: str
    finished_at: str | None = None
    exit_code: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    origin: Origin = Origin()
    command: str = "apply"
    approval: Approval | None = None
    token_env: str | None = None
    key_name: str | None = None


def is_report(document: object) -> bool:
    """Whether a JSON document can be a report, and not a plan."""
    return isinstance(document, dict) and ("reports" in document or "started_at" in document)


def read_reports(text: str, file: str, fields: Fields) -> tuple[Report, ...]:
    """The reports in the text of a file, one for each environment; raises ReportFileError that says what is wrong."""
    document = _document(text, file)
    try:
        return tuple(_report(one, fields) for one in document.get("reports", [document]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{file} is no report that this version can read ({type(error).__name__}: {error})"
        raise ReportFileError(msg) from None


def _document(text: str, file: str) -> Mapping[str, Any]:
    """The text as a document of a format that we read; raises ReportFileError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        msg = f"{file} is not JSON, or was cut short: it is no report"
        raise ReportFileError(msg) from None
    if not is_report(document):
        msg = f"{file} is no report of an apply: `reconciler apply --report FILE` writes one"
        raise ReportFileError(msg)
    version = str(document.get("format_version"))
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        msg = f"{file} has format {version}, and this version reads {FORMAT_VERSION}"
        raise ReportFileError(msg)
    return dict(document)


def _report(row: Mapping[str, Any], fields: Fields) -> Report:
    """One report as the document has it; what older versions did not write is as if nobody knew."""
    return Report(
        base_url=row["base_url"],
        digest=row["digest"],
        tool_version=row["tool_version"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        exit_code=row["exit_code"],
        outcomes=tuple(_outcome(one, fields) for one in row["campaigns"]),
        origin=Origin(row["commit"], row["branch"], row["actor"], row["run_url"]),
        command=row.get("command", "apply"),
        approval=Approval(row["approval"]) if row.get("approval") else None,
        token_env=row.get("token_env"),
        key_name=row.get("key_name"),
    )


def _outcome(row: Mapping[str, Any], fields: Fields) -> Outcome:
    is_created = row.get("created", False)
    return Outcome(
        id=row["id"],
        name=row["name"],
        file=row["file"],
        result=Result(row["result"]),
        done=tuple(row["done"]),
        notices=tuple(row["notices"]),
        failure=_failure(row["error"]) if row["error"] else None,
        requests=row["requests"],
        retries=row["retries"],
        seconds_paused=row["seconds_paused"],
        is_created=is_created,
        changes=tuple(change_of(change, fields, is_new=is_created) for change in row["changes"]),
        unverified=tuple(_unverified(one["field"], row["file"], fields) for one in row["unverified"]),
        status=status_of(row["status"]) if row["status"] else None,
        put_off=_put_off(row["put_off"]) if row.get("put_off") else None,
    )


def _put_off(row: Mapping[str, Any]) -> PutOff:
    until = datetime.fromisoformat(row["until"]) if row["until"] else None
    return PutOff(tuple(row["fields"]), until, row["reason"])


def _unverified(name: str, file: str, fields: Fields) -> UnverifiedField:
    return UnverifiedField(fields.writable[name], "", UNSET, Position(file, 1, 1))


def _failure(row: Mapping[str, Any]) -> Failure:
    return Failure(row["message"], row["request"], row["status"], row["code"], _problems(row["problems"]))


def _problems(rows: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """What the API said of single fields. Their paths are read as people write them: no other use is made of them."""
    return tuple(
        Problem(Position(row["file"], row["line"], row["column"]), row["message"], (row["path"],)) for row in rows
    )

"""A saved plan: read back, checked, and held against the world before anything is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import UNSET, Canonical, canonical
from reconciler.model.document import Document, Position
from reconciler.model.errors import PlanFileError, StalePlan
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import SensitiveCount
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.plan import (
    FORMAT_VERSION,
    Action,
    CampaignPlan,
    Plan,
    StatusChange,
    Unshown,
    checksum,
    salt,
    shown,
)
from reconciler.plan.schedules import from_json


def read_plan(text: str, file: str, fields: Fields) -> Plan:
    """A plan out of the text of its file; raises PlanFileError that says what is wrong with it."""
    document = _document(text, file)
    try:
        plan = Plan(
            base_url=document["base_url"],
            created_at=document["created_at"],
            tool_version=document["tool_version"],
            campaigns=tuple(_campaign(row, fields) for row in document["campaigns"]),
            reads=document["summary"]["requests"],
            allow_removals=document["allow_dnc_removals"],
            unmanaged=_unmanaged(document["unmanaged"]),
            basis=document["basis"],
            notices=tuple(document["notices"]),
            rate_limit=document["rate_limit"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"{file} is not a plan that this version can read ({type(error).__name__}: {error}): plan again"
        raise PlanFileError(msg) from None
    if plan.digest != document["digest"]:
        msg = f"{file}: its digest does not fit what it holds: it was made by another version, so plan again"
        raise PlanFileError(msg)
    # `requests` counts reading and writing; what is not writing was reading.
    return replace(plan, reads=plan.reads - sum(campaign.requests for campaign in plan.campaigns))


def _unmanaged(rows: list[Mapping[str, Any]] | None) -> tuple[Live, ...] | None:
    return None if rows is None else tuple(Live(row["id"], row["name"], row["status"], {}) for row in rows)


def _document(text: str, file: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        msg = f"{file} is not JSON, or was cut short: it is no saved plan"
        raise PlanFileError(msg) from None
    if not isinstance(document, dict) or "format_version" not in document or "campaigns" not in document:
        msg = f"{file} is no saved plan: make one with `reconciler plan --out {file}`"
        raise PlanFileError(msg)
    version = str(document["format_version"])
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        msg = f"{file} has format {version}, and this version reads {FORMAT_VERSION}: plan again"
        raise PlanFileError(msg)
    if document.get("checksum") != checksum(document):
        msg = f"{file} was changed after it was written: plan again"
        raise PlanFileError(msg)
    return document


def _campaign(row: Mapping[str, Any], fields: Fields) -> CampaignPlan:
    file = row["file"]
    status = row["status"]
    return CampaignPlan(
        id=row["id"],
        name=row["name"],
        file=file,
        action=Action(row["action"]),
        desired=Desired(Document(file, {}), row["id"], None, {}),
        live_status=row["live_status"],
        changes=tuple(_change(change, fields, is_new=row["action"] == Action.CREATE) for change in row["changes"]),
        status=StatusChange(status["before"], status["after"]) if status else None,
        unverified=tuple(_unverified(unverified, file, fields) for unverified in row["unverified"]),
        notices=tuple(row["notices"]),
        errors=tuple(row["errors"]),
        managed=row["managed"],
        schedules=from_json(row.get("schedules")),
    )


def _change(row: Mapping[str, Any], fields: Fields, *, is_new: bool) -> Change:
    of = _field(row["field"], fields)
    before = UNSET if is_new and not of.is_sensitive else _value(of, row["before"])
    return Change(of, before, _value(of, row["after"]), Position(row["file"], row["line"], 1))


def _unverified(row: Mapping[str, Any], file: str, fields: Fields) -> Unshown:
    # The value is not in the file: apply takes it from the campaign's file, and compares the hash.
    verdict = UnverifiedField(_field(row["field"], fields), row["reason"], UNSET, Position(file, 1, 1))
    return Unshown(verdict, row["send"], row["sha256"])


def _field(name: str, fields: Fields) -> Field:
    return fields.writable[name]


def _value(of: Field, value: object) -> Canonical:
    return SensitiveCount(**value) if of.is_sensitive and isinstance(value, dict) else canonical(of, value)


def still_valid(saved: Plan, fresh: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Exactly the steps of the saved plan, with values from the files, and notices of what else moved.

    `fresh` is a plan of the same files made just now. Raises StalePlan if any step of the saved plan would no
    longer do what was approved: a field is not at its `before`, a status moved, a file says something else.
    """
    now = {campaign.file: campaign for campaign in fresh.campaigns}
    moves = [move for was in saved.campaigns for move in _moves(was, now[was.file], saved.base_url)]
    if moves:
        raise StalePlan(moves)
    steps = tuple(_only(was, now[was.file]) for was in saved.campaigns)
    notices = [note for was in saved.campaigns for note in _elsewhere(was, now[was.file])]
    return replace(saved, campaigns=steps), tuple(notices)


def _moves(was: CampaignPlan, now: CampaignPlan, base_url: str) -> Iterator[str]:
    """What moved since the plan was made, and matters to its steps."""
    if now.errors and not was.errors:
        yield from (f"{was.file}: {error}" for error in now.errors)
        return
    if was.id != now.id:
        yield f"{was.file}: {_identity(was)} when planned, {_identity(now)} now"
        return
    for name in sorted(was.managed.keys() | now.managed.keys()):
        if was.managed.get(name) != now.managed.get(name):
            yield f"{was.file}: the file says something else about {name} than when it was planned"
    if was.has_steps and was.live_status != now.live_status:
        yield f"{was.name} ({was.file}): status was {was.live_status} when planned, is {now.live_status} now"
    found = {change.field.name: change for change in now.changes}
    salted = salt(base_url, was.id or was.name)
    for change in was.changes:
        is_now = found.get(change.field.name)
        before, after = shown(change.field, change.before, change.after, salted)
        if is_now is None:
            yield _moved(was, change.field, before, after)
        elif (current := shown(change.field, is_now.before, is_now.after, salted)[0]) != before:
            yield _moved(was, change.field, before, current)


def _identity(campaign: CampaignPlan) -> str:
    return f"campaign {campaign.id}" if campaign.id else "no live campaign of this name"


def _moved(was: CampaignPlan, of: Field, before: object, current: object) -> str:
    if of.is_sensitive:
        return f"{was.name} ({was.file}): {of.name} is not what it was when planned"
    told = (json.dumps(value, ensure_ascii=False) for value in (before, current))
    return "{} ({}): {} was {} when planned, is {} now".format(was.name, was.file, of.name, *told)


def _only(was: CampaignPlan, now: CampaignPlan) -> CampaignPlan:
    """The campaign as it is now, cut down to the steps that were planned."""
    planned = {change.field.name for change in was.changes}
    sends = {unshown.verdict.field.name for unshown in was.unverified if unshown.send}
    changes = tuple(change for change in now.changes if change.field.name in planned)
    return replace(
        now,
        action=was.action,
        changes=changes,
        status=was.status,
        unverified=tuple(replace(u, send=u.send and u.verdict.field.name in sends) for u in now.unverified),
    )


def _elsewhere(was: CampaignPlan, now: CampaignPlan) -> Iterator[str]:
    planned = {change.field.name for change in was.changes}
    for change in now.changes:
        if change.field.name not in planned:
            yield f"{was.name}: {change.field.name} differs from the file by now; the plan does not touch it"

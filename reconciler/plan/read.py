"""A plan out of its JSON document: what `--plan` and `show` read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import UNSET, Canonical, canonical
from reconciler.model.document import Document, Position
from reconciler.model.errors import PlanFileError
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import SensitiveCount
from reconciler.plan import attempts, calling
from reconciler.plan.besides import Besides
from reconciler.plan.call_times import KnownCallTimes
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Kept, UnverifiedField
from reconciler.plan.document import FORMAT_VERSION, checksum
from reconciler.plan.held_json import hold_of
from reconciler.plan.plan import Plan
from reconciler.plan.protection import Withheld
from reconciler.plan.schedules import from_json
from reconciler.plan.steps import Action, Agent, PausedCampaign, StatusChange

# A document is a plan with its campaigns, or holds the plans of several environments.
_HOLDS = ("campaigns", "plans")


def read_plans(text: str, file: str, fields: Fields) -> tuple[Plan, ...]:
    """The plans of the environments of a file; raises PlanFileError that says what is wrong with one."""
    document = _document(text, file)
    rows = document.get("plans", [document])
    if not isinstance(rows, list) or not rows:
        raise PlanFileError(_no_plan(file))
    return tuple(_plan(row, file, fields) for row in rows)


def _plan(document: object, file: str, fields: Fields) -> Plan:
    """One plan out of its document, which nobody may have changed; raises PlanFileError."""
    if not isinstance(document, dict) or "campaigns" not in document:
        raise PlanFileError(_no_plan(file))
    if document.get("checksum") != checksum(document):
        msg = f"{file} was changed after it was written: plan again"
        raise PlanFileError(msg)
    try:
        plan = Plan(
            base_url=document["base_url"],
            created_at=document["created_at"],
            tool_version=document["tool_version"],
            campaigns=tuple(_campaign(row, fields) for row in document["campaigns"]),
            reads=document["summary"]["requests"],
            allow_dnc_removals=document["allow_dnc_removals"],
            unmanaged=_unmanaged(document["unmanaged"]),
            basis=document["basis"],
            environment=document["environment"],
            failure=document["failure"] or "",
            refused=tuple(document.get("refused", ())),
            notices=tuple(document["notices"]),
            left_paused=tuple(PausedCampaign(**row) for row in document.get("left_paused", [])),
            holds=tuple(hold_of(row) for row in document.get("holds", [])),
            rate_limit=document["rate_limit"],
            among=document.get("among", 0),
            key_name=document["key_name"],
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
    """The text as a document of a format that we read; raises PlanFileError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        msg = f"{file} is not JSON, or was cut short: it is no saved plan"
        raise PlanFileError(msg) from None
    if not isinstance(document, dict) or "format_version" not in document or document.keys().isdisjoint(_HOLDS):
        raise PlanFileError(_no_plan(file))
    version = str(document["format_version"])
    if version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        msg = f"{file} has format {version}, and this version reads {FORMAT_VERSION}: plan again"
        raise PlanFileError(msg)
    return document


def _no_plan(file: str) -> str:
    return f"{file} is no saved plan: make one with `reconciler plan --out {file}`"


def _campaign(row: Mapping[str, Any], fields: Fields) -> CampaignPlan:
    """One campaign as the document has it; what its file says is known by hashes only."""
    file = row["file"]
    status = row["status"]
    return CampaignPlan(
        id=row["id"],
        name=row["name"],
        file=file,
        action=Action(row["action"]),
        desired=Desired(Document(file, {}), row["id"], None, {}),
        live_status=row["live_status"],
        changes=tuple(change_of(change, fields, is_new=row["action"] == Action.CREATE) for change in row["changes"]),
        status=status_of(status) if status else None,
        unverified=tuple(_unverified(unverified, fields) for unverified in row["unverified"]),
        kept=tuple(Kept(_field(kept["field"], fields), kept["count"]) for kept in row["kept"]),
        withheld=tuple(
            Withheld(_field(one["field"], fields), one["reason"], _position(one)) for one in row["withheld"]
        ),
        besides=tuple(map(_besides, row.get("besides", []))),
        notices=tuple(row["notices"]),
        errors=tuple(row["errors"]),
        managed=row["managed"],
        call_times=KnownCallTimes(from_json(row.get("schedules")), attempts.from_json(row)),
        legal=tuple(row.get("legal", ())),
        hold=hold_of(row["hold"]) if row.get("hold") else None,
        calling=calling.from_json(row.get("calling")),
        agents=(_agent(row, "before"), _agent(row, "after")),
    )


def _position(row: Mapping[str, Any]) -> Position:
    return Position(row["file"], row["line"], 1)


def _besides(row: Mapping[str, Any]) -> Besides:
    position, loosens = _position(row), row.get("loosens", False)
    return Besides(row["key"], row["before"], row["after"], row["meaning"], position, row["is_grave"], loosens)


def status_of(row: Mapping[str, Any]) -> StatusChange:
    """A change of status as `status_json` wrote it."""
    why = row.get("because", ""), row.get("is_ours", False)
    return StatusChange(row["before"], row["after"], _position(row), *why)


def change_of(row: Mapping[str, Any], fields: Fields, *, is_new: bool) -> Change:
    """A change as `change_json` wrote it; `is_new` where the campaign was not there before."""
    field = _field(row["field"], fields)
    before = UNSET if is_new and not field.is_sensitive else _value(field, row["before"])
    names = row.get("names", {})
    called = (str(names.get("before", "")), str(names.get("after", "")))
    return Change(field, before, _value(field, row["after"]), _position(row), called, row.get("note", ""))


def _unverified(row: Mapping[str, Any], fields: Fields) -> UnverifiedField:
    # Apply takes the value from the campaign's file, and compares the hash: what is read here is only shown.
    field = _field(row["field"], fields)
    said = _value(field, row["value"]) if "value" in row else UNSET
    hashed, send = row["hash"], row["send"]
    may_send, is_new = row.get("may_send", bool(hashed)), row.get("is_new", False)
    return UnverifiedField(field, row["reason"], said, _position(row), may_send, send=send, is_new=is_new, hash=hashed)


def _field(name: str, fields: Fields) -> Field:
    return fields.writable[name]


def _value(field: Field, value: object) -> Canonical:
    return SensitiveCount(**value) if field.is_sensitive and isinstance(value, dict) else canonical(field, value)


def _agent(row: Mapping[str, Any], side: str) -> Agent | None:
    found = row.get("agents", {}).get(side)
    return Agent(found["id"], found["name"]) if found else None

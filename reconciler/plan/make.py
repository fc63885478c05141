"""Desired and live campaigns in, a plan out: what apply would do to each, or why nothing can be done."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.desired.validate import check_merged
from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from reconciler.model.canonical import UNSET, canonical, fingerprint
from reconciler.model.fields import Fields
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.plan.diff import Change, Difference, UnverifiedField
from reconciler.plan.plan import Action, CampaignPlan, Plan, StatusChange
from reconciler.plan.schedules import schedules
from reconciler.plan.values import salt

_SHORT = 16

# What was sent last for fields that no answer shows: campaign id, then field, to the hash of its value.
Record = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan is made under: where, when, by which version, what was sent before, and what is allowed."""

    base_url: str
    created_at: str = ""
    tool_version: str = ""
    record: Record = field(default_factory=dict)
    allow_dnc_removals: bool = False


def make_plan(fields: Fields, desired: Sequence[Desired], reading: LiveRead, terms: PlanContext) -> Plan:
    """Plan every campaign; the order of the files means nothing."""
    campaigns = []
    unmanaged = _unmanaged(reading)
    for one in sorted(desired, key=lambda d: d.file):
        match reading.found[one.file]:
            case NotFound(is_new=True):
                campaigns.append(plan_creation(fields, one, terms, unmanaged or ()))
            case NotFound(reason=reason):
                campaigns.append(_error(one, None, reason))
            case Live() as live:  # pragma: no branch - there are no others
                campaigns.append(plan_campaign(fields, one, live, terms))
    return Plan(
        terms.base_url,
        terms.created_at,
        terms.tool_version,
        tuple(campaigns),
        reads=reading.requests,
        allow_dnc_removals=terms.allow_dnc_removals,
        unmanaged=unmanaged,
    )


def _unmanaged(reading: LiveRead) -> tuple[Live, ...] | None:
    """The live campaigns without a file, where the whole list was read."""
    if reading.listed is None:
        return None
    managed = {live.id for live in reading.found.values() if isinstance(live, Live)}
    return tuple(sorted((live for live in reading.listed if live.id not in managed), key=lambda live: live.id))


def plan_creation(fields: Fields, one: Desired, terms: PlanContext, unmanaged: Sequence[Live]) -> CampaignPlan:
    """Plan a campaign that no live one bears the name of: all its fields, then its status."""
    missing = [of.name for of in fields.writable.values() if of.is_required and of.name not in one.values]
    if missing:
        required = f"the API requires {', '.join(missing)} to create a campaign: add what is missing"
        return _error(one, None, f"{required}, or the id if the campaign is there already", *_renamed(one, unmanaged))
    if one.status not in (None, Status.DRAFT) and not may_become(Status.DRAFT, one.status):
        return _error(one, None, f"a campaign is created as draft{_ways(Status.DRAFT)}, not {one.status}")
    wanted = one.status not in (None, Status.DRAFT)
    return CampaignPlan(
        id=None,
        name=one.label,
        file=one.file,
        action=Action.CREATE,
        desired=one,
        changes=tuple(_created(fields, one)),
        status=StatusChange(Status.DRAFT, str(one.status)) if wanted else None,
        notices=tuple(_renamed(one, unmanaged)),
        managed=_managed(fields, one, salt(terms.base_url, one.label)),
    )


def _created(fields: Fields, one: Desired) -> Iterable[Change]:
    for name, of in fields.writable.items():
        if name in one.values:
            position = one.document.key_position((name,))
            yield Change(of, UNSET, canonical(of, one.values[name]), position)


def _renamed(one: Desired, unmanaged: Sequence[Live]) -> Iterable[str]:
    """A changed name reads as a creation where the file has no id: say which live campaign may be meant."""
    near = difflib.get_close_matches(one.label, [live.name for live in unmanaged], n=1)
    if near:
        live = next(live for live in unmanaged if live.name == near[0])
        yield (
            f"live campaign {live.name!r} (id {live.id}) has no file: if this is its new name, put its id into the "
            "file (`reconciler pin` does that before a rename)"
        )


def plan_campaign(fields: Fields, one: Desired, live: Live, terms: PlanContext) -> CampaignPlan:
    """Plan one campaign whose live state is known."""
    difference = diff.compare(fields, one, live, allow_dnc_removals=terms.allow_dnc_removals)
    status, error = _status_step(one, live)
    if error:
        return _error(one, live, error)
    if live.is_finished:
        return _finished(one, live, difference)
    # A rule between two fields can be broken by the file's value over a live one.
    if problems := check_merged(fields, one, live):
        return _error(one, live, *map(str, problems))
    sent = terms.record.get(live.id, {})
    unverified = tuple(_hashed(verdict, salt(terms.base_url, live.id), sent) for verdict in difference.unverified)
    return CampaignPlan(
        id=live.id,
        name=live.name or one.label,
        file=one.file,
        action=Action.UPDATE if difference.changes else Action.NONE,
        live_status=live.status,
        changes=difference.changes,
        status=status,
        unverified=unverified,
        in_sync=len(one.values) - len(difference.changes) - len(difference.unverified),
        notices=tuple(_notices(difference, status, live)),
        schedules=schedules(fields, one, live),
        managed=_managed(fields, one, salt(terms.base_url, live.id)),
        desired=one,
    )


def _managed(fields: Fields, one: Desired, salted: str) -> dict[str, str]:
    said = {
        name: fingerprint(fields.writable[name], canonical(fields.writable[name], value), salted)[:_SHORT]
        for name, value in one.values.items()
    }
    return said | ({"status": str(one.status)} if one.status else {})


def _hashed(verdict: UnverifiedField, salted: str, sent: Mapping[str, str]) -> UnverifiedField:
    """The verdict with the hash of its value, to be sent unless this very value was sent last."""
    sha256 = fingerprint(verdict.field, verdict.value, salted)
    return replace(verdict, send=verdict.may_send and sent.get(verdict.field.name) != sha256, sha256=sha256)


def _status_step(one: Desired, live: Live) -> tuple[StatusChange | None, str | None]:
    """The change of status that the file asks for, or why it cannot be."""
    if one.status is None or one.status == live.status:
        return None, None
    if live.is_finished and one.status not in FINISHED:
        return None, None  # told as a notice: nothing can change a finished campaign
    if live.status is None:
        return None, f"the file wants status {one.status}, but the API shows no status"
    if may_become(live.status, one.status):
        return StatusChange(live.status, one.status), None
    return None, f"status cannot become {one.status}: the campaign is {live.status}{_ways(live.status)}"


def _ways(status: str) -> str:
    if status in FINISHED:
        return ", which is final"
    ways = [after for after in Status if may_become(status, after)]
    return f", from where it may become {' or '.join(ways)}" if ways else ", a status that is not known here"


def _finished(one: Desired, live: Live, difference: Difference) -> CampaignPlan:
    notices = []
    if one.status not in (None, live.status):
        notices.append(f"the campaign is {live.status}, which is final: the file's status {one.status} is not applied")
    if difference.changes:
        differ = f"{count(len(difference.changes), 'field')} {'differs' if len(difference.changes) == 1 else 'differ'}"
        notices.append(f"the campaign is {live.status}, which is final: {differ}, nothing is written")
    return CampaignPlan(
        id=live.id,
        name=live.name or one.label,
        file=one.file,
        action=Action.FINISHED if notices else Action.NONE,
        live_status=live.status,
        in_sync=len(one.values) - len(difference.changes) - len(difference.unverified),
        notices=tuple(notices),
        desired=one,
    )


def _error(one: Desired, live: Live | None, *reasons: str) -> CampaignPlan:
    return CampaignPlan(
        id=live.id if live else one.id,
        name=(live.name if live else "") or one.label,
        file=one.file,
        action=Action.ERROR,
        live_status=live.status if live else None,
        errors=reasons,
        desired=one,
    )


def _notices(difference: Difference, status: StatusChange | None, live: Live) -> Iterable[str]:
    for kept in difference.kept:
        entries = (
            "1 live entry that the file does not name is"
            if kept.count == 1
            else f"{kept.count} live entries that the file does not name are"
        )
        yield f"{kept.field.name}: {entries} kept (remove with --allow-dnc-removals)"
    for unverified in difference.unverified:
        if not unverified.may_send:
            yield f"{unverified.field.name} is not sent: {unverified.reason}"
    if status and status.after in FINISHED:
        yield f"becoming {status.after} is final: it cannot be undone"
    if live.status == Status.ACTIVE and any(c.field.may_conflict for c in difference.changes):
        yield "queued calls may wait until they fall into the new calling hours"

"""Desired and live campaigns in, a plan out: what apply would do to each, or why nothing can be done."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.desired.validate import check_merged, check_new
from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from reconciler.model.canonical import UNSET, canonical, fingerprint
from reconciler.model.fields import Fields
from reconciler.model.sensitive import HashKey, Salt
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.plan.call_times import CallTimesOf
from reconciler.plan.diff import Change, Difference, UnverifiedField
from reconciler.plan.plan import Action, Agent, CampaignPlan, Plan, StatusChange
from reconciler.plan.protection import REMOVE, REPLACE, SETTING, Protection, Withheld, whole_truth, without_unused_lists
from reconciler.plan.values import Hashes, recorded, salt

_SHORT = 16
# What this token sent last of fields that no answer shows: campaign id, then field, to what `recorded` makes of it.
Record = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan is made under: where, when, by which version, what was sent before, and what is allowed.

    With `allow_dnc_removals` the files are the whole truth about lists of people, and `replaces_in` is the file that
    says so, if one does. `key` is what hashes of people's data are made with; without it there are none.
    `known_to_be_new` are fields that the branch changed, by file; with `force_unverified` every field that nobody can
    verify counts as new, other than lists of people. `broken` says, by file, why nothing can be done for a campaign.
    """

    base_url: str
    created_at: str = ""
    tool_version: str = ""
    record: Record = dataclasses.field(default_factory=dict)
    allow_dnc_removals: bool = False
    replaces_in: str = ""
    key: HashKey | None = None
    known_to_be_new: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    force_unverified: bool = False
    broken: Mapping[str, str] = dataclasses.field(default_factory=dict)


def make_plan(fields: Fields, wanted: Sequence[Desired], reading: LiveRead, context: PlanContext) -> Plan:
    """Plan every campaign; the order of the files means nothing."""
    campaigns = []
    unmanaged = _unmanaged(reading)
    meaning = _files_by_campaign(reading)
    for desired in sorted(wanted, key=lambda desired: desired.file):
        live_or_not = reading.found[desired.file]
        if reason := context.broken.get(desired.file):
            campaigns.append(_error(desired, live_or_not if isinstance(live_or_not, Live) else None, reason))
            continue
        match live_or_not:
            case NotFound(is_new=True):
                campaigns.append(plan_creation(fields, desired, context, unmanaged or ()))
            case NotFound(reason=reason):
                campaigns.append(_error(desired, None, reason))
            case Live() as live if len(files := meaning[live.id.casefold()]) > 1:
                others = ", ".join(file for file in files if file != desired.file)
                twice = (
                    f"this campaign (id {live.id}) is also meant by {others}: keep one file, nothing of it is applied"
                )
                campaigns.append(_error(desired, live, twice))
            case Live() as live:  # pragma: no branch - there are no others
                campaigns.append(plan_campaign(fields, desired, live, context))
    return Plan(
        context.base_url,
        context.created_at,
        context.tool_version,
        tuple(campaigns),
        reads=reading.requests,
        allow_dnc_removals=context.allow_dnc_removals,
        unmanaged=unmanaged,
        notices=whole_truth(fields, wanted, context.replaces_in) if context.allow_dnc_removals else (),
        key=context.key,
        key_name=context.key.name if context.key and _holds_people(fields, wanted) else None,
    )


def _holds_people(fields: Fields, wanted: Sequence[Desired]) -> bool:
    """Whether a file names people, so that their hashes are in the plan."""
    return any(fields.writable[name].is_sensitive for desired in wanted for name in desired.values)


def _files_by_campaign(reading: LiveRead) -> Mapping[str, Sequence[str]]:
    """The files that mean each live campaign: one by its id and another by its name may mean the same."""
    files: dict[str, list[str]] = {}
    for file, live in sorted(reading.found.items()):
        if isinstance(live, Live):
            files.setdefault(live.id.casefold(), []).append(file)
    return files


def _unmanaged(reading: LiveRead) -> tuple[Live, ...] | None:
    """The live campaigns without a file, where the whole list was read."""
    if reading.listed is None:
        return None
    managed = {live.id for live in reading.found.values() if isinstance(live, Live)}
    return tuple(sorted((live for live in reading.listed if live.id not in managed), key=lambda live: live.id))


def plan_creation(fields: Fields, desired: Desired, context: PlanContext, unmanaged: Sequence[Live]) -> CampaignPlan:
    """Plan a campaign that no live one bears the name of: all its fields, then its status."""
    required = (name for name, field in fields.writable.items() if field.is_required)
    if missing := ", ".join(name for name in required if name not in desired.values):
        add = "add what is missing, or the id if the campaign is there already"
        return _error(
            desired, None, f"the API requires {missing} to create a campaign: {add}", *_renamed(desired, unmanaged)
        )
    if problems := check_new(fields, desired):
        return _error(desired, None, *map(str, problems))
    if desired.status not in (None, Status.DRAFT) and not may_become(Status.DRAFT, desired.status):
        return _error(desired, None, f"a campaign is created as draft{_ways(Status.DRAFT)}, not {desired.status}")
    return CampaignPlan(
        id=None,
        name=desired.label,
        file=desired.file,
        action=Action.CREATE,
        desired=desired,
        changes=tuple(_created(fields, desired)),
        status=_step(Status.DRAFT, desired.status, desired) if desired.status not in (None, Status.DRAFT) else None,
        notices=(*_unprotected(fields, desired), *_renamed(desired, unmanaged)),
        call_times=CallTimesOf(fields, desired, None),
        campaign_type=campaign_type(desired, None),
        agents=agents_of(fields, desired, None),
        managed=_managed(fields, desired, salt(context.base_url, desired.label, context.key), context),
    )


def _created(fields: Fields, desired: Desired) -> Iterable[Change]:
    """All that the file says. What is null there clears something, and a new campaign has nothing to clear."""
    for name, field in fields.writable.items():
        value = canonical(field, desired.values[name]) if name in desired.values else None
        if value is not None:
            yield Change(field, UNSET, value, desired.document.key_position((name,)))


def _unprotected(fields: Fields, desired: Desired) -> Iterable[str]:
    """The protections that the campaign is created without: the API leaves off what nobody asks for."""
    for name, field in fields.writable.items():
        if field.protects and desired.values.get(name) is not True:
            yield f"it is created with {name} off: whoever is on a do-not-call list is called (on with `{name}: true`)"


def _renamed(desired: Desired, unmanaged: Sequence[Live]) -> Iterable[str]:
    """A changed name reads as a creation where the file has no id: say which live campaign may be meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - only creations need it

    near = get_close_matches(desired.label, [live.name for live in unmanaged], n=1)
    if near:
        live = next(live for live in unmanaged if live.name == near[0])
        yield (
            f"live campaign {live.name!r} (id {live.id}) has no file: if this is its new name, put its id into the "
            "file (`reconciler pin` does that before a rename)"
        )


def plan_campaign(fields: Fields, desired: Desired, live: Live, context: PlanContext) -> CampaignPlan:
    """Plan one campaign whose live state is known."""
    desired, unused = without_unused_lists(fields, desired, live)
    difference = diff.compare(fields, desired, live, allow_dnc_removals=context.allow_dnc_removals)
    status, error = _status_step(desired, live)
    if error:
        return _error(desired, live, error)
    if live.is_finished:
        return _finished(fields, desired, live, difference, context)
    # A rule between two fields can be broken by the file's value over a live one.
    if problems := check_merged(fields, desired, live):
        return _error(desired, live, *map(str, problems))
    sent = context.record.get(live.id, {})
    salted = salt(context.base_url, live.id, context.key)
    difference, withheld = Protection(fields, live, sent, context.key).judge(difference)
    unverified = tuple(_judged(verdict, desired, live, salted, context) for verdict in difference.unverified)
    return CampaignPlan(
        id=live.id,
        name=live.name or desired.label,
        file=desired.file,
        action=Action.UPDATE if difference.changes else Action.NONE,
        live_status=live.status,
        changes=difference.changes,
        status=status,
        unverified=unverified,
        kept=difference.kept,
        withheld=withheld,
        in_sync=len(desired.values) - len(difference.changes) - len(difference.unverified) - len(withheld),
        notices=(*unused, *_notices(difference, withheld, status, live)),
        call_times=CallTimesOf(fields, desired, live),
        campaign_type=campaign_type(desired, live),
        agents=agents_of(fields, desired, live),
        managed=_managed(fields, desired, salted, context),
        recorded=frozenset(sent),
        stamp=live.stamp,
        desired=desired,
    )


def agents_of(fields: Fields, desired: Desired, live: Live | None) -> tuple[Agent | None, Agent | None]:
    """Who calls as live is, and with the file over that; None where nobody is known. A name is one that live shows."""
    name = next((one.name for one in fields.writable.values() if one.refers_to), "")
    shown, row = (live.values.get(key) if live else None for key in (name, "agent"))
    told = row.get("name") if isinstance(row, Mapping) else None
    before = Agent(shown, told if isinstance(told, str) else "") if isinstance(shown, str) else None
    wanted = desired.values.get(name)
    if not isinstance(wanted, str) or (before and before.id == wanted):
        return before, before
    return before, Agent(wanted)


def campaign_type(desired: Desired, live: Live | None) -> str | None:
    """The type that the campaign will have; None where neither side says one."""
    said = desired.values.get("campaign_type") or (live.values.get("campaign_type") if live else None)
    return said if isinstance(said, str) else None


def _managed(fields: Fields, desired: Desired, salted: Salt, context: PlanContext) -> Hashes:
    """Everything that files say of a campaign, the setting of its environment that says what its lists mean, too."""
    return Hashes(functools.partial(_hashes, fields, desired, salted, context))


def _hashes(fields: Fields, desired: Desired, salted: Salt, context: PlanContext) -> dict[str, str]:
    said = {
        name: fingerprint(fields.writable[name], canonical(fields.writable[name], value), salted)[:_SHORT]
        for name, value in desired.values.items()
    }
    said = {name: hashed for name, hashed in said.items() if hashed}
    if context.replaces_in and any(fields.writable[name].adds_to_live for name in desired.values):
        said[SETTING] = REPLACE
    return said | ({"status": str(desired.status)} if desired.status else {})


def _judged(
    verdict: UnverifiedField, desired: Desired, live: Live, salted: Salt, context: PlanContext
) -> UnverifiedField:
    """The verdict with the hash of its value: sent unless this very value was sent last, and whether it is new."""
    name, sent = verdict.field.name, context.record.get(live.id, {})
    hashed = fingerprint(verdict.field, verdict.value, salted)
    send = sent.get(name) != recorded(verdict.field, verdict.value, live.id, context.key)
    is_wanted = name in sent or name in context.known_to_be_new.get(desired.file, ()) or context.force_unverified
    is_new = send and is_wanted and verdict.may_send and not verdict.field.adds_to_live
    return replace(verdict, send=send, is_new=is_new, hash=hashed)


def _status_step(desired: Desired, live: Live) -> tuple[StatusChange | None, str | None]:
    """The change of status that the file asks for, or why it cannot be."""
    if desired.status is None or desired.status == live.status:
        return None, None
    if live.is_finished and desired.status not in FINISHED:
        return None, None  # told as a notice: nothing can change a finished campaign
    if live.status is None:
        return None, f"the file wants status {desired.status}, but the API shows no status"
    if may_become(live.status, desired.status):
        return _step(live.status, desired.status, desired), None
    return None, f"status cannot become {desired.status}: the campaign is {live.status}{_ways(live.status)}"


def _step(before: str, after: str | None, desired: Desired) -> StatusChange:
    return StatusChange(before, str(after), desired.document.position(("status",)))


def _ways(status: str) -> str:
    if status in FINISHED:
        return ", which is final"
    ways = [after for after in Status if may_become(status, after)]
    return f", from where it may become {' or '.join(ways)}" if ways else ", a status that is not known here"


def _finished(
    fields: Fields, desired: Desired, live: Live, difference: Difference, context: PlanContext
) -> CampaignPlan:
    """The plan of a campaign that nothing can change any more: notices of what the file wants all the same."""
    is_final = f"the campaign is {live.status}, which is final"
    notices = []
    if desired.status not in (None, live.status):
        notices.append(f"{is_final}: the file's status {desired.status} is not applied")
    if difference.changes and desired.status != live.status:
        differ = f"{count(len(difference.changes), 'field')} {'differs' if len(difference.changes) == 1 else 'differ'}"
        notices.append(f"{is_final}: {differ}, nothing is written")
    if notices:
        notices[-1] += f" (with `status: {live.status}` in the file this is told no more)"
    return CampaignPlan(
        id=live.id,
        name=live.name or desired.label,
        file=desired.file,
        action=Action.FINISHED if notices or difference.changes else Action.NONE,
        live_status=live.status,
        in_sync=len(desired.values) - len(difference.changes) - len(difference.unverified),
        notices=tuple(notices),
        managed=_managed(fields, desired, salt(context.base_url, live.id, context.key), context),
        desired=desired,
    )


def _error(desired: Desired, live: Live | None, *reasons: str) -> CampaignPlan:
    return CampaignPlan(
        id=live.id if live else desired.id,
        name=(live.name if live else "") or desired.label,
        file=desired.file,
        action=Action.ERROR,
        live_status=live.status if live else None,
        errors=reasons,
        desired=desired,
    )


def _notices(
    difference: Difference, withheld: Sequence[Withheld], status: StatusChange | None, live: Live
) -> Iterable[str]:
    """What is worth knowing of a campaign besides its changes."""
    for kept in difference.kept:
        is_or_are = "is" if kept.count == 1 else "are"
        entries = count(kept.count, "live entry", "live entries")
        yield f"{kept.field.name}: {entries} that the file does not name {is_or_are} kept (remove with {REMOVE})"
    yield from map(str, withheld)
    yield from notices_of_steps(difference.changes, status, live.status)


def notices_of_steps(changes: Sequence[Change], status: StatusChange | None, live_status: str | None) -> Iterable[str]:
    """What is worth knowing of the steps of a campaign."""
    if status and status.after in FINISHED:
        yield f"becoming {status.after} is final: it cannot be undone"
    if live_status == Status.ACTIVE and any(change.field.may_conflict for change in changes):
        yield "queued calls may wait until they fall into the new calling hours"

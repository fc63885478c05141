"""Desired and live campaigns in, a plan out: what apply would do to each, or why nothing can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.desired.validate import check_merged
from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import FINISHED, Desired, Live, Status
from reconciler.model.fields import Fields
from reconciler.model.sensitive import Salt
from reconciler.model.words import count
from reconciler.model.written import fingerprint
from reconciler.plan import diff
from reconciler.plan.call_times import CallTimesOf
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.creation import plan_creation
from reconciler.plan.diff import Change, Difference, UnverifiedField
from reconciler.plan.facts import agents_of, campaign_type, managed, not_planned
from reconciler.plan.plan import Plan
from reconciler.plan.protection import REMOVE, Protection, Withheld, whole_truth, without_unused_lists
from reconciler.plan.renames import Renames
from reconciler.plan.status_step import status_step
from reconciler.plan.steps import Action, StatusChange
from reconciler.plan.values import recorded, salt


def make_plan(fields: Fields, wanted: Sequence[Desired], reading: LiveRead, context: PlanContext) -> Plan:
    """Plan every campaign; the order of the files means nothing."""
    campaigns = []
    unmanaged = _unmanaged(reading)
    renames = Renames(unmanaged or (), sum(isinstance(found, NotFound) for found in reading.found.values()))
    meaning = _files_by_campaign(reading)
    for desired in sorted(wanted, key=lambda desired: desired.file):
        live_or_not = reading.found[desired.file]
        if reason := context.broken.get(desired.file):
            campaigns.append(not_planned(desired, live_or_not if isinstance(live_or_not, Live) else None, reason))
            continue
        match live_or_not:
            case NotFound(is_new=True):
                campaigns.append(plan_creation(fields, desired, context, renames))
            case NotFound(reason=reason):
                campaigns.append(not_planned(desired, None, reason))
            case Live() as live if len(files := meaning[live.id.casefold()]) > 1:
                others = ", ".join(file for file in files if file != desired.file)
                twice = (
                    f"this campaign (id {live.id}) is also meant by {others}: keep one file, nothing of it is applied"
                )
                campaigns.append(not_planned(desired, live, twice))
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


def plan_campaign(fields: Fields, desired: Desired, live: Live, context: PlanContext) -> CampaignPlan:
    """Plan one campaign whose live state is known."""
    desired, unused = without_unused_lists(fields, desired, live)
    difference = diff.compare(fields, desired, live, allow_dnc_removals=context.allow_dnc_removals)
    status, error = status_step(desired, live)
    if error:
        return not_planned(desired, live, error)
    if live.is_finished:
        return _finished(fields, desired, live, difference, context)
    # A rule between two fields can be broken by the file's value over a live one.
    if problems := check_merged(fields, desired, live):
        return not_planned(desired, live, *map(str, problems))
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
        managed=managed(fields, desired, salted, context),
        recorded=frozenset(sent),
        stamp=live.stamp,
        desired=desired,
    )


def _judged(
    verdict: UnverifiedField, desired: Desired, live: Live, salted: Salt, context: PlanContext
) -> UnverifiedField:
    """The verdict with the hash of its value: sent unless this very value was sent last, and whether it is new."""
    name, sent = verdict.field.name, context.record.get(live.id, {})
    hashed = fingerprint(verdict.field, verdict.value, salted)
    send = sent.get(name) != recorded(verdict.field, verdict.value, live.id, context.key)
    is_wanted = name in sent or name in context.known_to_be_new.get(desired.file, ()) or context.force_unverified
    is_new = send and is_wanted and verdict.may_send and not verdict.field.adds_to_live
    return verdict._replace(send=send, is_new=is_new, hash=hashed)


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
        managed=managed(fields, desired, salt(context.base_url, live.id, context.key), context),
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

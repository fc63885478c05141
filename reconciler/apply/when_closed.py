"""Changes that may pause a campaign, carried out only while nobody would be called.

What tightens goes at once, and so does whatever cannot pause. The rest is carried out where the campaign is closed now
and stays closed for as long as queued calls may be waited for, else in its own next such gap, else it is put off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.apply.context import WhenClosed
from reconciler.apply.drain import update
from reconciler.apply.failures import Deferred, Overtaken
from reconciler.apply.outcome import Outcome, PutOff, Result
from reconciler.apply.work import CampaignWork
from reconciler.hours.closed_hours import HoursKnown, calling, clock_in_words, in_words, next_gap
from reconciler.hours.words import reach_in_words
from reconciler.model.campaign import Live, Status
from reconciler.model.canonical import same
from reconciler.model.errors import Interrupted
from reconciler.plan import diff
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction, UnverifiedField
from reconciler.plan.hours_known import hours_known

CarryOut = Callable[[CampaignWork], None]
_Sent = tuple[Change | UnverifiedField, ...]

_UNKNOWN = "nobody can tell when it calls, because the API does not show its days, windows or zone"
# Waits are looked over that often: the clock of the machine may be set, or may have stood still.
_GLANCE = 10.0
# A pipeline may take a job for stuck that is silent for long.
_BETWEEN_LINES = 600.0
# Seconds that a look takes, and a clock that is read in seconds.
_LATE = 60.0
_MOST_TOLD = 10


def in_gaps(
    works: Iterable[CampaignWork],
    run: Callable[[CarryOut, Iterable[CampaignWork]], Iterable[Outcome]],
    carry_out: CarryOut,
    when: WhenClosed,
) -> Iterator[Outcome]:
    """Carry out what can be now; then wait for the gaps of the others, in their order. Outcomes as they come."""
    by_file = {work.campaign.file: work for work in works}
    waiting = []
    for outcome in run(lambda work: _at_once(work, carry_out, when), by_file.values()):
        if outcome.result is Result.APPLIED and outcome.put_off:
            waiting.append(by_file[outcome.file])
        else:
            yield outcome
    if waiting:
        places = {file: place for place, file in enumerate(by_file)}
        waiting.sort(key=lambda work: (_due(work), places[work.campaign.file]))
        _tell(waiting)
        yield from run(lambda work: _in_its_gap(work, carry_out), waiting)


def _at_once(work: CampaignWork, carry_out: CarryOut, when: WhenClosed) -> None:
    """Everything, or what may go now; the work is marked where the rest waits. Raises Deferred where it is put off."""
    whole, waits = work.campaign, _what_waits(work.campaign, when)
    if not waits:
        work.pause_waits = lambda: _pause_waits(work, when)
        carry_out(work)
        return
    found = _unless_closed(work, waits)
    if found is None:
        carry_out(work)
        return
    if early := [one for one in whole.changes if one not in waits]:
        work.session.status = whole.live_status
        work.campaign = _with(whole, early)
        update(work)
    work.campaign, work.put_off = _with(whole, waits), found
    if found.until is None or found.until > when.until:
        raise Deferred(f"put off: {found.reason}")


def _unless_closed(work: CampaignWork, waits: _Sent) -> PutOff | None:
    """Until when this has to wait, and why; None where it is closed now, for long enough."""
    known = work.campaign.call_times.hours
    # The rows of a list may show less than the campaign's own answer.
    hours = known if known and known.is_exact else _looked_at_again(work)
    now = _now(work)
    found = _put_off(work, hours, waits, now)
    return None if found.until == now else found


def _pause_waits(work: CampaignWork, when: WhenClosed) -> PutOff | None:
    """What queued calls hold up that nobody expected them to; None where it may pause for that."""
    campaign = work.campaign
    if campaign.may_pause or _stops(campaign) or (when.spares_tightenings and all(map(_tightens, campaign.sent))):
        return None
    return _unless_closed(work, tuple(one for one in campaign.sent if one not in work.carried_out))


def _stops(campaign: CampaignPlan) -> bool:
    return campaign.status is not None and campaign.status.before == Status.ACTIVE


def _what_waits(campaign: CampaignPlan, when: WhenClosed) -> _Sent:
    """What is not to be sent while somebody may be called; nothing where no pause can come of it, or it stops calls."""
    if not campaign.may_pause or _stops(campaign):
        return ()
    if not when.spares_tightenings:
        return campaign.sent
    rest = tuple(one for one in campaign.sent if not _tightens(one) or one.field.may_conflict)
    pausing = [one for one in rest if one.field.may_conflict and (isinstance(one, Change) or one.is_new)]
    return () if all(map(_tightens, pausing)) else rest


def _tightens(one: Change | UnverifiedField) -> bool:
    return isinstance(one, Change) and one.direction is Direction.TIGHTENS


def _with(campaign: CampaignPlan, sent: Iterable[Change | UnverifiedField]) -> CampaignPlan:
    """The campaign with nothing but this to be sent."""
    kept = tuple(sent)
    changes = tuple(one for one in campaign.changes if one in kept)
    unverified = tuple(one for one in campaign.unverified if not one.send or one in kept)
    return replace(campaign, changes=changes, unverified=unverified)


def _put_off(work: CampaignWork, hours: HoursKnown | None, waits: _Sent, now: datetime) -> PutOff:
    """Until when something waits, `now` where it need not, and why."""
    fields = tuple(one.field.name for one in waits)
    if hours is None:
        return PutOff(fields, None, _UNKNOWN)
    lasting = timedelta(seconds=work.options.drain_timeout)
    seconds = math.ceil(work.options.drain_timeout)
    until = next_gap((hours.before, hours.after), now, lasting)
    found = calling(hours.before, hours.after, now)
    told = in_words(found) if hours.is_exact else "only the outer bounds of its windows are shown"
    if until is None:
        return PutOff(fields, None, f"{told}; it is never closed for {seconds} s in a row")
    clock = f"{clock_in_words(until, found)} {found.timezone}"
    return PutOff(fields, until, f"{told}; it is closed for {seconds} s or more from {clock} on")


# Waiting


def _due(work: CampaignWork) -> datetime:
    """When the gap comes that the rest of a campaign waits for."""
    if work.put_off is None or work.put_off.until is None:
        raise AssertionError  # pragma: no cover - what is not due never waits
    return work.put_off.until


def _tell(waiting: list[CampaignWork]) -> None:
    """Say what waits, in the order in which it comes."""
    tell = waiting[0].session.context.tell
    for work in waiting[:_MOST_TOLD]:
        tell(f"{work.campaign.name} waits: {work.put_off.reason if work.put_off else ''}")
    if len(waiting) > _MOST_TOLD:
        tell(f"and {len(waiting) - _MOST_TOLD} more wait")


def _in_its_gap(work: CampaignWork, carry_out: CarryOut) -> None:
    """Wait for the gap, look at the campaign again, and carry out the rest; raises Deferred, Overtaken."""
    try:
        _wait(work)
    except Interrupted as error:
        raise Deferred(f"put off, {error} while it waited: {work.put_off and work.put_off.reason}") from error
    due = _due(work)
    hours = _looked_at_again(work)
    now = _now(work)
    # A gap may be just long enough: what was late is taken off the time that queued calls are waited for.
    timeout, late = work.options.drain_timeout, (now - due).total_seconds()
    if late <= min(timeout / 2, _LATE):
        work.options = work.options._replace(drain_timeout=timeout - late)
    work.put_off = _put_off(work, hours, work.campaign.sent, now)
    if work.put_off.until != now:
        raise Deferred(f"put off, since its gap was over before its turn came: {work.put_off.reason}")
    work.put_off = None
    carry_out(work)


def _wait(work: CampaignWork) -> None:
    """Wait for the gap; raises Deferred where nothing more is begun, and Interrupted."""
    due, session = _due(work), work.session
    tell_after = session.clock.now() + _BETWEEN_LINES
    while (left := (due - _now(work)).total_seconds()) > 0:
        session.clock.wait(min(left, _GLANCE))
        if told := session.context.closed_by():
            raise Deferred(f"put off while it waited: {told}")
        if session.clock.now() >= tell_after:
            session.context.tell(f"{work.campaign.name} still waits, {reach_in_words(int(left // 60))} to go")
            tell_after += _BETWEEN_LINES


def _looked_at_again(work: CampaignWork) -> HoursKnown | None:
    """Its calling hours as its own answer shows them now; raises Overtaken where somebody changed what was planned."""
    campaign, live = work.campaign, work.look_whole()
    work.check_unfinished()
    if live.status != campaign.live_status:
        msg = f"somebody made it {live.status} meanwhile: plan again"
        raise Overtaken(msg)
    if moved := _moved(work, live):
        msg = f"somebody changed {', '.join(moved)} meanwhile: plan again"
        raise Overtaken(msg)
    hours, known = hours_known(work.fields, campaign.desired, live), campaign.call_times.hours
    return hours if hours and (hours.is_exact or not (known and known.is_exact)) else known


def _moved(work: CampaignWork, live: Live) -> list[str]:
    """The fields to be changed that are neither at their `before` any more, nor at their `after` already."""
    found = diff.compare(work.fields, work.campaign.desired, live, allow_dnc_removals=work.options.allow_dnc_removals)
    before = {one.field.name: one.before for one in work.campaign.changes if not one.field.is_sensitive}
    return [
        one.field.name
        for one in found.changes
        if one.field.name in before and not same(one.before, before[one.field.name])
    ]


def _now(work: CampaignWork) -> datetime:
    return datetime.fromisoformat(work.session.clock.stamp())

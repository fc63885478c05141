"""Days without calls, as plans see them: a campaign is to be paused over them, and otherwise as its file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from reconciler.hours.closed_days import ClosedDay, Closure, closed_now, closures
from reconciler.hours.schedule import Schedule
from reconciler.hours.zones import is_known_zone
from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Position
from reconciler.model.fields import Calendar, Fields
from reconciler.model.words import count
from reconciler.plan.call_times import KnownCallTimes
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan
from reconciler.plan.schedules import schedules
from reconciler.plan.steps import Action

OVER: Final = "the days without calls are over"
_NAMED_NO_MORE: Final = "its file names no days without calls any more"
_NO_ZONE: Final = "closed_on needs the zone of the campaign, and nobody shows it: add timezone"
# Closed days that are so near are told by every plan.
_AHEAD_TOLD: Final = timedelta(days=30)
_MOST_TOLD: Final = 5
# A pause over a day that ended so long ago at most may be one of which the journal was lost.
_LATELY: Final = timedelta(days=7)
_EVERY_DAY: Final = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Closing:
    """The days without calls of a campaign, and where its files name them."""

    days: tuple[ClosedDay, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class ClosingContext:
    """The closings of campaigns by file, the moment that a plan is for, and how much sooner what falls due is done.

    `paused` are the ids of campaigns that we paused for such days, and that are ours to resume. `is_lost` where no
    journal is there that could tell; `others` are ids that it holds for another token.
    """

    closings: Mapping[str, Closing]
    at: datetime
    ahead: timedelta = timedelta()
    paused: frozenset[str] = frozenset()
    is_lost: bool = False
    others: frozenset[str] = frozenset()


def closed(
    fields: Fields, wanted: Sequence[Desired], found: Mapping[str, Live | NotFound | None], context: ClosingContext
) -> tuple[tuple[Desired, ...], Mapping[str, str]]:
    """The campaigns as they are to be now, and for each that is not to call now the day, by file.

    What has not begun yet stays a draft; what nobody knows the zone of is left as it is, see `with_closings_told`.
    What we paused is active again where its file names neither such days nor a status any more.
    """
    made, because = [], {}
    for desired in wanted:
        closing, live = context.closings.get(desired.file), found.get(desired.file)
        live = live if isinstance(live, Live) else None
        schedule = _schedule(fields, desired, live) if closing else None
        if closing and schedule is None:
            because[desired.file] = _NO_ZONE
        elif closing and schedule and desired.status == Status.ACTIVE and not (live and live.is_finished):
            day = closed_now(schedule, closing.days, context.at, context.ahead)
            if day:
                because[desired.file] = f"closed on {_named(*day)}"
                desired = desired._replace(status=_meanwhile(live))  # noqa: PLW2901  as it is to be
        elif not closing and desired.status is None and _is_our_pause(live, context):
            desired = desired._replace(status=Status.ACTIVE)  # noqa: PLW2901  what it was before
        made.append(desired)
    return tuple(made), because


def _is_our_pause(live: Live | None, context: ClosingContext) -> bool:
    return live is not None and live.status == Status.PAUSED and live.id.casefold() in context.paused


def _meanwhile(live: Live | None) -> Status:
    """What a campaign is to be while it does not call: what has not begun yet stays a draft."""
    return Status.PAUSED if live and live.status != Status.DRAFT else Status.DRAFT


def _schedule(fields: Fields, desired: Desired, live: Live | None) -> Schedule | None:
    """When the campaign would call; all day where that is not known, and None where not even its zone is."""
    if hours := schedules(fields, desired, live):
        return hours[1]
    zone = next(field.name for field in fields.writable.values() if field.calendar is Calendar.ZONE)
    name = desired.values.get(zone, live.values.get(zone) if live else None)
    if not isinstance(name, str) or not is_known_zone(name):
        return None
    return Schedule(_EVERY_DAY, frozenset({("00:00", "23:59")}), name)


def _will_call(fields: Fields, campaign: CampaignPlan) -> Schedule | None:
    """The same of a plan: as its file says it, else as live and file together are known to come out."""
    return _schedule(fields, campaign.desired, None) or (campaign.schedules[1] if campaign.schedules else None)


def _named(day: object, name: str) -> str:
    return f"{day} ({name})" if name else str(day)


def with_closings_told(fields: Fields, plan: Plan, context: ClosingContext, because: Mapping[str, str]) -> Plan:
    """The plan, with the reason of each step that a day without calls makes, and the next of these days."""
    campaigns = tuple(_told(campaign, context, because) for campaign in plan.campaigns)
    return replace(plan, campaigns=campaigns, notices=(*plan.notices, *_next(fields, campaigns, context)))


def _told(campaign: CampaignPlan, context: ClosingContext, because: Mapping[str, str]) -> CampaignPlan:
    closing = context.closings.get(campaign.file)
    if campaign.errors:  # what cannot be planned is told as it is
        return campaign
    if closing is None:
        return _ended(campaign, context, _NAMED_NO_MORE)
    day = because.get(campaign.file)
    if day == _NO_ZONE:
        errors = (f"{closing.position}: {_NO_ZONE}",)
        return replace(campaign, action=Action.ERROR, changes=(), status=None, unverified=(), errors=errors)
    if day:
        waits = campaign.action is Action.CREATE or campaign.live_status == Status.DRAFT
        notice = "its calls are not started before that is over" if waits else "it is active again once that is over"
        status = campaign.status and replace(campaign.status, position=closing.position, because=day)
        return replace(campaign, status=status, notices=(*campaign.notices, f"{day}: {notice}"))
    return _ended(campaign, context, OVER)


def _ended(campaign: CampaignPlan, context: ClosingContext, because: str) -> CampaignPlan:
    """The campaign, where its start ends a pause of ours, with the reason of that; it needs nobody's yes."""
    if not (campaign.status and campaign.starts and campaign.id and campaign.id.casefold() in context.paused):
        return campaign
    status = replace(campaign.status, because=because, is_ours=True)
    return replace(campaign, status=status, notices=(*campaign.notices, f"{because}, for which it was paused"))


def only_due(fields: Fields, plan: Plan, context: ClosingContext) -> Plan:
    """The plan with nothing but the steps that days without calls make, or may have made."""
    due = (
        campaign
        for campaign in plan.campaigns
        if campaign.status and (campaign.status.because or _may_be_ours(fields, campaign, context))
    )
    alone = tuple(
        replace(
            one,
            action=Action.NONE,
            changes=(),
            unverified=(),
            kept=(),
            withheld=(),
            call_times=KnownCallTimes(one.schedules),
        )
        for one in due
    )
    return replace(plan, campaigns=alone, notices=())


def _may_be_ours(fields: Fields, campaign: CampaignPlan, context: ClosingContext) -> bool:
    """Whether we may have paused it over a day that is over by now, and no journal of ours can tell.

    Its start wants a yes, as any start does: a person may have paused it.
    """
    closing = context.closings.get(campaign.file)
    if closing is None or not campaign.starts or campaign.live_status != Status.PAUSED:
        return False
    if not context.is_lost:
        return (campaign.id or "").casefold() in context.others
    schedule = _will_call(fields, campaign)
    return any(closures(schedule, closing.days, context.at - _LATELY, context.at.date()) if schedule else ())


def _next(fields: Fields, campaigns: Sequence[CampaignPlan], context: ClosingContext) -> Iterator[str]:
    """The next days without calls, each once, and those whose pause a run every `ahead` may miss."""
    found: dict[tuple[object, str], list[tuple[CampaignPlan, Closure]]] = {}
    until = (context.at + _AHEAD_TOLD).date()
    for campaign in campaigns:
        closing = context.closings.get(campaign.file)
        schedule = _will_call(fields, campaign)
        if closing and schedule and not campaign.errors:
            for one in closures(schedule, closing.days, context.at, until):
                found.setdefault((one.day, one.name), []).append((campaign, one))
    for (day, name), those in sorted(found.items(), key=lambda item: str(item[0]))[:_MOST_TOLD]:
        campaigns_of_it = count(len(those), "campaign")
        yield f"closed on {_named(day, name)}: {campaigns_of_it} will be paused from the last close before it"
        yield from _missed(those, context.ahead)


def _missed(those: Sequence[tuple[CampaignPlan, Closure]], ahead: timedelta) -> Iterator[str]:
    """Those whose pause comes too late, or whose resume does, where a run comes only every so often."""
    for campaign, one in those:
        gap = one.begins - one.closes if one.closes else None
        if gap is not None and (gap < ahead or not gap):
            minutes = gap // timedelta(minutes=1)
            yield (
                f"{campaign.file}: only {minutes} minutes lie between the last close before {one.day} and the first "
                "minute of calling on it: a run has to come in between, or --ahead has to reach over it"
            )

"""Campaigns of one agent whose calling hours overlap: how many, and how long in a week.

Contacts are not seen, so that nobody is said to be called twice. Only campaigns that call count: those that are active.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from reconciler.hours.change import together
from reconciler.hours.schedule import Schedule, on_clock
from reconciler.hours.spans import common, joined, minutes
from reconciler.model.campaign import Status
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Agent

_UTC = "UTC"


class Overlap(NamedTuple):
    """How many campaigns of an agent overlap after the plan, and for how many minutes a week, before and after."""

    agent: Agent
    campaigns: int
    minutes_before: int
    minutes_after: int


# The hours in which a campaign calls with an agent before and after, each None while it does not.
Calls = tuple[Schedule | None, Schedule | None]


def by_agent(campaigns: Iterable[CampaignPlan]) -> Mapping[Agent, Sequence[Calls]]:
    """When campaigns call with each agent; those whose hours or agent nobody knows are left out."""
    found: dict[str, list[Calls]] = {}
    names: dict[str, str] = {}
    for campaign in campaigns:
        if campaign.schedules is None or campaign.errors:
            continue
        before = campaign.status_before
        statuses = (before, campaign.status.after if campaign.status else before)
        sides = zip(campaign.agents, campaign.schedules, statuses, strict=True)
        was, becomes = ((agent, hours if status == Status.ACTIVE else None) for agent, hours, status in sides)
        names |= {agent.id: agent.name for agent in campaign.agents if agent and agent.name}
        names |= {str(change.after): change.names[1] for change in campaign.changes if any(change.names)}
        if was[0] and becomes[0] and was[0].id == becomes[0].id:
            found.setdefault(was[0].id, []).append((was[1], becomes[1]))
            continue
        for place, (agent, hours) in enumerate((was, becomes)):
            if agent:
                found.setdefault(agent.id, []).append((None, hours) if place else (hours, None))
    return {Agent(agent, names.get(agent, "")): calls for agent, calls in sorted(found.items())}


def overlaps(plan: Plan) -> tuple[Overlap, ...]:
    """The agents whose campaigns overlap after the plan, in the week that it was made in."""
    try:
        day = date.fromisoformat(plan.created_at[:10])
    except ValueError:
        day = date(2026, 1, 5)
    found = (_overlap(agent, calls, day) for agent, calls in by_agent(plan.campaigns).items() if len(calls) > 1)
    return tuple(one for one in found if one.campaigns)


def changed(plan: Plan) -> tuple[Overlap, ...]:
    """Those of which the plan changes how long they overlap."""
    if not plan.is_pending:
        return ()
    return tuple(one for one in overlaps(plan) if one.minutes_before != one.minutes_after)


def _overlap(agent: Agent, calls: Sequence[Calls], day: date) -> Overlap:
    """Two or more are open at once where they overlap; a campaign counts that is open then."""
    loads = [(load, number) for number, loads in enumerate(together(Counter(calls), _UTC, day)) for load in loads]
    before = [(load.start, load.end) for load, _ in loads if load.kept + load.removed > 1]
    after = joined(
        (load.start + number * 1440, load.end + number * 1440) for load, number in loads if load.kept + load.added > 1
    )
    weeks = {hours: on_clock(hours, _UTC, day) for _, hours in calls if hours}
    campaigns = sum(bool(common(weeks[hours], after)) for _, hours in calls if hours)
    return Overlap(agent, campaigns, minutes(before), minutes(after))


def to_json(plan: Plan) -> list[dict[str, Any]]:
    """The overlaps as they stand in a plan document; none where the plan changes nothing."""
    found = overlaps(plan) if plan.is_pending else ()
    return [
        {
            "agent": one.agent.id,
            "name": one.agent.name,
            "campaigns": one.campaigns,
            "minutes": {"before": one.minutes_before, "after": one.minutes_after},
        }
        for one in found
    ]

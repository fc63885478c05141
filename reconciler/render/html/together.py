"""The week of all campaigns of a plan as HTML: how many call at a time, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from markupsafe import Markup

from reconciler.hours.change import CallsAtOnce, Loads, together
from reconciler.hours.schedule import Schedule
from reconciler.hours.words import clock_time, hours_in_words
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.overlaps import Calls, by_agent
from reconciler.render.html import week_svg
from reconciler.render.html.escape import NOTHING, arrow, bidi, html, joined
from reconciler.render.printable import clean

_UTC = "UTC"
_MOST_AGENTS = 12

# Hours in which campaigns call before and after, with the number of campaigns; None while they are not active.
_Calls = Counter[tuple[Schedule | None, Schedule | None]]


def section(campaigns: Sequence[CampaignPlan], day: date, key: str = "") -> Markup:
    """How many campaigns call at a time, on the clock of every zone that occurs; nothing where none does.

    `key` begins the ids in it, so that they are unique in the page.
    """
    changes = Counter(calls for campaign in campaigns for calls in _calls(campaign))
    if not changes:
        return NOTHING
    zones = _zones(changes)
    clocks = [_zone(changes, zone, day, f"{key}z{number}") for number, zone in enumerate(zones)]
    return html(
        '<section class="together" aria-labelledby="{key}together-h"><h2 id="{key}together-h">'
        "All campaigns, one week</h2>"
        '<p class="lead">How many active campaigns may call at a time, by their days, windows and status. '
        "The week from {monday}.{left_out}</p>"
        '<label class="zone" hidden>Clock of <select id="{key}zone">{options}</select></label>'
        '<div class="clock" id="{key}clock" aria-live="polite">{first}</div><div class="clocks" hidden>{clocks}</div>'
        "{legend}</section>",
        key=key,
        monday=_monday(day),
        left_out=_left_out(campaigns),
        options=joined(html("<option>{}</option>", zone) for zone in zones),
        first=clocks[0],
        clocks=joined(html("<template>{}</template>", clock) for clock in clocks),
        legend=week_svg.legend(),
    )


def agents(campaigns: Sequence[CampaignPlan], day: date, key: str = "") -> Markup:
    """A picture of the week by agent, of those with several campaigns that call; nothing where there is none."""
    several = [(agent, calls) for agent, calls in by_agent(campaigns).items() if _are_several(calls)]
    if not several:
        return NOTHING
    weeks = [
        html(
            "<figure><figcaption>Agent {}</figcaption>{}</figure>",
            bidi(agent.name or agent.id),
            _zone(
                changes,
                _zones(changes)[0],
                day,
                f"{key}a{number}",
                f"Campaigns of agent {clean(agent.name or agent.id)}",
            ),
        )
        for number, (agent, calls) in enumerate(several[:_MOST_AGENTS])
        if (changes := Counter(pair for pair in calls if any(pair)))
    ]
    rest = len(several) - len(weeks)
    return html(
        '<section class="together" aria-labelledby="{key}agents-h"><h2 id="{key}agents-h">The week by agent</h2>'
        '<p class="lead">How many campaigns of one agent may call at a time. Contacts are not seen: nobody is said to '
        "be called twice.{more}</p>{weeks}</section>",
        key=key,
        more=f" Without {count(rest, 'more agent')}." if rest else "",
        weeks=joined(weeks),
    )


def _are_several(calls: Sequence[Calls]) -> bool:
    return sum(any(pair) for pair in calls) > 1


def _monday(day: date) -> str:
    return date.fromordinal(day.toordinal() - day.weekday()).isoformat()


def _calls(campaign: CampaignPlan) -> Iterator[tuple[Schedule | None, Schedule | None]]:
    """The hours in which a campaign calls before and after, if it does."""
    if campaign.schedules:
        before = campaign.status_before
        after = campaign.status.after if campaign.status else before
        sides = zip(campaign.schedules, (before, after), strict=True)
        was, becomes = (schedule if status in (None, Status.ACTIVE) else None for schedule, status in sides)
        if was or becomes:
            yield was, becomes


def _left_out(campaigns: Iterable[CampaignPlan]) -> str:
    number = sum(one.schedules is None and one.live_status not in FINISHED for one in campaigns)
    return f" Without {count(number, 'campaign')} whose hours are not known." if number else ""


def _zones(changes: _Calls) -> list[str]:
    """The zones that occur, the one of most campaigns first; and UTC."""
    found: Counter[str] = Counter()
    for pair, times in changes.items():
        for zone in {schedule.timezone for schedule in pair if schedule}:
            found[zone] += times
    ordered = sorted(found, key=lambda zone: (-found[zone], zone))
    return [*ordered, *([_UTC] if _UTC not in found else [])]


def _zone(changes: _Calls, zone: str, day: date, key: str, whose: str = "All campaigns") -> Markup:
    loads = together(changes, zone, day)
    title = f"{whose} in a week, on the clock of {zone}"
    figures = f"On the clock of {zone}: {_load_figures(loads)}"
    return html('{}<p class="figures">{}</p>', week_svg.of_all(loads, key, title), figures)


def _load_figures(loads: Loads) -> str:
    """Hours of all campaigns, the most at a time, and the earliest and latest hour, before and after."""
    found = [load for day in loads for load in day]
    before = _side([(load, load.kept + load.removed) for load in found])
    after = _side([(load, load.kept + load.added) for load in found])
    length, most, earliest, latest = map(arrow, before, after)
    return f"{length} of calling hours in all; {most} at a time at most; earliest {earliest}; latest {latest}"


def _side(open_at: Sequence[tuple[CallsAtOnce, int]]) -> tuple[str, str, str, str]:
    """The figures of one side, from its stretches and how many campaigns are open in each."""
    held = [(load, number) for load, number in open_at if number]
    return (
        hours_in_words(sum((load.end - load.start) * number for load, number in held)),
        str(max((number for _, number in held), default=0)),
        clock_time(min(load.start for load, _ in held)) if held else "none",
        clock_time(max(load.end for load, _ in held)) if held else "none",
    )

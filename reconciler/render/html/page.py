"""A plan as one page that needs nothing else: no script, style or font from elsewhere, and no network at all."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from reconciler.hours.change import CallsAtOnce, Loads, together
from reconciler.hours.schedule import Schedule
from reconciler.hours.words import clock_time, hours_in_words
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.words import count
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.render import review, week
from reconciler.render.html import card
from reconciler.render.html import week_svg as drawing
from reconciler.render.html.escape import arrow, named, text
from reconciler.render.words import remarks

_MOST_NAMED = 6
_UTC = "UTC"


def render(plan: Plan, *, lists_unmanaged: bool = False) -> str:
    """A plan as an HTML page: the answers first, the week of all campaigns, then every campaign, to be filtered."""
    day = week.reference_day(plan.created_at)
    campaigns = review.ordered(plan.campaigns)
    keys = {id(campaign): f"c{number}" for number, campaign in enumerate(campaigns)}
    loud = [campaign for campaign in campaigns if not review.is_quiet(campaign)]
    quiet = [campaign for campaign in campaigns if review.is_quiet(campaign)]
    main = [
        _head(plan, remarks(plan, lists_unmanaged=lists_unmanaged)),
        _answers(plan, day, keys),
        _together(campaigns, day),
        _filters(campaigns) if campaigns else "",
        *(card.campaign(campaign, keys[id(campaign)], day) for campaign in loud),
        card.quiet(quiet) if quiet else "",
    ]
    return _page(f"Plan {review.short_digest(plan)}: {review.headline(plan)}", "\n".join(filter(None, main)))


# The page


@cache
def _part(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(of: str) -> str:
    """What a content policy calls an inline part that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(of.encode()).digest()).decode()}'"


def _page(title: str, main: str) -> str:
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{text(title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#campaigns">To the campaigns</a>
{drawing.shared()}
<main>
{main}
</main>
<script>{script}</script>
</body>
</html>
"""


def _head(plan: Plan, told_besides: Sequence[str]) -> str:
    first, *others = review.tally(plan)
    title = first[1] if plan.is_pending else "No campaign changes"
    tally = "".join(
        f'<li class="{kind}">{told}</li>' for kind, told in (others if plan.is_pending else [first, *others])
    )
    made = plan.created_at.replace("T", " ").replace("Z", " UTC")
    facts = [("on", plan.base_url), ("digest", review.short_digest(plan)), ("made", made)]
    told = "".join(f"<div><dt>{name}</dt><dd>{named(fact)}</dd></div>" for name, fact in facts if fact)
    items = "".join(f"<li>{text(remark)}</li>" for remark in told_besides)
    notes = f'<ul class="remarks">{items}</ul>' if items else ""
    top = f'<p class="eyebrow">Plan</p><h1>{title}</h1><ul class="tally">{tally}</ul>'
    return f"<header>{top}<dl>{told}</dl>{notes}</header>"


# The three questions


def _answers(plan: Plan, day: date, keys: dict[int, str]) -> str:
    cards = [
        f'<section class="answer {kind}" aria-labelledby="{kind}-h"><h2 id="{kind}-h">{text(question)}</h2>'
        f"{_answer(found, keys)}</section>"
        for kind, (question, found) in zip(("more", "less", "pause"), review.answers(plan, day), strict=True)
    ]
    return f'<div class="answers">{"".join(cards)}</div>'


def _answer(found: Sequence[tuple[CampaignPlan, list[str]]], keys: dict[int, str]) -> str:
    if not found:
        return '<p class="none">No campaign.</p>'
    rows = []
    for campaign, told in found[:_MOST_NAMED]:
        parts = "".join(f"<span>{_unbroken(text(one))}</span>" for one in told)
        rows.append(f'<li><a href="#{keys[id(campaign)]}">{named(campaign.name)}</a>{parts}</li>')
    rest = len(found) - _MOST_NAMED
    more = f'<p class="rest">and {count(rest, "more campaign")}, below</p>' if rest > 0 else ""
    return f"<ul>{''.join(rows)}</ul>{more}"


def _unbroken(of: str) -> str:
    """Hours such as 09:00-17:00 with a hyphen at which no line ends."""
    return re.sub(r"(?<=:\d\d)-(?=\d\d:)", "\u2011", of)


# All campaigns together


# Hours in which campaigns call before and after, with the number of campaigns; None while they are not active.
_Calls = Counter[tuple[Schedule | None, Schedule | None]]


def _together(campaigns: Sequence[CampaignPlan], day: date) -> str:
    changes = Counter(calls for campaign in campaigns for calls in _calls(campaign))
    if not changes:
        return ""
    zones = _zones(changes)
    drawn = [_zone(changes, zone, day, f"z{number}") for number, zone in enumerate(zones)]
    options = "".join(f"<option>{text(zone)}</option>" for zone in zones)
    hidden = "".join(f"<template>{one}</template>" for one in drawn)
    return (
        '<section class="together" aria-labelledby="together-h"><h2 id="together-h">All campaigns, one week</h2>'
        '<p class="lead">How many active campaigns may call at a time, by their days, windows and status. '
        f"The week from {_monday(day)}.{_left_out(campaigns)}</p>"
        f'<label class="zone" hidden>Clock of <select id="zone">{options}</select></label>'
        f'<div id="clock" aria-live="polite">{drawn[0]}</div><div id="clocks" hidden>{hidden}</div>'
        f"{drawing.legend()}</section>"
    )


def _monday(day: date) -> str:
    return date.fromordinal(day.toordinal() - day.weekday()).isoformat()


def _calls(campaign: CampaignPlan) -> Iterator[tuple[Schedule | None, Schedule | None]]:
    """The hours in which a campaign calls before and after, if it does."""
    if campaign.schedules:
        after = campaign.status.after if campaign.status else campaign.live_status
        sides = zip(campaign.schedules, (campaign.live_status, after), strict=True)
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


def _zone(changes: _Calls, zone: str, day: date, key: str) -> str:
    loads = together(changes, zone, day)
    title = f"All campaigns in a week, on the clock of {zone}"
    figures = f"On the clock of {zone}: {_load_figures(loads)}"
    return f'{drawing.of_all(loads, key, title)}<p class="figures">{text(figures)}</p>'


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


# Filters


def _filters(campaigns: Sequence[CampaignPlan]) -> str:
    kinds = Counter(kind for campaign in campaigns for kind in card.kinds(campaign))
    directions = Counter(direction for campaign in campaigns for direction in card.directions(campaign))
    return (
        '<form id="filters" role="search" aria-label="Filter the campaigns" hidden>'
        '<label>Name, file or id <input type="search" id="name" autocomplete="off" spellcheck="false"></label>'
        f'<label>What changes <select id="kind"><option value="">anything</option>{_options(kinds)}</select></label>'
        f'<label>Direction <select id="direction"><option value="">any</option>{_options(directions)}</select></label>'
        f'<button type="reset">Clear</button></form><h2 id="campaigns" tabindex="-1">Campaigns</h2>'
        f'<p id="shown" role="status">{count(len(campaigns), "campaign")}</p>'
    )


def _options(found: Counter[str]) -> str:
    return "".join(
        f'<option value="{text(kind)}">{text(kind)} ({number})</option>'
        for kind, number in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    )

"""A plan as one page that needs nothing else: no script, style or font from elsewhere, and no network at all."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from markupsafe import Markup

from reconciler.hours.change import CallsAtOnce, Loads, together
from reconciler.hours.schedule import Schedule
from reconciler.hours.words import clock_time, hours_in_words
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.words import count
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.render import review, week
from reconciler.render.html import card, week_svg
from reconciler.render.html.escape import NOTHING, arrow, bidi, html, joined
from reconciler.render.words import left_paused, remarks

_MOST_NAMED = 6
_UTC = "UTC"


def render(plan: Plan, *, lists_unmanaged: bool = False) -> str:
    """A plan as an HTML page: the answers first, the week of all campaigns, then every campaign, to be filtered."""
    day = week.reference_day(plan.created_at)
    campaigns = review.ordered(plan.campaigns)
    keys = {campaign.file: f"c{number}" for number, campaign in enumerate(campaigns)}
    loud = [campaign for campaign in campaigns if not review.is_quiet(campaign)]
    quiet = [campaign for campaign in campaigns if review.is_quiet(campaign)]
    main = [
        _left_paused(plan),
        _head(plan, remarks(plan, lists_unmanaged=lists_unmanaged)),
        _answers(plan, day, keys),
        _together(campaigns, day),
        _filters(campaigns) if campaigns else NOTHING,
        *(card.campaign(campaign, keys[campaign.file], day) for campaign in loud),
        card.quiet(quiet) if quiet else NOTHING,
    ]
    return page(f"Plan {review.short_digest(plan)}: {review.headline(plan)}", joined(main, "\n"))


# The page


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#campaigns">To the campaigns</a>
{shared}
<main>
{main}
</main>
<script>{script}</script>
</body>
</html>
"""
# What a browser may do with the page: nothing but its own style and script, which it knows by their hashes.
_POLICY = "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'"


@cache
def _part(name: str) -> Markup:
    """A part of the page that is a file of ours."""
    return Markup(Path(__file__).with_name(name).read_text(encoding="utf-8"))  # noqa: S704 - it is our own


def _hash(part: Markup) -> str:
    """What a content policy calls an inline part that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}"


def page(title: str, main: Markup) -> str:
    """A whole page, with its own style and script."""
    style, script = _part("page.css"), _part("page.js")
    policy = html(_POLICY, _hash(style), _hash(script))
    return html(_PAGE, policy=policy, title=title, style=style, script=script, shared=week_svg.shared(), main=main)


def _left_paused(plan: Plan) -> Markup:
    """What an earlier apply left paused, before everything else."""
    told = joined(html("<li>{}</li>", one) for one in left_paused(plan))
    return html('<ul class="left-paused" role="alert">{}</ul>', told) if told else NOTHING


def _head(plan: Plan, remarks: Sequence[str]) -> Markup:
    """What the plan comes to, in numbers, and what is worth knowing of it."""
    first, *others = review.tally(plan)
    tally = others if plan.is_changed else [first, *others]
    made = plan.created_at.replace("T", " ").replace("Z", " UTC")
    facts = [("on", plan.base_url), ("digest", review.short_digest(plan)), ("made", made)]
    notes = joined(html("<li>{}</li>", remark) for remark in remarks)
    return html(
        '<header><p class="eyebrow">Plan</p><h1>{title}</h1><ul class="tally">{tally}</ul>'
        "<dl>{facts}</dl>{notes}</header>",
        title=first[1] if plan.is_changed else "No campaign changes",
        tally=joined(html('<li class="{}">{}</li>', kind, told) for kind, told in tally),
        facts=joined(html("<div><dt>{}</dt><dd>{}</dd></div>", name, bidi(fact)) for name, fact in facts if fact),
        notes=html('<ul class="remarks">{}</ul>', notes) if notes else NOTHING,
    )


# The three questions


def _answers(plan: Plan, day: date, keys: Mapping[str, str]) -> Markup:
    cards = [
        html(
            '<section class="answer {kind}" aria-labelledby="{kind}-h"><h2 id="{kind}-h">{question}</h2>'
            "{answer}</section>",
            kind=kind,
            question=question,
            answer=_answer(found, keys),
        )
        for kind, (question, found) in zip(("more", "less", "pause"), review.answers(plan, day), strict=True)
    ]
    return html('<div class="answers">{}</div>', joined(cards))


def _answer(found: review.Found, keys: Mapping[str, str]) -> Markup:
    """The campaigns that answer a question: the first of them, and all that start calls or end for good."""
    if not found:
        return html('<p class="none">No campaign.</p>')
    most = review.named(found, _MOST_NAMED)
    rows = [
        html(
            '<li><a href="#{}">{}</a>{}</li>',
            keys[campaign.file],
            bidi(campaign.name),
            joined(html("<span>{}</span>", _unbroken(one)) for one in told),
        )
        for campaign, told in found[:most]
    ]
    rest = len(found) - most
    more = html('<p class="rest">and {}, below</p>', count(rest, "more campaign")) if rest > 0 else NOTHING
    return html("<ul>{}</ul>{}", joined(rows), more)


def _unbroken(told: str) -> str:
    """Hours such as 09:00-17:00 with a hyphen at which no line ends."""
    return re.sub(r"(?<=:\d\d)-(?=\d\d:)", "\u2011", told)


# All campaigns together


# Hours in which campaigns call before and after, with the number of campaigns; None while they are not active.
_Calls = Counter[tuple[Schedule | None, Schedule | None]]


def _together(campaigns: Sequence[CampaignPlan], day: date) -> Markup:
    """How many campaigns call at a time, on the clock of every zone that occurs; nothing where none does."""
    changes = Counter(calls for campaign in campaigns for calls in _calls(campaign))
    if not changes:
        return NOTHING
    zones = _zones(changes)
    clocks = [_zone(changes, zone, day, f"z{number}") for number, zone in enumerate(zones)]
    return html(
        '<section class="together" aria-labelledby="together-h"><h2 id="together-h">All campaigns, one week</h2>'
        '<p class="lead">How many active campaigns may call at a time, by their days, windows and status. '
        "The week from {monday}.{left_out}</p>"
        '<label class="zone" hidden>Clock of <select id="zone">{options}</select></label>'
        '<div id="clock" aria-live="polite">{first}</div><div id="clocks" hidden>{clocks}</div>'
        "{legend}</section>",
        monday=_monday(day),
        left_out=_left_out(campaigns),
        options=joined(html("<option>{}</option>", zone) for zone in zones),
        first=clocks[0],
        clocks=joined(html("<template>{}</template>", clock) for clock in clocks),
        legend=week_svg.legend(),
    )


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


def _zone(changes: _Calls, zone: str, day: date, key: str) -> Markup:
    loads = together(changes, zone, day)
    title = f"All campaigns in a week, on the clock of {zone}"
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


# Filters


def _filters(campaigns: Sequence[CampaignPlan]) -> Markup:
    kinds = Counter(kind for campaign in campaigns for kind in card.kinds(campaign))
    directions = Counter(direction for campaign in campaigns for direction in card.directions(campaign))
    return html(
        '<form id="filters" role="search" aria-label="Filter the campaigns" hidden>'
        '<label>Name, file or id <input type="search" id="name" autocomplete="off" spellcheck="false"></label>'
        '<label>What changes <select id="kind"><option value="">anything</option>{}</select></label>'
        '<label>Direction <select id="direction"><option value="">any</option>{}</select></label>'
        '<button type="reset">Clear</button></form><h2 id="campaigns" tabindex="-1">Campaigns</h2>'
        '<p id="shown" role="status">{}</p>',
        _options(kinds),
        _options(directions),
        count(len(campaigns), "campaign"),
    )


def _options(found: Counter[str]) -> Markup:
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return joined(
        html('<option value="{kind}">{kind} ({number})</option>', kind=kind, number=number) for kind, number in ranked
    )

"""Campaigns of a plan that change alike as HTML: what happens in a line, and below it, folded, everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, lru_cache

from markupsafe import Markup

from reconciler.hours.change import compare
from reconciler.model.campaign import Status
from reconciler.model.document import Position
from reconciler.model.words import count
from reconciler.plan.besides import Besides
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction
from reconciler.plan.protection import Withheld
from reconciler.plan.steps import StatusChange
from reconciler.render import review, week
from reconciler.render.attempts import one_person
from reconciler.render.html import week_svg
from reconciler.render.html.escape import NOTHING, arrow, bidi, html, joined, text
from reconciler.render.printable import clean
from reconciler.render.words import EFFECTS, before_after, sending, steps, value

# How a direction is marked: its colour, and a sign besides.
_MARKS = {
    "starts calls": ("up", "▶"),
    "is final": ("bad", "✕"),
    "means another campaign": ("bad", "⇄"),
    "changed limits or rules": ("up", "△"),
    "loosens": ("up", "▲"),
    "outside rules on calls": ("bad", "§"),
    "tightens": ("down", "▼"),
    "stops calls": ("down", "■"),
}

_COLUMNS = ("Setting", "Before", "After", "Effect")
_ROW = (
    '<tr role="row"><th scope="row" role="rowheader">{}<code class="place">{}</code></th>'
    + "".join(f'<td role="cell" dir="auto" data-is="{name}">{{}}</td>' for name in _COLUMNS[1:])
    + "</tr>"
)


# What the filters know a campaign by


def kinds(campaign: CampaignPlan) -> list[str]:
    """The titles of what changes, and what else is to be said of it."""
    found = dict.fromkeys(change.field.title for change in campaign.changes)
    told = (
        ("calling hours", any(change.field.calendar for change in campaign.changes)),
        ("status", campaign.status),
        ("may pause", campaign.may_pause),
        ("unverified", campaign.unverified),
        ("errors", campaign.errors),
        ("lacks protection", campaign.withheld),
        ("nothing", review.is_quiet(campaign)),
    )
    return [*(name for name, is_so in told if is_so), *(title for title in found if title not in dict(told))]


def directions(campaign: CampaignPlan) -> list[str]:
    """What the changes mean for the people who are called."""
    found = {change.direction for change in campaign.changes}
    told = (
        ("starts calls", campaign.starts),
        ("is final", campaign.final),
        ("means another campaign", campaign.means_another),
        ("changed limits or rules", campaign.has_other_rules),
        ("loosens", Direction.LOOSENS in found),
        ("outside rules on calls", bool(campaign.legal)),
        ("tightens", Direction.TIGHTENS in found),
        ("neither", None in found),
        ("stops calls", review.stops_calls(campaign)),
    )
    return [name for name, is_so in told if is_so]


def data(group: review.Group) -> Markup:
    """What the filters look at, as attributes: each campaign's names in a line of their own."""
    campaign = group[0]
    names = joined([text(" ".join(filter(None, (one.name, one.file, one.id))).casefold()) for one in group], "\n")
    # Titles may hold spaces: a bar stands around each.
    kind, direction = (f"|{'|'.join(found)}|" for found in (kinds(campaign), directions(campaign)))
    return html('data-name="{}" data-kinds="{}" data-directions="{}"', names, kind, direction)


# One campaign, and those that change alike


def card(group: review.Group, key: str, day: date) -> Markup:
    """Campaigns that something is done to, unfolded where calls start or end for good; `key` is unique in the page."""
    campaign = group[0]
    return html(
        '<details class="campaign" id="{key}" {data}{is_open}><summary><h3>{name}{others}</h3>'
        '<span class="chips">{chips}</span>{gist}</summary>'
        '<div class="inside">{inside}</div></details>',
        key=key,
        data=data(group),
        is_open=Markup(" open") if review.status_leads(campaign) else NOTHING,
        name=bidi(campaign.name),
        others=review.and_others(group),
        chips=joined(_chips(campaign)),
        gist=_gist(campaign),
        inside=joined([*_inside(campaign, key, day), others([(one.name, where(one)) for one in group[1:]])]),
    )


def _inside(campaign: CampaignPlan, key: str, day: date) -> list[Markup]:
    """Everything about a campaign."""
    return [
        html('<p class="where">{}</p>', where(campaign)),
        *(html('<p class="error"><strong>Error:</strong> {}</p>', error) for error in campaign.errors),
        *map(_besides, campaign.besides),
        changes(campaign),
        _week(campaign, key, day),
        html('<p class="note">{}</p>', told) if (told := review.who_calls(campaign)) else NOTHING,
        _one_person(campaign),
        *(html('<p class="legal"><strong>Rules on calls:</strong> {}</p>', told) for told in campaign.legal),
        *map(_withheld, campaign.withheld),
        *(html('<p class="note">{}</p>', notice) for notice in review.notes(campaign)),
        html('<p class="steps"><strong>Apply:</strong> {}</p>', steps(campaign).replace(" -> ", " → "))
        if campaign.has_steps or campaign.errors or campaign.withheld
        else NOTHING,
    ]


def _one_person(campaign: CampaignPlan) -> Markup:
    """How often one person may be called."""
    if not (told := one_person(campaign)):
        return NOTHING
    if not campaign.calls_more_often:
        return html('<p class="one-person">{}</p>', told)
    kind, sign = _MARKS["loosens"]
    return html('<p class="one-person {}">{}<strong>{}</strong></p>', kind, _sign(sign), told)


def others(those: Sequence[tuple[str, Markup]]) -> Markup:
    """The names of others of which the same is told, and where each of them is."""
    if not those:
        return NOTHING
    names = joined(html("<li>{} <small>{}</small></li>", bidi(name), where) for name, where in those)
    told = count(len(those), "other campaign")
    return html('<div class="alike"><p><strong>The same in {}:</strong></p><ul>{}</ul></div>', told, names)


def _withheld(one: Withheld) -> Markup:
    """A field that is not sent, because that could take protection from people, and where it stands."""
    place = bidi(f"{one.position.file}:{one.position.line}")
    return html('<p class="error"><strong>{}</strong> <code class="place">{}</code></p>', str(one), place)


def _besides(one: Besides) -> Markup:
    """What a branch changes besides the fields, and where."""
    grave = "means another campaign" if one.means_another else "changed limits or rules"
    kind, sign = _MARKS[grave] if one.is_grave else ("note", "")
    place = f"{one.position.file}:{one.position.line}"
    return html(
        '<p class="besides {}">{}<strong>{}</strong> <code class="place">{}</code></p>',
        kind,
        _sign(sign),
        str(one),
        bidi(place),
    )


def where(campaign: CampaignPlan) -> Markup:
    """The file of a campaign, its id and its status."""
    parts = [
        html("<code>{}</code>", bidi(campaign.file)),
        html("id <code>{}</code>", bidi(campaign.id)) if campaign.id else NOTHING,
        html("{}", campaign.live_status or ""),
    ]
    return joined(parts, " · ")


def _chips(campaign: CampaignPlan) -> Iterator[Markup]:
    """What matters most about a campaign, as marks that say it in words and by their shape."""
    if campaign.errors:
        yield _chip("bad", "✕", "cannot be planned")
    if campaign.withheld:
        yield _chip("bad", "✕", "lacks protection")
    for direction in directions(campaign):
        if direction in _MARKS:
            yield _chip(*_MARKS[direction], direction)
    if campaign.may_pause:
        yield _chip("hold", "Ⅱ", "may pause")


@cache
def _chip(kind: str, sign: str, words: str) -> Markup:
    return html('<span class="chip {}">{}{}</span>', kind, _sign(sign), words)


def _gist(campaign: CampaignPlan) -> Markup:
    """What changes, in a line; what lets more be done to people by itself, since nothing of that may be cut."""
    changes = review.ordered_changes(campaign)
    grave = [*campaign.errors, *(f"{one.field.title} (withheld)" for one in campaign.withheld)]
    told: list[str] = []
    if campaign.status:
        status = f"status {campaign.status.before} → {campaign.status.after}"
        (grave if review.status_leads(campaign) else told).append(status)
    for one in campaign.besides:
        (grave if one.is_grave else told).append(f"{one.key} {one.before} → {one.after}")
    grave += [_in_short(change) for change in changes if change.direction is Direction.LOOSENS]
    told += [_in_short(change) for change in changes if change.direction is not Direction.LOOSENS]
    told += [f"{unverified.field.title} (unverified)" for unverified in campaign.unverified if unverified.send]
    lines = (("gist grave", grave), ("gist", told))
    return joined(html('<span class="{}">{}</span>', kind, " · ".join(line)) for kind, line in lines if line)


def _in_short(change: Change) -> str:
    return f"{change.field.title} {' → '.join(before_after(change))}"


def changes(campaign: CampaignPlan) -> Markup:
    """The changes. The roles keep it a table for screen readers where a narrow screen shows blocks."""
    rows = joined(_rows(campaign))
    if not rows:
        return NOTHING
    return html(
        '<table role="table"><caption class="unseen">What changes</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>',
        _heads(),
        rows,
    )


@cache
def _heads() -> Markup:
    return joined(html('<th scope="col" role="columnheader">{}</th>', name) for name in _COLUMNS)


def _rows(campaign: CampaignPlan) -> Iterator[Markup]:
    """A row for every field and for the status, the most dangerous first."""
    changed = [_changed(change) for change in review.ordered_changes(campaign)]
    status = [_status(campaign.status)] if campaign.status else []
    yield from (*status, *changed) if review.status_leads(campaign) else (*changed, *status)
    for unverified in campaign.unverified:
        said = "" if unverified.value is None else value(unverified.field, unverified.value)
        sent = sending(campaign, unverified)
        yield _row(unverified.field.title, unverified.position, "unknown", said, f"{sent}: {unverified.reason}")


def _changed(change: Change) -> Markup:
    before, after = before_after(change)
    return _row(change.field.title, change.position, before, after, change.direction or "")


def _status(status: StatusChange) -> Markup:
    return _row("status", status.position, status.before, status.after, EFFECTS[Status(status.after)])


def _row(title: str, position: Position, before: str, after: str, effect: str) -> Markup:
    """A field in the table: where it stands, its values, and what its change means."""
    return html(_ROW, title, f"{position.file}:{position.line}", before, after, _meant(effect))


@lru_cache
def _meant(effect: str) -> Markup:
    kind, sign = _MARKS.get(effect, ("", ""))
    return html('<span class="{}">{}{}</span>', kind, _sign(sign), effect) if effect else NOTHING


@cache
def _sign(sign: str) -> Markup:
    return html('<span aria-hidden="true">{}</span> ', sign) if sign else NOTHING


def _week(campaign: CampaignPlan, key: str, day: date) -> Markup:
    """The calling hours before and after, as a drawing and in figures; nothing where they stay."""
    both = week.sides(campaign)
    if both is None:
        return html('<p class="note">{}</p>', week.UNKNOWN) if campaign.starts else NOTHING
    before, after = both
    change = compare(before, after, day)
    title = f"Calling hours of {clean(campaign.name)}, on the clock of {after.timezone}"
    return html(
        "<figure><figcaption>Calling hours, on the clock of {zone}</figcaption>"
        '{drawing}{legend}<dl class="numbers">{figures}</dl></figure>',
        zone=after.timezone,
        drawing=week_svg.of_campaign(change, key, title),
        legend=week_svg.legend(),
        figures=joined(map(_figure, week.figures(before, after, change))),
    )


def _figure(figure: week.Figure) -> Markup:
    note = html("<small>{}</small>", figure.note) if figure.note else NOTHING
    return html("<div><dt>{}</dt><dd>{}{}</dd></div>", figure.title, arrow(figure.before, figure.after), note)

"""One campaign of a plan as HTML: a line that says what happens, and below it, folded, everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reconciler.model.campaign import Status
from reconciler.model.document import Position
from reconciler.model.words import count
from reconciler.plan.diff import Direction
from reconciler.plan.plan import CampaignPlan
from reconciler.render import review, week
from reconciler.render.html import week_svg as drawing
from reconciler.render.html.escape import arrow, named, text
from reconciler.render.words import EFFECTS, before_after, clean, steps, value

# How a direction is marked: its colour, and a sign besides.
_MARKS = {
    "loosens": ("up", "▲"),
    "starts calls": ("up", "▶"),
    "tightens": ("down", "▼"),
    "stops calls": ("down", "■"),
}

_COLUMNS = ("Setting", "Before", "After", "Effect")


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
        ("nothing", review.is_quiet(campaign)),
    )
    return [*(name for name, is_so in told if is_so), *(title for title in found if title not in dict(told))]


def directions(campaign: CampaignPlan) -> list[str]:
    """What the changes mean for the people who are called."""
    found = {change.direction for change in campaign.changes}
    told = (
        ("loosens", Direction.LOOSENS in found),
        ("tightens", Direction.TIGHTENS in found),
        ("neither", None in found),
        ("starts calls", review.starts_calls(campaign)),
        ("stops calls", review.stops_calls(campaign)),
    )
    return [name for name, is_so in told if is_so]


def _data(campaign: CampaignPlan) -> str:
    """What the filters look at, as attributes."""
    names = " ".join(filter(None, (campaign.name, campaign.file, campaign.id))).casefold()
    # Titles may hold spaces: a bar stands around each.
    kind, direction = (f"|{'|'.join(found)}|" for found in (kinds(campaign), directions(campaign)))
    return f'data-name="{text(names)}" data-kinds="{text(kind)}" data-directions="{text(direction)}"'


# One campaign


def campaign(of: CampaignPlan, key: str, day: date) -> str:
    """A campaign that something is done to; `key` is unique in the page."""
    inside = [
        f'<p class="where">{_where(of)}</p>',
        *(f'<p class="error"><strong>Error:</strong> {text(error)}</p>' for error in of.errors),
        _table(of),
        _week(of, key, day),
        *(f'<p class="note">{text(notice)}</p>' for notice in of.notices),
        f'<p class="steps"><strong>Apply:</strong> {text(steps(of).replace(" -> ", " → "))}</p>',
    ]
    return (
        f'<details class="campaign" id="{key}" {_data(of)}><summary><h3>{named(of.name)}</h3>'
        f'<span class="chips">{"".join(_chips(of))}</span><span class="gist">{_gist(of)}</span></summary>'
        f'<div class="inside">{"".join(inside)}</div></details>'
    )


def _where(campaign: CampaignPlan) -> str:
    parts = [f"<code>{named(campaign.file)}</code>", f"id <code>{named(campaign.id)}</code>" if campaign.id else ""]
    return " · ".join(filter(None, [*parts, text(campaign.live_status or "")]))


def _chips(campaign: CampaignPlan) -> Iterator[str]:
    """What matters most about a campaign, as marks that say it in words and by their shape."""
    if campaign.errors:
        yield _chip("bad", "✕", "cannot be planned")
    for direction in directions(campaign):
        if direction in _MARKS:
            yield _chip(*_MARKS[direction], direction)
    if campaign.may_pause:
        yield _chip("hold", "Ⅱ", "may pause")


def _chip(kind: str, sign: str, words: str) -> str:
    return f'<span class="chip {kind}">{_sign(sign)}{words}</span>'


def _gist(campaign: CampaignPlan) -> str:
    """What changes, in a line."""
    told = [f"{change.field.title} {' → '.join(before_after(change))}" for change in campaign.changes]
    told += [f"status {campaign.status.before} → {campaign.status.after}"] if campaign.status else []
    told += [f"{u.field.title} (unverified)" for u in campaign.unverified if u.send]
    return " · ".join(map(text, told + list(campaign.errors)))


def _table(campaign: CampaignPlan) -> str:
    """The changes. The roles keep it a table for screen readers where a narrow screen shows blocks."""
    rows = "".join(_rows(campaign))
    if not rows:
        return ""
    heads = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in _COLUMNS)
    return (
        '<table role="table"><caption class="unseen">What changes</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _rows(campaign: CampaignPlan) -> Iterator[str]:
    for change in campaign.changes:
        before, after = before_after(change)
        yield _row(change.field.title, change.position, before, after, change.direction or "")
    if campaign.status:
        status = campaign.status
        position = campaign.desired.document.position(("status",))
        yield _row("status", position, status.before, status.after, EFFECTS[Status(status.after)])
    for unverified in campaign.unverified:
        said = "" if unverified.value is None else value(unverified.field, unverified.value)
        sent = "is sent" if unverified.send else "sent before" if unverified.may_send else "is not sent"
        yield _row(unverified.field.title, unverified.position, "unknown", said, f"{sent}: {unverified.reason}")


def _row(title: str, position: Position, before: str, after: str, effect: str) -> str:
    kind, sign = _MARKS.get(effect, ("", ""))
    place = f'<code class="place">{text(f"{position.file}:{position.line}")}</code>'
    shown = (text(before), text(after), f'<span class="{kind}">{_sign(sign)}{text(effect)}</span>' if effect else "")
    cells = "".join(
        f'<td role="cell" dir="auto" data-is="{name}">{cell}</td>'
        for name, cell in zip(_COLUMNS[1:], shown, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{text(title)}{place}</th>{cells}</tr>'


def _sign(sign: str) -> str:
    return f'<span aria-hidden="true">{sign}</span> ' if sign else ""


def _week(campaign: CampaignPlan, key: str, day: date) -> str:
    change = week.change_of(campaign, day)
    if change is None or campaign.schedules is None:
        return ""
    before, after = campaign.schedules
    figures = "".join(
        f"<div><dt>{text(one.title)}</dt><dd>{text(arrow(one.before, one.after))}"
        f"{f'<small>{text(one.note)}</small>' if one.note else ''}</dd></div>"
        for one in week.figures(before, after, change)
    )
    title = f"Calling hours of {clean(campaign.name)}, on the clock of {after.timezone}"
    return (
        f"<figure><figcaption>Calling hours, on the clock of {text(after.timezone)}</figcaption>"
        f'{drawing.of_campaign(change, key, title)}{drawing.legend()}<dl class="numbers">{figures}</dl></figure>'
    )


def quiet(campaigns: Sequence[CampaignPlan]) -> str:
    """The campaigns that stay as they are, in a list of their own."""
    rows = "".join(map(_quiet, campaigns))
    number = len(campaigns)
    title = f"{count(number, 'campaign')} {'stays as it is' if number == 1 else 'stay as they are'}"
    return f'<details class="rest-of-them" id="rest"><summary><h3>{title}</h3></summary><ul>{rows}</ul></details>'


def _quiet(campaign: CampaignPlan) -> str:
    notes = "".join(f'<p class="note">{text(notice)}</p>' for notice in campaign.notices)
    return (
        f'<li class="quiet" {_data(campaign)}><span>{named(campaign.name)}</span> '
        f"<small>{_where(campaign)}</small>{notes}</li>"
    )

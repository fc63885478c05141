"""The fields of a campaign as rows of a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.model.campaign import Status
from reconciler.model.document import Position
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction, UnverifiedField
from reconciler.plan.steps import StatusChange
from reconciler.render import review, words
from reconciler.render.columns import Line, Style, fitted, paragraph, row_lines, width_of
from reconciler.render.printable import clean

_MARGIN = 4
_DETAIL = 6
_ARROW = " -> "
_GAP = "  "

CHANGED, WARNED, UNKNOWN, FINAL = " ", "!", "?", "X"


class Row(NamedTuple):
    """A field in a campaign's table. `effect` is what its change means for the people called, where that is known."""

    title: str
    before: str
    after: str
    effect: str
    detail: str
    mark: str = CHANGED
    style: Style = Style.PLAIN
    reason: str = ""


def changes(campaign: CampaignPlan, width: int) -> Iterator[Line]:
    """The table of a campaign: a row for every field and for the status."""
    if rows := list(_rows(campaign)):
        yield from table(rows, width)


def _rows(campaign: CampaignPlan) -> Iterator[Row]:
    changed = [changed_row(change) for change in review.ordered_changes(campaign)]
    status = [_status(campaign, campaign.status)] if campaign.status else []
    yield from (*status, *changed) if review.status_leads(campaign) else (*changed, *status)
    yield from (_unknown(campaign, unverified) for unverified in campaign.unverified)


def changed_row(change: Change) -> Row:
    """A field that changes, with what that means for the people called."""
    loosens = change.direction is Direction.LOOSENS
    style = Style.YELLOW if loosens else Style.GREEN if change.direction else Style.PLAIN
    return Row(
        clean(change.field.title),
        *words.before_after(change),
        effect=change.direction or "",
        detail=_detail(change.field.name, change.position),
        mark=WARNED if loosens else CHANGED,
        style=style,
    )


def _status(campaign: CampaignPlan, change: StatusChange) -> Row:
    mark = FINAL if campaign.final else WARNED if campaign.starts else CHANGED
    style = Style.YELLOW if campaign.starts else Style.RED if campaign.final else Style.PLAIN
    effect = words.EFFECTS[Status(change.after)]
    detail = _detail("status", change.position)
    return Row("status", clean(change.before), clean(change.after), effect, detail, mark, style)


def _unknown(campaign: CampaignPlan, unverified: UnverifiedField) -> Row:
    """A field that nobody can check: with the value that the file gives, why, and whether it is sent."""
    return Row(
        clean(unverified.field.title),
        "unknown",
        words.value(unverified.field, unverified.value),
        effect=words.sending(campaign, unverified),
        detail=_detail(unverified.field.name, unverified.position),
        mark=UNKNOWN,
        reason=clean(unverified.reason) if unverified.hash else "",  # else a notice tells it
    )


def _detail(name: str, position: Position) -> str:
    return clean(f"{name}, {position.file}:{position.line}")


def table(rows: Sequence[Row], width: int) -> Iterator[Line]:
    """The rows in columns; in one line each where the terminal is wide enough, one part below the other if narrow."""
    cells = [(row.title, row.before, row.after, row.effect) for row in rows]
    space = width - _MARGIN - len(_GAP) - len(_ARROW) - len(_GAP)
    widths = fitted(cells, space)
    if widths is None:
        for row in rows:
            yield from _stacked(row, width)
        return
    is_wide = sum(widths) + len(_GAP) + max(width_of(row.detail) for row in rows) <= space
    for row, cell in zip(rows, cells, strict=True):
        lines = row_lines(cell, widths)
        yield from _in_columns(row, lines, row.detail if is_wide else "")
        told = [row.reason] if is_wide else [row.detail, row.reason]
        if any(told):
            yield from paragraph(": ".join(filter(None, told)), width, _DETAIL, style=Style.DIM)


def _in_columns(row: Row, lines: Iterable[Sequence[str]], detail: str) -> Iterator[Line]:
    mark, arrow = row.mark, _ARROW
    for title, before, after, effect in lines:
        yield [
            (f"  {mark} ", row.style),
            (title + _GAP + before + arrow + after + _GAP, Style.PLAIN),
            (effect, row.style),
            (_GAP + detail, Style.DIM),
        ]
        mark, arrow, detail = " ", " " * len(_ARROW), ""


def _stacked(row: Row, width: int) -> Iterator[Line]:
    title = f"{row.mark} {row.title}".lstrip(CHANGED)
    effect = f": {row.effect}" if row.effect else ""
    yield from paragraph(title + effect, width, 2, 2, row.style)
    yield from paragraph(f"{row.before} -> {row.after}", width, _MARGIN)
    yield from paragraph(": ".join(filter(None, (row.detail, row.reason))), width, _MARGIN, style=Style.DIM)

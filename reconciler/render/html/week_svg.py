"""The week as a drawing (SVG): the hours of one campaign before and after, and of all campaigns together.

Places along the day are in percent and heights in pixels, so that a drawing fills any width without its text shrinking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import groupby

from markupsafe import Markup

from reconciler.hours.change import CallsAtOnce, Loads, WeekChange
from reconciler.hours.schedule import Week
from reconciler.hours.words import DAY_NAMES, clock_time, week_in_words
from reconciler.hours.zones import DAY, MANY
from reconciler.model.words import count
from reconciler.render.html.escape import html, joined

# Left of the hours stand the names of the days: this part of the width, in percent.
_GUTTER = 10
_TOP, _GAP = 24, 5
_ROW, _TALL_ROW = 20, 40
_TICK = 3 * 60
_KINDS = ("kept", "added", "removed")
_COLUMN = '<rect class="%s low" %s y="%.2f" height="%.2f"/>'


def of_campaign(change: WeekChange, key: str, title: str) -> Markup:
    """One campaign: what stays, what is added, what is removed. `key` is unique in the page; `title` is plain text."""
    weeks = dict(zip(_KINDS, (change.kept, change.added, change.removed), strict=True))
    told = "; ".join(f"{kind}: {week_in_words(week) or 'nothing'}" for kind, week in weeks.items())
    rows = joined(_bars(weeks, day) for day in range(7))
    return _drawing(rows, _ROW, key, title, told)


def of_all(loads: Loads, key: str, title: str) -> Markup:
    """How many campaigns may call at a time, as heights: those that stay, then what is added, then what is removed."""
    most = max((load.kept + load.added + load.removed for day in loads for load in day), default=1)
    rows = joined(_columns(loads, day, most) for day in range(7))
    return _drawing(rows, _TALL_ROW, key, title, "; ".join(_told(loads)) or "no calls")


@cache
def legend() -> Markup:
    """What the fills stand for; who cannot see it has every drawing in words."""
    return html('<svg class="legend" aria-hidden="true" width="100%" height="20"><use href="#legend"/></svg>')


def shared() -> Markup:
    """What all drawings refer to, once in a page: days and hours, stripes for what is added, dots for what is not."""
    frames = joined(html('<g class="frame" id="frame-{}">{}</g>', row, _frame(row)) for row in (_ROW, _TALL_ROW))
    samples = joined(
        html(
            '<rect class="{kind}" x="{x}" y="3" width="22" height="12"/><text x="{text_x}" y="14">{kind}</text>',
            kind=kind,
            x=place + 1,
            text_x=place + 30,
        )
        for place, kind in zip((0, 80, 168), _KINDS, strict=True)
    )
    return html(
        '<svg class="shared" aria-hidden="true" width="0" height="0"><defs>'
        '<pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="stripes-back" width="6" height="6"/><rect class="stripes-front" width="3" height="6"/></pattern>'
        '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="dots-back" width="6" height="6"/><circle class="dots-front" cx="3" cy="3" r="1"/></pattern>'
        '{}<g class="frame" id="legend">{}</g></defs></svg>',
        frames,
        samples,
    )


def _drawing(inside: Markup, row: int, key: str, title: str, told: str) -> Markup:
    return html(
        '<svg class="week" role="img" aria-labelledby="{key}-t" aria-describedby="{key}-d" width="100%" '
        'height="{height}"><title id="{key}-t">{title}</title><desc id="{key}-d">{told}</desc>'
        '<use href="#frame-{row}"/>{inside}</svg>',
        key=key,
        height=_top(7, row),
        title=title,
        told=told,
        row=row,
        inside=inside,
    )


def _top(day: int, row: int) -> int:
    """Where the row of a day begins (0 is Monday), in pixels."""
    return _TOP + day * (row + _GAP)


def _place(minute: int) -> str:
    return f"{_GUTTER + (100 - _GUTTER) * minute / DAY:.3f}%"


@lru_cache(maxsize=MANY)
def _across(start: int, end: int) -> Markup:
    return html('x="{}" width="{}%"', _place(start), f"{(100 - _GUTTER) * (end - start) / DAY:.3f}")


def _frame(row: int) -> Markup:
    """Hours above, names of days on the left, a band for each day, and a line every three hours."""
    parts = []
    for day, name in enumerate(DAY_NAMES):
        top = _top(day, row)
        parts.append(html('<text x="0" y="{}">{}</text>', top + row // 2 + 4, name))
        parts.append(html('<rect class="band" {} y="{}" height="{}"/>', _across(0, DAY), top, row))
    for at in range(0, DAY + 1, _TICK):
        place = _place(at)
        anchor = "start" if at == 0 else "end" if at == DAY else "middle"
        parts.append(html('<text x="{}" y="14" text-anchor="{}">{}</text>', place, anchor, f"{at // 60:02}"))
        parts.append(html('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>', place, _TOP - 4, _top(7, row) - _GAP))
    return joined(parts)


def _bars(weeks: Mapping[str, Week], day: int) -> Markup:
    """The spans of a day; in the hour that a clock shows twice, what is added or removed lies above what is kept."""
    return joined(_bar(kind, *span, _top(day, _ROW)) for kind, week in weeks.items() for span in week[day])


@lru_cache(maxsize=MANY)
def _bar(kind: str, start: int, end: int, top: int) -> Markup:
    return html('<rect class="{}" {} y="{}" height="{}"/>', kind, _across(start, end), top, _ROW)


def _columns(loads: Loads, day: int, most: int) -> Markup:
    """The stretches of a day, each as high as campaigns may call in it, with what is added and removed on top."""
    parts = []
    for load in loads[day]:
        floor = float(_top(day, _TALL_ROW) + _TALL_ROW)
        across = _across(load.start, load.end)
        for kind, number in zip(_KINDS, (load.kept, load.added, load.removed), strict=True):
            if number:
                height = _TALL_ROW * number / most
                floor -= height
                parts.append(_COLUMN % (kind, across, floor, height))
    return Markup("".join(parts))  # noqa: S704 - numbers, between words of ours


def _told(loads: Loads) -> Iterator[str]:
    """What the heights say, in words, days that are alike together."""
    for said, group in groupby(zip(DAY_NAMES, map(_day_told, loads), strict=True), key=lambda pair: pair[1]):
        names = [name for name, _ in group]
        if said:
            yield f"{names[0]}{f'-{names[-1]}' if len(names) > 1 else ''}: {said}"


def _day_told(loads: tuple[CallsAtOnce, ...]) -> str:
    return ", ".join(
        f"{clock_time(load.start)}-{clock_time(load.end)} "
        + count(load.kept + load.removed, "campaign")
        + (f" → {load.kept + load.added}" if load.added or load.removed else "")
        for load in loads
    )

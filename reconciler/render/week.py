"""The week as a picture in characters, before and after, or whole where calls start; and in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from reconciler.hours.change import WeekChange, compare
from reconciler.hours.schedule import Schedule
from reconciler.hours.words import DAY_NAMES, days_in_words, hours_in_words
from reconciler.hours.zones import DAY
from reconciler.model.campaign import Status
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.render.columns import Line, Style, paragraph

KEPT, ADDED, REMOVED, BOTH, CLOSED = "█+-±·"
LEGEND = {KEPT: "kept", ADDED: "added", REMOVED: "removed", BOTH: "some added, some removed", CLOSED: "closed"}
UNKNOWN = "its calling hours are not known: neither the file nor the API says all of them"
_STYLES = {ADDED: Style.YELLOW, REMOVED: Style.GREEN, BOTH: Style.YELLOW, CLOSED: Style.DIM}
_LABEL = len("Mon ")
_TICK = 3 * 60
_FINE, _COARSE = 30, 60


class Figure(NamedTuple):
    """Something that is counted in a week, before and after, and what there is to say of it."""

    title: str
    before: str
    after: str
    note: str = ""

    def __str__(self) -> str:
        """`hours a week 40 h -> 45 h (5 h added)`."""
        told = f"{self.title} {self.before}" + (f" -> {self.after}" if self.after != self.before else "")
        return f"{told} ({self.note})" if self.note else told


def reference_day(created_at: str) -> date:
    """The day whose week is looked at where two zones are compared: that of the plan, else a week without events."""
    try:
        return date.fromisoformat(created_at[:10])
    except ValueError:
        return date(2026, 1, 5)


def sides(campaign: CampaignPlan) -> tuple[Schedule, Schedule] | None:
    """The calling hours before and after; None where they stay, or too little is known.

    Where calls start there were none before, so that the whole week begins. A draft that is created calls nobody yet.
    Where a campaign that calls ends for good, its whole week ends.
    """
    if campaign.schedules is None:
        return None
    before, after = campaign.schedules
    if campaign.starts:
        before = Schedule(frozenset(), frozenset(), after.timezone)
    if campaign.final:
        after = Schedule(frozenset(), frozenset(), before.timezone if before else after.timezone)
        before = before if campaign.live_status == Status.ACTIVE else None
    return (before, after) if before and before != after else None


def change_of(campaign: CampaignPlan, day: date) -> WeekChange | None:
    """What the plan changes about a campaign's calling hours; None where it changes nothing, or too little is known."""
    both = sides(campaign)
    return compare(*both, day) if both else None


def figures(before: Schedule, after: Schedule, change: WeekChange) -> list[Figure]:
    """Hours a week, earliest and latest hour, days; and the zone where that changes. Hours are on each one's clock."""
    if not before.days:
        return _figures_of_a_start(after, change)
    if not after.days:
        return _figures_of_an_end(before, change)
    moved = [
        f"{hours_in_words(length)} {word}"
        for length, word in ((change.minutes_added, "added"), (change.minutes_removed, "removed"))
        if length
    ]
    days = [
        f"{word} {days_in_words(which)}"
        for which, word in ((change.days_gained, "gains"), (change.days_lost, "loses"))
        if which
    ]
    week = (hours_in_words(change.minutes_before), hours_in_words(change.minutes_after))
    found = [
        Figure("hours a week", *week, ", ".join(moved) or "the same hours"),
        Figure("earliest", change.earliest_before or "none", change.earliest_after or "none"),
        Figure("latest", change.latest_before or "none", change.latest_after or "none"),
        Figure("days", days_in_words(before.days), days_in_words(after.days), ", ".join(days)),
    ]
    if change.week:
        found.append(Figure("clock", before.timezone, after.timezone, f"compared in the week of {change.week}"))
    return found


def _figures_of_a_start(begins: Schedule, change: WeekChange) -> list[Figure]:
    """The figures of a week that begins as a whole: there is nothing to compare it with."""
    length = hours_in_words(change.minutes_after)
    return _figures_of_one_side(begins, length, "all of them begin", change.earliest_after, change.latest_after)


def _figures_of_an_end(ends: Schedule, change: WeekChange) -> list[Figure]:
    """The figures of a week that ends as a whole."""
    length = hours_in_words(change.minutes_before)
    return _figures_of_one_side(ends, length, "all of them end", change.earliest_before, change.latest_before)


def _figures_of_one_side(
    week: Schedule, length: str, note: str, earliest: str | None, latest: str | None
) -> list[Figure]:
    said = (
        ("hours a week", length, note),
        ("earliest", earliest or "none", ""),
        ("latest", latest or "none", ""),
        ("days", days_in_words(week.days), ""),
    )
    return [Figure(title, value, value, note) for title, value, note in said]


# The picture


def picture(campaign: CampaignPlan, day: date, width: int, indent: int = 0) -> Iterator[Line]:
    """A ruler, a row per weekday, the legend and the figures, at most `width` columns wide; nothing if no hour changes.

    A mark is 30 minutes, or 60 where that is too wide; where even that is too wide there are figures only.
    """
    both = sides(campaign)
    if both:
        yield from picture_of(*both, day, width, indent)
    elif campaign.starts:
        yield from paragraph(UNKNOWN, width, indent, 2, Style.YELLOW)


def picture_of(before: Schedule, after: Schedule, day: date, width: int, indent: int = 0) -> Iterator[Line]:
    """The same of two schedules that differ."""
    yield from _picture(before, after, compare(before, after, day), width, indent)


def _picture(before: Schedule, after: Schedule, change: WeekChange, width: int, indent: int) -> Iterator[Line]:
    space = width - indent
    per_mark = next((size for size in (_FINE, _COARSE) if _LABEL + len(_ruler(size)) <= space), None)
    if per_mark:
        rows = [marks(change, day, per_mark) for day in range(7)]
        yield [(" " * (indent + _LABEL) + _ruler(per_mark), Style.DIM)]
        for name, row in zip(DAY_NAMES, rows, strict=True):
            yield [(f"{' ' * indent}{name} ", Style.PLAIN), *_styled(row)]
        yield from paragraph(_legend(rows, per_mark, after.timezone), width, indent, 2, Style.DIM)
    length, *others = map(str, figures(before, after, change))
    yield from paragraph(length, width, indent, 2)
    yield from paragraph("; ".join(others), width, indent, 2)


def marks(change: WeekChange, day: int, per_mark: int) -> str:
    """A weekday (0 is Monday) as one mark for every `per_mark` minutes."""
    row = [CLOSED] * (DAY // per_mark)
    for week, mark in ((change.kept, KEPT), (change.added, ADDED), (change.removed, REMOVED)):
        for start, end in week[day]:
            for place in range(start // per_mark, -(-end // per_mark)):
                row[place] = BOTH if mark == REMOVED and row[place] in (ADDED, BOTH) else mark
    return "".join(row)


def _ruler(per_mark: int) -> str:
    """The hours above the marks that begin with them: `00    03    06`."""
    return "".join(f"{at // 60:02}".ljust(_TICK // per_mark) for at in range(0, DAY + 1, _TICK)).rstrip()


def _styled(row: str) -> Line:
    runs: Iterable[tuple[str, Iterator[str]]] = groupby(row)
    return [("".join(run), _STYLES.get(mark, Style.PLAIN)) for mark, run in runs]


def _legend(rows: Sequence[str], per_mark: int, timezone: str) -> str:
    used = [f"{mark} {word}" for mark, word in LEGEND.items() if any(mark in row for row in rows)]
    return f"{', '.join(used)}; a mark is {per_mark} minutes on the clock of {timezone}"

"""Calling windows: minutes a week, next open and close, the week as a grid, and what a change of them means.

Windows are read on the wall clock of their zone: a minute is open if the clock then shows an open day and an open
time. So a time that the clock jumps over in spring does not exist, and one that it shows twice in autumn is open twice.

Spans are half-open ranges of minutes, sorted and apart: 09:00-12:00 is (540, 720). A `Week` has seven tuples of them,
Monday first, each counted from that day's midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from reconciler.hours.zones import DAY, EPOCH, OffsetSpan, minute_of, moment, stretches, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Window: TypeAlias = tuple[str, str]
Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]
Week: TypeAlias = tuple[Spans, ...]
Loads: TypeAlias = tuple[tuple["CallsAtOnce", ...], ...]

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a campaign may call: days (1 is Monday), canonical (HH:MM, HH:MM) windows, and the zone of that clock."""

    days: frozenset[int]
    windows: frozenset[Window]
    timezone: str


# Spans


def joined(spans: Iterable[Span]) -> Spans:
    """The same minutes as sorted spans that neither overlap nor touch."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Spans, other: Spans) -> Spans:
    """The minutes that are in both; the arguments are sorted and apart, as `joined` makes them."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def without(one: Spans, other: Spans) -> Spans:
    """The minutes of the first that are not in the second; the arguments are sorted and apart."""
    if not one:
        return ()
    edges = [one[0][0], *chain.from_iterable(other), one[-1][1]]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return common(one, tuple((start, end) for start, end in gaps if start < end))


def minutes(spans: Iterable[Span]) -> int:
    """How many minutes the spans hold together."""
    return sum(end - start for start, end in spans)


# Windows and the weekly pattern


def merged(windows: Iterable[Window]) -> Spans:
    """The windows as spans of a day; windows that touch or overlap become one."""
    return joined((_of_day(start), _of_day(end)) for start, end in windows)


def _of_day(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def earliest(windows: Iterable[Window]) -> str | None:
    """The first start of a day, HH:MM; None without windows."""
    return min((start for start, _ in windows), default=None)


def latest(windows: Iterable[Window]) -> str | None:
    """The last end of a day, HH:MM; None without windows."""
    return max((end for _, end in windows), default=None)


def overlaps(windows: Iterable[Window]) -> tuple[tuple[Window, Window], ...]:
    """Each window that overlaps one that starts no later, once, with the one of these that ends last.

    Touching is not overlapping. One pair per window keeps the answer as short as the input.
    """
    ordered = sorted(set(windows))
    found: list[tuple[Window, Window]] = []
    longest = ordered[0] if ordered else ("", "")
    for window in ordered[1:]:
        if window[0] < longest[1]:
            found.append((longest, window))
        longest = max(longest, window, key=lambda one: one[1])
    return tuple(found)


def pattern(schedule: Schedule) -> Week:
    """The open spans of each weekday on the schedule's own clock."""
    spans = merged(schedule.windows)
    return tuple(spans if day in schedule.days else () for day in range(1, 8))


def minutes_a_week(schedule: Schedule) -> int:
    """Minutes a week in which calls are allowed, by the wall clock: a change of the clock counts for nothing."""
    return minutes(chain.from_iterable(pattern(schedule)))


def _laid_out(week: Week) -> Spans:
    """A week as spans from Monday's midnight."""
    return joined((start + day * DAY, end + day * DAY) for day, spans in enumerate(week) for start, end in spans)


def _by_day(spans: Spans) -> Week:
    days = (common(spans, ((day * DAY, (day + 1) * DAY),)) for day in range(7))
    return tuple(tuple((start - day * DAY, end - day * DAY) for start, end in one) for day, one in enumerate(days))


# Real time


def _open_spans(schedule: Schedule, start: int, end: int) -> Spans:
    """The minutes of real time from `start` to `end` in which calls are allowed."""
    week = _laid_out(pattern(schedule))
    found: list[Span] = []
    for stretch in stretches(zone(schedule.timezone), start, end):
        clock = (stretch.start + stretch.offset, stretch.end + stretch.offset)
        weeks = range(clock[0] // _WEEK * _WEEK, clock[1], _WEEK)
        shown = tuple((monday + first, monday + last) for monday in weeks for first, last in week)
        found += ((first - stretch.offset, last - stretch.offset) for first, last in common(joined(shown), (clock,)))
    return joined(found)


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Whether calls are allowed at this moment (an aware datetime)."""
    minute = minute_of(at)
    return bool(_open_spans(schedule, minute, minute + 1))


# Three weeks: a window that a clock change swallows this week is there the next.
_AHEAD = 3 * _WEEK


def next_open(schedule: Schedule, at: datetime) -> datetime | None:
    """The first moment after `at` at which a closed schedule opens, in the schedule's zone; None if there is none.

    `at` is aware. While the schedule is open this is the opening after the present one.
    """
    now = minute_of(at)
    starts = (start for start, _ in _open_spans(schedule, now, now + _AHEAD) if start > now)
    return _first(starts, schedule)


def next_close(schedule: Schedule, at: datetime) -> datetime | None:
    """The first moment after `at` at which an open schedule closes, in the schedule's zone; None if there is none.

    `at` is aware. While the schedule is closed this is the end of its next opening.
    """
    now = minute_of(at)
    ends = (end for _, end in _open_spans(schedule, now, now + _AHEAD) if end < now + _AHEAD)
    return _first(ends, schedule)


def _first(found: Iterator[int], schedule: Schedule) -> datetime | None:
    minute = next(found, None)
    return None if minute is None else moment(minute, zone(schedule.timezone))


# One week on the clock of a zone


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class _ClockWeek:
    """The real time in which a zone's clock shows the week of `monday` (minutes since EPOCH, as if in UTC)."""

    monday: int
    stretches: tuple[OffsetSpan, ...]

    def shown(self, spans: Spans) -> Week:
        """Spans of real time as this clock shows them; an hour that it shows twice is one span."""
        pieces = ((common(spans, ((one.start, one.end),)), one.offset - self.monday) for one in self.stretches)
        return _by_day(joined((start + shift, end + shift) for found, shift in pieces for start, end in found))

    def open_spans(self, schedule: Schedule) -> Spans:
        """The real minutes of this week in which calls are allowed."""
        return joined(chain.from_iterable(_open_spans(schedule, one.start, one.end) for one in self.stretches))


def _clock_week(timezone: str, day: date) -> _ClockWeek:
    monday = (_monday(day) - EPOCH.date()).days * DAY
    found = []
    for one in stretches(zone(timezone), monday - 2 * DAY, monday + _WEEK + 2 * DAY):
        start, end = max(one.start, monday - one.offset), min(one.end, monday + _WEEK - one.offset)
        if start < end:
            found.append(OffsetSpan(start, end, one.offset))
    return _ClockWeek(monday, tuple(found))


def grid(schedule: Schedule, timezone: str, week: date) -> Week:
    """The week that `week` lies in as the clock of another zone shows it, Monday first.

    What Sunday there brings to Monday here, and Monday there to Sunday here, comes from the weeks before and after.
    """
    clock = _clock_week(timezone, week)
    return clock.shown(clock.open_spans(schedule))


class Fill(StrEnum):
    """How much of a cell of the grid is open."""

    NONE = "none"
    PARTLY = "partly"
    FULL = "full"


def blocks(spans: Spans, per_block: int = 30) -> tuple[Fill, ...]:
    """A weekday cut into cells of `per_block` minutes, which must divide the day."""
    if DAY % per_block:
        raise ValueError(f"{per_block} minutes don't divide a day")
    cells = (minutes(common(spans, ((at, at + per_block),))) for at in range(0, DAY, per_block))
    return tuple(Fill.FULL if held == per_block else Fill.PARTLY if held else Fill.NONE for held in cells)


# Changes


@dataclass(frozen=True, slots=True)
class WeekChange:
    """What a change of schedule means in a week.

    With `week` None both schedules share a zone and were compared on its clock: this holds for every week, and a
    clock change is left out. Otherwise the zones differ, `week` is the Monday of the week that was looked at, and
    minutes are minutes of real time in it. The spans are on the clock of the schedule after the change (a span may
    then be in two of them, where that clock shows an hour twice). Always: before - removed + added == after.
    """

    week: date | None
    minutes_before: int
    minutes_after: int
    minutes_added: int
    minutes_removed: int
    days_gained: frozenset[int]
    days_lost: frozenset[int]
    earliest_before: str | None
    earliest_after: str | None
    latest_before: str | None
    latest_after: str | None
    kept: Week
    added: Week
    removed: Week


def compare(before: Schedule, after: Schedule, week: date) -> WeekChange:
    """Compare two schedules; `week` is any day of the week to look at where their zones differ."""
    clock = None if before.timezone == after.timezone else _clock_week(after.timezone, week)
    if clock:
        was, now, shown = clock.open_spans(before), clock.open_spans(after), clock.shown
    else:
        was, now, shown = _laid_out(pattern(before)), _laid_out(pattern(after)), _by_day
    added, removed = without(now, was), without(was, now)
    return WeekChange(
        week=_monday(week) if clock else None,
        minutes_before=minutes(was),
        minutes_after=minutes(now),
        minutes_added=minutes(added),
        minutes_removed=minutes(removed),
        days_gained=after.days - before.days,
        days_lost=before.days - after.days,
        earliest_before=earliest(before.windows),
        earliest_after=earliest(after.windows),
        latest_before=latest(before.windows),
        latest_after=latest(after.windows),
        kept=shown(common(was, now)),
        added=shown(added),
        removed=shown(removed),
    )


def loosens(before: Schedule, after: Schedule, day: date) -> bool:
    """Whether at some minute calls are allowed after the change that were not before.

    In one zone that is a question about the weekly pattern. In two zones every minute of the year from the week of
    `day` on is looked at, because two zones don't change their clocks on the same days.
    """
    if before.timezone == after.timezone:
        return any(without(now, was) for was, now in zip(pattern(before), pattern(after), strict=True))
    start = (_monday(day) - EPOCH.date()).days * DAY
    end = start + 53 * _WEEK
    return bool(without(_open_spans(after, start, end), _open_spans(before, start, end)))


# Many schedules together


@dataclass(frozen=True, slots=True)
class CallsAtOnce:
    """From one minute of a day to another: how many schedules are open before and after, only after, only before."""

    start: int
    end: int
    kept: int
    added: int
    removed: int


def together(changes: Mapping[tuple[Schedule | None, Schedule | None], int], timezone: str, week: date) -> Loads:
    """Changes of schedules, each with how often it occurs, as the clock of one zone shows them in the week of `week`.

    None stands for no calls at all. For each weekday, Monday first: the stretches in which something is open, sorted
    and apart; two that touch differ.
    """
    steps: tuple[dict[int, list[int]], ...] = tuple({} for _ in range(7))
    closed: Week = ((),) * 7
    for (before, after), times in changes.items():
        was, now = (grid(one, timezone, week) if one else closed for one in (before, after))
        for day in range(7):
            parts = (common(was[day], now[day]), without(now[day], was[day]), without(was[day], now[day]))
            for part, spans in enumerate(parts):
                for start, end in spans:
                    steps[day].setdefault(start, [0, 0, 0])[part] += times
                    steps[day].setdefault(end, [0, 0, 0])[part] -= times
    return tuple(tuple(_loads(day)) for day in steps)


def _loads(steps: Mapping[int, list[int]]) -> Iterator[CallsAtOnce]:
    """The stretches between steps up and down, without those in which nothing is open."""
    level, start = [0, 0, 0], 0
    for at, step in sorted(steps.items()):
        if not any(step):
            continue
        if any(level):
            yield CallsAtOnce(start, at, *level)
        level, start = [high + more for high, more in zip(level, step, strict=True)], at


# Words


def clock_time(minute: int) -> str:
    """A minute of the day as HH:MM; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def words(days: Iterable[int]) -> str:
    """`Mon-Fri`, `Mon, Wed, Fri`, `every day`."""
    ordered = sorted(set(days))
    if len(ordered) == len(DAY_NAMES):
        return "every day"
    firsts = [day for day in ordered if day - 1 not in ordered]
    lasts = [day for day in ordered if day + 1 not in ordered]
    runs = zip((DAY_NAMES[day - 1] for day in firsts), (DAY_NAMES[day - 1] for day in lasts), strict=True)
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in runs) or "no day"


def windows_in_words(windows: Iterable[Window]) -> str:
    """`09:00-12:00, 13:00-17:00`: sorted, each as it was written."""
    return ", ".join(f"{start}-{end}" for start, end in sorted(windows)) or "no hours"


def spans_in_words(spans: Iterable[Span]) -> str:
    """`09:00-12:00, 13:00-17:00`, for spans of one day."""
    return windows_in_words((clock_time(start), clock_time(end)) for start, end in spans)


def in_words(schedule: Schedule) -> str:
    """`Mon-Fri 09:00-12:00, 13:00-17:00`."""
    return f"{words(schedule.days)} {windows_in_words(schedule.windows)}"


def hours_in_words(length: int) -> str:
    """A length of 0 minutes or more as `40 h`, `37 h 30 min` or `45 min`."""
    hours, rest = divmod(length, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))

"""When a campaign may call: the week as its own clock has it, and as the clock of another zone shows it.

Windows are read on the wall clock of their zone: a minute is open if the clock then shows an open day and an open
time. So a time that the clock jumps over in spring does not exist, and one that it shows twice in autumn is open twice.

A `Week` has seven tuples of spans, Monday first, each counted from that day's midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from reconciler.hours.spans import Span, Spans, Window, common, joined, merged
from reconciler.hours.zones import DAY, EPOCH, MANY, OffsetSpan, offset_spans, zone

Week: TypeAlias = tuple[Spans, ...]

_WEEK = 7 * DAY
_MINUTE = timedelta(minutes=1)


class Schedule(NamedTuple):
    """When a campaign may call: days (1 is Monday), canonical (HH:MM, HH:MM) windows, and the zone of that clock."""

    days: frozenset[int]
    windows: frozenset[Window]
    timezone: str


def pattern(schedule: Schedule) -> Week:
    """The open spans of each weekday on the schedule's own clock."""
    spans = merged(schedule.windows)
    return tuple(spans if day in schedule.days else () for day in range(1, 8))


@lru_cache(maxsize=MANY)
def whole_week(schedule: Schedule) -> Spans:
    """The open spans of a schedule from Monday's midnight, on its own clock."""
    return laid_out(pattern(schedule))


def laid_out(week: Week) -> Spans:
    """A week as spans from Monday's midnight."""
    return joined((start + day * DAY, end + day * DAY) for day, spans in enumerate(week) for start, end in spans)


def by_day(spans: Spans) -> Week:
    """Spans from Monday's midnight as a week."""
    days: list[list[Span]] = [[] for _ in range(7)]
    for start, end in spans:
        for day in days_of(start, end):
            days[day].append(within_day(start, end, day))
    return tuple(map(tuple, days))


def days_of(start: int, end: int) -> range:
    """The days of a week that a span from Monday's midnight lies in, 0 for Monday."""
    return range(max(start // DAY, 0), min((end - 1) // DAY, 6) + 1)


def within_day(start: int, end: int, day: int) -> Span:
    """What of a span from Monday's midnight lies in a day, from that day's midnight."""
    return max(start - day * DAY, 0), min(end - day * DAY, DAY)


def open_spans(schedule: Schedule, start: int, end: int) -> Spans:
    """The minutes of real time from `start` to `end` in which calls are allowed."""
    week = whole_week(schedule)
    found: list[Span] = []
    for stretch in offset_spans(zone(schedule.timezone), start, end):
        clock = (stretch.start + stretch.offset, stretch.end + stretch.offset)
        weeks = range(clock[0] // _WEEK * _WEEK, clock[1], _WEEK)
        shown = tuple((monday + first, monday + last) for monday in weeks for first, last in week)
        found += ((first - stretch.offset, last - stretch.offset) for first, last in common(joined(shown), (clock,)))
    return joined(found)


def span_of_day(schedule: Schedule, day: date) -> Span:
    """A day on the schedule's clock as minutes of real time."""
    where = zone(schedule.timezone)
    starts = (datetime.combine(one, time(), where) for one in (day, day + timedelta(days=1)))
    first, last = ((one.astimezone(UTC) - EPOCH) // _MINUTE for one in starts)
    return first, last


def monday_of(day: date) -> date:
    """The Monday of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


class ClockWeek(NamedTuple):
    """The real time in which a zone's clock shows the week of `monday` (minutes since EPOCH, as if in UTC)."""

    monday: int
    offset_spans: tuple[OffsetSpan, ...]

    def shown(self, spans: Spans) -> Week:
        """Spans of real time as this clock shows them, day by day."""
        return by_day(self.laid_out(spans))

    def laid_out(self, spans: Spans) -> Spans:
        """The same from Monday's midnight; an hour that this clock shows twice is one span."""
        pieces = ((common(spans, ((one.start, one.end),)), one.offset - self.monday) for one in self.offset_spans)
        return joined((start + shift, end + shift) for found, shift in pieces for start, end in found)

    def open_spans(self, schedule: Schedule) -> Spans:
        """The real minutes of this week in which calls are allowed."""
        return joined(chain.from_iterable(open_spans(schedule, one.start, one.end) for one in self.offset_spans))


@lru_cache(maxsize=MANY)
def clock_week(timezone: str, day: date) -> ClockWeek:
    """The week that `day` lies in, on the clock of a zone; a ReconcilerError if there is no such zone."""
    monday = (monday_of(day) - EPOCH.date()).days * DAY
    found = []
    for one in offset_spans(zone(timezone), monday - 2 * DAY, monday + _WEEK + 2 * DAY):
        start, end = max(one.start, monday - one.offset), min(one.end, monday + _WEEK - one.offset)
        if start < end:
            found.append(OffsetSpan(start, end, one.offset))
    return ClockWeek(monday, tuple(found))


@lru_cache(maxsize=MANY)
def on_clock(schedule: Schedule, timezone: str, week: date) -> Spans:
    """The open spans of the week that `week` lies in, from Monday's midnight, as the clock of another zone shows them.

    What Sunday there brings to Monday here, and Monday there to Sunday here, comes from the weeks before and after.
    """
    clock, ahead = clock_week(timezone, week), _ahead(timezone, schedule.timezone, week)
    if ahead is None:
        return clock.laid_out(clock.open_spans(schedule))
    shifts = (ahead - _WEEK, ahead, ahead + _WEEK)
    shown = joined((start + shift, end + shift) for shift in shifts for start, end in whole_week(schedule))
    return common(shown, ((0, _WEEK),))


@lru_cache(maxsize=MANY)
def _ahead(timezone: str, other: str, week: date) -> int | None:
    """By how many minutes one clock is ahead of the other in the week that it shows; None where that changes in it."""
    spans = clock_week(timezone, week).offset_spans
    others = offset_spans(zone(other), spans[0].start, spans[-1].end)
    return spans[0].offset - others[0].offset if len(spans) == len(others) == 1 else None

"""Schedules and spans as tests write them, and the naive reading of a clock, minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from reconciler.hours.schedule import Schedule, Week
from reconciler.hours.spans import (
    Span,
    Spans,
    Window,
)
from reconciler.hours.words import clock_time

WORKDAYS = frozenset({1, 2, 3, 4, 5})
EVERY_DAY = frozenset(range(1, 8))
MINUTE = timedelta(minutes=1)
NONE: Week = ((),) * 7
JULY = date(2026, 7, 6)


def schedule(*windows: str, days: frozenset[int] = WORKDAYS, timezone: str = "America/New_York") -> Schedule:
    pairs = (window.split("-") for window in windows)
    return Schedule(days, frozenset((start, end) for start, end in pairs), timezone)


def every(spans: Spans, days: frozenset[int] = WORKDAYS) -> Week:
    return tuple(spans if day in days else () for day in range(1, 8))


# The naive reading: look at the clock, minute by minute.


def naively_open(one: Schedule, at: datetime) -> bool:
    clock = at.astimezone(ZoneInfo(one.timezone))
    shown = f"{clock.hour:02}:{clock.minute:02}"
    return clock.isoweekday() in one.days and any(start <= shown < end for start, end in one.windows)


def naive_week(timezone: str, monday: date) -> dict[datetime, tuple[int, int]]:
    """The real minutes in which the clock shows that week, and the day and minute that it shows."""
    week = {}
    at = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) - timedelta(days=2)
    for _ in range(11 * 24 * 60):
        clock = at.astimezone(ZoneInfo(timezone))
        day = (clock.date() - monday).days
        if 0 <= day < 7:
            week[at] = (day, clock.hour * 60 + clock.minute)
        at += MINUTE
    return week


def cells(week: Week) -> set[tuple[int, int]]:
    return {(day, minute) for day, spans in enumerate(week) for start, end in spans for minute in range(start, end)}


ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/St_Johns",
        "Europe/Paris",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "America/Nuuk",
        "America/Havana",
        "Africa/Casablanca",
        "Etc/GMT+5",
    ]
)
# Weeks around the clock changes of these zones, and some without any.
MONDAYS = st.sampled_from(
    [
        date(2026, month, day)
        for month, day in [
            (1, 5),
            (2, 9),
            (3, 2),
            (3, 9),
            (3, 23),
            (3, 30),
            (4, 6),
            (9, 21),
            (10, 5),
            (10, 26),
            (11, 2),
        ]
    ]
)
TIMES = st.integers(0, 24 * 60 - 1).map(clock_time)
WINDOWS: st.SearchStrategy[Window] = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1])
WINDOW_SETS = st.frozensets(WINDOWS, max_size=1) | st.frozensets(WINDOWS, min_size=2, max_size=4)
DAYS = st.frozensets(st.integers(1, 7)) | st.just(WORKDAYS) | st.just(EVERY_DAY)
SCHEDULES = st.builds(Schedule, DAYS, WINDOW_SETS, ZONES)
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda one: (one[0], one[0] + one[1])))
AS_SETS = settings(max_examples=200)
BY_MINUTE = settings(max_examples=25, deadline=None)


def held(spans: list[Span] | Spans) -> set[int]:
    return {minute for start, end in spans for minute in range(start, end)}

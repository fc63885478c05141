"""The most attempts that one person may get, beside a simulation that looks at every minute."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.hours.attempts import Attempts, most_attempts
from reconciler.hours.schedule import Schedule, Week, pattern
from reconciler.hours.spans import joined
from tests.support.hours import DAYS, EVERY_DAY, NONE, WINDOW_SETS, WORKDAYS, held, schedule

MINUTES_OF_A_DAY = 24 * 60
MINUTES_OF_A_WEEK = 7 * MINUTES_OF_A_DAY
HOUR = 60


def week(*windows: str, days: frozenset[int] = EVERY_DAY) -> Week:
    return pattern(schedule(*windows, days=days))


@pytest.mark.parametrize(
    ("open_hours", "retries", "cooldown", "expected"),
    [
        pytest.param(week("00:00-23:59"), 0, 24, Attempts(1, 1, 1, 0), id="one call and no retry"),
        pytest.param(week("08:00-21:00"), 10, 1, Attempts(11, 11, 11, 600), id="ten retries, an hour apart"),
        pytest.param(week("09:00-17:00"), 3, 24, Attempts(1, 4, 4, 4320), id="a day later is not the same day"),
        pytest.param(week("09:00-17:00"), 10, 168, Attempts(1, 1, 11, 100800), id="a week later is another week"),
        # At 16:59 on Friday, and again on Monday at 9:00.
        pytest.param(week("09:00-17:00", days=WORKDAYS), 1, 24, Attempts(1, 2, 2, 1440), id="no call on weekends"),
        # 9:59 and 10:59, the next morning from 9:00 on, and so each day: the eleventh is the first of the sixth day.
        pytest.param(week("09:00-11:00"), 10, 1, Attempts(3, 11, 11, 4 * 1440 + 23 * 60 + 1), id="two hours a day"),
        # Monday 9:59, then each Monday from 9:00 on.
        pytest.param(week("09:00-10:00", days=frozenset({1})), 2, 1, Attempts(1, 2, 3, 20101), id="an hour a week"),
        pytest.param(week("09:00-10:00", "10:00-12:00"), 2, 1, Attempts(3, 3, 3, 120), id="windows that touch"),
        pytest.param(week("09:00-10:00", "11:30-12:00"), 1, 1, Attempts(2, 2, 2, 91), id="over a lunch break"),
        pytest.param(week("09:00-10:00"), 4, 0, Attempts(5, 5, 5, 0), id="no wait at all"),
    ],
)
def test_the_most_attempts(open_hours: Week, retries: int, cooldown: int, expected: Attempts) -> None:
    assert most_attempts(open_hours, retries, cooldown * HOUR) == expected


def test_without_an_open_minute_nobody_is_called() -> None:
    assert most_attempts(NONE, 3, HOUR) is None


# The definition, minute by minute


def simulated(open_hours: Week, retries: int, cooldown: int) -> Attempts | None:
    """What the definition says, with every open minute as the first, and every attempt as the start of a day."""
    minutes = {day * MINUTES_OF_A_DAY + minute for day, spans in enumerate(open_hours) for minute in held(spans)}
    if not minutes:
        return None
    next_open = first_open_from(minutes)
    found = []
    for first in minutes:
        attempts = [first]
        for _ in range(retries):
            passed, minute = divmod(attempts[-1] + cooldown, MINUTES_OF_A_WEEK)
            attempts.append(passed * MINUTES_OF_A_WEEK + next_open[minute])
        day, week_ = (most_within(attempts, length) for length in (MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK))
        found.append((day, week_, attempts[-1] - first))
    days, weeks, lengths = zip(*found, strict=True)
    return Attempts(max(days), max(weeks), retries + 1, min(lengths))


def first_open_from(minutes: set[int]) -> list[int]:
    """The first open minute from each minute of the week on, which may be one of the week after."""
    found = MINUTES_OF_A_WEEK + min(minutes)
    first = [0] * MINUTES_OF_A_WEEK
    for minute in reversed(range(MINUTES_OF_A_WEEK)):
        found = minute if minute in minutes else found
        first[minute] = found
    return first


def most_within(attempts: list[int], length: int) -> int:
    """The most attempts from one of them up to, not including, the moment that is `length` minutes later."""
    return max(bisect_left(attempts, start + length) - bisect_left(attempts, start) for start in attempts)


HOURS = st.integers(1, 3) | st.integers(1, 168)
COOLDOWNS = HOURS.map(lambda hours: hours * HOUR) | st.integers(0, 3000)
WEEKS = st.builds(lambda days, windows: pattern(Schedule(days, windows, "UTC")), DAYS, WINDOW_SETS)


@given(WEEKS, st.integers(0, 10), COOLDOWNS)
@settings(max_examples=15)
def test_the_most_attempts_are_what_every_minute_says(open_hours: Week, retries: int, cooldown: int) -> None:
    assert most_attempts(open_hours, retries, cooldown) == simulated(open_hours, retries, cooldown)


@pytest.mark.thorough
@given(WEEKS, st.integers(0, 10), COOLDOWNS)
@settings(max_examples=2000)
def test_so_it_is_of_thousands_of_campaigns(open_hours: Week, retries: int, cooldown: int) -> None:
    assert most_attempts(open_hours, retries, cooldown) == simulated(open_hours, retries, cooldown)


@given(WEEKS, WEEKS, st.integers(0, 10), COOLDOWNS)
@settings(max_examples=50)
def test_longer_hours_never_mean_fewer_attempts(one: Week, other: Week, retries: int, cooldown: int) -> None:
    both = tuple(joined((*a, *b)) for a, b in zip(one, other, strict=True))
    fewer, more = (most_attempts(hours, retries, cooldown) for hours in (one, both))

    assert fewer is None or more is not None
    if fewer and more:
        assert fewer.per_day <= more.per_day
        assert fewer.per_week <= more.per_week
        assert (fewer.minutes or 0) >= (more.minutes or 0)

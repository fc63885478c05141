"""The week as its own clock has it, and as the clock of another zone shows it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given

from reconciler.hours.schedule import Schedule, by_day, on_clock, pattern
from reconciler.hours.spans import (
    Span,
)
from reconciler.hours.words import clock_time
from reconciler.model.errors import ReconcilerError
from tests.support.hours import (
    BY_MINUTE,
    EVERY_DAY,
    JULY,
    MONDAYS,
    NONE,
    SCHEDULES,
    ZONES,
    cells,
    every,
    naive_week,
    naively_open,
    schedule,
)


def test_overlapping_windows_count_once_in_a_week() -> None:
    assert len(cells(pattern(schedule("09:00-12:00", "11:00-17:00")))) == 5 * 8 * 60


@given(SCHEDULES)
@BY_MINUTE
def test_the_pattern_has_the_minutes_that_a_clock_shows(one: Schedule) -> None:
    times = [clock_time(minute) for minute in range(24 * 60)]
    a_day = sum(any(start <= time < end for start, end in one.windows) for time in times)

    assert len(cells(pattern(one))) == a_day * len(one.days)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ReconcilerError, match="no such time zone: 'Mars/Olympus'"):
        by_day(on_clock(schedule("09:00-17:00", timezone="Mars/Olympus"), "UTC", JULY))


# The grid


def test_the_grid_in_the_own_zone_is_the_pattern() -> None:
    one = schedule("09:00-12:00", "13:00-17:00")

    assert by_day(on_clock(one, "America/New_York", JULY)) == every(((540, 720), (780, 1020))) == pattern(one)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Asia/Kolkata", (1110, 1350), id="half an hour"),
        pytest.param("Asia/Kathmandu", (1125, 1365), id="three quarters"),
        pytest.param("America/Los_Angeles", (360, 600), id="behind"),
    ],
)
def test_the_grid_shows_another_zone(zone: str, expected: Span) -> None:
    assert by_day(on_clock(schedule("09:00-13:00"), zone, JULY)) == every((expected,))


def test_the_grid_shows_half_an_hour_of_summer_time() -> None:
    one = schedule("09:00-10:00", days=EVERY_DAY, timezone="UTC")

    # Lord Howe Island puts its clock back by 30 minutes on Sunday, 5 April 2026, to 10:30 ahead of UTC.
    assert by_day(on_clock(one, "Australia/Lord_Howe", date(2026, 3, 30))) == (((1200, 1260),),) * 6 + (
        ((1170, 1230),),
    )


def test_the_grid_wraps_from_sunday_to_monday() -> None:
    one = schedule("20:00-23:00", days=frozenset({7}), timezone="UTC")

    assert by_day(on_clock(one, "Asia/Tokyo", JULY)) == (((300, 480),), *NONE[1:])


def test_the_grid_cuts_at_midnight() -> None:
    one = schedule("20:00-23:00", days=frozenset({1}), timezone="UTC")

    assert by_day(on_clock(one, "Europe/Paris", JULY)) == (((1320, 1440),), ((0, 60),), *NONE[2:])


def test_any_day_of_the_week_means_its_week() -> None:
    one = schedule("09:00-17:00")

    grids = {by_day(on_clock(one, "Europe/Paris", date(2026, 3, 9) + timedelta(days=day))) for day in range(7)}
    assert grids == {by_day(on_clock(one, "Europe/Paris", date(2026, 3, 9)))}


@given(SCHEDULES, ZONES, MONDAYS)
@BY_MINUTE
def test_the_grid_shows_what_a_clock_there_shows(one: Schedule, zone: str, monday: date) -> None:
    expected = {shown for at, shown in naive_week(zone, monday).items() if naively_open(one, at)}

    assert cells(by_day(on_clock(one, zone, monday))) == expected


def test_weeks_before_the_epoch_are_weeks_too() -> None:
    one = schedule("09:00-17:00")

    assert by_day(on_clock(one, "UTC", date(1969, 7, 14))) == every(((780, 1260),))
    assert by_day(on_clock(one, "UTC", date(1969, 10, 20)))[:5] == (((780, 1260),),) * 5
    assert by_day(on_clock(one, "UTC", date(1969, 10, 27)))[:5] == (((840, 1320),),) * 5


@pytest.mark.processes
def test_importing_does_not_load_zones() -> None:
    program = "import sys, reconciler.hours.schedule, reconciler.hours.legal; print('zoneinfo' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"

"""What a change of calling hours means."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.hours.change import CallsAtOnce, WeekChange, compare, together
from reconciler.hours.schedule import Schedule, by_day, on_clock, pattern
from reconciler.hours.spans import (
    Window,
)
from tests.support.hours import (
    AS_SETS,
    BY_MINUTE,
    DAYS,
    JULY,
    MONDAYS,
    NONE,
    SCHEDULES,
    WINDOW_SETS,
    ZONES,
    cells,
    every,
    naive_week,
    naively_open,
    schedule,
)


def test_in_one_zone_the_clocks_are_compared() -> None:
    before, after = schedule("09:00-17:00"), schedule("08:00-12:00", days=frozenset({1, 2, 3, 4, 6}))

    assert compare(before, after, date(2026, 3, 2)) == WeekChange(
        week=None,
        minutes_before=2400,
        minutes_after=1200,
        minutes_added=480,
        minutes_removed=1680,
        days_gained=frozenset({6}),
        days_lost=frozenset({5}),
        earliest_before="09:00",
        earliest_after="08:00",
        latest_before="17:00",
        latest_after="12:00",
        kept=every(((540, 720),), frozenset({1, 2, 3, 4})),
        added=(*every(((480, 540),), frozenset({1, 2, 3, 4}))[:5], ((480, 720),), ()),
        removed=(*((((720, 1020),),) * 4), ((540, 1020),), (), ()),
    )


def test_across_zones_real_time_is_compared_and_shown_on_the_clock_after_the_change() -> None:
    before, after = schedule("09:00-17:00"), schedule("09:00-17:00", timezone="America/Los_Angeles")

    assert compare(before, after, JULY + timedelta(days=2)) == WeekChange(
        week=JULY,
        minutes_before=2400,
        minutes_after=2400,
        minutes_added=900,
        minutes_removed=900,
        days_gained=frozenset(),
        days_lost=frozenset(),
        earliest_before="09:00",
        earliest_after="09:00",
        latest_before="17:00",
        latest_after="17:00",
        kept=every(((540, 840),)),
        added=every(((840, 1020),)),
        removed=every(((360, 540),)),
    )


def test_a_zone_that_is_only_called_otherwise_changes_nothing() -> None:
    before, after = schedule("09:00-17:00"), schedule("09:00-17:00", timezone="US/Eastern")

    change = compare(before, after, date(2026, 3, 2))

    assert (change.minutes_added, change.minutes_removed) == (0, 0)


@pytest.mark.parametrize(
    ("week", "added"),
    [
        pytest.param(date(2026, 3, 2), 0, id="both in winter"),
        pytest.param(date(2026, 3, 16), 300, id="only New York in summer"),
        pytest.param(date(2026, 4, 6), 0, id="both in summer"),
    ],
)
def test_the_week_matters_across_zones(week: date, added: int) -> None:
    before, after = schedule("15:00-16:00", timezone="Europe/Paris"), schedule("09:00-10:00")

    assert compare(before, after, week).minutes_added == added


@given(SCHEDULES, SCHEDULES, MONDAYS)
@BY_MINUTE
def test_a_change_of_zone_is_what_the_clocks_say(before: Schedule, after: Schedule, monday: date) -> None:
    if before.timezone == after.timezone:
        before = Schedule(before.days, before.windows, "Asia/Tokyo")
    clock = naive_week(after.timezone, monday)
    was = {at for at in clock if naively_open(before, at)}
    now = {at for at in clock if naively_open(after, at)}

    change = compare(before, after, monday)

    assert change.week == monday
    assert (change.minutes_before, change.minutes_after) == (len(was), len(now))
    assert (change.minutes_added, change.minutes_removed) == (len(now - was), len(was - now))
    assert cells(change.kept) == {clock[at] for at in was & now}
    assert cells(change.added) == {clock[at] for at in now - was}
    assert cells(change.removed) == {clock[at] for at in was - now}


@given(SCHEDULES, DAYS, WINDOW_SETS)
@AS_SETS
def test_in_one_zone_a_change_adds_the_minutes_that_only_the_pattern_after_it_has(
    before: Schedule, days: frozenset[int], windows: frozenset[Window]
) -> None:
    after = Schedule(days, windows, before.timezone)

    change = compare(before, after, JULY)

    assert change.minutes_before - change.minutes_removed + change.minutes_added == change.minutes_after
    assert cells(change.added) == cells(pattern(after)) - cells(pattern(before))


# Many schedules together


def test_schedules_together_are_counted_in_stretches() -> None:
    office, longer = schedule("09:00-17:00", days=frozenset({1})), schedule("09:00-18:00", days=frozenset({1}))

    found = together({(office, office): 2, (office, longer): 1, (office, None): 4, (None, longer): 8}, "UTC", JULY)

    assert found == (
        (
            CallsAtOnce(13 * 60, 21 * 60, kept=3, added=8, removed=4),
            CallsAtOnce(21 * 60, 22 * 60, kept=0, added=9, removed=0),
        ),
        *((),) * 6,
    )


def test_stretches_with_the_same_count_are_one() -> None:
    morning, afternoon = schedule("09:00-12:00", days=frozenset({1})), schedule("12:00-17:00", days=frozenset({1}))

    found = together({(morning, morning): 1, (afternoon, afternoon): 1}, "America/New_York", JULY)

    assert found[0] == (CallsAtOnce(9 * 60, 17 * 60, kept=1, added=0, removed=0),)


CHANGES = st.dictionaries(st.tuples(st.none() | SCHEDULES, st.none() | SCHEDULES), st.integers(1, 3), max_size=3)


@BY_MINUTE
@given(CHANGES, ZONES, MONDAYS)
def test_schedules_together_are_what_each_minute_of_the_grid_says(
    changes: dict[tuple[Schedule | None, Schedule | None], int], timezone: str, monday: date
) -> None:
    shown = {one: by_day(on_clock(one, timezone, monday)) if one else NONE for pair in changes for one in pair}

    for day, loads in enumerate(together(changes, timezone, monday)):
        counted = [[0, 0, 0] for _ in range(24 * 60)]
        for pair, times in changes.items():
            before, after = ({at for start, end in shown[one][day] for at in range(start, end)} for one in pair)
            for part, those in enumerate((before & after, after - before, before - after)):
                for at in those:
                    counted[at][part] += times
        told = [[0, 0, 0] for _ in range(24 * 60)]
        for load in loads:
            told[load.start : load.end] = [[load.kept, load.added, load.removed]] * (load.end - load.start)
        assert told == counted

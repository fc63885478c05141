from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.hours.schedule import (
    CallsAtOnce,
    Fill,
    Schedule,
    Span,
    Spans,
    Week,
    WeekChange,
    Window,
    blocks,
    clock_time,
    common,
    compare,
    earliest,
    grid,
    hours_in_words,
    in_words,
    is_open,
    joined,
    latest,
    loosens,
    merged,
    minutes,
    minutes_a_week,
    next_close,
    next_open,
    overlaps,
    pattern,
    spans_in_words,
    together,
    windows_in_words,
    without,
    words,
)
from reconciler.model.errors import ReconcilerError

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


# Spans


@given(SPANS)
@AS_SETS
def test_joined_keeps_the_minutes_and_leaves_gaps_between_spans(spans: list[Span]) -> None:
    found = joined(spans)

    assert held(found) == held(spans)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert minutes(found) == len(held(spans))


@given(SPANS, SPANS)
@AS_SETS
def test_common_and_without_are_those_of_sets(one: list[Span], other: list[Span]) -> None:
    ours, theirs = joined(one), joined(other)

    assert held(common(ours, theirs)) == held(one) & held(other)
    assert held(without(ours, theirs)) == held(one) - held(other)


# Windows


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param([("13:00", "17:00"), ("09:00", "12:00")], ((540, 720), (780, 1020)), id="apart"),
        pytest.param([("09:00", "12:00"), ("12:00", "17:00")], ((540, 1020),), id="touching"),
        pytest.param([("09:00", "13:00"), ("12:00", "17:00")], ((540, 1020),), id="overlapping"),
        pytest.param([("09:00", "17:00"), ("10:00", "11:00")], ((540, 1020),), id="one inside the other"),
    ],
)
def test_windows_that_touch_or_overlap_are_merged(windows: list[Window], expected: Spans) -> None:
    assert merged(windows) == expected


def test_earliest_and_latest_are_the_outer_bounds() -> None:
    windows = [("10:00", "18:00"), ("09:30", "12:00")]

    assert (earliest(windows), latest(windows)) == ("09:30", "18:00")


def test_without_windows_there_is_no_earliest_and_no_latest() -> None:
    assert (earliest([]), latest([])) == (None, None)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param([("09:00", "12:00"), ("12:00", "17:00")], (), id="touching"),
        pytest.param([("09:00", "12:00"), ("09:00", "12:00")], (), id="the same twice"),
        pytest.param(
            [("11:00", "17:00"), ("09:00", "12:00")], ((("09:00", "12:00"), ("11:00", "17:00")),), id="unsorted"
        ),
        pytest.param(
            [("09:00", "18:00"), ("10:00", "11:00"), ("12:00", "13:00"), ("19:00", "20:00")],
            ((("09:00", "18:00"), ("10:00", "11:00")), (("09:00", "18:00"), ("12:00", "13:00"))),
            id="two inside one",
        ),
    ],
)
def test_overlaps_name_the_windows(windows: list[Window], expected: tuple[tuple[Window, Window], ...]) -> None:
    assert overlaps(windows) == expected


@given(WINDOW_SETS)
@AS_SETS
def test_overlaps_are_found_if_and_only_if_minutes_are_in_two_windows(windows: frozenset[Window]) -> None:
    alone = sum(minutes(merged([window])) for window in windows)

    assert bool(overlaps(windows)) == (minutes(merged(windows)) < alone)


# The weekly pattern


def test_overlapping_windows_count_once_in_a_week() -> None:
    assert minutes_a_week(schedule("09:00-12:00", "11:00-17:00")) == 5 * 8 * 60


@given(SCHEDULES)
@BY_MINUTE
def test_minutes_a_week_are_those_that_a_clock_shows(one: Schedule) -> None:
    times = [clock_time(minute) for minute in range(24 * 60)]
    a_day = sum(any(start <= time < end for start, end in one.windows) for time in times)

    assert minutes_a_week(one) == a_day * len(one.days)
    assert len(cells(pattern(one))) == minutes_a_week(one)


# Next open and close


def test_a_schedule_is_open_from_the_start_of_a_window_until_before_its_end() -> None:
    zone = ZoneInfo("America/New_York")
    clocks = ["08:59:59", "09:00:00", "16:59:59", "17:00:00"]
    times = [datetime.fromisoformat(f"2026-07-06T{clock}").replace(tzinfo=zone) for clock in clocks]

    assert [is_open(schedule("09:00-17:00"), at) for at in times] == [False, True, True, False]


@pytest.mark.parametrize(
    ("at", "opens", "closes"),
    [
        pytest.param("2026-07-06T08:00", "2026-07-06T09:00", "2026-07-06T12:00", id="before the first window"),
        pytest.param("2026-07-06T09:00", "2026-07-06T13:00", "2026-07-06T12:00", id="just opened"),
        pytest.param("2026-07-06T12:00", "2026-07-06T13:00", "2026-07-06T17:00", id="just closed"),
        pytest.param("2026-07-10T17:30", "2026-07-13T09:00", "2026-07-13T12:00", id="the weekend lies between"),
        pytest.param("2026-03-06T17:30", "2026-03-09T09:00", "2026-03-09T12:00", id="and with it a clock change"),
    ],
)
def test_next_open_and_close(at: str, opens: str, closes: str) -> None:
    zone = ZoneInfo("America/New_York")
    one, now = schedule("09:00-12:00", "13:00-17:00"), datetime.fromisoformat(at).replace(tzinfo=zone)

    found = next_open(one, now), next_close(one, now)

    expected = tuple(datetime.fromisoformat(time).replace(tzinfo=zone) for time in (opens, closes))
    assert found == expected
    assert [str(moment) for moment in found] == [str(moment) for moment in expected]


def test_a_window_that_the_clock_jumps_over_waits_a_week() -> None:
    one = schedule("02:00-02:30", days=frozenset({7}))

    assert str(next_open(one, datetime(2026, 3, 7, tzinfo=UTC))) == "2026-03-15 02:00:00-04:00"


def test_a_window_that_begins_in_the_gap_opens_after_it() -> None:
    one = schedule("02:30-04:00", days=frozenset({7}))

    assert str(next_open(one, datetime(2026, 3, 7, tzinfo=UTC))) == "2026-03-08 03:00:00-04:00"


def test_a_window_in_an_hour_that_is_shown_twice_opens_twice() -> None:
    one = schedule("01:00-01:30", days=frozenset({7}))
    first = next_open(one, datetime(2026, 10, 31, 12, tzinfo=UTC))
    assert first is not None
    second = next_open(one, first)

    assert [str(first), str(second)] == ["2026-11-01 01:00:00-04:00", "2026-11-01 01:00:00-05:00"]


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(schedule("09:00-17:00", days=frozenset()), id="no days"),
        pytest.param(schedule(), id="no windows"),
        pytest.param(schedule("00:00-24:00", days=EVERY_DAY), id="always open"),
    ],
)
def test_what_never_changes_has_no_next_open_and_close(one: Schedule) -> None:
    now = datetime(2026, 7, 6, 12, tzinfo=UTC)

    assert (next_open(one, now), next_close(one, now)) == (None, None)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="offset-naive and offset-aware"):
        is_open(schedule("09:00-17:00"), datetime(2026, 7, 6, 12))  # noqa: DTZ001 - that is the point


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(ReconcilerError, match="no such time zone: 'Mars/Olympus'"):
        grid(schedule("09:00-17:00", timezone="Mars/Olympus"), "UTC", JULY)


@given(SCHEDULES, MONDAYS, st.integers(0, 7 * 24 * 3600))
@BY_MINUTE
def test_next_open_and_close_are_where_the_clock_says(one: Schedule, monday: date, second: int) -> None:
    now = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(seconds=second)
    edges: dict[bool, datetime] = {}
    at = now.replace(second=0)
    was = naively_open(one, at)
    assert is_open(one, now) == was
    for _ in range(15 * 24 * 60):
        at += MINUTE
        if was != (was := naively_open(one, at)):
            edges.setdefault(was, at)
        if len(edges) == 2:
            break

    assert (next_open(one, now), next_close(one, now)) == (edges.get(True), edges.get(False))


# The grid


def test_the_grid_in_the_own_zone_is_the_pattern() -> None:
    one = schedule("09:00-12:00", "13:00-17:00")

    assert grid(one, "America/New_York", JULY) == every(((540, 720), (780, 1020))) == pattern(one)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Asia/Kolkata", (1110, 1350), id="half an hour"),
        pytest.param("Asia/Kathmandu", (1125, 1365), id="three quarters"),
        pytest.param("America/Los_Angeles", (360, 600), id="behind"),
    ],
)
def test_the_grid_shows_another_zone(zone: str, expected: Span) -> None:
    assert grid(schedule("09:00-13:00"), zone, JULY) == every((expected,))


def test_the_grid_shows_half_an_hour_of_summer_time() -> None:
    one = schedule("09:00-10:00", days=EVERY_DAY, timezone="UTC")

    # Lord Howe Island puts its clock back by 30 minutes on Sunday, 5 April 2026, to 10:30 ahead of UTC.
    assert grid(one, "Australia/Lord_Howe", date(2026, 3, 30)) == (((1200, 1260),),) * 6 + (((1170, 1230),),)


def test_the_grid_wraps_from_sunday_to_monday() -> None:
    one = schedule("20:00-23:00", days=frozenset({7}), timezone="UTC")

    assert grid(one, "Asia/Tokyo", JULY) == (((300, 480),), *NONE[1:])


def test_the_grid_cuts_at_midnight() -> None:
    one = schedule("20:00-23:00", days=frozenset({1}), timezone="UTC")

    assert grid(one, "Europe/Paris", JULY) == (((1320, 1440),), ((0, 60),), *NONE[2:])


def test_any_day_of_the_week_means_its_week() -> None:
    one = schedule("09:00-17:00")

    grids = {grid(one, "Europe/Paris", date(2026, 3, 9) + timedelta(days=day)) for day in range(7)}
    assert grids == {grid(one, "Europe/Paris", date(2026, 3, 9))}


@given(SCHEDULES, ZONES, MONDAYS)
@BY_MINUTE
def test_the_grid_shows_what_a_clock_there_shows(one: Schedule, zone: str, monday: date) -> None:
    expected = {shown for at, shown in naive_week(zone, monday).items() if naively_open(one, at)}

    assert cells(grid(one, zone, monday)) == expected


def test_weeks_before_the_epoch_are_weeks_too() -> None:
    one = schedule("09:00-17:00")

    assert grid(one, "UTC", date(1969, 7, 14)) == every(((780, 1260),))
    assert grid(one, "UTC", date(1969, 10, 20))[:5] == (((780, 1260),),) * 5
    assert grid(one, "UTC", date(1969, 10, 27))[:5] == (((840, 1320),),) * 5


# Blocks


def test_blocks_tell_how_much_of_each_cell_is_open() -> None:
    found = blocks(((0, 360), (375, 380), (720, 1440)), per_block=360)

    assert found == (Fill.FULL, Fill.PARTLY, Fill.FULL, Fill.FULL)


def test_blocks_are_half_hours_by_default() -> None:
    assert blocks(((0, 60),)) == (Fill.FULL,) * 2 + (Fill.NONE,) * 46


def test_two_spans_can_share_a_block() -> None:
    assert blocks(((0, 10), (20, 30)), per_block=720) == (Fill.PARTLY, Fill.NONE)


def test_blocks_that_do_not_divide_the_day_are_refused() -> None:
    with pytest.raises(ValueError, match="7 minutes don't divide a day"):
        blocks((), per_block=7)


# Changes


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
    assert not loosens(before, after, JULY)


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
def test_in_one_zone_a_change_loosens_if_and_only_if_it_adds_minutes(
    before: Schedule, days: frozenset[int], windows: frozenset[Window]
) -> None:
    after = Schedule(days, windows, before.timezone)

    change = compare(before, after, JULY)

    assert loosens(before, after, JULY) == (change.minutes_added > 0)
    assert change.minutes_before - change.minutes_removed + change.minutes_added == change.minutes_after
    assert cells(change.added) == cells(pattern(after)) - cells(pattern(before))


def test_three_weeks_in_spring_are_enough_to_loosen() -> None:
    before, after = schedule("15:00-16:00", timezone="Europe/Paris"), schedule("09:00-10:00")

    assert loosens(before, after, JULY)


def test_a_change_of_zone_that_stays_inside_all_year_does_not_loosen() -> None:
    before, after = schedule("14:00-16:00", timezone="Europe/Paris"), schedule("09:00-10:00")

    assert not loosens(before, after, JULY)


@given(SCHEDULES, SCHEDULES)
@settings(max_examples=10, deadline=None)
def test_a_change_loosens_if_some_week_of_the_year_gets_more_minutes(before: Schedule, after: Schedule) -> None:
    adding = [compare(before, after, JULY + timedelta(weeks=week)).minutes_added > 0 for week in range(-1, 54)]

    found = loosens(before, after, JULY)

    # The first and the last weeks lie across the ends of the year that `loosens` looks at.
    assert any(adding[2:-2]) <= found <= any(adding)


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
    shown = {one: grid(one, timezone, monday) if one else NONE for pair in changes for one in pair}

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


# Words


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({1, 2, 3, 4, 5}, "Mon-Fri"),
        ({1, 3, 5}, "Mon, Wed, Fri"),
        ({1, 2, 3, 4, 5, 6, 7}, "every day"),
        ({6, 7}, "Sat-Sun"),
        ({1, 2, 3, 4, 5, 7}, "Mon-Fri, Sun"),
        ({2}, "Tue"),
        (set(), "no day"),
    ],
)
def test_days_in_words(days: set[int], expected: str) -> None:
    assert words(days) == expected


def test_windows_in_words_are_sorted() -> None:
    assert windows_in_words([("13:00", "17:00"), ("09:00", "12:00")]) == "09:00-12:00, 13:00-17:00"


def test_no_windows_in_words() -> None:
    assert windows_in_words([]) == "no hours"


def test_spans_in_words_are_times() -> None:
    assert spans_in_words(((0, 540), (1275, 1440))) == "00:00-09:00, 21:15-24:00"


def test_a_schedule_in_words() -> None:
    assert in_words(schedule("09:00-12:00", "13:00-17:00")) == "Mon-Fri 09:00-12:00, 13:00-17:00"


@pytest.mark.parametrize(
    ("length", "expected"), [(2400, "40 h"), (2250, "37 h 30 min"), (45, "45 min"), (0, "0 min"), (60, "1 h")]
)
def test_minutes_in_words(length: int, expected: str) -> None:
    assert hours_in_words(length) == expected


def test_importing_does_not_load_zones() -> None:
    program = "import sys, reconciler.hours.schedule, reconciler.hours.legal; print('zoneinfo' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"

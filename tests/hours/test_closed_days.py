"""Days without calls: when a campaign is to be paused, worked out by hand and held against every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.hours.closed_days import ClosedDay, closed_now, closures, name_of, next_minute
from reconciler.hours.schedule import Schedule

NEW_YORK, WORKDAYS = "America/New_York", frozenset(range(1, 6))
OFFICE = Schedule(WORKDAYS, frozenset({("09:00", "17:00")}), NEW_YORK)
# A Saturday.
CHRISTMAS = ClosedDay(date(2027, 12, 25), date(2027, 12, 25), None, "Christmas")
# A Thursday.
THANKSGIVING = ClosedDay(date(2027, 11, 25), date(2027, 11, 25), None, "Thanksgiving")


def at(text: str, timezone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))


@pytest.mark.parametrize(
    ("moment", "is_closed"),
    [
        ("2027-11-24T16:59", False),
        ("2027-11-24T17:00", True),
        ("2027-11-25T12:00", True),
        ("2027-11-25T16:59", True),
        ("2027-11-25T17:00", False),
        ("2027-11-26T08:00", False),
    ],
)
def test_it_is_paused_from_the_last_close_before_the_day_to_the_last_minute_of_it(
    moment: str, *, is_closed: bool
) -> None:
    found = closed_now(OFFICE, [THANKSGIVING], at(moment))

    assert found == ((date(2027, 11, 25), "Thanksgiving") if is_closed else None)


def test_a_closed_day_without_calls_anyway_pauses_nothing() -> None:
    assert closed_now(OFFICE, [CHRISTMAS], at("2027-12-25T12:00")) is None


def test_days_in_a_row_are_one_pause() -> None:
    days = [ClosedDay(date(2027, 12, 24), date(2027, 12, 28), None, "")]

    assert closed_now(OFFICE, days, at("2027-12-23T17:00")) == (date(2027, 12, 24), "")
    assert closed_now(OFFICE, days, at("2027-12-26T12:00")) == (date(2027, 12, 27), "")
    assert closed_now(OFFICE, days, at("2027-12-28T17:00")) is None


def test_what_falls_due_before_the_next_run_is_done_already_and_nothing_is_resumed_early() -> None:
    ahead = timedelta(minutes=90)

    assert closed_now(OFFICE, [THANKSGIVING], at("2027-11-24T15:29"), ahead) is None
    assert closed_now(OFFICE, [THANKSGIVING], at("2027-11-24T15:30"), ahead) is not None
    assert closed_now(OFFICE, [THANKSGIVING], at("2027-11-25T16:30"), ahead) is not None


def test_the_clock_of_the_campaign_decides_which_day_it_is() -> None:
    tokyo = OFFICE._replace(timezone="Asia/Tokyo")

    assert closed_now(tokyo, [THANKSGIVING], at("2027-11-24T09:00", "UTC")) is not None
    assert closed_now(tokyo, [THANKSGIVING], at("2027-11-25T09:00", "UTC")) is None


def test_a_day_of_every_year_is_closed_in_each() -> None:
    new_year = [ClosedDay(None, None, (1, 1), "New Year")]

    assert [name_of(new_year, date(year, 1, 1)) for year in (2027, 2028)] == ["New Year", "New Year"]
    assert name_of(new_year, date(2027, 1, 2)) is None


def test_without_any_hour_there_is_no_next_minute_and_nothing_to_pause() -> None:
    never = OFFICE._replace(windows=frozenset())

    assert next_minute(never, at("2027-11-24T12:00")) is None
    assert closed_now(never, [THANKSGIVING], at("2027-11-25T12:00")) is None


def test_the_next_closed_days_are_told_with_the_close_before_and_the_opening_on_them() -> None:
    (one,) = closures(OFFICE, [THANKSGIVING, CHRISTMAS], at("2027-11-20T12:00"), date(2027, 12, 31))

    assert (one.day, one.name) == (date(2027, 11, 25), "Thanksgiving")
    assert (one.closes, one.begins) == (at("2027-11-24T17:00"), at("2027-11-25T09:00"))


WINDOW = st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda pair: pair[0] < pair[1])
SCHEDULES = st.builds(
    Schedule,
    st.frozensets(st.integers(1, 7), min_size=1),
    st.frozensets(WINDOW.map(lambda pair: (f"{pair[0]:02}:00", f"{pair[1]:02}:30")), min_size=1, max_size=3),
    st.sampled_from([NEW_YORK, "Europe/London", "Australia/Lord_Howe", "UTC"]),
)


@given(
    SCHEDULES,
    st.lists(st.dates(date(2027, 3, 1), date(2027, 4, 10)), max_size=3),
    st.integers(0, 31 * 24 * 60),
)
def test_it_is_paused_exactly_while_the_next_minute_of_calling_lies_on_a_closed_day(
    schedule: Schedule, days: list[date], minutes: int
) -> None:
    closed = [ClosedDay(day, day, None, "") for day in days]
    now = datetime(2027, 3, 5, tzinfo=UTC) + timedelta(minutes=minutes)

    assert (closed_now(schedule, closed, now) is not None) is (_next_by_hand(schedule, now) in days)


def _next_by_hand(schedule: Schedule, now: datetime) -> date | None:
    """The day of the next open minute, found minute by minute on the clock of the zone."""
    for minutes in range(0, 9 * 24 * 60, 30):
        clock = (now - timedelta(minutes=now.minute % 30) + timedelta(minutes=minutes)).astimezone(
            ZoneInfo(schedule.timezone)
        )
        text = f"{clock:%H:%M}"
        if clock.isoweekday() in schedule.days and any(start <= text < end for start, end in schedule.windows):
            return clock.date()
    return None

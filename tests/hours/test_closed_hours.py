"""Whether people are called at a moment: worked out by hand, and held against a clock that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.hours.closed_hours import CallingHours, calling, in_words, next_gap
from tests.support.hours import EVERY_DAY, MINUTE, naively_open, schedule

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
OFFICE = CallingHours(schedule("09:00-17:00"))
LUNCH = CallingHours(schedule("09:00-12:00", "13:00-17:00"))
LATE = CallingHours(schedule("09:00-19:00"))
ALWAYS = CallingHours(schedule("00:00-24:00", days=EVERY_DAY))
DRAIN = timedelta(seconds=300)


def at(text: str, timezone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))


# 2027-01-06 is a Wednesday.
@pytest.mark.parametrize(
    ("now", "then", "moment", "told"),
    [
        pytest.param(OFFICE, OFFICE, "2027-01-06T15:20", "calling now, closes 17:00 (in 1 h 40 min)", id="calling"),
        pytest.param(OFFICE, OFFICE, "2027-01-06T15:20:30", "calling now, closes 17:00 (in 1 h 40 min)", id="seconds"),
        pytest.param(OFFICE, OFFICE, "2027-01-06T16:59:59", "calling now, closes 17:00 (in 1 min)", id="last"),
        pytest.param(OFFICE, OFFICE, "2027-01-06T17:00", f"closed until tomorrow 09:00 {NEW_YORK}", id="evening"),
        pytest.param(OFFICE, OFFICE, "2027-01-06T08:00", f"closed until 09:00 {NEW_YORK}", id="morning"),
        pytest.param(OFFICE, OFFICE, "2027-01-08T17:00", f"closed until Mon 09:00 {NEW_YORK}", id="weekend"),
        pytest.param(LUNCH, LUNCH, "2027-01-06T12:00", f"closed until 13:00 {NEW_YORK}", id="lunch"),
        pytest.param(OFFICE, LUNCH, "2027-01-06T11:00", "calling now, closes 17:00 (in 6 h)", id="lunch only then"),
        pytest.param(LATE, OFFICE, "2027-01-06T18:00", "calling now, closes 19:00 (in 1 h)", id="open as it was"),
        pytest.param(
            OFFICE,
            LATE,
            "2027-01-06T18:00",
            "not calling now, but open by the hours that will result, closes 19:00 (in 1 h)",
            id="open as it will be",
        ),
        pytest.param(ALWAYS, ALWAYS, "2027-01-06T18:00", "calling now, never closes", id="always"),
        pytest.param(
            OFFICE._replace(first=date(2027, 2, 1)),
            OFFICE._replace(first=date(2027, 3, 1)),
            "2027-01-06T12:00",
            f"closed until 2027-02-01 09:00 {NEW_YORK}",
            id="not begun",
        ),
        pytest.param(
            OFFICE._replace(last=date(2027, 1, 5)), OFFICE._replace(last=date(2026, 1, 5)), "2027-01-06T12:00",
            "closed from now on", id="over",
        ),
        pytest.param(
            OFFICE._replace(last=date(9999, 12, 31)), OFFICE._replace(first=date(1, 1, 1)), "2027-01-06T12:00",
            "calling now, closes 17:00 (in 5 h)", id="days that no clock shows",
        ),
        pytest.param(
            CallingHours(schedule("09:00-17:00", days=frozenset({3}))),
            CallingHours(schedule("09:00-17:00", days=frozenset({3}))),
            "2027-01-06T17:00",
            f"closed until 2027-01-13 09:00 {NEW_YORK}",
            id="in a week",
        ),
    ],
)  # fmt: skip
def test_what_is_told(now: CallingHours, then: CallingHours, moment: str, told: str) -> None:
    assert in_words(calling(now, then, at(moment))) == told


@pytest.mark.parametrize(
    ("hours", "moment", "lasting", "gap"),
    [
        pytest.param(OFFICE, "2027-01-06T18:00:30", DRAIN, "2027-01-06T18:00:30", id="now"),
        pytest.param(OFFICE, "2027-01-06T12:00", DRAIN, "2027-01-06T17:00", id="tonight"),
        pytest.param(LUNCH, "2027-01-06T09:30", DRAIN, "2027-01-06T12:00", id="lunch"),
        pytest.param(LUNCH, "2027-01-06T12:55", DRAIN, "2027-01-06T12:55", id="just enough"),
        pytest.param(LUNCH, "2027-01-06T12:55:01", DRAIN, "2027-01-06T17:00", id="too late"),
        pytest.param(LUNCH, "2027-01-06T09:30", timedelta(hours=2), "2027-01-06T17:00", id="lunch is too short"),
        pytest.param(OFFICE, "2027-01-06T12:00", timedelta(hours=20), "2027-01-08T17:00", id="the weekend"),
        pytest.param(OFFICE, "2027-01-06T12:00", timedelta(days=5), None, id="never so long"),
        pytest.param(ALWAYS, "2027-01-06T12:00", DRAIN, None, id="never"),
        pytest.param(
            OFFICE._replace(last=date(2027, 1, 6)), "2027-01-06T12:00", timedelta(days=99), "2027-01-06T17:00", id="end"
        ),
    ],
)  # fmt: skip
def test_the_next_gap(hours: CallingHours, moment: str, lasting: timedelta, gap: str | None) -> None:
    assert next_gap([hours], at(moment), lasting) == (at(gap) if gap else None)


# Held against every minute: over changes of the clock, breaks, windows that meet at midnight, first and last days.

_WINDOWS = st.sampled_from(
    [("09:00-17:00",), ("01:30-02:30", "09:00-12:00", "13:00-17:00"), ("22:00-24:00", "00:00-06:00")]
)
_DAYS = st.sampled_from([frozenset({1, 2, 3, 4, 5}), EVERY_DAY, frozenset({7}), frozenset({6, 7})])
_ZONES = st.sampled_from([NEW_YORK, BERLIN, "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "America/St_Johns"])
# Clocks change on 14 and 28 March, 3 April, 31 October and 7 November.
_DATES = st.sampled_from(
    [date(2027, 3, 13), date(2027, 3, 27), date(2027, 4, 3), date(2027, 10, 30), date(2027, 11, 6)]
)
_NEAR = st.integers(-2, 3)


@st.composite
def _hours(draw: st.DrawFn, day: date) -> CallingHours:
    days = (None if draw(st.booleans()) else day + timedelta(days=draw(_NEAR)) for _ in range(2))
    return CallingHours(schedule(*draw(_WINDOWS), days=draw(_DAYS), timezone=draw(_ZONES)), *days)


def _naively_open(one: CallingHours, moment: datetime) -> bool:
    day = moment.astimezone(ZoneInfo(one.schedule.timezone)).date()
    return naively_open(one.schedule, moment) and (one.first or day) <= day <= (one.last or day)


@st.composite
def _moments(draw: st.DrawFn) -> tuple[CallingHours, CallingHours, datetime]:
    day = draw(_DATES)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment = start + timedelta(minutes=draw(st.integers(0, 3 * 24 * 60)), seconds=draw(st.sampled_from([0, 30])))
    return draw(_hours(day)), draw(_hours(day)), moment


def _minutes(moment: datetime, days: int = 8) -> list[datetime]:
    first = moment.replace(second=0)
    return [first + number * MINUTE for number in range(days * 24 * 60)]


@pytest.mark.thorough
@given(_moments())
def test_it_is_as_every_minute_of_the_clock_has_it(drawn: tuple[CallingHours, CallingHours, datetime]) -> None:
    now, then, moment = drawn
    found = calling(now, then, moment)
    stays = list(takewhile(lambda one: _either(now, then, one) is not found.is_closed, _minutes(moment)))

    assert found.is_calling is _naively_open(now, moment)
    assert found.is_closed is not _either(now, then, moment)
    if len(stays) < len(_minutes(moment)):
        assert found.until == stays[-1] + MINUTE
    else:
        assert found.until is None or found.until > stays[-1]


@pytest.mark.thorough
@given(_moments(), st.sampled_from([0, 60, 300, 3600, 6 * 3600]))
def test_a_gap_is_the_first_one_that_lasts(drawn: tuple[CallingHours, CallingHours, datetime], seconds: int) -> None:
    now, then, moment = drawn
    lasting = timedelta(seconds=seconds)
    gap = next_gap([now, then], moment, lasting)
    closed = 0
    expected = None
    for minute in reversed(_minutes(moment)):
        closed = 0 if _either(now, then, minute) else closed + 1
        begins = max(minute, moment)
        if closed and begins + lasting <= minute + closed * MINUTE:
            expected = begins

    assert gap == expected


def _either(now: CallingHours, then: CallingHours, moment: datetime) -> bool:
    return _naively_open(now, moment) or _naively_open(then, moment)

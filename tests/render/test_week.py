"""The week as a picture in characters, and its figures."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.hours.change import compare
from reconciler.hours.schedule import Schedule
from reconciler.hours.words import week_in_words
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.render import week
from reconciler.render.columns import drawn, width_of
from tests.support.plans import planned

DAY = date(2027, 1, 6)


def campaign(text: str) -> CampaignPlan:
    return planned({"a.yaml": text}).campaigns[0]


def picture(text: str, width: int = 80) -> str:
    return drawn(week.picture(campaign(text), DAY, width), colour=False)


SHIFTED = """\
days_of_week: [2, 3, 4, 5, 6]
call_time_ranges: [{start: "08:30", end: "12:00"}, {start: "12:45", end: "18:00"}]
"""


def test_a_row_per_weekday_shows_what_is_kept_added_and_removed() -> None:
    assert picture(SHIFTED).splitlines() == [
        "    00    03    06    09    12    15    18    21    24",
        "Mon ··················----------------··············",
        *(f"{day} ·················+██████--████████++············" for day in ("Tue", "Wed", "Thu", "Fri")),
        "Sat ·················+++++++·+++++++++++············",
        "Sun ················································",
        "█ kept, + added, - removed, · closed; a mark is 30 minutes on the clock of",
        "  America/New_York",
        "hours a week 40 h -> 43 h 45 min (14 h 45 min added, 11 h removed)",
        "earliest 09:00 -> 08:30; latest 17:00 -> 18:00; days Mon-Fri -> Tue-Sat (gains",
        "  Sat, loses Mon)",
    ]


def test_in_little_space_a_mark_is_an_hour() -> None:
    assert picture(SHIFTED, 40).splitlines()[:3] == [
        "    00 03 06 09 12 15 18 21 24",
        "Mon ·········--------·······",
        "Tue ········+███-████+······",
    ]


def test_time_of_which_a_part_is_added_and_a_part_removed_has_its_own_mark() -> None:
    one, other = (
        Schedule(frozenset({1}), frozenset({window}), "UTC") for window in (("09:00", "09:15"), ("09:15", "09:30"))
    )

    assert week.marks(compare(one, other, DAY), 0, 30) == "·" * 18 + "±" + "·" * 29


def test_in_no_space_there_are_only_figures() -> None:
    assert picture("days_of_week: [1]", 29).splitlines() == [
        "hours a week 40 h -> 8 h (32",
        "  h removed)",
        "earliest 09:00; latest 17:00;",
        "  days Mon-Fri -> Mon (loses",
        "  Tue-Fri)",
    ]


def test_another_zone_is_compared_in_the_week_of_the_plan() -> None:
    assert picture("timezone: Asia/Kolkata").splitlines()[1:] == [
        "Mon ··················++++++++++++++++·····---------",
        *(f"{day} -------···········++++++++++++++++·····---------" for day in ("Tue", "Wed", "Thu", "Fri")),
        "Sat -------·········································",
        "Sun ················································",
        "+ added, - removed, · closed; a mark is 30 minutes on the clock of Asia/Kolkata",
        "hours a week 40 h (40 h added, 40 h removed)",
        "earliest 09:00; latest 17:00; days Mon-Fri; clock America/New_York ->",
        "  Asia/Kolkata (compared in the week of 2027-01-04)",
    ]


@pytest.mark.parametrize(
    "text", ["max_retries: 1", "days_of_week: [1, 2, 3, 4, 5]", "status: draft"], ids=["elsewhere", "same", "error"]
)
def test_where_no_hour_changes_there_is_no_picture(text: str) -> None:
    assert picture(text) == ""


def test_the_same_hours_in_other_windows_are_said_to_be_the_same() -> None:
    text = 'call_time_ranges: [{start: "09:00", end: "12:00"}, {start: "12:00", end: "17:00"}]'

    assert "hours a week 40 h (the same hours)" in picture(text).splitlines()


def test_marks_have_colours_besides() -> None:
    lines = drawn(week.picture(campaign(SHIFTED), DAY, 80), colour=True).splitlines()

    assert "\x1b[33m+\x1b[0m██████\x1b[32m--\x1b[0m" in lines[2]


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [("2027-03-31T10:00:00Z", date(2027, 3, 31)), ("", date(2026, 1, 5)), ("yesterday", date(2026, 1, 5))],
    ids=["a moment", "none", "no date"],
)
def test_the_week_is_that_of_the_plan(created_at: str, expected: date) -> None:
    assert week.reference_day(created_at) == expected


def test_days_that_are_alike_are_told_together() -> None:
    change = week.change_of(campaign(SHIFTED), DAY)

    assert change is not None
    assert week_in_words(change.added) == ("Tue-Fri 08:30-09:00, 17:00-18:00; Sat 08:30-12:00, 12:45-18:00")
    assert week_in_words(change.removed) == "Mon 09:00-17:00; Tue-Fri 12:00-12:45"


# Laws

TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
WINDOWS = st.frozensets(st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] < pair[1]), min_size=1, max_size=3)
SCHEDULES = st.builds(
    Schedule,
    st.frozensets(st.integers(1, 7)),
    WINDOWS,
    st.sampled_from(["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)


@settings(max_examples=60, deadline=None)
@given(SCHEDULES, SCHEDULES, st.sampled_from([30, 60]))
def test_a_mark_says_what_the_minutes_below_it_are(one: Schedule, other: Schedule, size: int) -> None:
    change = compare(one, other, DAY)
    for day in range(7):
        row = week.marks(change, day, size)
        minutes = [
            {at for start, end in spans[day] for at in range(start, end)}
            for spans in (change.kept, change.added, change.removed)
        ]
        for place, mark in enumerate(row):
            kept, added, removed = (bool(m.intersection(range(place * size, (place + 1) * size))) for m in minutes)
            expected = "±" if added and removed else "+" if added else "-" if removed else "█" if kept else "·"
            assert mark == expected


@settings(max_examples=40, deadline=None)
@given(st.frozensets(st.integers(1, 7), min_size=1), st.integers(34, 120))
def test_no_line_is_wider_than_there_is_space(days: frozenset[int], width: int) -> None:
    assert all(width_of(line) <= width for line in picture(f"days_of_week: {sorted(days)}", width).splitlines())


# A week that begins


def begun(text: str, shown: dict[str, object]) -> list[str]:
    one = planned({"a.yaml": text}, {"a.yaml": shown}).campaigns[0]
    return drawn(week.picture(one, DAY, 80), colour=False).splitlines()


def test_where_calls_start_the_whole_week_is_shown_even_if_no_hour_changes() -> None:
    lines = begun("status: active", {"status": "paused"})

    assert lines[1] == "Mon ··················++++++++++++++++··············"
    assert lines[-3:] == [
        "+ added, · closed; a mark is 30 minutes on the clock of America/New_York",
        "hours a week 40 h (all of them begin)",
        "earliest 09:00; latest 17:00; days Mon-Fri",
    ]


def test_where_calls_start_with_new_hours_only_the_new_ones_are_shown() -> None:
    lines = begun("status: active\ndays_of_week: [6]", {"status": "draft"})

    assert [line[:3] for line in lines if "+" in line[4:52]] == ["Sat"]
    assert "hours a week 8 h (all of them begin)" in lines


def test_where_calls_start_at_hours_that_nobody_knows_that_is_said() -> None:
    assert begun("status: active", {"status": "draft", "timezone": None}) == [
        "its calling hours are not known: neither the file nor the API says all of them"
    ]

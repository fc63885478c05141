"""Calling hours in words."""

from __future__ import annotations

import pytest

from reconciler.hours.words import days_in_words, hours_in_words, reach_in_words, spans_in_words, windows_in_words


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
    assert days_in_words(days) == expected


def test_windows_in_words_are_sorted() -> None:
    assert windows_in_words([("13:00", "17:00"), ("09:00", "12:00")]) == "09:00-12:00, 13:00-17:00"


def test_no_windows_in_words() -> None:
    assert windows_in_words([]) == "no hours"


def test_spans_in_words_are_times() -> None:
    assert spans_in_words(((0, 540), (1275, 1440))) == "00:00-09:00, 21:15-24:00"


@pytest.mark.parametrize(
    ("length", "expected"), [(2400, "40 h"), (2250, "37 h 30 min"), (45, "45 min"), (0, "0 min"), (60, "1 h")]
)
def test_minutes_in_words(length: int, expected: str) -> None:
    assert hours_in_words(length) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, "0 min"), (600, "10 h"), (2879, "47 h 59 min"), (4320, "3 days"), (7199, "4 days 23 h"), (13_000, "9 days")],
)
def test_how_far_calls_reach_in_words(length: int, expected: str) -> None:
    assert reach_in_words(length) == expected

"""Calendars: entries of every kind, and everything that is wrong with them, at its place."""

from __future__ import annotations

import datetime

import pytest

from reconciler.files.calendars import read_calendar
from reconciler.hours.closed_days import ClosedDay

CHRISTMAS = datetime.date(2027, 12, 25)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_calendar(text.encode(), "br.yaml")[1]]


def test_an_entry_is_a_day_some_days_or_a_day_of_every_year() -> None:
    text = """\
# days of the house
- date: "2027-12-25"
  name: Natal
- { from: 2027-12-28, to: "2028-01-03" }
- every: "02-29"
  name: Leap
"""
    days, wrong = read_calendar(text.encode(), "br.yaml")

    first, last = datetime.date(2027, 12, 28), datetime.date(2028, 1, 3)
    assert (days, wrong) == (
        (
            ClosedDay(CHRISTMAS, CHRISTMAS, None, "Natal"),
            ClosedDay(first, last, None, ""),
            ClosedDay(None, None, (2, 29), "Leap"),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "br.yaml:1:1: an empty file"),
        ("date: 2027-12-25\n", "br.yaml:1:1: not a list: write one `- key: value` for each entry"),
        ("- 2027-12-25\n", "br.yaml:1:3: an entry has `date`, or `from` and `to`, or `every`"),
        ("- name: A\n", "br.yaml:1:3: an entry has `date`, or `from` and `to`, or `every`"),
        ("- date: 2027-12-25\n  every: 12-25\n", "br.yaml:1:3: an entry has `date`, or"),
        ("- date: 2027-02-29\n", 'br.yaml:1:9: date: not a day that there is: write it as "2027-12-25"'),
        ("- date: 25.12.2027\n", "br.yaml:1:9: date: not a day that there is"),
        ("- date: 20271225\n", "br.yaml:1:9: date: not a day that there is"),
        ("- every: 02-30\n", 'br.yaml:1:10: every: not a day of the year: write month and day, as "12-25"'),
        ("- from: 2027-12-25\n  to: 2027-12-24\n", "br.yaml:2:7: to: 2027-12-24 is before 2027-12-25"),
        ("- from: 2027-12-25\n", "br.yaml:1:3: an entry has `date`, or `from` and `to`"),
        ("- date: 2027-12-25\n  nane: A\n", "br.yaml:2:9: nane: no such key: date, from, to, every, name can stand"),
        ("- date: 2027-12-25\n  name: [A]\n", "br.yaml:2:9: name: not text: write it in quotes"),
        ("- date: 2027-12-25\n  date: 2027-12-26\n", "br.yaml:2:3: [0].date: written twice"),
        ("- date: \n", "br.yaml:1:3: [0].date: has no value"),
        ("- {date: 2027-12-25\n", "br.yaml:"),
        ("\t- a\n", "br.yaml:1:1: a tab: use spaces"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, told: str) -> None:
    assert [one for one in problems(text) if told in one], problems(text)


def test_bytes_that_are_no_text_and_lists_that_are_too_large_are_told() -> None:
    assert "not UTF-8" in str(read_calendar(b"- \xff", "br.yaml")[1][0])
    assert "larger than 8 MB: is this a list?" in str(read_calendar(b"#" * (9 << 20), "br.yaml")[1][0])

"""What people write of days, hours and ends is understood well enough to say what to write instead."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.desired.advice import days_meant, window_meant
from reconciler.desired.validate import validate
from reconciler.desired.warnings import doubts
from reconciler.model.fields import campaign_fields
from tests.support.documents import document

FIELDS = campaign_fields()
DAYS = FIELDS.schema["properties"]["days_of_week"]["items"]
WINDOWS = FIELDS.schema["properties"]["call_time_ranges"]["items"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1-5", "1, 2, 3, 4, 5"),
        ("Mon", "1"),
        ("Tues.", "2"),
        ("Mon-Wed", "1, 2, 3"),
        ("mon - fri", "1, 2, 3, 4, 5"),
        ("Monday, Wed; 5", "1, 3, 5"),
        ("weekdays", "1, 2, 3, 4, 5"),
        ("Weekend", "6, 7"),
        ("daily", "1, 2, 3, 4, 5, 6, 7"),
        ("Sat-Mon", ""),
        ("0-5", ""),
        ("T", ""),
        ("payday", ""),
        ("", ""),
    ],
)
def test_days_are_understood_by_name_and_from_one_to_another(written: str, meant: str) -> None:
    assert days_meant(DAYS, written) == meant


def test_only_days_are_understood_as_days() -> None:
    assert days_meant({"minimum": 0, "maximum": 10}, "1-5") == ""
    assert days_meant(DAYS, [1]) == ""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9-17", '{ start: "09:00", end: "17:00" }'),
        ("09:00-17:30", '{ start: "09:00", end: "17:30" }'),
        ("9:15 to 1200", '{ start: "09:15", end: "12:00" }'),
        ("9-5", ""),
        ("morning", ""),
    ],
)
def test_hours_in_one_word_are_understood(written: str, meant: str) -> None:
    assert window_meant(WINDOWS, written) == meant


def test_only_windows_are_understood_as_hours() -> None:
    assert window_meant({"properties": {"low": {}, "high": {}}}, "9-17") == ""


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("days_of_week: 1-3", "days_of_week: expected a list, found the text '1-3': write [1, 2, 3]"),
        ("days_of_week: [Mon]", "days_of_week[0]: expected a whole number, 1 to 7, found the text 'Mon': write 1"),
        (
            "call_time_ranges: 9-17",
            'call_time_ranges: expected a list, found the text \'9-17\': write [{ start: "09:00", end: "17:00" }]',
        ),
        ("max_changes: 3", "max_changes: no such field: it belongs in _environment.yaml"),
        ("days: [1]", "days: no such field: write days_of_week"),
        ("windows: []", "windows: no such field: write call_time_ranges"),
        ("type: sales", "type: no such field: write campaign_type"),
        ("time-zone: UTC", "time-zone: no such field: write timezone"),
        ("retries: 3", "retries: no such field: write max_retries"),
        ("end_date: ~", "end_date: '~' is not a date: write null where there is none"),
        ("end_date: none", "end_date: 'none' is not a date: write null where there is none"),
        (
            'max_retries: "\\u202a3\\u202c"',
            (
                "max_retries: expected a whole number, 0 to 10, found the text '\\u202a3\\u202c': "
                "U+202A in it cannot be seen: remove it"
            ),
        ),
        ("end_date: soon", "end_date: 'soon' is not a date: write YYYY-MM-DD, such as 2026-01-31"),
        ("timezone: EDT", "timezone: 'EDT' is not an IANA time zone: did you mean America/New_York?"),
        (
            'do_not_call_custom_list: ["\\u202a+12025550147"]',
            (
                "do_not_call_custom_list[0]: entry 1 is not a phone number in E.164 form: + and 7 to 15 digits, "
                "in quotes; U+202A in it cannot be seen: remove it"
            ),
        ),
    ],
)
def test_what_people_write_is_told_with_what_to_write(line: str, told: str) -> None:
    (problem,) = validate([document(f"name: A\n{line}\n")], FIELDS, date(2026, 11, 25))[1]

    assert str(problem).partition(": ")[2] == told


def test_other_words_for_the_ends_of_a_window_are_told() -> None:
    problems = validate(
        [document('name: A\ncall_time_ranges: [{from: "09:00", to: "17:00"}]\n')], FIELDS, date(2026, 11, 25)
    )[1]

    assert [p.message for p in problems if "no such key" in p.message] == [
        "no such key: write start",
        "no such key: write end",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello ${NAME}", "'${NAME}' is sent as it stands: nothing here puts a value there"),
        ("Hello {{ name }}", "'{{ name }}' is sent as it stands: nothing here puts a value there"),
        ("${{ vars.NAME }}", "'${{ vars.NAME }}' is sent as it stands: nothing here puts a value there"),
        ("~", "'~' is the text that was typed: write null where there is none"),
        ("{a} for $5, ${}, ~ and {{", None),
    ],
)
@pytest.mark.parametrize("name", ["name", "description"])
def test_what_nobody_fills_in_is_doubted(name: str, text: str, told: str | None) -> None:
    found = list(doubts(FIELDS.writable[name], text, date(2026, 11, 25)))

    assert [(one.message, one.is_warning) for one in found] == ([(told, True)] if told else [])

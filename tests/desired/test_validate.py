from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired.close_look import MAX_PROBLEMS
from reconciler.desired.validate import check_merged, check_settings, validate
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Mark, Path, Position, Problem
from reconciler.model.fields import Fields, campaign_fields, environment_fields, fields_of
from reconciler.strict_yaml.parse import parse
from tests.support.documents import document

FIELDS = campaign_fields()
TODAY = date(2026, 11, 23)


def problems_of(*documents: Document, fields: Fields = FIELDS) -> list[str]:
    return [str(problem) for problem in validate(documents, fields, TODAY)[1]]


def told(text: str, fields: Fields = FIELDS) -> list[str]:
    """The problems of a file with this text below its id; line 2 is the first of the text."""
    lines = problems_of(document("id: c-1\n" + dedent(text)), fields=fields)
    return [line.removeprefix("c.yaml:") for line in lines]


def with_field(name: str, part: Mapping[str, Any]) -> Fields:
    """The fields of a copy of the schema that has one more."""
    schema = copy.deepcopy(dict(FIELDS.schema))
    schema["properties"][name] = part
    return fields_of(schema)


SOUND = """\
id: c-1
status: active
name: Sales Q1
description: |
  Two lines,
  of text.
campaign_type: sales
agent_id: 7c2f6c1e-7a0e-4b60-9f3e-000000000001
start_date: 2027-01-05
end_date: null
days_of_week: [1, 2, 3, 4, 5]
call_time_ranges:
  - {start: 9:00, end: 12:00}
  - {start: 13:00, end: "17:00:00"}
timezone: America/New_York
initial_call_delay: 0
max_retries: 10
retry_cooldown_hours: 1
auto_complete: true
retry_on_no_conversion: false
enable_post_completion_cooldown: true
post_completion_cooldown_hours: 168
success_cooldown_hours: 24
voicemail_cooldown_hours: 24
no_answer_cooldown_hours: 24
busy_cooldown_hours: 24
failed_cooldown_hours: 24
do_not_call_enabled: true
do_not_call_list_source: custom
do_not_call_custom_list: [+15551234567, "+442079460000"]
auto_add_to_dnc_enabled: true
auto_dnc_trigger_statuses: [completed, voicemail]
auto_dnc_trigger_errors: []
"""


# Campaigns without problems


def test_a_campaign_with_every_field_is_desired_as_it_was_written() -> None:
    one = document(SOUND)

    actual = validate([one], FIELDS, TODAY)

    values = {name: value for name, value in one.values.items() if name not in ("id", "status")}
    assert actual == ((Desired(one, "c-1", Status.ACTIVE, values),), ())


def test_a_campaign_may_have_a_name_alone() -> None:
    one = document("name: Sales Q1\n")

    assert validate([one], FIELDS, TODAY) == ((Desired(one, None, None, {"name": "Sales Q1"}),), ())


def test_a_file_with_a_warning_is_desired_and_one_with_an_error_is_not() -> None:
    doubtful = document("name: A\ndays_of_week: [1, 1]\n", "a.yaml")
    wrong = document("name: B\nmax_retries: 11\n", "b.yaml")

    desired, problems = validate([doubtful, wrong], FIELDS, TODAY)

    assert [one.file for one in desired] == ["a.yaml"]
    assert [(problem.position.file, problem.is_warning) for problem in problems] == [
        ("a.yaml", True),
        ("b.yaml", False),
    ]


# One value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "call_time_ranges:\n  - {start: 17:00, end: 09:00}",
            "3:25: call_time_ranges[0].end: 09:00 is not after start 17:00",
            id="a window that ends before it starts",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 9:00, end: 09:00}",
            "3:24: call_time_ranges[0].end: 09:00 is not after start 9:00",
            id="a window that ends when it starts, in another spelling",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 09:00, end: 24:00}",
            "3:25: call_time_ranges[0].end: '24:00' is not a time: write HH:MM, such as 09:30, 23:59 at the latest",
            id="the end of the day as 24:00",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 9.30, end: 12:00}",
            "3:13: call_time_ranges[0].start: the number 9.3 is not a time: "
            "write HH:MM, such as 09:30, 23:59 at the latest",
            id="a time with a dot",
        ),
        pytest.param(
            'call_time_ranges:\n  - {start: "09:00\\n", end: 12:00}',
            "3:13: call_time_ranges[0].start: '09:00\\n' is not a time: "
            "write HH:MM, such as 09:30, 23:59 at the latest; U+000A in it cannot be seen: remove it",
            id="a time with a line break behind it",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: ٠٩:00, end: 12:00}",
            "3:13: call_time_ranges[0].start: '٠٩:00' is not a time: write HH:MM, such as 09:30, 23:59 at the latest",
            id="digits that are not ASCII",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 09:00}",
            "3:5: call_time_ranges[0]: end is missing: start and end are needed",
            id="a window without its end",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 09:00, end: 12:00, strat: 1}",
            "3:32: call_time_ranges[0].strat: no such key: did you mean start?",
            id="a misspelt key of a window",
        ),
        pytest.param(
            "call_time_ranges:\n  - {start: 09:00, end: 12:00, colour: 1}",
            "3:32: call_time_ranges[0].colour: no such key: start and end can stand here",
            id="a strange key of a window",
        ),
        pytest.param(
            "call_time_ranges: [09:00-12:00]",
            "2:20: call_time_ranges[0]: expected a mapping, found the text '09:00-12:00': "
            'write { start: "09:00", end: "12:00" }',
            id="a window as text",
        ),
        pytest.param(
            "call_time_ranges: {start: 09:00, end: 12:00}",
            "2:19: call_time_ranges: expected a list, found a mapping: put a dash before each entry",
            id="one window without a list",
        ),
        pytest.param(
            "max_retries: 11", "2:14: max_retries: 11 is too much: 0 to 10 is allowed", id="a number above its range"
        ),
        pytest.param(
            "initial_call_delay: -1",
            "2:21: initial_call_delay: -1 is too little: 0 or more is allowed",
            id="a number below its only bound",
        ),
        pytest.param(
            "max_retries: 3.0",
            "2:14: max_retries: expected a whole number, 0 to 10, found the number 3.0: write 3",
            id="a whole number written as a fraction",
        ),
        pytest.param(
            "max_retries: true",
            "2:14: max_retries: expected a whole number, 0 to 10, found true",
            id="true where a number belongs",
        ),
        pytest.param(
            'max_retries: "3"',
            "2:14: max_retries: expected a whole number, 0 to 10, found the text '3': take away the quotes",
            id="a number in quotes",
        ),
        pytest.param(
            "auto_complete: yes",
            "2:16: auto_complete: expected true or false, found the text 'yes': write true",
            id="yes",
        ),
        pytest.param(
            "campaign_type: sale",
            "2:16: campaign_type: 'sale' is not one of sales, follow_up, reminder, custom: did you mean sales?",
            id="a misspelt word of a fixed choice",
        ),
        pytest.param(
            "status: null",
            "2:9: status: expected one of draft, active, paused, completed, cancelled, found null: "
            "to leave the field alone, remove the line",
            id="null where it cannot be",
        ),
        pytest.param(
            "start_date: 2027-02-30", "2:13: start_date: '2027-02-30' is not a date that exists", id="30 February"
        ),
        pytest.param(
            "start_date: 2027-1-5",
            "2:13: start_date: '2027-1-5' is not a date: write YYYY-MM-DD, such as 2026-01-31",
            id="a date with short numbers",
        ),
        pytest.param(
            "end_date: 20270105",
            "2:11: end_date: the number 20270105 is not a date: write YYYY-MM-DD, such as 2026-01-31, or null",
            id="a date without dashes",
        ),
        pytest.param(
            "timezone: America/NewYork",
            "2:11: timezone: 'America/NewYork' is not an IANA time zone: did you mean America/New_York?",
            id="a misspelt zone",
        ),
        pytest.param(
            "timezone: europe/london",
            "2:11: timezone: 'europe/london' is not an IANA time zone: did you mean Europe/London?",
            id="a zone in another case",
        ),
        pytest.param(
            "timezone: GMT+2",
            "2:11: timezone: 'GMT+2' is not an IANA time zone: write its full name, such as America/New_York",
            id="a zone that nothing is near to",
        ),
        pytest.param(
            "days_of_week: []", "2:15: days_of_week: the list is empty: at least one entry is needed", id="[]"
        ),
        pytest.param(
            "days_of_week: 1, 2,3",
            "2:15: days_of_week: expected a list, found the text '1, 2,3': write [1, 2, 3]",
            id="a list without brackets",
        ),
        pytest.param('name: "  "', "2:7: name: has no text: write some", id="a blank name"),
        pytest.param(
            f"name: {'x' * 256}", "2:7: name: 256 characters are too many: at most 255 are allowed", id="a long name"
        ),
        pytest.param(
            "agent_id: 15", "2:11: agent_id: expected text, found the number 15: put it in quotes", id="an id of digits"
        ),
        pytest.param(
            "max_retires: 3", "2:1: max_retires: no such field: did you mean max_retries?", id="a misspelt field"
        ),
        pytest.param("Max-Retries: 3", "2:1: Max-Retries: no such field: did you mean max_retries?", id="a dash"),
        pytest.param("colour: red", "2:1: colour: no such field", id="a field that nothing is near to"),
        pytest.param(
            "earliest_call_time: 09:00",
            "2:1: earliest_call_time: no such field: write call_time_ranges",
            id="a field that another one replaced",
        ),
        pytest.param(
            "do_not_call_list_source: custom\ndo_not_call_custom_list: [15551234567]",
            "3:27: do_not_call_custom_list[0]: entry 1 is a number, "
            "not a phone number in E.164 form: + and 7 to 15 digits, in quotes",
            id="a phone number without its plus",
        ),
        pytest.param(
            "do_not_call_list_source: custom\ndo_not_call_custom_list: [+15551234567, +0555]",
            "3:41: do_not_call_custom_list[1]: entry 2 is not a phone number in E.164 form: "
            "+ and 7 to 15 digits, in quotes",
            id="a phone number with a zero first",
        ),
        pytest.param(
            "do_not_call_list_source: custom\ndo_not_call_custom_list: +15551234567",
            "3:26: do_not_call_custom_list: expected a list, found text: "
            "write one entry a line, each after a dash and a space",
            id="one phone number without a list",
        ),
        pytest.param(
            "do_not_call_list_source: custom\ndo_not_call_custom_list: [{+15551234567: x}]",
            "3:27: do_not_call_custom_list[0]: entry 1 is a mapping, "
            "not a phone number in E.164 form: + and 7 to 15 digits, in quotes",
            id="a phone number as a key",
        ),
        pytest.param(
            "auto_dnc_trigger_errors: [busy, '']",
            "2:33: auto_dnc_trigger_errors[1]: has no text: write some",
            id="an empty trigger",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_place_and_with_what_is_allowed(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_all_problems_of_all_files_are_told_sorted_by_place() -> None:
    first = document("name: A\nmax_retries: 11\ndays_of_week: [8, 1, 1, x]\n", "a.yaml")
    second = document("max_retries: yes\n", "b.yaml")

    assert problems_of(second, first) == [
        "a.yaml:2:14: max_retries: 11 is too much: 0 to 10 is allowed",
        "a.yaml:3:16: days_of_week[0]: 8 is too much: 1 to 7 is allowed",
        "a.yaml:3:22: warning: days_of_week[2]: 1 is in the list already, as entry 2: remove one",
        "a.yaml:3:25: days_of_week[3]: expected a whole number, 1 to 7, found the text 'x'",
        "b.yaml:1:1: has neither id nor name: which campaign is this?",
        "b.yaml:1:14: max_retries: expected a whole number, 0 to 10, found the text 'yes'",
    ]


def test_windows_are_checked_beside_broken_ones() -> None:
    text = """\
        call_time_ranges:
          - {start: 9h, end: 12:00}
          - {start: 17:00, end: 09:00}
          - {start: 13:00, end: 15:00}
          - {start: 14:00, end: 16:00}
        """

    assert told(text) == [
        "3:13: call_time_ranges[0].start: '9h' is not a time: write HH:MM, such as 09:30, 23:59 at the latest",
        "4:25: call_time_ranges[1].end: 09:00 is not after start 17:00",
        "6:5: warning: call_time_ranges[3]: 14:00-16:00 overlaps 13:00-15:00",
    ]


def test_what_reading_told_already_is_not_told_again() -> None:
    assert told("name:\ncall_time_ranges: [{start: , end: 12:00}]\n") == []


def test_a_window_with_an_unreadable_part_is_not_desired() -> None:
    one = document("name: A\ncall_time_ranges: [{start: , end: 12:00}]\n")

    assert validate([one], FIELDS, TODAY) == ((), ())


def test_strange_keys_are_shown_short_and_printable() -> None:
    one = unplaced({"id": "c-1", f"a\x1b{'b' * 60}": 1})

    assert problems_of(one) == [f"c.yaml:2:1: a\\x1b{'b' * 37}…: no such field"]


def test_a_phone_number_is_never_told() -> None:
    text = """\
        do_not_call_list_source: custom
        do_not_call_custom_list:
          - +15557654321
          - +15557654321
          - "5557654321"
          - 15557654321
          - [+15557654321]
          - {+15557654321: +15557654321}
          - null
          - true
        """

    told_lines = "\n".join(told(text))

    assert told_lines.count("do_not_call_custom_list[") == 7
    assert "5557654321" not in told_lines


# Settings, which are no campaign


def test_settings_are_checked_by_their_own_schema() -> None:
    found = check_settings([document("max_paused: -1\ncall_time_ranges: []\n")], environment_fields(), TODAY)

    assert [str(problem) for problem in found] == [
        "c.yaml:1:13: max_paused: -1 is too little: 0 or more is allowed",
        "c.yaml:2:1: call_time_ranges: no such field: it belongs in a campaign, or in _defaults.yaml",
    ]


# What is loaded


@pytest.mark.processes
@pytest.mark.parametrize(
    ("text", "is_loaded"),
    [
        pytest.param(SOUND, False, id="nothing wrong"),
        pytest.param("name: A\ndays_of_week: [1, 1]", False, id="a doubt"),
        pytest.param("name: A\nmax_retries: 11", True, id="a mistake"),
    ],
)
def test_the_library_of_json_schema_is_loaded_where_something_may_be_wrong(text: str, is_loaded: bool) -> None:  # noqa: FBT001
    code = (
        "import datetime, sys\n"
        "from reconciler.desired.validate import validate\n"
        "from reconciler.model.fields import campaign_fields\n"
        "from reconciler.strict_yaml.parse import parse\n"
        "found = parse(sys.argv[1].encode(), 'c.yaml')[0]\n"
        "validate([found], campaign_fields(), datetime.date(2026, 11, 23))\n"
        "print('jsonschema' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, check=True)
    assert done.stdout == f"{is_loaded}\n"


# Many problems


def test_a_file_tells_a_limited_number_of_problems() -> None:
    one = document("id: c-1\n" + "".join(f"nothing_{n}: 1\n" for n in range(MAX_PROBLEMS + 500)))

    lines = problems_of(one)

    assert len(lines) == MAX_PROBLEMS + 1
    assert lines[0] == "c.yaml:1:1: more than 1,000 problems in one file: the rest is not told"


def test_the_limit_of_warnings_hides_no_error() -> None:
    one = document(f"id: c-1\ndays_of_week: [{'1, ' * 2_000} 8]\n")

    desired, problems = validate([one], FIELDS, TODAY)

    assert desired == ()
    assert [str(problem) for problem in problems if problem.is_error] == [
        "c.yaml:2:6017: days_of_week[2000]: 8 is too much: 1 to 7 is allowed"
    ]
    assert sum(problem.is_warning for problem in problems) == MAX_PROBLEMS + 1


# Defaults


def test_a_problem_in_shared_defaults_is_told_once_and_there() -> None:
    defaults = document("max_retries: 11\ntimezome: UTC\n", "_defaults.yaml")
    files = [document(f"name: {name}\n", f"{name}.yaml", defaults) for name in "ab"]

    assert problems_of(*files) == [
        "_defaults.yaml:1:14: max_retries: 11 is too much: 0 to 10 is allowed",
        "_defaults.yaml:2:1: timezome: no such field: did you mean timezone?",
    ]


# Legal hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "days_of_week: [1, 2, 6]\ntimezone: America/Chicago\ncall_time_ranges: [{start: 7:00, end: 9:00}]",
            "Mon-Tue, Sat 07:00-08:00",
            id="too early",
        ),
        pytest.param(
            "days_of_week: [5, 6, 7]\ntimezone: America/Sao_Paulo\ncall_time_ranges: [{start: 9:00, end: 17:00}]",
            "Sat 09:00-10:00, 16:00-17:00; Sun 09:00-17:00",
            id="each day by its own hours",
        ),
        pytest.param(
            "timezone: America/Sao_Paulo\ncall_time_ranges: [{start: 8:00, end: 10:00}, {start: 10:00, end: 12:00}]",
            "every day 08:00-09:00",
            id="on every day, where the days are not known",
        ),
        pytest.param(
            "days_of_week: [9]\ntimezone: America/Chicago\ncall_time_ranges: [{start: 7:00, end: 9:00}, {}]",
            "every day 07:00-08:00",
            id="on every day, where the days are wrong",
        ),
    ],
)
def test_a_window_outside_the_legal_hours_is_doubted(text: str, expected: str) -> None:
    warnings = [line for line in told(text) if "warning" in line]

    assert [line.partition(" is outside ")[0].rpartition("]: ")[2] for line in warnings] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "timezone: America/Chicago\ncall_time_ranges: [{start: 8:00, end: 21:00}]", id="up to the legal hours"
        ),
        pytest.param("call_time_ranges: [{start: 1:00, end: 2:00}]", id="no zone"),
        pytest.param("timezone: America/Chicago", id="no windows"),
        pytest.param("timezone: Asia/Ulaanbaatar\ncall_time_ranges: [{start: 1:00, end: 2:00}]", id="no rule"),
        pytest.param(
            "days_of_week: [1]\ntimezone: America/Sao_Paulo\ncall_time_ranges: [{start: 9:00, end: 21:00}]",
            id="what is illegal only on other days",
        ),
    ],
)
def test_a_window_within_the_legal_hours_is_not_doubted(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("[UK]", "'UK' is not a code of ISO 3166: did you mean GB?", id="another code"),
        pytest.param("[us-fl]", "'us-fl' is not a code of ISO 3166: did you mean US-FL?", id="another case"),
        pytest.param(
            "[Florida]", "'Florida' is not a place: write its code of ISO 3166, such as US, US-FL or BR-SP", id="a name"
        ),
        pytest.param("[]", "the list is empty: at least one entry is needed", id="no place"),
    ],
)
def test_a_jurisdiction_is_a_list_of_codes_of_iso_3166(said: str, expected: str) -> None:
    (line,) = told(f"jurisdiction: {said}")

    assert line.endswith(f": {expected}")


def test_the_hours_are_those_that_all_places_of_the_jurisdiction_allow() -> None:
    text = "jurisdiction: [US-FL, CA]\ndays_of_week: [1]\ncall_time_ranges: [{start: 8:30, end: 21:00}]\n"

    assert [line.partition(": warning: ")[2].partition(": ")[2].partition(": ")[0] for line in told(text)] == [
        "Mon 08:30-09:00 is outside the legal hours of Canada",
        "Mon 20:00-21:00 is outside the legal hours of Florida",
    ]


def test_legal_hours_are_told_of_every_file_with_the_same_windows() -> None:
    text = "timezone: America/Chicago\ncall_time_ranges: [{start: 7:00, end: 9:00}]\n"
    files = [document(f"id: {name}\n{text}", f"{name}.yaml") for name in "ab"]

    assert [line.partition(":")[0] for line in problems_of(*files)] == ["a.yaml", "b.yaml"]


def test_legal_hours_name_the_country_and_the_rule() -> None:
    text = "timezone: America/Chicago\ncall_time_ranges: [{start: 7:00, end: 9:00}]\n"

    assert told(text) == [
        (
            "3:20: warning: call_time_ranges[0]: every day 07:00-08:00 is outside the legal hours of "
            "United States, federal: "
            "no telephone solicitation before 8:00 or after 21:00 where the called person is; "
            "several states are stricter"
        )
    ]


# Other schemas


@pytest.mark.parametrize(
    ("part", "text", "expected"),
    [
        pytest.param(
            {"type": "integer", "minimum": 1, "maximum": 5, "x-compare": "number"},
            "priority: 6",
            ["2:11: priority: 6 is too much: 1 to 5 is allowed"],
            id="a number",
        ),
        pytest.param(
            {"type": "string", "format": "date", "pattern": "^[0-9-]+$", "x-compare": "date", "x-after": "start_date"},
            "start_date: 2027-01-02\npriority: 2027-01-01",
            ["3:11: priority: 2027-01-01 is not after start_date 2027-01-02"],
            id="a date after another one",
        ),
        pytest.param(
            {"type": "array", "items": {"type": "string", "maxLength": 3}, "x-sensitive": True},
            "priority: [abcd, abc, abc]",
            [
                "2:12: priority[0]: 4 characters are too many: at most 3 are allowed",
                "2:23: warning: priority[2]: entry 3 is in the list already, as entry 2: remove one",
            ],
            id="a sensitive list",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": False, "properties": {"a": {}}, "x-sensitive": True},
            "priority: {secret: 1}",
            ["2:12: priority: no such key: a can stand here"],
            id="a key among sensitive values, which is not told",
        ),
        pytest.param(
            {"type": "string", "pattern": "^[A-Z]$", "x-sensitive": True},
            "priority: secret",
            ["2:11: priority: the value is not in the form that is allowed: ^[A-Z]$"],
            id="a sensitive text",
        ),
        pytest.param(
            {
                "type": "object",
                "additionalProperties": False,
                "patternProperties": {"^x": {"type": "integer"}},
                "properties": {"never": False, "deep": {"type": "array", "prefixItems": [{}], "items": {"const": 1}}},
            },
            "priority: {xa: 1, xb: b, c: 1, never: 1, deep: [0, 1, 2]}",
            [
                "2:23: priority.xb: expected a whole number, found the text 'b'",
                "2:26: priority.c: no such key: never and deep can stand here",
                "2:39: priority.never: is not allowed here",
                "2:55: priority.deep[2]: 2 is not allowed: write 1",
            ],
            id="an object",
        ),
        pytest.param(
            {"$ref": "#/$defs/level"},
            "priority: top",
            ["2:11: priority: 'top' is not one of high, low"],
            id="a part that is shared",
        ),
        pytest.param(
            {"type": "array", "minItems": 2, "uniqueItems": True, "x-compare": "nested"},
            "priority: [1]",
            ["2:11: priority: one entry is too few: at least 2 entries are needed"],
            id="a list that is too short",
        ),
        pytest.param(
            {"type": ["integer", "null"], "x-compare": "number"},
            "priority: high",
            ["2:11: priority: expected a whole number or null, found the text 'high'"],
            id="one of two types",
        ),
        pytest.param(
            {"anyOf": [{"type": "integer"}, {"enum": ["high", "low"]}], "x-compare": "text"},
            "priority: hihg",
            [
                (
                    "2:11: priority: expected a whole number, found the text 'hihg'; "
                    "or 'hihg' is not one of high, low: did you mean high?"
                )
            ],
            id="one of two schemas",
        ),
        pytest.param(
            {"type": "array", "items": {"type": "string"}, "x-compare": "windows"},
            "priority: [a]",
            [],
            id="windows of another form",
        ),
        pytest.param({"type": "string", "format": "color"}, "priority: red", [], id="a format without a check"),
    ],
)
def test_a_field_that_is_added_to_the_schema_is_validated(
    part: Mapping[str, Any], text: str, expected: list[str]
) -> None:
    fields = with_field("priority", part)
    shared = fields_of({**fields.schema, "$defs": {"level": {"enum": ["high", "low"]}}})

    assert told(text, shared) == expected


def test_the_invented_field_is_desired() -> None:
    fields = with_field("priority", {"type": "integer", "minimum": 1, "x-compare": "number"})
    one = document("name: A\npriority: 2\n")

    assert validate([one], fields, TODAY) == ((Desired(one, None, None, {"name": "A", "priority": 2}),), ())


def test_a_schema_without_windows_and_zones_has_no_legal_hours() -> None:
    fields = fields_of({"properties": {"name": {"type": "string", "x-role": "name"}}})

    assert problems_of(document("name: A\n"), fields=fields) == []


# Merged with live


def test_what_the_live_values_make_wrong_is_told_at_the_file() -> None:
    one = document("name: A\nend_date: 2027-01-05\n")
    live = Live("c-1", "A", "active", {"start_date": "2027-02-01T00:00:00Z"})

    (desired,), _ = validate([one], FIELDS, TODAY)

    assert check_merged(FIELDS, desired, live) == (
        Problem(Position("c.yaml", 2, 11), "2027-01-05 is not after start_date 2027-02-01 (live)", ("end_date",)),
    )


# Cost


@pytest.mark.processes
def test_validating_loads_neither_the_http_client_nor_deepdiff() -> None:
    script = """\
import datetime, sys
from reconciler.model import fields
from reconciler.strict_yaml.parse import parse
from reconciler.desired import validate
one, problems = parse(b"name: A\\ntimezone: UTC\\nmax_retries: 99\\n", "a.yaml")
assert validate.validate([one], fields.campaign_fields(), datetime.date(2026, 1, 1))[1]
print(*sorted({"httpx", "deepdiff", "jsonschema"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "jsonschema\n"


@pytest.mark.processes
def test_importing_the_module_does_not_load_jsonschema() -> None:
    script = "import sys, reconciler.desired.validate; print('jsonschema' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


# Laws

_TEXT = st.text(max_size=12) | st.sampled_from(["yes", "10:00", "+15551234567", "2027-02-30", "UTC", "-1 -2", "1,2"])
_SCALAR = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | _TEXT
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["start", "end", "strat", "0"]) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
_DOCUMENT = st.dictionaries(st.sampled_from(FIELDS.names) | st.text(max_size=12), _VALUE, max_size=12)
_SOUND_VALUES = document(SOUND).values


def unplaced(values: Mapping[str, Any]) -> Document:
    """A document whose every field stands on a line of its own."""
    marks: dict[Path, Mark] = {(): Mark(1, 1)}
    marks.update({(name,): Mark(line, 9) for line, name in enumerate(values, 1)})
    key_marks: dict[Path, Mark] = {(name,): Mark(line, 1) for line, name in enumerate(values, 1)}
    return Document("c.yaml", values, marks, key_marks)


@settings(max_examples=150, deadline=None)
@given(values=_DOCUMENT)
def test_any_values_give_problems_within_the_file_and_nothing_else(values: dict[str, Any]) -> None:
    desired, problems = validate([unplaced(values)], FIELDS, TODAY)

    assert {problem.position.file for problem in problems} <= {"c.yaml"}
    assert all(1 <= problem.position.line <= max(1, len(values)) for problem in problems)
    assert all(str(problem).isprintable() for problem in problems)
    assert bool(desired) is not any(problem.is_error for problem in problems)
    assert list(problems) == sorted(problems, key=lambda problem: (problem.position, problem.message))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(_SOUND_VALUES)), value=_VALUE)
def test_a_sound_campaign_with_one_other_value_has_problems_with_that_value_alone(name: str, value: object) -> None:
    values = {**_SOUND_VALUES, name: value}

    desired, problems = validate([unplaced(values)], FIELDS, TODAY)

    # Another source leaves the numbers without effect; in another zone the windows may be outside the legal hours.
    related = {name, "do_not_call_custom_list", "call_time_ranges"}
    assert {problem.path[0] for problem in problems} <= related
    assert bool(desired) is not any(problem.is_error for problem in problems)


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, len(SOUND)),
    length=st.integers(0, 40),
    put=st.text("[]{}:,-+ \n'\"10aé#&*<", max_size=12) | st.sampled_from(SOUND.splitlines(keepends=True)),
)
def test_a_changed_file_has_problems_within_itself(start: int, length: int, put: str) -> None:
    text = SOUND[:start] + put + SOUND[start + length :]
    one, _ = parse(text.encode(), "c.yaml")

    desired, problems = validate([one] if one else [], FIELDS, TODAY)

    lines = text.split("\n")
    assert [p for p in problems if p.position.column > len(lines[p.position.line - 1]) + 1] == []
    assert all(str(problem).isprintable() for problem in problems)
    assert not (desired and any(problem.is_error for problem in problems))


@st.composite
def sound_campaigns(draw: st.DrawFn) -> dict[str, Any]:
    """Values that keep every rule of the schema."""
    values: dict[str, Any] = {"name": draw(st.text("abcä 1", min_size=1).filter(str.strip))}
    for name, of in FIELDS.writable.items():
        if of.schema["type"] == "integer":
            values[name] = draw(st.integers(of.schema.get("minimum", 0), of.schema.get("maximum", 10**6)))
        elif of.schema["type"] == "boolean":
            values[name] = draw(st.booleans())
        elif "enum" in of.schema:
            values[name] = draw(st.sampled_from(of.schema["enum"]))
    values["days_of_week"] = draw(st.lists(st.integers(1, 7), min_size=1, unique=True))
    values["start_date"] = draw(st.dates(date(2027, 1, 1), date(2027, 12, 31))).isoformat()
    values["end_date"] = draw(st.none() | st.dates(date(2028, 1, 1)).map(date.isoformat))
    hours = draw(st.lists(st.integers(0, 23), min_size=2, max_size=8, unique=True).map(sorted))
    values["call_time_ranges"] = [
        {"start": f"{one}:00", "end": f"{other:02}:00"} for one, other in zip(hours[::2], hours[1::2], strict=False)
    ]
    if values["do_not_call_list_source"] == "custom":
        values["do_not_call_custom_list"] = draw(st.lists(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"), unique=True))
    return values


@settings(max_examples=100, deadline=None)
@given(values=sound_campaigns())
def test_a_sound_campaign_has_no_problems(values: dict[str, Any]) -> None:
    one = unplaced(values)

    assert validate([one], FIELDS, TODAY) == ((Desired(one, None, None, values),), ())


@settings(max_examples=25, deadline=None)
@given(values=st.lists(_DOCUMENT, max_size=4))
def test_what_was_found_in_other_files_changes_nothing(values: list[dict[str, Any]]) -> None:
    files = [
        Document(f"{index}.yaml", {"id": f"c-{index}", **one, "name": f"N{index}"}, {(): Mark(1, 1)})
        for index, one in enumerate(values)
    ]
    files = [file for file in files if file.values["id"] == f"c-{file.file[0]}"]

    together = validate(files, FIELDS, TODAY)
    alone = [validate([file], FIELDS, TODAY) for file in files]

    assert together[0] == tuple(one for desired, _ in alone for one in desired)
    assert together[1] == tuple(problem for _, problems in alone for problem in problems)

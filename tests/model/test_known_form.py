from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.canonical import canonical, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import fields_of
from reconciler.model.known_form import is_known_form
from tests.support.campaigns import FIELDS

WINDOW = {"start": "09:00", "end": "17:00"}
NESTED = fields_of({"properties": {"it": {"type": "object"}}}).writable["it"]

KNOWN: list[Any] = [
    pytest.param("name", "Spring", id="text"),
    pytest.param("timezone", "US/Eastern", id="a zone"),
    pytest.param("max_retries", "3", id="a number as text"),
    pytest.param("max_retries", 2.5, id="a broken number"),
    pytest.param("auto_complete", "0", id="a boolean as text"),
    pytest.param("end_date", "2026-01-04T23:00:00Z", id="a date as a timestamp"),
    pytest.param("days_of_week", {"0": "1", "2": 7}, id="days as an object"),
    pytest.param("days_of_week", [], id="no days"),
    pytest.param("call_time_ranges", [WINDOW], id="windows"),
    pytest.param("auto_dnc_trigger_errors", [" busy "], id="words"),
    pytest.param("do_not_call_custom_list", ["+15551230001", 15551230002], id="numbers"),
]
UNKNOWN: list[Any] = [
    pytest.param("name", 7, id="a number for a text"),
    pytest.param("name", ["Spring"], id="a list for a text"),
    pytest.param("max_retries", "three", id="a word for a number"),
    pytest.param("max_retries", True, id="true for a number"),
    pytest.param("auto_complete", "false", id="a word for a boolean"),
    pytest.param("auto_complete", 2, id="a number for a boolean"),
    pytest.param("end_date", "0000-00-00", id="a date of noughts"),
    pytest.param("end_date", "0000-00-00 00:00:00", id="a timestamp of noughts"),
    pytest.param("end_date", "-0001-11-30T00:00:00.000000Z", id="the same, as PHP writes it"),
    pytest.param("end_date", "05/01/2026", id="another order"),
    pytest.param("end_date", 1767571200, id="an epoch second"),
    pytest.param("days_of_week", "[1,2]", id="JSON as text"),
    pytest.param("days_of_week", "1,2", id="a list with commas"),
    pytest.param("days_of_week", 3, id="a number for a list"),
    pytest.param("days_of_week", ["mon"], id="names"),
    pytest.param("days_of_week", [0, 6], id="a week that begins at 0"),
    pytest.param("days_of_week", [True], id="true for a day"),
    pytest.param("days_of_week", {"monday": True}, id="names as keys"),
    pytest.param("days_of_week", [{"day": 1}], id="rows"),
    pytest.param("days_of_week", [None], id="null for a day"),
    pytest.param("call_time_ranges", '[{"start":"09:00","end":"17:00"}]', id="windows as JSON"),
    pytest.param("call_time_ranges", [{"from": "09:00", "to": "17:00"}], id="from and to"),
    pytest.param("call_time_ranges", {"monday": [WINDOW]}, id="windows by day"),
    pytest.param("call_time_ranges", [{"start": "22:00", "end": "06:00"}], id="over midnight"),
    pytest.param("auto_dnc_trigger_errors", "busy", id="a word for a list"),
    pytest.param("auto_dnc_trigger_errors", [4], id="a number for a word"),
    pytest.param("do_not_call_custom_list", [{"phone": "+15551230001"}], id="numbers as rows"),
    pytest.param("do_not_call_custom_list", '["+15551230001"]', id="numbers as JSON"),
]


@pytest.mark.parametrize(("name", "live"), KNOWN)
def test_what_can_be_compared_is_in_a_known_form(name: str, live: Value) -> None:
    field = FIELDS.writable[name]

    assert is_known_form(field, canonical(field, live))


@pytest.mark.parametrize(("name", "live"), UNKNOWN)
def test_what_may_mean_anything_is_in_none(name: str, live: Value) -> None:
    field = FIELDS.writable[name]

    assert not is_known_form(field, canonical(field, live))


@pytest.mark.parametrize("name", FIELDS.writable)
def test_null_is_known_for_every_field(name: str) -> None:
    field = FIELDS.writable[name]

    assert is_known_form(field, canonical(field, None))


def test_an_inner_structure_may_be_any() -> None:
    assert is_known_form(NESTED, canonical(NESTED, {"a": [1]}))


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [("09:00:00", "17:00:00", True), ("00:00:00", "00:00:00", False), ("9 am", "5 pm", False)],
)
def test_outer_bounds_are_two_times_in_order(earliest: str, latest: str, *, expected: bool) -> None:
    field = FIELDS.writable["call_time_ranges"]
    shown = live_canonical(field, {"earliest_call_time": earliest, "latest_call_time": latest})

    assert is_known_form(field, shown) is expected


def test_people_s_numbers_in_an_unknown_form_are_not_kept() -> None:
    field = FIELDS.writable["do_not_call_custom_list"]

    assert "5551230001" not in repr(canonical(field, [{"phone": "+15551230001"}]))
    assert "5551230001" not in repr(canonical(field, "+15551230001"))

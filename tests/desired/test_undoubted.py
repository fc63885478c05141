"""What is passed over without a look at what may be doubted: never anything that would be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.errors import backwards
from reconciler.desired.sure import surely
from reconciler.desired.undoubted import are_legal, undoubted, undoubted_hours
from reconciler.desired.warnings import doubts, legal_doubts, windows
from reconciler.hours.legal import places_of, rules, rules_for
from reconciler.model.document import Value
from reconciler.model.fields import campaign_fields, environment_fields

FIELDS = campaign_fields().writable
TODAY = date(2026, 11, 23)
PART = {field.calendar: field.name for field in FIELDS.values() if field.calendar}
ZONES = ["America/New_York", "US/Eastern", "Etc/GMT+2", "UTC", "Europe/London", "Europe/Paris", "Asia/Tokyo", "Mars"]

TIMES = st.sampled_from(["9:00", "09:00", "09:00:00", "8:30", "11:45", "12:00", "18:00", "20:59", "23:59", " 9:00", ""])
WINDOWS = st.lists(st.fixed_dictionaries({"start": TIMES, "end": TIMES}), max_size=4)
WORDS = st.lists(st.sampled_from(["busy", " busy", "Busy", "no-answer", "+1555000000", "1555000000", "+1 555000000"]))
NUMBERS = st.lists(st.integers(0, 8) | st.sampled_from([1.0, True, "1", "01"]), max_size=4)
DATES = st.sampled_from(["2026-11-22", "2026-11-23", "2026-11-24", "9999-12-31", ""])
TEXTS = st.lists(st.sampled_from(["~", "${", "A", "}", "{{", "}}", "{", "$", " ", "é"]), max_size=6).map("".join)
SAID = TEXTS | st.sampled_from(ZONES)
VALUES = st.none() | SAID | WINDOWS | WORDS | NUMBERS | DATES | st.lists(st.none() | WORDS, max_size=2)


@given(name=st.sampled_from([*FIELDS]), value=VALUES)
def test_what_is_undoubted_has_no_doubts(name: str, value: object) -> None:
    field = FIELDS[name]
    if surely(field.schema)(value) and undoubted(field, TODAY)(value):
        assert [*doubts(field, value, TODAY)] == []
        assert [*backwards(field, value)] == []


@given(entries=WINDOWS, days=st.none() | st.lists(st.integers(1, 7)), zone=st.sampled_from(ZONES))
def test_what_is_surely_legal_is_not_doubted(entries: list[dict[str, str]], days: list[int] | None, zone: str) -> None:
    values: dict[str, Value] = {"call_time_ranges": entries, "days_of_week": days, "timezone": zone}
    if are_legal(values, PART):
        on = None if days is None else frozenset(days)
        held = rules_for(places_of(None, zone), None, rules())
        assert [*legal_doubts(windows(FIELDS["call_time_ranges"], entries), on, held)] == []


def of(*times: str) -> list[dict[str, str]]:
    return [dict(zip(("start", "end"), window.split("-"), strict=True)) for window in times]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("end_date", None, id="no end"),
        pytest.param("end_date", "2026-11-23", id="the last day is today"),
        pytest.param("timezone", "Europe/London", id="a place"),
        pytest.param("days_of_week", [3, 1], id="days"),
        pytest.param("auto_dnc_trigger_statuses", ["busy", "no_answer"], id="words"),
        pytest.param("auto_dnc_trigger_statuses", [], id="no words"),
        pytest.param("do_not_call_custom_list", ["+15550000001", "+15550000002"], id="numbers"),
        pytest.param("call_time_ranges", of("09:00-12:00", "12:00-15:30", "16:00-23:59"), id="windows one by one"),
        pytest.param("description", "anything", id="a text"),
    ],
)
def test_what_most_files_say_is_undoubted(name: str, value: object) -> None:
    assert undoubted(FIELDS[name], TODAY)(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("end_date", "2026-11-22", id="the last day has passed"),
        pytest.param("timezone", "US/Eastern", id="an old name"),
        pytest.param("days_of_week", [1, True], id="different types"),
        pytest.param("days_of_week", [1, 1], id="a day twice"),
        pytest.param("days_of_week", None, id="no list"),
        pytest.param("auto_dnc_trigger_statuses", ["busy", " busy"], id="a word that is compared trimmed"),
        pytest.param("do_not_call_custom_list", ["+1 5550000001"], id="a number that is compared without blanks"),
        pytest.param("call_time_ranges", of("09:00-12:00", "11:00-15:30"), id="windows that overlap"),
        pytest.param("call_time_ranges", of("12:00-09:00"), id="a window that ends before it starts"),
        pytest.param("call_time_ranges", ["09:00-12:00"], id="no windows"),
    ],
)
def test_what_is_left_open(name: str, value: object) -> None:
    assert not undoubted(FIELDS[name], TODAY)(value)


@pytest.mark.parametrize(
    ("entries", "days", "zone", "expected"),
    [
        pytest.param(of("09:00-20:00"), [1, 2], "America/New_York", True, id="within the day"),
        pytest.param(of("07:00-20:00"), [1, 2], "America/New_York", False, id="before the day"),
        pytest.param(of("00:00-23:59"), None, "Asia/Tokyo", True, id="a country that is not known"),
        pytest.param(of("9:00-20:00"), [1], "America/New_York", False, id="another spelling is left open"),
        pytest.param(of("09:00-10:00"), [7], "Europe/Paris", False, id="a day without any legal hours"),
        pytest.param([None], [1], "America/New_York", False, id="no window"),
        pytest.param(None, [1], "America/New_York", True, id="no windows"),
        pytest.param(of("01:00-02:00"), [1], None, True, id="no zone"),
        pytest.param(of("09:00-10:00"), [], "America/New_York", True, id="no days"),
        pytest.param(of("09:00-10:00"), [8], "America/New_York", False, id="a day that is none"),
    ],
)
def test_what_is_surely_legal(entries: object, days: object, zone: object, expected: bool) -> None:  # noqa: FBT001
    assert are_legal({"call_time_ranges": entries, "days_of_week": days, "timezone": zone}, PART) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"jurisdiction": ["US-FL"]}, False, id="of a place without a zone"),
        pytest.param({"jurisdiction": ["US-TX"]}, True, id="a state without rules has its country's"),
        pytest.param({"jurisdiction": ["US", "US-FL"], "timezone": "Asia/Tokyo"}, False, id="the hours of all places"),
        pytest.param({"jurisdiction": ["MN"], "timezone": "America/New_York"}, True, id="a place without any"),
        pytest.param({"timezone": "America/Puerto_Rico"}, True, id="the country of the zone"),
        pytest.param({"jurisdiction": ["US-FL"], "campaign_type": "reminder"}, True, id="what the rule is not about"),
    ],
)
def test_the_places_and_the_type_decide(values: dict[str, Value], expected: bool) -> None:  # noqa: FBT001
    assert are_legal({"call_time_ranges": of("08:00-21:00"), **values}, PART) is expected


def test_of_fields_that_are_no_calendar_no_hours_are_doubted() -> None:
    assert undoubted_hours(environment_fields())({"call_time_ranges": of("01:00-02:00")})

"""One spelling for every value: each way in which the API is known to write a thing reads as the same thing."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.canonical import (
    UNSET,
    Canonical,
    Entry,
    Nested,
    OuterBounds,
    Unexpected,
    canonical,
    is_plainly_same,
    is_shown,
    is_window,
    live_canonical,
    same,
    time_of_day,
)
from reconciler.model.document import Value
from reconciler.model.fields import Field, fields_of
from reconciler.model.sensitive import HashKey, Salt, SensitiveCount, SensitiveSet
from reconciler.model.written import fingerprint, to_api
from tests.support.campaigns import FIELDS

NAME = FIELDS.writable["name"]
END_DATE = FIELDS.writable["end_date"]
DAYS = FIELDS.writable["days_of_week"]
WINDOWS = FIELDS.writable["call_time_ranges"]
RETRIES = FIELDS.writable["max_retries"]
FLAG = FIELDS.writable["auto_complete"]
SOURCE = FIELDS.writable["do_not_call_list_source"]
NUMBERS = FIELDS.writable["do_not_call_custom_list"]
TRIGGERS = FIELDS.writable["auto_dnc_trigger_statuses"]
NESTED = fields_of({"properties": {"it": {"type": "object"}}}).writable["it"]

ONE, TWO = "+15551230001", "+15551230002"
KEY = HashKey(b"k" * 32)
HERE = Salt("host c-1", KEY)


def check(of: Field, value: Value, expected: Canonical) -> None:
    actual = canonical(of, value)

    assert (type(actual), actual) == (type(expected), expected)


@pytest.mark.parametrize("written", ["9:00", "09:00", "09:00:00", " 09:00 ", "9:00:00", "09:00:00.000000"])
def test_times_are_hours_and_minutes(written: str) -> None:
    assert time_of_day(written) == "09:00"


@pytest.mark.parametrize("written", ["24:00", "9", "09:60", "noon", "", "09:00 PM", "\u0967\u0966:\u0966\u0966"])
def test_what_is_no_time_is_left_as_it_is(written: str) -> None:
    assert time_of_day(written) == written


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2026-01-05", "2026-01-05", id="a date"),
        pytest.param(" 2026-01-05 ", "2026-01-05", id="a date with blanks around it"),
        pytest.param("2026-01-05T00:00:00Z", "2026-01-05", id="midnight in UTC"),
        pytest.param("2026-01-05T00:00:00.000000Z", "2026-01-05", id="midnight with microseconds"),
        pytest.param("2026-01-05 00:00:00", "2026-01-05", id="midnight as a database writes it"),
        pytest.param("2026-01-05T00:00", "2026-01-05", id="midnight without seconds"),
        pytest.param("2026-01-05T00:00:00+02:00", "2026-01-05", id="midnight on a clock of its own"),
        pytest.param("2026-01-05T05:00:00Z", "2026-01-05", id="midnight in New York, seen from UTC"),
        pytest.param("2026-01-04T23:00:00Z", "2026-01-05", id="midnight in Madrid, seen from UTC"),
        pytest.param("2020-05-17T22:00:00Z", "2020-05-18", id="midnight in Madrid in summer"),
        pytest.param("2026-06-30T12:00:00Z", "2026-07-01", id="midnight in Auckland, over the end of a month"),
        pytest.param("2025-12-31T18:30:00Z", "2026-01-01", id="midnight in Kolkata, over the end of a year"),
        pytest.param("2028-02-28T23:00:00Z", "2028-02-29", id="into a leap day"),
        pytest.param("2026-01-05T11:59:59Z", "2026-01-05", id="just before noon"),
        pytest.param("", None, id="an empty text"),
        pytest.param("  ", None, id="blanks"),
        pytest.param(None, None, id="null"),
        pytest.param("soon", "soon", id="no date at all"),
        pytest.param("2026-02-30T23:00:00Z", "2026-02-30T23:00:00Z", id="a day that does not exist"),
        pytest.param("9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z", id="the last day of all"),
        pytest.param(20260105, 20260105, id="a number"),
    ],
)
def test_a_timestamp_means_the_date_whose_midnight_is_nearest(value: Value, expected: Canonical) -> None:
    check(END_DATE, value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(3, 3, id="a number"),
        pytest.param("3", 3, id="as text"),
        pytest.param(" 3 ", 3, id="as text with blanks"),
        pytest.param("3.0", 3, id="as text with nothing behind the point"),
        pytest.param("+3", 3, id="with a sign"),
        pytest.param("-3", -3, id="negative"),
        pytest.param("007", 7, id="with noughts before it"),
        pytest.param(3.0, 3, id="whole, as a float"),
        pytest.param(2.5, 2.5, id="broken"),
        pytest.param("2.5", 2.5, id="broken, as text"),
        pytest.param(True, True, id="true is not 1"),
        pytest.param(False, False, id="false is not 0"),
        pytest.param(None, None, id="null"),
        pytest.param("", None, id="an empty text"),
        pytest.param("three", "three", id="a word"),
        pytest.param("1e3", "1e3", id="a notation that nobody uses"),
        pytest.param([], None, id="an empty list"),
        pytest.param([3], Unexpected("[3]"), id="a list"),
    ],
)
def test_numbers_as_strings_are_numbers(value: Value, expected: Canonical) -> None:
    check(RETRIES, value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(True, True, id="true"),
        pytest.param(False, False, id="false"),
        pytest.param(1, True, id="1"),
        pytest.param(0, False, id="0"),
        pytest.param("1", True, id="1 as text"),
        pytest.param("0", False, id="0 as text"),
        pytest.param(" 1 ", True, id="1 as text with blanks"),
        pytest.param(None, None, id="null is not false"),
        pytest.param(2, 2, id="another number"),
        pytest.param("yes", "yes", id="a word"),
        pytest.param({"on": True}, Unexpected("{'on': True}"), id="an object"),
    ],
)
def test_noughts_and_ones_are_booleans_where_the_field_is_boolean(value: Value, expected: Canonical) -> None:
    check(FLAG, value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("Spring", "Spring", id="a text"),
        pytest.param("  Spring\n", "Spring", id="trimmed"),
        pytest.param("\u200bSpring\ufeff", "Spring", id="trimmed of what nobody sees"),
        pytest.param("a  b", "a  b", id="blanks inside count"),
        pytest.param("", None, id="empty is null"),
        pytest.param("   ", None, id="blank is null"),
        pytest.param(None, None, id="null"),
        pytest.param(7, 7, id="a number is not a text"),
    ],
)
def test_text_is_compared_trimmed_and_empty_is_null(value: Value, expected: Canonical) -> None:
    check(NAME, value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("campaign", "custom"), ("custom", "custom"), (" campaign ", "custom"), ("global", "global"), (None, None)],
)
def test_answers_may_call_the_custom_list_that_of_the_campaign(value: Value, expected: Canonical) -> None:
    check(SOURCE, value, expected)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([1, 3], id="a list"),
        pytest.param([3, 1], id="in another order"),
        pytest.param([1, 3, 3, 1], id="with repetitions"),
        pytest.param(["1", "3"], id="numbers as texts"),
        pytest.param([1.0, "3.0"], id="numbers with a point"),
        pytest.param({"0": 1, "1": 3}, id="an object with positions as keys"),
        pytest.param({"4": 3, "9": "1"}, id="an object with gaps"),
        pytest.param({0: 1, 1: 3}, id="an object with numbers as keys"),
    ],
)
def test_days_are_a_set(value: Value) -> None:
    check(DAYS, value, frozenset({1, 3}))


@pytest.mark.parametrize("of", [DAYS, TRIGGERS, WINDOWS], ids=lambda of: str(of.name))
@pytest.mark.parametrize("value", [None, [], {}, ""], ids=repr)
def test_null_and_empty_are_the_same_for_lists(of: Field, value: Value) -> None:
    check(of, value, frozenset())


@pytest.mark.parametrize("value", [None, [], {}], ids=repr)
def test_a_hidden_list_may_be_empty(value: Value) -> None:
    check(NUMBERS, value, SensitiveSet(frozenset()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param([True, 3], {Unexpected("True"), 3}, id="true is not 1, in a set neither"),
        pytest.param(5, {Unexpected("5")}, id="a scalar is no list"),
        pytest.param("[1, 2]", {Unexpected("[1, 2]")}, id="a text is no list, be it JSON"),
        pytest.param({"first": 1}, {Unexpected("{'first': 1}")}, id="an object with names"),
        pytest.param([[1]], {Unexpected("[1]")}, id="lists in a list"),
    ],
)
def test_lists_of_an_unexpected_form_differ_from_every_expected_one(value: Value, expected: set[Entry]) -> None:
    check(DAYS, value, frozenset(expected))


def test_words_in_a_list_are_trimmed() -> None:
    check(TRIGGERS, [" voicemail", "busy ", "busy"], frozenset({"voicemail", "busy"}))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}], id="as documented"),
        pytest.param([{"start": "13:00", "end": "17:00"}, {"start": "09:00", "end": "12:00"}], id="in another order"),
        pytest.param(
            [{"start": "9:00:00", "end": "12:00:00"}, {"start": "13:00", "end": "17:00:00"}], id="with seconds"
        ),
        pytest.param(
            {"0": {"start": "09:00", "end": "12:00"}, "1": {"start": "13:00", "end": "17:00"}}, id="as an object"
        ),
        pytest.param(
            [{"start": "09:00", "end": "12:00", "id": 4}, {"start": "13:00", "end": "17:00", "label": "pm"}],
            id="with keys that nobody knows",
        ),
        pytest.param([{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}] * 2, id="repeated"),
    ],
)
def test_windows_are_a_set_of_starts_and_ends(value: Value) -> None:
    check(WINDOWS, value, frozenset({("09:00", "12:00"), ("13:00", "17:00")}))


UNEXPECTED_WINDOWS: list[Any] = [
    pytest.param([None], None, id="null"),
    pytest.param(["09:00-17:00"], "09:00-17:00", id="a text"),
    pytest.param([9], 9, id="a number"),
    pytest.param([{"start": 9, "end": 17}], "{'start': 9, 'end': 17}", id="numbers for times"),
    pytest.param([{"from": "09:00"}], "{'from': '09:00'}", id="other keys"),
    pytest.param([["09:00", "17:00"]], "['09:00', '17:00']", id="a pair"),
]


@pytest.mark.parametrize(("value", "written"), UNEXPECTED_WINDOWS)
def test_windows_of_an_unexpected_form_can_be_compared_and_shown(value: Value, written: Value) -> None:
    found = canonical(WINDOWS, value)

    assert not same(found, canonical(WINDOWS, [{"start": "09:00", "end": "17:00"}]))
    assert to_api(WINDOWS, found) == [written]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (("09:00", "17:00"), True),
        (("17:00", "09:00"), False),
        (("09:00", "09:00"), False),
        (("noon", "17:00"), False),
        (Unexpected("[]"), False),
        ("09:00-17:00", False),
        ((9, 17), False),
    ],
)
def test_a_window_is_two_times_in_order(entry: Canonical, *, expected: bool) -> None:
    assert is_window(entry) is expected


@pytest.mark.parametrize("value", [None, [], {}], ids=repr)
def test_an_empty_object_is_null(value: Value) -> None:
    check(NESTED, value, None)


def test_a_nested_value_is_compared_whole_without_regard_to_the_order_of_keys() -> None:
    check(NESTED, {"b": [1, 2], "a": {"c": True}}, canonical(NESTED, {"a": {"c": True}, "b": [1, 2]}))
    assert Nested('{"a": 1}').value == {"a": 1}


@pytest.mark.parametrize(
    ("one", "other"), [({"a": True}, {"a": 1}), ({"a": "1"}, {"a": 1}), ({"a": [1, 2]}, {"a": [2, 1]})]
)
def test_inside_a_nested_value_type_and_order_count(one: Value, other: Value) -> None:
    assert not same(canonical(NESTED, one), canonical(NESTED, other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1, True),
        (1, True, False),
        (0, False, False),
        (1, 1.0, False),
        (None, None, True),
        (None, False, False),
        ("1", 1, False),
        (frozenset({1}), frozenset({1}), True),
        (SensitiveSet(frozenset({ONE})), SensitiveSet(frozenset({ONE})), True),
        (SensitiveSet(frozenset({ONE})), frozenset({ONE}), False),
        (UNSET, None, False),
    ],
)
def test_equal_is_equal_in_type_and_value(one: Canonical, other: Canonical, *, expected: bool) -> None:
    assert same(one, other) is expected


# What the answers show of windows


RANGES = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
PAIR = {"earliest_call_time": "09:00:00", "latest_call_time": "17:00:00"}
BOUNDS = OuterBounds("09:00", "17:00")
BOTH = frozenset({("09:00", "12:00"), ("13:00", "17:00")})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param({"call_time_ranges": RANGES}, BOTH, id="windows"),
        pytest.param({"call_time_ranges": RANGES, **PAIR}, BOTH, id="both: the windows count"),
        pytest.param(PAIR, BOUNDS, id="the older pair alone"),
        pytest.param({"call_time_ranges": None, **PAIR}, BOUNDS, id="null windows beside the older pair"),
        pytest.param({"call_time_ranges": [], **PAIR}, BOUNDS, id="no windows beside the older pair"),
        pytest.param({"call_time_ranges": {}, **PAIR}, BOUNDS, id="an empty object beside the older pair"),
        pytest.param({"call_time_ranges": None}, frozenset(), id="null alone"),
        pytest.param(
            {"call_time_ranges": [], "earliest_call_time": None, "latest_call_time": None}, frozenset(), id="all empty"
        ),
    ],
)
def test_windows_come_in_the_new_form_or_the_older_one_or_both(answer: dict[str, Value], expected: Canonical) -> None:
    assert (is_shown(WINDOWS, answer), live_canonical(WINDOWS, answer)) == (True, expected)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="neither"),
        pytest.param({"earliest_call_time": "09:00"}, id="half of the older pair"),
        pytest.param({"earliest_call_time": None, "latest_call_time": "17:00"}, id="half of it null"),
    ],
)
def test_windows_that_no_form_shows_are_unknown(answer: dict[str, Value]) -> None:
    assert not is_shown(WINDOWS, answer)
    with pytest.raises(KeyError):
        live_canonical(WINDOWS, answer)


def test_a_missing_field_is_unknown_and_a_null_one_is_known() -> None:
    assert (is_shown(END_DATE, {}), is_shown(END_DATE, {"end_date": None})) == (False, True)
    assert live_canonical(END_DATE, {"end_date": None}) is None


# What is written to the API


@pytest.mark.parametrize(
    ("of", "value", "expected"),
    [
        pytest.param(DAYS, frozenset({5, 1, 3}), [1, 3, 5], id="a set is a sorted list"),
        pytest.param(TRIGGERS, frozenset({"b", "a"}), ["a", "b"], id="words in order"),
        pytest.param(DAYS, frozenset({3, "x", None, 1}), [None, 1, 3, "x"], id="a mixed set can be written"),
        pytest.param(DAYS, frozenset({Unexpected("[1]")}), ["[1]"], id="what was unexpected, as text"),
        pytest.param(
            WINDOWS,
            frozenset({("13:00", "17:00"), ("09:00", "12:00")}),
            RANGES,
            id="windows as start and end, in order",
        ),
        pytest.param(NUMBERS, SensitiveSet(frozenset({TWO, ONE})), [ONE, TWO], id="hidden numbers, sorted"),
        pytest.param(NESTED, Nested('{"a": [1]}'), {"a": [1]}, id="a nested value"),
        pytest.param(NESTED, None, {}, id="an emptied object"),
        pytest.param(NAME, None, "", id="an emptied text"),
        pytest.param(END_DATE, None, None, id="a date that is cleared"),
        pytest.param(RETRIES, None, None, id="a number that was never set"),
        pytest.param(RETRIES, 3, 3, id="a number"),
        pytest.param(FLAG, False, False, id="false"),
        pytest.param(NAME, "Spring", "Spring", id="a text"),
        pytest.param(NAME, Unexpected("{}"), "{}", id="an unexpected value as text"),
        pytest.param(RETRIES, UNSET, None, id="nothing at all"),
    ],
)
def test_values_are_written_as_the_api_documents_them(of: Field, value: Canonical, expected: Value) -> None:
    assert to_api(of, value) == expected


def test_hidden_numbers_are_a_set_whatever_their_order() -> None:
    check(NUMBERS, [TWO, f" {ONE} ", TWO], SensitiveSet(frozenset({ONE, TWO})))
    check(NUMBERS, {"0": ONE, "1": TWO}, SensitiveSet(frozenset({ONE, TWO})))


@pytest.mark.parametrize(
    ("of", "one", "other"),
    [
        pytest.param(DAYS, frozenset({1, 2}), frozenset({2, 1}), id="sets"),
        pytest.param(NUMBERS, SensitiveSet(frozenset({ONE})), SensitiveSet(frozenset({ONE})), id="hidden numbers"),
        pytest.param(NESTED, Nested('{"a": 1}'), Nested('{"a": 1}'), id="nested values"),
        pytest.param(END_DATE, None, None, id="null"),
    ],
)
def test_fingerprints_of_equal_values_are_equal_and_salted(of: Field, one: Canonical, other: Canonical) -> None:
    assert fingerprint(of, one, HERE) == fingerprint(of, other, HERE)
    assert fingerprint(of, one, HERE) != fingerprint(of, one, Salt("host c-2", KEY))


@pytest.mark.parametrize(("one", "other"), [(True, 1), (False, 0), (1, "1"), (None, "None")])
def test_fingerprints_of_different_values_differ(one: Canonical, other: Canonical) -> None:
    assert fingerprint(END_DATE, one, HERE) != fingerprint(END_DATE, other, HERE)


@pytest.mark.parametrize(
    "value", [SensitiveSet(frozenset({ONE})), Nested("{}"), BOUNDS, UNSET, SensitiveCount(1, 0, 0, "")]
)
def test_canonical_values_cannot_be_changed(value: Any) -> None:  # noqa: ANN401 - several classes
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError, AttributeError)):
        value.text = "changed"


def test_an_unexpected_value_is_never_taken_for_a_window() -> None:
    found = canonical(WINDOWS, [["09:00", "17:00"], {"start": "09:00", "end": "17:00"}])

    assert found == frozenset({Unexpected("['09:00', '17:00']"), ("09:00", "17:00")})
    assert to_api(WINDOWS, found) == [{"start": "09:00", "end": "17:00"}, "['09:00', '17:00']"]


@pytest.mark.parametrize(
    ("of", "one", "other", "is_same"),
    [
        pytest.param(RETRIES, 3, 3, True, id="a number"),
        pytest.param(RETRIES, 1, True, False, id="true is not 1"),
        pytest.param(END_DATE, None, None, False, id="of null nothing is said"),
        pytest.param(DAYS, [1, 2, 2], [2, 1], True, id="a set in another order"),
        pytest.param(DAYS, [1, 2], [True, 2], False, id="true is not 1 in a set"),
        pytest.param(DAYS, [1, 2], [1.0, 2.0], False, id="numbers of another kind"),
        pytest.param(NUMBERS, [ONE, TWO], [TWO, ONE], True, id="people in another order"),
        pytest.param(NUMBERS, [ONE], [ONE, TWO], False, id="one more of them"),
        pytest.param(NUMBERS, [{"phone": ONE}], [{"phone": ONE}], False, id="rows instead of numbers"),
        pytest.param(NESTED, {"a": [1]}, {"a": [1]}, True, id="an object"),
        pytest.param(NESTED, {"a": [1]}, {"a": [True]}, False, id="true is not 1 in an object"),
        pytest.param(NESTED, [1, 2], [2, 1], False, id="a list whose order counts"),
    ],
)
def test_what_is_plainly_the_same_needs_no_second_look(of: Field, one: Value, other: Value, *, is_same: bool) -> None:
    assert is_plainly_same(of, one, other) is is_same


SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.0, "", "1", " 1", ONE, ONE[1:], f"{ONE},{TWO}", "09:00", "9:00"]
)
LISTS = st.lists(SCALARS | st.fixed_dictionaries({"start": SCALARS, "end": SCALARS}), max_size=3)


@given(st.sampled_from([DAYS, WINDOWS, RETRIES, FLAG, SOURCE, NUMBERS, TRIGGERS, NESTED]), *[SCALARS | LISTS] * 2)
def test_what_is_plainly_the_same_has_one_spelling(of: Field, one: Value, other: Value) -> None:
    if is_plainly_same(of, one, other):
        assert same(canonical(of, one), canonical(of, other))


@given(
    st.lists(st.sampled_from([ONE, TWO, ONE[1:], f" {TWO}", f"{ONE},{TWO}", "", "x", 15551230001, "+1 555 123 0001"]))
)
def test_a_list_of_people_is_what_each_of_its_entries_is(numbers: list[Value]) -> None:
    whole = canonical(NUMBERS, numbers)
    parts = [canonical(NUMBERS, [number, "no number"]) for number in numbers]

    assert isinstance(whole, SensitiveSet)
    assert set(whole.reveal()) == {
        entry for part in parts if isinstance(part, SensitiveSet) for entry in part.reveal() if entry != "no number"
    }

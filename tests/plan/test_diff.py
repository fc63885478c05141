"""A verdict for every managed field: in sync, changed, unverified or kept; and what a change means for people."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.canonical import UNSET, Canonical, Nested
from reconciler.model.document import Mark, Position, Value
from reconciler.model.fields import Field, fields_of
from reconciler.model.sensitive import SensitiveCount, SensitiveSet
from reconciler.plan.diff import (
    Change,
    Difference,
    Direction,
    Kept,
    UnverifiedField,
    body_of,
    direction,
    inner_differences,
)
from tests.support.campaigns import FIELDS, compared

LOOSENS, TIGHTENS = Direction.LOOSENS, Direction.TIGHTENS
ONE, TWO, THREE = "+15551230001", "+15551230002", "+15551230003"
NOT_SHOWN = "the API does not show it"
COULD_DROP = "; sending it could drop numbers that the API added by itself (allow with --allow-dnc-removals)"
AT = Position("c.yaml", 1, 1)


def of(name: str) -> Field:
    return FIELDS.writable[name]


def change(name: str, before: Canonical, after: Canonical, line: int = 1) -> Change:
    return Change(of(name), before, after, Position("c.yaml", line, 1))


def hidden(*numbers: str) -> SensitiveSet:
    return SensitiveSet(frozenset(numbers))


def windows(*pairs: str) -> list[Value]:
    return [dict(zip(("start", "end"), pair.split("-"), strict=True)) for pair in pairs]


# In sync


IN_SYNC: list[Any] = [
    pytest.param("name", "Spring", "  Spring ", id="text trimmed"),
    pytest.param("name", "Spring", "Spring\u200b", id="what nobody sees at the end"),
    pytest.param("description", "", None, id="empty text and null"),
    pytest.param("timezone", "US/Eastern", "America/New_York", id="an old name of a zone"),
    pytest.param("timezone", "Asia/Kolkata", "Asia/Calcutta", id="an old name of a zone in the answer"),
    pytest.param("start_date", "2026-01-05", "2026-01-04T23:00:00.000000Z", id="a timestamp of the day before"),
    pytest.param("end_date", None, None, id="no end on either side"),
    pytest.param("end_date", None, "", id="no end, as an empty text"),
    pytest.param("days_of_week", [1, 2], ["2", "1", "1"], id="days in any order, as texts"),
    pytest.param("call_time_ranges", windows("9:00-17:00"), windows("09:00:00-17:00:00"), id="times with seconds"),
    pytest.param("max_retries", 3, "3", id="a number as text"),
    pytest.param("auto_complete", True, 1, id="true as 1"),
    pytest.param("auto_complete", False, "0", id="false as 0"),
    pytest.param("do_not_call_list_source", "custom", "campaign", id="the custom list by its other name"),
    pytest.param("do_not_call_custom_list", [ONE, TWO], {"0": TWO, "1": ONE}, id="numbers as an object"),
    pytest.param("do_not_call_custom_list", [], None, id="no numbers and null"),
    pytest.param("auto_dnc_trigger_errors", ["busy"], [" busy"], id="trigger with a blank"),
]


@pytest.mark.parametrize(("name", "desired", "live"), IN_SYNC)
def test_spelling_is_no_difference(name: str, desired: Value, live: Value) -> None:
    assert compared({name: desired}, {name: live}) == Difference()


def test_what_the_file_does_not_name_is_not_looked_at() -> None:
    live = {"max_retries": 3, "do_not_call_custom_list": [ONE], "invented": {"a": 1}, "name": "Spring"}

    assert compared({"name": "Spring"}, live) == Difference()


def test_new_fields_in_an_answer_are_no_difference() -> None:
    assert compared({"max_retries": 3}, {"max_retries": 3, "priority": 9, "segment": {"tier": "gold"}}) == Difference()


# Changed


CHANGED: list[Any] = [
    pytest.param("name", "Spring", "Autumn", "Autumn", "Spring", id="text"),
    pytest.param("description", "", "old", "old", None, id="an emptied text"),
    pytest.param("max_retries", 2, "3", 3, 2, id="a number"),
    pytest.param("auto_complete", False, None, None, False, id="null is not false"),
    pytest.param("end_date", None, "2026-03-01", "2026-03-01", None, id="a date that is cleared"),
    pytest.param("end_date", "2026-03-02", "2026-03-01T00:00:00Z", "2026-03-01", "2026-03-02", id="a day later"),
    pytest.param("days_of_week", [1], [1, 2], frozenset({1, 2}), frozenset({1}), id="a day less"),
    pytest.param("days_of_week", [1], None, frozenset(), frozenset({1}), id="a list that was null"),
    pytest.param("do_not_call_list_source", "custom", None, None, "custom", id="a value that was never set"),
    pytest.param(
        "call_time_ranges",
        windows("09:00-12:00", "13:00-17:00"),
        windows("09:00-17:00"),
        frozenset({("09:00", "17:00")}),
        frozenset({("09:00", "12:00"), ("13:00", "17:00")}),
        id="a lunch break",
    ),
]


@pytest.mark.parametrize(("name", "desired", "live", "before", "after"), CHANGED)
def test_a_difference_is_a_change(name: str, desired: Value, live: Value, before: Canonical, after: Canonical) -> None:
    assert compared({name: desired}, {name: live}) == Difference((change(name, before, after),))


@pytest.mark.parametrize(
    ("name", "desired", "live"),
    [
        pytest.param("max_retries", 1, True, id="true is not 1"),
        pytest.param("max_retries", 0, False, id="false is not 0"),
        pytest.param("auto_complete", False, "false", id="a boolean as a word"),
        pytest.param("end_date", None, "0000-00-00", id="a date of noughts"),
        pytest.param("start_date", "2026-01-05", {"date": "2026-01-05 00:00:00"}, id="a date as an object"),
        pytest.param("days_of_week", [1, 2], "[1, 2]", id="JSON as text"),
        pytest.param("days_of_week", [1, 2], ["monday", "tuesday"], id="names of weekdays"),
        pytest.param("days_of_week", [7], [0], id="a week that begins at 0"),
        pytest.param("days_of_week", [1], [{"day": 1}], id="rows instead of numbers"),
        pytest.param("call_time_ranges", windows("09:00-17:00"), [{"from": "09:00", "to": "17:00"}], id="from and to"),
        pytest.param("call_time_ranges", windows("09:00-17:00"), ["09:00-17:00"], id="windows as texts"),
        pytest.param("auto_dnc_trigger_statuses", ["busy"], '["busy"]', id="words as JSON"),
    ],
)
def test_a_live_value_in_an_unknown_form_is_unverified_and_never_a_change(
    name: str, desired: Value, live: Value
) -> None:
    found = compared({name: desired}, {name: live})

    assert (found.changes, found.kept) == ((), ())
    assert [(one.field.name, one.reason, one.may_send) for one in found.unverified] == [
        (name, "the API shows it in an unknown form", True)
    ]


@pytest.mark.parametrize(
    "live",
    [
        pytest.param([{"phone": TWO}], id="rows"),
        pytest.param([[TWO]], id="lists in a list"),
        pytest.param(f"{ONE},{TWO}", id="one text"),
        pytest.param([ONE, None], id="null among them"),
    ],
)
def test_numbers_in_an_unknown_form_are_not_overwritten_whatever_is_allowed(live: Value) -> None:
    (found,) = compared({LIST: [ONE]}, {LIST: live}).unverified
    (replaced,) = compared({LIST: [ONE]}, {LIST: live}, allow_dnc_removals=True).unverified

    assert (found.may_send, replaced.may_send) == (False, False)


def test_verdicts_come_in_the_order_of_the_schema_and_know_their_lines() -> None:
    found = compared({"max_retries": 2, "name": "B"}, {"name": "A", "max_retries": 3})

    assert found.changes == (change("name", "A", "B", line=2), change("max_retries", 3, 2, line=1))


# Only the older pair of times is shown


PAIR = {"earliest_call_time": "09:00:00", "latest_call_time": "17:00:00"}


def test_one_window_with_the_bounds_that_are_shown_is_in_sync() -> None:
    assert compared({"call_time_ranges": windows("9:00-17:00")}, PAIR) == Difference()


@pytest.mark.parametrize(
    "desired",
    [windows("09:00-12:00", "13:00-17:00"), windows("13:00-17:00", "09:00-10:00", "11:00-12:00")],
    ids=["two windows", "three windows"],
)
def test_several_windows_with_the_bounds_that_are_shown_are_unverified(desired: Value) -> None:
    found = compared({"call_time_ranges": desired}, PAIR)

    assert (found.changes, found.kept) == ((), ())
    assert [(u.field.name, u.reason, u.may_send) for u in found.unverified] == [
        (
            "call_time_ranges",
            "the API shows only the outer bounds 09:00-17:00, not the windows between them",
            True,
        )
    ]


def test_the_same_window_twice_is_one_window() -> None:
    assert compared({"call_time_ranges": windows("09:00-17:00", "9:00-17:00")}, PAIR) == Difference()


@pytest.mark.parametrize(
    "desired",
    [
        pytest.param(windows("08:00-17:00"), id="starts earlier"),
        pytest.param(windows("09:00-18:00"), id="ends later"),
        pytest.param(windows("09:00-12:00", "13:00-16:00"), id="several that end earlier"),
    ],
)
def test_windows_with_other_bounds_are_a_change_from_the_bounds(desired: list[dict[str, str]]) -> None:
    after = frozenset((window["start"], window["end"]) for window in desired)

    assert compared({"call_time_ranges": desired}, PAIR) == Difference(
        (change("call_time_ranges", frozenset({("09:00", "17:00")}), after),)
    )


def test_where_both_forms_are_shown_the_windows_count() -> None:
    live = {"call_time_ranges": windows("09:00-12:00", "13:00-17:00"), **PAIR}

    assert compared({"call_time_ranges": windows("09:00-17:00")}, live).changes != ()


# Unverified


@pytest.mark.parametrize("name", [name for name in FIELDS.writable if name != "do_not_call_custom_list"])
def test_a_managed_field_that_no_answer_shows_is_unverified(name: str) -> None:
    found = compared({name: None}, {})

    assert (found.changes, found.kept) == ((), ())
    assert [(u.field.name, u.reason, u.may_send, u.position) for u in found.unverified] == [(name, NOT_SHOWN, True, AT)]


# The do-not-call numbers protect people


LIST = "do_not_call_custom_list"


def test_numbers_of_the_file_are_added_and_those_that_only_live_has_are_kept() -> None:
    assert compared({LIST: [ONE, TWO]}, {LIST: [TWO, THREE]}) == Difference(
        (change(LIST, hidden(TWO, THREE), hidden(ONE, TWO, THREE)),), kept=(Kept(of(LIST), 1),)
    )


def test_numbers_that_only_live_has_are_no_change() -> None:
    assert compared({LIST: [ONE]}, {LIST: [ONE, TWO, THREE]}) == Difference(kept=(Kept(of(LIST), 2),))


def test_an_empty_list_in_the_file_removes_nobody() -> None:
    assert compared({LIST: []}, {LIST: [ONE]}) == Difference(kept=(Kept(of(LIST), 1),))


def test_with_removals_allowed_the_file_is_the_whole_truth() -> None:
    assert compared({LIST: [ONE]}, {LIST: [TWO]}, allow_dnc_removals=True) == Difference(
        (change(LIST, hidden(TWO), hidden(ONE)),)
    )


@pytest.mark.parametrize("auto_add", [True, "1", None, False, "0"])
def test_a_list_that_is_not_shown_may_not_be_sent_whatever_is_said_of_auto_add_now(auto_add: Value) -> None:
    assert compared({LIST: [ONE]}, {"auto_add_to_dnc_enabled": auto_add}) == Difference(
        unverified=(UnverifiedField(of(LIST), NOT_SHOWN, hidden(ONE), AT, may_send=False),)
    )


def test_a_list_that_is_not_shown_is_sent_where_removals_are_allowed() -> None:
    assert compared({LIST: [ONE]}, {}, allow_dnc_removals=True) == Difference(
        unverified=(UnverifiedField(of(LIST), NOT_SHOWN, hidden(ONE), AT),)
    )


def test_what_the_file_says_of_auto_add_proves_nothing_about_live() -> None:
    found = compared({LIST: [ONE], "auto_add_to_dnc_enabled": False}, {"auto_add_to_dnc_enabled": True})

    assert [u.may_send for u in found.unverified] == [False]


ADDING = fields_of(
    {
        "properties": {
            "tags": {"type": "array", "x-adds-to-live": True, "x-loosens": "removed"},
            "only": {"type": "object", "x-adds-to-live": True},
        }
    }
)


def test_any_field_that_adds_to_live_keeps_what_live_has() -> None:
    found = compared({"tags": ["a"]}, {"tags": ["b"]}, fields=ADDING)

    assert [(c.before, c.after) for c in found.changes] == [(frozenset({"b"}), frozenset({"a", "b"}))]
    assert [kept.count for kept in found.kept] == [1]


def test_a_list_without_a_switch_is_not_sent_blindly() -> None:
    assert [u.may_send for u in compared({"tags": ["a"]}, {}, fields=ADDING).unverified] == [False]


def test_what_has_no_entries_is_replaced() -> None:
    found = compared({"only": {"a": 1}}, {"only": {"b": 2}}, fields=ADDING)

    assert [(c.after, found.kept) for c in found.changes] == [(Nested('{"a": 1}'), ())]


# Directions


def windows_set(*pairs: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(pair.split("-")) for pair in pairs)


DIRECTIONS: list[Any] = [
    ("max_retries", 2, 3, LOOSENS, "more retries"),
    ("max_retries", 3, 2, TIGHTENS, "fewer retries"),
    ("max_retries", None, 2, None, "retries that were never set"),
    ("max_retries", True, 2, None, "true is no number"),
    ("max_retries", "many", 2, None, "a word is no number"),
    ("retry_cooldown_hours", 24, 12, LOOSENS, "a shorter wait"),
    ("retry_cooldown_hours", 12, 24, TIGHTENS, "a longer wait"),
    ("start_date", "2026-02-01", "2026-01-31", LOOSENS, "starts earlier"),
    ("start_date", "2026-01-31", "2026-02-01", TIGHTENS, "starts later"),
    ("end_date", "2026-01-31", "2026-02-01", LOOSENS, "ends later"),
    ("end_date", "2026-02-01", "2026-01-31", TIGHTENS, "ends earlier"),
    ("end_date", "2026-02-01", None, LOOSENS, "no end any more"),
    ("end_date", None, "2026-02-01", TIGHTENS, "an end at last"),
    ("days_of_week", frozenset({1}), frozenset({1, 6}), LOOSENS, "a day more"),
    ("days_of_week", frozenset({1, 6}), frozenset({1}), TIGHTENS, "a day less"),
    ("days_of_week", frozenset({6}), frozenset({1}), LOOSENS, "another day: somebody may be called anew"),
    ("days_of_week", None, frozenset({1}), LOOSENS, "days where none were"),
    ("call_time_ranges", windows_set("09:00-17:00"), windows_set("09:00-12:00", "13:00-17:00"), TIGHTENS, "lunch"),
    ("call_time_ranges", windows_set("09:00-12:00", "13:00-17:00"), windows_set("09:00-17:00"), LOOSENS, "no lunch"),
    ("call_time_ranges", windows_set("09:00-17:00"), windows_set("10:00-18:00"), LOOSENS, "shifted"),
    ("call_time_ranges", windows_set("09:00-12:00", "12:00-17:00"), windows_set("09:00-17:00"), None, "the same hours"),
    ("call_time_ranges", windows_set("22:00-06:00"), windows_set("09:00-17:00"), LOOSENS, "from no real window"),
    ("call_time_ranges", None, windows_set("09:00-17:00"), LOOSENS, "windows where none were"),
    ("timezone", "Europe/London", "America/New_York", LOOSENS, "another zone, always"),
    ("timezone", "America/New_York", "Europe/London", LOOSENS, "the zone back, as well"),
    ("auto_complete", True, False, LOOSENS, "goes on for ever"),
    ("auto_complete", False, True, TIGHTENS, "stops by itself"),
    ("auto_complete", None, True, TIGHTENS, "set at last"),
    ("auto_complete", True, None, None, "unset"),
    ("retry_on_no_conversion", False, True, LOOSENS, "calls again"),
    ("do_not_call_list_source", "custom", "global", LOOSENS, "its own list is not used any more"),
    ("do_not_call_list_source", "global", "custom", LOOSENS, "everybody's list is not used any more"),
    ("do_not_call_list_source", None, "custom", LOOSENS, "a list where another may have been"),
    ("do_not_call_list_source", "custom", "unheard", LOOSENS, "a list nobody knows"),
    ("do_not_call_custom_list", hidden(ONE), hidden(), LOOSENS, "somebody taken off"),
    ("do_not_call_custom_list", hidden(), hidden(ONE), TIGHTENS, "somebody put on"),
    ("do_not_call_custom_list", hidden(ONE), hidden(TWO), LOOSENS, "somebody on, somebody off"),
    (
        "do_not_call_custom_list",
        SensitiveCount(1, 0, 0, ""),
        SensitiveCount(2, 1, 0, ""),
        TIGHTENS,
        "told by counts: one on",
    ),
    (
        "do_not_call_custom_list",
        SensitiveCount(1, 0, 0, ""),
        SensitiveCount(1, 1, 1, ""),
        LOOSENS,
        "told by counts: one off",
    ),
    ("auto_dnc_trigger_errors", frozenset({"a"}), frozenset(), LOOSENS, "a trigger less"),
    ("auto_dnc_trigger_errors", frozenset(), frozenset({"a"}), TIGHTENS, "a trigger more"),
    ("name", "a", "b", None, "a name has no direction"),
    ("max_retries", UNSET, 3, None, "a campaign that is not there yet"),
    ("max_retries", 3, UNSET, None, "a field that is no longer there"),
]


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"), [pytest.param(*row[:4], id=f"{row[0]}: {row[4]}") for row in DIRECTIONS]
)
def test_a_change_loosens_or_tightens(
    name: str, before: Canonical, after: Canonical, expected: Direction | None
) -> None:
    assert change(name, before, after).direction is expected


def test_whole_and_broken_numbers_have_a_direction() -> None:
    share = fields_of({"properties": {"it": {"type": "number", "x-loosens": "higher"}}}).writable["it"]

    assert (direction(share, 1, 1.5), direction(share, 1.5, 1)) == (LOOSENS, TIGHTENS)


def test_choices_that_are_ordered_have_a_direction_where_both_are_known() -> None:
    order = {"type": "string", "enum": ["calm", "busy"], "x-loosens": ["calm", "busy"]}
    pace = fields_of({"properties": {"it": order}}).writable["it"]

    assert [direction(pace, *pair) for pair in (("calm", "busy"), ("busy", "calm"), ("wild", "calm"))] == [
        LOOSENS,
        TIGHTENS,
        None,
    ]


# What differs inside a nested value


def nested(value: Value) -> Nested:
    found = compared({"it": value}, {"it": None}, fields=fields_of({"properties": {"it": {"type": "object"}}}))
    after = found.changes[0].after
    assert isinstance(after, Nested)
    return after


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        pytest.param(
            nested({"a": 1, "b": {"c": 2}}), nested({"a": 1, "b": {"c": 3}}), [("b.c", 2, 3)], id="a value deep inside"
        ),
        pytest.param(nested({"a": 1}), nested({"a": 1, "b": 2}), [("b", None, 2)], id="a key more"),
        pytest.param(nested({"a": 1, "b": 2}), nested({"a": 1}), [("b", 2, None)], id="a key less"),
        pytest.param(nested({"a": [1, 2]}), nested({"a": [1, 3]}), [("a[1]", 2, 3)], id="an entry of a list"),
        pytest.param(nested({"a": 1}), nested({"a": "1"}), [("a", 1, "1")], id="another type"),
        pytest.param(nested({"z": 1, "a": 1}), nested({"z": 2, "a": 2}), [("a", 1, 2), ("z", 1, 2)], id="in order"),
        pytest.param(None, nested({"a": 1}), [("a", None, 1)], id="from nothing"),
    ],
)
def test_what_differs_inside_a_nested_value_is_told_by_its_path(
    before: Canonical, after: Canonical, rows: list[tuple[str, Value, Value]]
) -> None:
    assert inner_differences(before, after) == rows


# What is put


def test_the_body_holds_the_fields_that_it_is_given_and_nothing_else() -> None:
    unverified = UnverifiedField(of("end_date"), NOT_SHOWN, None, AT)
    changes = (change("days_of_week", frozenset({1, 2}), frozenset({5, 1})), change("description", "old", None))

    assert body_of((*changes, unverified)) == {"days_of_week": [1, 5], "description": "", "end_date": None}


def test_no_change_is_an_empty_body() -> None:
    assert body_of(()) == {}


def test_a_change_points_at_the_key_of_its_field() -> None:
    assert compared({"max_retries": 2}, {"max_retries": 3}).changes[0].position == Position("c.yaml", *Mark(1, 1))

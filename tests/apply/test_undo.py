"""What an apply did goes back, as far as nobody changed it since and nobody loses protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.undo import UndoContext, WayBack, asked_for, is_done, way_back
from reconciler.model.campaign import Live, Status
from reconciler.model.canonical import UNSET, canonical
from reconciler.model.document import Position, Value
from reconciler.model.fields import campaign_fields
from reconciler.model.sensitive import HashKey, SensitiveSet, tallies
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.steps import StatusChange
from reconciler.plan.values import salt

FIELDS = campaign_fields()
HOST = "https://talkover.example/api/v1"
KEY = HashKey(b"k" * 32)
PLACE = Position("campaigns/a.yaml", 7, 1)
DNC = "do_not_call_custom_list"
ONE, TWO = "+12025550147", "+12025550148"


def windows(text: str) -> list[dict[str, str]]:
    return [dict(zip(("start", "end"), one.split("-"), strict=True)) for one in text.split()]


def changed(name: str, before: Value, after: Value, place: Position = PLACE) -> Change:
    field = FIELDS.writable[name]
    return Change(field, canonical(field, before), canonical(field, after), place)


def people(before: list[str], after: list[str]) -> Change:
    one, other = (SensitiveSet(frozenset(side)) for side in (before, after))
    return Change(FIELDS.writable[DNC], *tallies(one, other, salt(HOST, "c-1", KEY)), PLACE)


def done(*changes: Change, status: tuple[str, str] | None = None, created: bool = False) -> Outcome:
    return Outcome(
        "c-1",
        "Sales",
        "campaigns/a.yaml",
        Result.APPLIED,
        changes=changes,
        status=StatusChange(*status, PLACE) if status else None,
        is_created=created,
    )


def way(outcome: Outcome, shown: Mapping[str, Value], status: str = "active", **allowed: bool) -> WayBack:
    live = Live("c-1", "Sales", status, shown)
    return way_back(FIELDS, outcome, live, UndoContext(HOST, KEY, **allowed))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param("max_retries", 3, 2, id="a number"),
        pytest.param("end_date", None, "2027-03-01", id="no end"),
        pytest.param("description", None, "words", id="no text"),
        pytest.param("call_time_ranges", windows("09:00-17:00"), windows("10:00-12:00"), id="windows"),
        pytest.param("do_not_call_enabled", True, False, id="protection that was switched off"),
        pytest.param("auto_dnc_trigger_errors", [], ["busy"], id="no entries"),
    ],
)
def test_a_field_that_is_as_it_was_left_goes_back(name: str, before: Value, after: Value) -> None:
    found = way(done(changed(name, before, after)), {name: after})

    field = FIELDS.writable[name]
    assert {key: canonical(field, value) for key, value in found.desired.values.items()} == {
        name: canonical(field, before)
    }
    assert (found.left, found.desired.document.key_position((name,))) == ((), PLACE)


def test_what_is_back_already_needs_nothing() -> None:
    found = way(done(changed("max_retries", 3, 2)), {"max_retries": "3"})

    assert (dict(found.desired.values), found.left) == ({}, ())


@pytest.mark.parametrize(
    ("name", "before", "after", "shown", "told"),
    [
        pytest.param("max_retries", 3, 2, 5, "max_retries was 2 after that run, and is 5 now", id="moved since"),
        pytest.param("days_of_week", [1], [2], "Mon", "unknown form", id="an unknown form"),
        pytest.param("max_retries", None, 2, 2, "it had no value before", id="a number that was not set"),
        pytest.param("do_not_call_list_source", None, "global", "global", "it had no value before", id="no source"),
        pytest.param("do_not_call_enabled", False, True, True, "protection is not switched off", id="protection"),
        pytest.param("do_not_call_list_source", "global", "custom", "custom", "another list", id="another source"),
    ],
)
def test_what_may_not_go_back_is_left_and_told(name: str, before: Value, after: Value, shown: Value, told: str) -> None:
    found = way(done(changed(name, before, after)), {name: shown})

    assert (dict(found.desired.values), len(found.left), told in found.left[0]) == ({}, 1, True)


def test_what_is_not_shown_is_left() -> None:
    assert "does not show it now" in way(done(changed("max_retries", 3, 2)), {}).left[0]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("do_not_call_enabled", False, True), ("do_not_call_list_source", "global", "custom")],
)
def test_protection_goes_where_that_is_allowed(name: str, before: Value, after: Value) -> None:
    found = way(done(changed(name, before, after)), {name: after}, allow_dnc_removals=True)

    assert (dict(found.desired.values), found.left) == ({name: before}, ())


# Windows of which only the outer bounds are shown


@pytest.mark.parametrize(
    ("before", "after", "goes_back", "left", "noticed"),
    [
        pytest.param("09:00-17:00", "09:00-18:00", True, 0, 1, id="as they were left"),
        pytest.param("09:00-18:00", "09:00-17:00", False, 0, 0, id="back already"),
        pytest.param("09:00-16:00", "09:00-17:00", False, 1, 0, id="moved since"),
        pytest.param("09:00-18:00", "09:00-12:00 13:00-18:00", False, 1, 0, id="the same bounds"),
    ],
)
def test_bounds_are_compared_where_nothing_else_is_shown(
    before: str, after: str, *, goes_back: bool, left: int, noticed: int
) -> None:
    bounds = {"earliest_call_time": "09:00:00", "latest_call_time": "18:00:00"}

    found = way(done(changed("call_time_ranges", windows(before), windows(after))), bounds)

    assert (bool(found.desired.values), len(found.left), len(found.notices)) == (goes_back, left, noticed)


# People


def test_a_list_of_people_never_shrinks() -> None:
    found = way(done(people([], [ONE])), {DNC: [ONE]})

    assert (dict(found.desired.values), found.left) == (
        {},
        (f"{DNC}: 1 added number stays: such a list never shrinks",),
    )


def test_people_who_were_taken_off_are_told() -> None:
    assert way(done(people([ONE, TWO], [])), {DNC: []}).left == (
        f"{DNC}: no report holds numbers, so 2 removed numbers can only be put back by hand",
    )


@pytest.mark.parametrize(
    ("before", "shown", "is_emptied"),
    [
        pytest.param([], {DNC: [ONE]}, True, id="a list that was empty"),
        pytest.param([], {DNC: [ONE, TWO]}, False, id="somebody came since"),
        pytest.param([], {DNC: "?"}, False, id="an unknown form"),
        pytest.param([], {}, False, id="not shown"),
        pytest.param([TWO], {DNC: [ONE]}, False, id="somebody was on it before"),
    ],
)
def test_where_that_is_allowed_a_list_that_was_empty_is_emptied(
    before: list[str], shown: Mapping[str, Value], *, is_emptied: bool
) -> None:
    found = way(done(people(before, [*before, ONE])), shown, allow_dnc_removals=True)

    assert (dict(found.desired.values), not found.left) == ({DNC: []} if is_emptied else {}, is_emptied)


# The status


@pytest.mark.parametrize(
    ("made", "now", "wanted", "left"),
    [
        pytest.param(("paused", "active"), "active", Status.PAUSED, 0, id="a start"),
        pytest.param(("active", "paused"), "paused", Status.ACTIVE, 0, id="a pause"),
        pytest.param(("active", "paused"), "active", None, 0, id="back already"),
        pytest.param(("paused", "active"), "draft", None, 1, id="moved since"),
        pytest.param(("draft", "active"), "active", Status.PAUSED, 1, id="a start of a draft"),
        pytest.param(("draft", "paused"), "paused", None, 1, id="no way back"),
        pytest.param(("active", "completed"), "completed", None, 1, id="an end"),
    ],
)
def test_a_status_goes_back_where_there_is_a_way(made: tuple[str, str], now: str, wanted: Status, left: int) -> None:
    found = way(done(status=made), {}, now)

    assert (found.desired.status, len(found.left)) == (wanted, left)


def test_nothing_of_a_campaign_that_is_over_goes_back() -> None:
    found = way(done(changed("max_retries", 3, 2), status=("paused", "active")), {"max_retries": 2}, "cancelled")

    assert (dict(found.desired.values), found.desired.status) == ({}, None)
    assert found.left == ("the campaign is cancelled, which is final: nothing of it can be put back",)


@pytest.mark.parametrize(
    ("now", "cancel", "wanted", "noticed"),
    [
        pytest.param("active", False, Status.PAUSED, 0, id="it calls"),
        pytest.param("draft", False, None, 1, id="a draft"),
        pytest.param("active", True, Status.CANCELLED, 0, id="to be cancelled"),
        pytest.param("draft", True, Status.CANCELLED, 0, id="a draft to be cancelled"),
        pytest.param("completed", True, None, 1, id="it is over"),
    ],
)
def test_a_campaign_that_was_created_calls_nobody_any_more(
    now: str, *, cancel: bool, wanted: Status | None, noticed: int
) -> None:
    created = done(replace(changed("max_retries", 3, 2), before=UNSET), status=("draft", "active"), created=True)

    found = way(created, {"max_retries": 2}, now, cancel_created=cancel)

    assert (dict(found.desired.values), found.desired.status, len(found.notices)) == ({}, wanted, noticed)
    assert (found.left, dict(asked_for(created).values)) == ((), {})


# What is told besides


def test_a_field_of_which_nobody_knew_what_was_there_is_left() -> None:
    unverified = UnverifiedField(FIELDS.writable["auto_complete"], "", UNSET, PLACE)

    found = way(replace(done(), unverified=(unverified,)), {})

    assert found.left == ("auto_complete: sent by that run, and no answer showed what was there before",)


def test_a_run_that_failed_half_way_is_told() -> None:
    failed = replace(done(), result=Result.FAILED, failure=Failure("HTTP 500"))

    assert way(failed, {}).notices == ("that run ended here with: HTTP 500",)


def test_what_an_apply_did_nothing_to_is_not_asked_for() -> None:
    assert [is_done(done()), is_done(done(changed("max_retries", 3, 2)))] == [False, True]
    assert dict(asked_for(done(changed("max_retries", 3, 2))).values) == {"max_retries": None}


def test_a_value_that_came_from_defaults_is_told_where_it_stands() -> None:
    place = Position("campaigns/_defaults.yaml", 3, 1)
    outcome = replace(done(changed("max_retries", 3, 2, place), status=("paused", "active")), file="")

    document = way(outcome, {"max_retries": 2}).desired.document

    assert (document.file, document.key_position(("max_retries",))) == ("c-1", place)

"""Values, steps and summaries in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.canonical import canonical
from reconciler.model.document import Position, Value
from reconciler.model.fields import Field, campaign_fields, fields_of
from reconciler.plan.diff import Change
from reconciler.render import words
from tests.support.plans import SHOWN, planned

FIELDS = campaign_fields()
DRAFT = {"status": "draft"}
HERE = Position("c.yaml", 1, 1)
INVENTED = fields_of(
    {
        "properties": {
            "extra": {"type": "object", "x-compare": "nested"},
            "secret": {"type": "string", "x-sensitive": True},
        }
    }
)


def change(of: Field, before: Value, after: Value) -> Change:
    return Change(of, canonical(of, before), canonical(of, after), HERE)


def said(name: str, before: Value, after: Value) -> tuple[str, str]:
    return words.before_after(change(FIELDS.writable[name], before, after))


@pytest.mark.parametrize(
    ("name", "before", "after", "said_before", "said_after"),
    [
        pytest.param("max_retries", 3, "2", "3", "2", id="numbers"),
        pytest.param("retry_cooldown_hours", 12, None, "12 h", "none", id="a unit, and nothing"),
        pytest.param("retry_cooldown_hours", 1.5, 2, "1.5 h", "2 h", id="a fraction"),
        pytest.param("auto_complete", "0", True, "no", "yes", id="booleans"),
        pytest.param("end_date", "2027-03-31T00:00:00Z", None, "2027-03-31", "no end", id="dates without end"),
        pytest.param("description", None, "Call\nthem", "none", r"Call\nthem", id="text"),
        pytest.param("timezone", "Europe/Paris", "Europe/Rome", "Europe/Paris", "Europe/Rome", id="zones"),
        pytest.param("days_of_week", [5, 1, 2, 3, 4], list(range(1, 8)), "Mon-Fri", "every day", id="days"),
        pytest.param("days_of_week", [], [1, 3], "no day", "Mon, Wed", id="no days before"),
        pytest.param("days_of_week", [0, 1], [1], "0, 1", "Mon", id="days of another numbering"),
        pytest.param("days_of_week", [True], [1], "True", "Mon", id="a boolean among the days"),
        pytest.param(
            "call_time_ranges",
            [{"start": "9:00:00", "end": "17:00"}],
            [{"start": "13:00", "end": "17:00"}, {"start": "09:00", "end": "12:00"}],
            "09:00-17:00",
            "09:00-12:00, 13:00-17:00",
            id="windows",
        ),
        pytest.param(
            "call_time_ranges",
            [{"start": "17:00", "end": "09:00"}, {"from": 9}],
            [],
            "17:00-09:00, {'from': 9}",
            "no hours",
            id="windows that are none",
        ),
        pytest.param(
            "auto_dnc_trigger_statuses",
            ["completed", "busy"],
            ["voicemail", "completed"],
            "busy, completed",
            "completed, voicemail",
            id="words added and removed",
        ),
        pytest.param("auto_dnc_trigger_errors", None, ["b", "a"], "none", "a, b", id="words where none were"),
        pytest.param("auto_dnc_trigger_errors", ["a"], [], "a", "none", id="no words any more"),
        pytest.param(
            "auto_dnc_trigger_errors",
            [f"e{i}" for i in range(9)],
            [f"f{i}" for i in range(9)],
            "9 entries",
            "9 entries (+f0 +f1 +f2 +f3 +f4 +f5 +f6 +f7 and 10 more)",
            id="many words",
        ),
        pytest.param("max_retries", "many", 2, "many", "2", id="text for a number"),
        pytest.param("max_retries", [1], 2, "[1]", "2", id="a list for a number"),
        pytest.param("auto_complete", "yes", True, "'yes'", "True", id="what would read the same"),
        pytest.param("name", "Café", "Cafe\u0301", r"'Caf\xe9'", "'Cafe\\u0301'", id="what would look the same"),
        pytest.param("name", "A\u00a0B", "A B", r"'A\xa0B'", "'A B'", id="spaces of two kinds"),
    ],
)
def test_before_and_after_in_words(name: str, before: Value, after: Value, said_before: str, said_after: str) -> None:
    actual = said(name, before, after)

    assert actual == (said_before, said_after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(1, 2, ("1 number", "2 numbers (1 added)"), id="added"),
        pytest.param(2, 0, ("2 numbers", "0 numbers (2 removed)"), id="removed"),
    ],
)
def test_numbers_are_only_counted(before: int, after: int, expected: tuple[str, str]) -> None:
    numbers = ["+12025550101", "+12025550102"]

    assert said("do_not_call_custom_list", numbers[:before], numbers[:after]) == expected


def test_numbers_that_are_exchanged_are_counted_both_ways() -> None:
    actual = said("do_not_call_custom_list", ["+12025550101"], ["+12025550102"])

    assert actual == ("1 number", "1 number (1 added, 1 removed)")


def test_any_other_sensitive_value_is_hidden() -> None:
    secret = INVENTED.writable["secret"]

    assert words.before_after(change(secret, "one", "other")) == ("hidden", "hidden (changed)")
    assert words.value(secret, "one") == "hidden"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"a": 1, "b": {"c": "x"}, "d": 0}, {"a": 2, "b": {"c": "y"}, "d": 0}, ('a: 1; b.c: "x"', 'a: 2; b.c: "y"'),
            id="only what differs",
        ),
        pytest.param(None, {"a": [1]}, ("a: none", "a: [1]"), id="nothing before"),
        pytest.param({"a": 1}, [1], ('{"a": 1}', "[1]"), id="another kind"),
        pytest.param({"a": "\x1b"}, {"a": "\u202e"}, (r'a: "\u001b"', r'a: "\u202e"'), id="control characters"),
        pytest.param(
            {}, {f"k{i}": i for i in range(10)},
            ("; ".join(f"k{i}: none" for i in range(8)) + "; and 2 more",
             "; ".join(f"k{i}: {i}" for i in range(8)) + "; and 2 more"),
            id="much at once",
        ),
    ],
)  # fmt: skip
def test_nested_values_are_told_by_what_differs_inside(before: Value, after: Value, expected: tuple[str, str]) -> None:
    assert words.before_after(change(INVENTED.writable["extra"], before, after)) == expected


def test_a_nested_value_by_itself_is_told_as_json() -> None:
    extra = INVENTED.writable["extra"]

    assert words.value(extra, canonical(extra, {"a": [1, True]})) == '{"a": [1, true]}'


def test_long_texts_are_told_from_where_they_part() -> None:
    common = "x" * 300
    before, after = said("description", f"{common}old {'y' * 300}", f"{common}new")

    assert before == f"...{'x' * 20}old {'y' * 176}... (124 more characters)"
    assert after == f"...{'x' * 20}new"


def test_long_texts_that_part_at_once_are_told_from_the_start() -> None:
    before, after = said("description", "a" * 201, "b")

    assert (before, after) == (f"{'a' * 200}... (1 more characters)", "b")


@pytest.mark.parametrize(
    ("length", "expected"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (60, "1 min 0 s"), (185.2, "3 min 5 s")]
)
def test_lengths_of_time(length: float, expected: str) -> None:
    assert words.seconds(length) == expected


@pytest.mark.parametrize(
    ("file", "live", "expected"),
    [
        pytest.param("max_retries: 2", {}, "update 1 field", id="update"),
        pytest.param("timezone: Europe/Rome", {}, "update 1 field; may pause: calls may be queued", id="may pause"),
        pytest.param("timezone: Europe/Rome", {"status": "draft"}, "update 1 field", id="a draft is not paused"),
        pytest.param(
            "timezone: Europe/Rome\nmax_retries: 2\nstatus: paused", {}, "pause, update 2 fields", id="pauses first"
        ),
        pytest.param("status: paused", {}, "pause", id="only a pause"),
        pytest.param(
            "max_retries: 2\nstatus: active",
            {"status": "draft"},
            "update 1 field; set status draft -> active: starts calls",
            id="starts",
        ),
        pytest.param("status: completed", {}, "set status active -> completed: is final", id="completes"),
        pytest.param("auto_complete: true", {}, "send 1 unverified field", id="unverified alone"),
        pytest.param(
            "auto_complete: true\nretry_on_no_conversion: false\nmax_retries: 2",
            {},
            "update 1 field and send 2 unverified fields",
            id="unverified besides",
        ),
        pytest.param("status: draft", {}, "nothing, until this is mended", id="error"),
        pytest.param("max_retries: 3", {}, "nothing", id="in sync"),
    ],
)
def test_steps(file: str, live: dict[str, Value], expected: str) -> None:
    (campaign,) = planned({"c.yaml": file}, {"c.yaml": live}).campaigns

    assert words.steps(campaign) == expected


def test_the_summary_counts_what_would_be_done() -> None:
    plan = planned(
        {
            "a.yaml": "timezone: Europe/Rome\nauto_complete: true",
            "b.yaml": "max_retries: 9\nstatus: paused",
            "c.yaml": "max_retries: 3",
            "d.yaml": "status: draft",
            "e.yaml": "max_retries: 2",
            "f.yaml": "status: active",
        },
        {"e.yaml": {"status": "completed"}, "f.yaml": {"status": "paused"}},
    )

    assert words.summary(plan) == (
        "6 campaigns: 2 to update, 2 status changes, 1 unchanged, 1 finished, 1 with errors; "
        "1 starts calls; 2 loosen; 1 may pause; 1 with settings that the API does not show; 16 requests"
    )


def test_the_summary_says_how_many_start_calls() -> None:
    plan = planned({"a.yaml": "status: active", "b.yaml": "status: active"}, {"a.yaml": DRAFT, "b.yaml": DRAFT})

    assert words.summary(plan) == "2 campaigns: 2 status changes; 2 start calls; 4 requests"


def test_the_summary_of_one_campaign() -> None:
    assert words.summary(planned({"a.yaml": "max_retries: 9"})) == "1 campaign: 1 to update; 1 loosens; 2 requests"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (None, "8 requests"),
        (100, "8 requests"),
        (8, "8 requests, about 1 minute at 8 a minute"),
        (3, "8 requests, about 2 minutes at 3 a minute"),
    ],
)
def test_what_takes_minutes_is_told(limit: int | None, told: str) -> None:
    plan = replace(planned({"a.yaml": {"max_retries": 2}}), reads=7, rate_limit=limit)

    assert words.summary(plan).rpartition("; ")[2] == told


def test_a_creation_is_told() -> None:
    complete = {name: SHOWN[name] for name in SHOWN if name != "status"} | {"name": "New", "agent_id": "a-1"}
    plan = planned({"a.yaml": complete}, {"a.yaml": NotFound("-", is_new=True)})

    assert words.steps(plan.campaigns[0]) == f"create it as a draft with {len(complete)} fields"
    assert words.before_after(plan.campaigns[0].changes[0]) == ("-", "New")


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param({"status": "active"}, "is sent, or put off while calls are queued", id="a schedule while active"),
        pytest.param({"status": "paused"}, "is sent", id="a schedule while paused"),
    ],
)
def test_what_may_be_put_off_says_so(live: Mapping[str, Value], expected: str) -> None:
    lunch = 'call_time_ranges: [{start: "09:00", end: "12:00"}, {start: "13:00", end: "17:00"}]'
    bounds: Mapping[str, Value] = {"call_time_ranges": "?"}
    campaign = planned({"a.yaml": lunch}, {"a.yaml": {**bounds, **live}}).campaigns[0]

    assert [words.sending(campaign, one) for one in campaign.unverified] == [expected]

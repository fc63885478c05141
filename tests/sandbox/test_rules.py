"""What the server refuses, and in which words: each rule over HTTP, and the laws around them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Sandbox, rules
from reconciler.sandbox.sample_data import AGENT_SALES
from tests.sandbox.test_handlers import NEW


def window(start: object, end: object) -> dict[str, Any]:
    return {"call_time_ranges": [{"start": start, "end": end}]}


NOT_H_I = "The call time ranges.0.{} does not match the format H:i."
NOT_AFTER = "The call time ranges.0.end must be a date after call time ranges.0.start."
REFUSED = [
    pytest.param(window("17:00", "09:00"), {"call_time_ranges.0.end": [NOT_AFTER]}, id="end before start"),
    pytest.param(window("09:00", "09:00"), {"call_time_ranges.0.end": [NOT_AFTER]}, id="end equals start"),
    pytest.param(window("9:00", "17:00"), {"call_time_ranges.0.start": [NOT_H_I.format("start")]}, id="9:00"),
    pytest.param(window("09:00:00", "17:00"), {"call_time_ranges.0.start": [NOT_H_I.format("start")]}, id="seconds"),
    pytest.param(window("09:00", "24:00"), {"call_time_ranges.0.end": [NOT_H_I.format("end")]}, id="24:00"),
    pytest.param(window("09:00", "17:60"), {"call_time_ranges.0.end": [NOT_H_I.format("end")]}, id="minute 60"),
    pytest.param(window("٠٩:00", "17:00"), {"call_time_ranges.0.start": [NOT_H_I.format("start")]}, id="Arabic digits"),
    pytest.param(window(600, "17:00"), {"call_time_ranges.0.start": [NOT_H_I.format("start")]}, id="number as time"),
    pytest.param(
        window("09:00", ""), {"call_time_ranges.0.end": ["The call time ranges.0.end field is required."]}, id="no end"
    ),
    pytest.param(
        {"call_time_ranges": ["09:00-17:00"]},
        {"call_time_ranges.0": ["The call time ranges.0 must be an array."]},
        id="window is text",
    ),
    pytest.param(
        {"call_time_ranges": []},
        {"call_time_ranges": ["The call time ranges must have at least 1 items."]},
        id="no window",
    ),
    pytest.param(
        {"call_time_ranges": {"0": {"start": "09:00", "end": "17:00"}}},
        {"call_time_ranges": ["The call time ranges must be an array."]},
        id="windows as object",
    ),
    pytest.param({"days_of_week": [1, 0]}, {"days_of_week.1": ["The days of week.1 must be at least 1."]}, id="day 0"),
    pytest.param(
        {"days_of_week": [8]}, {"days_of_week.0": ["The days of week.0 must not be greater than 7."]}, id="day 8"
    ),
    pytest.param(
        {"days_of_week": ["1", True, 1.5]},
        {f"days_of_week.{n}": [f"The days of week.{n} must be an integer."] for n in range(3)},
        id="days that are no integers",
    ),
    pytest.param({"days_of_week": []}, {"days_of_week": ["The days of week must have at least 1 items."]}, id="no day"),
    pytest.param({"days_of_week": None}, {"days_of_week": ["The days of week must be an array."]}, id="days null"),
    pytest.param({"name": ""}, {"name": ["The name field is required."]}, id="empty name"),
    pytest.param(
        {"name": "x" * 256}, {"name": ["The name must not be greater than 255 characters."]}, id="name too long"
    ),
    pytest.param({"description": 5}, {"description": ["The description must be a string."]}, id="text is a number"),
    pytest.param(
        {"campaign_type": "Sales"}, {"campaign_type": ["The selected campaign type is invalid."]}, id="unknown type"
    ),
    pytest.param({"agent_id": "none"}, {"agent_id": ["The selected agent id is invalid."]}, id="unknown agent"),
    pytest.param({"agent_id": 7}, {"agent_id": ["The agent id must be a string."]}, id="agent is a number"),
    pytest.param(
        {"start_date": "2027-02-30"},
        {"start_date": ["The start date does not match the format Y-m-d."]},
        id="no such day",
    ),
    pytest.param(
        {"start_date": "2027-1-4"},
        {"start_date": ["The start date does not match the format Y-m-d."]},
        id="short date",
    ),
    pytest.param(
        {"end_date": "2027-01-04T00:00:00Z"},
        {"end_date": ["The end date does not match the format Y-m-d."]},
        id="timestamp",
    ),
    pytest.param(
        {"start_date": None}, {"start_date": ["The start date does not match the format Y-m-d."]}, id="start null"
    ),
    pytest.param(
        {"start_date": "2027-01-04", "end_date": "2027-01-04"},
        {"end_date": ["The end date must be a date after start date."]},
        id="ends on its first day",
    ),
    pytest.param({"timezone": "EDT"}, {"timezone": ["The timezone must be a valid zone."]}, id="no zone"),
    pytest.param(
        {"timezone": "america/new_york"}, {"timezone": ["The timezone must be a valid zone."]}, id="zone in lower case"
    ),
    pytest.param(
        {"timezone": "x" * 51},
        {"timezone": ["The timezone must not be greater than 50 characters."]},
        id="zone too long",
    ),
    pytest.param({"timezone": None}, {"timezone": ["The timezone field is required."]}, id="zone null"),
    pytest.param(
        {"initial_call_delay": -1},
        {"initial_call_delay": ["The initial call delay must be at least 0."]},
        id="negative delay",
    ),
    pytest.param(
        {"max_retries": 11}, {"max_retries": ["The max retries must not be greater than 10."]}, id="too many retries"
    ),
    pytest.param({"max_retries": "3"}, {"max_retries": ["The max retries must be an integer."]}, id="number as text"),
    pytest.param({"max_retries": None}, {"max_retries": ["The max retries must be an integer."]}, id="number null"),
    pytest.param(
        {"auto_complete": 1}, {"auto_complete": ["The auto complete field must be true or false."]}, id="boolean as 1"
    ),
    pytest.param(
        {"do_not_call_list_source": "campaign"},
        {"do_not_call_list_source": ["The selected do not call list source is invalid."]},
        id="source as the get page calls it",
    ),
    pytest.param(
        {"do_not_call_custom_list": ["+12025550143", "12025550143", "+1 202 5550143", "+02025550143", 5]},
        {f"do_not_call_custom_list.{n}": [f"The do not call custom list.{n} format is invalid."] for n in range(1, 5)},
        id="numbers that are not E.164",
    ),
    pytest.param(
        {"auto_dnc_trigger_statuses": ["completed", ""]},
        {"auto_dnc_trigger_statuses.1": ["The auto dnc trigger statuses.1 field is required."]},
        id="empty trigger",
    ),
]
HOURS = (
    "retry_cooldown_hours",
    "post_completion_cooldown_hours",
    "success_cooldown_hours",
    "voicemail_cooldown_hours",
    "no_answer_cooldown_hours",
    "busy_cooldown_hours",
    "failed_cooldown_hours",
)


@pytest.mark.parametrize(("body", "errors"), REFUSED)
def test_an_update_that_breaks_a_rule_is_refused(
    client: httpx.Client, sandbox: Sandbox, body: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    before = sandbox.put_campaign({"id": "c-1"})

    answer = client.put("/campaigns/c-1", json=body)

    expected = {"success": False, "message": "The given data was invalid.", "errors": errors}
    assert (answer.status_code, answer.json()) == (422, expected)
    assert sandbox.campaign("c-1") == before


@pytest.mark.parametrize(
    "body",
    [
        window("00:00", "23:59"),
        {"call_time_ranges": [{"start": "09:00", "end": "12:00"}, {"start": "10:00", "end": "17:00"}]},
        {"days_of_week": [1, 2, 3, 4, 5, 6, 7]},
        {"name": "x" * 255},
        {"start_date": "2028-02-29", "end_date": None},
        {"start_date": "2027-01-04", "end_date": "2027-01-05"},
        {"timezone": "America/Argentina/Buenos_Aires"},
        {"initial_call_delay": 10**12},
        {"max_retries": 0},
        {"max_retries": 10},
        {"do_not_call_custom_list": []},
        {"do_not_call_list_source": "custom", "do_not_call_custom_list": ["+12025550143"]},
        {"auto_dnc_trigger_statuses": ["anything"], "auto_dnc_trigger_errors": []},
        {"agent_id": AGENT_SALES, "campaign_type": "follow_up", "auto_complete": False},
    ],
    ids=str,
)
def test_an_update_within_the_rules_is_kept(client: httpx.Client, sandbox: Sandbox, body: dict[str, Any]) -> None:
    sandbox.put_campaign({"id": "c-1"})

    answer = client.put("/campaigns/c-1", json=body)

    assert (answer.status_code, {name: sandbox.campaign("c-1")[name] for name in body}) == (200, body)


@pytest.mark.parametrize("field", HOURS)
def test_hours_are_1_to_168(field: str) -> None:
    refused = [hours for hours in (0, 1, 168, 169) if rules.errors_in_update({field: hours}, [])]

    assert refused == [0, 169]


def test_a_creation_names_all_that_is_missing_or_wrong(client: httpx.Client) -> None:
    answer = client.post("/campaigns", json={"name": "x", "timezone": " ", "max_retries": 11})

    missing = ("agent_id", "call_time_ranges", "campaign_type", "days_of_week", "start_date", "timezone")
    expected = {field: [f"The {field.replace('_', ' ')} field is required."] for field in missing}
    assert answer.status_code == 422
    assert answer.json()["errors"] == {**expected, "max_retries": ["The max retries must not be greater than 10."]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "The status field is required."),
        ({"status": ""}, "The status field is required."),
        ({"status": "stopped"}, "The selected status is invalid."),
        ({"status": ["active"]}, "The selected status is invalid."),
    ],
    ids=str,
)
def test_a_status_that_is_none_is_refused(
    client: httpx.Client, sandbox: Sandbox, body: dict[str, Any], message: str
) -> None:
    sandbox.put_campaign({"id": "c-1"})

    answer = client.patch("/campaigns/c-1/status", json=body)

    assert (answer.status_code, answer.json()["errors"]) == (422, {"status": [message]})


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*NEW, *HOURS, "end_date", "do_not_call_custom_list", "x"]), JSON, max_size=4))
def test_any_json_gets_a_verdict_that_points_into_the_body(body: dict[str, Any]) -> None:
    fields = rules.known_fields(rules.cleaned(body))

    for path, messages in rules.errors_in_update(fields, [AGENT_SALES]).items():
        assert path.split(".")[0] in fields
        assert messages


@settings(deadline=None)
@given(JSON)
def test_cleaning_twice_is_cleaning_once(value: object) -> None:
    assert rules.cleaned(rules.cleaned(value)) == rules.cleaned(value)

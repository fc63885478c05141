"""The forms of answers: each word, and words together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from reconciler.sandbox import AnswerShape, Sandbox
from tests.sandbox.conftest import PLENTY

CAMPAIGN = {
    "id": "c-1",
    "status": "paused",
    "call_time_ranges": [{"start": "14:00", "end": "18:00"}, {"start": "10:00", "end": "12:00"}],
    "timezone": "America/Sao_Paulo",
    "end_date": "2027-03-31",
    "max_retries": 2,
    "do_not_call_enabled": True,
    "do_not_call_list_source": "custom",
    "do_not_call_custom_list": ["+12025550143"],
    "auto_dnc_trigger_errors": [],
}
MISSING = "(missing)"
NOT_IN_LIST = {
    "auto_complete",
    "retry_on_no_conversion",
    "do_not_call_custom_list",
    "end_date",
    "enable_post_completion_cooldown",
    "post_completion_cooldown_hours",
    "success_cooldown_hours",
    "voicemail_cooldown_hours",
    "no_answer_cooldown_hours",
    "busy_cooldown_hours",
    "failed_cooldown_hours",
    "do_not_call_enabled",
    "do_not_call_list_source",
    "auto_add_to_dnc_enabled",
    "auto_dnc_trigger_statuses",
    "auto_dnc_trigger_errors",
}


def shaped(sandbox: Sandbox, words: str) -> None:
    sandbox.settings = replace(PLENTY, answers=AnswerShape.parse(words))
    sandbox.put_campaign(CAMPAIGN)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"call_time_ranges": CAMPAIGN["call_time_ranges"], "earliest_call_time": MISSING}),
        ("legacy", {"call_time_ranges": MISSING, "earliest_call_time": "10:00:00", "latest_call_time": "18:00:00"}),
        ("both", {"call_time_ranges": CAMPAIGN["call_time_ranges"], "latest_call_time": "18:00:00"}),
        (
            "seconds",
            {"call_time_ranges": [{"start": "14:00:00", "end": "18:00:00"}, {"start": "10:00:00", "end": "12:00:00"}]},
        ),
        ("timestamps", {"start_date": "2027-01-04T00:00:00.000000Z", "end_date": "2027-03-31T00:00:00.000000Z"}),
        ("timestamps-local", {"start_date": "2027-01-04T03:00:00.000000Z"}),
        (
            "strings",
            {
                "max_retries": "2",
                "do_not_call_enabled": "1",
                "days_of_week": ["1", "2", "3", "4", "5"],
                "stats": {"queued_calls": "0", "completed_calls": "0", "failed_calls": "0"},
            },
        ),
        ("bits", {"max_retries": 2, "do_not_call_enabled": 1, "days_of_week": [1, 2, 3, 4, 5]}),
        (
            "objects",
            {
                "do_not_call_custom_list": {"0": "+12025550143"},
                "days_of_week": {"0": 1, "1": 2, "2": 3, "3": 4, "4": 5},
                "auto_dnc_trigger_errors": [],
                "auto_dnc_trigger_statuses": None,
            },
        ),
        (
            "nulls",
            {"retry_cooldown_hours": None, "auto_complete": None, "max_retries": 2, "auto_dnc_trigger_errors": []},
        ),
        ("absent", {"retry_cooldown_hours": MISSING, "auto_complete": MISSING, "max_retries": 2}),
        ("", {"retry_cooldown_hours": 24, "auto_complete": None}),
        ("extra", {"priority_score": 0.87, "max_retries": 2}),
        ("source-campaign", {"do_not_call_list_source": "campaign"}),
        ("missing", {"end_date": MISSING, "success_cooldown_hours": 24, "do_not_call_list_source": "custom"}),
        (
            "legacy, strings,timestamps,source-campaign",
            {
                "call_time_ranges": MISSING,
                "latest_call_time": "18:00:00",
                "max_retries": "2",
                "end_date": "2027-03-31T00:00:00.000000Z",
                "do_not_call_list_source": "campaign",
            },
        ),
    ],
)
def test_a_campaign_is_shown_in_the_form(
    client: httpx.Client, sandbox: Sandbox, words: str, expected: dict[str, Any]
) -> None:
    shaped(sandbox, words)

    data = client.get("/campaigns/c-1").json()["data"]

    assert {name: data.get(name, MISSING) for name in expected} == expected


def test_a_local_midnight_may_be_the_day_before_in_utc(client: httpx.Client, sandbox: Sandbox) -> None:
    shaped(sandbox, "timestamps-local")
    sandbox.put_campaign({"id": "c-1", "timezone": "Europe/Madrid", "end_date": None})

    data = client.get("/campaigns/c-1").json()["data"]

    assert (data["start_date"], data["end_date"]) == ("2027-01-03T23:00:00.000000Z", None)


def test_the_default_shows_the_same_fields_everywhere(client: httpx.Client, sandbox: Sandbox) -> None:
    shaped(sandbox, "")

    full = client.get("/campaigns/c-1").json()["data"]
    row = client.get("/campaigns").json()["data"][0]
    updated = client.put("/campaigns/c-1", json={}).json()["data"]

    assert row == updated == {name: full[name] for name in full if name not in ("agent", "calls", "files", "stats")}


def test_missing_shows_what_each_page_shows(client: httpx.Client, sandbox: Sandbox) -> None:
    shaped(sandbox, "")
    everything = set(client.get("/campaigns/c-1").json()["data"])
    shaped(sandbox, "missing")

    full = set(client.get("/campaigns/c-1").json()["data"])
    row = set(client.get("/campaigns").json()["data"][0])
    updated = set(client.put("/campaigns/c-1", json={}).json()["data"])

    assert everything - full == {"auto_complete", "retry_on_no_conversion", "do_not_call_custom_list", "end_date"}
    assert everything - row == NOT_IN_LIST | {"agent", "calls", "files", "stats"}
    assert updated == {
        *("id", "name", "campaign_type", "status", "agent_id", "start_date", "end_date", "days_of_week"),
        *("call_time_ranges", "timezone", "max_retries", "retry_cooldown_hours", "do_not_call_enabled", "updated_at"),
    }


PAGING = {"current_page": 1, "last_page": 1, "per_page": 20, "total": 1, "from": 1, "to": 1}


@pytest.mark.parametrize(
    ("words", "envelope"),
    [
        ("", {"success": True, "pagination": PAGING}),
        ("meta", {"success": True, "meta": PAGING}),
        ("no-paging", {"success": True}),
        ("strings", {"success": True, "pagination": {name: str(number) for name, number in PAGING.items()}}),
        ("extra", {"success": True, "pagination": PAGING, "request_id": "req-1", "api_revision": 7}),
    ],
)
def test_a_list_comes_in_the_envelope(
    client: httpx.Client, sandbox: Sandbox, words: str, envelope: dict[str, Any]
) -> None:
    shaped(sandbox, words)

    content = client.get("/campaigns").json()

    assert [row["id"] for row in content.pop("data")] == ["c-1"]
    assert content == envelope


def test_bare_answers_have_no_envelope(client: httpx.Client, sandbox: Sandbox) -> None:
    shaped(sandbox, "bare,meta")

    answers = [
        client.get("/campaigns/c-1").json()["id"],
        client.put("/campaigns/c-1", json={"max_retries": 1}).json()["max_retries"],
        client.patch("/campaigns/c-1/status", json={"status": "active"}).json()["status"],
        client.get("/campaigns").json()[0]["id"],
        client.get("/agents").json()[0]["name"],
        client.get("/campaigns/none").json(),
    ]

    assert answers == [
        *("c-1", 1, "active", "c-1", "Ava, solar sales"),
        {"success": False, "message": "Campaign not found"},
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("modern", "form of answers 'modern' is unknown: allowed are legacy, both, "),
        ("legacy,both", "forms of answers 'legacy' and 'both' exclude each other"),
        ("nulls,absent", "exclude each other"),
        ("strings,bits", "exclude each other"),
    ],
)
def test_words_that_mean_nothing_together_are_refused(words: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AnswerShape.parse(words)


def test_no_word_is_the_full_modern_form() -> None:
    assert AnswerShape.parse("") == AnswerShape.parse(" , ") == AnswerShape()


def test_raw_times_with_seconds_are_shown_once(client: httpx.Client, sandbox: Sandbox) -> None:
    shaped(sandbox, "both,seconds")
    sandbox.put_campaign({"id": "c-1", "call_time_ranges": [{"start": "09:00:00", "end": "17:00:00"}]})

    data = client.get("/campaigns/c-1").json()["data"]

    assert (data["earliest_call_time"], data["call_time_ranges"][0]["end"]) == ("09:00:00", "17:00:00")

"""What each call does to a campaign, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox import Sandbox, SandboxSettings
from reconciler.sandbox.sample_data import AGENT_SALES, AGENTS
from tests.sandbox.conftest import Clock

NEW = {
    "name": "New one",
    "campaign_type": "sales",
    "agent_id": AGENT_SALES,
    "start_date": "2027-01-04",
    "days_of_week": [1, 2],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
}


def test_a_campaign_is_created_as_a_draft_with_defaults(client: httpx.Client, sandbox: Sandbox) -> None:
    answer = client.post("/campaigns", json={**NEW, "status": "active", "max_retries": 5})

    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["message"]) == (201, "Campaign created successfully")
    shown = {name: data[name] for name in (*NEW, "status", "max_retries", "retry_cooldown_hours", "end_date")}
    assert shown == {**NEW, "status": "draft", "max_retries": 5, "retry_cooldown_hours": 24, "end_date": None}
    assert sandbox.campaign(data["id"])["created_at"] == "2027-01-15T08:00:00Z"


# What the get page shows of a campaign of which only the required fields were ever set.
IN_FULL: dict[str, Any] = {
    "id": "c-1",
    "name": "c-1",
    "description": None,
    "status": "active",
    "campaign_type": "sales",
    "agent_id": AGENT_SALES,
    "start_date": "2027-01-04",
    "end_date": None,
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
    "initial_call_delay": 0,
    "max_retries": 3,
    "retry_cooldown_hours": 24,
    "auto_complete": None,
    "retry_on_no_conversion": None,
    "enable_post_completion_cooldown": None,
    "post_completion_cooldown_hours": 168,
    "success_cooldown_hours": 24,
    "voicemail_cooldown_hours": 24,
    "no_answer_cooldown_hours": 24,
    "busy_cooldown_hours": 24,
    "failed_cooldown_hours": 24,
    "do_not_call_enabled": False,
    "do_not_call_list_source": None,
    "do_not_call_custom_list": None,
    "auto_add_to_dnc_enabled": None,
    "auto_dnc_trigger_statuses": None,
    "auto_dnc_trigger_errors": None,
    "created_at": "2027-01-15T08:00:00Z",
    "updated_at": "2027-01-15T08:00:00Z",
    "agent": AGENTS[0],
    "calls": [{"id": "c-1-1", "status": "queued"}, {"id": "c-1-2", "status": "queued"}],
    "files": [],
    "stats": {"queued_calls": 2, "completed_calls": 0, "failed_calls": 0},
}


def test_a_campaign_is_shown_in_full(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1", "status": "active", "queued": 2})

    answer = client.get("/campaigns/c-1")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": IN_FULL}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/campaigns/none"),
        ("PUT", "/campaigns/none"),
        ("PATCH", "/campaigns/none/status"),
        ("DELETE", "/campaigns/none"),
    ],
)
def test_a_campaign_that_is_not_there_is_404(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, json={} if method in ("PUT", "PATCH") else None)

    assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Campaign not found"})


def test_an_update_changes_only_what_is_sent(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    before = sandbox.put_campaign({"id": "c-1", "description": "old", "end_date": "2027-02-01"})
    clock.now += 100

    answer = client.put("/campaigns/c-1", json={"max_retries": 2, "end_date": None})

    expected = {**before, "max_retries": 2, "end_date": None, "updated_at": "2027-01-15T08:01:40Z"}
    assert answer.status_code == 200
    assert (answer.json()["data"]["max_retries"], answer.json()["data"]["description"]) == (2, "old")
    assert sandbox.campaign("c-1") == expected


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        pytest.param({"max_retires": 9}, {}, id="a misspelt key is dropped"),
        pytest.param({"status": "active", "id": "c-2"}, {}, id="status and id are no fields of an update"),
        pytest.param({"earliest_call_time": "10:00:00"}, {}, id="the older pair is read-only"),
        pytest.param({"name": "  Padded\n"}, {"name": "Padded"}, id="text is trimmed"),
        pytest.param({"description": ""}, {"description": None}, id="empty text is null"),
        pytest.param({"auto_dnc_trigger_errors": [" a "]}, {"auto_dnc_trigger_errors": ["a"]}, id="in lists too"),
        pytest.param(
            {"call_time_ranges": [{"start": "10:00", "end": "11:00", "label": "x"}]},
            {"call_time_ranges": [{"start": "10:00", "end": "11:00"}]},
            id="unknown keys of windows are dropped",
        ),
        pytest.param({"days_of_week": [7, 7, 1]}, {"days_of_week": [7, 7, 1]}, id="lists are kept as they are sent"),
        pytest.param({"end_date": "2026-01-01"}, {"end_date": "2026-01-01"}, id="no look at the stored start date"),
    ],
)
def test_an_update_keeps(client: httpx.Client, sandbox: Sandbox, body: dict[str, Any], stored: dict[str, Any]) -> None:
    before = sandbox.put_campaign({"id": "c-1", "description": "old"})

    answer = client.put("/campaigns/c-1", json=body)

    assert (answer.status_code, sandbox.campaign("c-1")) == (200, {**before, **stored})


def test_updated_at_moves_only_when_something_changes(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.put_campaign({"id": "c-1"})
    moments = []
    for body in ({"max_retries": 2}, {"max_retries": 2}, {}, {"max_retries": 1}):
        clock.now += 1.6
        client.put("/campaigns/c-1", json=body)
        moments.append(sandbox.campaign("c-1")["updated_at"])

    once = "2027-01-15T08:00:01Z"
    assert moments == [once, once, once, "2027-01-15T08:00:06Z"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"max_retries": NaN}', "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"{}", "application/json; charset=utf-8", 200),
    ],
    ids=["cut", "list", "empty", "NaN", "not UTF-8", "nested too deep", "text", "no type", "with charset"],
)
def test_a_body_must_be_a_json_object(
    client: httpx.Client, sandbox: Sandbox, content: bytes, kind: str, status: int
) -> None:
    sandbox.put_campaign({"id": "c-1"})

    answer = client.put("/campaigns/c-1", content=content, headers={"Content-Type": kind})

    assert answer.status_code == status


STATUSES = ("draft", "active", "paused", "completed", "cancelled")
ALLOWED = {
    ("draft", "active"),
    ("draft", "cancelled"),
    ("active", "paused"),
    ("active", "completed"),
    ("active", "cancelled"),
    ("paused", "active"),
    ("paused", "completed"),
    ("paused", "cancelled"),
}


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_the_status_follows_the_table(client: httpx.Client, sandbox: Sandbox, before: str, after: str) -> None:
    sandbox.put_campaign({"id": "c-1", "status": before})

    answer = client.patch("/campaigns/c-1/status", json={"status": after})

    if (before, after) in ALLOWED:
        assert (answer.status_code, answer.json()["data"]["status"]) == (200, after)
        assert sandbox.campaign("c-1")["status"] == after
    else:
        message = f"Cannot transition from {before} to {after} status"
        assert (answer.status_code, answer.json()) == (
            400,
            {"success": False, "message": message, "code": "INVALID_TRANSITION"},
        )
        assert sandbox.campaign("c-1")["status"] == before


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_finished_campaign_cannot_be_updated(client: httpx.Client, sandbox: Sandbox, status: str) -> None:
    before = sandbox.put_campaign({"id": "c-1", "status": status})

    answer = client.put("/campaigns/c-1", json={"max_retries": 1})

    assert (answer.status_code, answer.json()["message"]) == (403, f"Cannot update a {status} campaign")
    assert sandbox.campaign("c-1") == before


@pytest.mark.parametrize(
    ("state", "status", "message"),
    [
        ({"status": "active"}, 403, "Cannot delete an active campaign"),
        ({"status": "paused", "queued": 1}, 409, "Campaign has active calls in progress"),
        ({"status": "paused"}, 200, "Campaign deleted successfully"),
        ({"status": "draft", "queued": 1}, 200, "Campaign deleted successfully"),
        ({"status": "completed"}, 200, "Campaign deleted successfully"),
    ],
    ids=["active", "with calls", "paused", "draft", "completed"],
)
def test_a_delete_is_answered(
    client: httpx.Client, sandbox: Sandbox, state: dict[str, Any], status: int, message: str
) -> None:
    sandbox.settings = SandboxSettings(drain_after_puts=1)
    sandbox.put_campaign({"id": "c-1", **state})

    answer = client.delete("/campaigns/c-1")

    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert ("c-1" in sandbox.campaigns()) == (status != 200)


def test_state_put_by_hand_follows_no_rule_and_merges(sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": "many", "queued": 4, "status": "cancelled"})
    sandbox.put_campaign({"id": "c-1", "status": "active"})
    sandbox.put_campaign({"id": "c-2"})
    sandbox.remove_campaign("c-2")

    state = sandbox.campaign("c-1")
    assert (state["max_retries"], state["queued"], state["status"]) == ("many", 4, "active")
    assert sandbox.campaigns() == {"c-1": state}
    with pytest.raises(KeyError, match="c-2"):
        sandbox.campaign("c-2")

"""The conflict with queued calls, and how a pause resolves it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Sandbox, SandboxSettings
from reconciler.sandbox.call_queue import queued_now
from reconciler.sandbox.store import Stored
from tests.sandbox.conftest import Clock, talking_to

CONFLICT = {
    "success": False,
    "message": "Cannot update schedule while there are queued calls. Pause the campaign first.",
    "code": "CAMPAIGN_HAS_ACTIVE_CALLS",
}
DAYS = {"days_of_week": [1]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"start_date": "2027-01-05"}, 409),
        ({"end_date": None}, 409),
        (DAYS, 409),
        ({"call_time_ranges": [{"start": "09:00", "end": "17:00"}]}, 409),
        ({"timezone": "Europe/London"}, 409),
        ({"max_retries": 1, "timezone": "Europe/London"}, 409),
        ({"max_retries": 1}, 200),
        ({"unknown": 1}, 200),
        ({"timezone": "nowhere"}, 422),
    ],
    ids=str,
)
def test_a_schedule_cannot_change_while_calls_are_queued(
    client: httpx.Client, sandbox: Sandbox, body: dict[str, Any], status: int
) -> None:
    before = sandbox.put_campaign({"id": "c-1", "status": "active", "queued": 1})

    answer = client.put("/campaigns/c-1", json=body)

    assert answer.status_code == status
    if status == 409:
        assert (answer.json(), sandbox.campaign("c-1")) == (CONFLICT, before)


@pytest.mark.parametrize("body", [{}, {"unknown": 1}, {"max_retries": 1}], ids=str)
def test_all_fields_may_conflict(client: httpx.Client, sandbox: Sandbox, body: dict[str, Any]) -> None:
    sandbox.settings = SandboxSettings(conflicts="all")
    sandbox.put_campaign({"id": "c-1", "status": "active", "queued": 1})

    answer = client.put("/campaigns/c-1", json=body)

    assert answer.status_code == (409 if "max_retries" in body else 200)


def set_status(client: httpx.Client, status: str) -> int:
    return client.patch("/campaigns/c-1/status", json={"status": status}).status_code


def put(client: httpx.Client, body: dict[str, Any]) -> int:
    return client.put("/campaigns/c-1", json=body).status_code


def test_after_a_pause_the_queue_drains_by_puts_and_fills_again_on_resume(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.settings = SandboxSettings(drain_after_puts=2)
    sandbox.put_campaign({"id": "c-1", "status": "active", "queued": 5})

    first = [put(client, DAYS), put(client, DAYS), put(client, DAYS), set_status(client, "paused")]
    drained = [put(client, DAYS), put(client, {"max_retries": 1}), put(client, DAYS), put(client, DAYS)]
    resumed = [set_status(client, "active"), put(client, DAYS), set_status(client, "paused"), put(client, DAYS)]

    assert (first, drained, resumed) == ([409, 409, 409, 200], [409, 200, 409, 200], [200, 409, 200, 409])
    assert sandbox.campaign("c-1")["queued"] == 5


def test_after_a_pause_the_queue_drains_by_time(clock: Clock) -> None:
    seen = []
    options = SandboxSettings(drain_seconds=3)
    with Sandbox(settings=options, clock=clock) as sandbox, talking_to(sandbox) as client:
        sandbox.put_campaign({"id": "c-1", "status": "active", "queued": 12})
        set_status(client, "paused")
        for _ in range(4):
            queued = client.get("/campaigns/c-1").json()["data"]["stats"]["queued_calls"]
            seen.append((queued, put(client, DAYS)))
            clock.now += 1

    assert seen == [(12, 409), (8, 409), (4, 409), (0, 200)]


def test_a_campaign_that_is_put_by_hand_as_paused_drains_from_then_on(
    client: httpx.Client, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.settings = SandboxSettings(drain_seconds=10)
    sandbox.put_campaign({"id": "c-1", "status": "paused", "queued": 1})

    before = put(client, DAYS)
    clock.now += 10

    assert (before, put(client, DAYS)) == (409, 200)


@pytest.mark.parametrize("status", ["draft", "completed", "cancelled"])
def test_nothing_is_queued_unless_active_or_just_paused(status: str) -> None:
    assert queued_now(Stored("c-1", {"status": status}, queued=9), SandboxSettings(), 0) == 0


def test_every_active_campaign_can_be_given_a_queue() -> None:
    options = SandboxSettings(queued=7)

    assert queued_now(Stored("c-1", {"status": "active"}, queued=0), options, 0) == 7


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0.001, 100), st.floats(0, 200), st.floats(0, 200))
def test_a_draining_queue_never_grows(size: int, seconds: float, sooner: float, later: float) -> None:
    options = SandboxSettings(drain_seconds=seconds)
    campaign = Stored("c-1", {"status": "paused"}, queued=size, paused_at=0.0)
    sooner, later = sorted((sooner, later))

    assert size >= queued_now(campaign, options, sooner) >= queued_now(campaign, options, later) >= 0
    assert queued_now(campaign, options, seconds) == 0

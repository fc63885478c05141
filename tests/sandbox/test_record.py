"""The record of what was served."""

from __future__ import annotations

import httpx

from reconciler.sandbox import RecordedRequest, Sandbox
from tests.sandbox.conftest import Clock


def test_every_request_is_recorded_in_order(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.put_campaign({"id": "c-1"})
    client.get("/campaigns", params={"page": 2})
    clock.now += 5
    client.put("/campaigns/c-1", json={"max_retries": 2})
    client.patch("/campaigns/c-1/status", content=b"{", headers={"Content-Type": "application/json"})

    started = clock.now - 5
    assert sandbox.requests == (
        RecordedRequest(1, "GET", "/campaigns", {"page": "2"}, None, 200, started),
        RecordedRequest(2, "PUT", "/campaigns/c-1", {}, {"max_retries": 2}, 200, started + 5),
        RecordedRequest(3, "PATCH", "/campaigns/c-1/status", {}, None, 400, started + 5),
    )
    assert [record.call for record in sandbox.writes] == ["PUT /campaigns/c-1", "PATCH /campaigns/c-1/status"]


def test_the_record_can_be_cleared(client: httpx.Client, sandbox: Sandbox) -> None:
    client.get("/agents")
    sandbox.clear_requests()
    client.get("/health")

    assert [(record.number, record.call) for record in sandbox.requests] == [(1, "GET /health")]


def test_the_record_shows_no_bodies_and_no_token(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1"})
    client.put("/campaigns/c-1", json={"do_not_call_custom_list": ["+12025550143"]})

    assert "5550143" not in repr(sandbox.requests)
    assert "talq" not in repr(sandbox.requests)

"""What stands before every call, the token and the routes, and the record of what was served."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox import SANDBOX_TOKEN, RecordedRequest, Sandbox
from tests.sandbox.conftest import Clock, talking_to


@pytest.mark.parametrize(
    ("authorization", "status", "content"),
    [
        pytest.param(None, 401, {"message": "Missing Bearer Token"}, id="no header"),
        pytest.param("", 401, {"message": "Missing Bearer Token"}, id="empty header"),
        pytest.param("Bearer", 401, {"message": "Missing Bearer Token"}, id="no token"),
        pytest.param("Basic talq_sandbox", 401, {"message": "Missing Bearer Token"}, id="another scheme"),
        pytest.param("Bearer talq_other", 401, {"success": False, "message": "Unauthorized"}, id="wrong token"),
        pytest.param("Bearer talq_sandbox", 404, {"success": False, "message": "Campaign not found"}, id="right token"),
    ],
)
def test_a_call_needs_the_token(
    sandbox: Sandbox, authorization: str | None, status: int, content: dict[str, Any]
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = httpx.get(f"{sandbox.base_url}/campaigns/none", headers=headers, trust_env=False)

    assert (answer.status_code, answer.json()) == (status, content)


def test_another_token_can_be_set() -> None:
    with Sandbox(token="talq_mine") as sandbox, talking_to(sandbox, "talq_mine") as client:
        assert client.get("/campaigns").status_code == 200


def test_health_needs_no_token_and_is_not_counted(client: httpx.Client) -> None:
    del client.headers["Authorization"]

    answer = client.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/nothing", 404, None),
        ("GET", "/campaigns/a/b", 404, None),
        ("GET", "/campaigns//status", 404, None),
        ("DELETE", "/campaigns", 405, "GET, POST"),
        ("PATCH", "/campaigns/c-1", 405, "GET, PUT, DELETE"),
        ("GET", "/campaigns/c-1/status", 405, "PATCH"),
        ("POST", "/agents", 405, "GET"),
        ("POST", "/health", 404, None),
    ],
)
def test_unknown_routes_and_methods_are_refused(
    client: httpx.Client, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers.get("Allow")) == (status, allowed)
    assert answer.json()["message"]


def test_paths_outside_the_api_are_unknown(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = client.get(sandbox.base_url.removesuffix("/api/v1") + "/campaigns")

    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_every_request_is_recorded_in_order(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.put_campaign({"id": "c-1"})
    client.get("/campaigns", params={"page": 2})
    clock.now += 5
    client.put("/campaigns/c-1", json={"max_retries": 2})
    client.patch("/campaigns/c-1/status", content=b"{", headers={"Content-Type": "application/json"})

    started = clock.now - 5
    assert sandbox.requests == (
        RecordedRequest(1, "GET", "/campaigns", {"page": "2"}, None, 200, started, 200, SANDBOX_TOKEN),
        RecordedRequest(2, "PUT", "/campaigns/c-1", {}, {"max_retries": 2}, 200, started + 5, 200, SANDBOX_TOKEN),
        RecordedRequest(3, "PATCH", "/campaigns/c-1/status", {}, None, 400, started + 5, 400, SANDBOX_TOKEN),
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

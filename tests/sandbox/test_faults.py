"""Faults: what they do to an answer, and which requests they hit."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Fault, FaultKind, FaultRule, Sandbox
from tests.sandbox.conftest import PLENTY, talking_to

JSON = "application/json"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "part"),
    [
        ("401", 401, JSON, "UNAUTHORIZED"),
        ("402", 402, JSON, "INSUFFICIENT_CREDITS"),
        ("403", 403, JSON, "CAMPAIGN_LIMIT_REACHED"),
        ("409", 409, JSON, "CAMPAIGN_LOCKED"),
        ("429", 429, JSON, "Too many requests. Please try again later."),
        ("500", 500, JSON, "Internal server error."),
        ("502-html", 502, HTML, "<h1>502 Bad Gateway</h1>"),
        ("503", 503, HTML, "503 Service Temporarily Unavailable"),
        ("504", 504, HTML, "504 Gateway Time-out"),
        ("html", 200, HTML, "<title>Checking your connection</title>"),
        ("garbage", 200, JSON, '{"success": true, "data": {"id": "c-'),
    ],
)
def test_a_fault_answers_without_acting(sandbox: Sandbox, kind: str, status: int, content_type: str, part: str) -> None:
    before = sandbox.put_campaign({"id": "c-1"})
    sandbox.fault = kind

    with talking_to(sandbox) as client:
        answer = client.put("/campaigns/c-1", json={"max_retries": 1})

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
    assert part in answer.text
    assert sandbox.campaign("c-1") == before


def test_a_429_can_say_when_to_come_again(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.fault = "429:7"

    assert client.get("/campaigns").headers["Retry-After"] == "7"


@pytest.mark.parametrize(("kind", "max_retries"), [("drop", 3), ("lost", 1)])
def test_a_connection_is_closed_without_an_answer(
    client: httpx.Client, sandbox: Sandbox, kind: str, max_retries: int
) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": 3})
    sandbox.fault = f"PUT:{kind}"

    with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
        client.put("/campaigns/c-1", json={"max_retries": 1})

    assert sandbox.campaign("c-1")["max_retries"] == max_retries
    assert [(record.call, record.status) for record in sandbox.requests] == [("PUT /campaigns/c-1", None)]
    assert client.get("/campaigns/c-1").status_code == 200


def test_a_slow_answer_comes_late_but_acts_at_once(sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1"})
    sandbox.fault = "PUT:slow:30"

    with talking_to(sandbox) as client, pytest.raises(httpx.ReadTimeout):
        client.put("/campaigns/c-1", json={"max_retries": 1}, timeout=0.05)

    assert sandbox.campaign("c-1")["max_retries"] == 1


@pytest.mark.parametrize("fault", [None, "slow:0.03"])
def test_latency_and_slowness_add_up(client: httpx.Client, sandbox: Sandbox, fault: str | None) -> None:
    sandbox.settings = replace(PLENTY, latency=0.02)
    sandbox.fault = fault

    started = time.monotonic()
    answer = client.get("/campaigns")

    assert answer.status_code == 200
    assert time.monotonic() - started >= (0.05 if fault else 0.02)


def test_an_ignored_write_answers_200_and_keeps_nothing(client: httpx.Client, sandbox: Sandbox) -> None:
    before = sandbox.put_campaign({"id": "c-1", "status": "active", "max_retries": 3})
    sandbox.fault = "ignore"

    updated = client.put("/campaigns/c-1", json={"max_retries": 1})
    paused = client.patch("/campaigns/c-1/status", json={"status": "paused"})
    refused = client.put("/campaigns/c-1", json={"max_retries": 11})

    assert (updated.status_code, updated.json()["data"]["max_retries"]) == (200, 3)
    assert (paused.status_code, paused.json()["data"]["status"]) == (200, "active")
    assert (refused.status_code, sandbox.campaign("c-1")) == (422, before)


def test_a_function_decides_by_number_method_and_path(client: httpx.Client, sandbox: Sandbox) -> None:
    asked = []

    def fault(number: int, method: str, path: str) -> Fault | None:
        asked.append((number, method, path))
        return Fault(FaultKind.BROKEN) if path == "/agents" and number > 1 else None

    sandbox.fault = fault
    statuses = [client.get(path).status_code for path in ("/agents", "/agents", "/campaigns")]

    assert (statuses, sandbox.fault) == ([200, 500, 200], fault)
    assert asked == [(1, "GET", "/agents"), (2, "GET", "/agents"), (3, "GET", "/campaigns")]


def test_rules_in_the_options_come_after_the_fault_that_was_set() -> None:
    options = replace(PLENTY, faults=(FaultRule.parse("503@2"), FaultRule.parse("500")))
    with Sandbox(settings=options, fault="402@1-2") as sandbox, talking_to(sandbox) as client:
        first = [client.get("/agents").status_code for _ in range(3)]
        sandbox.fault = lambda number, _method, _path: Fault.parse("409") if number == 5 else None
        then = [client.get("/agents").status_code for _ in range(2)]
        sandbox.clear_requests()
        sandbox.fault = None
        anew = [client.get("/agents").status_code for _ in range(2)]

    assert (first, then, anew) == ([402, 402, 500], [500, 409], [500, 503])


def hits(text: str, methods: str) -> list[int]:
    """The positions, from 1, of the requests that the rule hits; G is a GET and P a PUT."""
    rule, count, found = FaultRule.parse(text), {"GET": 0, "PUT": 0}, []
    for number, letter in enumerate(methods, start=1):
        method = {"G": "GET", "P": "PUT"}[letter]
        count[method] += 1
        if rule.hits(number, count[method], method, random_seed=0):
            found.append(number)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500", [1, 2, 3, 4, 5]),
        ("500@3", [3]),
        ("500@2-4", [2, 3, 4]),
        ("500@4-", [4, 5]),
        ("PUT:500", [2, 4]),
        ("PUT:500@2", [4]),
        ("GET:500@2-", [3, 5]),
        ("DELETE:500", []),
        ("500%100", [1, 2, 3, 4, 5]),
        ("500%0", []),
        ("slow:2.5@4", [4]),
        ("502-html@1", [1]),
    ],
)
def test_a_rule_hits(text: str, expected: list[int]) -> None:
    assert hits(text, "GPGPG") == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 50))
def test_a_percentage_is_about_kept_and_depends_on_the_seed_alone(seed: int, percent: int) -> None:
    rule = FaultRule.parse(f"500%{percent}")

    hit = [rule.hits(number, number, "GET", seed) for number in range(1, 1001)]

    assert hit == [rule.hits(number, number, "GET", seed) for number in range(1, 1001)]
    assert abs(sum(hit) / 10 - percent) < 10


@pytest.mark.parametrize(
    "text", ["", "teapot", "500:3", "500@", "500@x", "500%", "put:500", "500@1%5", "slow:", "500 @1", "502"]
)
def test_a_rule_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not understood: write \[METHOD:\]KIND"):
        FaultRule.parse(text)


def test_a_rule_is_read_into_values() -> None:
    parsed = [FaultRule.parse("PUT:slow:2.5@4"), FaultRule.parse("lost@2-"), FaultRule.parse("500%12.5")]

    assert parsed == [
        FaultRule(Fault(FaultKind.SLOW, 2.5), "PUT", 4, 4),
        FaultRule(Fault(FaultKind.LOST), None, 2, None),
        FaultRule(Fault(FaultKind.BROKEN), percent=12.5),
    ]


def test_a_fault_alone_names_no_requests() -> None:
    assert Fault.parse("slow:2") == Fault(FaultKind.SLOW, 2.0)
    with pytest.raises(ValueError, match="only the kind of fault is allowed here"):
        Fault.parse("500@3")

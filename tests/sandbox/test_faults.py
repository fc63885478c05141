"""Faults: what they do to requests and answers."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.sandbox import Bench, Fault, FaultRule, Sandbox
from tests.sandbox.conftest import PLENTY, Clock, talking_to
from tests.sandbox.test_handlers import NEW

JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


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
        ("403-html", 403, HTML, "<title>403 Attention Required!</title>"),
        ("404", 404, JSON, '{"success":false,"message":"Campaign not found"}'),
        ("404-html", 404, HTML, "<h1>404 Not Found</h1>"),
        ("404-text", 404, TEXT, "404 page not found"),
        ("404-laravel", 404, JSON, '{"message":"The route api/v1/campaigns/c-1 could not be found."}'),
        ("404-empty", 404, JSON, ""),
        ("408", 408, JSON, "Request Timeout"),
        ("499-html", 499, HTML, "499 Client Closed Request"),
        ("503", 503, HTML, "503 Service Temporarily Unavailable"),
        ("503-laravel", 503, JSON, '{"message":"Service Temporarily Unavailable"}'),
        ("520", 520, HTML, "520 Web server is returning an unknown error"),
        ("522-text", 522, TEXT, "connection timed out"),
        ("599", 599, HTML, "599 Unknown Error"),
        ("599-api", 599, JSON, '{"success":false,"message":"Unknown Error"}'),
        ("204", 204, JSON, ""),
        ("200-empty", 200, JSON, ""),
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


def test_maintenance_says_when_to_come_again_and_a_proxy_does_not(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.fault = "503-laravel:7"
    maintenance = client.get("/campaigns")
    sandbox.fault = "503"
    proxy = client.get("/campaigns")

    assert (maintenance.headers["Retry-After"], proxy.headers.get("Retry-After")) == ("7", None)


def test_a_redirect_leads_away_from_the_api(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.fault = "302"

    assert client.get("/campaigns").headers["Location"] == "/login"


@pytest.mark.parametrize("kind", ["500-after", "404-text-after", "204-after", "html-after", "garbage-after"])
def test_the_api_may_have_acted_before_another_answers(client: httpx.Client, sandbox: Sandbox, kind: str) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": 3})
    sandbox.fault = kind

    client.put("/campaigns/c-1", json={"max_retries": 1})

    assert sandbox.campaign("c-1")["max_retries"] == 1
    assert [record.served for record in sandbox.requests] == [200]


@pytest.mark.parametrize("kind", ["504-late:2", "drop-late:2"])
def test_the_api_may_act_late(sandbox: Sandbox, clock: Clock, kind: str) -> None:
    sandbox.put_campaign({"id": "c-1", "status": "active"})
    sandbox.fault = f"PATCH:{kind}"

    with talking_to(sandbox) as client, contextlib.suppress(httpx.RemoteProtocolError):
        client.patch("/campaigns/c-1/status", json={"status": "paused"})
    seen = [sandbox.campaign("c-1")["status"], sandbox.requests[0].served]
    clock.now += 2
    seen += [sandbox.campaign("c-1")["status"], sandbox.requests[0].served]

    assert seen == ["active", None, "paused", 200]


def test_what_acts_late_acts_though_the_record_was_cleared(
    client: httpx.Client, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": 3})
    sandbox.fault = "PUT:504-late:2@1"
    client.put("/campaigns/c-1", json={"max_retries": 1})

    sandbox.clear_requests()
    clock.now += 2
    shown = client.get("/campaigns/c-1").json()["data"]["max_retries"]

    assert (shown, [record.call for record in sandbox.requests]) == (1, ["GET /campaigns/c-1"])


@pytest.mark.thorough
def test_a_body_may_drip(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1"})
    sandbox.fault = "drip:0.001"
    dripped = client.get("/campaigns/c-1").json()
    sandbox.fault = None

    assert dripped == client.get("/campaigns/c-1").json()
    sandbox.fault = "drip:60"
    with pytest.raises(httpx.ReadTimeout):
        client.get("/campaigns/c-1", timeout=0.05)


def test_php_may_speak_before_the_answer(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": 3})
    sandbox.fault = "notice"

    answer = client.put("/campaigns/c-1", json={"max_retries": 1})

    assert answer.text.startswith("<br />\n<b>Notice</b>:")
    assert answer.text.endswith("}}")
    assert sandbox.campaign("c-1")["max_retries"] == 1


def test_reads_may_lag_behind_writes(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.put_campaign({"id": "c-1", "status": "active"})
    sandbox.fault = "GET:lag:2"
    clock.now += 10

    answers = [client.patch("/campaigns/c-1/status", json={"status": "paused"}).json()["data"]["status"]]
    for seconds in (0, 1.5, 1):
        clock.now += seconds
        answers.append(client.get("/campaigns/c-1").json()["data"]["status"])
        answers.append(client.get("/campaigns").json()["data"][0]["status"])

    assert answers == ["paused", "active", "active", "active", "active", "paused", "paused"]


def test_the_answer_of_a_write_may_lag_too(client: httpx.Client, sandbox: Sandbox, clock: Clock) -> None:
    sandbox.put_campaign({"id": "c-1", "max_retries": 3})
    sandbox.fault = "PUT:lag:2"
    clock.now += 10

    answer = client.put("/campaigns/c-1", json={"max_retries": 1})

    assert (answer.json()["data"]["max_retries"], sandbox.campaign("c-1")["max_retries"]) == (3, 1)


def test_what_was_created_a_moment_ago_is_not_there_for_reads_that_lag(
    client: httpx.Client, sandbox: Sandbox, clock: Clock
) -> None:
    made = client.post("/campaigns", json=NEW).json()["data"]["id"]
    sandbox.fault = "GET:lag:2"

    looks = [client.get(f"/campaigns/{made}").status_code]
    rows = client.get("/campaigns").json()["data"]
    clock.now += 3
    looks.append(client.get(f"/campaigns/{made}").status_code)

    assert (looks, rows) == ([404, 200], [])


def test_state_of_an_earlier_process_has_always_been_there(tmp_path: Path, clock: Clock) -> None:
    database = tmp_path / "sandbox.db"
    with Bench(database) as bench:
        bench.put_campaign({"id": "c-1", "max_retries": 3})

    with Sandbox(database, settings=PLENTY, clock=clock, fault="GET:lag:2") as sandbox, talking_to(sandbox) as client:
        before = client.get("/campaigns/c-1").json()["data"]["max_retries"]
        client.put("/campaigns/c-1", json={"max_retries": 1})
        clock.now += 1
        after = client.get("/campaigns/c-1").json()["data"]["max_retries"]

    assert (before, after) == (3, 3)


@pytest.mark.parametrize("status", ["pausing", "stopping"])
def test_a_pause_may_take_its_time(client: httpx.Client, sandbox: Sandbox, clock: Clock, status: str) -> None:
    sandbox.put_campaign({"id": "c-1", "status": "active"})
    sandbox.fault = f"{status}:2"

    shown = [client.patch("/campaigns/c-1/status", json={"status": "paused"}).json()["data"]["status"]]
    for seconds in (0, 1, 1):
        clock.now += seconds
        shown.append(client.get("/campaigns/c-1").json()["data"]["status"])

    assert (shown, sandbox.campaign("c-1")["status"]) == ([status, status, status, "paused"], "paused")


def test_people_opt_out_while_requests_come(client: httpx.Client, sandbox: Sandbox) -> None:
    for name in ("c-1", "c-2"):
        sandbox.put_campaign({"id": name, "do_not_call_custom_list": ["+12025550119"]})
    sandbox.fault = "opt-out@1-2"

    client.get("/campaigns/c-1")
    client.get("/campaigns")
    client.put("/campaigns/c-2", json={"max_retries": 1})

    lists = [state["do_not_call_custom_list"] for state in sandbox.campaigns().values()]
    assert lists == [["+12025550119", "+12015550100", "+12015550101"], ["+12025550119", "+12015550101"]]


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
        return Fault.parse("500") if path == "/agents" and number > 1 else None

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

"""The client over real HTTP: what is repeated, and what goes out."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from reconciler.api.client import Client, Hooks, Settings
from reconciler.api.endpoints import Request, get_campaign, list_campaigns, set_status, update_campaign
from reconciler.api.exchange import exchange, open_http
from reconciler.api.token import Token
from reconciler.cli.shutdown import Shutdown
from reconciler.live.lookup import read_live
from reconciler.model.errors import (
    ApiError,
    Interrupted,
    Proof,
    ReadOnly,
    Redirected,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from reconciler.sandbox import SANDBOX_TOKEN, Fault, Sandbox, SandboxSettings
from tests.support.client import (
    CREATE,
    ID,
    READ,
    SECRET,
    STATUS,
    TOKEN,
    UPDATE,
    Canned,
    Clock,
    failure,
    talking_to,
)
from tests.support.plans import FIELDS, desired

# What is repeated, and how often


_FAULTS = [
    "500",
    "502-html",
    "503",
    "504",
    "drop",
    "lost",
    "slow",
]
_REFUSALS = ["401", "402", "403", "409"]
_NO_ANSWERS = ["html", "garbage"]
_TABLE = [
    *((request, fault, 5) for request in (READ, UPDATE, STATUS) for fault in _FAULTS),
    *((CREATE, fault, 1) for fault in _FAULTS),
    *((request, "429", 10) for request in (READ, UPDATE, STATUS, CREATE)),
    *((request, fault, 1) for request in (READ, UPDATE, STATUS, CREATE) for fault in _REFUSALS),
    *((READ, fault, 5) for fault in _NO_ANSWERS),
    *((request, fault, 1) for request in (UPDATE, STATUS, CREATE) for fault in _NO_ANSWERS),
]


@pytest.mark.parametrize(
    ("request_", "fault", "times"), [pytest.param(*row, id=f"{row[0].method} {row[1]}: {row[2]}") for row in _TABLE]
)
def test_a_request_is_repeated_where_that_helps_and_does_no_harm(
    sandbox: Sandbox, request_: Request, fault: str, times: int
) -> None:
    sandbox.fault = lambda *_: replace(Fault.parse(fault), seconds=60.0)
    # Only what never answers needs an end soon; a busy machine may be slower than that.
    with talking_to(sandbox.base_url, timeout=0.05 if fault == "slow" else 10.0) as client:
        error = failure(client, request_)

    assert (len(sandbox.requests), error.attempts, client.requests) == (times, times, times)


@pytest.mark.parametrize("request_", [READ, UPDATE, STATUS, CREATE], ids=lambda request: request.method)
def test_everything_is_repeated_when_no_connection_was_made(request_: Request) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with talking_to(f"http://127.0.0.1:{port}/api/v1") as client:
        error = failure(client, request_)

    assert isinstance(error, Unreachable)
    assert (error.attempts, error.sent, error.message) == (
        5,
        False,
        f"no connection to 127.0.0.1:{port}: [Errno 111] Connection refused",
    )


def test_faults_that_pass_are_survived_and_counted(sandbox: Sandbox) -> None:
    faults = iter(["500", "drop", "429", "lost"])
    sandbox.fault = lambda *_: Fault.parse(kind) if (kind := next(faults, None)) else None
    with talking_to(sandbox.base_url) as client:
        answer = client.send(READ)

    assert (answer.attempts, answer.body["data"]["id"]) == (5, ID)


def test_being_turned_away_does_not_use_up_the_tries_for_faults(sandbox: Sandbox) -> None:
    kinds = [*["429"] * 6, *["500"] * 4]
    faults = iter(kinds)
    sandbox.fault = lambda *_: Fault.parse(kind) if (kind := next(faults, None)) else None
    with talking_to(sandbox.base_url) as client:
        assert client.send(READ).attempts == len(kinds) + 1


def test_waits_grow_and_differ(sandbox: Sandbox) -> None:
    sandbox.fault = "500"
    clocks = [Clock(), Clock()]
    for clock in clocks:
        with talking_to(sandbox.base_url, clock) as client:
            failure(client, READ)

    for clock in clocks:
        assert [0.25 <= clock.waits[0] <= 0.5, 0.5 <= clock.waits[1] <= 1, 1 <= clock.waits[2] <= 2] == [True] * 3
        assert [len(clock.waits), 2 <= clock.waits[3] <= 4] == [4, True]
    assert clocks[0].waits != clocks[1].waits


def test_after_a_429_it_waits_as_long_as_the_answer_says(sandbox: Sandbox) -> None:
    sandbox.settings = SandboxSettings(rate_limit=100_000, rate_headers="never", retry_after="body")
    sandbox.fault = lambda number, *_: Fault.parse("429:38") if number == 1 else None
    clock, lines = Clock(), list[str]()
    with talking_to(sandbox.base_url, clock, lines=lines) as client:
        client.send(READ)

    assert (round(clock.time), lines) == (38, ["rate limited, waiting 38 s"])


def test_a_write_that_a_signal_cuts_off_between_its_tries_is_an_error_of_its_own(sandbox: Sandbox) -> None:
    sandbox.fault = "lost"
    with talking_to(sandbox.base_url, Clock(stops_in_wait=2)) as client:
        error = failure(client, UPDATE)

    assert (type(error), error.attempts) == (Unreachable, 2)


def test_a_read_that_a_signal_cuts_off_is_interrupted(sandbox: Sandbox) -> None:
    sandbox.fault = "500"
    with talking_to(sandbox.base_url, Clock(stops_in_wait=2)) as client, pytest.raises(Interrupted):
        client.send(READ)


def test_after_a_signal_nothing_is_sent_but_what_is_urgent_and_that_once(sandbox: Sandbox) -> None:
    sandbox.fault = "500"
    with talking_to(sandbox.base_url, Clock(is_stopping=True)) as client:
        with pytest.raises(Interrupted):
            client.send(UPDATE)
        failure(client, STATUS, urgent=True)

    assert [record.call for record in sandbox.requests] == [f"PATCH /campaigns/{ID}/status"]


def test_what_is_urgent_gets_a_share_of_the_time_that_is_left(sandbox: Sandbox) -> None:
    sandbox.fault = "slow:60"
    with talking_to(sandbox.base_url, Clock(is_stopping=True, seconds_left=0.3), timeout=60.0) as client:
        error = failure(client, STATUS, urgent=True)

    assert isinstance(error, Unreachable)  # and this test would take a minute otherwise


@pytest.mark.thorough
def test_many_workers_meet_at_most_one_429_a_window_over_http() -> None:
    options = SandboxSettings(rate_limit=25, rate_window=1.0, reset_as="seconds")
    with Sandbox(sample_data=True, settings=options) as sandbox, ThreadPoolExecutor(8) as pool:
        settings = Settings(sandbox.base_url, Token(SANDBOX_TOKEN, "TALKOVER_TOKEN"))
        with Client(settings, Shutdown(), Hooks(print)) as client:
            answers = list(pool.map(lambda _: client.send(READ), range(70)))
        refused = [record.time for record in sandbox.requests if record.status == 429]

    assert ([answer.attempts for answer in answers].count(1) >= 67, len(refused) <= 3) == (True, True)


# One try, and no longer than it is worth


@pytest.mark.parametrize("manner", [{"once": True}, {"fresh_for": 2.0}], ids=["once", "fresh for 2 s"])
@pytest.mark.parametrize("fault", ["500", "429:0.01", "lost", "html"])
def test_what_is_sent_once_is_sent_once_whatever_comes_of_it(
    sandbox: Sandbox, fault: str, manner: dict[str, Any]
) -> None:
    sandbox.fault = fault
    with talking_to(sandbox.base_url, timeout=0.5) as client, pytest.raises(ApiError) as caught:
        client.send(STATUS, **manner)

    assert (len(sandbox.requests), caught.value.attempts) == (1, 1)


def test_a_body_that_is_not_fresh_any_more_is_not_sent(sandbox: Sandbox) -> None:
    sandbox.fault = lambda number, *_: Fault.parse("429:38") if number == 1 else None
    with talking_to(sandbox.base_url) as client:
        failure(client, UPDATE, once=True)
        with pytest.raises(Unreachable, match="rate limited: its turn did not come within 2 s") as caught:
            client.send(UPDATE, fresh_for=2.0)
        calls = len(sandbox.requests)
        client.send(UPDATE)

    assert (calls, caught.value.proof) == (1, Proof.NOT_SENT)


def test_an_answer_that_drips_gets_no_more_time_than_one_that_does_not_come() -> None:
    drips = Canned(body=b"{" + b" " * 200 + b"}", seconds_a_byte=0.02)
    with drips, talking_to(drips.base_url, timeout=0.2) as client:
        error = failure(client, READ, once=True)

    assert error.message.endswith("within 0.2 s")


def test_headers_that_drip_get_no_more_time_either_and_the_next_request_has_its_own() -> None:
    drips = Canned(seconds_a_header=0.05)
    with drips, talking_to(drips.base_url, timeout=0.2) as client:
        began = time.monotonic()
        errors = [failure(client, READ, once=True) for _ in range(2)]
        seconds = time.monotonic() - began
        drips.seconds_a_header = 0.0
        client.send(READ)

    assert [error.message.endswith("within 0.2 s") for error in errors] == [True, True]
    assert 0.4 <= seconds < 1.5


def test_an_answer_has_no_more_bytes_than_anybody_meant() -> None:
    server, told = Canned(body=b" " * 2000), "the answer is larger than 1,000 bytes"
    with server, open_http(server.base_url, TOKEN, 1, {}) as http, pytest.raises(UnexpectedAnswer, match=told):
        exchange(http, READ, 5.0, TOKEN, most=1000)


def test_maintenance_is_waited_for() -> None:
    clock = Clock()
    maintenance = Canned(503, b'{"message": "Service Unavailable"}', {"Retry-After": "60"})
    with maintenance, talking_to(maintenance.base_url, clock) as client:
        failure(client, READ)

    assert clock.waits == [60.0] * 4


# What goes out


def test_every_request_says_who_asks_and_what_it_takes() -> None:
    with Canned() as server, talking_to(server.base_url, token=TOKEN) as client:
        for request in (READ, UPDATE, STATUS, CREATE, list_campaigns(2)):
            client.send(request)

    assert [(method, path) for method, path, _ in server.got] == [
        ("GET", f"/api/v1/campaigns/{ID}"),
        ("PUT", f"/api/v1/campaigns/{ID}"),
        ("PATCH", f"/api/v1/campaigns/{ID}/status"),
        ("POST", "/api/v1/campaigns"),
        ("GET", "/api/v1/campaigns?per_page=100&page=2"),
    ]
    for _, _, headers in server.got:
        assert (headers["accept"], headers["authorization"]) == ("application/json", f"Bearer {SECRET}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_not_followed(status: int) -> None:
    with (
        Canned(200) as elsewhere,
        Canned(status, headers={"Location": elsewhere.base_url}) as server,
        talking_to(server.base_url, token=TOKEN) as client,
    ):
        error = failure(client, READ)

    assert (elsewhere.got, len(server.got), type(error)) == ([], 1, Redirected)
    assert str(error) == (
        f"GET /campaigns/{ID}: HTTP {status}, a redirect, which is not followed: "
        f"is {server.base_url} the right base URL?"
    )


def test_a_proxy_in_the_environment_is_not_asked_for_loopback() -> None:
    with Canned() as proxy, Canned() as server:
        variables = {"HTTP_PROXY": proxy.base_url, "ALL_PROXY": proxy.base_url}
        with talking_to(server.base_url, variables=variables) as client:
            client.send(READ)

    assert (len(proxy.got), len(server.got)) == (0, 1)


def test_pages_are_counted_and_no_link_is_followed() -> None:
    with Canned() as elsewhere:
        rows = [{"id": "c-1", "name": "One", "status": "draft"}]
        page = {
            "data": rows,
            "current_page": 1,
            "last_page": 2,
            "next_page_url": f"{elsewhere.base_url}/campaigns?page=2",
            "links": {"next": f"{elsewhere.base_url}/campaigns?page=2"},
        }
        with Canned(body=json.dumps(page).encode()) as server, talking_to(server.base_url) as client:
            read_live(
                FIELDS,
                [desired("one.yaml", "name: Nowhere\n")._replace(id=None)],
                lambda requests: [client.result(one) for one in requests],
            )

    assert (elsewhere.got, [path for _, path, _ in server.got][:2]) == (
        [],
        ["/api/v1/campaigns?per_page=100&page=1", "/api/v1/campaigns?per_page=100&page=2"],
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE", "OPTIONS"])
def test_a_client_that_only_reads_sends_nothing_else(sandbox: Sandbox, method: str) -> None:
    with talking_to(sandbox.base_url, read_only=True) as client:
        with pytest.raises(ReadOnly, match=rf"^{method} /campaigns was not sent: this command only reads$"):
            client.send(Request(method, "/campaigns", body={"name": "x"}))
        client.send(READ)

    assert [record.method for record in sandbox.requests] == ["GET"]


@pytest.mark.parametrize(
    "make", [get_campaign, lambda c: update_campaign(c, {"name": "x"}), lambda c: set_status(c, "x")]
)
@pytest.mark.parametrize(
    "identifier", ["", ".", "..", "a/b", "../agents", "a?b", "a#b", "a b", "a%2fb", "é", "a\n", "x" * 65, "a\x00b"]
)
def test_an_id_is_checked_before_it_becomes_part_of_a_url(make: Callable[[str], Request], identifier: str) -> None:
    with pytest.raises(UsageError, match="cannot be an id: 1 to 64 letters, digits, - and _ are allowed"):
        make(identifier)

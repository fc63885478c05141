"""The client over real HTTP: what is repeated, what is refused before it is sent, and what errors say."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest

from reconciler.api.client import Client, Hooks, Settings
from reconciler.api.endpoints import Request, get_campaign, list_campaigns, set_status, update_campaign
from reconciler.api.rate_limit import Limiter
from reconciler.api.request_log import LogRow
from reconciler.api.token import Token
from reconciler.cli.shutdown import Shutdown
from reconciler.live.lookup import read_live
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, ReadOnly, Refused, UnexpectedAnswer, Unreachable, UsageError
from reconciler.sandbox import SANDBOX_TOKEN, Fault, FaultKind, Sandbox, SandboxSettings
from tests.support.plans import FIELDS, desired

SECRET = "talq_5ecr3t-5ecr3t"
TOKEN, SANDBOX = Token(SECRET, "TALKOVER_TOKEN"), Token(SANDBOX_TOKEN, "TALKOVER_TOKEN")
PLENTY = SandboxSettings(rate_limit=100_000)
ID = "sales-us-q1"
READ, UPDATE, STATUS = get_campaign(ID), update_campaign(ID, {"max_retries": 1}), set_status(ID, "paused")
CREATE = Request("POST", "/campaigns", body={"name": "One more"})


@dataclass
class Clock:
    """Time that passes only in waits; they are all written down. Asked to stop where `stops_at` is reached."""

    time: float = 0.0
    waits: list[float] = field(default_factory=list)
    is_stopping: bool = False
    stops_in_wait: int = 0
    seconds_left: float = 4.0

    def now(self) -> float:
        return self.time

    def stamp(self) -> str:
        return "2027-01-15T08:00:00+00:00"

    def check(self) -> None:
        if self.is_stopping:
            raise Interrupted("stopped")

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        if len(self.waits) == self.stops_in_wait:
            self.is_stopping = True
        self.check()

    def wait_while_resuming(self, seconds: float, since: float) -> bool:
        del since
        self.waits.append(seconds)
        self.time += seconds
        return True

    def rest(self, _turn: threading.Condition, seconds: float) -> None:
        self.time += seconds


@contextmanager
def talking_to(  # noqa: PLR0913 - each is a keyword that is seldom given
    base_url: str,
    clock: Clock | None = None,
    *,
    token: Token = SANDBOX,
    timeout: float = 30.0,
    read_only: bool = False,
    log: list[LogRow] | None = None,
    lines: list[str] | None = None,
) -> Iterator[Client]:
    clock = clock or Clock()
    hooks = Hooks((lines if lines is not None else []).append, log.append if log is not None else None)
    limiter = Limiter(hooks.tell, clock, hooks.reserve, clock.now, clock.rest)
    with Client(Settings(base_url, token, timeout, read_only=read_only), clock, hooks, limiter) as client:
        yield client


def failure(client: Client, request: Request, *, urgent: bool = False) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.send(request, urgent=urgent)
    return caught.value


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(sample_data=True, settings=PLENTY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The one sandbox of this file, with nothing set and nothing recorded."""
    running.settings, running.fault = PLENTY, None
    running.clear_requests()
    yield running
    running.fault = None


# What is repeated, and how often

_FAULTS = [
    FaultKind.BROKEN,
    FaultKind.BAD_GATEWAY,
    FaultKind.UNAVAILABLE,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.DROP,
    FaultKind.LOST,
    FaultKind.SLOW,
]
_REFUSALS = [FaultKind.UNAUTHORIZED, FaultKind.NO_CREDITS, FaultKind.LIMIT_REACHED, FaultKind.LOCKED]
_NO_ANSWERS = [FaultKind.HTML, FaultKind.GARBAGE]
_TABLE = [
    *((request, fault, 5) for request in (READ, UPDATE, STATUS) for fault in _FAULTS),
    *((CREATE, fault, 1) for fault in _FAULTS),
    *((request, FaultKind.TOO_MANY, 10) for request in (READ, UPDATE, STATUS, CREATE)),
    *((request, fault, 1) for request in (READ, UPDATE, STATUS, CREATE) for fault in (*_REFUSALS, *_NO_ANSWERS)),
]


@pytest.mark.parametrize(
    ("request_", "fault", "times"), [pytest.param(*row, id=f"{row[0].method} {row[1]}: {row[2]}") for row in _TABLE]
)
def test_a_request_is_repeated_where_that_helps_and_does_no_harm(
    sandbox: Sandbox, request_: Request, fault: FaultKind, times: int
) -> None:
    sandbox.fault = lambda *_: Fault(fault, 60.0)
    with talking_to(sandbox.base_url, timeout=0.05) as client:
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
    faults = iter([FaultKind.BROKEN, FaultKind.DROP, FaultKind.TOO_MANY, FaultKind.LOST])
    sandbox.fault = lambda *_: Fault(kind) if (kind := next(faults, None)) else None
    with talking_to(sandbox.base_url) as client:
        answer = client.send(READ)

    assert (answer.attempts, answer.body["data"]["id"]) == (5, ID)


def test_being_turned_away_does_not_use_up_the_tries_for_faults(sandbox: Sandbox) -> None:
    kinds = [*[FaultKind.TOO_MANY] * 6, *[FaultKind.BROKEN] * 4]
    faults = iter(kinds)
    sandbox.fault = lambda *_: Fault(kind) if (kind := next(faults, None)) else None
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
    sandbox.fault = lambda number, *_: Fault(FaultKind.TOO_MANY, 38) if number == 1 else None
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


def test_many_workers_meet_at_most_one_429_a_window_over_http() -> None:
    options = SandboxSettings(rate_limit=25, rate_window=1.0, reset_as="seconds")
    with Sandbox(sample_data=True, settings=options) as sandbox, ThreadPoolExecutor(8) as pool:
        settings = Settings(sandbox.base_url, Token(SANDBOX_TOKEN, "TALKOVER_TOKEN"))
        with Client(settings, Shutdown(), Hooks(print)) as client:
            answers = list(pool.map(lambda _: client.send(READ), range(70)))
        refused = [record.time for record in sandbox.requests if record.status == 429]

    assert ([answer.attempts for answer in answers].count(1) >= 67, len(refused) <= 3) == (True, True)


# What goes out


@dataclass
class Canned:
    """A server that gives the same answer to everything, and writes down what it got."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    base_url: str = ""
    got: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                canned.got.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                self.send_response(canned.status)
                for name, value in canned.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(canned.body)))
                self.end_headers()
                self.wfile.write(canned.body)

            do_GET = do_PUT = do_PATCH = do_POST = _answer  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the same
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/api/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


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

    assert (elsewhere.got, len(server.got), type(error)) == ([], 1, UnexpectedAnswer)
    assert str(error) == (
        f"GET /campaigns/{ID}: HTTP {status}, a redirect, which is not followed: "
        f"is {server.base_url} the right base URL?"
    )


def test_a_proxy_in_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    with Canned() as proxy, Canned() as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        with talking_to(server.base_url) as client:
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
                [replace(desired("one.yaml", "name: Nowhere\n"), id=None)],
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


# The token


_ECHOES = [
    pytest.param(401, {"message": f"Bad token {SECRET}"}, id="in the message"),
    pytest.param(401, {"error": f"{SECRET}", "message": "no"}, id="in the code"),
    pytest.param(403, {"error": {"code": SECRET, "message": f"Bearer {SECRET}"}}, id="inside the error"),
    pytest.param(422, {"message": "x", "errors": {SECRET: [SECRET]}}, id="in the fields"),
    pytest.param(500, {"message": f"trace: {SECRET}"}, id="in a trace"),
]


@pytest.mark.parametrize(("status", "body"), _ECHOES)
def test_a_token_that_the_server_echoes_is_cut(status: int, body: Mapping[str, Value]) -> None:
    rows: list[LogRow] = []
    server = Canned(status, json.dumps(body).encode())
    with server, talking_to(server.base_url, token=TOKEN, log=rows) as client:
        error = failure(client, READ)

    told = [str(error), repr(error), error.message, repr(rows), repr(vars(error))]
    assert [SECRET in text for text in told] == [False] * 5


def test_a_token_in_a_header_of_the_answer_is_cut() -> None:
    with Canned(200, b"<p>", {"Content-Type": SECRET}) as server, talking_to(server.base_url, token=TOKEN) as client:
        assert SECRET not in str(failure(client, READ))


# Answers that are none


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "HTTP 200, but the answer is no JSON but text/html: is a proxy in between?"),
        ("502-html", "HTTP 502: the answer is no JSON but text/html"),
        ("503", "HTTP 503: the answer is no JSON but text/html"),
    ],
)
def test_html_from_a_proxy_is_told_as_such(sandbox: Sandbox, fault: str, told: str) -> None:
    sandbox.fault = fault
    with talking_to(sandbox.base_url) as client:
        assert str(failure(client, READ)) == f"GET /campaigns/{ID}: {told}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe\xfa", id="no text"),
        pytest.param(b"[" * 100_000, id="a hundred thousand brackets"),
        pytest.param(b'{"data": {"id": "c", "max_retries": NaN}}', id="NaN"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="a number too long to read"),
    ],
)
def test_garbage_is_told_as_no_json(body: bytes) -> None:
    with Canned(200, body) as server, talking_to(server.base_url) as client:
        error = failure(client, READ)

    assert (type(error), str(error)) == (
        UnexpectedAnswer,
        f"GET /campaigns/{ID}: HTTP 200, but the answer is no JSON but application/json: is a proxy in between?",
    )


@pytest.mark.parametrize("body", [b"[" * 100_000, b'"no"', b"[]", b"null", b'{"error": {"details": 1}}'])
def test_an_error_of_another_shape_is_still_an_error(body: bytes) -> None:
    with Canned(429, body, {"Retry-After": "0"}) as server, talking_to(server.base_url) as client:
        error = failure(client, READ)

    assert isinstance(error, Refused)
    assert (error.status, error.attempts) == (429, 10)


def test_a_body_that_is_packed_wrongly_is_a_broken_connection() -> None:
    headers = {"Content-Encoding": "gzip"}
    with Canned(200, b"no gzip", headers) as server, talking_to(server.base_url) as client:
        assert isinstance(failure(client, READ), Unreachable)


def test_a_wrong_token_names_its_variable_the_status_and_the_words_of_the_api(sandbox: Sandbox) -> None:
    with talking_to(sandbox.base_url, token=Token("talq_wrong", "STAGING_TOKEN")) as client:
        error = failure(client, READ)

    assert str(error) == (
        f"GET /campaigns/{ID}: HTTP 401: Unauthorized (the token in STAGING_TOKEN is not accepted here)"
    )


def test_what_a_422_says_is_kept_by_field_and_without_numbers() -> None:
    body = {"message": "No.", "errors": {"do_not_call_custom_list.0": ["+12025550143 is no number"], "name": "bad"}}
    with Canned(422, json.dumps(body).encode()) as server, talking_to(server.base_url) as client:
        error = failure(client, UPDATE)

    assert isinstance(error, Refused)
    assert error.fields == {"do_not_call_custom_list.0": "<number> is no number", "name": "bad"}


def test_result_gives_the_error_in_the_place_of_the_answer(sandbox: Sandbox) -> None:
    with talking_to(sandbox.base_url) as client:
        results = [client.result(READ), client.result(get_campaign("nobody"))]

    assert [type(result).__name__ for result in results] == ["ApiAnswer", "Refused"]


# The log


def test_the_log_has_a_row_for_every_try_without_headers_bodies_or_numbers(sandbox: Sandbox) -> None:
    rows: list[LogRow] = []
    sandbox.fault = lambda number, *_: (
        Fault(FaultKind.DROP if number == 1 else FaultKind.BROKEN) if number < 3 else None
    )
    numbers = update_campaign(ID, {"do_not_call_custom_list": ["+12025550143"]})
    with talking_to(sandbox.base_url, log=rows) as client:
        client.send(numbers)

    same = LogRow("2027-01-15T08:00:00+00:00", "PUT", f"/campaigns/{ID}", None, 1, 0.0, 0.0)
    assert [replace(row, wait=0.0, seconds=0.0) for row in rows] == [
        same,
        replace(same, status=500, attempt=2),
        replace(same, status=200, attempt=3),
    ]
    assert [row.wait > 0 for row in rows] == [False, True, True]
    assert "5550143" not in repr(rows)

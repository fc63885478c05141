"""A client in a test: its clock, the requests that it sends, and a server that always answers the same."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest

from reconciler.api.client import Client, Hooks, Settings
from reconciler.api.endpoints import Request, get_campaign, set_status, update_campaign
from reconciler.api.rate_limit import Limiter
from reconciler.api.request_log import LogRow
from reconciler.api.token import Token
from reconciler.model.errors import ApiError, Interrupted
from reconciler.sandbox import SANDBOX_TOKEN, SandboxSettings

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
    variables: Mapping[str, str] | None = None,
) -> Iterator[Client]:
    clock = clock or Clock()
    hooks = Hooks((lines if lines is not None else []).append, log.append if log is not None else None)
    limiter = Limiter(hooks.tell, clock, clock.now, clock.rest)
    settings = Settings(base_url, token, timeout, read_only=read_only, variables=variables or {})
    with Client(settings, clock, hooks, limiter) as client:
        yield client


def failure(client: Client, request: Request, *, urgent: bool = False, once: bool = False) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.send(request, urgent=urgent, once=once)
    return caught.value


@dataclass
class Canned:
    """A server that gives the same answer to everything, and writes down what it got."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    base_url: str = ""
    seconds_a_byte: float = 0.0
    seconds_a_header: float = 0.0
    tls: ssl.SSLContext | None = None
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
                with contextlib.suppress(OSError):
                    for _ in range(20 if canned.seconds_a_header else 0):
                        self.send_header("X-Slow", "yes")
                        self.flush_headers()
                        time.sleep(canned.seconds_a_header)
                self.send_header("Content-Length", str(len(canned.body)))
                self.end_headers()
                if not canned.seconds_a_byte:
                    self.wfile.write(canned.body)
                    return
                with contextlib.suppress(OSError):
                    for byte in canned.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(canned.seconds_a_byte)

            do_GET = do_PUT = do_PATCH = do_POST = do_CONNECT = _answer  # noqa: N815 - http.server's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the same
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.base_url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_port}/api/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

"""The server: starts, stops, listens where it should, and can be done without."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from reconciler.sandbox import (
    SANDBOX_TOKEN,
    Bench,
    Fault,
    Reply,
    Request,
    Sandbox,
    SandboxSettings,
    asgi,
    serve,
)
from reconciler.sandbox.sample_data import AGENT_SALES, AGENTS
from tests.sandbox.conftest import talking_to

SERVE = """
from reconciler.sandbox import serve
serve(port=0, announce=lambda base_url: print(base_url, flush=True))
"""


def test_it_listens_on_loopback_and_is_gone_afterwards() -> None:
    threads = threading.active_count()
    with Sandbox() as sandbox, talking_to(sandbox) as client:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert client.get("/health").status_code == 200

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{sandbox.base_url}/health", trust_env=False)
    assert threading.active_count() == threads


def test_it_starts_and_stops_at_once_even_while_answers_wait() -> None:
    with Sandbox():
        pass  # what is imported on first use is not timed

    started = time.monotonic()
    for _ in range(5):
        with Sandbox(fault="slow:60") as sandbox:
            with talking_to(sandbox) as client, pytest.raises(httpx.ReadTimeout):
                client.get("/agents", timeout=0.02)
            hanging = threading.Thread(target=hang, args=(sandbox.base_url,))
            hanging.start()
            while len(sandbox.requests) < 2:
                time.sleep(0.001)
        hanging.join(5)
        assert not hanging.is_alive()

    assert time.monotonic() - started < 3


def hang(base_url: str) -> None:
    headers = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
    with pytest.raises(httpx.RemoteProtocolError), httpx.Client(headers=headers, trust_env=False, timeout=60) as client:
        client.get(f"{base_url}/agents")


def test_a_port_that_is_taken_is_told_and_nothing_is_left_open() -> None:
    with Sandbox() as sandbox:
        port = httpx.URL(sandbox.base_url).port or 0
        with pytest.raises(OSError, match="in use"), Sandbox(port=port):
            pass


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
def test_it_can_listen_on_ipv6() -> None:
    with Sandbox(host="::1") as sandbox:
        assert sandbox.base_url.startswith("http://[::1]:")
        assert httpx.get(f"{sandbox.base_url}/health", trust_env=False).json() == {"status": "ok"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org", ""])  # noqa: S104 - it is to be refused
def test_a_host_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is not loopback: anybody could reach the sandbox"):
        serve(host)


class StopError(Exception):
    """Ends `serve` from its own announcement."""


def stop(base_url: str) -> None:
    assert httpx.get(f"{base_url}/health", trust_env=False).status_code == 200
    raise StopError


@pytest.mark.parametrize(("host", "public"), [("localhost", False), ("127.0.0.1", False), ("127.0.0.1", True)])
def test_it_serves_in_the_foreground_and_announces_itself(host: str, public: bool) -> None:  # noqa: FBT001 - a table
    with pytest.raises(StopError):
        serve(host, 0, allow_public=public, announce=stop)


def test_it_serves_from_a_thread_too() -> None:
    ended = []

    def run() -> None:
        with pytest.raises(StopError):
            serve(port=0, announce=stop)
        ended.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert ended == [True]


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_the_foreground_server_in_peace(number: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-c", SERVE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base_url = process.stdout.readline().strip()
        answer = httpx.get(
            f"{base_url}/campaigns", headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"}, trust_env=False
        )
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)

    assert (answer.json()["pagination"]["total"], process.returncode, errors) == (8, 0, "")


def test_sigterm_ends_it_like_ctrl_c_and_means_afterwards_what_it_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    announced = []

    def announce(base_url: str) -> None:
        announced.append(base_url)
        signal.raise_signal(signal.SIGTERM)

    serve(port=0, announce=announce)

    assert (len(announced), signal.getsignal(signal.SIGTERM)) == (1, before)


def test_it_needs_no_server() -> None:
    with Bench() as bench:

        def answer(request: httpx.Request) -> httpx.Response:
            reply = bench.handle(
                Request(request.method, request.url.path, authorization=request.headers["Authorization"])
            )
            assert reply.response
            return httpx.Response(reply.response.status, content=reply.response.body)

        with httpx.Client(transport=httpx.MockTransport(answer)) as client:
            headers = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
            content = client.get(f"http://sandbox/api/v1/agents/{AGENT_SALES}", headers=headers).json()

    assert content == {"success": True, "data": AGENTS[0]}


def test_a_closed_connection_without_a_server_is_a_reply_without_response() -> None:
    with Bench(settings=SandboxSettings(latency=0.5), fault=lambda *_: Fault.parse("drop")) as bench:
        assert bench.handle(Request("GET", "/api/v1/agents")) == Reply(None, 0.5)


def test_another_server_may_serve_it() -> None:
    async def answer(bench: Bench) -> httpx.Response:
        transport = httpx.ASGITransport(asgi(bench.handle))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox/api/v1") as client:
            return await client.get("/health")

    with Bench() as bench:
        assert asyncio.run(answer(bench)).json() == {"status": "ok"}
        bench.fault = "drop"
        with pytest.raises(AssertionError):  # what this server makes of an application that gives no answer
            asyncio.run(answer(bench))


def test_a_client_that_leaves_in_the_middle_of_a_body_does_no_harm() -> None:
    with Sandbox() as sandbox, talking_to(sandbox) as client:
        url = httpx.URL(sandbox.base_url)
        with socket.create_connection((url.host, url.port or 0)) as half:
            half.sendall(b"PUT /api/v1/campaigns/c-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
        assert client.get("/agents").status_code == 200
        assert [record.call for record in sandbox.requests] == ["GET /agents"]


@pytest.mark.processes
def test_public_names_are_imported_when_they_are_used() -> None:
    code = """
import sys, reconciler.sandbox as sandbox
sandbox.SandboxSettings, sandbox.AnswerShape, sandbox.Bench, sandbox.FaultRule
print(sorted({"starlette", "uvicorn", "httpx", "click"} & set(sys.modules)))
print(all(hasattr(sandbox, name) for name in sandbox.__all__), hasattr(sandbox, "nothing"))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\nTrue False\n"

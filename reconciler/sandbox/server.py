"""The stand-in over real HTTP: beside a test or a command in a thread of its own, or in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response as StarletteResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.sandbox.bench import Bench
from reconciler.sandbox.faults import FaultFunction, FaultRule
from reconciler.sandbox.http import PREFIX, Reply, Request, Response
from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings

_SECONDS_TO_STOP = 10.0
# Longer than a client keeps a connection: an idle one is not closed at the moment of its next request.
_SECONDS_TO_KEEP_ALIVE = 120


def asgi(handle: Callable[[Request], Reply], leaving: asyncio.Event | None = None) -> ASGIApp:
    """The stand-in as an ASGI application.

    Waiting answers are given up when `leaving` is set. Closing a connection without an answer needs the server of
    this module; any other makes an error 500 of it.
    """
    ends = leaving or asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(ClientDisconnect):
            reply = handle(await _read(StarletteRequest(scope, receive)))
            left = reply.delay > 0 and await _is_set_within(ends, reply.delay)
            if reply.response is None or left:
                await _close(scope, receive)
            else:
                await _starlette(reply.response)(scope, receive, send)

    return app


async def _read(request: StarletteRequest) -> Request:
    return Request(
        method=request.method,
        path=request.scope["path"],
        query=dict(request.query_params),
        body=await request.body(),
        content_type=request.headers.get("content-type", ""),
        authorization=request.headers.get("authorization"),
    )


def _starlette(response: Response) -> StarletteResponse:
    return StarletteResponse(
        response.body, response.status, headers=dict(response.headers), media_type=response.content_type
    )


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False


async def _close(scope: Scope, receive: Receive) -> None:
    transport = scope.get("state", {}).get("transport")
    if transport is not None:
        transport.close()
        await receive()


class _Protocol(H11Protocol):
    """HTTP/1.1, with the connection in each request's state, so that it can be closed without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """A server that is told when to end, instead of looking at signals and at a flag ten times a second."""

    def __init__(self, handle: Callable[[Request], Reply]) -> None:
        self.ready = threading.Event()
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop
        config = uvicorn.Config(
            asgi(handle, self._leaving),
            http=_Protocol,
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_SECONDS_TO_KEEP_ALIVE,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()

    async def main_loop(self) -> None:
        """Serve until `leave`."""
        await self._leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End at once: what is not answered yet will not be."""
        del sockets
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)
        for server in self.servers:
            await server.wait_closed()

    def leave(self) -> None:
        """End the server, once it is ready; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._leaving.set)


class Sandbox(Bench):
    """The stand-in over HTTP, from `with` to the end of the block, in a thread of its own.

    Listens on 127.0.0.1 and a free port, if nothing else is said; see `Bench` for the rest. Raises OSError where the
    port is taken.
    """

    def __init__(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        database: Path | None = None,
        *,
        token: str = SANDBOX_TOKEN,
        settings: SandboxSettings | None = None,
        fault: FaultFunction | FaultRule | str | None = None,
        sample_data: bool = False,
        clock: Callable[[], float] = time.time,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(database, token=token, settings=settings, fault=fault, sample_data=sample_data, clock=clock)
        self._address = (host, port)
        self._ends = contextlib.ExitStack()
        self._ended = threading.Event()
        self.base_url = ""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ends:
            super().__enter__()
            ends.callback(super().__exit__, None, None, None)
            listener = ends.enter_context(_listener(*self._address))
            self._start(listener, ends)
            self._ends = ends.pop_all()
        return self

    def _start(self, listener: socket.socket, ends: contextlib.ExitStack) -> None:
        server = _Server(self.handle)
        self._ended.clear()
        thread = threading.Thread(target=self._run, args=(server, listener), name="sandbox", daemon=True)
        thread.start()
        server.ready.wait()
        ends.callback(thread.join, _SECONDS_TO_STOP)
        ends.callback(server.leave)
        host, port = listener.getsockname()[:2]
        self.base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}{PREFIX}"

    def _run(self, server: _Server, listener: socket.socket) -> None:
        try:
            server.run([listener])
        finally:
            self._ended.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def wait(self) -> None:
        """Block until the server ends, or an exception (Ctrl-C) does."""
        # Not by joining the thread: a join that an exception interrupts may take the thread for ended.
        self._ended.wait()


def _listener(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def serve(  # noqa: PLR0913 - the same
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    database: Path | None = None,
    sample_data: bool = True,
    settings: SandboxSettings | None = None,
    allow_public: bool = False,
    announce: Callable[[str], None] = lambda _base_url: None,
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM; `announce` is told the base URL once it can be used.

    Raises ValueError for a host that is not loopback, unless `allow_public`; OSError where the port is taken.
    """
    if not allow_public and not _is_loopback(host):
        raise ValueError(
            f"{host} is not loopback: anybody could reach the sandbox; allowed are 127.0.0.1, ::1, localhost"
        )
    sandbox = Sandbox(database, settings=settings, sample_data=sample_data, host=host, port=port)
    with contextlib.suppress(KeyboardInterrupt), _interrupted_by_sigterm(), sandbox:
        announce(sandbox.base_url)
        sandbox.wait()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    # Python lets the main thread alone set handlers.
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, interrupt) if is_main else None
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGTERM, before)

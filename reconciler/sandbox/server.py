"""The stand-in over real HTTP, beside a test or a command, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from reconciler.sandbox.asgi_app import ClosableProtocol, asgi
from reconciler.sandbox.bench import Bench
from reconciler.sandbox.faults import FaultFunction, FaultRule
from reconciler.sandbox.http import PREFIX, Reply, Request
from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings

_SECONDS_TO_STOP = 10.0
# Longer than a client keeps a connection: an idle one is not closed at the moment of its next request.
_SECONDS_TO_KEEP_ALIVE = 120


class _Server(uvicorn.Server):
    """A server that is told when to end, instead of looking at signals and at a flag ten times a second."""

    def __init__(self, handle: Callable[[Request], Reply]) -> None:
        self.ready = threading.Event()
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop
        config = uvicorn.Config(
            asgi(handle, self._leaving),
            http=ClosableProtocol,
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
        more_tokens: Sequence[str] = (),
        settings: SandboxSettings | None = None,
        fault: FaultFunction | FaultRule | str | None = None,
        sample_data: bool = False,
        clock: Callable[[], float] = time.time,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(
            database,
            token=token,
            more_tokens=more_tokens,
            settings=settings,
            fault=fault,
            sample_data=sample_data,
            clock=clock,
        )
        self._address = (host, port)
        self._cleanup = contextlib.ExitStack()
        self._ended = threading.Event()
        self.base_url = ""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as cleanup:
            super().__enter__()
            cleanup.callback(super().__exit__, None, None, None)
            listener = cleanup.enter_context(_listener(*self._address))
            self._start(listener, cleanup)
            self._cleanup = cleanup.pop_all()
        return self

    def _start(self, listener: socket.socket, cleanup: contextlib.ExitStack) -> None:
        server = _Server(self.handle)
        self._ended.clear()
        thread = threading.Thread(target=self._run, args=(server, listener), name="sandbox", daemon=True)
        thread.start()
        server.ready.wait()
        cleanup.callback(thread.join, _SECONDS_TO_STOP)
        cleanup.callback(server.leave)
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
        self._cleanup.close()

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

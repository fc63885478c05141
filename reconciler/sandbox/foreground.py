"""The stand-in in the foreground, until somebody stops it."""

from __future__ import annotations

import contextlib
import ipaddress
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from reconciler.sandbox.server import Sandbox
from reconciler.sandbox.settings import SandboxSettings


def serve(  # noqa: PLR0913 - each is a keyword that is seldom given
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    database: Path | None = None,
    more_tokens: Sequence[str] = (),
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
    sandbox = Sandbox(
        database, more_tokens=more_tokens, settings=settings, sample_data=sample_data, host=host, port=port
    )
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

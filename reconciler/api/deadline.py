"""One time limit for a whole exchange: httpx knows limits for single reads only, and headers may drip, too."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.api.http_library import httpx

# Seconds. A limit of 0 would mean "don't wait", which is another kind of error.
_LEAST = 0.001
# Bytes that are taken at once: what came is copied some times on its way, for each of the answers that come side by
# side, and httpcore would take eight times as many.
_AT_ONCE = 8 * 1024


class Deadline(threading.local):
    """When the exchange of this thread is to be over, in monotonic seconds."""

    until: float = math.inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """In this block, what this thread waits for on its connections takes no longer than so many seconds in all."""
        self.until = time.monotonic() + seconds
        try:
            yield
        finally:
            self.until = math.inf

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() > self.until

    def bounded(self, seconds: float | None) -> float:
        """What is left of so many seconds (None: any number of them)."""
        left = max(self.until - time.monotonic(), _LEAST)
        return left if seconds is None else min(seconds, left)


def bound(client: httpx.Client, deadline: Deadline) -> None:
    """Let every connection of a client heed the deadline.

    httpx has no public way to the connections that it makes; a test with headers that drip holds that this is the way.
    """
    transports: list[Any] = [client._transport, *client._mounts.values()]  # noqa: SLF001 - see above
    for transport in transports:
        transport._pool._network_backend = _Network(transport._pool._network_backend, deadline)  # noqa: SLF001 - see above


class _Network:
    """Makes connections that heed the deadline; httpcore's `NetworkBackend`."""

    def __init__(self, network: Any, deadline: Deadline) -> None:  # noqa: ANN401 - as it comes from httpx
        self.network = network
        self.deadline = deadline

    def connect_tcp(self, *, timeout: float | None, **given: object) -> _Stream:
        return _Stream(self.network.connect_tcp(timeout=self.deadline.bounded(timeout), **given), self.deadline)


class _Stream:
    """A connection that heeds the deadline; httpcore's `NetworkStream`."""

    def __init__(self, stream: Any, deadline: Deadline) -> None:  # noqa: ANN401 - as above
        self.stream = stream
        self.deadline = deadline

    def read(self, size: int, timeout: float | None = None) -> bytes:
        content: bytes = self.stream.read(min(size, _AT_ONCE), timeout=self.deadline.bounded(timeout))
        return content

    def write(self, content: bytes, timeout: float | None = None) -> None:
        self.stream.write(content, timeout=self.deadline.bounded(timeout))

    def start_tls(self, *, timeout: float | None = None, **given: object) -> _Stream:
        return _Stream(self.stream.start_tls(timeout=self.deadline.bounded(timeout), **given), self.deadline)

    def close(self) -> None:
        self.stream.close()

    def get_extra_info(self, name: str) -> object:
        return self.stream.get_extra_info(name)

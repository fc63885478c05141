"""The log of requests: one JSON object a line for each try, without headers, bodies, numbers or tokens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import NamedTuple


class LogRow(NamedTuple):
    """One try of a request.

    `time` is the time of day as ISO 8601, `status` the HTTP status, None where no answer came. `attempt` counts the
    tries of this request from 1. `wait` (for its turn, and since the last try) and `seconds` (for the answer) are
    seconds.
    """

    time: str
    method: str
    path: str
    status: int | None
    attempt: int
    wait: float
    seconds: float


def log_to(
    write: Callable[[bytes], object], tell: Callable[[str], None] = lambda _line: None
) -> Callable[[LogRow], None]:
    """A log of one JSON object a line, safe for many workers. A full disk is told once and stops nothing."""
    lock = threading.Lock()
    broken: list[OSError] = []

    def log(row: LogRow) -> None:
        with lock:
            if broken:
                return
            try:
                write(json.dumps(row._asdict()).encode() + b"\n")
            except OSError as error:
                broken.append(error)
                tell(f"the log is not written any further: {error.strerror or error}")

    return log

"""The log of requests: one object a line, and a disk that is full."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from reconciler.api.request_log import LogRow, log_to


def row(attempt: int) -> LogRow:
    return LogRow("2027-01-15T08:00:00+00:00", "GET", "/campaigns", 200, attempt, 0.0, 0.1)


def test_the_log_is_one_object_a_line() -> None:
    written: list[bytes] = []
    log = log_to(written.append)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: log(row(n)), range(100)))

    assert Counter(json.loads(line)["attempt"] for line in written) == Counter(range(100))
    assert all(line.endswith(b"\n") for line in written)


def test_a_log_that_cannot_be_written_is_told_once_and_stops_nothing() -> None:
    lines: list[str] = []
    tries = itertools.count()

    def write(_row: bytes) -> None:
        next(tries)
        raise OSError(28, "No space left on device")

    log = log_to(write, lines.append)
    log(row(1))
    log(row(2))

    assert (lines, next(tries)) == (["the log is not written any further: No space left on device"], 1)

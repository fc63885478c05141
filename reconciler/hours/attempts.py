"""How often one person may be called: the worst case of retries and cooldowns over an ordinary week of open hours.

A first attempt may come at any open minute; each retry comes at the first open minute that is the cooldown later. The
clock is the campaign's own, in a week without clock changes, so that the zone does not matter.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from reconciler.hours.schedule import Week, laid_out
from reconciler.hours.spans import Spans
from reconciler.hours.zones import DAY

WEEK = 7 * DAY
_OPEN = 1


class Attempts(NamedTuple):
    """The most attempts that one person may get: in any 24 hours, in any 7 days, and at all.

    A day reaches from one moment up to, not including, the same moment of the next day, and so does a week. `minutes`
    is the shortest time from the first of all attempts to the last; None where nobody knows the wait between them.
    """

    per_day: int
    per_week: int
    total: int
    minutes: int | None


@lru_cache(maxsize=4096)
def most_attempts(week: Week, retries: int, cooldown: int) -> Attempts | None:
    """The worst case for one person; None where no minute of the week is open.

    `cooldown` is in minutes, 0 or more, and there are 0 or more retries.
    """
    spans = laid_out(week)
    if not spans:
        return None
    minutes = _minutes(spans)
    # What is counted from an attempt on is what it would be if that attempt were the first, with more retries left.
    firsts = (minute for minute in _first_attempts(spans, retries, cooldown) if minutes[minute])
    runs = [_run(minutes, first, retries, cooldown) for first in firsts]
    return Attempts(
        per_day=max(bisect_right(run, DAY - 1) for run in runs),
        per_week=max(bisect_right(run, WEEK - 1) for run in runs),
        total=retries + 1,
        minutes=min(run[-1] for run in runs),
    )


def _minutes(spans: Spans) -> bytes:
    """The minutes of two weeks, each 1 where it is open: bytes are looked through faster than anything else."""
    week = bytearray(WEEK)
    for start, end in spans:
        week[start:end] = bytes([_OPEN]) * (end - start)
    return bytes(week) * 2


def _first_attempts(spans: Spans, retries: int, cooldown: int) -> set[int]:
    """The minutes of the week of which one that is open is the worst to begin at.

    While the first attempt moves on, each later one moves with it, or stands at the start of a span, which brings it
    nearer. So the worst minutes are the last before that changes: those from which an attempt that never had to wait
    falls on the start of a span, or on the last minute of one.
    """
    edges = {edge for start, end in spans for edge in (start, end - 1)}
    return {(edge - passed * cooldown) % WEEK for edge in edges for passed in range(retries + 1)}


def _run(minutes: bytes, first: int, retries: int, cooldown: int) -> list[int]:
    """How many minutes after the first attempt each attempt comes, itself included."""
    run, at = [0], first
    for _ in range(retries):
        passed, minute = divmod(at + cooldown, WEEK)
        at = passed * WEEK + minutes.find(_OPEN, minute)
        run.append(at - first)
    return run

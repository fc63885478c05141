"""Decides when a request may go, so that the rate limit is used up and never run into."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# The window of the limit as the API's page gives it: requests a minute.
WINDOW = 60.0
_EPOCH_FROM = 1_000_000_000
_CLOCK_SKEW = 2.0
_GLANCE = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """What the headers of an answer tell of the limit: requests, and seconds from now."""

    limit: int | None = None
    remaining: int | None = None
    reset_in: float | None = None
    retry_after: float | None = None


def told(headers: Mapping[str, str], now: float) -> Told:
    """Read `X-RateLimit-*` and `Retry-After`; `now` is the epoch second. Reset may be an epoch or a duration."""
    server_now = _http_date(headers.get("date"))
    clock = server_now if server_now is not None and abs(server_now - now) > _CLOCK_SKEW else now
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is not None and reset > _EPOCH_FROM:
        reset -= clock
    after = _number(headers.get("retry-after"))
    if after is None and (moment := _http_date(headers.get("retry-after"))) is not None:
        after = moment - clock
    limit, remaining = (_number(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining"))
    return Told(
        limit=int(limit) if limit is not None else None,
        remaining=int(remaining) if remaining is not None else None,
        reset_in=max(reset, 0.0) if reset is not None else None,
        retry_after=max(after, 0.0) if after is not None else None,
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < 1e12 else None  # noqa: PLR2004 - neither nan nor a time that cannot be


def _http_date(text: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


class Limiter:
    """One for all workers. `reserve` says how many requests are to be kept back for what must not wait.

    Within the limit requests go at once. When nothing is left they wait for the reset. After a wait one
    request goes first and alone, and the others follow when its answer says how much is left.
    """

    def __init__(self, tell: Callable[[str], None], check: Callable[[], None], reserve: Callable[[], int]) -> None:
        self._tell = tell
        self._check = check
        self._reserve = reserve
        self._turn = threading.Condition()
        self._limit: int | None = None
        self._left: int | None = None
        self._reset_at: float | None = None
        self._closed_until = 0.0
        self._told_until = 0.0
        self._under_way = 0
        self._urgent = 0
        self._probing = False
        self._must_probe = False

    @property
    def limit(self) -> int | None:
        """Requests in a window, where the API told it."""
        return self._limit

    def enter(self, *, urgent: bool = False) -> float:
        """Wait until a request may go; returns the seconds waited. Raises what `check` raises, unless urgent."""
        began = time.monotonic()
        with self._turn:
            self._urgent += urgent
            try:
                while (wait := self._to_wait(urgent=urgent)) > 0:
                    if not urgent:
                        self._check()
                    self._tell_once(wait)
                    self._turn.wait(min(wait, _GLANCE))
            finally:
                self._urgent -= urgent
            self._go()
        return time.monotonic() - began

    def skip(self) -> None:
        """Count a request that goes without waiting, because there is no time left to wait."""
        with self._turn:
            self._go()

    def _go(self) -> None:
        self._under_way += 1
        self._probing = self._must_probe
        if self._left is not None:
            self._left -= 1

    def _to_wait(self, *, urgent: bool) -> float:
        """Seconds until it is worth looking again; 0 if the request may go now."""
        now = time.monotonic()
        if now < self._closed_until:
            return self._closed_until - now
        if self._reset_at is not None and now >= self._reset_at:
            self._left, self._reset_at, self._must_probe = None, None, True
        if self._probing or (self._urgent and not urgent):
            return _GLANCE
        if self._left is None or self._left > (0 if urgent else self._kept()):
            return 0.0
        if self._reset_at is None:
            # Nothing left, and nobody said until when: one request goes alone and finds out.
            self._must_probe = True
            return _GLANCE if self._under_way else 0.0
        return self._reset_at - now

    def _kept(self) -> int:
        """The reserve, but never more than half of a window, or the others could wait for ever."""
        return min(self._reserve(), (self._limit or 0) // 2)

    def _tell_once(self, wait: float) -> None:
        until = max(self._closed_until, self._reset_at or 0.0)
        if wait > 1 and until > self._told_until + 1:
            self._told_until = until
            self._tell(f"rate limited, waiting {wait:.0f} s")

    def leave(self, answer: Told | None, *, refused: bool = False, otherwise: float = WINDOW) -> float:
        """Learn from an answer (None: no answer came). A refusal (429) closes the way; returns for how long."""
        with self._turn:
            self._under_way -= 1
            self._probing = False
            closed = 0.0
            if refused and answer is not None:
                closed = self._close(answer, otherwise)
            elif answer is not None:
                self._learn(answer)
            self._turn.notify_all()
        return closed

    def _close(self, answer: Told, otherwise: float) -> float:
        now = time.monotonic()
        wait = answer.retry_after if answer.retry_after is not None else answer.reset_in
        wait = otherwise if wait is None else max(wait, 0.2)
        self._limit = answer.limit or self._limit
        self._closed_until = max(self._closed_until, now + wait)
        self._left, self._reset_at, self._must_probe = None, None, True
        return wait

    def _learn(self, answer: Told) -> None:
        now = time.monotonic()
        self._limit = answer.limit or self._limit
        if answer.remaining is None:
            if self._must_probe and self._limit is not None:
                self._left = self._limit - 1 - self._under_way  # a new window, which only we count
            self._must_probe = False
            return
        left = answer.remaining - self._under_way
        reset_at = now + answer.reset_in if answer.reset_in is not None else None
        is_new = self._must_probe or self._left is None or _is_later(reset_at, self._reset_at)
        # Answers may come back in another order than the requests went: within a window the least counts.
        self._left = left if is_new else min(self._left or 0, answer.remaining)
        self._reset_at = reset_at if is_new else self._reset_at
        self._must_probe = False


def _is_later(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one > other + _CLOCK_SKEW

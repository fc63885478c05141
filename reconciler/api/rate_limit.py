"""Decides when a request may go, so that the rate limit is used up and never run into."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.model.clock import StopRequest

# The window of the limit as the API's page gives it: requests a minute.
WINDOW = 60.0
_EPOCH_FROM = 1_000_000_000
_CLOCK_SKEW = 2.0
_GLANCE = 0.1
# The shortest and the longest wait after a 429. "0 seconds" is a part of a second, cut to whole ones; and what
# asks for more than five minutes is looked at again after five.
_SHORTEST, _LONGEST = 1.0, 300.0


@dataclass(frozen=True, slots=True)
class RateLimitHeaders:
    """What the headers of an answer tell of the limit: requests, and seconds from now."""

    limit: int | None = None
    remaining: int | None = None
    reset_in: float | None = None
    retry_after: float | None = None


def rate_limit_headers(headers: Mapping[str, str], now: float) -> RateLimitHeaders:
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
    return RateLimitHeaders(
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


@dataclass(frozen=True, slots=True)
class Permit:
    """A request that went: the seconds that it waited, and how many had come back before it, and silent among them.

    `is_probe`: it goes alone, and what it learns decides when the others follow.
    """

    waited: float
    back: int
    silent: int
    is_probe: bool


class Limiter:
    """One for all workers. `reserve` says how many requests are to be kept back for what must not wait.

    Within the limit requests go at once. When nothing is left they wait for the reset. At first and after a wait
    one request goes alone, a probe, and the others follow when its answer says how much is left.

    What is left is the least that an answer of this window told, less what went since and may have been counted
    after that: requests under way, and those that came back silent, without a word on the limit.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        stop: StopRequest,
        reserve: Callable[[], int],
        now: Callable[[], float] = time.monotonic,
        rest: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        """`now` gives seconds that only grow; `rest` waits so many seconds, or until the condition is notified."""
        self._tell = tell
        self._stop = stop
        self._reserve = reserve
        self._now = now
        self._rest = rest
        self._turn = threading.Condition()
        self._limit: int | None = None
        self._least: int | None = None
        self._reset_at: float | None = None
        self._closed_until = 0.0
        self._told_until = 0.0
        self._refusals = 0
        self._sent = self._back = self._silent = self._settled = 0
        self._urgent = 0
        self._probing = False
        self._must_probe = True

    @property
    def limit(self) -> int | None:
        """Requests in a window, where the API told it."""
        return self._limit

    def enter(self, *, urgent: bool = False) -> Permit:
        """Wait until a request may go.

        Once we were asked to stop, what is urgent goes at once, and for all else Interrupted is raised.
        """
        began = self._now()
        with self._turn:
            self._urgent += urgent
            try:
                while (wait := self._to_wait(urgent=urgent)) > 0 and not (urgent and self._stop.is_stopping):
                    if not urgent:
                        self._stop.check()
                    self._tell_once(wait)
                    self._rest(self._turn, min(wait, _GLANCE))
            finally:
                self._urgent -= urgent
            is_probe = self._must_probe and not self._probing
            self._probing |= is_probe
            self._sent += 1
            return Permit(self._now() - began, self._back, self._silent, is_probe)

    def _to_wait(self, *, urgent: bool) -> float:
        """Seconds until it is worth looking again; 0 if the request may go now."""
        now = self._now()
        if now < self._closed_until:
            return self._closed_until - now
        if self._reset_at is not None and now >= self._reset_at:
            self._forget()
        if urgent and self._least is None:
            return 0.0
        if self._probing or (self._urgent and not urgent):
            return _GLANCE
        if self._least is None or self._left(self._least) > (0 if urgent else self._kept()):
            return 0.0
        if self._reset_at is None:
            # Nothing left, and nobody said until when: one request goes alone and finds out.
            self._must_probe = True
            return _GLANCE if self._sent > self._back else 0.0
        return self._reset_at - now

    def _left(self, least: int) -> int:
        return least - (self._sent - self._back) - (self._silent - self._settled)

    def _kept(self) -> int:
        """The reserve, but never more than half of a window, or the others could wait for ever."""
        return min(self._reserve(), (self._limit or 0) // 2)

    def _forget(self) -> None:
        """A window is over, or cannot be known: one request has to find out."""
        self._least, self._reset_at, self._must_probe = None, None, True

    def _tell_once(self, wait: float) -> None:
        until = max(self._closed_until, self._reset_at or 0.0)
        if wait > 1 and until > self._told_until + 1:
            self._told_until = until
            self._tell(f"rate limited, waiting {wait:.0f} s")

    def leave(
        self, ticket: Permit, answer: RateLimitHeaders | None, *, refused: bool = False, otherwise: float = WINDOW
    ) -> None:
        """Learn from an answer (None: no answer came). A refusal (429) closes the way, `otherwise` for so long."""
        with self._turn:
            self._back += 1
            self._probing &= not ticket.is_probe
            if answer is None or answer.remaining is None:
                self._silent += 1
            if answer is None:
                self._miss(ticket)
            else:
                self._limit = answer.limit or self._limit
                if refused:
                    self._close(answer, otherwise)
                elif ticket.is_probe or not self._must_probe:
                    self._learn(ticket, answer)
            self._turn.notify_all()

    def _miss(self, ticket: Permit) -> None:
        """No answer came. A probe into a new window holds the others up no longer, where nobody refused us."""
        if ticket.is_probe and self._least is None and not self._refusals:
            self._must_probe = False
            self._least, self._settled = self._limit, self._silent - 1

    def _close(self, answer: RateLimitHeaders, otherwise: float) -> None:
        """Wait as long as the answer says, and longer each time when that does not help."""
        now = self._now()
        if now >= self._closed_until:  # else it was on its way when another one was refused
            self._refusals += 1
        wait = answer.retry_after or answer.reset_in
        if wait is None:
            wait = otherwise if answer.retry_after is None else 0.0
        wait = min(max(wait, _SHORTEST * 2.0 ** min(self._refusals - 1, 9)), _LONGEST)
        self._closed_until = max(self._closed_until, now + wait)
        self._forget()

    def _learn(self, ticket: Permit, answer: RateLimitHeaders) -> None:
        self._refusals = 0
        if answer.remaining is not None:
            self._count(ticket, answer.remaining, answer.reset_in)
        elif self._must_probe and self._limit is not None:
            # A new window, which only we count.
            self._least, self._settled = self._limit - 1, self._silent
        self._must_probe = False

    def _count(self, ticket: Permit, remaining: int, reset_in: float | None) -> None:
        """Answers may come back in another order than the requests went: within a window the least counts."""
        reset_at = self._now() + reset_in if reset_in is not None else None
        if self._least is None or self._must_probe or self._is_new(ticket, remaining, reset_at):
            self._least, self._reset_at, self._settled = remaining, reset_at, ticket.silent
        elif not _is_later(self._reset_at, reset_at):
            self._least = min(self._least, remaining)
            # Told in whole seconds, rounded up: the earliest is the nearest to the truth.
            self._reset_at = min((at for at in (self._reset_at, reset_at) if at is not None), default=None)
            self._settled = max(self._settled, ticket.silent)

    def _is_new(self, ticket: Permit, remaining: int, reset_at: float | None) -> bool:
        """Whether an answer is of a later window: its reset is later, or more is left than its turn explains."""
        others = self._sent - ticket.back - 1
        return _is_later(reset_at, self._reset_at) or remaining > (self._least or 0) + others


def _is_later(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one > other + _CLOCK_SKEW

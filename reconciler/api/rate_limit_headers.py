"""What the headers of an answer tell of the rate limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from reconciler.api.http_dates import http_date

# Never is one answer's word a reason to wait for longer. A reset beyond it is in milliseconds, or of another clock.
LONGEST_WAIT = 300.0
# Between an epoch of this century and a number of seconds.
_EPOCH_FROM = 1_000_000_000
# Seconds between two clocks that go right: what the way takes, and whole seconds.
CLOCK_SKEW = 2.0


class RateLimitHeaders(NamedTuple):
    """What one answer tells: numbers of requests, and seconds from now. None is what it does not tell."""

    limit: int | None = None
    remaining: int | None = None
    reset_in: float | None = None
    retry_after: float | None = None

    @classmethod
    def parse(cls, headers: Mapping[str, str], now: float) -> Self:
        """Read `X-RateLimit-Limit`, `-Remaining`, `-Reset`, and `Retry-After`; `now` is the epoch second.

        `Reset` may be an epoch second or a number of seconds, `Retry-After` a number of seconds or an HTTP date.
        Moments are counted from the server's own `Date` where its clock is wrong. What is further away than
        LONGEST_WAIT is not believed.
        """
        server_now = http_date(headers.get("date"))
        clock = server_now if server_now is not None and abs(server_now - now) > CLOCK_SKEW else now
        reset_in = _number(headers.get("x-ratelimit-reset"))
        if reset_in is not None and reset_in > _EPOCH_FROM:
            reset_in = max(reset_in - clock, 0.0)
        if reset_in is not None and reset_in > LONGEST_WAIT:
            reset_in = None
        retry_after = _number(headers.get("retry-after"))
        moment = http_date(headers.get("retry-after"))
        if retry_after is None and moment is not None:
            retry_after = max(moment - clock, 0.0)
        if retry_after is not None and retry_after > LONGEST_WAIT:
            retry_after = None
        limit, remaining = _number(headers.get("x-ratelimit-limit")), _number(headers.get("x-ratelimit-remaining"))
        return cls(
            limit=int(limit) if limit is not None else None,
            remaining=int(remaining) if remaining is not None else None,
            reset_in=reset_in,
            retry_after=retry_after,
        )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < 1e12 else None  # noqa: PLR2004 - neither nan nor a time that cannot be

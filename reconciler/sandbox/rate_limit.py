"""The rate limit: a fixed window that starts at its first request, and how its state is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

from reconciler.sandbox.http import JsonResponse, failure
from reconciler.sandbox.settings import SandboxSettings

_TOO_MANY = "Too many requests. Please try again later."


@dataclass(frozen=True, slots=True)
class RateWindow:
    """A window of the rate limit: when its first request came (epoch seconds), and how many have come."""

    started_at: float
    hits: int

    def is_over(self, now: float, settings: SandboxSettings) -> bool:
        """Whether the next request opens a new window."""
        return now >= self.started_at + settings.rate_window

    def has_room(self, settings: SandboxSettings) -> bool:
        """Whether the last request was within the limit."""
        return self.hits <= settings.rate_limit


def after_hit(window: RateWindow | None, now: float, settings: SandboxSettings) -> RateWindow:
    """The window with one more request in it."""
    if window is None or window.is_over(now, settings):
        return RateWindow(now, 1)
    return RateWindow(window.started_at, window.hits + 1)


def rate_headers(window: RateWindow, now: float, settings: SandboxSettings, status: int) -> Mapping[str, str]:
    """The headers that tell the limit, as the settings want them on an answer with this status."""
    if settings.rate_headers == "never" or (settings.rate_headers == "on_429" and status != 429):  # noqa: PLR2004 - HTTP
        return {}
    reset_at = window.started_at + settings.rate_window
    return {
        "X-RateLimit-Limit": str(settings.rate_limit),
        "X-RateLimit-Remaining": str(max(0, settings.rate_limit - window.hits)),
        "X-RateLimit-Reset": str(math.ceil(reset_at if settings.reset_as == "epoch" else max(0.0, reset_at - now))),
    }


def too_many(now: float, reset_at: float, settings: SandboxSettings) -> JsonResponse:
    """The 429, which says when to come again in the form of `settings.retry_after`.

    `seconds`, `zero`, `date`: a Retry-After header. `body`: only the body says it. `none`: nothing does.
    """
    seconds = max(0, math.ceil(reset_at - now))
    if settings.retry_after == "body":
        details = {"retry_after": seconds}
        return JsonResponse(429, {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": _TOO_MANY, "details": details}})
    told = {"seconds": str(seconds), "zero": "0", "date": formatdate(math.ceil(reset_at), usegmt=True)}
    headers = {"Retry-After": told[settings.retry_after]} if settings.retry_after in told else {}
    return JsonResponse(429, failure(429, _TOO_MANY).content, headers)

"""A limiter in a world whose clock moves only when somebody rests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_budget import Permit
from reconciler.api.rate_limit import Limiter
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.model.errors import Interrupted


@dataclass
class World:
    """A clock that moves only when somebody rests, the wish to stop, and what was told."""

    now: float = 1000.0
    is_stopping: bool = False
    lines: list[str] = field(default_factory=list)
    while_resting: Callable[[], bool] = lambda: False

    def check(self) -> None:
        if self.is_stopping:
            raise Interrupted("stopped")

    def rest(self, _turn: threading.Condition, seconds: float) -> None:
        if not self.while_resting():
            self.now += seconds

    def limiter(self) -> Limiter:
        return Limiter(self.lines.append, self, lambda: self.now, self.rest)


def learnt(limiter: Limiter, answer: RateLimitHeaders | None, *, refused: bool = False) -> Permit:
    """One request that goes and comes back with this answer."""
    permit = limiter.enter()
    limiter.leave(permit, answer, refused=refused)
    return permit


def waited(limiter: Limiter, *, urgent: bool = False, share: PauseShare | None = None) -> float:
    permit = limiter.enter(urgent=urgent, share=share)
    limiter.leave(permit, None)
    return round(permit.waited, 3)

"""Decides when a request may go, so that the rate limit is used up and never run into."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Protocol

from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_budget import GLANCE, Permit, RateBudget
from reconciler.api.rate_limit_headers import RateLimitHeaders


class StopSignal(Protocol):
    """Knows whether somebody asked us to stop."""

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked us to stop."""
        ...

    def check(self) -> None:
        """Raise Interrupted if somebody asked us to stop."""
        ...


class TurnTooLate(Exception):
    """The turn of a request did not come as long as it was worth sending."""


class Limiter:
    """One for all workers: lets them wait their turn, as the budget says; see `rate_budget` for its states."""

    def __init__(
        self,
        tell: Callable[[str], None],
        stop: StopSignal,
        now: Callable[[], float] = time.monotonic,
        rest: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        """`now` gives seconds that only grow; `rest` waits so many seconds, or until the condition is notified."""
        self._tell = tell
        self._stop = stop
        self._now = now
        self._rest = rest
        self._turn = threading.Condition()
        self._budget = RateBudget()
        self._urgent_waiting = 0
        self._told_until = 0.0

    @property
    def limit(self) -> int | None:
        """Requests in a window, where the API told it."""
        return self._budget.limit

    def enter(self, *, urgent: bool = False, within: float = math.inf, share: PauseShare | None = None) -> Permit:
        """Wait until a request may go; who is urgent goes before those who wait. Raises TurnTooLate.

        That is raised where the turn does not come within so many seconds. With a `share` it may use what is kept
        back for campaigns that are paused.
        Once we were asked to stop, what is urgent goes at once, and for all else Interrupted is raised.
        """
        began = self._now()
        with self._turn:
            self._urgent_waiting += urgent
            try:
                while (wait := self._seconds_to_wait(share, urgent=urgent)) > 0:
                    if urgent and self._stop.is_stopping:
                        break
                    if not urgent:
                        self._stop.check()
                    if self._now() - began + wait > within:
                        raise TurnTooLate
                    self._tell_once(wait)
                    self._rest(self._turn, min(wait, GLANCE))
            finally:
                self._urgent_waiting -= urgent
            return self._budget.permit(share)._replace(waited=self._now() - began)

    def pause_ended(self, campaign_id: str) -> None:
        """Nothing has to be kept back for this campaign any more."""
        with self._turn:
            self._budget.pause_ended(campaign_id)
            self._turn.notify_all()

    def _seconds_to_wait(self, share: PauseShare | None, *, urgent: bool) -> float:
        wait = self._budget.seconds_to_wait(self._now(), urgent=urgent, share=share)
        return max(wait, GLANCE) if self._urgent_waiting and not urgent else wait

    def _tell_once(self, wait: float) -> None:
        until = self._now() + wait
        if wait > 1 and until > self._told_until + 1:
            self._told_until = until
            self._tell(f"rate limited, waiting {wait:.0f} s")

    def leave(self, permit: Permit, told: RateLimitHeaders | None, *, refused: bool = False) -> None:
        """Learn from an answer (None: no answer came). `refused` is a 429."""
        with self._turn:
            now = self._now()
            if told is None:
                self._budget.lost(permit, now)
            elif refused:
                self._budget.refused(permit, told, now)
            else:
                self._budget.answered(permit, told, now)
            self._turn.notify_all()

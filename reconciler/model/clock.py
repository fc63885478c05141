"""Time, and the wish to stop, as whoever waits sees them."""

from __future__ import annotations

from typing import Protocol


class StopRequest(Protocol):
    """Knows whether somebody asked us to stop."""

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked us to stop."""
        ...

    def check(self) -> None:
        """Raise Interrupted if somebody asked us to stop."""
        ...


class Clock(StopRequest, Protocol):
    """Time, and how little of it is left once somebody asked us to stop."""

    @property
    def seconds_left(self) -> float:
        """Seconds in which everything has to be put back, once somebody asked us to stop."""
        ...

    def now(self) -> float:
        """Seconds that only ever grow."""
        ...

    def stamp(self) -> str:
        """The time of day as text, for the journal."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as somebody asks us to stop."""
        ...

    def wait_while_resuming(self, seconds: float, since: float) -> bool:
        """Wait while something is put back that began at `since`; False when there is no time left for it."""
        ...

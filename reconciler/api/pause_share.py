"""What a request of a campaign that we pause may use of the rate limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _nothing() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class PauseShare:
    """A request of a campaign that we pause: it may use what is kept back for campaigns that are paused.

    `begins`: it is the pause itself, which goes only where enough is left for all that comes after it. `goes` is
    called when its turn has come, just before it is sent.
    """

    campaign_id: str
    begins: bool = False
    goes: Callable[[], None] = field(default=_nothing, compare=False)

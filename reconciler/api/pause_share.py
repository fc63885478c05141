"""What a request of a campaign that we pause may use of the rate limit."""

from __future__ import annotations

from typing import NamedTuple


class PauseShare(NamedTuple):
    """A request of a campaign that we pause: it may use what is kept back for campaigns that are paused.

    `begins`: it is the pause itself, which goes only where enough is left for all that comes after it.
    """

    campaign_id: str
    begins: bool = False

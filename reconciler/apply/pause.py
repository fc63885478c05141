"""A pause of ours, and what is known of it; `pause_state` shows where it may stand.

It is begun by `pausing`, and ended on every way out by `resuming`. Reads may lag behind writes, and a 404 proves
nothing. The journal is on the disk before the first try.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from reconciler.apply.context import PauseEntry, age
from reconciler.apply.pause_state import State
from reconciler.apply.session import CampaignSession
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.errors import ApiError, StateError

# What somebody else made of a campaign, and nobody overwrites.
THEIRS: Final = FINISHED | {Status.DRAFT}
# Seconds: no answer makes a try of a pause, or of its end, wait for longer.
LONGEST_WAIT: Final = 30.0
# Seconds in which the API itself says that it does not know a campaign of another run, before that is told. The entry
# stays, and the next apply tries again: nobody is helped if each one waits for minutes.
_PATIENCE_WITH_404 = 30.0
# Seconds between the entry of a journal and the try that it announces, up to which it is true.
_AT_ONCE = 1.0


@dataclass(slots=True)
class Pause:
    """A pause of ours.

    `began` is when the first try went that may have worked, `last_try` when the last one did, and `ended_at` when it
    was over, in the clock's time.
    `doubts` counts tries that may arrive yet, and pause it again: those without proof, less one that was seen to work.
    `is_tried`: its end was sent, or it is another run's. Until then no look ends it: reads may be older than we wait.
    `is_seen`: a look showed it paused. Until then, one that shows it active soon after its end may be from before it.
    """

    session: CampaignSession
    entry: PauseEntry
    target: str
    last_try: float
    began: float | None = None
    state: State = State.ANNOUNCED
    doubts: int = 0
    ended_at: float | None = None
    is_tried: bool = False
    is_seen: bool = False
    patience_with_404: float = math.inf

    @classmethod
    def planned(cls, session: CampaignSession, entry: PauseEntry) -> Self:
        """A pause that is about to begin."""
        return cls(session, entry, entry.status_before, session.clock.now())

    @classmethod
    def of_journal(cls, session: CampaignSession, entry: PauseEntry) -> Self:
        """A pause of another run, which may have worked, or arrive yet."""
        now = session.clock.now()
        last_try = now - (age(entry, session.clock.stamp()) or 0.0)
        return cls(
            session,
            entry,
            entry.status_before,
            last_try,
            now,
            State.DOUBTFUL,
            1,
            is_tried=True,
            patience_with_404=_PATIENCE_WITH_404,
        )

    @property
    def seconds(self) -> float:
        """How long the campaign was, or is, kept from calling."""
        if self.began is None:
            return 0.0
        return (self.session.clock.now() if self.ended_at is None else self.ended_at) - self.began

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it yet: when the run is stopped, two threads may be at it."""
        return self.state is not State.ENDED

    # Its tries

    def note_try(self) -> None:
        """A try goes now. The journal says when the last one did, since it may arrive late."""
        now = self.session.clock.now()
        if now - self.last_try > _AT_ONCE or self.state is State.DOUBTFUL:
            self.entry = self.entry._replace(at=self.session.clock.stamp())
            self.session.context.journal.announce(self.entry)
        self.state, self.last_try, self.session.is_paused_by_us = State.DOUBTFUL, now, True
        if not self.doubts:
            self.began = now

    def take_back_try(self, before: State) -> None:
        """The last try was without effect: it stands as `before`."""
        self.state = before
        if before is State.ANNOUNCED:
            self.began = None
            self._hold_nothing_back()

    # What looks show

    @property
    def is_settled(self) -> bool:
        """Whether no try of the pause can take effect any more, after whatever was done since."""
        return self.is_late or self.is_certain

    @property
    def is_certain(self) -> bool:
        """Whether every try of the pause is known to have worked, or not."""
        return self.state is State.ACCEPTED and not self.doubts

    @property
    def is_late(self) -> bool:
        """Whether the last try is so long ago that it cannot arrive any more."""
        return self.session.clock.now() - self.last_try >= self.session.context.timeout

    def look(self, *, urgent: bool = False) -> str | None:
        """The status at a look, None where it cannot be read: a 404 is no more than that."""
        try:
            seen = self.session.look(urgent=urgent, once=urgent)
        except ApiError:
            return None
        if urgent and (seen == Status.PAUSED or seen not in set(Status)):
            self.was_seen()
        return seen

    def was_seen(self) -> None:
        """A look shows the campaign paused: one of the doubtful tries has worked."""
        self.is_seen = True
        if self.state is State.DOUBTFUL:
            self.state, self.doubts = State.ACCEPTED, max(self.doubts - 1, 0)

    def is_over_at_a_look(self, statuses: Collection[str]) -> bool:
        """Whether one look shows such a status, and no try can arrive any more: then the journal forgets it."""
        seen = self.look(urgent=True)
        if is_over := seen in statuses and (seen != Status.ACTIVE or self.is_late):
            self.clear()
        return is_over

    # When it is over

    def clear(self) -> None:
        """It is over: the journal forgets it, and nothing is kept back for it any more."""
        self.state, self.ended_at = State.ENDED, self.session.clock.now()
        self._hold_nothing_back()
        try:
            self.session.context.journal.clear(self.entry)
        except StateError as error:
            self.session.notices.append(f"the journal still holds the campaign: {error}")
        self.session.context.noted()

    def _hold_nothing_back(self) -> None:
        self.session.is_paused_by_us = False
        self.session.context.pause_ended(self.session.id)

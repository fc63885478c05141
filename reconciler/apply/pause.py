"""The pause of one campaign for its update, and its end on every way out; `pause_state` shows where it may stand.

Every try is sent once, after a look: what somebody did while we waited is never taken for ours. Reads may lag behind
writes, and a 404 proves nothing. The journal is on the disk before the first try.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Self

from reconciler.api.answers import read_status
from reconciler.api.endpoints import set_status
from reconciler.apply.context import PauseEntry, age
from reconciler.apply.failures import Overtaken, why_left_paused
from reconciler.apply.pause_state import State
from reconciler.apply.session import LAG, CampaignSession, Held, backoff
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.errors import ApiError, Interrupted, LeftPaused, Proof, Refused, StateError, is_unknown_to_the_api
from reconciler.model.holds import Hold, Stopped

# What somebody else made of a campaign, and nobody overwrites.
_THEIRS = FINISHED | {Status.DRAFT}
# Tries of a pause that prove nothing, and that were turned away, before it is given up.
_MOST_FAULTS, _MOST_TURNS = 5, 10
# Certain refusals of an end that the file wants, before the campaign is put back as it was.
_REFUSALS_BORNE = 3
# Seconds in which the API itself says that it does not know a campaign of another run, before that is told. The entry
# stays, and the next apply tries again: nobody is helped if each one waits for minutes.
_PATIENCE_WITH_404 = 30.0
# Seconds: no answer makes a resume wait for longer.
_LONGEST_WAIT = 30.0
# Seconds between the entry of a journal and the try that it announces, up to which it is true.
_AT_ONCE = 1.0


@dataclass(slots=True)
class Pause:
    """A pause of ours.

    `began` is when the first try went that may have worked, `last_try` when the last one did, and `ended_at` when it
    was over, in the clock's time.
    `doubts` counts tries that may arrive yet, and pause it again: those without proof, less one that was seen to work.
    `is_tried`: its end was sent, or it is another run's. Until then no look ends it: reads may be older than we wait.
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

    # Its beginning

    def begin(self) -> bool:
        """Pause the campaign, which was active at a look just now. Whatever goes wrong, it is put back.

        Returns False where somebody else paused it meanwhile: that pause is theirs. Raises ApiError, Overtaken,
        StateError where the journal cannot be written, and Interrupted.
        """
        self.session.context.journal.announce(self.entry)
        self.session.context.noted()
        which = f"{self.session.name} (id {self.session.id})"
        self.session.context.tell(f"{which}: pausing {self.entry.reason}, because calls are queued")
        try:
            if self._is_ours():
                return True
        except BaseException:
            self.end()
            raise
        self.end()
        return False

    def _is_ours(self) -> bool:
        """Try until the pause is ours; False where it is somebody else's."""
        faults = turns = 0
        for wait in backoff(0.5, 5.0):  # pragma: no branch - the tries are counted
            error = self._try()
            if error is None:
                return True
            if error.proof is Proof.REFUSED and self.state is State.ANNOUNCED:
                raise error
            turns += error.proof is Proof.NOT_SENT
            faults += error.proof is not Proof.NOT_SENT
            self.session.clock.wait(max(wait, min(error.retry_after or 0.0, _LONGEST_WAIT)))
            seen = self._seen()
            if seen == Status.PAUSED or (seen is not None and seen not in set(Status)):
                self._was_seen()
                return self.state is State.ACCEPTED
            if seen in _THEIRS:
                msg = f"somebody made the campaign {seen} meanwhile: it was not touched"
                raise Overtaken(msg)
            if faults >= _MOST_FAULTS or turns >= _MOST_TURNS or seen is None:
                raise error
            self.session.context.noted()
        raise AssertionError  # pragma: no cover - see above

    def _try(self) -> ApiError | None:
        """One try of the pause: None where the API accepted it, else what is known instead."""
        before = self.state
        try:
            self.session.send_pause(self._goes)
        except ApiError as error:
            if error.proof is not Proof.UNKNOWN:
                self._is_as(before)
            self.doubts += error.proof is Proof.UNKNOWN
            return error
        except Interrupted:
            self._is_as(before)
            raise
        self.state, self.session.status = State.ACCEPTED, Status.PAUSED
        return None

    def _goes(self) -> None:
        """A try goes now. The journal says when the last one did, since it may arrive late."""
        now = self.session.clock.now()
        if now - self.last_try > _AT_ONCE or self.state is State.DOUBTFUL:
            self.entry = replace(self.entry, at=self.session.clock.stamp())
            self.session.context.journal.announce(self.entry)
        self.state, self.last_try, self.session.is_paused_by_us = State.DOUBTFUL, now, True
        if not self.doubts:
            self.began = now

    def _is_as(self, before: State) -> None:
        """The last try was without effect."""
        self.state = before
        if before is State.ANNOUNCED:
            self.began = None
            self._hold_nothing_back()

    def _hold_nothing_back(self) -> None:
        self.session.is_paused_by_us = False
        self.session.context.pause_ended(self.session.id)

    def check(self) -> None:
        """Raise Overtaken where it surely does not hold any more, long after it was accepted: nobody waits then."""
        if not self._is_late:
            return
        seen = self._seen()
        if seen == self.entry.status_before:
            msg = f"the API accepted the pause, but the campaign is {seen}: it was ignored, or somebody resumed it"
            raise Overtaken(msg)
        if seen in _THEIRS:
            msg = f"somebody made the campaign {seen} while it was paused for this"
            raise Overtaken(msg)

    def is_over_at_a_look(self, statuses: Collection[str]) -> bool:
        """Whether one look shows such a status, and no try can arrive any more: then the journal forgets it."""
        seen = self._seen(urgent=True)
        if is_over := seen in statuses and (seen != Status.ACTIVE or self._is_late):
            self._clear()
        return is_over

    # Its end

    def end(self) -> None:
        """End the pause with `target`, harder than anything else is tried; safe to be called by two threads.

        Raises LeftPaused when it cannot be done, and Refused where only a target of the file was: then the campaign
        is as it was.
        """
        if not self.is_open:
            return
        if self.state is State.ANNOUNCED:
            self._clear()
            return
        try:
            status = self._ended()
        except Held as error:
            self._hand_over(error.hold)
            return
        except Refused:
            self.target = self.entry.status_before
            self.end()
            raise
        if self.is_open:
            self.session.status = status
            self._clear()
            self.session.pause_ended(status, self.entry.status_before, self.target)

    def _ended(self) -> str:
        """Set the status until it is certain what it is: the status then.

        A resume is sent whenever a look shows the status before (a resume of what is active is a harmless refusal),
        paused, a status that we don't know, or none at all.
        """
        clock = self.session.clock
        since, refusals = clock.now(), 0
        accepted_at: float | None = None
        error: ApiError | None = None
        self._check_hold()
        for wait in backoff(0.2, 5.0):  # pragma: no branch - patience ends it
            seen = self._seen(urgent=True)
            if not self.is_open or seen in _THEIRS or self._is_over(seen, accepted_at):
                return seen if seen in _THEIRS else self.target
            if accepted_at is None or clock.now() - accepted_at >= LAG:
                accepted_at, error = None, self._resume()
                if error is None:
                    accepted_at = clock.now()
                    if self.session.status == self.target and self._is_settled:
                        return self.target
                refusals += error is not None and error.proof is Proof.REFUSED
                if error is not None and refusals >= _REFUSALS_BORNE and self.target != self.entry.status_before:
                    raise error
            pause = wait if error is None else max(wait, min(error.retry_after or 0.0, _LONGEST_WAIT))
            is_enough = is_unknown_to_the_api(error) and clock.now() - since >= self.patience_with_404
            if not clock.wait_while_resuming(pause, since) or is_enough:
                break
        self.state = State.LEFT
        raise LeftPaused(why_left_paused(self.session.id, error)) from error

    @property
    def _is_settled(self) -> bool:
        """Whether no try of the pause can take effect any more, after whatever was done since."""
        return self._is_late or (self.state is State.ACCEPTED and not self.doubts)

    @property
    def _is_late(self) -> bool:
        """Whether the last try is so long ago that it cannot arrive any more."""
        return self.session.clock.now() - self.last_try >= self.session.context.timeout

    def _is_over(self, seen: str | None, accepted_at: float | None) -> bool:
        """Whether a look settles it: it is as it should be, and nothing can make it paused any more."""
        if accepted_at is None:
            return self.is_tried and seen == self.entry.status_before == self.target and self._is_late
        if seen is None:
            return self._is_settled and self.session.clock.now() - accepted_at >= LAG
        return self._is_settled and seen != Status.PAUSED

    def _check_hold(self) -> None:
        """Raise Held where the end would start the calls of a campaign that somebody stopped meanwhile."""
        if self.target == Status.ACTIVE and (hold := self.session.hold):
            raise Held(hold, self.session.clock.stamp())

    def _hand_over(self, hold: Hold) -> None:
        """Somebody stopped the campaign: the entry moves into the hold, which is what ends it. Raises LeftPaused."""
        entry, context = self.entry, self.session.context
        try:
            context.holds.take_over(hold, Stopped(entry.campaign, entry.name, entry.status_before))
        except StateError as error:
            self.state = State.LEFT
            msg = f"it is left paused, as it is held, and the hold cannot be written: {error}"
            raise LeftPaused(msg) from error
        self._clear()
        told = hold.told(context.clock.stamp())
        self.session.notices.append(f"{told}: it stays paused, until `reconciler release`")

    def _resume(self) -> ApiError | None:
        """One try of the target: None where the API accepted it; the session then holds the status that it showed."""
        self._check_hold()
        self.is_tried = True
        try:
            answer = self.session.send(set_status(self.session.id, self.target), urgent=True, once=True)
        except ApiError as error:
            return error
        self.session.status = read_status(answer)
        return None

    def _seen(self, *, urgent: bool = False) -> str | None:
        """The status at a look, None where it cannot be read: a 404 is no more than that."""
        try:
            seen = self.session.look(urgent=urgent, once=urgent)
        except ApiError:
            return None
        if urgent and (seen == Status.PAUSED or seen not in set(Status)):
            self._was_seen()
        return seen

    def _was_seen(self) -> None:
        """A look shows the campaign paused: one of the doubtful tries has worked."""
        if self.state is State.DOUBTFUL:
            self.state, self.doubts = State.ACCEPTED, max(self.doubts - 1, 0)

    def _clear(self) -> None:
        self.state, self.ended_at = State.ENDED, self.session.clock.now()
        self._hold_nothing_back()
        try:
            self.session.context.journal.clear(self.entry)
        except StateError as error:
            self.session.notices.append(f"the journal still holds the campaign: {error}")
        self.session.context.noted()

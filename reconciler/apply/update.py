"""One PUT of a campaign, made anew at every try, and what a row of them takes: waiting for queued calls, and proof.

A campaign is updated by several PUTs in a row (see `updates`). What was sent is noted the moment that it is proven,
so that the report is true whatever ends the run.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import ACTIVE_CALLS, update_campaign
from reconciler.api.retry import Tries, is_worth_another_try, seconds_to_wait
from reconciler.apply import stamps
from reconciler.apply.failures import Deferred, NotKept
from reconciler.apply.session import LAG, backoff
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import Status
from reconciler.model.clock import Clock
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, Proof, Redirected, Refused, UnexpectedAnswer
from reconciler.plan.diff import Change, UnverifiedField

_QUEUED_CALLS = (Proof.REFUSED, 409, ACTIVE_CALLS)
# Seconds between the lines that tell how long queued calls were waited for.
_BETWEEN_LINES = 10.0


@dataclass(frozen=True, slots=True)
class Update:
    """One PUT. `body` is called for every try: what it gives is sent at once, and nothing is where it is empty.

    `verify` compares what was sent with what the answer shows, else with a GET, and raises NotKept; it is asked again
    for a few seconds, with an empty answer, before that is believed. Where calls are queued, one that `may_pause`
    waits, and pauses the campaign for it; any other is put off, which is told and no failure. With `fresh_for` the
    body is sent once, and only within so many seconds: it is made anew for the next try.
    """

    fields: tuple[Change | UnverifiedField, ...]
    body: Callable[[], Mapping[str, Value]]
    verify: Callable[[Mapping[str, Value], ApiAnswer], None]
    may_pause: bool = True
    fresh_for: float | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """An update that the API took, with the body and the answer to it."""

    update: Update
    body: Mapping[str, Value]
    answer: ApiAnswer


@dataclass(slots=True)
class UpdateQueue:
    """The PUTs of one campaign, in their order: those that are left, and those that wait for their verification."""

    work: CampaignWork
    left: list[Update]
    unverified: list[_Sent] = field(default_factory=list)

    def send(self) -> Refused | None:
        """Send and verify, up to the first that meets queued calls: the refusal that says so."""
        while self.left:
            conflict = self._put(self.left[0])
            if conflict and self.left[0].may_pause:
                return conflict
            self._next(conflict)
            self.verify()
        return None

    def drain(self, check: Callable[[], None] = lambda: None) -> None:
        """Send what is left to a campaign that is paused, with growing waits, until its queue is empty.

        Raises Deferred when the time for it is over, and what `check` raises where waiting has become pointless.
        Nothing is verified yet: that can wait until it calls again.
        """
        session = self.work.session
        clock, timeout = session.clock, self.work.options.drain_timeout
        deadline = clock.now() + timeout
        waits, tell_after = backoff(0.5, 10.0), _BETWEEN_LINES
        while self.left:
            conflict = self._put(self.left[0])
            if conflict is None or not self.left[0].may_pause:
                self._next(conflict)
                continue
            remaining = deadline - clock.now()
            if remaining <= 0:
                what = "the rest was not updated" if self.work.carried_out else "nothing was updated"
                msg = f"calls were still queued after {timeout:g} s of waiting: {what}"
                raise Deferred(msg) from conflict
            check()
            if (waited := timeout - remaining) >= tell_after:
                session.context.tell(f"waiting for queued calls of {session.name}, {waited:.0f} s of {timeout:g} s")
                tell_after = waited + _BETWEEN_LINES
            clock.wait(min(next(waits), remaining))

    def _next(self, conflict: Refused | None) -> None:
        """The first is done, or put off."""
        update = self.left.pop(0)
        if conflict:
            names = ", ".join(one.field.name for one in update.fields)
            self.work.session.notices.append(
                f"calls are queued: {names} was put off, since nobody can tell whether it is live already "
                "(--force-unverified sends it all the same)"
            )

    def _put(self, update: Update) -> Refused | None:
        """The PUT, until it is proven done; or the one refusal that a pause can help with.

        What is made anew at every try is tried as often, and waited for as long, as the client does with others.
        """
        tries = Tries()
        try:
            while True:
                body = update.body()
                if not body:
                    if not tries.are_without_effect:
                        self._note(update, self.work.body, None)
                    return None
                self.work.check_unfinished()
                self.work.body = body
                try:
                    self._note(update, body, self._sent(update, tries))
                except ApiError as error:
                    if _is_conflict(error):
                        return error
                    if not self._is_worth_another_try(update, error, tries):
                        self._look(update, body, error)
                        return None
                else:
                    return None
        except Interrupted:
            if tries.error is None or tries.are_without_effect:
                raise
            raise tries.error from None  # it may have worked

    def _sent(self, update: Update, tries: Tries) -> ApiAnswer:
        tries.sent += 1
        session = self.work.session
        before, may_call = session.stamp, session.status in {None, Status.ACTIVE}
        unseen_for = session.clock.now() - session.stamp_seen if may_call else None
        answer = session.send(update_campaign(session.id, self.work.body), fresh_for=update.fresh_for)
        if found := stamps.shown_by(update.fields, before, session.stamp, answer.date, unseen_for):
            session.context.stamp_shown(session.id, found)
        return answer

    def _is_worth_another_try(self, update: Update, error: ApiError, tries: Tries) -> bool:
        """Whether the body is made anew after this error; waits as long as it takes before that."""
        session = self.work.session
        tries.failed(error)
        request = update_campaign(session.id, self.work.body)
        if update.fresh_for is None or not is_worth_another_try(request, error, tries):
            return False
        if seconds := seconds_to_wait(error, tries, share=1.0):
            session.clock.wait(seconds)
        return True

    def _look(self, update: Update, body: Mapping[str, Value], error: ApiError) -> None:
        """Whether an update without a proof was done all the same; raises `error` where no look shows it."""
        if error.proof is not Proof.UNKNOWN or isinstance(error, Redirected):
            raise error
        if not self._is_seen(update, body) or (self.work.unseen and not isinstance(error, UnexpectedAnswer)):
            raise error
        if self.work.unseen:
            names = ", ".join(sorted(self.work.unseen))
            self.work.session.notices.append(f"nobody can tell whether {names} was taken: {error}")
        self._note(update, body, None)

    def _is_seen(self, update: Update, body: Mapping[str, Value]) -> bool:
        """Whether looks show what was sent, as far as they show such fields."""
        try:
            verified(self.work.session.clock, functools.partial(update.verify, body), ApiAnswer({}))
        except (ApiError, NotKept):
            return False
        return True

    def _note(self, update: Update, body: Mapping[str, Value], answer: ApiAnswer | None) -> None:
        """The API took it: that is in the report, whatever comes. Without an answer it was seen already."""
        self.work.carried_out.extend(update.fields)
        self.work.session.updated(len(body))
        if answer:
            self.unverified.append(_Sent(update, body, answer))

    def verify(self) -> None:
        """Look whether the API kept what was sent since the last time, and record it. Raises NotKept."""
        while self.unverified:
            sent = self.unverified.pop(0)
            verified(self.work.session.clock, functools.partial(sent.update.verify, sent.body), sent.answer)
            self.work.remember_shown(sent.answer)
            # What is seen now may be hidden again: no older value of it stays in the record.
            kept = self.work.unseen | self.work.campaign.recorded
            self.work.remember(
                [c for c in sent.update.fields if isinstance(c, UnverifiedField) or c.field.name in kept]
            )


def verified(clock: Clock, verify: Callable[[ApiAnswer], None], answer: ApiAnswer) -> None:
    """Verify, and again for some seconds, without the answer, before a difference is believed: reads may lag."""
    until = clock.now() + LAG
    for wait in backoff(0.2, 1.0):  # pragma: no branch - the waits never end
        try:
            verify(answer)
        except (NotKept, Refused):
            if clock.now() >= until:
                raise
        else:
            return
        clock.wait(wait)
        answer = ApiAnswer({})


def _is_conflict(error: ApiError) -> TypeGuard[Refused]:
    """The one refusal that a pause can help with; every other 409 is a failure."""
    return isinstance(error, Refused) and (error.proof, error.status, error.code) == _QUEUED_CALLS

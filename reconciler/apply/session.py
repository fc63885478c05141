"""One campaign in our hands: what was sent for it, what was done, and what is known of its status."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.api.answers import ApiAnswer, read_campaign, read_stamp, read_status
from reconciler.api.endpoints import Request, get_campaign, set_status
from reconciler.api.pause_share import PauseShare
from reconciler.apply.context import ApplyContext
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.model.campaign import Status
from reconciler.model.clock import Clock
from reconciler.model.errors import ApiError, ReconcilerError, StateError, UnexpectedAnswer
from reconciler.model.holds import Hold
from reconciler.model.words import count

# Seconds in which reads may lag behind writes, before a difference is believed.
LAG = 5.0


class Held(ReconcilerError):
    """Somebody stopped the campaign: nothing but `reconciler release` starts it."""

    def __init__(self, hold: Hold, stamp: str) -> None:
        self.hold = hold
        super().__init__(f"its calls are not started: {hold.told(stamp)}")


@dataclass(slots=True)
class CampaignSession:
    """One campaign in our hands. It is shared: whoever ends the run reads here what was done until then.

    `step` is the change of status that the file asked for, from and to, once it is proven. While `is_paused_by_us`,
    what is sent may use what the rate limit keeps back for that. `stamp` is when the API says that it changed last, as
    the last answer showed it, at `stamp_seen` by our clock; None where something was sent since.
    """

    id: str
    name: str
    context: ApplyContext
    status: str | None = None
    requests: int = 0
    retries: int = 0
    done: list[str] = field(default_factory=list)
    fields_updated: int = 0
    step: tuple[str, str] | None = None
    notices: list[str] = field(default_factory=list)
    is_paused_by_us: bool = False
    file: str = ""
    stamp: str | None = None
    stamp_seen: float = -math.inf

    @property
    def hold(self) -> Hold | None:
        """The hold that it is under now, read anew."""
        return self.context.holds.covering(self.id, self.name, self.file)

    @property
    def clock(self) -> Clock:
        """Time, and the wish to stop."""
        return self.context.clock

    def send(
        self,
        request: Request,
        *,
        urgent: bool = False,
        once: bool = False,
        fresh_for: float | None = None,
        goes: Callable[[], None] | None = None,
    ) -> ApiAnswer:
        """Send, and count every try."""
        share = PauseShare(self.id) if self.is_paused_by_us else None
        return self._counted(
            lambda: self.context.send(request, urgent=urgent, once=once, fresh_for=fresh_for, share=share, goes=goes)
        )

    def send_pause(self, goes: Callable[[], None]) -> None:
        """One try of a pause, as soon as all that comes after it can be sent, too; `goes` is called just before."""
        request, share = set_status(self.id, Status.PAUSED), PauseShare(self.id, begins=True)
        self._counted(lambda: self.context.send(request, once=True, share=share, goes=goes))

    def _counted(self, send: Callable[[], ApiAnswer]) -> ApiAnswer:
        try:
            answer = send()
        except ApiError as error:
            self._count(error.attempts)
            if not error.is_certain:
                self.stamp = None
            raise
        self._count(answer.attempts)
        self.stamp, self.stamp_seen = read_stamp(answer), self.clock.now()
        return answer

    def _count(self, attempts: int) -> None:
        self.requests += attempts
        self.retries += max(attempts - 1, 0)

    def outcome(self, result: Result, failure: Failure | None = None) -> Outcome:
        """What became of the campaign, with everything that was done and counted."""
        return Outcome(
            id=self.id or None,
            name=self.name,
            file=self.file,
            result=result,
            done=tuple(self.done),
            notices=tuple(self.notices),
            failure=failure,
            requests=self.requests,
            retries=self.retries,
        )

    def did(self, what: str) -> None:
        """Something is done: that is in the report from now on."""
        self.done.append(what)
        self.context.noted()

    def updated(self, fields: int) -> None:
        """So many fields more are updated, which is told as one number."""
        told = f"updated {count(self.fields_updated, 'field')}"
        self.fields_updated += fields
        self.done = [one for one in self.done if one != told]
        self.did(f"updated {count(self.fields_updated, 'field')}")

    def stepped(self, before: str, after: str) -> None:
        """The status that the file asks for is set: that is in the report, whatever comes."""
        self.step = (before, after)
        self.did(f"status {before} -> {after}")

    def pause_ended(self, status: str, before: str, target: str) -> None:
        """A pause of ours is over: tell how. `target` is what was to come of it, `before` what was before it."""
        if status == target != before:
            self.stepped(before, status)
        elif status == before:
            self.context.tell(f"{self.name}: {status} again")
        else:
            self.notices.append(f"somebody made the campaign {status} while we had paused it: it was left so")

    def look(self, *, urgent: bool = False, once: bool = False) -> str:
        """Read the status anew. An answer without one is an error: nobody may take it for "not paused"."""
        request = get_campaign(self.id)
        status = read_campaign(request, self.send(request, urgent=urgent, once=once)).status
        if status is None:
            raise UnexpectedAnswer(str(request), "the answer shows no status")
        self.status = status
        return status

    def set_status(self, status: str) -> None:
        """PATCH the status, and make sure of it. After an answer that proves nothing, look before judging.

        Raises Held where that would start the calls of a campaign that somebody stopped, before any of its tries.
        """
        request = set_status(self.id, status)
        try:
            shown = read_status(self.send(request, goes=self.check_hold if status == Status.ACTIVE else None))
        except ApiError as error:
            if error.is_certain or self._seen(status) != status:
                raise
        else:
            if shown != status and (shown := self._seen(status)) != status:
                told = f"the API answered with success, but the status is {shown or 'not to be had'}"
                raise UnexpectedAnswer(str(request), told)
        self.status = status

    def check_hold(self) -> None:
        """Raise Held where somebody stopped the campaign: nothing of ours starts it now."""
        if hold := self.hold:
            raise Held(hold, self.clock.stamp())

    def _seen(self, wanted: str) -> str | None:
        """The status, looked at for some seconds until it is the wanted one; None where it cannot be read."""
        until, seen = self.clock.now() + LAG, None
        for wait in backoff(0.2, 1.0):  # pragma: no branch - the waits never end
            try:
                seen = self.look()
            except ApiError:
                return seen
            if seen == wanted or self.clock.now() >= until:
                return seen
            self.clock.wait(wait)
        raise AssertionError  # pragma: no cover - see above

    def remember(self, base_url: str, hashes: Mapping[str, str]) -> None:
        """Record the hashes of values that were sent, by field; a record that cannot be written is told."""
        try:
            self.context.journal.remember(base_url, self.context.token, self.id, hashes)
        except StateError as error:
            self.notices.append(f"{', '.join(hashes)} will be sent again next time: {error}")


def backoff(first: float, longest: float) -> Iterator[float]:
    """Waits in seconds that grow by half each time, up to the longest."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 1.5, longest)

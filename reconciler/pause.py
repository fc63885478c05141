"""Puts the status of one campaign where it has to be: pauses it for a change, and always puts it back.

Only a campaign that we paused and that is still paused is resumed. The journal is on the disk before the pause
and cleared after a resume that was seen to work, so that whatever dies in between, the next run can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.campaign import Status
from reconciler.endpoints import Answer, Request, Send, get_campaign, read_campaign, read_status, set_status
from reconciler.errors import ApiError, ReconcilerError, Refused, StateError, UnexpectedAnswer

_RETRYABLE = frozenset({429, 500, 502, 503, 504})
_NOT_FOUND = 404
_REFUSALS_BORNE = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal holds of one campaign: that we paused it, and what it was before."""

    campaign: str
    base_url: str
    status_before: str
    at: str
    reason: str


class Journal(Protocol):
    """Where it is written down, safe from any crash, which campaigns we paused and what we sent last."""

    def announce(self, entry: Entry) -> None:
        """Write that this campaign is about to be paused; on the disk when it returns. Raises StateError."""
        ...

    def clear(self, entry: Entry) -> None:
        """Forget the campaign: it is no longer paused by us."""
        ...

    def remember(self, base_url: str, campaign: str, hashes: Mapping[str, str]) -> None:
        """Record the hashes of the unverified values that were sent. Raises StateError."""
        ...


class Clock(Protocol):
    """Time, and the wish to stop."""

    def now(self) -> float:
        """Seconds that only ever grow."""
        ...

    def stamp(self) -> str:
        """The time of day as text, for the journal."""
        ...

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked us to stop."""
        ...

    def check(self) -> None:
        """Raise Interrupted if somebody asked us to stop."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as somebody asks us to stop."""
        ...

    def linger(self, seconds: float, since: float) -> bool:
        """Wait while something is put back that began at `since`; False when there is no time left for it."""
        ...


@dataclass(frozen=True, slots=True)
class Hands:
    """What apply is given to act with; `tell` is told what happens while it happens, one line each."""

    send: Send
    journal: Journal
    clock: Clock
    tell: Callable[[str], None]


class LeftPaused(ReconcilerError):
    """The campaign could not be put back; the journal still holds it."""

    exit_code = 3


@dataclass(slots=True)
class Handle:
    """One campaign in our hands: what was sent for it, and what is known of its status."""

    id: str
    name: str
    hands: Hands
    status: str | None = None
    requests: int = 0
    retries: int = 0
    done: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def send(self, request: Request, *, urgent: bool = False) -> Answer:
        """Send, and count every try."""
        try:
            answer = self.hands.send(request, urgent=urgent)
        except ApiError as error:
            self._count(error.attempts)
            raise
        self._count(answer.attempts)
        return answer

    def _count(self, attempts: int) -> None:
        self.requests += attempts
        self.retries += max(attempts - 1, 0)

    def look(self, *, urgent: bool = False) -> str | None:
        """Read the status anew."""
        request = get_campaign(self.id)
        self.status = read_campaign(request, self.send(request, urgent=urgent)).status
        return self.status

    def set_status(self, status: str, *, urgent: bool = False) -> None:
        """PATCH the status, and make sure of it. After a lost answer, look before judging."""
        request = set_status(self.id, status)
        try:
            shown = read_status(self.send(request, urgent=urgent))
        except ApiError as error:
            if is_certain(error) or self.look(urgent=urgent) != status:
                raise
        else:
            shown = shown or self.look(urgent=urgent)
            if shown != status:
                raise UnexpectedAnswer(str(request), f"the API answered with success, but the status is {shown}")
        self.status = status

    def pause(self, entry: Entry) -> None:
        """Pause the campaign, which the journal then holds. Whatever goes wrong, it is put back."""
        self.hands.journal.announce(entry)
        self.hands.tell(f"{self.name}: pausing {entry.reason}, because calls are queued")
        try:
            self.set_status(Status.PAUSED)
        except BaseException as error:
            if isinstance(error, ApiError) and is_certain(error):
                self._clear(entry)  # the API said no at once: it is not we who paused anything
            else:
                self.put_back(entry, entry.status_before)
            raise

    def put_back(self, entry: Entry, target: str, known: str | None = None) -> None:
        """End our pause: with `target` if the campaign is still paused, else leave it as somebody made it.

        `known` is the status where an answer has just shown it. Raises LeftPaused when it cannot be done.
        """
        self.status = self._ended(target, known)
        self._clear(entry)
        if self.status != target:
            self.notices.append(f"somebody made the campaign {self.status} while we had paused it: it was left so")
        elif target == entry.status_before:
            self.hands.tell(f"{self.name}: resumed")
        else:
            self.done.append(f"status {entry.status_before} -> {target}")

    def _ended(self, target: str, known: str | None) -> str | None:
        """Set the status as long as it is still paused, harder than anything else is tried; the status then."""
        since = self.hands.clock.now()
        refusals = 0
        for pause in growing(0.2, 5.0):
            try:
                status = known or self.look(urgent=True)
                known = None
                if status != Status.PAUSED:
                    return status
                self.set_status(target, urgent=True)
            except ApiError as error:
                if isinstance(error, Refused) and error.status == _NOT_FOUND:
                    return "deleted"
                refusals += is_certain(error)
                if refusals >= _REFUSALS_BORNE or not self.hands.clock.linger(pause, since):
                    msg = f"it is left paused: {error}"
                    raise LeftPaused(msg) from error
            else:
                return target
        raise AssertionError  # pragma: no cover - the waits never end

    def _clear(self, entry: Entry) -> None:
        try:
            self.hands.journal.clear(entry)
        except StateError as error:
            self.notices.append(f"the journal still holds the campaign: {error}")


def is_certain(error: ApiError) -> bool:
    """The API refused the first try of a request, so that nothing of it can have worked."""
    return isinstance(error, Refused) and error.attempts == 1 and error.status not in _RETRYABLE


def growing(first: float, longest: float) -> Iterator[float]:
    """Waits in seconds that grow by half each time, up to the longest."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 1.5, longest)

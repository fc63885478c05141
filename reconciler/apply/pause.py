"""Puts the status of one campaign where it has to be: pauses it for a change, and always puts it back.

Only a campaign that we paused and that is still paused is resumed. The journal is on the disk before the pause
and cleared after a resume that was seen to work, so that whatever dies in between, the next run can do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.api.answers import ApiAnswer, read_campaign, read_status
from reconciler.api.endpoints import Request, get_campaign, set_status
from reconciler.apply.context import ApplyContext, PauseEntry
from reconciler.model.campaign import Status
from reconciler.model.clock import Clock
from reconciler.model.errors import ApiError, LeftPaused, Refused, StateError, UnexpectedAnswer

_REFUSALS_BORNE = 3
# What stands for the status of a campaign that the API does not know any more.
_GONE = "gone"


@dataclass(slots=True)
class CampaignSession:
    """One campaign in our hands: what was sent for it, and what is known of its status."""

    id: str
    name: str
    context: ApplyContext
    status: str | None = None
    requests: int = 0
    retries: int = 0
    done: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """Time, and the wish to stop."""
        return self.context.clock

    def send(
        self, request: Request, *, urgent: bool = False, once: bool = False, fresh_for: float | None = None
    ) -> ApiAnswer:
        """Send, and count every try."""
        try:
            answer = self.context.send(request, urgent=urgent, once=once, fresh_for=fresh_for)
        except ApiError as error:
            self._count(error.attempts)
            raise
        self._count(answer.attempts)
        return answer

    def _count(self, attempts: int) -> None:
        self.requests += attempts
        self.retries += max(attempts - 1, 0)

    def look(self, *, urgent: bool = False) -> str:
        """Read the status anew. An answer without one is an error: nobody may take it for "not paused"."""
        request = get_campaign(self.id)
        status = read_campaign(request, self.send(request, urgent=urgent)).status
        if status is None:
            raise UnexpectedAnswer(str(request), "the answer shows no status")
        self.status = status
        return status

    def set_status(self, status: str, *, urgent: bool = False) -> None:
        """PATCH the status, and make sure of it. After a lost answer, look before judging."""
        request = set_status(self.id, status)
        try:
            shown = read_status(self.send(request, urgent=urgent)) or self._seen(urgent=urgent)
        except ApiError as error:
            if error.is_certain or self._seen(urgent=urgent) != status:
                raise
            shown = status
        if shown != status:
            told = f"the API answered with success, but the status is {shown or 'not to be had'}"
            raise UnexpectedAnswer(str(request), told)
        self.status = status

    def _seen(self, *, urgent: bool) -> str | None:
        """The status, or None where it cannot be read: a refusal of the look says nothing about the PATCH."""
        try:
            return self.look(urgent=urgent)
        except ApiError:
            return None

    def pause(self, entry: PauseEntry) -> None:
        """Pause the campaign, which the journal then holds. Whatever goes wrong, it is put back."""
        self.context.journal.announce(entry)
        self.context.tell(f"{self.name}: pausing {entry.reason}, because calls are queued")
        try:
            self.set_status(Status.PAUSED)
        except BaseException as error:
            if isinstance(error, ApiError) and error.is_certain:
                self._clear(entry)  # the API said no at once: it is not we who paused anything
            else:
                self.put_back(entry, entry.status_before)
            raise

    def put_back(self, entry: PauseEntry, target: str, *, is_paused: bool = False) -> None:
        """End our pause: with `target` if the campaign is still paused, else leave it as somebody made it.

        `is_paused` says that an answer has just shown it paused, so that it need not be looked at. Raises
        LeftPaused when it cannot be done, and Refused where only the target was: then it is as it was.
        """
        try:
            self.status = self._ended(target, is_paused=is_paused)
        except LeftPaused as left:
            refused = left.__cause__
            if target == entry.status_before or not (isinstance(refused, Refused) and refused.is_certain):
                raise
            self.put_back(entry, entry.status_before)
            raise refused from None
        self._clear(entry)
        if self.status == _GONE:
            self.notices.append("the campaign is gone (HTTP 404): somebody deleted it, or the token sees another place")
        elif self.status == target != entry.status_before:
            self.done.append(f"status {entry.status_before} -> {target}")
        elif self.status == entry.status_before:
            self.context.tell(f"{self.name}: {self.status} again")
        else:
            self.notices.append(f"somebody made the campaign {self.status} while we had paused it: it was left so")

    def _ended(self, target: str, *, is_paused: bool) -> str:
        """Set the status as long as it is still paused, harder than anything else is tried; the status then."""
        since = self.clock.now()
        refusals = 0
        for wait in backoff(0.2, 5.0):
            try:
                status = Status.PAUSED if is_paused else self.look(urgent=True)
                if status != Status.PAUSED:
                    return status
                is_paused = False
                self.set_status(target, urgent=True)
            except ApiError as error:
                if isinstance(error, Refused) and error.is_missing:
                    return _GONE
                refusals += error.is_certain
                if refusals >= _REFUSALS_BORNE or not self.clock.wait_while_resuming(wait, since):
                    msg = f"it is left paused: {error}"
                    raise LeftPaused(msg) from error
            else:
                return target
        raise AssertionError  # pragma: no cover - the waits never end

    def entry(self, base_url: str, reason: str) -> PauseEntry:
        """What the journal is to hold of this campaign, which is active, from now on."""
        return PauseEntry(
            self.id, base_url, Status.ACTIVE, self.clock.stamp(), reason, token_env=self.context.token_env
        )

    def remember(self, base_url: str, hashes: Mapping[str, str]) -> None:
        """Record the hashes of values that were sent, by field; a record that cannot be written is told."""
        try:
            self.context.journal.remember(base_url, self.id, hashes)
        except StateError as error:
            self.notices.append(f"{', '.join(hashes)} will be sent again next time: {error}")

    def _clear(self, entry: PauseEntry) -> None:
        try:
            self.context.journal.clear(entry)
        except StateError as error:
            self.notices.append(f"the journal still holds the campaign: {error}")


def backoff(first: float, longest: float) -> Iterator[float]:
    """Waits in seconds that grow by half each time, up to the longest."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 1.5, longest)

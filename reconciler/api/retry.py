"""Whether a request is sent again, and when: decided from the request, its error and the tries so far alone."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.api.endpoints import Request
from reconciler.model.errors import ApiError, Proof, Redirected, Refused, UnexpectedAnswer, is_unknown_to_the_api

# Reads, and the two writes that do no harm when they are repeated (see the API's page: PUT and PATCH).
_REPEATABLE = frozenset({"GET", "PUT", "PATCH"})
# Faults that a request survives, and times that it is told to come again later.
MOST_FAULTS, MOST_TURNS = 5, 10
# Seconds.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0


@dataclass(slots=True)
class Tries:
    """How often one request was sent, how often it was turned away (429), how long it waited, what went wrong last.

    `date` is when the server says that it answered (epoch second).
    `may_have_worked`: a try before the last one was not surely without effect.
    """

    sent: int = 0
    turned_away: int = 0
    waited: float = 0.0
    error: ApiError | None = None
    may_have_worked: bool = False
    date: float | None = None

    def failed(self, error: ApiError) -> None:
        """The last try went wrong: tell its error what is known of all of them."""
        self.may_have_worked |= self.error is not None and self.error.proof is Proof.UNKNOWN
        error.attempts, error.was_doubtful = self.sent, self.may_have_worked
        self.error = error
        self.turned_away += is_turned_away(error)

    @property
    def are_without_effect(self) -> bool:
        """Whether every try so far was certainly not carried out."""
        return not self.may_have_worked and (self.error is None or self.error.proof is Proof.NOT_SENT)

    @property
    def are_enough(self) -> bool:
        """Whether the request has had every turn, or every fault, that a request gets."""
        return self.turned_away >= MOST_TURNS or self.sent - self.turned_away >= MOST_FAULTS


def is_turned_away(error: ApiError) -> bool:
    """Whether a request met the rate limit (429), and was certainly not carried out."""
    return isinstance(error, Refused) and error.proof is Proof.NOT_SENT


def may_repeat(request: Request, error: ApiError) -> bool:
    """Whether sending a request again can help and cannot harm, after this error.

    What is no GET, PUT or PATCH (a creation) is repeated only where it was certainly not carried out. A 404 of the
    API's own, a redirect, and a write that a server took (2xx) in words that prove nothing are told at once: whoever
    sent the write looks what became of it.
    """
    if error.proof is not Proof.UNKNOWN or request.method not in _REPEATABLE:
        return error.proof is Proof.NOT_SENT
    if isinstance(error, UnexpectedAnswer):
        return not request.is_write and not isinstance(error, Redirected)
    return request.is_write or not is_unknown_to_the_api(error)


def is_worth_another_try(request: Request, error: ApiError, tries: Tries) -> bool:
    """Whether a request whose last try ended with this error is sent again."""
    return may_repeat(request, error) and not tries.are_enough


def seconds_to_wait(error: ApiError, tries: Tries, share: float) -> float:
    """Seconds before the next try: growing, and times `share` (0.5 to 1, drawn), so that workers spread.

    After a 429 there are none: the rate limit does the waiting. What another answer asks for (maintenance: a 503 with
    `Retry-After`) is waited for.
    """
    if is_turned_away(error):
        return 0.0
    return max(min(_FIRST_WAIT * 2.0 ** (tries.sent - 1), _LONGEST_WAIT) * share, error.retry_after or 0.0)

"""Whether a request is sent again, and when: decided from the request, its error and the tries so far alone."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.api.endpoints import Request
from reconciler.model.errors import ApiError, Refused, Unreachable

TOO_MANY = 429
# Reads, and the two writes that do no harm when they are repeated (see the API's page: PUT and PATCH).
_REPEATABLE = frozenset({"GET", "PUT", "PATCH"})
# Faults that a request survives, and times that it is told to come again later.
MOST_FAULTS, MOST_TURNS = 5, 10
# Seconds.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0


@dataclass(slots=True)
class Tries:
    """How often one request was sent, how often it was turned away (429), how long it waited, what went wrong last."""

    sent: int = 0
    turned_away: int = 0
    waited: float = 0.0
    error: ApiError | None = None

    def failed(self, error: ApiError) -> None:
        """The last try went wrong."""
        self.error = error
        self.turned_away += is_turned_away(error)

    @property
    def are_enough(self) -> bool:
        """Whether the request has had every turn, or every fault, that a request gets."""
        return self.turned_away >= MOST_TURNS or self.sent - self.turned_away >= MOST_FAULTS


def is_turned_away(error: ApiError) -> bool:
    """Whether a request met the rate limit (429), and was certainly not carried out."""
    return isinstance(error, Refused) and error.status == TOO_MANY


def may_repeat(request: Request, error: ApiError) -> bool:
    """Whether sending a request again can help and cannot harm, after this error.

    What is no GET, PUT or PATCH (a creation) is repeated only where it was certainly not carried out.
    """
    if is_turned_away(error):
        return True
    if request.method in _REPEATABLE:
        return isinstance(error, Unreachable) or (isinstance(error, Refused) and error.may_pass)
    return isinstance(error, Unreachable) and not error.sent


def is_worth_another_try(request: Request, error: ApiError, tries: Tries) -> bool:
    """Whether a request whose last try ended with this error is sent again."""
    return may_repeat(request, error) and not tries.are_enough


def seconds_to_wait(error: ApiError, tries: Tries, share: float) -> float:
    """Seconds before the next try: growing, and times `share` (0.5 to 1, drawn), so that workers spread.

    After a 429 there are none: the rate limit does the waiting.
    """
    if is_turned_away(error):
        return 0.0
    return min(_FIRST_WAIT * 2.0 ** (tries.sent - 1), _LONGEST_WAIT) * share

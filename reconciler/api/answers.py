"""How the API's answers are read, in every shape that its pages show.

An answer may come in the `{"success", "data"}` envelope or bare, and a list with its paging under `pagination`,
under `meta`, at the top, or with none: the API's pages contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from reconciler.api.endpoints import Request
from reconciler.api.pause_share import PauseShare
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, UnexpectedAnswer
from reconciler.model.trimmed import trimmed

_MOST_DIGITS = 6


class ApiAnswer(NamedTuple):
    """A successful answer: its JSON, and how many times the request had to be sent for it.

    `date` is when the server says that it answered (epoch second), where it does, and `came_at` when that came, by our
    own clock.
    """

    body: Value
    attempts: int = 1
    date: float | None = None
    came_at: float = 0.0

    def __repr__(self) -> str:
        """Without the body, which may hold people's numbers."""
        return f"ApiAnswer(attempts={self.attempts})"

    @property
    def is_ahead_by(self) -> float | None:
        """The seconds by which the server's clock is ahead of ours, as far as it says."""
        return None if self.date is None else self.date - self.came_at


class Send(Protocol):
    """Sends one request and returns its answer; raises ApiError, which says what is proven of the request."""

    def __call__(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        request: Request,
        *,
        urgent: bool = False,
        once: bool = False,
        fresh_for: float | None = None,
        share: PauseShare | None = None,
        goes: Callable[[], None] | None = None,
    ) -> ApiAnswer:
        """Send it. `urgent` goes before everything else.

        `once`: exactly one try, for whoever has to look before the next one. `fresh_for`: one try, too, that is not
        sent any more (Unreachable, not sent) where its turn comes more than so many seconds from now. `share`: it is
        of a campaign that we pause, and may use what is kept back for these. `goes` is called before each try, when
        its turn has come: what it raises keeps that try from being sent.
        """
        ...


# Sends several reads side by side; an error takes the place of its answer.
Fetch = Callable[[Sequence[Request]], Sequence[ApiAnswer | ApiError]]


class Page(NamedTuple):
    """One page of a list. `last` is the number of the last page, `total` the number of rows, where told."""

    rows: tuple[Live, ...]
    last: int | None = None
    total: int | None = None


def read_campaign(request: Request, answer: ApiAnswer) -> Live:
    """One campaign out of the answer to a read or a write; raises UnexpectedAnswer for another shape."""
    return _live(request, _unwrapped(answer.body, ("campaign",)))


def read_status(answer: ApiAnswer) -> str | None:
    """The status that an answer shows, if it shows one."""
    shown = _unwrapped(answer.body, ("campaign",))
    status = shown.get("status") if isinstance(shown, Mapping) else None
    return status if isinstance(status, str) else None


def read_stamp(answer: ApiAnswer) -> str | None:
    """When a campaign changed last, as an answer shows it, if it does."""
    shown = _unwrapped(answer.body, ("campaign",))
    stamp = shown.get("updated_at") if isinstance(shown, Mapping) else None
    return stamp if isinstance(stamp, str) else None


class AgentState(NamedTuple):
    """What an agent is good for, where the answer tells: `draft` or `published`, `inbound` or `outbound`."""

    status: str | None
    direction: str | None
    name: str | None = None


def read_agent(answer: ApiAnswer) -> AgentState:
    """What an answer shows of an agent."""
    shown = _unwrapped(answer.body, ("agent",))
    told = (shown.get(name) if isinstance(shown, Mapping) else None for name in ("current_status", "direction", "name"))
    return AgentState(*(value if isinstance(value, str) else None for value in told))


def shown_fields(answer: ApiAnswer) -> Mapping[str, Value]:
    """The fields that the answer to a write shows; none if it shows no campaign."""
    shown = _unwrapped(answer.body, ("campaign",))
    return shown if isinstance(shown, Mapping) else {}


def read_page(request: Request, answer: ApiAnswer) -> Page:
    """One page of campaigns; raises UnexpectedAnswer where no list of campaigns is found in the answer."""
    body = answer.body
    rows = _unwrapped(body, ("data", "campaigns", "items"))
    if isinstance(rows, Mapping) and all(str(key).isdecimal() for key in rows):
        rows = list(rows.values())
    if not isinstance(rows, list):
        raise UnexpectedAnswer(str(request), "the answer holds no list of campaigns")
    paging = _paging(body)
    return Page(tuple(_live(request, row) for row in rows), _count(paging, "last_page"), _count(paging, "total"))


def _unwrapped(body: Value, inner: Sequence[str]) -> Value:
    """What is inside the envelope: `data`, and once more one of the inner names. A bare campaign may have `data`."""
    if isinstance(body, Mapping) and "data" in body and ("success" in body or "id" not in body):
        body = body["data"]
    for name in inner:
        if isinstance(body, Mapping) and isinstance(body.get(name), (Mapping, list)) and "id" not in body:
            return body[name]
    return body


def _paging(body: Value) -> Mapping[str, Value]:
    places = [body, body.get("data")] if isinstance(body, Mapping) else []
    for place in places:
        if isinstance(place, Mapping):
            for paging in (place.get("pagination"), place.get("meta"), place):
                if isinstance(paging, Mapping) and ("last_page" in paging or "total" in paging):
                    return paging
    return {}


def _count(paging: Mapping[str, Value], name: str) -> int | None:
    """A count that an answer tells, as a number or as its digits; none that is larger than any account."""
    value = paging.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) <= _MOST_DIGITS:
        return int(value)
    is_told = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**_MOST_DIGITS
    return value if is_told else None


def _live(request: Request, shown: Value) -> Live:
    if not isinstance(shown, Mapping) or not isinstance(shown.get("id"), (str, int)):
        raise UnexpectedAnswer(str(request), "the answer holds no campaign: no object with an id")
    name, status = shown.get("name"), shown.get("status")
    return Live(
        id=str(shown["id"]),
        name=trimmed(name) if isinstance(name, str) else "",
        status=status if isinstance(status, str) else None,
        values=shown,
    )

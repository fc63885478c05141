"""What can befall a process in a world, and where: faults, kills, signals, full disks, and what others do meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from reconciler.api.endpoints import Request
from reconciler.api.retry import MOST_FAULTS, MOST_TURNS
from reconciler.model.document import Value
from reconciler.sandbox import Fault, Reply

START = 1_800_000_000.0
TRIES, TURNS = MOST_FAULTS, MOST_TURNS
FOR_EVER = 1_000_000
# The token of another environment, which has no campaigns unless a test puts some there.
OTHER_TOKEN = "talq_other"
# Seconds: how long an answer is waited for.
TIMEOUT = 30.0


class Killed(BaseException):
    """The process is dead. Whatever it still tries to do raises this again."""


class Way(Enum):
    """What becomes of the world at one event, besides the faults of the stand-in."""

    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()
    LOST = auto()  # the API acted, no answer came in time
    TIMEOUT = auto()  # the API did not act, and no answer came in time
    NO_CONNECTION = auto()
    HTML = auto()  # the API acted, and a proxy answered 200 with something else
    BROKEN_AFTER = auto()  # the API acted, and answered 500
    FORGOTTEN = auto()  # the API answered 200, and kept nothing
    SIGNAL_BEFORE = auto()
    SIGNAL_AFTER = auto()
    DISK_FULL = auto()  # for writes of the journal


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer that comes without the API having acted; its body is JSON."""

    status: int
    body: str = "null"


BROKEN = Canned(500, '{"success": false, "message": "Internal server error."}')
TOO_MANY = Canned(429, '{"success": false, "message": "Too many requests. Please try again later."}')
UNAUTHORIZED = Canned(401, '{"success": false, "message": "Unauthorized"}')
NO_CREDITS = Canned(402, '{"error": {"code": "INSUFFICIENT_CREDITS", "message": "Not enough credits"}}')
FORBIDDEN = Canned(403, '{"success": false, "message": "Cannot update campaign status"}')

Trouble = Way | Canned | Fault


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the world is cut: at `tries` events from number `first`, of all events or of those of one `call`.

    `call` may be a method alone, too.
    """

    way: Trouble
    first: int = 1
    tries: int = 1
    call: str | None = None

    def hits(self, number: int, call: str, number_of_call: int, number_of_method: int) -> bool:
        """Whether this event is cut."""
        method = call.partition(" ")[0]
        counted = {None: number, call: number_of_call, method: number_of_method}.get(self.call, 0)
        return counted > 0 and self.first <= counted < self.first + self.tries


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody does just before, or just after, the event number `first` of a call, or of all (None)."""

    call: str | None
    do: Callable[[], object]
    first: int = 1
    is_after: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """One try of a write, whether it arrived or not."""

    method: str
    path: str
    body: str = field(repr=False)


def stamp(seconds: float) -> str:
    """The time of day at this second of a world."""
    return datetime.datetime.fromtimestamp(START + seconds, datetime.UTC).isoformat(timespec="milliseconds")


def call_of(request: Request) -> str:
    """What an event is called: `PATCH /campaigns/c-1/status paused`."""
    status = f" {request.body['status']}" if request.method == "PATCH" and request.body else ""
    return f"{request.method} {request.path}{status}"


def seconds_of(reply: Reply) -> float:
    """How long an answer takes to come whole."""
    return reply.delay + (reply.pace * len(reply.response.body) if reply.response else 0)


def without(body: Value, hidden: frozenset[str]) -> Value:
    """An answer without some fields of its campaign, or campaigns."""
    shown = body.get("data") if hidden else None
    for campaign in shown if isinstance(shown, list) else [shown or {}]:
        for name in hidden & campaign.keys():
            del campaign[name]
    return body

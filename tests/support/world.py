"""A world in memory for the applying core: the stand-in as its API, a clock that jumps, a journal, and ways to break.

What a process does to the world is a row of events: every try of a request, and every write of the journal. At any
of them the world can be cut, or somebody else can do something.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.api.responses import HttpResponse, read_response
from reconciler.api.retry import MOST_FAULTS, MOST_TURNS, Tries, is_worth_another_try, seconds_to_wait
from reconciler.api.token import Token
from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Outcome
from reconciler.apply.recover import recover
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.errors import (
    ApiError,
    Interrupted,
    ReconcilerError,
    StateError,
    Unreachable,
)
from reconciler.plan.make import PlanContext, make_plan
from reconciler.plan.plan import Plan
from reconciler.sandbox import SANDBOX_TOKEN, Bench, Fault, Reply, SandboxSettings, http
from tests.support.plans import FIELDS, HOST

START = 1_800_000_000.0
TRIES, TURNS = MOST_FAULTS, MOST_TURNS
FOR_EVER = 1_000_000
# The token of another environment, which has no campaigns unless a test puts some there.
OTHER_TOKEN = "talq_other"
# Seconds: what an answer takes, what no answer takes, how long things are put back in peace and in a hurry.
_QUICK, _TIMEOUT, _PATIENCE, _HURRY = 0.01, 30.0, 180.0, 4.0


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


_FAULTS = {
    Way.LOST: Fault.parse("lost"),
    Way.TIMEOUT: Fault.parse("drop"),
    Way.HTML: Fault.parse("html-after"),
    Way.BROKEN_AFTER: Fault.parse("500-after"),
    Way.FORGOTTEN: Fault.parse("ignore"),
}


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the world is cut: at `tries` events from number `first`, of all events or of those of one `call`."""

    way: Way | Canned | Fault
    first: int = 1
    tries: int = 1
    call: str | None = None

    def hits(self, number: int, call: str, number_of_call: int) -> bool:
        """Whether this event is cut."""
        counted = number if self.call is None else number_of_call
        return self.call in (None, call) and self.first <= counted < self.first + self.tries


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody does just before, or just after, the event number `first` of a call."""

    call: str
    do: Callable[[], object]
    first: int = 1
    is_after: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """One try of a write, whether it arrived or not."""

    method: str
    path: str
    body: str = field(repr=False)

    @classmethod
    def of(cls, request: Request) -> Write:
        """The write that a request is."""
        return cls(request.method, request.path, json.dumps(request.body, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Run:
    """What one apply did: what it found in the journal, its plan, its outcomes, what ended it, what it sent."""

    entries: tuple[PauseEntry, ...]
    healed: tuple[Outcome, ...] = ()
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    ended: BaseException | None = None
    events: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()


@dataclass(slots=True)
class World:
    """What outlives a process: the API, the time, the journal and the record on the disk, and what is to happen."""

    bench: Bench
    cuts: tuple[Cut, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()
    hidden: frozenset[str] = frozenset()
    hidden_on_write: frozenset[str] = frozenset()
    seconds: float = 0.0
    entries: tuple[PauseEntry, ...] = ()
    record: dict[str, dict[str, str]] = field(default_factory=dict)

    def put(self, identifier: str, **state: Value) -> None:
        """Set the state of a campaign by hand."""
        self.bench.put_campaign({"id": identifier, **state})

    def status(self, identifier: str) -> str:
        """The status of a campaign in the API."""
        return str(self.bench.campaign(identifier)["status"])

    def process(self, token: str = SANDBOX_TOKEN) -> Process:
        """A new process in this world, with the token of the environment or with another."""
        return Process(self, token)

    def plan(self, desired: Sequence[Desired], process: Process, options: ApplyOptions) -> Plan:
        """What `plan` does: read, and compare."""
        terms = PlanContext(
            HOST, record=self.record, allow_dnc_removals=options.allow_dnc_removals, key=process.context.key
        )
        return make_plan(FIELDS, desired, read_live(FIELDS, desired, process.fetch), terms)

    def run(self, desired: Sequence[Desired], options: ApplyOptions | None = None, token: str = SANDBOX_TOKEN) -> Run:
        """What `apply` does: heal what the journal holds, plan, carry out. Nothing is raised."""
        process, options = self.process(token), options or ApplyOptions()
        found, plan, ended = self.entries, None, None
        healed: list[Outcome] = []
        outcomes: list[Outcome] = []
        try:
            healed.extend(recover(found, process.context))
            plan = self.plan(desired, process, options)
            outcomes.extend(apply(plan, FIELDS, process.context, options))
        except (Killed, ReconcilerError) as error:
            ended = error
        events, writes = tuple(process.events), tuple(process.writes)
        return Run(found, tuple(healed), plan, tuple(outcomes), ended, events, writes)


@contextmanager
def new_world(**options: Value) -> Iterator[World]:
    """A world with an empty API, which drains queues after two refused PUTs unless told otherwise."""
    settings: dict[str, Value] = {"rate_limit": FOR_EVER, "drain_after_puts": 2, **options}
    worlds: list[World] = []
    with Bench(
        settings=SandboxSettings(**settings),
        more_tokens=[OTHER_TOKEN],
        clock=lambda: START + worlds[0].seconds if worlds else START,
    ) as bench:
        worlds.append(World(bench))
        yield worlds[0]


class Process:
    """One process: its client, its journal and its clock, which all end with it."""

    def __init__(self, world: World, token: str = SANDBOX_TOKEN) -> None:
        self.world = world
        self.token = Token(token, "TALKOVER_TOKEN")
        self.context = ApplyContext(self.send, self, self, self.tell, key=self.token.hash_key("tests"))
        self.events: list[str] = []
        self.writes: list[Write] = []
        self.told: list[str] = []
        self._counts: Counter[str] = Counter()
        self._stopped_at: float | None = None
        self._is_dead = False

    # The row of events

    @contextmanager
    def _event(self, call: str) -> Iterator[Way | Canned | Fault | None]:
        """Count an event, let happen what is to happen at it, and die where that is to be."""
        self._live()
        self._counts[call] += 1
        number, number_of_call = self._counts.total(), self._counts[call]
        self.events.append(call)
        others = [m for m in self.world.meanwhile if (m.call, m.first) == (call, number_of_call)]
        ways = [cut.way for cut in self.world.cuts if cut.hits(number, call, number_of_call)]
        way = ways[0] if ways else None
        if way is Way.KILLED_BEFORE:
            self._die()
        if way is Way.SIGNAL_BEFORE:
            self.stop()
        _happen(m for m in others if not m.is_after)
        try:
            yield way
        finally:
            _happen(m for m in others if m.is_after)
            if way is Way.KILLED_AFTER:
                self._die()
            if way is Way.SIGNAL_AFTER:
                self.stop()

    def _die(self) -> None:
        self._is_dead = True
        self._live()

    def _live(self) -> None:
        if self._is_dead:
            raise Killed

    # The client

    def send(
        self, request: Request, *, urgent: bool = False, once: bool = False, fresh_for: float | None = None
    ) -> ApiAnswer:
        """Send as the client does, which asks the same functions what is repeated; turns come at once here."""
        tries = Tries()
        try:
            while True:
                tries.sent += 1
                try:
                    return ApiAnswer(self._once(request, urgent=urgent), tries.sent)
                except ApiError as error:
                    tries.failed(error)
                    is_last = once or fresh_for is not None or (urgent and self.is_stopping)
                    if is_last or not is_worth_another_try(request, error, tries):
                        raise
                    seconds = seconds_to_wait(error, tries, share=1.0)
                if urgent:
                    self.wait_while_resuming(seconds, self.now())
                else:
                    self.wait(seconds)
        except Interrupted:
            if tries.error is None or not request.is_write or tries.are_without_effect:
                raise
            raise tries.error from None

    def fetch(self, requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        """Send reads; an error takes the place of its answer."""
        return [self._result(request) for request in requests]

    def _result(self, request: Request) -> ApiAnswer | ApiError:
        try:
            return self.send(request)
        except ApiError as error:
            return error

    def _once(self, request: Request, *, urgent: bool) -> Value:
        if not urgent:
            self.check()
        with self._event(_call(request)) as way:
            if not urgent:
                self.check()
            if request.is_write:
                self.writes.append(Write.of(request))
            return self._answered(request, way)

    def _answered(self, request: Request, way: Way | Canned | Fault | None) -> Value:
        if way is Way.NO_CONNECTION:
            self.world.seconds += _QUICK
            raise Unreachable(str(request), "no connection", sent=False)
        if isinstance(way, Canned):
            self.world.seconds += _QUICK
            return self._read(request, HttpResponse(way.status, way.body.encode(), "application/json"), {})
        reply = self._served(request, _FAULTS.get(way) if isinstance(way, Way) else way)
        is_late = way in (Way.LOST, Way.TIMEOUT) or _seconds_of(reply) > _TIMEOUT
        self.world.seconds += _TIMEOUT if is_late else _QUICK + _seconds_of(reply)
        if reply.response is None or is_late:
            raise Unreachable(str(request), "no answer")
        shown = HttpResponse(reply.response.status, self._shown(request, reply.response.body))
        return self._read(request, shown, reply.response.headers)

    def _read(self, request: Request, response: HttpResponse, headers: Mapping[str, str]) -> Value:
        """What the client makes of a response, with the wait that it asks for."""
        try:
            return read_response(request, response, base_url=HOST, token=self.token)
        except ApiError as error:
            told = {name.lower(): value for name, value in headers.items()}
            error.retry_after = RateLimitHeaders.parse(told, START + self.world.seconds).retry_after
            raise

    def _served(self, request: Request, fault: Fault | None) -> Reply:
        body = b"" if request.body is None else json.dumps(dict(request.body)).encode()
        self.world.bench.fault = lambda *_: fault
        return self.world.bench.handle(
            http.Request(
                request.method,
                f"{http.PREFIX}{request.path}",
                request.query,
                body,
                authorization=self.token.header(),
            )
        )

    def _shown(self, request: Request, body: bytes) -> bytes:
        hidden = self.world.hidden | (self.world.hidden_on_write if request.is_write else frozenset())
        return json.dumps(_without(json.loads(body), hidden)).encode() if hidden and body.startswith(b"{") else body

    # The journal

    def announce(self, entry: PauseEntry) -> None:
        """Hold this campaign."""
        with self._event(f"announce {entry.campaign}") as way:
            self._write(way)
            self.world.entries = (*self._others(entry), entry)

    def clear(self, entry: PauseEntry) -> None:
        """Forget this campaign."""
        with self._event(f"clear {entry.campaign}") as way:
            self._write(way)
            self.world.entries = self._others(entry)

    def remember(self, base_url: str, campaign: str, hashes: Mapping[str, str]) -> None:
        """Record what was sent."""
        assert base_url == HOST
        with self._event(f"remember {campaign}") as way:
            self._write(way)
            self.world.record[campaign] = {**self.world.record.get(campaign, {}), **hashes}

    def _others(self, entry: PauseEntry) -> tuple[PauseEntry, ...]:
        return tuple(other for other in self.world.entries if other.key != entry.key)

    def _write(self, way: Way | Canned | Fault | None) -> None:
        if way is Way.DISK_FULL:
            msg = "journal.json cannot be written: no space left on device"
            raise StateError(msg)

    # The clock

    def tell(self, line: str) -> None:
        """Hear what happens."""
        self._live()
        self.told.append(line)

    def stop(self) -> None:
        """Ask the process to stop."""
        self._stopped_at = self.world.seconds

    def now(self) -> float:
        """The seconds of this world."""
        self._live()
        return self.world.seconds

    def stamp(self) -> str:
        """The time, for the journal."""
        self._live()
        return stamp(self.world.seconds)

    @property
    def is_stopping(self) -> bool:
        """Whether the process was asked to stop."""
        self._live()
        return self._stopped_at is not None

    @property
    def seconds_left(self) -> float:
        """Seconds to put everything back."""
        return 4.0

    def check(self) -> None:
        """Raise Interrupted if the process was asked to stop."""
        if self.is_stopping:
            msg = "stopped by SIGTERM"
            raise Interrupted(msg)

    def wait(self, seconds: float) -> None:
        """Let the time pass."""
        self.check()
        self.world.seconds += seconds

    def wait_while_resuming(self, seconds: float, since: float) -> bool:
        """Let the time pass while something is put back; False where there is none left."""
        self._live()
        self.world.seconds += seconds
        if self._stopped_at is not None:
            return self.world.seconds - self._stopped_at <= _HURRY
        return self.world.seconds - since <= _PATIENCE


def stamp(seconds: float) -> str:
    """The time of day at this second of a world."""
    return datetime.datetime.fromtimestamp(START + seconds, datetime.UTC).isoformat(timespec="milliseconds")


def _happen(others: Iterable[Meanwhile]) -> None:
    for other in others:
        other.do()


def _call(request: Request) -> str:
    """What an event is called: `PATCH /campaigns/c-1/status paused`."""
    status = f" {request.body['status']}" if request.method == "PATCH" and request.body else ""
    return f"{request.method} {request.path}{status}"


def _seconds_of(reply: Reply) -> float:
    """How long an answer takes to come whole."""
    return reply.delay + (reply.pace * len(reply.response.body) if reply.response else 0)


def _without(body: Value, hidden: frozenset[str]) -> Value:
    """An answer without some fields of its campaign, or campaigns."""
    shown = body.get("data") if hidden else None
    for campaign in shown if isinstance(shown, list) else [shown or {}]:
        for name in hidden & campaign.keys():
            del campaign[name]
    return body

"""One process in a world in memory: its client, its journal and its clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.api.responses import HttpResponse, json_or_none, read_response
from reconciler.api.retry import Tries, is_worth_another_try, seconds_to_wait
from reconciler.api.token import Token
from reconciler.apply.context import ApplyContext, PauseEntry
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, Proof, StateError, Unreachable
from reconciler.sandbox import SANDBOX_TOKEN, Fault, Reply, http
from tests.support.ledger import LIST, US, Act
from tests.support.plans import HOST
from tests.support.trouble import (
    START,
    TIMEOUT,
    Canned,
    Killed,
    Meanwhile,
    Trouble,
    Way,
    Write,
    call_of,
    seconds_of,
    stamp,
    without,
)

if TYPE_CHECKING:
    from tests.support.world import World

# Seconds: what an answer takes, how long things are put back in peace and in a hurry.
_QUICK, _PATIENCE, _HURRY = 0.01, 180.0, 4.0
_FAULTS = {
    Way.LOST: Fault.parse("lost"),
    Way.TIMEOUT: Fault.parse("drop"),
    Way.HTML: Fault.parse("html-after"),
    Way.BROKEN_AFTER: Fault.parse("500-after"),
    Way.FORGOTTEN: Fault.parse("ignore"),
}


class Process:
    """One process: its client, its journal and its clock, which all end with it."""

    def __init__(self, world: World, token: str = SANDBOX_TOKEN) -> None:
        self.world = world
        self.token = Token(token, "TALKOVER_TOKEN")
        self.context = ApplyContext(
            send=self.send,
            journal=self,
            clock=self,
            tell=self.tell,
            token=self.token.fingerprint(HOST),
            timeout=TIMEOUT,
            key=self.token.hash_key("tests"),
        )
        self.events: list[str] = []
        self.writes: list[Write] = []
        self.told: list[str] = []
        self._name = token
        self._counts: Counter[str] = Counter()
        self._stopped_at: float | None = None
        self._is_dead = False

    # The row of events

    @contextmanager
    def _event(self, call: str) -> Iterator[Trouble | None]:
        """Count an event, let happen what is to happen at it, and die where that is to be."""
        self._live()
        method = call.partition(" ")[0]
        self.events.append(call)
        self._counts.update([call, method])
        number, number_of_call, number_of_method = len(self.events), self._counts[call], self._counts[method]
        others = [m for m in self.world.meanwhile if (m.call, m.first) in ((call, number_of_call), (None, number))]
        cuts = self.world.cuts
        way = next((cut.way for cut in cuts if cut.hits(number, call, number_of_call, number_of_method)), None)
        if way is Way.KILLED_BEFORE:
            self._die()
        if way is Way.SIGNAL_BEFORE:
            self.stop()
        self._happen(m for m in others if not m.is_after)
        try:
            yield way
        finally:
            self._happen(m for m in others if m.is_after)
            if way is Way.KILLED_AFTER:
                self._die()
            if way is Way.SIGNAL_AFTER:
                self.stop()

    def _happen(self, others: Iterable[Meanwhile]) -> None:
        for other in others:
            with self.world.by_others():
                other.do()

    def _die(self) -> None:
        self._is_dead = True
        self._live()

    def _live(self) -> None:
        if self._is_dead:
            raise Killed

    # The client

    def send(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        request: Request,
        *,
        urgent: bool = False,
        once: bool = False,
        fresh_for: float | None = None,
        share: PauseShare | None = None,
        goes: Callable[[], None] | None = None,
    ) -> ApiAnswer:
        """Send as the client does, which asks the same functions what is repeated; turns come at once here."""
        del share
        tries = Tries()
        try:
            while True:
                if goes:
                    goes()
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
        """One try, of which the ledger learns what it proved."""
        if not urgent:
            self.check()
        with self._event(call_of(request)) as way:
            if not urgent:
                self.check()
            if request.is_write:
                body = json.dumps(request.body, sort_keys=True)
                self.writes.append(Write(request.method, request.path, body))
            began = self.world.seconds
            try:
                body = self._answered(request, way)
            except ApiError as error:
                self._note(request, began, error.proof, None)
                raise
            self._note(request, began, Proof.DONE, body)
            return body

    def _note(self, request: Request, began: float, proof: Proof, body: Value) -> None:
        if request.is_write:
            self.world.observe(US)
        data = body.get("data") if isinstance(body, Mapping) and not request.is_write else None
        shown = data if isinstance(data, Mapping) else {}
        act = Act(
            at=began,
            run=len(self.world.runs),
            method=request.method,
            path=request.path,
            token=self._name,
            body=dict(request.body or {}),
            proof=proof,
            seen=shown.get("status"),
            numbers=frozenset(shown[LIST] or []) if LIST in shown else None,
        )
        self.world.ledger.acts.append(act)

    def _answered(self, request: Request, way: Trouble | None) -> Value:
        if way is Way.NO_CONNECTION:
            self.world.seconds += _QUICK
            raise Unreachable(str(request), "no connection", sent=False)
        if isinstance(way, Canned):
            self.world.seconds += _QUICK
            return self._read(
                request, HttpResponse(way.status, way.body.encode(), {"content-type": "application/json"}), {}
            )
        reply = self._served(request, _FAULTS.get(way) if isinstance(way, Way) else way)
        is_late = way in (Way.LOST, Way.TIMEOUT) or seconds_of(reply) > TIMEOUT
        self.world.seconds += TIMEOUT if is_late else _QUICK + seconds_of(reply)
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
        if fault is None and self.world.lag and not request.is_write:
            fault = Fault.parse(f"lag:{self.world.lag:g}")
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
        hidden = self.world.hidden | (self.world.hidden_on_write if request.is_write else self.world.hidden_on_read)
        content = json_or_none(body)
        return json.dumps(without(content, hidden)).encode() if hidden and isinstance(content, dict) else body

    # The journal

    def mine(self) -> tuple[PauseEntry, ...]:
        """What the journal holds that this process may touch: what its own token sees."""
        return tuple(entry for entry in self.world.entries if entry.token in ("", self.context.token))

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

    def remember(self, base_url: str, token: str, campaign: str, hashes: Mapping[str, str]) -> None:  # noqa: ARG002 - one token
        """Record what was sent."""
        assert base_url == HOST
        with self._event(f"remember {campaign}") as way:
            self._write(way)
            self.world.record[campaign] = {**self.world.record.get(campaign, {}), **hashes}

    def _others(self, entry: PauseEntry) -> tuple[PauseEntry, ...]:
        return tuple(other for other in self.world.entries if other.key != entry.key)

    def _write(self, way: Trouble | None) -> None:
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
        return _HURRY

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

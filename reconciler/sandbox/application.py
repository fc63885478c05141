"""The stand-in without a server: each request passes the faults, the doors and its handler, and is recorded."""

from __future__ import annotations

import hmac
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate

from reconciler.sandbox import rate_limit
from reconciler.sandbox.canned_answers import NOTICE, canned
from reconciler.sandbox.environment import Environment
from reconciler.sandbox.faults import Effect, Fault, FaultFunction, FaultKind, FaultRule
from reconciler.sandbox.handlers import Context, respond
from reconciler.sandbox.http import (
    PREFIX,
    Json,
    JsonResponse,
    RecordedRequest,
    RefusalError,
    Reply,
    Request,
    Response,
    below_prefix,
    decoded,
    encoded,
    failure,
)
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store

# The number of a request that is in no record any more.
_FORGOTTEN = 0
_ONE_CAMPAIGN = re.compile(r"/campaigns/([^/]+)(?:/status)?")


@dataclass(frozen=True, slots=True)
class _Late:
    """A request that the API will act on at an epoch second."""

    due: float
    request: Request
    number: int


class Application:
    """The API over environments: `handle` is all that a server needs.

    `stores` holds the state behind each token. `settings` and `fault` may be set anew at any time; `fault` comes
    before the rules in the settings. `clock` gives epoch seconds.
    """

    def __init__(
        self,
        stores: Mapping[str, Store],
        settings: SandboxSettings,
        *,
        fault: FaultFunction | FaultRule | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.fault = fault
        self.environments = {token: Environment(store, clock, self.settle) for token, store in stores.items()}
        self._clock = clock
        self._windows: dict[str, rate_limit.RateWindow] = {}
        self._counts: Counter[str] = Counter()
        self._records: dict[int, RecordedRequest] = {}
        self._late: list[_Late] = []
        self._lock = threading.RLock()

    def handle(self, request: Request) -> Reply:
        """Serve one request; requests of several threads are served one after the other."""
        with self._lock:
            self.settle()
            now = self._clock()
            number, fault = self._numbered(request)
            self._record(number, request, now)
            reply = self._reply(request, number, fault, now)
            status = reply.response.status if reply.response else None
            self._records[number] = replace(self._records[number], status=status)
            return reply

    def settle(self) -> None:
        """Carry out what arrives late and is due."""
        with self._lock:
            now = self._clock()
            due = sorted((late for late in self._late if late.due <= now), key=lambda late: late.due)
            self._late = [late for late in self._late if late.due > now]
            for late in due:
                self._act(late.request, late.number, late.due)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """All requests that were served, in order."""
        with self._lock:
            return tuple(self._records.values())

    def clear_requests(self) -> None:
        """Forget the requests that were served; their numbers, which faults go by, start from 1 again."""
        with self._lock:
            self._records.clear()
            self._counts.clear()
            self._late = [replace(late, number=_FORGOTTEN) for late in self._late]

    def _numbered(self, request: Request) -> tuple[int, Fault | None]:
        self._counts[request.method] += 1
        number = self._counts.total()
        if self.fault is None or isinstance(self.fault, FaultRule):
            return number, self._fault_by_rule(number, request.method)
        fault = self.fault(number, request.method, below_prefix(request.path))
        return number, fault or self._fault_by_rule(number, request.method)

    def _fault_by_rule(self, number: int, method: str) -> Fault | None:
        own = (self.fault,) if isinstance(self.fault, FaultRule) else ()
        rules = (*own, *self.settings.faults)
        seed = self.settings.random_seed
        return next((rule.fault for rule in rules if rule.hits(number, self._counts[method], method, seed)), None)

    def _reply(self, request: Request, number: int, fault: Fault | None, now: float) -> Reply:
        """What becomes of a request: the API acts, or something else happens, or both."""
        latency = self.settings.latency
        match fault:
            case None:
                return Reply(self._act(request, number, now), latency)
            case Fault(FaultKind.STATUS | FaultKind.DROP | FaultKind.GARBAGE):
                self._act_as_told(request, number, fault, now)
                is_closed = fault.kind is FaultKind.DROP
                return Reply(None if is_closed else canned(fault, request, now, self.settings), latency)
            case Fault(FaultKind.SLOW):
                return Reply(self._act(request, number, now), latency + fault.seconds)
            case Fault(FaultKind.DRIP):
                return Reply(self._act(request, number, now), latency, fault.seconds)
            case Fault(FaultKind.NOTICE):
                response = self._act(request, number, now)
                return Reply(replace(response, body=NOTICE + response.body, content_type="text/html"), latency)
            case _:
                return Reply(self._act(request, number, now, fault), latency)

    def _act_as_told(self, request: Request, number: int, fault: Fault, now: float) -> None:
        match fault.effect:
            case Effect.AFTER:
                self._act(request, number, now)
            case Effect.LATE:
                self._late.append(_Late(now + fault.seconds, request, number))
            case _:
                pass

    def _act(self, request: Request, number: int, now: float, fault: Fault | None = None) -> Response:
        """What the API itself does and answers, which is noted in the record."""
        answer = self._served(request, now, fault)
        if number != _FORGOTTEN:
            self._records[number] = replace(self._records[number], served=answer.status)
        return encoded(answer)

    def _served(self, request: Request, now: float, fault: Fault | None) -> JsonResponse:
        if (request.method, request.path) == ("GET", f"{PREFIX}/health"):
            return JsonResponse(200, {"status": "ok"})
        if request.token is None:
            return JsonResponse(401, {"message": "Missing Bearer Token"})
        known = [token for token in self.environments if hmac.compare_digest(request.token.encode(), token.encode())]
        if not known:
            return failure(401, "Unauthorized")
        (token,) = known
        window = self._windows[token] = rate_limit.after_hit(self._windows.get(token), now, self.settings)
        answer = self._answer(request, self.environments[token], window, now, fault)
        headers = rate_limit.rate_headers(window, now, self.settings, answer.status)
        kept = self.settings.list_kept if request.path == f"{PREFIX}/campaigns" else 0.0
        date = {"Date": formatdate(now - kept, usegmt=True)} if self.settings.says_date else {}
        return JsonResponse(answer.status, answer.content, {**date, **headers, **answer.headers})

    def _answer(
        self, request: Request, environment: Environment, window: rate_limit.RateWindow, now: float, fault: Fault | None
    ) -> JsonResponse:
        if not window.has_room(self.settings):
            return rate_limit.too_many(now, window.started_at + self.settings.rate_window, self.settings)
        if not request.path.startswith(f"{PREFIX}/"):
            return JsonResponse(404, {"message": "Not Found"})
        if fault is not None and fault.kind is FaultKind.OPT_OUT:
            named = _ONE_CAMPAIGN.fullmatch(below_prefix(request.path))
            environment.add_opt_out(named[1] if named else None)
        try:
            with environment.store.transaction() as tables:
                return respond(_context(Context(request, tables, self.settings, now), fault))
        except RefusalError as refusal:
            return refusal.answer

    def _record(self, number: int, request: Request, now: float) -> None:
        path = below_prefix(request.path)
        body = _recorded_body(request.body)
        self._records[number] = RecordedRequest(
            number, request.method, path, request.query, body, None, now, token=request.token
        )


def _context(context: Context, fault: Fault | None) -> Context:
    match fault:
        case Fault(FaultKind.IGNORE):
            return replace(context, keeps=False)
        case Fault(FaultKind.LAG):
            return replace(context, behind=fault.seconds)
        case Fault(FaultKind.PAUSING | FaultKind.STOPPING):
            return replace(context, between=(fault.kind.value, fault.seconds))
        case _:
            return context


def _recorded_body(body: bytes) -> Json:
    try:
        return decoded(body)
    except ValueError:
        return None

"""The stand-in without a server: each request passes the faults, the doors and its handler, and is recorded."""

from __future__ import annotations

import hmac
import threading
import time
from collections import Counter
from collections.abc import Callable

from reconciler.sandbox import rate_limit
from reconciler.sandbox.faults import Fault, FaultFunction, FaultKind, FaultRule
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
from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings
from reconciler.sandbox.store import Store

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
_PAGES = {
    FaultKind.BAD_GATEWAY: (502, "502 Bad Gateway"),
    FaultKind.UNAVAILABLE: (503, "503 Service Temporarily Unavailable"),
    FaultKind.GATEWAY_TIMEOUT: (504, "504 Gateway Time-out"),
    FaultKind.HTML: (200, "Checking your connection"),
}
_ERRORS = {
    FaultKind.UNAUTHORIZED: JsonResponse(
        401, {"error": "UNAUTHORIZED", "message": "Invalid API token", "status_code": 401}
    ),
    FaultKind.NO_CREDITS: JsonResponse(
        402, {"error": {"code": "INSUFFICIENT_CREDITS", "message": "Not enough credits"}}
    ),
    FaultKind.LIMIT_REACHED: failure(403, "Campaign limit reached", "CAMPAIGN_LIMIT_REACHED"),
    FaultKind.LOCKED: failure(409, "Campaign is being changed by somebody else", "CAMPAIGN_LOCKED"),
    FaultKind.BROKEN: failure(500, "Internal server error."),
}


class Application:
    """The API over a store: `handle` is all that a server needs.

    `settings` and `fault` may be set anew at any time; `fault` comes before the rules in the settings.
    `clock` gives epoch seconds.
    """

    def __init__(
        self,
        store: Store,
        settings: SandboxSettings,
        *,
        token: str = SANDBOX_TOKEN,
        fault: FaultFunction | FaultRule | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.fault = fault
        self._store = store
        self._token = token
        self._clock = clock
        self._window: rate_limit.RateWindow | None = None
        self._counts: Counter[str] = Counter()
        self._records: list[RecordedRequest] = []
        self._lock = threading.RLock()

    def handle(self, request: Request) -> Reply:
        """Serve one request; requests of several threads are served one after the other."""
        with self._lock:
            now = self._clock()
            number, fault = self._numbered(request)
            reply = self._reply(request, fault, now)
            self._record(number, request, reply, now)
            return reply

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """All requests that were served, in order."""
        with self._lock:
            return tuple(self._records)

    def clear_requests(self) -> None:
        """Forget the requests that were served; their numbers, which faults go by, start from 1 again."""
        with self._lock:
            self._records.clear()
            self._counts.clear()

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

    def _reply(self, request: Request, fault: Fault | None, now: float) -> Reply:
        """What becomes of a request: the API acts, or something else happens, or both."""
        latency = self.settings.latency
        if fault is None:
            return Reply(self._act(request, now), latency)
        match fault.kind:
            case FaultKind.DROP:
                return Reply(None, latency)
            case FaultKind.LOST:
                self._act(request, now)
                return Reply(None, latency)
            case FaultKind.SLOW:
                return Reply(self._act(request, now), latency + fault.seconds)
            case FaultKind.IGNORE:
                return Reply(self._act(request, now, keeps=False), latency)
            case _:
                return Reply(self._canned(fault, now), latency)

    def _canned(self, fault: Fault, now: float) -> Response:
        kind = fault.kind
        if kind in _PAGES:
            status, title = _PAGES[kind]
            return Response(status, _PAGE.format(title).encode(), "text/html; charset=utf-8")
        if kind is FaultKind.GARBAGE:
            return Response(200, b'{"success": true, "data": {"id": "c-')
        if kind is FaultKind.TOO_MANY:
            return encoded(rate_limit.too_many(now, now + fault.seconds, self.settings))
        return encoded(_ERRORS[kind])

    def _act(self, request: Request, now: float, *, keeps: bool = True) -> Response:
        if (request.method, request.path) == ("GET", f"{PREFIX}/health"):
            return encoded(JsonResponse(200, {"status": "ok"}))
        refusal = self._refused_at_the_door(request)
        if refusal:
            return encoded(refusal)
        window = self._window = rate_limit.after_hit(self._window, now, self.settings)
        answer = self._answer(request, window, now, keeps=keeps)
        headers = rate_limit.rate_headers(window, now, self.settings, answer.status)
        return encoded(JsonResponse(answer.status, answer.content, {**headers, **answer.headers}))

    def _refused_at_the_door(self, request: Request) -> JsonResponse | None:
        scheme, _, token = (request.authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return JsonResponse(401, {"message": "Missing Bearer Token"})
        if not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            return failure(401, "Unauthorized")
        return None

    def _answer(self, request: Request, window: rate_limit.RateWindow, now: float, *, keeps: bool) -> JsonResponse:
        if not window.has_room(self.settings):
            return rate_limit.too_many(now, window.started_at + self.settings.rate_window, self.settings)
        if not request.path.startswith(f"{PREFIX}/"):
            return JsonResponse(404, {"message": "Not Found"})
        try:
            with self._store.transaction() as tables:
                return respond(Context(request, tables, self.settings, now, keeps))
        except RefusalError as refusal:
            return refusal.answer

    def _record(self, number: int, request: Request, reply: Reply, now: float) -> None:
        status = reply.response.status if reply.response else None
        path = below_prefix(request.path)
        body = _recorded_body(request.body)
        self._records.append(RecordedRequest(number, request.method, path, request.query, body, status, now))


def _recorded_body(body: bytes) -> Json:
    try:
        return decoded(body)
    except ValueError:
        return None

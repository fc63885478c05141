"""The edge to the network: sends requests within the rate limit, again where that is safe, and logs each try."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

from reconciler.api.answers import ApiAnswer
from reconciler.api.certainty import TOO_MANY
from reconciler.api.endpoints import Request
from reconciler.api.exchange import exchange, open_http
from reconciler.api.http_dates import answered_at
from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_budget import Permit
from reconciler.api.rate_limit import Limiter, TurnTooLate
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.api.read_gate import ReadGate, reads_at_once
from reconciler.api.request_log import LogRow
from reconciler.api.responses import HttpResponse, json_or_none, read_response, retry_after
from reconciler.api.retry import Tries, is_worth_another_try, seconds_to_wait
from reconciler.api.token import Token
from reconciler.model.clock import Clock
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, ReadOnly, Unreachable

# Seconds for one request once we were asked to stop, and the share of the time that is left.
_HURRIED, _SHARE = 1.0, 1 / 3


class Settings(NamedTuple):
    """How to talk to one environment. Times are in seconds.

    `variables` are those of the process: they may name a proxy, and the certificates of one's own CA.
    """

    base_url: str
    token: Token
    timeout: float = 30.0
    concurrency: int = 8
    read_only: bool = True
    variables: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        """Without the variables, some of which are secrets."""
        return f"Settings(base_url={self.base_url!r}, token={self.token!r})"


class Hooks(NamedTuple):
    """Whom the client tells what happens, and whom it asks.

    `tell` gets a line for people, `log` a row for each try, and `headers` those of every answer.
    """

    tell: Callable[[str], None]
    log: Callable[[LogRow], None] | None = None
    headers: Callable[[Mapping[str, str]], None] | None = None


class StopClock(Clock, Protocol):
    """The clock, which also knows how little time is left once somebody asked us to stop."""

    @property
    def seconds_left(self) -> float:
        """Seconds in which everything has to be put back, once somebody asked us to stop."""
        ...


class _Manner(NamedTuple):
    """How one request is sent; see `Client.send`."""

    urgent: bool
    once: bool
    fresh_for: float | None
    share: PauseShare | None
    goes: Callable[[], None] | None


class _Answered(NamedTuple):
    """A response as it came, what it tells of the limit, and how many seconds it took."""

    response: HttpResponse
    told: RateLimitHeaders
    seconds: float


class Client:
    """Sends requests to one environment, within its rate limit, and repeats what may be repeated.

    One client is shared by all workers. Use it in a `with` block.
    """

    def __init__(self, settings: Settings, clock: StopClock, hooks: Hooks, limiter: Limiter | None = None) -> None:
        self.settings = settings
        self.limiter = limiter or Limiter(hooks.tell, clock)
        self.requests = 0
        self._clock = clock
        self._hooks = hooks
        self._random = random.Random()  # noqa: S311 - jitter, not secrecy
        self._counting = threading.Lock()
        self._reads = ReadGate(reads_at_once(settings.concurrency))
        connections = max(settings.concurrency, self._reads.most)
        self._http = open_http(settings.base_url, settings.token, connections, settings.variables)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.client.close()

    @property
    def reads_at_once(self) -> int:
        """How many reads may go side by side by now."""
        return self._reads.at_once

    @property
    def way(self) -> str:
        """What stands between here and the API, as variables name it: a proxy, certificates of one's own."""
        proxy = f"through {self._http.proxy}" if self._http.proxy else "without a proxy"
        named = self._http.trusted_from
        if self.settings.base_url.startswith("http:"):
            return proxy
        return f"{proxy}, with the certificates {f'that {named} names' if named else 'of certifi'}"

    def result(self, request: Request) -> ApiAnswer | ApiError:
        """Send a request; an error takes the place of its answer."""
        try:
            return self.send(request)
        except ApiError as error:
            return error

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
        """Send a request until it is answered, as often as that is safe. Raises ApiError, Interrupted, ReadOnly.

        `urgent` goes before everything else, and even when we were asked to stop: then once. `once` is one try,
        whatever comes of it. `fresh_for` is one try, too, that is not sent (Unreachable) where its turn in the rate
        limit does not come within so many seconds. With a `share` it may use what is kept back for campaigns that
        are paused. `goes` is called
        before each try, and what it raises keeps that from being sent.
        """
        if request.is_write and self.settings.read_only:
            msg = f"{request.method} {request.path} was not sent: this command only reads"
            raise ReadOnly(msg)
        tries = Tries()
        manner = _Manner(urgent, once or fresh_for is not None, fresh_for, share, goes)
        try:
            return ApiAnswer(self._repeated(request, tries, manner), tries.sent, tries.date, time.time())
        except Interrupted:
            if tries.error is None or not request.is_write or tries.are_without_effect:
                raise
            # The write may have worked: whoever wants to know has to look.
            raise tries.error from None

    def _repeated(self, request: Request, tries: Tries, manner: _Manner) -> Value:
        """Try until there is an answer, or an error that another try cannot or must not mend."""
        while True:
            try:
                return self._once(request, tries, manner)
            except ApiError as error:
                tries.failed(error)
                is_last = manner.once or (manner.urgent and self._clock.is_stopping)
                if is_last or not is_worth_another_try(request, error, tries):
                    raise
                tries.waited = seconds_to_wait(error, tries, share=self._random.uniform(0.5, 1.0))
            if manner.urgent:
                self._clock.wait_while_resuming(tries.waited, self._clock.now())
            else:
                self._clock.wait(tries.waited)

    def _once(self, request: Request, tries: Tries, manner: _Manner) -> Value:
        """One try: wait for its turn, send, learn what the answer tells of the limit, log, read it."""
        if not manner.urgent:
            self._clock.check()
        is_read = not (request.is_write or manner.urgent or manner.share)
        answered = (self._read if is_read else self._answered)(request, tries, manner)
        response = answered.response
        tries.date = answered_at(response.headers)
        try:
            return read_response(request, response, base_url=self.settings.base_url, token=self.settings.token)
        except ApiError as error:
            error.retry_after = answered.told.retry_after
            raise

    def _read(self, request: Request, tries: Tries, manner: _Manner) -> _Answered:
        """One try of a read, among as many as may go side by side."""
        turn, answered = self._reads.enter(self._clock.check), None
        try:
            answered = self._answered(request, tries, manner)
            return answered
        finally:
            is_refused = answered is not None and answered.response.status == TOO_MANY
            self._reads.leave(turn, answered.seconds if answered else None, is_refused=is_refused)

    def _answered(self, request: Request, tries: Tries, manner: _Manner) -> _Answered:
        """One try, as it came: wait for its turn, send, learn what the answer tells of the limit, log."""
        permit = self._permit(request, manner)
        tries.sent += 1
        with self._counting:
            self.requests += 1
        began = self._clock.now()
        response: HttpResponse | None = None
        told: RateLimitHeaders | None = None
        try:
            if manner.goes:
                manner.goes()
            response = self._exchanged(request, hurried=manner.urgent and self._clock.is_stopping)
            told = _told_of_the_limit(response)
            if self._hooks.headers:
                self._hooks.headers(response.headers)
        finally:
            self.limiter.leave(permit, told, refused=response is not None and response.status == TOO_MANY)
            self._log(request, response, tries, permit.waited, self._clock.now() - began)
        return _Answered(response, told, self._clock.now() - began)

    def _permit(self, request: Request, manner: _Manner) -> Permit:
        """The turn of a request; raises Unreachable where it comes too late."""
        within = math.inf if manner.fresh_for is None else manner.fresh_for
        try:
            return self.limiter.enter(urgent=manner.urgent, within=within, share=manner.share)
        except TurnTooLate:
            msg = f"rate limited: its turn did not come within {within:g} s"
            raise Unreachable(str(request), msg, sent=False) from None

    def _exchanged(self, request: Request, *, hurried: bool) -> HttpResponse:
        timeout = self.settings.timeout
        if hurried:
            timeout = min(timeout, max(min(_HURRIED, self._clock.seconds_left * _SHARE), 0.1))
        return exchange(self._http, request, timeout, self.settings.token)

    def _log(
        self, request: Request, response: HttpResponse | None, tries: Tries, waited: float, seconds: float
    ) -> None:
        if self._hooks.log is None:
            return
        status = response.status if response is not None else None
        wait = round(tries.waited + waited, 3)
        row = LogRow(self._clock.stamp(), request.method, request.path, status, tries.sent, wait, round(seconds, 3))
        self._hooks.log(row)


def _told_of_the_limit(response: HttpResponse) -> RateLimitHeaders:
    """What an answer says of the limit; a 429 may say in its body when to come again."""
    told = RateLimitHeaders.parse(response.headers, time.time())
    if response.status != TOO_MANY or told.retry_after is not None:
        return told
    return told._replace(retry_after=retry_after(json_or_none(response.content)))

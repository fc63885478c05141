"""The edge to the network: sends requests within the rate limit, again where that is safe, and logs each try."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol, Self
from urllib.parse import urlsplit

import httpx

from reconciler.api.answers import ApiAnswer
from reconciler.api.base_url import is_loopback
from reconciler.api.endpoints import Request
from reconciler.api.rate_limit import Limiter
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.api.request_log import LogRow
from reconciler.api.responses import HttpResponse, json_or_none, read_response, retry_after
from reconciler.api.retry import TOO_MANY, Tries, is_worth_another_try, seconds_to_wait
from reconciler.api.token import Token
from reconciler.model.clock import Clock
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, ReadOnly, Unreachable

# Seconds for one request once we were asked to stop, and the share of the time that is left.
_HURRIED, _SHARE = 1.0, 1 / 3
_LONGEST_CONNECT = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to talk to one environment. Times are in seconds."""

    base_url: str
    token: Token
    timeout: float = 30.0
    concurrency: int = 8
    read_only: bool = True


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whom the client tells what happens, and whom it asks.

    `tell` gets a line for people, `log` a row for each try, and `reserve` says how many requests of the
    rate limit have to be kept back for campaigns that are paused.
    """

    tell: Callable[[str], None]
    log: Callable[[LogRow], None] | None = None
    reserve: Callable[[], int] = lambda: 0


class StopClock(Clock, Protocol):
    """The clock, which also knows how little time is left once somebody asked us to stop."""

    @property
    def seconds_left(self) -> float:
        """Seconds in which everything has to be put back, once somebody asked us to stop."""
        ...


class Client:
    """Sends requests to one environment, within its rate limit, and repeats what may be repeated.

    One client is shared by all workers. Use it in a `with` block.
    """

    def __init__(self, settings: Settings, clock: StopClock, hooks: Hooks, limiter: Limiter | None = None) -> None:
        self.settings = settings
        self.limiter = limiter or Limiter(hooks.tell, clock, hooks.reserve)
        self.requests = 0
        self._clock = clock
        self._hooks = hooks
        self._random = random.Random()  # noqa: S311 - jitter, not secrecy
        self._counting = threading.Lock()
        self._http = _http_client(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def result(self, request: Request) -> ApiAnswer | ApiError:
        """Send a request; an error takes the place of its answer."""
        try:
            return self.send(request)
        except ApiError as error:
            return error

    def send(self, request: Request, *, urgent: bool = False) -> ApiAnswer:
        """Send a request until it is answered, as often as that is safe. Raises ApiError, Interrupted, ReadOnly.

        `urgent` goes before everything else, and even when we were asked to stop: then once.
        """
        if request.is_write and self.settings.read_only:
            msg = f"{request.method} {request.path} was not sent: this command only reads"
            raise ReadOnly(msg)
        tries = Tries()
        try:
            return ApiAnswer(self._repeated(request, tries, urgent=urgent), tries.sent)
        except ApiError as error:
            error.attempts = tries.sent
            raise
        except Interrupted:
            if tries.error is None or not request.is_write:
                raise
            # The write may have worked: whoever wants to know has to look.
            tries.error.attempts = tries.sent
            raise tries.error from None

    def _repeated(self, request: Request, tries: Tries, *, urgent: bool) -> Value:
        """Try until there is an answer, or an error that another try cannot or must not mend."""
        while True:
            try:
                return self._once(request, tries, urgent=urgent)
            except ApiError as error:
                tries.failed(error)
                if not is_worth_another_try(request, error, tries) or (urgent and self._clock.is_stopping):
                    raise
                tries.waited = seconds_to_wait(error, tries, share=self._random.uniform(0.5, 1.0))
            if urgent:
                self._clock.wait_while_resuming(tries.waited, self._clock.now())
            else:
                self._clock.wait(tries.waited)

    def _once(self, request: Request, tries: Tries, *, urgent: bool) -> Value:
        """One try: wait for its turn, send, learn what the answer tells of the limit, log, read."""
        if not urgent:
            self._clock.check()
        permit = self.limiter.enter(urgent=urgent)
        tries.sent += 1
        with self._counting:
            self.requests += 1
        began = self._clock.now()
        response: httpx.Response | None = None
        try:
            response = self._sent(request, hurried=urgent and self._clock.is_stopping)
        finally:
            is_refused = response is not None and response.status_code == TOO_MANY
            self.limiter.leave(permit, _told_of_the_limit(response), refused=is_refused)
            self._log(request, response, tries, permit.waited, self._clock.now() - began)
        read = HttpResponse(response.status_code, response.content, response.headers.get("content-type", ""))
        return read_response(request, read, base_url=self.settings.base_url, token=self.settings.token)

    def _sent(self, request: Request, *, hurried: bool) -> httpx.Response:
        timeout = self.settings.timeout
        if hurried:
            timeout = min(timeout, max(min(_HURRIED, self._clock.seconds_left * _SHARE), 0.1))
        with _our_errors(str(request), self.settings):
            return self._http.request(
                request.method,
                request.path,
                params=dict(request.query) or None,
                json=request.body,
                timeout=_timeouts(timeout),
            )

    def _log(
        self, request: Request, response: httpx.Response | None, tries: Tries, waited: float, seconds: float
    ) -> None:
        if self._hooks.log is None:
            return
        status = response.status_code if response is not None else None
        wait = round(tries.waited + waited, 3)
        row = LogRow(self._clock.stamp(), request.method, request.path, status, tries.sent, wait, round(seconds, 3))
        self._hooks.log(row)


def _http_client(settings: Settings) -> httpx.Client:
    """Connections for all workers; proxies of the environment are asked for other machines alone."""
    connections = settings.concurrency * 2
    is_local = is_loopback(urlsplit(settings.base_url).hostname or "")
    return httpx.Client(
        base_url=settings.base_url,
        headers={
            "Accept": "application/json",
            "Authorization": settings.token.header(),
            "User-Agent": "reconciler",
        },
        timeout=_timeouts(settings.timeout),
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        follow_redirects=False,
        http2=False,
        trust_env=not is_local,
        # Plain http needs no certificates, and loading them costs more than a request.
        verify=not (is_local and settings.base_url.startswith("http:")),
    )


def _timeouts(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(connect=min(seconds, _LONGEST_CONNECT), read=seconds, write=seconds, pool=seconds * 2)


def _told_of_the_limit(response: httpx.Response | None) -> RateLimitHeaders | None:
    """What an answer says of the limit; a 429 may say in its body when to come again."""
    if response is None:
        return None
    told = RateLimitHeaders.parse(response.headers, time.time())
    if response.status_code != TOO_MANY or told.retry_after is not None:
        return told
    return replace(told, retry_after=retry_after(json_or_none(response.content)))


@contextmanager
def _our_errors(request: str, settings: Settings) -> Iterator[None]:
    """Make every error of httpx one of ours, and say whether the request can have arrived."""
    host = urlsplit(settings.base_url).netloc
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreachable(request, f"no connection to {host}: {_why(error, settings)}", sent=False) from None
    except httpx.TimeoutException:
        raise Unreachable(request, f"no answer from {host} within {settings.timeout:g} s") from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise Unreachable(request, f"the connection to {host} broke: {_why(error, settings)}") from None


def _why(error: Exception, settings: Settings) -> str:
    return settings.token.cut_from(str(error) or type(error).__name__)

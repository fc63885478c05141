"""The edge to the network: the token, pacing, retries, and every error of httpx made one of ours."""

from __future__ import annotations

import ipaddress
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from reconciler.campaign import Value
from reconciler.endpoints import Answer, Request, refusal, retry_after
from reconciler.errors import ApiError, ReadOnly, Refused, UnexpectedAnswer, Unreachable, UsageError
from reconciler.pacing import WINDOW, Limiter, Told, told
from reconciler.pause import Clock

if TYPE_CHECKING:
    from tenacity import RetryCallState

_TOO_MANY = 429
_UNAUTHORIZED = 401
_OK, _REDIRECT, _ERROR, _SERVER_ERROR = 200, 300, 400, 500
_RETRYABLE = frozenset({_TOO_MANY, 500, 502, 503, 504})
# Reads, and the two writes that do no harm when they are repeated (see the API's page: PUT and PATCH).
_REPEATABLE = frozenset({"GET", "PUT", "PATCH"})
# Faults that a request survives, and times that it is told to come again later.
_TRIES, _TURNS = 5, 10
_LONGEST_WAIT = 15.0
# Seconds for one request once we were asked to stop: there are only a few left.
_HURRIED = 1.0


class Token:
    """The secret. It has no form that could be printed by accident."""

    __slots__ = ("_text", "source")

    def __init__(self, text: str, source: str) -> None:
        """`source` is the variable that it was read from; raises UsageError for what cannot be a token."""
        self._text = text.strip()
        self.source = source
        if not self._text or not self._text.isascii() or not self._text.isprintable() or " " in self._text:
            msg = f"the token in {source} has characters that no token has (blanks, line breaks, accents)"
            raise UsageError(msg)

    def __repr__(self) -> str:
        return "***"

    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._text}"

    def cut_from(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self._text, "***")


def checked_base_url(text: str) -> str:
    """The base URL without a slash at its end. HTTPS, except to this machine; raises UsageError."""
    try:
        parts = urlsplit(text.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        msg = f"{text[:200]!r} is not a URL: {error}"
        raise UsageError(msg) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        msg = f"{text[:200]!r} is not a base URL: expected something like https://app.talkover.ai/api/v1"
        raise UsageError(msg)
    if parts.scheme == "http" and not is_loopback(host):
        msg = f"refusing plain http to {host}: the token would be readable on the way; use https://"
        raise UsageError(msg)
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
    log: Callable[[dict[str, Value]], None] | None = None
    reserve: Callable[[], int] = lambda: 0


class Client:
    """Sends requests to one environment, within its rate limit, and repeats what may be repeated.

    One client is shared by all workers. Use it in a `with` block.
    """

    def __init__(self, settings: Settings, clock: Clock, hooks: Hooks) -> None:
        self.settings = settings
        self.limiter = Limiter(hooks.tell, clock.check, hooks.reserve)
        self.requests = 0
        self._clock = clock
        self._hooks = hooks
        self._random = random.Random()  # noqa: S311 - jitter, not secrecy
        self._counting = threading.Lock()
        local = is_loopback(urlsplit(settings.base_url).hostname or "")
        self._http = httpx.Client(
            base_url=settings.base_url,
            headers={
                "Accept": "application/json",
                "Authorization": settings.token.header(),
                "User-Agent": "reconciler",
            },
            timeout=self._timeout(settings.timeout),
            limits=httpx.Limits(
                max_connections=settings.concurrency * 2, max_keepalive_connections=settings.concurrency * 2
            ),
            follow_redirects=False,
            http2=False,
            trust_env=not local,
            # Plain http needs no certificates, and loading them costs more than a request.
            verify=not (local and settings.base_url.startswith("http:")),
        )

    @staticmethod
    def _timeout(seconds: float) -> httpx.Timeout:
        return httpx.Timeout(connect=min(seconds, 10.0), read=seconds, write=seconds, pool=seconds * 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def result(self, request: Request) -> Answer | ApiError:
        """Send a request; an error takes the place of its answer."""
        try:
            return self.send(request)
        except ApiError as error:
            return error

    def send(self, request: Request, *, urgent: bool = False) -> Answer:
        """Send a request until it is answered, as often as that is safe. Raises ApiError, Interrupted, ReadOnly."""
        # Only what talks to the API pays for loading it.
        import tenacity  # noqa: PLC0415 - see above

        if request.is_write and self.settings.read_only:
            msg = f"{request.method} {request.path} was not sent: this command only reads"
            raise ReadOnly(msg)
        attempts = 0
        waited = 0.0

        def once() -> Answer:
            nonlocal attempts
            attempts += 1
            return self._once(request, attempts, waited, urgent=urgent)

        def pause(seconds: float) -> None:
            nonlocal waited
            waited = seconds
            if urgent:
                self._clock.linger(seconds, self._clock.now())
            else:
                self._clock.wait(seconds)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: self._may_repeat(request, error)),
            stop=lambda state: self._is_enough(state, urgent=urgent),
            wait=self._wait,
            sleep=pause,
            reraise=True,
        )
        try:
            body = retrying(once).body
        except ApiError as error:
            error.attempts = attempts
            raise
        return Answer(body, attempts)

    @staticmethod
    def _may_repeat(request: Request, error: BaseException) -> bool:
        """Whether sending again can help and cannot harm."""
        if request.method in _REPEATABLE:
            return isinstance(error, Unreachable) or (isinstance(error, Refused) and error.status in _RETRYABLE)
        if isinstance(error, Refused):
            return error.status == _TOO_MANY
        return isinstance(error, Unreachable) and not error.sent

    def _is_enough(self, state: RetryCallState, *, urgent: bool) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if self._clock.is_stopping and urgent:
            return True  # the caller knows best how to use the seconds that are left
        is_turned_away = isinstance(error, Refused) and error.status == _TOO_MANY
        return state.attempt_number >= (_TURNS if is_turned_away else _TRIES)

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: growing and jittered. After a 429 the limiter does the waiting."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Refused) and error.status == _TOO_MANY:
            return 0.0
        return min(0.25 * 2.0**state.attempt_number, _LONGEST_WAIT) * self._random.uniform(0.5, 1.0)

    def _once(self, request: Request, attempt: int, waited: float, *, urgent: bool) -> Answer:
        """One try: wait for its turn, send, learn from the answer, log."""
        hurried = urgent and self._clock.is_stopping
        if not urgent:
            self._clock.check()
        if hurried:
            self.limiter.skip()
        else:
            waited += self.limiter.enter(urgent=urgent)
        began = time.monotonic()
        answer: Told | None = None
        response = None
        closed = 0.0
        try:
            with self._counting:
                self.requests += 1
            response = self._sent(request, hurried=hurried)
            answer = told(response.headers, time.time())
        finally:
            refused = response is not None and response.status_code == _TOO_MANY
            if refused and answer is not None and answer.retry_after is None:
                answer = replace(answer, retry_after=retry_after(_json(response)))
            closed = self.limiter.leave(answer, refused=refused, otherwise=WINDOW)
            self._write_log(request, response, attempt, waited, time.monotonic() - began)
        if closed > 1:
            self._hooks.tell(f"{request.method} {request.path}: HTTP 429, rate limited, waiting {closed:.0f} s")
        return self._read(request, response)

    def _sent(self, request: Request, *, hurried: bool) -> httpx.Response:
        timeout = self._timeout(min(self.settings.timeout, _HURRIED) if hurried else self.settings.timeout)
        with _our_errors(str(request), self.settings):
            return self._http.request(
                request.method, request.path, params=dict(request.query) or None, json=request.body, timeout=timeout
            )

    def _read(self, request: Request, response: httpx.Response) -> Answer:
        status = response.status_code
        if status >= _ERROR:
            raise self._refused(request, response)
        if status < _OK or status >= _REDIRECT:
            msg = f"HTTP {status}, a redirect, which is not followed: is {self.settings.base_url} the right base URL?"
            raise UnexpectedAnswer(str(request), msg)
        try:
            return Answer(response.json())
        except ValueError:
            msg = f"HTTP {status}, but the answer is no JSON{_kind(response)}: is a proxy in between?"
            raise UnexpectedAnswer(str(request), msg) from None

    def _refused(self, request: Request, response: httpx.Response) -> Refused:
        token = self.settings.token
        error = refusal(request, response.status_code, _json(response))
        words = token.cut_from(error.words)
        if not words and not error.code:
            words = f"the answer is no JSON{_kind(response)}"
        if error.status == _UNAUTHORIZED:
            words = f"{words or 'unauthorized'} (the token in {token.source} is not accepted here)"
        fields = {key: token.cut_from(message) for key, message in error.fields.items()}
        return Refused(str(request), error.status, words, error.code, fields)

    def _write_log(
        self, request: Request, response: httpx.Response | None, attempt: int, waited: float, seconds: float
    ) -> None:
        if self._hooks.log is None:
            return
        self._hooks.log(
            {
                "time": self._clock.stamp(),
                "method": request.method,
                "path": request.path,
                "status": response.status_code if response is not None else None,
                "attempt": attempt,
                "wait": round(waited, 3),
                "seconds": round(seconds, 3),
            }
        )


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


def _json(response: httpx.Response | None) -> Any:  # noqa: ANN401 - whatever the answer holds
    try:
        return response.json() if response is not None else None
    except ValueError:
        return None


def _kind(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0]
    return f" but {kind[:40]}" if kind else ""


def log_to(write: Callable[[str], object]) -> Callable[[dict[str, Value]], None]:
    """A log of one JSON object a line, safe for many workers."""
    lock = threading.Lock()

    def log(row: dict[str, Value]) -> None:
        with lock:
            write(json.dumps(row) + "\n")

    return log

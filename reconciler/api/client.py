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

from reconciler.api.endpoints import ApiAnswer, Request, refusal, retry_after, without_numbers
from reconciler.api.rate_limit import Limiter
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.model.clock import Clock
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Interrupted, ReadOnly, Refused, UnexpectedAnswer, Unreachable, UsageError

if TYPE_CHECKING:
    from tenacity import RetryCallState

_TOO_MANY = 429
_OK, _REDIRECT, _ERROR, _SERVER_ERROR = 200, 300, 400, 500
# Reads, and the two writes that do no harm when they are repeated (see the API's page: PUT and PATCH).
_REPEATABLE = frozenset({"GET", "PUT", "PATCH"})
# Faults that a request survives, and times that it is told to come again later.
_TRIES, _TURNS = 5, 10
_LONGEST_WAIT = 15.0
# Seconds for one request once we were asked to stop, and the share of the time that is left.
_HURRIED, _SHARE = 1.0, 1 / 3
_EXAMPLE = "expected something like https://app.talkover.ai/api/v1"
_LONGEST_CODE, _LONGEST_KIND = 64, 40


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
    """The base URL without a slash at its end. HTTPS, except to this machine; raises UsageError.

    A text that is no URL, or holds more than one, is not shown: it may be a secret that got into the wrong place.
    """
    text = text.strip()
    try:
        parts, url = urlsplit(text), httpx.URL(text)
        host, _port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, httpx.InvalidURL) as error:
        reason = str(error) if "://" in text and "@" not in text else "it cannot be read"
        raise UsageError(f"the base URL is no URL ({reason}): {_EXAMPLE}") from None
    if parts.scheme not in ("http", "https") or not host or url.host != httpx.URL(f"//{_bracketed(host)}").host:
        raise UsageError(f"the base URL is no URL: {_EXAMPLE}")
    if "@" in parts.netloc or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise UsageError(f"the base URL with the host {host} has more than host and path in it: {_EXAMPLE}")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"refusing plain http to {host}: the token would be readable on the way; use https://")
    return text.rstrip("/")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


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


@dataclass(slots=True)
class _Tries:
    """How often one request was sent, how often it was turned away (429), how long it waited, what went wrong last."""

    sent: int = 0
    turned_away: int = 0
    waited: float = 0.0
    error: ApiError | None = None

    @property
    def are_enough(self) -> bool:
        """Whether it has had every turn, or every fault, that a request gets."""
        return self.turned_away >= _TURNS or self.sent - self.turned_away >= _TRIES


class Client:
    """Sends requests to one environment, within its rate limit, and repeats what may be repeated.

    One client is shared by all workers. Use it in a `with` block.
    """

    def __init__(self, settings: Settings, clock: Clock, hooks: Hooks, limiter: Limiter | None = None) -> None:
        self.settings = settings
        self.limiter = limiter or Limiter(hooks.tell, clock, hooks.reserve)
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

    def result(self, request: Request) -> ApiAnswer | ApiError:
        """Send a request; an error takes the place of its answer."""
        try:
            return self.send(request)
        except ApiError as error:
            return error

    def send(self, request: Request, *, urgent: bool = False) -> ApiAnswer:
        """Send a request until it is answered, as often as that is safe. Raises ApiError, Interrupted, ReadOnly."""
        # Only what talks to the API pays for loading it.
        import tenacity  # noqa: PLC0415 - see above

        if request.is_write and self.settings.read_only:
            msg = f"{request.method} {request.path} was not sent: this command only reads"
            raise ReadOnly(msg)
        tries = _Tries()

        def pause(seconds: float) -> None:
            tries.waited = seconds
            if urgent:
                self._clock.wait_while_resuming(seconds, self._clock.now())
            else:
                self._clock.wait(seconds)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: self._may_repeat(request, error)),
            stop=lambda _: tries.are_enough or (urgent and self._clock.is_stopping),
            wait=self._wait,
            sleep=pause,
            reraise=True,
        )
        try:
            return ApiAnswer(retrying(self._counted, request, tries, urgent=urgent), tries.sent)
        except ApiError as error:
            error.attempts = tries.sent
            raise
        except Interrupted:
            if tries.error is None or not request.is_write:
                raise
            # The write may have worked: whoever wants to know has to look.
            tries.error.attempts = tries.sent
            raise tries.error from None

    def _counted(self, request: Request, tries: _Tries, *, urgent: bool) -> Value:
        """One try, counted."""
        try:
            return self._once(request, tries, urgent=urgent)
        except ApiError as error:
            tries.error = error
            tries.turned_away += _is_turned_away(error)
            raise

    @staticmethod
    def _may_repeat(request: Request, error: BaseException) -> bool:
        """Whether sending again can help and cannot harm."""
        if request.method in _REPEATABLE:
            return isinstance(error, Unreachable) or (isinstance(error, Refused) and error.may_pass)
        if isinstance(error, Refused):
            return error.status == _TOO_MANY
        return isinstance(error, Unreachable) and not error.sent

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: growing and jittered. After a 429 the limiter does the waiting."""
        error = state.outcome.exception() if state.outcome else None
        if _is_turned_away(error):
            return 0.0
        return min(0.25 * 2.0**state.attempt_number, _LONGEST_WAIT) * self._random.uniform(0.5, 1.0)

    def _once(self, request: Request, tries: _Tries, *, urgent: bool) -> Value:
        """One try: wait for its turn, send, learn from the answer, log."""
        if not urgent:
            self._clock.check()
        ticket = self.limiter.enter(urgent=urgent)
        tries.sent += 1
        with self._counting:
            self.requests += 1
        began = self._clock.now()
        response: httpx.Response | None = None
        try:
            response = self._sent(request, hurried=urgent and self._clock.is_stopping)
        finally:
            refused = response is not None and response.status_code == _TOO_MANY
            self.limiter.leave(ticket, _limits(response), refused=refused)
            self._write_log(request, response, tries, ticket.waited, self._clock.now() - began)
        return self._read(request, response)

    def _sent(self, request: Request, *, hurried: bool) -> httpx.Response:
        most = max(min(_HURRIED, self._clock.seconds_left * _SHARE), 0.1) if hurried else self.settings.timeout
        timeout = self._timeout(min(self.settings.timeout, most))
        with _our_errors(str(request), self.settings):
            return self._http.request(
                request.method, request.path, params=dict(request.query) or None, json=request.body, timeout=timeout
            )

    def _read(self, request: Request, response: httpx.Response) -> Value:
        status = response.status_code
        if status >= _ERROR:
            raise self._refused(request, response)
        if status < _OK or status >= _REDIRECT:
            msg = f"HTTP {status}, a redirect, which is not followed: is {self.settings.base_url} the right base URL?"
            raise UnexpectedAnswer(str(request), msg)
        try:
            return _content(response)
        except ValueError:
            msg = f"HTTP {status}, but the answer is no JSON{_kind(response)}: is a proxy in between?"
            raise UnexpectedAnswer(str(request), self.settings.token.cut_from(msg)) from None

    def _refused(self, request: Request, response: httpx.Response) -> Refused:
        cut = self.settings.token.cut_from
        error = refusal(request, response.status_code, _json(response))
        words, code = error.words, without_numbers(error.code or "")[:_LONGEST_CODE] or None
        if not words and not code:
            words = f"the answer is no JSON{_kind(response)}"
        if error.is_unauthorized:
            words = f"{words or 'unauthorized'} (the token in {self.settings.token.source} is not accepted here)"
        fields = {cut(key): cut(message) for key, message in error.fields.items()}
        return Refused(str(request), error.status, cut(words), cut(code) if code else None, fields)

    def _write_log(
        self, request: Request, response: httpx.Response | None, tries: _Tries, waited: float, seconds: float
    ) -> None:
        if self._hooks.log is None:
            return
        self._hooks.log(
            {
                "time": self._clock.stamp(),
                "method": request.method,
                "path": request.path,
                "status": response.status_code if response is not None else None,
                "attempt": tries.sent,
                "wait": round(tries.waited + waited, 3),
                "seconds": round(seconds, 3),
            }
        )


def _is_turned_away(error: BaseException | None) -> bool:
    return isinstance(error, Refused) and error.status == _TOO_MANY


def _limits(response: httpx.Response | None) -> RateLimitHeaders | None:
    """What an answer says of the limit; a 429 may say in its body when to come again."""
    if response is None:
        return None
    answer = RateLimitHeaders.parse(response.headers, time.time())
    if response.status_code != _TOO_MANY or answer.retry_after is not None:
        return answer
    return replace(answer, retry_after=retry_after(_json(response)))


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


def _content(response: httpx.Response) -> Any:  # noqa: ANN401 - whatever the answer holds
    """The JSON of an answer; raises ValueError for anything else, NaN and a thousand brackets in a row included."""
    try:
        return json.loads(response.content, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse_constant(name: str) -> Any:  # noqa: ANN401 - as json wants it
    raise ValueError(f"{name} is no JSON")


def _json(response: httpx.Response) -> Any:  # noqa: ANN401 - whatever the answer holds
    try:
        return _content(response)
    except ValueError:
        return None


def _kind(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0]
    return f" but {kind}" if kind.isprintable() and 0 < len(kind) <= _LONGEST_KIND else ""


def log_to(
    write: Callable[[bytes], object], tell: Callable[[str], None] = lambda _line: None
) -> Callable[[dict[str, Value]], None]:
    """A log of one JSON object a line, safe for many workers. A full disk is told once and stops nothing."""
    lock = threading.Lock()
    broken: list[OSError] = []

    def log(row: dict[str, Value]) -> None:
        with lock:
            if broken:
                return
            try:
                write(json.dumps(row).encode() + b"\n")
            except OSError as error:
                broken.append(error)
                tell(f"the log is not written any further: {error.strerror or error}")

    return log

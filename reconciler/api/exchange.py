"""One request and its whole answer over HTTP: bounded in time and size, and every error one of ours."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from reconciler.api.base_url import is_loopback
from reconciler.api.endpoints import Request
from reconciler.api.token import Token
from reconciler.model.errors import UnexpectedAnswer, Unreachable, UsageError

_LONGEST_CONNECT = 10.0
_PROXIES = "one of the variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY"
# Bytes. A page of a hundred campaigns with fifty thousand calls each is not what anybody meant.
MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class WholeResponse:
    """A response that came whole: the HTTP status, the headers, and the content, kept out of the repr."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


def open_http(base_url: str, token: Token, concurrency: int) -> httpx.Client:
    """Connections for so many workers; proxies of the environment are asked for other machines alone.

    Raises UsageError where a variable of the environment names a proxy or certificates that cannot be used; a proxy
    is not shown, since there may be a password in it.
    """
    connections = concurrency * 2
    is_local = is_loopback(urlsplit(base_url).hostname or "")
    try:
        return httpx.Client(
            base_url=base_url,
            headers={"Accept": "application/json", "Authorization": token.header(), "User-Agent": "reconciler"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            http2=False,
            trust_env=not is_local,
            # Plain http needs no certificates, and loading them costs more than a request.
            verify=not (is_local and base_url.startswith("http:")),
        )
    except ImportError:
        raise UsageError(f"{_PROXIES} names a SOCKS proxy, which needs one more package: httpx[socks]") from None
    except OSError:
        msg = "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: mend or unset the variable"
        raise UsageError(msg) from None
    except (httpx.InvalidURL, ValueError):
        msg = f"{_PROXIES} cannot be read: a proxy is http://host:port, with %23 for # in a password, and no quotes"
        raise UsageError(msg) from None


def exchange(
    http: httpx.Client, request: Request, timeout: float, token: Token, *, most: int = MOST_BYTES
) -> WholeResponse:
    """Send a request once, and read its answer whole within `timeout` seconds.

    Raises Unreachable, which knows whether the request can have arrived, and UnexpectedAnswer for an answer that is
    larger than `most` bytes. A server that lets its answer drip gets no more time than one that is silent.
    """
    until = time.monotonic() + timeout
    with (
        _our_errors(request, http.base_url.netloc.decode(), timeout, token),
        http.stream(
            request.method,
            request.path,
            params=dict(request.query) or None,
            json=request.body,
            timeout=_timeouts(timeout),
        ) as response,
    ):
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > most:
                msg = f"HTTP {response.status_code}, and the answer is larger than {most:,} bytes"
                raise UnexpectedAnswer(str(request), msg)
            if time.monotonic() > until:
                raise httpx.ReadTimeout("")
        return WholeResponse(response.status_code, response.headers, bytes(content))


def _timeouts(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(connect=min(seconds, _LONGEST_CONNECT), read=seconds, write=seconds, pool=seconds * 2)


@contextmanager
def _our_errors(request: Request, host: str, timeout: float, token: Token) -> Iterator[None]:
    """Make every error of httpx one of ours, and say whether the request can have arrived."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreachable(str(request), f"no connection to {host}: {_why(error, token)}", sent=False) from None
    except httpx.TimeoutException:
        raise Unreachable(str(request), f"no whole answer from {host} within {timeout:g} s") from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise Unreachable(str(request), f"the connection to {host} broke: {_why(error, token)}") from None


def _why(error: Exception, token: Token) -> str:
    return token.cut_from(str(error) or type(error).__name__)

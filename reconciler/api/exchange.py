"""One request and its whole answer over HTTP: bounded in time and size, and every error one of ours."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import urlsplit

from reconciler.api.base_url import is_loopback
from reconciler.api.certificates import trusted, trusted_from
from reconciler.api.deadline import Deadline, bound
from reconciler.api.endpoints import Request
from reconciler.api.http_library import httpx, load_connections
from reconciler.api.responses import HttpResponse
from reconciler.api.rows import WithoutRows
from reconciler.api.token import Token
from reconciler.model.errors import UnexpectedAnswer, Unreachable

if TYPE_CHECKING:
    from reconciler.api.proxy import Proxy

_LONGEST_CONNECT = 10.0
# Bytes. A page of a hundred campaigns with fifty thousand calls each is not what anybody meant.
MOST_BYTES = 256 * 1024 * 1024


class Http(NamedTuple):
    """Connections to one host, through a proxy where the environment names one. Use it in a `with` block."""

    client: httpx.Client
    deadline: Deadline
    proxy: Proxy | None
    # The variable that names the certificates, if one does.
    trusted_from: str

    @property
    def host(self) -> str:
        """The host of the API, with its port where that is unusual."""
        return self.client.base_url.netloc.decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


def open_http(base_url: str, token: Token, concurrency: int, environment: Mapping[str, str]) -> Http:
    """Connections for so many workers; proxies that the environment's variables name are for other machines alone.

    Raises UsageError where a variable names a proxy or certificates that cannot be used.
    """
    connections = concurrency * 2
    proxy = None
    if not is_loopback(urlsplit(base_url).hostname or ""):
        from reconciler.api.proxy import proxy_for  # noqa: PLC0415 - proxies are for other machines alone

        proxy = proxy_for(base_url, environment)
    load_connections()
    client = httpx.Client(
        base_url=base_url,
        # What a cache kept is no answer to what is live.
        headers={
            "Accept": "application/json",
            "Authorization": token.header(),
            "User-Agent": "reconciler",
            "Cache-Control": "no-cache",
        },
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        follow_redirects=False,
        http2=False,
        # Proxies were asked for above, and certificates are below: httpx reads less of what people write there.
        trust_env=False,
        proxy=httpx.Proxy(proxy.url, auth=proxy.auth) if proxy else None,
        # Plain http needs no TLS, and making ready for it costs more than a request. What is handed on for it is None:
        # were there https after all, its certificates would be checked.
        verify=trusted(environment) if base_url.startswith("https:") else None,  # type: ignore[arg-type]
    )
    deadline = Deadline()
    bound(client, deadline)
    return Http(client, deadline, proxy, trusted_from(environment))


def exchange(http: Http, request: Request, timeout: float, token: Token, *, most: int = MOST_BYTES) -> HttpResponse:
    """Send a request once, and read its answer whole within `timeout` seconds.

    Raises Unreachable, which knows whether the request can have arrived, and UnexpectedAnswer for an answer that is
    larger than `most` bytes. A server whose answer drips, headers or body, gets no more time than one that is silent.
    """
    with (
        http.deadline.within(timeout),
        _our_errors(request, http, timeout, token),
        http.client.stream(
            request.method,
            request.path,
            params=dict(request.query) or None,
            json=request.body,
            timeout=_timeouts(timeout),
        ) as response,
    ):
        content, received = WithoutRows(), 0
        for part in response.iter_bytes():
            content.add(part)
            received += len(part)
            if received > most:
                msg = f"HTTP {response.status_code}, and the answer is larger than {most:,} bytes"
                raise UnexpectedAnswer(str(request), msg)
            if http.deadline.is_over:  # pragma: no cover - bytes that are always there need no wait that could end
                raise httpx.ReadTimeout("")
        return HttpResponse(response.status_code, content.content, response.headers)


def _timeouts(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(connect=min(seconds, _LONGEST_CONNECT), read=seconds, write=seconds, pool=seconds * 2)


@contextmanager
def _our_errors(request: Request, http: Http, timeout: float, token: Token) -> Iterator[None]:
    """Make every error of httpx one of ours, and say whether the request can have arrived."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        raise Unreachable(str(request), token.cut_from(_no_connection(error, http)), sent=False) from None
    except httpx.TimeoutException:
        raise Unreachable(str(request), f"no whole answer from {http.host} within {timeout:g} s") from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        why = token.cut_from(_why(error))
        raise Unreachable(str(request), f"the connection to {http.host} broke: {why}") from None


def _no_connection(error: httpx.TransportError, http: Http) -> str:
    """Who did not let us through: the API's host, its certificate, or the proxy before it."""
    proxy, why = http.proxy, _why(error)
    if isinstance(error, httpx.ProxyError):
        told = ": are the user and the password right?" if "407" in why else ""
        return f"{proxy} lets nothing through to {http.host}: {why}{told}"
    if _is_about_certificates(error):
        named = http.trusted_from
        hint = f"{named} does not hold who made it" if named else "name the file of your own CA in SSL_CERT_FILE"
        return f"no connection to {http.host}: {why}: {hint}"
    if proxy and isinstance(error, httpx.ConnectError):
        return f"no connection to {proxy}: {why}: NO_PROXY names hosts that need none"
    return f"no connection to {http.host}{f' through {proxy}' if proxy else ''}: {why}"


def _is_about_certificates(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__

"""Where an API may be: HTTPS, or this machine."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from reconciler.model.errors import UsageError

_EXAMPLE = "expected something like https://app.talkover.ai/api/v1"


# As nearly everybody writes it, which means the same to everybody: small letters, and nothing that anyone normalises.
_PLAIN: Final = re.compile(
    r"(https)://((?:[a-z0-9][a-z0-9_-]{0,50}\.){0,3}[a-z][a-z0-9_-]{0,50})(?::([1-9][0-9]{0,3}))?"
    r"((?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*)/?"
)
_USUAL_PORT: Final = "443"


class _Plain(NamedTuple):
    """The parts of a plain base URL."""

    scheme: str
    host: str
    port: str
    path: str


def _plain(text: str) -> _Plain | None:
    """What a text is for which the library need not be loaded: it takes longer than a plan of one file."""
    found = _PLAIN.fullmatch(text)
    return _Plain(*(part or "" for part in found.groups())) if found and "xn--" not in text else None


def checked_base_url(text: str) -> str:
    """The base URL without a slash at its end, its host as punycode. HTTPS, except to this machine; raises UsageError.

    A text that is no URL, or holds more than one, is not shown: it may be a secret that got into the wrong place.
    """
    text = text.strip()
    if _plain(text):
        return text.rstrip("/")
    from reconciler.api.http_library import httpx  # noqa: PLC0415 - see above

    try:
        parts, url = urlsplit(text), httpx.URL(text)
        host, _port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, httpx.InvalidURL) as error:
        reason = str(error) if "://" in text and "@" not in text else "it cannot be read"
        raise UsageError(f"the base URL is no URL ({reason}): {_EXAMPLE}") from None
    if parts.scheme not in ("http", "https") or not host or url.host != httpx.URL(f"//{_bracketed(host)}").host:
        raise UsageError(f"the base URL is no URL: {_EXAMPLE}")
    host = url.raw_host.decode()
    if "@" in parts.netloc or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise UsageError(f"the base URL with the host {host} has more than host and path in it: {_EXAMPLE}")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"refusing plain http to {host}: the token would be readable on the way; use https://")
    return (text if text.isascii() else str(url)).rstrip("/")


def host_of(base_url: str) -> str:
    """The host of a base URL, in small letters and as punycode; empty where there is none."""
    if plain := _plain(base_url.strip()):
        return plain.host
    from reconciler.api.http_library import httpx  # noqa: PLC0415 - see above

    try:
        return httpx.URL(base_url.strip()).raw_host.decode()
    except (ValueError, httpx.InvalidURL):
        return ""


def canonical_base_url(text: str) -> str:
    """One spelling of a base URL, to tell whether two mean one place: case, port, slash, and letters of the host."""
    if plain := _plain(text.strip()):
        port = f":{plain.port}" if plain.port not in ("", _USUAL_PORT) else ""
        return f"{plain.scheme}://{plain.host}{port}{plain.path}"
    from reconciler.api.http_library import httpx  # noqa: PLC0415 - see above

    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        return text
    return str(url.copy_with(raw_path=url.raw_path.rstrip(b"/"))).rstrip("/")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""Where an API may be: HTTPS, or this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from reconciler.api.http_library import httpx
from reconciler.model.errors import UsageError

_EXAMPLE = "expected something like https://app.talkover.ai/api/v1"


def checked_base_url(text: str) -> str:
    """The base URL without a slash at its end, its host as punycode. HTTPS, except to this machine; raises UsageError.

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
    host = url.raw_host.decode()
    if "@" in parts.netloc or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise UsageError(f"the base URL with the host {host} has more than host and path in it: {_EXAMPLE}")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(f"refusing plain http to {host}: the token would be readable on the way; use https://")
    return (text if text.isascii() else str(url)).rstrip("/")


def host_of(base_url: str) -> str:
    """The host of a base URL, in small letters and as punycode; empty where there is none."""
    try:
        return httpx.URL(base_url.strip()).raw_host.decode()
    except (ValueError, httpx.InvalidURL):
        return ""


def canonical_base_url(text: str) -> str:
    """One spelling of a base URL, to tell whether two mean one place: case, port, slash, and letters of the host."""
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

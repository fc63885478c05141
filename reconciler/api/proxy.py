"""Which proxy the environment names for a host, if any: what cannot be used is told by its variable, never shown."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from reconciler.api.http_library import httpx
from reconciler.model.errors import UsageError

_KINDS: Final = ("http", "https", "socks5", "socks5h")
# What stands for itself in the user's name and the password of a URL (RFC 3986, `userinfo`).
_USER: Final = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*")
_ENTRY: Final = re.compile(r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[^\]]*\]|[^:/]*)(?::(?P<port>\d+))?/?")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and the variable that names it; `url` is without the user and the password, which are in `auth`."""

    url: str
    variable: str
    auth: tuple[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"the proxy {urlsplit(self.url).netloc} of {self.variable}"


def proxy_for(base_url: str, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy that variables name for an API, unless `NO_PROXY` takes the host out; raises UsageError."""
    url = httpx.URL(base_url)
    for kind in (url.scheme, "all"):
        variable = _variable(f"{kind}_proxy", environment)
        if text := environment.get(variable, "").strip():
            exempt = environment.get(_variable("no_proxy", environment), "")
            return None if _is_exempt(url, exempt) else _read(text, variable)
    return None


def _variable(name: str, environment: Mapping[str, str]) -> str:
    """The variable as it is spelt here: the one in small letters counts where there are two."""
    return name if name in environment else name.upper()


def _read(text: str, variable: str) -> Proxy:
    """The proxy that a text means; raises UsageError, which shows nothing of it: there may be a password in it."""
    if text[0] in "'\"" or text[-1] in "'\"":
        raise UsageError(f"{variable} has quotes around its value: take them away")
    kind, found, rest = text.partition("://")
    if not found:
        kind, rest = "http", text
    if kind.lower() not in _KINDS:
        raise UsageError(f"{variable} names a proxy of a kind that is not known: {', '.join(_KINDS)} are")
    if kind.lower().startswith("socks") and importlib.util.find_spec("socksio") is None:
        told = "names a SOCKS proxy, which needs the extra packages of reconciler[socks]"
        raise UsageError(f"{variable} {told}: pip install 'reconciler[socks]'")
    user, has_user, place = rest.rpartition("@")
    if not _USER.fullmatch(user):
        told = "has characters in its user's name or password that are written otherwise in a URL"
        raise UsageError(f"{variable} {told}: %23 for #, %2F for /, %3F for ?, %40 for @, %25 for %, %20 for a blank")
    name, _, password = user.partition(":")
    auth = (unquote(name), unquote(password)) if has_user and user else None
    return Proxy(f"{kind.lower()}://{_place(place, variable)}", variable, auth)


def _place(text: str, variable: str) -> str:
    """The host and port of a proxy."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = httpx.URL(f"//{parts.netloc}").raw_host.decode().strip("[]"), parts.port
        host.encode("idna")
        if host and parts.path in ("", "/") and not parts.query and not parts.fragment:
            bracketed = f"[{host}]" if ":" in host else host
            return bracketed if port is None else f"{bracketed}:{port}"
    except (ValueError, httpx.InvalidURL):
        pass
    example = "http://proxy.example:3128; what else is in it has to be written otherwise (%23 for # in a password)"
    raise UsageError(f"{variable} has no host and port that can be read: write something like {example}")


def _is_exempt(url: httpx.URL, listed: str) -> bool:
    """Whether `NO_PROXY` names a host: a host or domain, an address or network, each with a port or without, or `*`."""
    return any(_means(entry.lower(), url) for entry in re.split(r"[,\s]+", listed) if entry)


def _means(entry: str, url: httpx.URL) -> bool:
    host = url.raw_host.decode().strip("[]").lower()
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass
    found = _ENTRY.fullmatch(entry)
    if not found:
        return False
    ports = (None, str(url.port or _PORTS.get(url.scheme)))
    if found["scheme"] not in (None, "all", url.scheme) or found["port"] not in ports:
        return False
    return _is_within(host, found["host"].strip("[]"))


def _is_within(host: str, name: str) -> bool:
    """Whether a host is of a name or a domain: `.example.com` and `*.example.com` mean what is below it alone."""
    if name.startswith((".", "*.")):
        return host.endswith(name.removeprefix("*"))
    return bool(name) and (host == name or host.endswith(f".{name}"))

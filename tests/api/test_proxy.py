"""Which proxy the environment names: whatever people write there is read, or told by its variable and never shown."""

from __future__ import annotations

import importlib.util

import pytest

from reconciler.api.proxy import Proxy, proxy_for
from reconciler.model.errors import UsageError

AWAY = "https://app.talkover.ai/api/v1"


@pytest.mark.parametrize(
    ("value", "url", "auth"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", None),
        (" proxy.example:3128/ ", "http://proxy.example:3128", None),
        ("HTTPS://proxy.example", "https://proxy.example", None),
        ("http://[::1]:3128", "http://[::1]:3128", None),
        ("http://@proxy.example:1", "http://proxy.example:1", None),
        ("http://user@proxy.example:1", "http://proxy.example:1", ("user", "")),
        ("http://user:p%23a:b%40@proxy.example:1", "http://proxy.example:1", ("user", "p#a:b@")),
    ],
)
def test_a_proxy_is_read(value: str, url: str, auth: tuple[str, str] | None) -> None:
    assert proxy_for(AWAY, {"HTTPS_PROXY": value}) == Proxy(url, "HTTPS_PROXY", auth)


def test_a_password_is_never_shown() -> None:
    proxy = proxy_for(AWAY, {"HTTPS_PROXY": "http://user:s3cret@proxy.example:1"})

    assert (str(proxy), repr(proxy)) == (
        "the proxy proxy.example:1 of HTTPS_PROXY",
        "Proxy(url='http://proxy.example:1', variable='HTTPS_PROXY')",
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("http://user:s3cr#t@p.example:1", "%23 for #"),
        ("http://user:s3cr/t@p.example:1", "%2F for /"),
        ("http://user:s3cr@t@p.example:1", "%40 for @"),
        ("http://user:s3cr%t@p.example:1", "%25 for %"),
        ("http://user:s3cr#t", "has no host and port that can be read"),
        ("'http://user:s3cret@p.example:1'", "has quotes around its value: take them away"),
        ('http://user:s3cret@p.example:1"', "has quotes around its value: take them away"),
        ("http://p.example:s3cr", "has no host and port that can be read"),
        ("http://s3cr:p@", "has no host and port that can be read"),
        ("http://s3cr.example:1/x", "has no host and port that can be read"),
        ("http://s3cr.example:1?x", "has no host and port that can be read"),
        ("http://[s3cr:1", "has no host and port that can be read"),
        ("http://s3cr..example:1", "has no host and port that can be read"),
        ("s3cr://user:p@p.example:1", "names a proxy of a kind that is not known: http, https, socks5, socks5h are"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_variable_and_not_shown(value: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"^https_proxy ") as caught:
        proxy_for(AWAY, {"https_proxy": value})

    assert told in str(caught.value)
    assert "s3cr" not in str(caught.value)


def test_a_socks_proxy_needs_one_more_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    told = r"^ALL_PROXY names a SOCKS proxy, .* pip install 'reconciler\[socks\]'$"
    with pytest.raises(UsageError, match=told):
        proxy_for(AWAY, {"ALL_PROXY": "socks5://user:p@proxy.example:1"})


def test_a_socks_proxy_is_read_where_the_package_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", str)

    assert proxy_for(AWAY, {"ALL_PROXY": "socks5h://p.example"}) == Proxy("socks5h://p.example", "ALL_PROXY")


@pytest.mark.parametrize(
    ("variables", "variable"),
    [
        ({"HTTPS_PROXY": "a:1", "ALL_PROXY": "b:1", "HTTP_PROXY": "c:1"}, "HTTPS_PROXY"),
        ({"ALL_PROXY": "b:1", "HTTP_PROXY": "c:1"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "a:1", "https_proxy": "d:1"}, "https_proxy"),
        ({"HTTP_PROXY": "c:1"}, None),
        ({}, None),
    ],
    ids=["its own kind first", "any kind", "small letters first", "another kind", "none"],
)
def test_the_nearest_variable_counts(variables: dict[str, str], variable: str | None) -> None:
    proxy = proxy_for(AWAY, variables)

    assert (proxy.variable if proxy else None) == variable


@pytest.mark.parametrize(
    ("listed", "base_url", "is_exempt"),
    [
        ("*", AWAY, True),
        ("app.talkover.ai", AWAY, True),
        ("Talkover.AI", AWAY, True),
        ("other.example, talkover.ai", AWAY, True),
        ("other.example talkover.ai", AWAY, True),
        (".talkover.ai", AWAY, True),
        ("*.talkover.ai", AWAY, True),
        (".app.talkover.ai", AWAY, False),
        ("over.ai", AWAY, False),
        ("talkover.ai:443", AWAY, True),
        ("talkover.ai:8443", AWAY, False),
        ("https://app.talkover.ai", AWAY, True),
        ("http://app.talkover.ai", AWAY, False),
        ("[::1],fe80::/10,10.0.0.0/8,::1,%%:x:y", AWAY, False),
        ("fd00::/8", "https://[fd12::1]/v1", True),
        ("[fd12::1]", "https://[fd12::1]/v1", True),
        ("[fd12::1]:443", "https://[fd12::1]/v1", True),
        ("fd12::2", "https://[fd12::1]/v1", False),
        ("10.0.0.0/8", "https://10.1.2.3/v1", True),
        ("10.1.2.3:444", "https://10.1.2.3:444/v1", True),
        ("fd00::/8", "https://10.1.2.3/v1", False),
        ("", AWAY, False),
    ],
)
def test_hosts_domains_addresses_and_networks_need_no_proxy_where_that_is_said(
    listed: str, base_url: str, *, is_exempt: bool
) -> None:
    assert (proxy_for(base_url, {"HTTPS_PROXY": "p.example:1", "NO_PROXY": listed}) is None) is is_exempt

"""What the environment says of proxies and certificates: told by name where it cannot be used, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.api.exchange import open_http
from reconciler.api.token import Token
from reconciler.model.errors import UsageError

TOKEN = Token("talq_5ecr3t-5ecr3t", "TALKOVER_TOKEN")
AWAY = "https://app.talkover.ai/api/v1"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HTTPS_PROXY", "http://user:p#ssw0rd@proxy.example:1", "cannot be read: a proxy is http://host:port"),
        ("HTTPS_PROXY", '"http://user:p@ssw0rd.example:1"', "cannot be read: a proxy is http://host:port"),
        ("HTTPS_PROXY", "ftp://ssw0rd.example:1", "cannot be read: a proxy is http://host:port"),
        ("HTTPS_PROXY", "socks5://ssw0rd.example:1", "names a SOCKS proxy, which needs one more package"),
        ("NO_PROXY", "[::1],fe80::/10", "cannot be read: a proxy is http://host:port"),
        ("SSL_CERT_FILE", "/no/such/file", "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read"),
        ("SSL_CERT_FILE", __file__, "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read"),
    ],
    ids=["password", "quotes", "scheme", "SOCKS", "addresses", "no certificates", "no certificates in it"],
)
def test_what_a_variable_names_and_cannot_be_used_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    monkeypatch.setenv(variable, value)

    with pytest.raises(UsageError) as caught:
        open_http(AWAY, TOKEN, 1)

    assert told in str(caught.value)
    assert "ssw0rd" not in str(caught.value)


def test_no_proxy_is_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTP_PROXY", "ftp://x")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))

    with open_http("http://127.0.0.1:1/api/v1", TOKEN, 1) as http:
        assert http.trust_env is False

"""What the environment says of proxies and certificates holds for other machines, and a proxy is blamed by name."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from reconciler.api.exchange import open_http
from reconciler.api.token import Token
from reconciler.model.errors import Unreachable, UsageError
from tests.support.client import READ, Canned, failure, talking_to

TOKEN = Token("talq_5ecr3t-5ecr3t", "TALKOVER_TOKEN")
AWAY = "https://app.talkover.ai/api/v1"


def test_what_a_variable_names_and_cannot_be_used_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"^HTTPS_PROXY has characters"):
        open_http(AWAY, TOKEN, 1, {"HTTPS_PROXY": "http://user:p#ssw0rd@proxy.example:1"})


def test_neither_proxies_nor_certificates_are_asked_for_over_plain_http_to_this_machine() -> None:
    variables = {"HTTP_PROXY": "ftp://x", "SSL_CERT_FILE": "/"}

    with open_http("http://127.0.0.1:1/api/v1", TOKEN, 1, variables) as http:
        assert http.proxy is None


@pytest.mark.parametrize(("base_url", "is_ready"), [("http://127.0.0.1:1/api/v1", False), (AWAY, True)])
def test_tls_is_made_ready_only_where_it_is_spoken(base_url: str, *, is_ready: bool) -> None:
    with open_http(base_url, TOKEN, 1, {}) as http:
        transport: Any = http.client._transport  # noqa: SLF001 - nobody sees it but by the time that it takes
        assert (transport._pool._ssl_context is not None) is is_ready  # noqa: SLF001 - as above


def test_a_dead_proxy_is_blamed_by_name_with_its_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        variables = {"HTTPS_PROXY": f"http://user:s3cret@{place}"}
        with talking_to(AWAY, variables=variables) as client:
            error = failure(client, READ, once=True)

    assert error.message == (
        f"no connection to the proxy {place} of HTTPS_PROXY: [Errno 111] Connection refused: "
        "NO_PROXY names hosts that need none"
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (407, "407 Proxy Authentication Required: are the user and the password right?"),
        (503, "503 Service Unavailable"),
    ],
)
def test_a_proxy_that_refuses_is_told_as_such_and_nothing_was_sent(status: int, told: str) -> None:
    with Canned(status) as proxy:
        place = proxy.base_url.split("/")[2]
        variables = {"HTTPS_PROXY": f"http://user:s3cret@{place}"}
        with talking_to(AWAY, variables=variables) as client:
            error = failure(client, READ, once=True)

    assert isinstance(error, Unreachable)
    assert (error.sent, error.message) == (
        False,
        f"the proxy {place} of HTTPS_PROXY lets nothing through to app.talkover.ai: {told}",
    )

"""The base URL: HTTPS or this machine, and no secret in a message."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.base_url import canonical_base_url, checked_base_url, host_of, is_loopback
from reconciler.model.errors import UsageError

SECRET = "talq_5ecr3t-5ecr3t"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://app.talkover.ai/api/v1", "https://app.talkover.ai/api/v1"),
        ("https://app.talkover.ai/api/v1/", "https://app.talkover.ai/api/v1"),
        (" https://calls.example.com:8443/api/v1 \n", "https://calls.example.com:8443/api/v1"),
        ("https://t\u0430lkover.ai/api/v1/", "https://xn--tlkover-2fg.ai/api/v1"),
        ("http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080/api/v1"),
        ("http://127.9.9.9/api/v1", "http://127.9.9.9/api/v1"),
        ("http://[::1]:8080/api/v1", "http://[::1]:8080/api/v1"),
        ("http://localhost:8080/api/v1", "http://localhost:8080/api/v1"),
    ],
)
def test_a_base_url_is_taken(text: str, expected: str) -> None:
    assert checked_base_url(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://app.talkover.ai/api/v1", "refusing plain http to app.talkover.ai"),
        ("http://127.0.0.1.example.com/", "refusing plain http to 127.0.0.1.example.com"),
        ("http://localhost.example.com/", "refusing plain http to localhost.example.com"),
        ("http://10.0.0.1/api/v1", "refusing plain http to 10.0.0.1"),
        ("HTTP://app.talkover.ai/api/v1", "refusing plain http to app.talkover.ai"),
        ("ftp://app.talkover.ai/", "the base URL is no URL"),
        ("app.talkover.ai/api/v1", "the base URL is no URL"),
        ("", "the base URL is no URL"),
        ("https://", "the base URL is no URL"),
        ("https://app.talkover.ai:port/", "the base URL is no URL"),
        ("https://[::1/", "the base URL is no URL"),
        ("https://a..b/", "the base URL is no URL"),
        ("http://t\u0430lkover.ai/", "refusing plain http to xn--tlkover-2fg.ai"),
        ("https://user:pw@app.talkover.ai/", "has more than host and path in it"),
        ("https://:pw@app.talkover.ai/", "has more than host and path in it"),
        ("http://127.0.0.1@example.com/", "has more than host and path in it"),
        ("https://app.talkover.ai/api/v1?token=x", "has more than host and path in it"),
        ("https://app.talkover.ai/api/v1#x", "has more than host and path in it"),
        ("https://app.talkover.ai/a b", "has more than host and path in it"),
    ],
)
def test_a_bad_base_url_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        checked_base_url(text)


@pytest.mark.parametrize(
    "text", [SECRET, f"https://{SECRET}@app.talkover.ai/", f"https://app.talkover.ai/?t={SECRET}", f"http:{SECRET}"]
)
def test_a_secret_in_the_place_of_the_base_url_is_not_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_base_url(text)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("example.com", False), ("", False)],  # noqa: S104 - to be told apart
)
def test_loopback_is_known(host: str, is_local: bool) -> None:  # noqa: FBT001 - a table
    assert is_loopback(host) is is_local


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://App.Talkover.AI:443/x", "app.talkover.ai"),
        ("https://t\u0430lkover.ai", "xn--tlkover-2fg.ai"),
        ("https://[::", ""),
    ],
)
def test_the_host_of_a_base_url_has_one_spelling(base_url: str, host: str) -> None:
    assert host_of(base_url) == host


def test_what_is_no_url_has_one_spelling_its_own() -> None:
    assert canonical_base_url("http://a:port") == "http://a:port"


HOSTS = st.text("aZ09-_.é", min_size=1, max_size=12)
PATHS = st.lists(st.sampled_from(["api", "v1", "..", ".", "", "%41", "a b", "A~", "_x", "é"]), max_size=4)
PORTS = st.sampled_from(["", ":443", ":80", ":8080", ":0", ":99999", ":x", ":08"])


@given(st.sampled_from(["https://", "http://", "HTTPS://"]), HOSTS, PORTS, PATHS.map("/".join))
def test_a_url_is_read_as_the_library_reads_it(scheme: str, host: str, port: str, path: str) -> None:
    text = f"{scheme}{host}{port}/{path}"
    try:
        checked = checked_base_url(text)
    except UsageError:
        return

    url = httpx.URL(text)
    assert checked == (text if text.isascii() else str(url)).rstrip("/")
    assert host_of(text) == url.raw_host.decode()
    assert canonical_base_url(text) == str(url.copy_with(raw_path=url.raw_path.rstrip(b"/"))).rstrip("/")


@pytest.mark.processes
def test_a_plain_url_does_not_load_the_library() -> None:
    code = "import sys; from reconciler.api.base_url import *; checked_base_url('https://app.talkover.ai/api/v1'); "
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print('httpx' in sys.modules)"], capture_output=True, check=True
    )

    assert done.stdout == b"False\n"

"""The client over real HTTP: what its errors and its log say, and what they keep to themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from reconciler.api.endpoints import get_campaign, update_campaign
from reconciler.api.request_log import LogRow
from reconciler.api.token import Token
from reconciler.model.document import Value
from reconciler.model.errors import Refused, UnexpectedAnswer, Unreachable
from reconciler.sandbox import Fault, Sandbox
from tests.support.client import (
    ID,
    READ,
    SECRET,
    TOKEN,
    UPDATE,
    Canned,
    failure,
    talking_to,
)

# The token


_ECHOES = [
    pytest.param(401, {"message": f"Bad token {SECRET}"}, id="in the message"),
    pytest.param(401, {"error": f"{SECRET}", "message": "no"}, id="in the code"),
    pytest.param(403, {"error": {"code": SECRET, "message": f"Bearer {SECRET}"}}, id="inside the error"),
    pytest.param(422, {"message": "x", "errors": {SECRET: [SECRET]}}, id="in the fields"),
    pytest.param(500, {"message": f"trace: {SECRET}"}, id="in a trace"),
]


@pytest.mark.parametrize(("status", "body"), _ECHOES)
def test_a_token_that_the_server_echoes_is_cut(status: int, body: Mapping[str, Value]) -> None:
    rows: list[LogRow] = []
    server = Canned(status, json.dumps(body).encode())
    with server, talking_to(server.base_url, token=TOKEN, log=rows) as client:
        error = failure(client, READ)

    told = [str(error), repr(error), error.message, repr(rows), repr(vars(error))]
    assert [SECRET in text for text in told] == [False] * 5


def test_a_token_in_a_header_of_the_answer_is_cut() -> None:
    with Canned(200, b"<p>", {"Content-Type": SECRET}) as server, talking_to(server.base_url, token=TOKEN) as client:
        assert SECRET not in str(failure(client, READ))


# Answers that are none


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "HTTP 200, but the answer is no JSON but text/html: is a proxy in between?"),
        ("502-html", "HTTP 502: the answer is no JSON but text/html"),
        ("503", "HTTP 503: the answer is no JSON but text/html"),
    ],
)
def test_html_from_a_proxy_is_told_as_such(sandbox: Sandbox, fault: str, told: str) -> None:
    sandbox.fault = fault
    with talking_to(sandbox.base_url) as client:
        assert str(failure(client, READ)) == f"GET /campaigns/{ID}: {told}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe\xfa", id="no text"),
        pytest.param(b"[" * 100_000, id="a hundred thousand brackets"),
        pytest.param(b'{"data": {"id": "c", "max_retries": NaN}}', id="NaN"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="a number too long to read"),
    ],
)
def test_garbage_is_told_as_no_json(body: bytes) -> None:
    with Canned(200, body) as server, talking_to(server.base_url) as client:
        error = failure(client, READ)

    told = "HTTP 200, but the answer is no JSON, though it says that it is application/json: is a proxy in between?"
    assert (type(error), str(error)) == (UnexpectedAnswer, f"GET /campaigns/{ID}: {told}")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (200, "HTTP 200, but the answer is empty: is a proxy in between?"),
        (404, "HTTP 404: the answer is empty"),
    ],
)
@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_answer_is_told_as_such(body: bytes, status: int, told: str) -> None:
    with Canned(status, body) as server, talking_to(server.base_url) as client:
        error = failure(client, READ, once=True)

    assert str(error) == f"GET /campaigns/{ID}: {told}"


@pytest.mark.parametrize("body", [b'{"message": ""}', b"{}", b"[]"])
def test_an_error_without_words_is_told_as_such(body: bytes) -> None:
    with Canned(404, body) as server, talking_to(server.base_url) as client:
        error = failure(client, READ, once=True)

    assert error.message == "HTTP 404: the answer says nothing more: is the base URL the right one?"


@pytest.mark.thorough
@pytest.mark.parametrize("body", [b"[" * 100_000, b'"no"', b"[]", b"null", b'{"error": {"details": 1}}'])
def test_an_error_of_another_shape_is_still_an_error(body: bytes) -> None:
    with Canned(429, body, {"Retry-After": "0"}) as server, talking_to(server.base_url) as client:
        error = failure(client, READ)

    assert isinstance(error, Refused)
    assert (error.status, error.attempts) == (429, 10)


def test_a_body_that_is_packed_wrongly_is_a_broken_connection() -> None:
    headers = {"Content-Encoding": "gzip"}
    with Canned(200, b"no gzip", headers) as server, talking_to(server.base_url) as client:
        assert isinstance(failure(client, READ), Unreachable)


def test_a_wrong_token_names_its_variable_the_status_and_the_words_of_the_api(sandbox: Sandbox) -> None:
    with talking_to(sandbox.base_url, token=Token("talq_wrong", "STAGING_TOKEN")) as client:
        error = failure(client, READ)

    assert str(error) == (
        f"GET /campaigns/{ID}: HTTP 401: Unauthorized (the token in STAGING_TOKEN is not accepted here)"
    )


def test_what_a_422_says_is_kept_by_field_and_without_numbers() -> None:
    body = {"message": "No.", "errors": {"do_not_call_custom_list.0": ["+12025550143 is no number"], "name": "bad"}}
    with Canned(422, json.dumps(body).encode()) as server, talking_to(server.base_url) as client:
        error = failure(client, UPDATE)

    assert isinstance(error, Refused)
    assert error.fields == {"do_not_call_custom_list.0": "<number> is no number", "name": "bad"}


def test_result_gives_the_error_in_the_place_of_the_answer(sandbox: Sandbox) -> None:
    with talking_to(sandbox.base_url) as client:
        results = [client.result(READ), client.result(get_campaign("nobody"))]

    assert [type(result).__name__ for result in results] == ["ApiAnswer", "Refused"]


# The log


def test_the_log_has_a_row_for_every_try_without_headers_bodies_or_numbers(sandbox: Sandbox) -> None:
    rows: list[LogRow] = []
    sandbox.fault = lambda number, *_: Fault.parse("drop" if number == 1 else "500") if number < 3 else None
    numbers = update_campaign(ID, {"do_not_call_custom_list": ["+12025550143"]})
    with talking_to(sandbox.base_url, log=rows) as client:
        client.send(numbers)

    same = LogRow("2027-01-15T08:00:00+00:00", "PUT", f"/campaigns/{ID}", None, 1, 0.0, 0.0)
    assert [row._replace(wait=0.0, seconds=0.0) for row in rows] == [
        same,
        same._replace(status=500, attempt=2),
        same._replace(status=200, attempt=3),
    ]
    assert [row.wait > 0 for row in rows] == [False, True, True]
    assert "5550143" not in repr(rows)

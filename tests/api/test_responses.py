"""Errors, read in every documented shape, and what of them may be told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.endpoints import get_campaign, set_status
from reconciler.api.responses import HttpResponse, fit_to_be_told, read_response, refusal, retry_after
from reconciler.api.token import Token
from reconciler.model.document import Value
from reconciler.model.errors import Proof, Refused, UnexpectedAnswer

NUMBER = "+15551230001"
ONE = get_campaign("c-1")


REFUSALS: list[Any] = [
    pytest.param(
        {"success": False, "message": "Cannot transition", "code": "INVALID_TRANSITION"},
        ("Cannot transition", "INVALID_TRANSITION"),
        id="code at the top",
    ),
    pytest.param({"success": False, "message": "Campaign not found"}, ("Campaign not found", None), id="a message"),
    pytest.param({"message": "Missing Bearer Token"}, ("Missing Bearer Token", None), id="a message without success"),
    pytest.param(
        {"error": "UNAUTHORIZED", "message": "No", "status_code": 401}, ("No", "UNAUTHORIZED"), id="error is the code"
    ),
    pytest.param(
        {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down"}},
        ("Slow down", "RATE_LIMIT_EXCEEDED"),
        id="code and message inside error",
    ),
    pytest.param({"error_code": "X", "message": "m"}, ("m", "X"), id="error_code"),
    pytest.param({"error": {}}, ("", None), id="an empty error"),
    pytest.param({}, ("", None), id="nothing"),
    pytest.param(None, ("", None), id="no JSON"),
    pytest.param("<html>", ("", None), id="a text"),
    pytest.param(["a"], ("", None), id="a list"),
]


@pytest.mark.parametrize(("body", "expected"), REFUSALS)
def test_an_error_is_read_in_every_documented_shape(body: Value, expected: tuple[str, str | None]) -> None:
    refused = refusal(ONE, 400, body)

    assert (refused.words, refused.code) == expected
    assert (refused.status, refused.request) == (400, "GET /campaigns/c-1")


def test_the_fields_of_a_422_are_kept_with_their_first_message() -> None:
    body = {
        "message": "The given data was invalid.",
        "errors": {"call_time_ranges.0.end": ["first", "second"], "name": "only one", "days_of_week": []},
    }

    assert refusal(ONE, 422, body).fields == {
        "call_time_ranges.0.end": "first",
        "name": "only one",
        "days_of_week": "[]",
    }


@pytest.mark.parametrize("errors", [None, [], "text"])
def test_errors_of_another_shape_are_left_out(errors: Value) -> None:
    assert refusal(ONE, 422, {"errors": errors}).fields == {}


def test_numbers_of_people_are_cut_out_of_what_the_api_says() -> None:
    body = {"message": f"{NUMBER} is bad", "errors": {"do_not_call_custom_list.0": [f"{NUMBER} is no number"]}}
    refused = refusal(ONE, 422, body)

    assert (refused.words, refused.fields) == (
        "<number> is bad",
        {"do_not_call_custom_list.0": "<number> is no number"},
    )


def test_long_texts_end() -> None:
    assert fit_to_be_told("x" * 301) == "x" * 300 + "…"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"message": "Invalid.", "errors": ["too short", ["no zone"]]}, "Invalid.: too short; no zone"),
        ({"errors": [{"field": "name", "message": "taken"}, {"code": "X"}, {}]}, "name: taken; X; "),
        ({"error": {"message": "No", "errors": [f"{NUMBER} is bad"]}}, "No: <number> is bad"),
    ],
    ids=["texts", "objects", "inside error"],
)
def test_errors_in_a_list_are_told_behind_the_message(body: Value, told: str) -> None:
    assert refusal(ONE, 422, body).words == told


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"error": {"code": "RATE_LIMIT_EXCEEDED", "details": {"retry_after": 60}}}, 60.0),
        ({"error": {"details": {"retry_after": "1.5"}}}, 1.5),
        ({"error": {"details": {"retry_after": "soon"}}}, None),
        ({"error": {"details": None}}, None),
        ({"error": "RATE_LIMIT_EXCEEDED"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_seconds_to_wait_are_read_where_they_are_told(body: Value, seconds: float | None) -> None:
    assert retry_after(body) == seconds


def test_the_token_is_cut_out_before_a_text_is_cut_off() -> None:
    token = Token("talq_5ecr3t-5ecr3t-5ecr3t", "TALKOVER_TOKEN")
    body = b'{"message": "' + b"x" * 290 + b' talq_5ecr3t-5ecr3t-5ecr3t"}'

    with pytest.raises(Refused) as caught:
        read_response(ONE, HttpResponse(500, body), base_url="https://app.talkover.ai/api/v1", token=token)

    assert caught.value.words == "x" * 290 + " ***"


def test_a_token_that_looks_like_a_number_is_cut_out_as_a_token() -> None:
    token = Token("talq_12345678", "TALKOVER_TOKEN")
    body = b'{"message": "talq_12345678 is bad", "code": "talq_12345678", "errors": {"talq_12345678": ["no"]}}'

    with pytest.raises(Refused) as caught:
        read_response(ONE, HttpResponse(422, body), base_url="https://app.talkover.ai/api/v1", token=token)

    assert (caught.value.words, caught.value.code, caught.value.fields) == ("*** is bad", "***", {"***": "no"})


def test_paths_of_a_422_are_cleaned_like_its_words() -> None:
    assert refusal(ONE, 422, {"errors": {f"do_not_call_custom_list.{NUMBER}": ["no"]}}).fields == {
        "do_not_call_custom_list.<number>": "no"
    }


def test_a_number_beyond_all_numbers_stays_text() -> None:
    response = HttpResponse(200, b'{"id": "c-1", "max_retries": 1e400, "initial_call_delay": 1.5}')

    body = read_response(ONE, response, base_url="", token=Token("talq_5ecr3t", "TALKOVER_TOKEN"))

    assert body == {"id": "c-1", "max_retries": "1e400", "initial_call_delay": 1.5}


SECRET = "talq_1234567-5ecr3t"
TEXTS = st.lists(
    st.sampled_from([SECRET, NUMBER, "+1 (555) 123\u20110001", " ", "x" * 140, "Bearer ", "."]), max_size=6
)


@given(st.lists(TEXTS.map("".join), min_size=5, max_size=5), st.sampled_from([400, 401, 403, 409, 422, 500]))
def test_no_error_tells_the_token_or_a_number(texts: list[str], status: int) -> None:
    message, code, path, told, listed = texts
    for errors in ({path: [told]}, [listed, {"field": path, "message": told}], told):
        body = {"message": message, "code": code, "errors": errors, "error": {"message": listed}}
        response = HttpResponse(status, json.dumps(body).encode())
        with pytest.raises(Refused) as caught:
            read_response(ONE, response, base_url="", token=Token(SECRET, "TALKOVER_TOKEN"))

        said = f"{caught.value} {caught.value.fields}"
        assert (SECRET[:9] in said, "5550" in said, "0001" in said) == (False, False, False)


@pytest.mark.parametrize("body", ['{"success": false}', "[]", "null"])
def test_a_success_that_is_none_proves_nothing_of_a_write(body: str) -> None:
    answer = HttpResponse(200, body.encode())
    token = Token("talq_x", "TALKOVER_TOKEN")

    with pytest.raises(UnexpectedAnswer, match="does not say that it was done") as caught:
        read_response(set_status("c-1", "paused"), answer, base_url="https://talkover.example", token=token)

    assert caught.value.proof is Proof.UNKNOWN


def test_a_response_shows_neither_its_content_nor_its_headers() -> None:
    assert repr(HttpResponse(200, b"+12025550119", {"set-cookie": "+12025550119"})) == "HttpResponse(status=200)"

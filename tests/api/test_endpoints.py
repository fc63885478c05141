"""The requests that are made, and answers read in every shape that the API's pages show."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.api.endpoints import (
    ApiAnswer,
    Page,
    Request,
    checked_id,
    create_campaign,
    get_agent,
    get_campaign,
    list_campaigns,
    read_agent_status,
    read_campaign,
    read_page,
    read_status,
    refusal,
    retry_after,
    set_status,
    shown_fields,
    update_campaign,
    without_numbers,
)
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.errors import UnexpectedAnswer, UsageError

NUMBER = "+15551230001"
SHOWN = {"id": "c-1", "name": "Spring", "status": "draft", "max_retries": 3}
LIVE = Live("c-1", "Spring", "draft", SHOWN)
ONE = get_campaign("c-1")
LIST = list_campaigns(1)


# Requests


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (get_campaign("c-1"), Request("GET", "/campaigns/c-1")),
        (list_campaigns(3), Request("GET", "/campaigns", {"per_page": "100", "page": "3"})),
        (update_campaign("c-1", {"name": "A"}), Request("PUT", "/campaigns/c-1", body={"name": "A"})),
        (create_campaign({"name": "A"}), Request("POST", "/campaigns", body={"name": "A"})),
        (set_status("c-1", "paused"), Request("PATCH", "/campaigns/c-1/status", body={"status": "paused"})),
        (get_agent("a-1"), Request("GET", "/agents/a-1")),
    ],
    ids=str,
)
def test_requests_are_as_the_api_documents_them(request_: Request, expected: Request) -> None:
    assert request_ == expected
    assert request_.is_write is (request_.method != "GET")


def test_an_empty_update_is_impossible() -> None:
    with pytest.raises(AssertionError, match="an empty update of campaign c-1 must not be made"):
        update_campaign("c-1", {})


@pytest.mark.parametrize("text", ["a", "A-b_9", "x" * 64, "3f2504e0-4f89-11d3-9a0c-0305e82c3301"])
def test_ids_of_letters_digits_and_dashes_may_become_part_of_a_url(text: str) -> None:
    assert checked_id(text) == text


@pytest.mark.parametrize("text", ["", "x" * 65, "a/b", "..", "a b", "a?b", "a#b", "a%2f", "c-1\n", "\u0967", "é"])
def test_anything_else_does_not(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be an id: 1 to 64 letters, digits, - and _ are allowed"):
        checked_id(text)


@pytest.mark.parametrize("make", [get_campaign, get_agent, lambda text: set_status(text, "paused")])
def test_no_request_is_made_for_what_cannot_be_an_id(make: Any) -> None:  # noqa: ANN401 - any maker
    with pytest.raises(UsageError):
        make("../agents")


def test_an_update_for_what_cannot_be_an_id_is_not_made_either() -> None:
    with pytest.raises(UsageError):
        update_campaign("a/b", {"name": "A"})


def test_a_request_is_told_with_its_query_and_without_its_body() -> None:
    update = update_campaign("c-1", {"do_not_call_custom_list": [NUMBER]})

    assert (str(LIST), str(ONE)) == ("GET /campaigns?per_page=100&page=1", "GET /campaigns/c-1")
    assert NUMBER not in f"{update!r} {update} {ApiAnswer([NUMBER])!r}"


# One campaign


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"success": True, "data": SHOWN}, id="envelope"),
        pytest.param({"success": True, "message": "updated", "data": SHOWN}, id="envelope with a message"),
        pytest.param({"data": SHOWN}, id="data alone"),
        pytest.param(SHOWN, id="bare"),
        pytest.param({"success": True, "data": {"campaign": SHOWN}}, id="named inside the envelope"),
        pytest.param({"campaign": SHOWN}, id="named"),
        pytest.param({"success": True, "id": "request-1", "data": SHOWN}, id="an envelope with an id of its own"),
    ],
)
def test_a_campaign_is_read_in_any_envelope(body: Value) -> None:
    assert read_campaign(ONE, ApiAnswer(body)) == LIVE


def test_a_bare_campaign_may_have_a_field_named_data_or_campaign() -> None:
    body = {**SHOWN, "data": {"tier": "gold"}, "campaign": {"id": "other"}}

    assert read_campaign(ONE, ApiAnswer(body)) == Live("c-1", "Spring", "draft", body)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param({"id": 7}, ("7", "", None), id="a number as id, nothing else"),
        pytest.param({"id": "c", "name": " A "}, ("c", "A", None), id="the name is trimmed"),
        pytest.param({"id": "c", "name": 5, "status": 1}, ("c", "", None), id="name and status of another kind"),
        pytest.param({"id": "c", "status": "archived"}, ("c", "", "archived"), id="a status that nobody knows"),
    ],
)
def test_what_a_campaign_does_not_show_is_unknown(shown: dict[str, Value], expected: tuple[str, str, str]) -> None:
    live = read_campaign(ONE, ApiAnswer(shown))

    assert (live.id, live.name, live.status) == expected


@pytest.mark.parametrize(
    "body", [None, [], "text", 5, {}, {"data": None}, {"data": []}, {"data": [SHOWN]}, {"id": None}, {"id": ["c-1"]}]
)
def test_an_answer_without_a_campaign_is_refused_and_names_the_request(body: Value) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        read_campaign(ONE, ApiAnswer(body))

    assert str(caught.value) == "GET /campaigns/c-1: the answer holds no campaign: no object with an id"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"success": True, "data": {"status": "paused"}}, "paused"),
        ({"status": "paused"}, "paused"),
        ({"success": True, "data": {"campaign": {"status": "paused"}}}, "paused"),
        ({"success": True, "data": {"status": 3}}, None),
        ({"success": True}, None),
        ({"data": None}, None),
        (None, None),
        ([], None),
    ],
)
def test_the_status_is_read_where_it_is_shown(body: Value, status: str | None) -> None:
    assert read_status(ApiAnswer(body)) == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": {"id": "a", "current_status": "draft"}}, "draft"),
        ({"data": {"agent": {"current_status": "published"}}}, "published"),
        ({"id": "a", "current_status": 1}, None),
        (None, None),
    ],
)
def test_the_status_of_an_agent_is_read_where_it_is_shown(body: Value, status: str | None) -> None:
    assert read_agent_status(ApiAnswer(body)) == status


@pytest.mark.parametrize(
    ("body", "fields"),
    [({"success": True, "data": SHOWN}, SHOWN), (SHOWN, SHOWN), (None, {}), ({"data": []}, {}), ("", {})],
)
def test_a_write_may_show_the_campaign_or_nothing(body: Value, fields: dict[str, Value]) -> None:
    assert shown_fields(ApiAnswer(body)) == fields


# Pages


PAGING = {"current_page": 1, "last_page": 3, "per_page": 100, "total": 250}


@pytest.mark.parametrize(
    ("body", "last", "total"),
    [
        pytest.param({"success": True, "data": [SHOWN], "pagination": PAGING}, 3, 250, id="pagination"),
        pytest.param({"success": True, "data": [SHOWN], "meta": PAGING}, 3, 250, id="meta"),
        pytest.param({"data": [SHOWN], **PAGING}, 3, 250, id="at the top"),
        pytest.param({"success": True, "data": {"data": [SHOWN], **PAGING}}, 3, 250, id="a paginator in the envelope"),
        pytest.param({"success": True, "data": {"campaigns": [SHOWN], "pagination": PAGING}}, 3, 250, id="named rows"),
        pytest.param({"data": {"items": [SHOWN], "meta": PAGING}}, 3, 250, id="items"),
        pytest.param({"data": {"0": SHOWN}, "meta": PAGING}, 3, 250, id="rows as an object with positions"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": "3", "total": "250"}}, 3, 250, id="numbers as texts"),
        pytest.param({"data": [SHOWN], "meta": {"total": 250}}, None, 250, id="a total alone"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": None, "total": -1}}, None, None, id="of no use"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": True}}, None, None, id="true is no number of pages"),
        pytest.param({"data": [SHOWN], "meta": {"request": "r-1"}}, None, None, id="meta about other things"),
        pytest.param({"success": True, "data": [SHOWN]}, None, None, id="no word on pages"),
        pytest.param([SHOWN], None, None, id="bare"),
    ],
)
def test_a_page_is_read_wherever_its_paging_stands(body: Value, last: int | None, total: int | None) -> None:
    assert read_page(LIST, ApiAnswer(body)) == Page((LIVE,), last, total)


@pytest.mark.parametrize("body", [[], {"data": []}, {"data": {}}, {"success": True, "data": [], "pagination": {}}])
def test_a_page_may_be_empty(body: Value) -> None:
    assert read_page(LIST, ApiAnswer(body)) == Page(())


@pytest.mark.parametrize("body", [None, "text", {"success": True}, {"data": None}, {"data": SHOWN}])
def test_an_answer_without_a_list_is_refused(body: Value) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"GET /campaigns.*: the answer holds no list of campaigns"):
        read_page(LIST, ApiAnswer(body))


@pytest.mark.parametrize("row", [None, 5, {"name": "without id"}])
def test_a_row_that_is_no_campaign_is_refused(row: Value) -> None:
    with pytest.raises(UnexpectedAnswer, match="no object with an id"):
        read_page(LIST, ApiAnswer({"data": [SHOWN, row]}))


# Errors


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


@pytest.mark.parametrize("errors", [None, [], ["a"], "text"])
def test_errors_of_another_shape_are_left_out(errors: Value) -> None:
    assert refusal(ONE, 422, {"errors": errors}).fields == {}


def test_numbers_of_people_are_cut_out_of_what_the_api_says() -> None:
    body = {"message": f"{NUMBER} is bad", "errors": {"do_not_call_custom_list.0": [f"{NUMBER} is no number"]}}
    refused = refusal(ONE, 422, body)

    assert (refused.words, refused.fields) == (
        "<number> is bad",
        {"do_not_call_custom_list.0": "<number> is no number"},
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call +1 (555) 123-0001 now", "call <number> now"),
        ("15551230001", "<number>"),
        ("555.123.0001", "<number>"),
        (
            "must be a date after 2026-01-05 or 2026-01-05 00:00:00.",
            "must be a date after 2026-01-05 or 2026-01-05 00:00:00.",
        ),
        ("max_retries may not be greater than 10.", "max_retries may not be greater than 10."),
        ("retry after 60 seconds", "retry after 60 seconds"),
        ("x" * 301, "x" * 300 + "…"),
    ],
)
def test_what_could_be_a_number_is_cut_out_and_long_texts_end(text: str, expected: str) -> None:
    assert without_numbers(text) == expected


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

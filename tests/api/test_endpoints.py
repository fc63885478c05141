"""The requests that are made."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import (
    Request,
    checked_id,
    create_campaign,
    get_agent,
    get_campaign,
    list_campaigns,
    set_status,
    update_campaign,
)
from reconciler.model.errors import UsageError

NUMBER = "+15551230001"


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

    assert (str(list_campaigns(1)), str(get_campaign("c-1"))) == (
        "GET /campaigns?per_page=100&page=1",
        "GET /campaigns/c-1",
    )
    assert NUMBER not in f"{update!r} {update} {ApiAnswer([NUMBER])!r}"

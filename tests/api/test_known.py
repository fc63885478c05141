"""Answers are cut down to what is known: nobody's calls are kept, and fields are kept as they came."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.api.endpoints import get_campaign
from reconciler.api.known import known_part
from reconciler.api.responses import HttpResponse, read_response
from reconciler.api.token import Token
from reconciler.model.document import Value

CAMPAIGN = {
    "id": "c-1",
    "name": "Spring",
    "status": "active",
    "max_retries": 3,
    "call_time_ranges": [{"from": "09:00", "to": "17:00"}],
    "do_not_call_custom_list": [{"phone": "+12025550147"}],
    "earliest_call_time": "09:00",
    "updated_at": "2026-01-01",
}
AGENT = {"id": "a-1", "name": "Ann", "current_status": "published", "direction": "outbound"}
UNKNOWN = {"calls": [{"to": "+12025550147"}], "files": ["x"], "stats": {"calls": 3}, "owner": {"email": "a@b.c"}}

SHAPES: list[Any] = [
    pytest.param(CAMPAIGN | UNKNOWN, CAMPAIGN, id="a bare campaign"),
    pytest.param({"success": True, "data": CAMPAIGN | UNKNOWN}, {"success": True, "data": CAMPAIGN}, id="an envelope"),
    pytest.param({"data": {"campaign": CAMPAIGN | UNKNOWN}}, {"data": {"campaign": CAMPAIGN}}, id="two envelopes"),
    pytest.param(
        {"data": {"data": [CAMPAIGN | UNKNOWN], "pagination": {"last_page": 1, "x": 2}, "links": {}}},
        {"data": {"data": [CAMPAIGN], "pagination": {"last_page": 1}}},
        id="a page",
    ),
    pytest.param({"data": {"0": CAMPAIGN | UNKNOWN}}, {"data": {"0": CAMPAIGN}}, id="a list with gaps"),
    pytest.param({"agent": AGENT | UNKNOWN}, {"agent": AGENT}, id="an agent"),
    pytest.param("text", "text", id="no object"),
    pytest.param(
        json.loads('{"data": ' * 900 + "1" + "}" * 900), json.loads('{"data": ' * 8 + "null" + "}" * 8), id="too deep"
    ),
]


@pytest.mark.parametrize(("body", "kept"), SHAPES)
def test_what_is_known_is_kept_as_it_came_and_nothing_else(body: Value, kept: Value) -> None:
    assert known_part(body) == kept


@pytest.mark.parametrize("padding", [0, 1_000_000], ids=["an answer", "a large one"])
def test_a_long_list_that_many_campaigns_have_is_there_once(padding: int) -> None:
    def numbers(area: int) -> list[str]:
        return [f"+1{area}555{number:04}" for number in range(1_000)]

    rows = [{"id": f"c-{row}", "do_not_call_custom_list": numbers(area)} for row, area in enumerate((202, 202, 303))]
    body = {"data": rows, "padding": "x" * padding}

    response = HttpResponse(200, json.dumps(body).encode())
    kept = read_response(get_campaign("c-1"), response, base_url="https://api.example.com", token=Token("t", "T"))

    assert kept == {"data": rows}
    first, second, third = (row["do_not_call_custom_list"] for row in kept["data"])
    assert first is second
    assert first is not third


def test_a_list_of_numbers_is_never_taken_for_one_of_other_numbers() -> None:
    ones, fractions = [1] * 100, [1.0] * 100

    assert known_part({"do_not_call_custom_list": ones}) == {"do_not_call_custom_list": ones}
    kept = known_part({"do_not_call_custom_list": fractions})["do_not_call_custom_list"]
    assert {*map(type, kept)} == {float}

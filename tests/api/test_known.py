"""Answers are cut down to what is known: nobody's calls are kept, and fields are kept as they came."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.api.known import known_part
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

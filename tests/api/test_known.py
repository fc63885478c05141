"""Answers are cut down to what is known: nobody's calls are kept, and fields are kept as they came."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.endpoints import get_campaign
from reconciler.api.known import known_part, without_rows
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


CALLS = [{"to": '+1 "x" \\', "tags": ["[", "]"], "deep": {"calls": []}}, {}, 3]


@pytest.mark.parametrize(
    ("given_", "left"),
    [
        ({"calls": CALLS, "id": "c-1"}, {"calls": [], "id": "c-1"}),
        (
            {"data": [{"calls": CALLS, "files": [1]}, {"calls": []}]},
            {"data": [{"calls": [], "files": []}, {"calls": []}]},
        ),
        ({"calls": [[[{"deep": [["]"]]}]]]}, {"calls": []}),
        ({"calls": [[[[[[[["too deep"]]]]]]]]}, {"calls": [[[[[[[["too deep"]]]]]]]]}),
        ({"calls": {"calls": [1]}, "files": [{"calls": [2]}]}, {"calls": {"calls": []}, "files": []}),
        ({"calls": 3, "name": "calls"}, {"calls": 3, "name": "calls"}),
        ({"name": '"calls": [1]'}, {"name": '"calls": [1]'}),
        ({'my"calls': [1]}, {'my"calls': [1]}),
    ],
    ids=[
        "calls",
        "in a list",
        "lists in lists",
        "too many of them",
        "calls in calls",
        "no list",
        "in a text",
        "in a key",
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_rows_are_taken_out_of_the_text(given_: Value, left: Value, indent: int | None) -> None:
    assert json.loads(without_rows(json.dumps(given_, indent=indent).encode())) == left


TEXTS = st.text('calls":[]\\{}, ', max_size=12)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@given(VALUES)
def test_any_other_text_stays_to_the_letter(value: Value) -> None:
    content = json.dumps({"a": value}).encode()
    taken = json.loads(without_rows(content))

    assert _without_calls(taken) == _without_calls({"a": value})


def _without_calls(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _without_calls(inner) for key, inner in value.items() if key not in ("calls", "files")}
    return [_without_calls(inner) for inner in value] if isinstance(value, list) else value


def test_fifty_thousand_calls_take_no_memory() -> None:
    row = b'{"id": "call-1", "to": "+12025550147", "status": "completed", "tags": ["a"]}'
    content = b'{"success": true, "data": {"id": "c-1", "calls": [' + b", ".join([row] * 50_000) + b"]}}"
    token = Token("talq_5ecr3t", "TALKOVER_TOKEN")
    tracemalloc.start()
    try:
        body = read_response(get_campaign("c-1"), HttpResponse(200, content), base_url="", token=token)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert body == {"success": True, "data": {"id": "c-1"}}
    assert peak < 1_000_000

"""Calls and files are cut out of answers while these arrive, however they are cut into parts."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.rows import WithoutRows
from reconciler.model.document import Value


def cut(parts: Iterable[bytes]) -> bytes:
    text = WithoutRows()
    for part in parts:
        text.add(part)
    return text.content


def in_parts(content: bytes, size: int) -> Iterable[bytes]:
    return (content[begin : begin + size] for begin in range(0, len(content), size))


CALLS = [{"to": '+1 "x" \\', "tags": ["[", "]"], "deep": {"calls": []}}, {}, 3]


@pytest.mark.parametrize(
    ("given_", "left"),
    [
        pytest.param({"calls": CALLS, "id": "c-1"}, {"calls": [], "id": "c-1"}, id="calls"),
        pytest.param(
            {"data": [{"calls": CALLS, "files": [1]}, {"calls": []}]},
            {"data": [{"calls": [], "files": []}, {"calls": []}]},
            id="in a list",
        ),
        pytest.param({"calls": [[[{"a": [["]"]]}]]], "id": 1}, {"calls": [], "id": 1}, id="lists in lists"),
        pytest.param({"calls": {"calls": [1]}}, {"calls": {"calls": []}}, id="calls in calls"),
        pytest.param({"calls": 3, "name": "calls"}, {"calls": 3, "name": "calls"}, id="no list"),
        pytest.param({"name": '"calls": [1]'}, {"name": '"calls": [1]'}, id="in a text"),
        pytest.param({'my"calls': [1]}, {'my"calls': [1]}, id="in a key"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 7, 50, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_rows_are_cut_out(given_: Value, left: Value, size: int, indent: int | None) -> None:
    # What ends within a few bytes behind a key may be a list or not.
    content = json.dumps({**given_, "end": "." * 80}, indent=indent).encode()

    assert json.loads(cut(in_parts(content, size))) == {**left, "end": "." * 80}


TEXTS = st.text('calls":[]\\{}, ', max_size=12)
KEYS = TEXTS | st.sampled_from(["calls", "files"])
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@given(VALUES, st.integers(1, 40))
def test_all_else_stays_to_the_letter(value: Value, size: int) -> None:
    content = json.dumps({"a": value}).encode()

    assert _without_rows(json.loads(cut(in_parts(content, size)))) == _without_rows({"a": value})


def _without_rows(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _without_rows(inner) for key, inner in value.items() if key not in ("calls", "files")}
    return [_without_rows(inner) for inner in value] if isinstance(value, list) else value


@given(st.lists(st.binary(max_size=8) | st.sampled_from([b'"calls"', b": [", b"]", b'"', b"\\"]), max_size=30))
def test_what_is_no_json_harms_nobody(parts: list[bytes]) -> None:
    assert len(cut(parts)) <= len(b"".join(parts))


@pytest.mark.parametrize("row", [b'{"to": "+12025550147", "tags": ["a"]}', b'[[{"a": [[["b"]]]}]]', b'"a text"'])
def test_rows_take_no_memory(row: bytes) -> None:
    text = WithoutRows()
    tracemalloc.start()
    try:
        text.add(b'{"success": true, "data": {"id": "c-1", "calls": [' + row)
        for _ in range(100):
            text.add(b", " + b", ".join([row] * 20))
        text.add(b"]}}")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert json.loads(text.content) == {"success": True, "data": {"id": "c-1", "calls": []}}
    assert peak < 20_000

"""What is passed over without the library of JSON Schema: never anything that it would find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.json_schema import validators, violations
from reconciler.desired.sure import surely
from reconciler.model.fields import campaign_fields, environment_fields

TEXTS = st.sampled_from(["", " ", "a", "A", "ab\n", "2027-02-28", "2027-02-29", "UTC", "Mars", "09:00", "é", "1"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 2.5, -1.5]) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
NAMES = st.sampled_from("abc")
NUMBERS = st.integers(-2, 3) | st.sampled_from([0.5, 1.0])


def parts(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Parts of schemas, with keywords that are known to be sure and with some that are not."""
    return st.fixed_dictionaries(
        {},
        optional={
            "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
            "enum": st.lists(SCALARS, min_size=1, max_size=4),
            "const": VALUES,
            "minimum": NUMBERS,
            "maximum": NUMBERS,
            "exclusiveMinimum": NUMBERS,
            "exclusiveMaximum": NUMBERS,
            "multipleOf": st.integers(1, 2),
            "pattern": st.sampled_from(["^a$", "[a-z]*", ".", "^[0-9]{4}-.*$"]),
            "format": st.sampled_from(["date", "timezone", "other"]),
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(0, 2),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.booleans(),
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "required": st.lists(NAMES, max_size=2),
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": inner,
            "patternProperties": st.fixed_dictionaries({"^a": inner}),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "title": st.just("a title"),
            "x-compare": st.just("text"),
        },
    )


PARTS = st.recursive(st.booleans() | parts(st.booleans()), parts, max_leaves=4)


def broken(part: Mapping[str, Any], value: object) -> list[Any]:
    return [*violations(validators({})(part), value)]


@given(part=parts(PARTS), value=VALUES)
def test_what_is_surely_right_breaks_no_rule_of_any_schema(part: dict[str, Any], value: object) -> None:
    assert not (surely(part)(value) and broken(part, value))


OF_A_FILE = {**environment_fields().schema["properties"], **campaign_fields().schema["properties"]}
EXAMPLES = [one for part in OF_A_FILE.values() for one in part.get("examples", [])]
WINDOWS = st.lists(
    st.fixed_dictionaries({}, optional={"start": TEXTS, "end": TEXTS, "to": TEXTS}), max_size=2
) | st.just([{"start": "09:00", "end": "17:00"}])
PHONES = st.lists(st.from_regex(r"\A\+?[0-9]{5,16}\n?\Z"), max_size=3)


@given(
    name=st.sampled_from([*OF_A_FILE]),
    value=VALUES | WINDOWS | PHONES | st.integers() | st.floats() | st.text() | st.sampled_from(EXAMPLES),
)
def test_what_is_surely_right_breaks_no_rule_of_the_files(name: str, value: object) -> None:
    assert not (surely(OF_A_FILE[name])(value) and broken(OF_A_FILE[name], value))


@pytest.mark.parametrize("name", [name for name, part in OF_A_FILE.items() if "examples" in part])
def test_every_field_of_the_files_has_values_that_are_surely_right(name: str) -> None:
    assert any(surely(OF_A_FILE[name])(example) for example in OF_A_FILE[name]["examples"])


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        pytest.param({"type": "string", "enum": ["a"]}, "a", True, id="a word of the list"),
        pytest.param({"type": "string", "enum": ["a"]}, "b", False, id="no word of the list"),
        pytest.param({"enum": [1]}, 1.0, False, id="a number in another spelling is left open"),
        pytest.param({"enum": [True]}, 1, False, id="1 is not true"),
        pytest.param({"const": [1]}, [1], False, id="a list as a whole is left open"),
        pytest.param({"type": ["string", "null"], "pattern": "^a$"}, None, True, id="null, where it can stand"),
        pytest.param({"type": "string", "pattern": "^a$"}, "a\n", False, id="more than the pattern"),
        pytest.param({"type": "string", "minLength": 1}, " ", False, id="blanks are no text"),
        pytest.param({"type": "integer", "minimum": 1, "maximum": 7}, 7, True, id="the last number of a range"),
        pytest.param({"exclusiveMaximum": 7}, 7, False, id="the first number behind a range"),
        pytest.param({"exclusiveMinimum": 7}, 8, True, id="a number above"),
        pytest.param({"items": {"type": "integer"}, "minItems": 1, "maxItems": 2}, [1, 2], True, id="a list"),
        pytest.param({"items": {"type": "integer"}}, [1, "2"], False, id="a list with something else in it"),
        pytest.param({"required": ["a"], "properties": {"a": {}}}, {"a": 1, "b": 2}, True, id="a mapping"),
        pytest.param({"required": ["a"]}, {}, False, id="a key is missing"),
        pytest.param({"properties": {}, "additionalProperties": False}, {"a": 1}, False, id="a key too many"),
        pytest.param({"additionalProperties": {"type": "string"}}, {"a": "b"}, True, id="members by themselves"),
        pytest.param({"type": "string", "newWord": 1}, "a", False, id="a keyword that nobody knows yet"),
        pytest.param({"items": {"newWord": 1}}, ["a"], False, id="a keyword that nobody knows yet, further in"),
        pytest.param(True, "a", False, id="no part of a schema"),
        pytest.param({}, object(), False, id="a value of no known type"),
    ],
)
def test_what_is_sure(part: Any, value: object, expected: bool) -> None:  # noqa: ANN401, FBT001
    assert bool(surely(part)(value)) is expected

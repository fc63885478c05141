"""The rules of JSON Schema that a value breaks, as values of our own."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.desired.json_schema import validators, violations


def broken(part: dict[str, Any], value: object, schema: dict[str, Any] | None = None) -> list[tuple[Any, list[str]]]:
    validator = validators(schema or {})(part)
    return [(path, [rule.keyword for rule in rules]) for path, rules in violations(validator, value)]


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        pytest.param({"type": "integer"}, 3, [], id="nothing"),
        pytest.param({"type": "integer"}, 3.0, [((), ["type"])], id="3.0 is no whole number"),
        pytest.param({"type": "integer"}, True, [((), ["type"])], id="true is no number"),
        pytest.param({"pattern": "^a$"}, "a\n", [((), ["pattern"])], id="a line break at the end is part of the text"),
        pytest.param({"minLength": 1}, " ", [((), ["minLength"])], id="blanks are no text"),
        pytest.param({"format": "date"}, "2027-02-29", [((), ["format"])], id="a date that does not exist"),
        pytest.param({"format": "timezone"}, "Mars/Olympus", [((), ["format"])], id="a zone that does not exist"),
        pytest.param({"format": "other"}, "x", [], id="a form that nobody knows"),
        pytest.param(
            {"items": {"type": "string", "maxLength": 1}},
            ["a", "bc", 5],
            [((1,), ["maxLength"]), ((2,), ["type"])],
            id="inside a list, by place",
        ),
        pytest.param(
            {"properties": {"a": {"minimum": 2, "multipleOf": 2}}},
            {"a": 1},
            [(("a",), ["minimum", "multipleOf"])],
            id="inside a mapping, all of one place together",
        ),
    ],
)
def test_rules_that_a_value_breaks(part: dict[str, Any], value: object, expected: list[Any]) -> None:
    assert broken(part, value) == expected


def test_parts_may_refer_to_what_the_schema_shares() -> None:
    assert broken({"$ref": "#/$defs/level"}, 5, {"$defs": {"level": {"enum": ["high"]}}}) == [((), ["enum"])]


def test_a_choice_tells_what_each_branch_found() -> None:
    validator = validators({})({"anyOf": [{"type": "string"}, {"minimum": 2}]})

    [(path, [rule])] = violations(validator, 1)

    assert (path, rule.keyword, [branch.keyword for branch in rule.branches]) == ((), "anyOf", ["type", "minimum"])

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.desired.findings import RuleViolation
from reconciler.desired.messages import missing_key, near, unknown_key, words
from reconciler.desired.shown import shown

NUMBER = {"title": "x", "description": "How many."}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(3, "3", id="a number"),
        pytest.param(2.5, "2.5", id="a fraction"),
        pytest.param("it's", '"it\'s"', id="text with a quote"),
        pytest.param("a\x1b[31m\nb", r"'a\x1b[31m\nb'", id="control characters"),
        pytest.param("x" * 61, f"'{'x' * 59}…'", id="long text"),
        pytest.param([1], "a list", id="a list"),
        pytest.param({"a": 1}, "a mapping", id="a mapping"),
    ],
)
def test_values_are_shown_short_and_on_one_line(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_a_value_that_could_be_a_number_of_somebody_is_not_shown() -> None:
    assert shown("+1 202 555 0147") == "'<number>'"


@pytest.mark.parametrize(
    ("keyword", "allowed", "schema", "value", "expected"),
    [
        pytest.param("minimum", 1, {"minimum": 1, "maximum": 9}, 0, "0 is too little: 1 to 9 is allowed", id="range"),
        pytest.param("maximum", 9, {"maximum": 9}, 10, "10 is too much: 9 or less is allowed", id="maximum"),
        pytest.param(
            "exclusiveMinimum", 0, {"exclusiveMinimum": 0}, 0, "0 is too little: more than 0 is allowed", id="above"
        ),
        pytest.param(
            "exclusiveMaximum",
            1,
            {"minimum": 0, "exclusiveMaximum": 1},
            1,
            "1 is too much: 0 or more and less than 1 is allowed",
            id="below",
        ),
        pytest.param("multipleOf", 5, {}, 7, "7 is not a multiple of 5", id="multiple"),
        pytest.param("const", "a", {}, "b", "'b' is not allowed: write 'a'", id="const"),
        pytest.param("enum", [1, None, "two"], {}, 3, "3 is not one of 1, null, two", id="mixed choice"),
        pytest.param("enum", ["one", "two"], {}, "six", "'six' is not one of one, two", id="nothing near"),
        pytest.param("minLength", 3, {}, "a", "too short: 3 characters or more are needed", id="short text"),
        pytest.param(
            "maxItems", 2, {}, [1, 2, 3], "3 entries are too many: at most 2 entries are allowed", id="long list"
        ),
        pytest.param("maxItems", 1, {}, [1, 2], "2 entries are too many: at most one entry is allowed", id="one entry"),
        pytest.param("uniqueItems", True, {}, [1, 1], "entries are repeated: write each once", id="repeated"),
        pytest.param("pattern", "^a$", {}, "b", "'b' is not in the form that is allowed: ^a$", id="bare pattern"),
        pytest.param(
            "pattern", "^a$", NUMBER, "b", "'b' is not in the form that is allowed: How many.", id="described pattern"
        ),
        pytest.param("format", "uri", {}, "b", "'b' is not in the form that is allowed: uri", id="another format"),
        pytest.param(
            "format",
            "timezone",
            {},
            "Paris",
            "'Paris' is not a time zone: did you mean Europe/Paris?",
            id="a zone, of a schema that does not say what it expects",
        ),
        pytest.param(
            "contains", {"const": 1}, {}, [], 'a list breaks the rule contains: {"const": 1}', id="other rule"
        ),
        pytest.param("anyOf", [], {}, 1, "1 breaks the rule anyOf: []", id="no branches"),
    ],
)
def test_each_rule_has_its_words(
    keyword: str, allowed: object, schema: Mapping[str, Any], value: object, expected: str
) -> None:
    assert words(RuleViolation(keyword, allowed, value, schema)) == expected


@pytest.mark.parametrize(
    ("allowed", "schema", "value", "expected"),
    [
        pytest.param("boolean", {}, 1, "expected true or false, found the number 1: write true", id="1 for true"),
        pytest.param("boolean", {}, "Off", "expected true or false, found the text 'Off': write false", id="off"),
        pytest.param("boolean", {}, "perhaps", "expected true or false, found the text 'perhaps'", id="perhaps"),
        pytest.param("boolean", {}, [], "expected true or false, found a list", id="a list for a boolean"),
        pytest.param(
            "integer",
            {},
            "0770",
            "expected a whole number, found the text '0770': write it with digits alone, without a zero before them",
            id="a zero first",
        ),
        pytest.param(
            "integer",
            {},
            "1_000",
            "expected a whole number, found the text '1_000': write it with digits alone, without a zero before them",
            id="digits in groups",
        ),
        pytest.param("number", {}, "many", "expected a number, found the text 'many'", id="a word for a number"),
        pytest.param("integer", {}, 2.5, "expected a whole number, found the number 2.5", id="a fraction"),
        pytest.param("string", {}, True, "expected text, found true: put it in quotes", id="true for text"),
        pytest.param("string", {}, [1], "expected text, found a list", id="a list for text"),
        pytest.param(
            "string", {"pattern": "^[a-z]+$"}, 12, "expected text, found the number 12", id="quotes would not help"
        ),
        pytest.param(
            "array",
            {"items": {"type": "integer"}},
            5,
            "expected a list, found the number 5: write [5]",
            id="one number for a list",
        ),
        pytest.param(
            "array",
            {"items": {"type": "integer"}},
            "1-5",
            "expected a list, found the text '1-5': write one entry a line, each after a dash and a space",
            id="a span for a list",
        ),
        pytest.param(
            "array",
            {"items": {"type": "integer"}},
            "-1 -2",
            "expected a list, found the text '-1 -2': put a space after each dash",
            id="dashes without spaces",
        ),
        pytest.param("object", {}, 1, "expected a mapping, found the number 1", id="a mapping of unknown keys"),
        pytest.param(["object", "null"], {}, 1, "expected a mapping or null, found the number 1", id="two types"),
        pytest.param(["money"], {}, 1, "expected money, found the number 1", id="an unknown type"),
    ],
)
def test_a_wrong_type_is_told_with_what_to_write(
    allowed: object, schema: Mapping[str, Any], value: object, expected: str
) -> None:
    assert words(RuleViolation("type", allowed, value, schema)) == expected


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        pytest.param(
            RuleViolation("type", "string", 15557654321, {}),
            "expected text, found a number: put it in quotes",
            id="kind",
        ),
        pytest.param(
            RuleViolation("type", "array", "1,2", {"items": {"type": "integer"}}),
            "expected a list, found text: write one entry a line, each after a dash and a space",
            id="list",
        ),
        pytest.param(RuleViolation("enum", ["alpha"], "alhpa", {}), "entry 3 is not one of alpha", id="choice"),
        pytest.param(
            RuleViolation("maximum", 9, 10, {"maximum": 9}), "entry 3 is too much: 9 or less is allowed", id="range"
        ),
        pytest.param(RuleViolation("format", "date", "2027-02-30", {}), "entry 3 is not a date that exists", id="date"),
        pytest.param(
            RuleViolation("format", "timezone", "Paris", {"x-error-hint": "a zone"}), "entry 3 is not a zone", id="zone"
        ),
        pytest.param(RuleViolation("contains", {}, ["a"], {}), "entry 3 breaks the rule contains: {}", id="other"),
    ],
)
def test_with_a_subject_the_value_is_not_told(broken: RuleViolation, expected: str) -> None:
    assert words(broken, "entry 3") == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("max_retires", ": did you mean max_retries?"),
        ("maxRetries", ": did you mean max_retries?"),
        ("MAX RETRIES", ": did you mean max_retries?"),
        ("colour", ""),
        ("m" * 10_000, ""),
        ("", ""),
    ],
)
def test_near_words_are_suggested(word: str, expected: str) -> None:
    assert near(word, ["max_retries", "name", 3]) == expected


def test_keys_are_told_with_those_that_are_known() -> None:
    assert [
        unknown_key("a", []),
        unknown_key("a", ["long_name"]),
        missing_key("a", ["a"]),
        missing_key("a", ["a", "b", "c"]),
    ] == [
        "no such key: nothing can stand here",
        "no such key: long_name can stand here",
        "a is missing",
        "a is missing: a, b and c are needed",
    ]

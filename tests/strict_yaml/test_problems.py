from __future__ import annotations

import pytest

from tests.support.yaml_texts import problems_of

EMPTY = "has no value: write null to clear, or remove the line"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
        ('"a\\nb"', "a\\nb"),
        ("a\u202eb", "a\\u202eb"),
        ("+15551234567", "<number>"),
        ("555 123-4567", "<number>"),
        ("field_2024", "field_2024"),
    ],
    ids=["long", "just short enough", "line break", "direction override", "phone number", "spaced number", "digits"],
)
def test_a_key_is_shown_short_printable_and_without_phone_numbers(key: str, shown: str) -> None:
    assert problems_of(f"{key}:\n") == [f"1:1: {shown}: {EMPTY}"]


PHONE = "+15551234567"


@pytest.mark.parametrize(
    "text",
    [
        "a: [{}",
        'a: "{}',
        "a: {} #12",
        "a: b: {}: c",
        "a: *{}",
        "a: !{} b",
        "a: &{}",
        "a: 1\n{}\n",
        "a: {{{}}}",
        "a: {{{{ {} }}}}",
        "a: @{}",
        "'{0}': 1\n'{0}': 2",
        'a: "{}\\e"',
        "- {}",
        "{}",
        "a: '{}\t'",
    ],
)
def test_no_message_repeats_a_value(text: str) -> None:
    problems = problems_of(text.format(PHONE))
    assert problems != []
    assert [problem for problem in problems if "1234567" in problem] == []

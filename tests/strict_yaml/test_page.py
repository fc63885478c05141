from __future__ import annotations

import pytest

from reconciler.strict_yaml.page import line_break, lines_of


@pytest.mark.parametrize(
    ("text", "expected"), [("", "\n"), ("a", "\n"), ("a\nb\r\n", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb", "\r")]
)
def test_lines_end_as_the_first_does(text: str, expected: str) -> None:
    assert line_break(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", []), ("a", ["a"]), ("a\n\n", ["a", ""]), ("a\r\nb\rc\n", ["a", "b", "c"])]
)
def test_lines_are_without_their_ends(text: str, expected: list[str]) -> None:
    assert lines_of(text) == expected

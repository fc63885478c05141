"""What this library reads and others refuse or read otherwise is refused, at its place."""

from __future__ import annotations

import pytest

from reconciler.strict_yaml.disputed import BLANKS, GLUED, INDENT, NAME, QUESTION
from tests.support.yaml_texts import problems_of, values_of

DISPUTED = {
    "a list that goes on too low": ("days: [1,\n2,\n 3]\n", [f"2:1: {INDENT}"]),
    "a list inside a mapping": ("a:\n  b: [\n    1,\n  2 ]\n", [f"4:3: {INDENT}"]),
    "a closing bracket below its field": ("a:\n  b: [\n    1\n ]\n", [f"4:2: {INDENT}"]),
    "a mapping that goes on too low": ("a:\n- {b: 1,\nc: 2}\n", [f"3:1: {INDENT}"]),
    "a list behind an anchor": ("a: &x\n  b: [1,\n  2]\n", [f"3:3: {INDENT}"]),
    "a list behind an anchor on its line": ("a: &x [1,\n2]\n", [f"2:1: {INDENT}"]),
    "a list that is the value of an anchored item": ("a: &x # list\n- [1,\n2]\n", [f"3:1: {INDENT}"]),
    "a quoted text that goes on too low": ('a: "b\nc\n d"\n', [f"2:1: {INDENT}"]),
    "a closing quote that stands too low": ("a: 'b\n c\n'\n", [f"3:1: {INDENT}"]),
    "a quoted item that goes on below its dash": ('a:\n  - "b\n  c"\n', [f"3:3: {INDENT}"]),
    "a quoted text in a list": ('a: ["b\nc"]\n', [f"2:1: {INDENT}"]),
    "longer blanks before what looks like a comment": ("a: |\n    \n  # b\nc: 1\n", [f"3:3: {BLANKS}"]),
    "the same, folded, with line breaks of Windows": ("a: >- # x\r\n    \r\n # b\r\n", [f"3:2: {BLANKS}"]),
    "a comment glued to double quotes": ('a: "b"# c\n', [f"1:7: {GLUED}"]),
    "a comment glued to single quotes": ("a: 'b'#c\n", [f"1:7: {GLUED}"]),
    "a comment glued to a quoted item": ('a: ["b"#\n ]\n', [f"1:8: {GLUED}"]),
    "a comment glued to a bracket": ("a: [1]# c # d\n", [f"1:7: {GLUED}"]),
    "a comment glued to a comma": ("a: [1,#c\n  2]\n", [f"1:7: {GLUED}"]),
    "a comment glued to a colon": ('a: {"b":#c\n  d}\n', [f"1:9: {GLUED}"]),
    "a key that begins with a question mark": ("a: { ?b: 1 }\n", [f"1:6: {QUESTION}"]),
    "the same, right behind the brace": ("a: {?b: 1}\n", [f"1:5: {QUESTION}"]),
    "a colon in the name of an anchor": ("a: &b:c d\n", [f"1:4: {NAME}"]),
    "a question mark in the name of an anchor": ("a: &b?c d\n", [f"1:4: {NAME}"]),
}


@pytest.mark.parametrize(("text", "told"), DISPUTED.values(), ids=DISPUTED)
def test_what_tools_read_differently_is_refused_with_its_place(text: str, told: list[str]) -> None:
    assert problems_of(text) == told


def test_a_colon_in_the_name_that_an_alias_repeats_is_refused() -> None:
    assert f"2:5: {NAME}" in problems_of("a: &b c\nd: {*b: 1}\n")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("a: [\n  1,\n# c\n\n  2\n]\n", {"a": [1, 2]}, id="a closing bracket below its field"),
        pytest.param('a: "b\n\n  c"\nd: 1\n', {"a": "b\nc", "d": 1}, id="a blank line in quotes"),
        pytest.param("a: &x\n  - [1,\n   2]\n", {"a": [[1, 2]]}, id="a list in an anchored list"),
        pytest.param("{a: [1,\n2],\nb: 'c\nd'}\n", {"a": [1, 2], "b": "c d"}, id="nothing around the brackets"),
        pytest.param("a: |\n    \n\nb: 1\n", {"a": "", "b": 1}, id="a block text of nothing"),
        pytest.param("a: |4\n    \n  # b\n", {"a": ""}, id="a block text that says how far it is indented"),
        pytest.param("a: |\n    \n# b\n", {"a": ""}, id="a comment behind a block text of nothing"),
        pytest.param("a: |\n  \n", {"a": ""}, id="a block text of nothing at the end"),
        pytest.param("a: '\"#'\nb: x]#y\n", {"a": '"#', "b": "x]#y"}, id="a sharp in a text"),
        pytest.param("a: 'b' #'c'# d\n", {"a": "b"}, id="a sharp in a comment"),
        pytest.param("a: what ?now\n'b': ['?c', d?e]\n", {"a": "what ?now", "b": ["?c", "d?e"]}, id="questions"),
        pytest.param("?a: 1 # ?b\n", {"?a": 1}, id="a question mark outside brackets"),
        pytest.param("a: [&b c, *b, &d [1]]\n", {"a": ["c", "c", [1]]}, id="names before a comma and a bracket"),
        pytest.param("a: b&c:d\n", {"a": "b&c:d"}, id="an ampersand in a text"),
    ],
)
def test_what_all_tools_read_alike_is_read(text: str, values: object) -> None:
    assert values_of(text) == values


def test_no_more_are_told_than_anybody_mends_at_once() -> None:
    assert len(problems_of("".join(f"a{number}: 'b'#c\n" for number in range(100)))) == 20

from __future__ import annotations

import time

import pytest

from reconciler.strict_yaml.parse import parse
from tests.support.yaml_texts import FILE, problems_of

DEEP = "more than 64 levels deep: a campaign needs three"
MANY = "more than 200,000 values, with what aliases and merges repeat: no campaign needs that"
TAB = "a tab: use spaces, or write \\t between double quotes"
PERCENT = "a line cannot start with `%`: remove it, or put the value in quotes and indent it"
SECOND = "a second document: one file is one campaign; remove the `---`"
STAR = "`*` and `&` have a meaning of their own: put the value in quotes"
BLOCK = "the text belongs on the lines below the `|` or `>`, indented"


def test_aliased_values_are_not_the_same_object() -> None:
    document, _ = parse(b"a: &x {b: [1]}\nc: *x\nd: {<<: *x}\n", FILE)
    assert document is not None
    document.values["a"]["b"].append(2)
    assert document.values == {"a": {"b": [1, 2]}, "c": {"b": [1]}, "d": {"b": [1]}}


def alias_bomb() -> str:
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 10)]
    return "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(lines)


def merge_bomb() -> str:
    lines = [
        f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}], k{level}: 1}}\n" for level in range(1, 30)
    ]
    return "a0: &a0 {x: 1}\n" + "".join(lines)


BOMBS = {
    "alias bomb": (alias_bomb(), MANY),
    "merge bomb": (merge_bomb(), MANY),
    "many items": ("a:\n" + "- x\n" * 200_001, MANY),
    "many fields": ("".join(f"k{number}: x\n" for number in range(100_001)), MANY),
    "many aliases of one item": ("a: &a [x]\nb: [" + "*a," * 100_001 + "]", MANY),
    "lists in lists": ("a: " + "[" * 100_000, DEEP),
    "mappings in mappings": ("{a: " * 100_000, DEEP),
    "dashes": ("a:\n" + "- " * 100_000, DEEP),
    "lists over lines": ("a: " + "[\n" * 100_000, DEEP),
    "many problems": ("a:\n" + "-\n" * 100_000, "1000 problems: nothing after this was read"),
    "many tabs": ("\t\n" * 100_000, TAB),
    "many directives": ("a: 1\n...\n" + "%TAG !a! x\n" * 100_000, PERCENT),
    "many documents": ("a: 1\n---\n" * 100_000, SECOND),
    "many open anchors": ("a: " + "&" * 100_000, STAR),
    "open block sign": ("a: |" + "0" * 100_000 + "#", BLOCK),
    "colons in brackets": ("a: [" + "a:" * 100_000 + "]", "put a space after the colon"),
}


@pytest.mark.parametrize(("text", "expected"), BOMBS.values(), ids=BOMBS)
def test_a_hostile_file_is_refused_at_once(text: str, expected: str) -> None:
    started = time.process_time()
    document, problems = parse(text.encode(), FILE)
    assert time.process_time() - started < 2
    assert document is None
    assert problems[-1].message == expected


def test_as_many_values_as_allowed_are_read() -> None:
    document, problems = parse(("a: [" + "x," * 199_997 + "]").encode(), FILE)
    assert problems == []
    assert document is not None
    assert len(document.values["a"]) == 199_997


def test_an_anchor_counts_with_all_that_it_repeats() -> None:
    base = "a: &a [" + "x," * 1000 + "]\n"
    assert problems_of(base + "b: [" + "*a," * 198 + "]") == []
    assert problems_of(base + "b: [" + "*a," * 199 + "]") == [f"2:599: {MANY}"]

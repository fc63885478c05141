"""Words that every room says alike."""

from __future__ import annotations

import pytest

from reconciler.model.words import count


@pytest.mark.parametrize(
    ("number", "noun", "plural", "told"),
    [
        pytest.param(0, "field", "", "0 fields", id="none"),
        pytest.param(1, "field", "", "1 field", id="one"),
        pytest.param(2, "field", "", "2 fields", id="several"),
        pytest.param(1, "entry", "entries", "1 entry", id="one of a noun with a plural of its own"),
        pytest.param(2, "entry", "entries", "2 entries", id="several of a noun with a plural of its own"),
    ],
)
def test_nouns_are_counted(number: int, noun: str, plural: str, told: str) -> None:
    assert count(number, noun, plural) == told

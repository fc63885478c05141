from __future__ import annotations

from collections.abc import Sequence

import pytest

from reconciler.model.campaign import Live
from reconciler.plan.renames import Renames

MANY = 10_000


def lives(*names: str) -> list[Live]:
    return [Live(f"c-{number}", name, "draft", {}) for number, name in enumerate(names)]


def likeliest(unmanaged: Sequence[Live], name: str, names: int = 1) -> str | None:
    found = Renames(unmanaged, names).likeliest(name)
    return found.id if found else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Sprint sale", "c-0", id="a slip"),
        pytest.param("Autumn", "c-1", id="the first of several that are called alike"),
        pytest.param("Winter", None, id="none is alike"),
    ],
)
def test_a_name_means_what_is_most_alike(name: str, expected: str | None) -> None:
    assert likeliest(lives("Spring sale", "Autumn", "Autumn"), name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Sale Oregon", "c-12", id="a rare word"),
        pytest.param("Sales Oregan", None, id="no whole rare word"),
        pytest.param("Sales", None, id="only a word that many bear"),
        pytest.param("Oregon, and nothing else is like it", None, id="a rare word, and nothing else alike"),
    ],
)
def test_of_very_many_those_are_compared_that_share_a_rare_word(name: str, expected: str | None) -> None:
    unmanaged = lives(*(f"Sales {number}" for number in range(12)), "Sales Oregon", *(f"S {n}" for n in range(12)))

    assert likeliest(unmanaged, name, MANY) == expected

"""Which of the known names somebody meant."""

from __future__ import annotations

import pytest

from reconciler.model.near_names import near_names

AGENTS = ["Ava, solar sales", "Bruno, follow-up in Portuguese", "Ava, surveys", "dan"]


@pytest.mark.parametrize(
    ("wanted", "most", "meant"),
    [
        ("Dan", 1, ("dan",)),
        ("AVA, SOLAR SALES", 1, ("Ava, solar sales",)),
        ("Ava", 2, ("Ava, solar sales", "Ava, surveys")),
        ("follow-up", 1, ("Bruno, follow-up in Portuguese",)),
        ("Ava solar sale", 1, ("Ava, solar sales",)),
        ("Ava, surveyz", 2, ("Ava, surveys",)),
        ("in", 2, ()),
        ("", 1, ()),
        ("Zoé", 1, ()),
    ],
)
def test_the_likeliest_come_first(wanted: str, most: int, meant: tuple[str, ...]) -> None:
    assert near_names(wanted, AGENTS, most) == meant


def test_among_no_names_none_is_near() -> None:
    assert near_names("Ava", []) == ()

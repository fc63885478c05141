"""People's numbers: counted, compared and hashed, never shown."""

from __future__ import annotations

import hashlib

from reconciler.model.canonical import UNSET
from reconciler.model.sensitive import SensitiveCount, SensitiveSet, tallies

ONE, TWO = "+15551230001", "+15551230002"


def test_hidden_numbers_are_shown_by_no_means_but_one() -> None:
    hidden = SensitiveSet(frozenset({ONE, TWO}))
    shown = [repr(hidden), str(hidden), f"{hidden}", repr([hidden]), hidden.digest("salt")]

    assert [text for text in shown if ONE[1:] in text or TWO[1:] in text] == []
    assert repr(hidden) == "<2 hidden>"
    assert hidden.reveal() == [ONE, TWO]


def test_hidden_numbers_are_counted_joined_and_taken_away() -> None:
    one, both = SensitiveSet(frozenset({ONE})), SensitiveSet(frozenset({ONE, TWO}))

    assert (len(both), both - one, one | both, one - both) == (
        2,
        SensitiveSet(frozenset({TWO})),
        both,
        SensitiveSet(frozenset()),
    )


def test_a_digest_depends_on_the_numbers_and_on_the_salt_alone() -> None:
    digests = [
        SensitiveSet(frozenset({ONE, TWO})).digest("a"),
        SensitiveSet(frozenset({TWO, ONE})).digest("a"),
        SensitiveSet(frozenset({ONE, TWO})).digest("b"),
        SensitiveSet(frozenset({ONE})).digest("a"),
    ]

    assert digests[0] == digests[1] == hashlib.sha256(f"a\n{ONE}\n{TWO}".encode()).hexdigest()
    assert len(set(digests)) == 3


def test_tallies_tell_how_many_came_and_went() -> None:
    before, after = SensitiveSet(frozenset({ONE})), SensitiveSet(frozenset({TWO}))

    assert tallies(before, after, "s") == (
        SensitiveCount(1, 0, 0, before.digest("s")),
        SensitiveCount(1, 1, 1, after.digest("s")),
    )


def test_tallies_of_a_list_that_was_not_there_count_from_nothing() -> None:
    was, becomes = tallies(UNSET, SensitiveSet(frozenset({ONE})), "s")

    assert (was, len(becomes), becomes.added) == (SensitiveCount(0, 0, 0, SensitiveSet(frozenset()).digest("s")), 1, 1)


def test_tallies_of_tallies_are_these_themselves() -> None:
    pair = SensitiveCount(1, 0, 0, "a"), SensitiveCount(2, 1, 0, "b")

    assert tallies(*pair, "s") == pair

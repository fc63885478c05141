"""People's numbers: counted, compared and hashed, never shown."""

from __future__ import annotations

import hmac

from reconciler.model.canonical import UNSET
from reconciler.model.sensitive import HashKey, Salt, SensitiveCount, SensitiveSet, tallies

ONE, TWO = "+15551230001", "+15551230002"
KEY = HashKey(b"k" * 32)
A, B = Salt("a", KEY), Salt("b", KEY)


def test_hidden_numbers_are_shown_by_no_means_but_one() -> None:
    hidden = SensitiveSet(frozenset({ONE, TWO}))
    shown = [repr(hidden), str(hidden), f"{hidden}", repr([hidden]), hidden.digest(A)]

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


def test_a_digest_depends_on_the_numbers_the_salt_and_the_key_alone() -> None:
    digests = [
        SensitiveSet(frozenset({ONE, TWO})).digest(A),
        SensitiveSet(frozenset({TWO, ONE})).digest(A),
        SensitiveSet(frozenset({ONE, TWO})).digest(B),
        SensitiveSet(frozenset({ONE})).digest(A),
        SensitiveSet(frozenset({ONE, TWO})).digest(Salt("a", HashKey(b"l" * 32))),
    ]

    assert digests[0] == digests[1] == hmac.new(b"k" * 32, f"a\n{ONE}\n{TWO}".encode(), "sha256").hexdigest()
    assert len(set(digests)) == 4


def test_without_a_key_there_is_no_digest() -> None:
    assert SensitiveSet(frozenset({ONE})).digest(Salt("a")) == ""


def test_a_key_shows_itself_by_no_means() -> None:
    assert f"{KEY!r} {KEY} {[KEY]}" == "*** *** [***]"


def test_keys_have_names_that_tell_them_apart() -> None:
    assert KEY.name == HashKey(b"k" * 32).name != HashKey(b"l" * 32).name


def test_tallies_tell_how_many_came_and_went() -> None:
    before, after = SensitiveSet(frozenset({ONE})), SensitiveSet(frozenset({TWO}))

    assert tallies(before, after, A) == (
        SensitiveCount(1, 0, 0, before.digest(A)),
        SensitiveCount(1, 1, 1, after.digest(A)),
    )


def test_tallies_of_a_list_that_was_not_there_count_from_nothing() -> None:
    was, becomes = tallies(UNSET, SensitiveSet(frozenset({ONE})), A)

    assert (was, len(becomes), becomes.added) == (SensitiveCount(0, 0, 0, SensitiveSet(frozenset()).digest(A)), 1, 1)


def test_tallies_of_tallies_are_these_themselves() -> None:
    pair = SensitiveCount(1, 0, 0, "a"), SensitiveCount(2, 1, 0, "b")

    assert tallies(*pair, A) == pair

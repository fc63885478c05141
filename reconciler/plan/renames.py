"""Which live campaign without a file a new name may mean: a changed name reads as a creation without an id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.model.campaign import Live

# Pairs of names that are compared letter by letter in about two seconds.
_MOST_PAIRS: Final = 100_000
# A word that more campaigns bear says nothing of which is meant.
_MOST_BEARERS: Final = 10


class Renames:
    """The live campaigns without a file by their names, to be asked for so many new names.

    Each name is compared with each of them; where that would be too many pairs, with those that share a rare word.
    """

    def __init__(self, unmanaged: Sequence[Live], names: int) -> None:
        self._by_name = {live.name: live for live in reversed(unmanaged)}
        self._by_word: dict[str, list[str]] | None = None
        if names * len(self._by_name) > _MOST_PAIRS:
            self._by_word = defaultdict(list)
            for name in self._by_name:
                for word in _words(name):
                    self._by_word[word].append(name)

    def likeliest(self, name: str) -> Live | None:
        """The one whose name is most like this, if any is."""
        from difflib import get_close_matches  # noqa: PLC0415 - only creations need it

        near = get_close_matches(name, self._candidates(name), n=1)
        return self._by_name[near[0]] if near else None

    def _candidates(self, name: str) -> Iterable[str]:
        if self._by_word is None:
            return self._by_name
        bearers = [self._by_word.get(word, ()) for word in _words(name)]
        return {bearer for found in bearers if len(found) <= _MOST_BEARERS for bearer in found}


def _words(name: str) -> set[str]:
    return set(name.casefold().split())

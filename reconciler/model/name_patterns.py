"""Which campaigns are meant by `--name`."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

_MAGIC: Final = frozenset("*?[")


class KnownNames:
    """The names that are there, to be asked which of them are meant; blanks around them mean nothing."""

    def __init__(self, there: Iterable[str]) -> None:
        self._there: dict[str, set[str]] = defaultdict(set)
        for name in there:
            self._there[name.strip()].add(name)

    def meant(self, asked: str) -> frozenset[str]:
        """The name that is asked for, to the letter; else those that fit the pattern.

        A name may look like a pattern: who asks for 'Sales [EU]' does not mean 'Sales E'.
        """
        one = asked.strip()
        same = self._there.get(one)
        fitting = (names for text, names in self._there.items() if fnmatchcase(text, one))
        return frozenset(same) if same else frozenset().union(*fitting)


def names_meant(asked: Iterable[str], there: Iterable[str]) -> frozenset[str]:
    """Of the names that are there those that are asked for."""
    known = KnownNames(there)
    return frozenset().union(*map(known.meant, asked))


def is_meant(name: str, asked: tuple[str, ...]) -> bool:
    """Whether a name, by itself, is asked for: to the letter, or by a pattern."""
    text = name.strip()
    names, patterns = _apart(asked)
    return text in names or any(fnmatchcase(text, pattern) for pattern in patterns)


@functools.lru_cache(maxsize=16)
def _apart(asked: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names, and those that may be patterns: a stop of a folder names all of its campaigns."""
    stripped = [one.strip() for one in asked]
    return frozenset(stripped), tuple(one for one in stripped if not _MAGIC.isdisjoint(one))

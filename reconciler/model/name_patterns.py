"""Which campaigns are meant by `--name`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def names_meant(asked: Iterable[str], there: Iterable[str]) -> frozenset[str]:
    """Of the names that are there those that are asked for, to the letter; else those that fit the pattern.

    A name may look like a pattern: who asks for 'Sales [EU]' does not mean 'Sales E'.
    """
    names = frozenset(there)
    exact = {one: {name for name in names if name.strip() == one.strip()} for one in asked}
    return frozenset(
        name for one, same in exact.items() for name in same or {name for name in names if fnmatchcase(name, one)}
    )

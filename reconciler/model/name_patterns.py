"""Which campaigns are meant by `--name`."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase


def names_meant(asked: Iterable[str], there: Iterable[str]) -> frozenset[str]:
    """Of the names that are there those that are asked for, to the letter; else those that fit the pattern.

    A name may look like a pattern: who asks for 'Sales [EU]' does not mean 'Sales E'.
    """
    names = frozenset(there)
    there_as = {name: name.strip() for name in names}
    found: set[str] = set()
    for one in (text.strip() for text in asked):
        same = {name for name, text in there_as.items() if text == one}
        found |= same or {name for name, text in there_as.items() if fnmatchcase(text, one)}
    return frozenset(found)

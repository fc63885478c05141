"""Files that campaigns or settings name: each path is relative to the file that says it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from reconciler.model.document import Document, Position


class NamedFile(NamedTuple):
    """A file that a list of a document names, called as the document is, where it is named, and by which key."""

    file: str
    position: Position
    key: str


def named_files(document: Document, key: str) -> Iterator[NamedFile]:
    """The files that a key names, in their order, without the columns of tables, and without those of variables.

    Entries that are no text were told when the file was checked.
    """
    entries = document.values.get(key)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, str) and entry and not entry.startswith("$"):
            said_in = document.origin((key, number)).file
            path = entry.partition("#")[0]
            file = os.path.normpath(os.path.join(os.path.dirname(said_in), path))  # noqa: PTH118, PTH120  links stay
            yield NamedFile(file, document.position((key, number)), key)

"""Files that campaigns or settings name: each path is relative to the file that says it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from reconciler.model.document import Document, Position


class NamedFile(NamedTuple):
    """A file that a list of a document names, called as the document is, and where it is named."""

    file: str
    position: Position


def named_files(document: Document, key: str) -> Iterator[NamedFile]:
    """The files that a key names, in their order; entries that are no text were told when the file was checked."""
    entries = document.values.get(key)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, str) and entry:
            said_in = document.origin((key, number)).file
            file = os.path.normpath(os.path.join(os.path.dirname(said_in), entry))  # noqa: PTH118, PTH120  links stay
            yield NamedFile(file, document.position((key, number)))

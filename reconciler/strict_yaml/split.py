"""A campaign text taken apart: some of its fields, each with its comments, in one text, and the others in another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Final

from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.strict_yaml.entries import Entry, has_entries, put_together, taken_apart
from reconciler.strict_yaml.page import Page
from reconciler.strict_yaml.reading import is_same, read
from reconciler.strict_yaml.tree import pairs

_SCHEMA: Final = re.compile(r"(#\s*yaml-language-server:\s*\$schema=)(\S+)")


def split(
    text: bytes, file: str, goes: Callable[[str], bool], first: Sequence[str] = (), *, footer_goes: bool = False
) -> tuple[bytes, bytes]:
    """The text with the fields that do not go, below what stands at its top, and one with those that do.

    Either may have no field. Comments below the last field stay, unless `footer_goes`. The lines `first` come above
    all fields that stay. Raises FilesError for a text with errors, and ReconcilerError where its fields cannot be
    told apart by lines, or share an anchor.
    """
    reading = read(text, file)
    root, page = reading.tree(), Page(reading.text)
    if not has_entries(page, root):
        raise _by_hand(file, "its fields do not stand on lines of their own")
    names = [key.text for key, _ in pairs(root)]
    header, entries = taken_apart(page, root, lambda _: 0, page.lines)
    footer = entries[len(names) :]
    stay = [entry for name, entry in zip(names, entries, strict=False) if not goes(name)]
    go = [entry for name, entry in zip(names, entries, strict=False) if goes(name)]
    end = page.line_break
    (go if footer_goes else stay).extend(footer)
    halves = [_text(entries, end) for entries in (stay, go)]
    found = {**_read(halves[0], file, stay), **_read(halves[1], file, go)}
    if not is_same(found, reading.values):
        raise _by_hand(file, "its fields share an anchor")
    top = "".join(f"{line}{end}" for line in (*header, *first))
    return (top + halves[0]).encode(), halves[1].encode()


def _text(entries: Sequence[Entry], end: str) -> str:
    return "".join(f"{line}{end}" for line in put_together(entries, [entry.paragraph for entry in entries]))


def _read(text: str, file: str, entries: Sequence[Entry]) -> dict[str, object]:
    try:
        return dict(read(text.encode(), file).values) if any(entry.lines for entry in entries) else {}
    except FilesError as error:
        raise _by_hand(file, error.problems[0].message) from None


def _by_hand(file: str, why: str) -> ReconcilerError:
    return ReconcilerError(f"{file} cannot be taken apart: {why}: do it by hand")


def with_schema_of(text: bytes, was: str, becomes: str) -> bytes:
    """The text of a file for another place: the way to the schema, for editors, goes from there."""

    def moved(found: re.Match[str]) -> str:
        way = found[2]
        if "://" in way or os.path.isabs(way):  # noqa: PTH117  text is enough
            return found[0]
        return found[1] + os.path.relpath(os.path.join(os.path.dirname(was), way), os.path.dirname(becomes) or ".")  # noqa: PTH118, PTH120

    return _SCHEMA.sub(moved, text.decode(), count=1).encode()

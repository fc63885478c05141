"""Writes ids into campaign texts at the place of their first field: everything else stays, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reconciler.model.document import Document, Problem, Value
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.strict_yaml.events import UTF8_MARK, is_misread
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.positions import LINE_BREAK, line_start
from reconciler.strict_yaml.quote import inline
from reconciler.strict_yaml.tree import tree

# An id that needs no quotes, if it is not misread.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_]+(?:-+[A-Za-z0-9_]+)*")


def pinned(text: bytes, campaign_id: str, file: str = "the file") -> bytes:
    """Write a campaign's id into a text that has none: a line above its first field, or in front of it in `{…}`.

    Raises FilesError for a text with errors, and ReconcilerError where there is an id, or no place to write one.
    """
    before = checked(text, file)
    if "id" in before.values:
        raise ReconcilerError(f"{file} has an id: one file is one campaign")
    mark, body = split_bom(text)
    line = _id_line(campaign_id)
    becomes = mark + _with_id(body, line).encode()
    if not means(becomes, Document(file, {"id": campaign_id, **before.values})):
        raise ReconcilerError(f"{file} has no place where an id could be added safely: write `{line}` into it by hand")
    return becomes


def _id_line(campaign_id: str) -> str:
    is_plain = _PLAIN.fullmatch(campaign_id) and not is_misread(campaign_id)
    return f"id: {campaign_id if is_plain else inline(campaign_id)}"


def _with_id(text: str, line: str) -> str:
    root = tree(text)
    first = root.children[0].start if root.children else root.end - 1
    if root.style and root.children:
        return f"{text[:first]}{line}, {text[first:]}"
    start = line_start(text, first)
    around = text[start:first]
    indentation = around[: len(around) - len(around.lstrip(" "))]
    return f"{text[:start]}{indentation}{line}{line_break(text)}{text[start:]}"


# What every rewriting needs


def checked(text: bytes, file: str) -> Document:
    """The document of a text; raises FilesError where it has errors."""
    return sound(*parse(text, file))


def sound(document: Document | None, problems: Sequence[Problem]) -> Document:
    """A document that was read; raises FilesError where it has errors."""
    if document is None or any(problem.is_error for problem in problems):
        raise FilesError(problems)
    return document


def means(text: bytes, document: Document) -> bool:
    """Whether a text reads without errors, and as exactly these values; True is not 1 here."""
    try:
        read = checked(text, document.file)
    except FilesError:
        return False
    return is_same(read.values, document.values)


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are the same, of the same types throughout; the order of mappings is no matter."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(inner, other[key]) for key, inner in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    # Minus zero is a text of its own.
    return repr(one) == repr(other) if isinstance(one, float) else bool(one == other)


def split_bom(text: bytes) -> tuple[bytes, str]:
    """The byte order mark of a text, if it has one, and the rest of it."""
    body = text.removeprefix(UTF8_MARK)
    return text[: len(text) - len(body)], body.decode()


def line_break(text: str) -> str:
    """How the lines of a text end: as the first of them does."""
    found = LINE_BREAK.search(text)
    return found[0] if found else "\n"

"""Writes ids into campaign texts at the place of their first field: everything else stays, byte for byte."""

from __future__ import annotations

import re
from typing import Final

from reconciler.model.errors import ReconcilerError
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.page import line_break
from reconciler.strict_yaml.positions import line_start
from reconciler.strict_yaml.quote import inline
from reconciler.strict_yaml.reading import Reading, means, read

# An id that needs no quotes, if it is not misread.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_]+(?:-+[A-Za-z0-9_]+)*")


def pinned(text: bytes, campaign_id: str, file: str = "the file") -> bytes:
    """Write a campaign's id into a text that has none: a line above its first field, or in front of it in `{…}`.

    Raises FilesError for a text with errors, and ReconcilerError where there is an id, or no place to write one.
    """
    before = read(text, file)
    if "id" in before.values:
        raise ReconcilerError(f"{file} has an id: one file is one campaign")
    line = _id_line(campaign_id)
    becomes = before.mark + _with_id(before, line).encode()
    if not means(becomes, {"id": campaign_id, **before.values}):
        raise ReconcilerError(f"{file} has no place where an id could be added safely: write `{line}` into it by hand")
    return becomes


def _id_line(campaign_id: str) -> str:
    is_plain = _PLAIN.fullmatch(campaign_id) and not is_misread(campaign_id)
    return f"id: {campaign_id if is_plain else inline(campaign_id)}"


def _with_id(before: Reading, line: str) -> str:
    text, root = before.text, before.tree()
    first = root.children[0].start if root.children else root.end - 1
    if root.style and root.children:
        return f"{text[:first]}{line}, {text[first:]}"
    start = line_start(text, first)
    around = text[start:first]
    indentation = around[: len(around) - len(around.lstrip(" "))]
    return f"{text[:start]}{indentation}{line}{line_break(text)}{text[start:]}"

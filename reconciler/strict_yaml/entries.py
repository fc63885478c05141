"""A text as entries, of which others can be put together: fields with the comments and blank lines that are theirs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from reconciler.strict_yaml.page import Page, comments_inside, is_blank
from reconciler.strict_yaml.tree import Element, pairs

_MODELINE: Final = "yaml-language-server:"


class Entry(NamedTuple):
    """A field: its lines, and the comments above it that go with it. Or the comments at the end of the file.

    `paragraph` counts the blank lines above. `keeps_blanks` where blank lines below would belong to its text.
    """

    rank: int
    above: Sequence[str]
    lines: Sequence[str]
    paragraph: int
    keeps_blanks: bool


def has_entries(page: Page, root: Element) -> bool:
    """Whether each field of a text begins a line of its own, so that it can be taken apart."""
    return not root.style and all(not key.column or page.column(key.start) is not None for key in root.children[::2])


def taken_apart(
    page: Page, root: Element, rank: Callable[[str], int], lines: Sequence[str]
) -> tuple[Sequence[str], list[Entry]]:
    """What stays at the top, and everything else as entries, in the order of the text: a footer comes last.

    `lines` are those of the page, or become them: in each of them may be something else.
    """
    fields = pairs(root)
    starts = [key.line for key, _ in fields]
    column = fields[0][0].column
    header, above = _header(_squeezed(lines[: starts[0]]))
    entries, paragraph = [], 0
    for (key, value), start, below in zip(fields, starts, [*starts[1:], len(lines)], strict=True):
        stop = page.stop(value)
        between = lines[stop:below]
        inside = comments_inside(between, column) if between else 0
        own = lines[start : stop + inside]
        entries.append(Entry(rank(key.text), _aligned(above, column), own, paragraph, page.keeps_blanks(value)))
        above = _squeezed(between[inside:])
        paragraph += inside < len(between) and is_blank(between[inside])
    if any(above):
        footer = above[: len(above) - (not above[-1])]
        entries.append(Entry(sys.maxsize, footer, (), paragraph, keeps_blanks=False))
    return header, entries


def put_together(entries: Sequence[Entry], paragraphs: Sequence[int]) -> list[str]:
    """The lines of entries, with a blank line between paragraphs."""
    lines: list[str] = []
    last: tuple[Entry, int] | None = None
    for entry, paragraph in zip(entries, paragraphs, strict=True):
        if last and last[1] != paragraph and not last[0].keeps_blanks:
            lines.append("")
        lines += entry.above
        lines += entry.lines
        last = entry, paragraph
    return lines


def _squeezed(lines: Sequence[str]) -> Sequence[str]:
    """Without blank lines at the beginning, and with one where there are several."""
    if not lines:
        return ()
    return tuple(
        "" if is_blank(line) else line
        for before, line in pairwise(["", *lines])
        if not (is_blank(before) and is_blank(line))
    )


def _header(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What stands above the first field: what stays at the top, and the comment that goes with the field."""
    stop = len(lines)
    while stop and lines[stop - 1].lstrip(" ").startswith("#") and _MODELINE not in lines[stop - 1]:
        stop -= 1
    return lines[:stop], lines[stop:]


def _aligned(comments: Sequence[str], column: int) -> Sequence[str]:
    """Comments as deep as the key below: deeper, they would become text where a text in a block comes before them."""
    return [line and " " * column + line.lstrip(" ") for line in comments] if comments else ()

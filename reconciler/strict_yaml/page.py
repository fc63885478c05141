"""A text as lines: where values end on it, and which comments below belong to them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import takewhile
from typing import Final

from reconciler.strict_yaml.positions import LINE_BREAK
from reconciler.strict_yaml.tree import BLOCK, Edit, Element, within

BLOCK_HEADER: Final = re.compile(r"[|>]([-+0-9]*)")


class Page:
    """A text as lines, without their ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = lines_of(text)
        self.ends_with_break = text.endswith(("\n", "\r")) or not text
        self.line_break = line_break(text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in LINE_BREAK.finditer(self.text))]

    def line_of(self, index: int) -> int:
        """The line that a character is in, from 0."""
        return bisect_right(self._starts, index) - 1

    def start_of(self, line: int) -> int:
        """The index at which a line begins; the end of the text behind the last one."""
        return self._starts[line] if line < len(self.lines) else len(self.text)

    def end_of(self, index: int) -> int:
        """The index at which the line of a character ends, before its break."""
        line = self.line_of(index)
        return self._starts[line] + len(self.lines[line])

    def lines_at(self, line: int, lines: Sequence[str]) -> Edit:
        """The edit that puts lines above a line, or below the last one, which may have no break."""
        start = self.start_of(line)
        if line < len(self.lines) or self.ends_with_break:
            return start, start, "".join(f"{one}{self.line_break}" for one in lines)
        return start, start, "".join(f"{self.line_break}{one}" for one in lines)

    def column(self, index: int) -> int | None:
        """How far the first thing on its line is indented; None where something comes before it."""
        start = self._starts[self.line_of(index)]
        return index - start if not self.text[start:index].strip(" ") else None

    def stop(self, value: Element) -> int:
        """The first line below a value."""
        end = value.ended.end_mark
        stop: int = end.line + (end.column > 0)
        if value.block and not self.keeps_blanks(value):
            while is_blank(self.lines[stop - 1]):
                stop -= 1
        return stop

    def keeps_blanks(self, value: Element) -> bool:
        """Whether a value ends with a text to which the blank lines below belong: one that begins with `|+`."""
        block = value.block
        header = BLOCK_HEADER.search(self.text, block.start_mark.index) if block else None
        return header is not None and "+" in header[1]


def lines_of(text: str) -> list[str]:
    """The lines of a text, without their ends."""
    lines = LINE_BREAK.split(text) if "\r" in text else text.split("\n")
    if not lines[-1]:
        del lines[-1]
    return lines


def line_break(text: str) -> str:
    """How the lines of a text end: as the first of them does."""
    found = LINE_BREAK.search(text)
    return found[0] if found else "\n"


def is_blank(line: str) -> bool:
    """Nothing but spaces."""
    return not line.strip(" ")


def comments_inside(below: Sequence[str], column: int) -> int:
    """How many lines below a value are comments that belong to it, because they are indented more than its key."""
    if not below:
        return 0
    inner = list(takewhile(lambda line: is_blank(line) or _is_comment_inside(line, column), below))
    while inner and is_blank(inner[-1]):
        inner.pop()
    return len(inner)


def _is_comment_inside(line: str, column: int) -> bool:
    comment = line.lstrip(" ")
    return comment.startswith("#") and len(line) - len(comment) > column


def comments_of(page: Page, element: Element, lines: range, column: int) -> list[str] | None:
    """The comments in the lines of an element, as lines of their own; None where a text in a block hides them."""
    if any(one.style in BLOCK for one in within(element)):
        return None
    ends: dict[int, int] = {}
    for one in within(element):
        line = page.line_of(one.end - 1)
        ends[line] = max(one.end, ends.get(line, 0))
    found = []
    for line in lines:
        if line not in ends:
            found += [page.lines[line]] if page.lines[line].lstrip(" ").startswith("#") else []
            continue
        _, mark, comment = page.text[ends[line] : page.end_of(page.start_of(line))].partition("#")
        found += [f"{' ' * column}#{comment}"] if mark else []
    return found

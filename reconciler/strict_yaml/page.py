"""A text as lines: where values end on it, and which comments below belong to them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from reconciler.strict_yaml.positions import LINE_BREAK
from reconciler.strict_yaml.tree import Element

BLOCK_HEADER: Final = re.compile(r"[|>]([-+0-9]*)")
# The styles of text in a block.
BLOCK: Final = ("|", ">")


class Page:
    """A text as lines, without their ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = LINE_BREAK.split(text)
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]
        if not self.lines[-1]:
            del self.lines[-1]

    def line_of(self, index: int) -> int:
        """The line that a character is in, from 0."""
        return bisect_right(self._starts, index) - 1

    def column(self, index: int) -> int | None:
        """How far the first thing on its line is indented; None where something comes before it."""
        start = self._starts[self.line_of(index)]
        return index - start if not self.text[start:index].strip(" ") else None

    def stop(self, value: Element) -> int:
        """The first line below a value."""
        last = value.last
        if last.part.style not in BLOCK:
            return self.line_of(last.end - 1) + 1
        stop = bisect_left(self._starts, last.end)
        while not self.keeps_blanks(value) and is_blank(self.lines[stop - 1]):
            stop -= 1
        return stop

    def keeps_blanks(self, value: Element) -> bool:
        """Whether a value ends with a text to which the blank lines below belong: one that begins with `|+`."""
        last = value.last
        header = BLOCK_HEADER.search(self.text, last.part.start) if last.part.style in BLOCK else None
        return header is not None and "+" in header[1]


def is_blank(line: str) -> bool:
    """Nothing but spaces."""
    return not line.strip(" ")


def comments_inside(below: Sequence[str], column: int) -> int:
    """How many lines below a value are comments that belong to it, because they are indented more than its key."""
    inner = list(takewhile(lambda line: is_blank(line) or _is_comment_inside(line, column), below))
    while inner and is_blank(inner[-1]):
        inner.pop()
    return len(inner)


def _is_comment_inside(line: str, column: int) -> bool:
    comment = line.lstrip(" ")
    return comment.startswith("#") and len(line) - len(comment) > column

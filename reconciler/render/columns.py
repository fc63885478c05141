"""Text in columns and paragraphs that fit a terminal: widths, wrapping, tables, colours."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter

Row = Sequence[str]

# How far the lines are indented that a long line is broken into, from where it begins.
HANGING = 2


class Style(StrEnum):
    """How a piece of text is marked, as the number of its ANSI escape."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"


# A line of output before it is decided whether it gets colours.
Line = Sequence[tuple[str, Style]]


def drawn(lines: Iterable[Line], *, colour: bool, width: int | None = None) -> str:
    """The lines as one string; without the escapes it is the same with and without colour.

    Those that are longer than `width`, where there is one, are broken at spaces.
    """
    fitting = lines if width is None else [one for line in lines for one in _broken(line, width)]
    return "\n".join(_drawn(line, colour=colour) for line in fitting)


def _broken(line: Line, width: int) -> Iterator[Line]:
    """The line as the lines that it needs, each letter in its style."""
    text = "".join(piece for piece, _ in line)
    styles = [style for piece, style in line for _ in piece]
    hanging, start = len(text) - len(text.lstrip(" ")) + HANGING, 0
    for part in wrapped(text, width, hanging):
        letters = zip(part, styles[start:], strict=False)
        pieces = [
            ("".join(map(itemgetter(0), those)), style) for style, those in itertools.groupby(letters, itemgetter(1))
        ]
        yield [(" " * hanging, Style.PLAIN), *pieces] if start else pieces
        start += len(part) + 1  # and the space that it was broken at


def _drawn(line: Line, *, colour: bool) -> str:
    left = len("".join(text for text, _ in line).rstrip(" "))
    drawn = ""
    for text, style in line:
        piece, left = text[:left], left - min(len(text), left)
        drawn += f"\x1b[{style}m{piece}\x1b[0m" if colour and style and piece.strip(" ") else piece
    return drawn


def width_of(text: str) -> int:
    """The columns that a terminal needs for the text: two for wide East Asian letters, none for combining marks."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, width: int) -> str:
    """The text with spaces up to a width."""
    return text + " " * (width - width_of(text))


def wrapped(text: str, width: int, hanging: int = 0) -> list[str]:
    """The text in lines of at most this width, those after the first `hanging` narrower.

    It is cut at spaces only: a longer word has a line of its own.
    """
    if width_of(text) <= width:
        return [text]
    first, *words = text.split(" ")
    lines, taken, space = [[first]], width_of(first), width
    for word in words:
        needs = width_of(word)
        if taken + 1 + needs <= space:
            lines[-1].append(word)
            taken += 1 + needs
        else:
            lines.append([word])
            taken, space = needs, width - hanging
    return [" ".join(line) for line in lines]


def paragraph(text: str, width: int, indent: int = 0, hanging: int = 0, style: Style = Style.PLAIN) -> Iterator[Line]:
    """Lines of at most this width, indented, and those after the first by `hanging` more."""
    first, *rest = wrapped(text, width - indent, hanging)
    yield [(" " * indent + first, style)]
    for line in rest:
        yield [(" " * (indent + hanging) + line, style)]


def fitted(rows: Sequence[Row], space: int) -> list[int] | None:
    """The widths of the columns of a table in this much space; None if some word would be wider than its column."""
    columns = list(zip(*rows, strict=True))
    widths = [max(width_of(cell) for cell in column) for column in columns]
    least = [max(width_of(word) for cell in column for word in cell.split(" ")) for column in columns]
    if sum(least) > space:
        return None
    while sum(widths) > space:
        widest = max((i for i in range(len(widths)) if widths[i] > least[i]), key=lambda i: widths[i])
        widths[widest] -= 1
    lines = [
        [line for cell in column for line in wrapped(cell, width)]
        for column, width in zip(columns, widths, strict=True)
    ]
    return [max(map(width_of, column)) for column in lines]


def row_lines(row: Row, widths: Sequence[int]) -> list[Row]:
    """A row as the lines that it needs, every cell padded to its column."""
    cells = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    return [
        [padded(cell[i] if i < len(cell) else "", width) for cell, width in zip(cells, widths, strict=True)]
        for i in range(height)
    ]

"""The canonical form of a campaign file: fields in the schema's order, quotes where another tool would misread."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Final

from reconciler.model.fields import Fields
from reconciler.strict_yaml.edit import checked, line_break, means, split_bom
from reconciler.strict_yaml.events import Kind, Part, is_misread, parts
from reconciler.strict_yaml.scalars import is_text

_BREAK: Final = re.compile(r"\r\n|\r|\n")
# A comment glued to its `#` may be a part of the value that was cut off: the warning about it must not vanish.
_CUT: Final = re.compile(r" +#(?=\S)")
_BLOCK_HEADER: Final = re.compile(r"[|>]([-+0-9]*)")
_BLOCK: Final = ("|", ">")
_MODELINE: Final = "yaml-language-server:"
_MERGE: Final = "<<"

# Characters from start to end become this text.
_Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in its canonical form.

    `is_ordered` is False where fields stay out of order: sorting would change what they say, or they stand in `{…}`.
    """

    text: bytes
    is_ordered: bool


def formatted(text: bytes, file: str, fields: Fields) -> Formatted:
    """Bring the text of a campaign, defaults or environment file into its canonical form; its meaning stays.

    Raises FilesError for a text with errors.
    """
    said = checked(text, file)
    mark, given = split_bom(text)
    quoted = _edited(given, _quotes(given))
    ordered = _ordered(_edited(quoted, _inner_order(quoted, fields)), fields)
    # An alias may have come before its anchor, a text may have lost the end of its last line: then without sorting.
    chosen = next(candidate for candidate in (ordered, quoted, given) if means(candidate.encode(), said))
    names = [key.part.text for key, _ in _pairs(_tree(chosen))]
    return Formatted(mark + chosen.encode(), sorted(names, key=_rank(fields.names)) == names)


@dataclass(slots=True)
class _Node:
    """A part of the text with what is in it: of a mapping, keys and values in turn."""

    part: Part
    end: int
    children: list[_Node] = field(default_factory=list)

    @property
    def last(self) -> _Node:
        """What the lines of this value end with: a scalar, an alias, or brackets."""
        return self if self.part.style or not self.children else self.children[-1].last


def _tree(text: str) -> _Node:
    top = _Node(Part(Kind.SEQUENCE, 0, 0, "", ""), 0)
    around = [top]
    for part in parts(text.encode()):
        if part.kind is Kind.END:
            closed = around.pop()
            closed.end = part.end if closed.part.style else closed.children[-1].end
            continue
        around[-1].children.append(node := _Node(part, part.end))
        if part.kind in (Kind.MAPPING, Kind.SEQUENCE):
            around.append(node)
    return top.children[0]


def _pairs(mapping: _Node) -> list[tuple[_Node, _Node]]:
    return list(zip(mapping.children[::2], mapping.children[1::2], strict=True))


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    """The edits come in the order of the text."""
    pieces, at = [], 0
    for start, end, becomes in edits:
        pieces += [text[at:start], becomes]
        at = end
    return "".join([*pieces, text[at:]])


# Quotes


def _quotes(text: str) -> Iterator[_Edit]:
    for part in _values(_tree(text)):
        if part.style not in ("", "'") or not is_misread(part.text):
            continue
        # An anchor may stand before it, and a text over several lines is not misread.
        start = part.end - len(part.text) - 2 * len(part.style)
        is_one_piece = text[start : part.end] == f"{part.style}{part.text}{part.style}"
        if is_one_piece and (part.style or (is_text(part.text) and not _CUT.match(text, part.end))):
            yield start, part.end, f'"{part.text}"'


def _values(node: _Node) -> Iterator[Part]:
    match node.part.kind:
        case Kind.SCALAR:
            yield node.part
        case Kind.MAPPING:
            for value in node.children[1::2]:
                yield from _values(value)
        case _:
            for item in node.children:
                yield from _values(item)


# Order


def _rank(names: Iterable[str]) -> Callable[[str], int]:
    """Where a field stands in the schema's order; merges come first, and unknown fields last."""
    places = {_MERGE: -1} | {name: place for place, name in enumerate(names)}
    return lambda name: places.get(name, len(places))


def _inner_order(text: str, fields: Fields) -> Iterator[_Edit]:
    """Sort the keys of mappings in lists, such as `start` and `end` of a window, where no comment is among them."""
    for key, value in _pairs(_tree(text)):
        names = fields.schema["properties"].get(key.part.text, {}).get("items", {}).get("properties")
        if names and value.part.kind is Kind.SEQUENCE:
            for item in value.children:
                if item.part.kind is Kind.MAPPING:
                    yield from _sorted_in_place(text, item, _rank(names))


def _sorted_in_place(text: str, mapping: _Node, rank: Callable[[str], int]) -> Iterator[_Edit]:
    pairs = _pairs(mapping)
    ranked = sorted(pairs, key=lambda pair: rank(pair[0].part.text))
    if ranked == pairs or any(n.part.kind is not Kind.SCALAR or n.part.style in _BLOCK for n in mapping.children):
        return
    end = mapping.end if mapping.part.style else mapping.end + len(_BREAK.split(text[mapping.end :], maxsplit=1)[0])
    if "#" in text[mapping.part.start : end]:
        return
    for (key, value), (other_key, other_value) in zip(pairs, ranked, strict=True):
        yield key.part.start, value.end, text[other_key.part.start : other_value.end]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A field: its lines, and the comments above it that go with it. Or the comments at the end of the file.

    `paragraph` counts the blank lines above. `keeps_blanks` where blank lines below would belong to its text.
    """

    rank: int
    above: tuple[str, ...]
    lines: tuple[str, ...]
    paragraph: int
    keeps_blanks: bool


class _Page:
    """A text as lines, without their ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = _BREAK.split(text)
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        if not self.lines[-1]:
            del self.lines[-1]

    def line_of(self, offset: int) -> int:
        """The line that a character is in, from 0."""
        return bisect_right(self._starts, offset) - 1

    def column(self, offset: int) -> int | None:
        """How far the first thing on its line is indented; None where something comes before it."""
        start = self._starts[self.line_of(offset)]
        return offset - start if not self.text[start:offset].strip(" ") else None

    def stop(self, value: _Node) -> int:
        """The first line below a value."""
        last = value.last
        if last.part.style not in _BLOCK:
            return self.line_of(last.end - 1) + 1
        stop = bisect_left(self._starts, last.end)
        while not self.keeps_blanks(value) and _is_blank(self.lines[stop - 1]):
            stop -= 1
        return stop

    def keeps_blanks(self, value: _Node) -> bool:
        """Whether a value ends with a text to which the blank lines below belong: one that begins with `|+`."""
        last = value.last
        header = _BLOCK_HEADER.search(self.text, last.part.start) if last.part.style in _BLOCK else None
        return header is not None and "+" in header[1]


def _is_blank(line: str) -> bool:
    return not line.strip(" ")


def _squeezed(lines: Sequence[str]) -> tuple[str, ...]:
    """Without blank lines at the beginning, and with one where there are several."""
    return tuple(
        "" if _is_blank(line) else line
        for before, line in pairwise(["", *lines])
        if not (_is_blank(before) and _is_blank(line))
    )


def _ordered(text: str, fields: Fields) -> str:
    """Sort the fields, each with its comments; the text as it is where they don't begin lines of their own."""
    root, page = _tree(text), _Page(text)
    if root.part.style or None in {page.column(key.part.start) for key, _ in _pairs(root)}:
        return text
    header, entries = _taken_apart(page, _pairs(root), _rank(fields.names))
    order = sorted(range(len(entries)), key=lambda number: entries[number].rank)
    end = line_break(text)
    lines = [*header, *_put_together([entries[number] for number in order], _paragraphs(entries, order))]
    return end.join(lines) + end


def _taken_apart(
    page: _Page, pairs: Sequence[tuple[_Node, _Node]], rank: Callable[[str], int]
) -> tuple[tuple[str, ...], list[_Entry]]:
    """What stays at the top, and everything else."""
    first = page.line_of(pairs[0][0].part.start)
    column = page.column(pairs[0][0].part.start) or 0
    header, above = _header(_squeezed(page.lines[:first]))
    starts = [page.line_of(key.part.start) for key, _ in pairs]
    entries, paragraph = [], 0
    for (key, value), start, below in zip(pairs, starts, [*starts[1:], len(page.lines)], strict=True):
        stop = page.stop(value)
        stop += _inside(page.lines[stop:below], column)
        lines = tuple(page.lines[start:stop])
        comments = _aligned(above, column)
        entries.append(_Entry(rank(key.part.text), comments, lines, paragraph, page.keeps_blanks(value)))
        above = _squeezed(page.lines[stop:below])
        paragraph += stop < below and _is_blank(page.lines[stop])
    if any(above):
        footer = above[: len(above) - (not above[-1])]
        entries.append(_Entry(sys.maxsize, footer, (), paragraph, keeps_blanks=False))
    return header, entries


def _header(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands above the first field: what stays at the top, and the comment that goes with the field."""
    stop = len(lines)
    while stop and lines[stop - 1].lstrip(" ").startswith("#") and _MODELINE not in lines[stop - 1]:
        stop -= 1
    return tuple(lines[:stop]), tuple(lines[stop:])


def _aligned(comments: Sequence[str], column: int) -> tuple[str, ...]:
    """Comments as deep as the key below: deeper, they would become text where a text in a block comes before them."""
    return tuple(line and " " * column + line.lstrip(" ") for line in comments)


def _inside(below: Sequence[str], column: int) -> int:
    """How many lines below a value are comments that belong to it, because they are indented more than its key."""
    inner = list(takewhile(lambda line: _is_blank(line) or _is_comment_inside(line, column), below))
    while inner and _is_blank(inner[-1]):
        inner.pop()
    return len(inner)


def _is_comment_inside(line: str, column: int) -> bool:
    comment = line.lstrip(" ")
    return comment.startswith("#") and len(line) - len(comment) > column


def _paragraphs(entries: Sequence[_Entry], order: Sequence[int]) -> list[int]:
    """Which paragraph each entry belongs to, in their new order: one that moved goes to that of its neighbours."""
    steady = _longest_rise(order)
    below: list[int | None] = [None]
    for number in reversed(order):
        below.append(entries[number].paragraph if number in steady else below[-1])
    found: list[int] = []
    for number, next_below in zip(order, reversed(below[:-1]), strict=True):
        own = entries[number].paragraph
        around = [paragraph for paragraph in (*found[-1:], next_below) if paragraph is not None]
        found.append(own if number in steady or own in around else around[0])
    return found


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The most numbers that stand in rising order: those that need not move (patience sorting)."""
    tops: list[int] = []
    before: dict[int, int] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        before[number] = tops[pile - 1] if pile else -1
        tops[pile : pile + 1] = [number]
    rise, number = set(), tops[-1]
    while number >= 0:
        rise.add(number)
        number = before[number]
    return rise


def _put_together(entries: Sequence[_Entry], paragraphs: Sequence[int]) -> Iterator[str]:
    last: tuple[_Entry, int] | None = None
    for entry, paragraph in zip(entries, paragraphs, strict=True):
        if last and last[1] != paragraph and not last[0].keeps_blanks:
            yield ""
        yield from (*entry.above, *entry.lines)
        last = entry, paragraph

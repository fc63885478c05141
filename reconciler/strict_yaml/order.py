"""The fields of a text in the schema's order, each with the comments and blank lines that go with it."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from reconciler.model.fields import Fields
from reconciler.strict_yaml.edit import line_break
from reconciler.strict_yaml.events import Kind, Part
from reconciler.strict_yaml.page import BLOCK, Page, comments_inside, is_blank
from reconciler.strict_yaml.positions import LINE_BREAK
from reconciler.strict_yaml.tree import Edit, Element, edited, pairs, tree

_MODELINE: Final = "yaml-language-server:"
_MERGE: Final = "<<"


def ordered(text: str, root: Element, fields: Fields) -> tuple[str, bool]:
    """A text with its fields sorted, each with its comments, and whether they are; `root` is the top of the text.

    Fields that don't begin lines of their own stay where they are. An alias may end up before its anchor.
    """
    edits = [*_inner_order(text, root, fields)]
    text = edited(text, edits)
    root, page = tree(text) if edits else root, Page(text)
    if root.part.style or None in {page.column(key.part.start) for key, _ in pairs(root)}:
        return text, is_ordered(root, fields)
    header, entries = taken_apart(page, pairs(root), rank_in(fields.names))
    order = sorted(range(len(entries)), key=lambda number: entries[number].rank)
    end = line_break(text)
    lines = [*header, *put_together([entries[number] for number in order], _paragraphs(entries, order))]
    return end.join(lines) + end, True


@lru_cache
def rank_in(names: tuple[str, ...]) -> Callable[[str], int]:
    """Where a field stands in the schema's order; merges come first, and unknown fields last."""
    places = {_MERGE: -1} | {name: place for place, name in enumerate(names)}
    return lambda name: places.get(name, len(places))


def is_ordered(root: Element, fields: Fields) -> bool:
    """Whether the fields of a text stand in the schema's order."""
    return is_rising((key.part.text for key, _ in pairs(root)), rank_in(fields.names))


def is_rising(names: Iterable[str], rank: Callable[[str], int]) -> bool:
    """Whether names stand in the order of their ranks."""
    ranks = [*map(rank, names)]
    return ranks == sorted(ranks)


# Inside the values of fields


def rank_inside(name: str, fields: Fields) -> Callable[[str], int] | None:
    """Where the keys of the mappings stand that are in the list of this field; None where it has no such list."""
    names = fields.schema["properties"].get(name, {}).get("items", {}).get("properties")
    return rank_in(tuple(names)) if names else None


def _inner_order(text: str, root: Element, fields: Fields) -> Iterator[Edit]:
    """Sort the keys of mappings in lists, such as `start` and `end` of a window, where no comment is among them."""
    for key, value in pairs(root):
        if value.part.kind is Kind.SEQUENCE and (rank := rank_inside(key.part.text, fields)):
            for item in value.children:
                if item.part.kind is Kind.MAPPING:
                    yield from _sorted_in_place(text, item, rank)


def _sorted_in_place(text: str, mapping: Element, rank: Callable[[str], int]) -> Iterator[Edit]:
    """Exchange the fields of one mapping, and nothing around them."""
    written = pairs(mapping)
    if is_rising((key.part.text for key, _ in written), rank):
        return
    ranked = sorted(written, key=lambda pair: rank(pair[0].part.text))
    if not all(_is_movable(element.part) for element in mapping.children):
        return
    end = mapping.end if mapping.part.style else mapping.end + len(LINE_BREAK.split(text[mapping.end :], maxsplit=1)[0])
    if "#" in text[mapping.part.start : end]:
        return
    for (key, value), (other_key, other_value) in zip(written, ranked, strict=True):
        yield key.part.start, value.end, text[other_key.part.start : other_value.end]


def _is_movable(part: Part) -> bool:
    return part.kind is Kind.SCALAR and part.style not in BLOCK


# Fields as lines


class Entry(NamedTuple):
    """A field: its lines, and the comments above it that go with it. Or the comments at the end of the file.

    `paragraph` counts the blank lines above. `keeps_blanks` where blank lines below would belong to its text.
    """

    rank: int
    above: tuple[str, ...]
    lines: tuple[str, ...]
    paragraph: int
    keeps_blanks: bool


def _squeezed(lines: Sequence[str]) -> tuple[str, ...]:
    """Without blank lines at the beginning, and with one where there are several."""
    if not lines:
        return ()
    return tuple(
        "" if is_blank(line) else line
        for before, line in pairwise(["", *lines])
        if not (is_blank(before) and is_blank(line))
    )


def taken_apart(
    page: Page, pairs: Sequence[tuple[Element, Element]], rank: Callable[[str], int]
) -> tuple[tuple[str, ...], list[Entry]]:
    """What stays at the top, and everything else as entries, in the order of the text: a footer comes last."""
    first = page.line_of(pairs[0][0].part.start)
    column = page.column(pairs[0][0].part.start) or 0
    header, above = _header(_squeezed(page.lines[:first]))
    starts = [page.line_of(key.part.start) for key, _ in pairs]
    entries, paragraph = [], 0
    for (key, value), start, below in zip(pairs, starts, [*starts[1:], len(page.lines)], strict=True):
        stop = page.stop(value)
        stop += comments_inside(page.lines[stop:below], column)
        lines = tuple(page.lines[start:stop])
        comments = _aligned(above, column)
        entries.append(Entry(rank(key.part.text), comments, lines, paragraph, page.keeps_blanks(value)))
        above = _squeezed(page.lines[stop:below])
        paragraph += stop < below and is_blank(page.lines[stop])
    if any(above):
        footer = above[: len(above) - (not above[-1])]
        entries.append(Entry(sys.maxsize, footer, (), paragraph, keeps_blanks=False))
    return header, entries


def _header(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands above the first field: what stays at the top, and the comment that goes with the field."""
    stop = len(lines)
    while stop and lines[stop - 1].lstrip(" ").startswith("#") and _MODELINE not in lines[stop - 1]:
        stop -= 1
    return tuple(lines[:stop]), tuple(lines[stop:])


def _aligned(comments: Sequence[str], column: int) -> tuple[str, ...]:
    """Comments as deep as the key below: deeper, they would become text where a text in a block comes before them."""
    if not comments:
        return ()
    return tuple(line and " " * column + line.lstrip(" ") for line in comments)


def _paragraphs(entries: Sequence[Entry], order: Sequence[int]) -> list[int]:
    """Which paragraph each entry belongs to, in their new order: one that moved goes to that of its neighbours."""
    if all(number == place for place, number in enumerate(order)):
        return [entry.paragraph for entry in entries]
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


def put_together(entries: Sequence[Entry], paragraphs: Sequence[int]) -> Iterator[str]:
    """The lines of entries, with a blank line between paragraphs."""
    last: tuple[Entry, int] | None = None
    for entry, paragraph in zip(entries, paragraphs, strict=True):
        if last and last[1] != paragraph and not last[0].keeps_blanks:
            yield ""
        yield from (*entry.above, *entry.lines)
        last = entry, paragraph

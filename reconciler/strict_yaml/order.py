"""The fields of a text in the schema's order, each with the comments and blank lines that go with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from reconciler.model.fields import Fields
from reconciler.strict_yaml.entries import Entry, put_together, taken_apart
from reconciler.strict_yaml.page import Page
from reconciler.strict_yaml.positions import LINE_BREAK
from reconciler.strict_yaml.tree import BLOCK, Element, Kind, pairs

_MERGE: Final = "<<"

# The characters from start to end.
Span = tuple[int, int]


# Ranks


@lru_cache
def rank_in(names: tuple[str, ...]) -> Callable[[str], int]:
    """Where a field stands in the schema's order; merges come first, and unknown fields last."""
    places = {_MERGE: -1} | {name: place for place, name in enumerate(names)}
    return lambda name: places.get(name, len(places))


def rank_inside(name: str, fields: Fields) -> Callable[[str], int] | None:
    """Where the keys of the mappings stand that are in the list of this field; None where it has no such list."""
    names = fields.schema["properties"].get(name, {}).get("items", {}).get("properties")
    return rank_in(tuple(names)) if names else None


def is_ordered(root: Element, fields: Fields) -> bool:
    """Whether the fields of a text stand in the schema's order."""
    return is_rising((key.text for key, _ in pairs(root)), rank_in(fields.names))


def is_rising(names: Iterable[str], rank: Callable[[str], int]) -> bool:
    """Whether names stand in the order of their ranks."""
    ranks = [*map(rank, names)]
    return ranks == sorted(ranks)


# Fields


def ordered(page: Page, root: Element, fields: Fields, lines: Sequence[str]) -> str:
    """A text that has entries with its fields sorted, each with its comments; `lines` as to take it apart.

    An alias may end up before its anchor.
    """
    header, entries = taken_apart(page, root, rank_in(fields.names), lines)
    order = sorted(range(len(entries)), key=lambda number: entries[number].rank)
    body = put_together([entries[number] for number in order], _paragraphs(entries, order))
    return page.line_break.join([*header, *body, ""])


def _paragraphs(entries: Sequence[Entry], order: Sequence[int]) -> list[int]:
    """Which paragraph each entry belongs to, in their new order: one that moved goes to that of its neighbours."""
    steady = _longest_rise(order)
    if len(steady) == len(order):
        return [entry.paragraph for entry in entries]
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


# Inside the values of fields


def moves(text: str, root: Element, fields: Fields) -> Iterator[tuple[Span, Span]]:
    """What sorts the keys of mappings in lists, such as `start` and `end` of a window: the place of one, and which.

    Those among which there is a comment stay as they are.
    """
    for key, value in pairs(root):
        if value.children and value.kind is Kind.SEQUENCE and (rank := rank_inside(key.text, fields)):
            for item in value.children:
                if item.kind is Kind.MAPPING:
                    yield from _moves_in(text, item, rank)


def _moves_in(text: str, mapping: Element, rank: Callable[[str], int]) -> Iterator[tuple[Span, Span]]:
    """Exchange the fields of one mapping, and nothing around them."""
    written = pairs(mapping)
    if is_rising((key.text for key, _ in written), rank):
        return
    if not all(element.kind is Kind.SCALAR and element.style not in BLOCK for element in mapping.children):
        return
    end = mapping.end if mapping.style else mapping.end + len(LINE_BREAK.split(text[mapping.end :], maxsplit=1)[0])
    if "#" in text[mapping.start : end]:
        return
    ranked = sorted(written, key=lambda pair: rank(pair[0].text))
    for (key, value), (other_key, other_value) in zip(written, ranked, strict=True):
        yield (key.start, value.end), (other_key.start, other_value.end)

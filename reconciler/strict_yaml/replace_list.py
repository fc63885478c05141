"""Another list in the place of one that stands in a text: entries that stay are not touched, comments are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from reconciler.model.document import Value
from reconciler.strict_yaml.like import Unsafe, scalar
from reconciler.strict_yaml.page import Page, comments_of
from reconciler.strict_yaml.quote import inline
from reconciler.strict_yaml.tree import BLOCK, Edit, Element, Kind, edited, within

_DASH: Final = re.compile(r"-(?: *)")
_COMMA: Final = re.compile(r" *,? *")


# The edits that give a value another one: page, the value's element, what it is, what it becomes, where it may begin.
Replace = Callable[[Page, Element, Value, Value, int], list[Edit]]


def entries_replaced(
    page: Page, element: Element, was: Sequence[Value], becomes: Sequence[Value], inner: Replace
) -> list[Edit]:
    """The edits that make one list of the other; none of them is empty. Raises Unsafe."""
    moves = _moves(was, becomes)
    return (
        _Brackets(page, element, was, inner).edits(moves)
        if element.style
        else _Dashes(page, element, was, inner).edits(moves)
    )


@dataclass(slots=True)
class _Moves:
    """What becomes of a list: entries by their places that get another value or go, and what comes before a place."""

    changed: dict[int, Value] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    come: dict[int, list[Value]] = field(default_factory=dict)


def _moves(was: Sequence[Value], becomes: Sequence[Value]) -> _Moves:
    """The least that makes one list of the other: what is between the same neighbours is changed in its place."""
    moves = _Moves()
    matcher = SequenceMatcher(None, [inline(one) for one in was], [inline(one) for one in becomes], autojunk=False)
    for tag, start, stop, other_start, other_stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        fresh = becomes[other_start:other_stop]
        moves.changed.update(zip(range(start, stop), fresh, strict=False))
        moves.gone += range(start + len(fresh), stop)
        if rest := list(fresh[stop - start :]):
            moves.come[stop] = rest
    return moves


@dataclass(frozen=True, slots=True)
class _Brackets:
    """A list in `[…]`."""

    page: Page
    element: Element
    was: Sequence[Value]
    inner: Replace

    def edits(self, moves: _Moves) -> list[Edit]:
        """The edits, in the order of the text."""
        entries, text = self.element.children, self.page.text
        found: list[Edit] = []
        for place, entry in enumerate(entries):
            if fresh := moves.come.get(place):
                found.append((entry.start, entry.start, "".join(f"{self._like(one)}, " for one in fresh)))
            if place in moves.changed:
                found += self.inner(self.page, entry, self.was[place], moves.changed[place], entry.start)
            elif place in moves.gone:
                found.append(self._without(place, moves))
        if fresh := moves.come.get(len(entries)):
            end = entries[-1].end
            between = text[entries[-2].end : entries[-1].start] if len(entries) > 1 else ", "
            comma = ", " if "#" in between else between
            found.append((end, end, "".join(f"{comma}{self._like(one)}" for one in fresh)))
        return found

    def _without(self, place: int, moves: _Moves) -> Edit:
        """An entry with the comma that goes with it: that behind it, or where nothing stays behind, that before it."""
        entries, text = self.element.children, self.page.text
        start, end = entries[place].start, entries[place].end
        is_last = all(later in moves.gone for later in range(place, len(entries)))
        if is_last and place and "#" not in text[entries[place - 1].end : start]:
            return entries[place - 1].end, end, ""
        comma = _COMMA.match(text, end)
        return start, comma.end() if comma else end, ""

    def _like(self, fresh: Value) -> str:
        """An entry written as the last one is, where that is text in quotes or without."""
        last = self.element.children[-1]
        return scalar(fresh, last.style, last.text) if last.kind is Kind.SCALAR else _cloned(self, fresh)


@dataclass(frozen=True, slots=True)
class _Dashes:
    """A list of entries with a dash each, in lines of their own."""

    page: Page
    element: Element
    was: Sequence[Value]
    inner: Replace

    def edits(self, moves: _Moves) -> list[Edit]:
        """The edits, in the order of the text."""
        found: list[Edit] = []
        dashes = [self._dash(entry) for entry in self.element.children]
        for place, (entry, dash) in enumerate(zip(self.element.children, dashes, strict=True)):
            if fresh := moves.come.get(place):
                at = self.page.start_of(self.page.line_of(dash))
                found.append((at, at, "".join(f"{self._like(one)}{self.page.line_break}" for one in fresh)))
            if place in moves.changed:
                found += self.inner(self.page, entry, self.was[place], moves.changed[place], dash + 1)
            elif place in moves.gone:
                first, stop = self.page.line_of(dash), self.page.stop(entry)
                kept = comments_of(self.page, entry, range(first, stop), dash - self.page.start_of(first))
                if kept is None:
                    raise Unsafe
                found.append(
                    (
                        self.page.start_of(first),
                        self.page.start_of(stop),
                        "".join(f"{one}{self.page.line_break}" for one in kept),
                    )
                )
        if fresh := moves.come.get(len(dashes)):
            found.append(self.page.lines_at(self.page.stop(self.element), [self._like(one) for one in fresh]))
        return found

    def _dash(self, entry: Element) -> int:
        """Where the dash of an entry is: the nearest one before it that begins its line."""
        line = self.page.line_of(entry.start)
        while not self.page.lines[line].lstrip(" ").startswith("-"):
            line -= 1
        return self.page.start_of(line) + self.page.lines[line].index("-")

    def _like(self, fresh: Value) -> str:
        """The lines of an entry, without the last break, written as the last one is."""
        last = self.element.children[-1]
        dash = self._dash(last)
        column = dash - self.page.start_of(self.page.line_of(dash))
        found = _DASH.match(self.page.text, dash)
        gap = found[0] if found and found.end() == last.start else "- "
        is_scalar = last.kind is Kind.SCALAR and last.style not in BLOCK
        written = scalar(fresh, last.style, last.text) if is_scalar else _cloned(self, fresh)
        return f"{' ' * column}{gap}{written}"


def _cloned(among: _Brackets | _Dashes, fresh: Value) -> str:
    """A copy of the last entry with other values in it, as long as it has neither comments nor anchors."""
    last = among.element.children[-1]
    start, end = last.start, last.end
    text = among.page.text
    is_simple = last.kind is Kind.MAPPING and not any(
        one.kind is Kind.ALIAS or one.style in BLOCK for one in within(last)
    )
    if not is_simple or any(mark in text[start:end] for mark in "#&"):
        return inline(fresh)
    edits = among.inner(among.page, last, among.was[-1], fresh, start)
    if any(edit[0] < start or edit[1] > end for edit in edits):
        return inline(fresh)
    return edited(text[:end], edits)[start:]

"""What the library reads and other YAML tools refuse or read otherwise: nobody should have to know which is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from reconciler.model.document import Problem
from reconciler.strict_yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NextEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from reconciler.strict_yaml.positions import LINE_BREAK, mark_at
from reconciler.strict_yaml.problems import problem_at

_PROPERTIES: Final = re.compile(r"(?:&\S++(?:\s++|#[^\r\n]*+)*+)?")
_ANCHOR: Final = re.compile(r"&[\w-]+(?![\s\w-])")
_BEHIND_A_NAME: Final = re.compile(r"[\s,\]}]|\Z")
_LINE: Final = re.compile(r"(?:\r\n|\r|\n)( *)([^ \r\n])?")
_NO_BREAK: Final = re.compile(r"[^\r\n]")
# A comment with the character before it, and a `?` that begins a text: in what is left between the scalars.
_INDICATOR: Final = re.compile(r"(?:(?<=\S)(#)|#)[^\r\n]*|(?<![\w-])(\?)(?=\S)")
# The header of a block text that says by itself how far it is indented is no matter of dispute.
_HEADER: Final = re.compile(r"[|>][-+]?(?: [^\r\n]*)?(?=[\r\n])")
# Nobody mends more at once.
_MOST: Final = 20

INDENT: Final = "indent this line by more than the field that its value belongs to"
GLUED: Final = "put a space before the `#` of a comment, or all of the value in quotes"
QUESTION: Final = "put a text that begins with `?` in quotes"
NAME: Final = "put a space behind a name after `&` or `*`, or the value in quotes if they belong to it"
BLANKS: Final = "a blank line above is indented by more than this first line of the text: remove its blanks"


def disputes(text: str, file: str, next_event: NextEvent) -> Iterator[Problem]:
    """A problem for each place where a text that the library reads is refused, or read otherwise, by other tools.

    A value that goes on at too little indentation, a comment glued to what stands before it, blanks before a block
    text that are longer than its first line's, `?key` as a text, names of anchors with more than letters in them.
    """
    walk = _Walk(text)
    for index, message in sorted({*walk.found(next_event), *_between(text, walk.scalars)})[:_MOST]:
        yield problem_at(file, mark_at(text, index), message)


class _Open(NamedTuple):
    """A collection that is open: the column of its entries, or in brackets that of the block around it."""

    column: int
    is_flow: bool
    start: int


class _Walk:
    """Goes through a text event by event, with the collections around each."""

    def __init__(self, text: str) -> None:
        self.scalars: list[tuple[int, int]] = []
        self._text = text
        self._open = [_Open(-1, is_flow=False, start=0)]

    def found(self, next_event: NextEvent) -> Iterator[tuple[int, str]]:
        """The places that are disputed, with what to do there."""
        while type(event := next_event()) is not StreamEndEvent:
            kind = type(event)
            if kind in (MappingStartEvent, SequenceStartEvent):
                yield from self._begun(event)
            elif kind in (MappingEndEvent, SequenceEndEvent):
                ended = self._open.pop()
                if ended.is_flow and not self._open[-1].is_flow:
                    yield from self._low_lines(ended.start, event.end_mark.index, brackets="]}")
            elif kind is ScalarEvent:
                yield from self._scalar(event)
            elif kind is AliasEvent:
                yield from self._name(event.start_mark.index, event.end_mark.index)

    def _begun(self, event: Event) -> Iterator[tuple[int, str]]:
        properties = self._properties(event)
        start = event.start_mark.index + len(properties)
        column = self._open[-1].column
        if not event.flow_style:
            lines = LINE_BREAK.split(properties)
            column = len(lines[-1]) + (event.start_mark.column if len(lines) == 1 else 0)
        self._open.append(_Open(column, event.flow_style, start))
        yield from self._anchored(event)

    def _scalar(self, event: Event) -> Iterator[tuple[int, str]]:
        start, end = event.start_mark.index + len(self._properties(event)), event.end_mark.index
        self.scalars.append((start, end))
        yield from self._anchored(event)
        if event.style in ("'", '"'):
            yield from self._low_lines(start, end)
        elif event.style and not event.value.strip("\n"):
            yield from self._long_blanks(start)

    def _anchored(self, event: Event) -> Iterator[tuple[int, str]]:
        if event.anchor and (anchor := _ANCHOR.match(self._text, event.start_mark.index)):
            yield from self._name(event.start_mark.index, anchor.end())

    def _name(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Tell of a name of an anchor that goes on for other tools, where it has ended for the library."""
        if not _BEHIND_A_NAME.match(self._text, end):
            yield start, NAME

    def _properties(self, event: Event) -> str:
        """The anchor before a node, with all that is between the two."""
        found = _PROPERTIES.match(self._text, event.start_mark.index) if event.anchor else None
        return found[0] if found else ""

    def _low_lines(self, start: int, end: int, brackets: str = "") -> Iterator[tuple[int, str]]:
        """Tell the first line of a value that is indented by too little; a bracket that closes it may stand lower."""
        least = self._open[-1].column + 1
        for line in _LINE.finditer(self._text, start, end):
            width, first = len(line[1]), line[2]
            if not first or width >= least or (brackets and first == "#"):
                continue
            if width < least - 1 or first not in brackets or not brackets:
                yield line.end() - 1, INDENT
                return

    def _long_blanks(self, start: int) -> Iterator[tuple[int, str]]:
        """Tell where a block text without a line has one for other tools: blank lines say how far it is indented."""
        longest = 0
        header = _HEADER.match(self._text, start)
        for line in _LINE.finditer(self._text, header.end()) if header else ():
            if line[2]:
                if self._open[-1].column < len(line[1]) < longest:
                    yield line.end() - 1, BLANKS
                return
            longest = max(longest, len(line[1]))


def _between(text: str, scalars: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """The places between the scalars where a comment is glued to something, or a `?` to a text."""
    pieces: list[str] = []
    at = 0
    for start, end in scalars:
        pieces += text[at:start], _NO_BREAK.sub("x", text[start:end])
        at = max(at, end)
    for hit in _INDICATOR.finditer("".join([*pieces, text[at:]])):
        if hit[1]:
            yield hit.start(), GLUED
        elif hit[2]:
            yield hit.start(), QUESTION

"""A text as a tree of what is inside what: for edits that keep everything else as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from reconciler.strict_yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

# Characters from start to end become this text.
Edit = tuple[int, int, str]
# The styles of text in a block.
BLOCK: Final = ("|", ">")


class Kind(Enum):
    """What an element of a text is."""

    SCALAR = "scalar"
    ALIAS = "alias"
    MAPPING = "mapping"
    SEQUENCE = "sequence"


_KINDS: Final[Mapping[type, Kind]] = {
    ScalarEvent: Kind.SCALAR,
    AliasEvent: Kind.ALIAS,
    MappingStartEvent: Kind.MAPPING,
    SequenceStartEvent: Kind.SEQUENCE,
}


class Element:
    """One thing in a YAML text, with what is in it: of a mapping, keys and values in turn.

    `style` is how a scalar is quoted (`'`, `"`, `|`, `>`, or not at all), or `{` for a collection in brackets. `begun`
    and `ended` are the events at which it begins and ends: its last scalar, alias, or bracket.
    """

    __slots__ = ("begun", "children", "ended", "style")

    def __init__(self, begun: Event, style: str, children: Sequence[Element]) -> None:
        self.begun = self.ended = begun
        self.style = style
        self.children = children

    @property
    def kind(self) -> Kind:
        """What this is."""
        return _KINDS[type(self.begun)]

    @property
    def text(self) -> str:
        """What a scalar says; nothing of all others."""
        return getattr(self.begun, "value", "")

    @property
    def start(self) -> int:
        """The index of its first character, of an anchor before it too, counted from behind a byte order mark."""
        return self.begun.start_mark.index  # type: ignore[no-any-return]  # the library's stubs don't say

    @property
    def line(self) -> int:
        """The line in which it begins, from 0."""
        return self.begun.start_mark.line  # type: ignore[no-any-return]  # as above

    @property
    def column(self) -> int:
        """How far from the left it begins."""
        return self.begun.start_mark.column  # type: ignore[no-any-return]  # as above

    @property
    def end(self) -> int:
        """The index behind it; a text in a block ends where the first line after its blank lines begins."""
        return self.ended.end_mark.index  # type: ignore[no-any-return]  # as above

    @property
    def block(self) -> Event | None:
        """The text in a block that it ends with, or is."""
        ended = self.ended
        return ended if type(ended) is ScalarEvent and ended.style in BLOCK else None


def tree_of(all_events: Iterable[Event]) -> Element:
    """The top of a text without errors, of all its events."""
    top: list[Element] = []
    inside, around = top, [top]
    for event in all_events:
        kind = type(event)
        if kind is ScalarEvent:
            inside.append(Element(event, event.style, ()))
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            within: list[Element] = []
            inside.append(Element(event, "{" if event.flow_style else "", within))
            around.append(within)
            inside = within
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            around.pop()
            last, inside = inside, around[-1]
            inside[-1].ended = event if inside[-1].style else last[-1].ended
        elif kind is AliasEvent:
            inside.append(Element(event, "", ()))
    return top[0]


def pairs(mapping: Element) -> list[tuple[Element, Element]]:
    """Keys with their values."""
    return list(zip(mapping.children[::2], mapping.children[1::2], strict=True))


def within(element: Element) -> Iterator[Element]:
    """An element and all that is in it."""
    yield element
    for child in element.children:
        yield from within(child)


def scalars(element: Element) -> list[Element]:
    """All scalars in it that are no keys, in the order of the text."""
    found: list[Element] = []
    ahead = [element]
    while ahead:
        one = ahead.pop()
        if type(one.begun) is ScalarEvent:
            found.append(one)
        elif one.children:
            ahead += reversed(one.children[1::2] if type(one.begun) is MappingStartEvent else one.children)
    return found


def edited(text: str, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
    """The text from start to end with all edits done, which are in it and come in the order of the text."""
    pieces, at = [], start
    for first, stop, becomes in edits:
        pieces += [text[at:first], becomes]
        at = stop
    return "".join([*pieces, text[at:end]])

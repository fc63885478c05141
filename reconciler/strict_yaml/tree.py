"""The parts of a text as a tree of what is inside what: for edits that keep everything else as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.strict_yaml.events import Kind, Part, parts

# Characters from start to end become this text.
Edit = tuple[int, int, str]


@dataclass(slots=True)
class Element:
    """A part of the text with what is in it: of a mapping, keys and values in turn."""

    part: Part
    end: int
    children: list[Element] = field(default_factory=list)

    @property
    def last(self) -> Element:
        """What the lines of this value end with: a scalar, an alias, or brackets."""
        return self if self.part.style or not self.children else self.children[-1].last


def tree(text: str) -> Element:
    """The top of a text that `parse` read without errors."""
    top = Element(Part(Kind.SEQUENCE, 0, 0, "", ""), 0)
    around = [top]
    for part in parts(text.encode()):
        if part.kind is Kind.END:
            closed = around.pop()
            closed.end = part.end if closed.part.style else closed.children[-1].end
            continue
        around[-1].children.append(element := Element(part, part.end))
        if part.kind in (Kind.MAPPING, Kind.SEQUENCE):
            around.append(element)
    return top.children[0]


def pairs(mapping: Element) -> list[tuple[Element, Element]]:
    """Keys with their values."""
    return list(zip(mapping.children[::2], mapping.children[1::2], strict=True))


def scalars(element: Element) -> Iterator[Part]:
    """All scalars in it that are no keys."""
    match element.part.kind:
        case Kind.SCALAR:
            yield element.part
        case Kind.MAPPING:
            for value in element.children[1::2]:
                yield from scalars(value)
        case _:
            for item in element.children:
                yield from scalars(item)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits done, which come in the order of the text."""
    pieces, at = [], 0
    for start, end, becomes in edits:
        pieces += [text[at:start], becomes]
        at = end
    return "".join([*pieces, text[at:]])

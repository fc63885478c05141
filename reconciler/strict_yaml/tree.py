"""The parts of a text as a tree of what is inside what: for edits that keep everything else as it was written."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.strict_yaml.events import Kind, Part, parts

# Characters from start to end become this text.
Edit = tuple[int, int, str]


class Element:
    """A part of the text with what is in it: of a mapping, keys and values in turn."""

    __slots__ = ("children", "end", "part")

    def __init__(self, part: Part, end: int) -> None:
        self.part = part
        self.end = end
        self.children: list[Element] = []

    @property
    def last(self) -> Element:
        """What the lines of this value end with: a scalar, an alias, or brackets."""
        return self if self.part.style or not self.children else self.children[-1].last


def tree(text: str) -> Element:
    """The top of a text that `parse` read without errors."""
    return tree_of(parts(text.encode()))


def tree_of(all_parts: Iterable[Part]) -> Element:
    """The same of parts that were read already."""
    top = Element(Part(Kind.SEQUENCE, 0, 0, "", ""), 0)
    around = [top]
    inside = top.children
    for part in all_parts:
        kind = part.kind
        if kind is Kind.END:
            closed = around.pop()
            closed.end = part.end if closed.part.style else closed.children[-1].end
            inside = around[-1].children
            continue
        inside.append(element := Element(part, part.end))
        if kind is not Kind.SCALAR and kind is not Kind.ALIAS:
            around.append(element)
            inside = element.children
    return top.children[0]


def pairs(mapping: Element) -> list[tuple[Element, Element]]:
    """Keys with their values."""
    return list(zip(mapping.children[::2], mapping.children[1::2], strict=True))


def scalars(element: Element) -> list[Part]:
    """All scalars in it that are no keys, in the order of the text."""
    found: list[Part] = []
    ahead = [element]
    while ahead:
        part, children = (element := ahead.pop()).part, element.children
        if part.kind is Kind.SCALAR:
            found.append(part)
        elif children:
            ahead += reversed(children[1::2] if part.kind is Kind.MAPPING else children)
    return found


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits done, which come in the order of the text."""
    pieces, at = [], 0
    for start, end, becomes in edits:
        pieces += [text[at:start], becomes]
        at = end
    return "".join([*pieces, text[at:]])

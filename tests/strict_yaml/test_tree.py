from __future__ import annotations

from reconciler.strict_yaml.reading import read
from reconciler.strict_yaml.tree import Element, Kind


def tree(text: str) -> Element:
    """The top of a text."""
    return read(text.encode(), "c.yaml").tree()


def shown(element: Element) -> list[object]:
    """An element and all that is in it, in the order of the text."""
    own = (element.kind, element.start, element.end, element.text, element.style)
    return [own, *(one for child in element.children for one in shown(child))]


def test_everything_stands_where_it_is_written() -> None:
    assert shown(tree("a: &x 'b'\nc: [*x]\n")) == [
        (Kind.MAPPING, 0, 17, "", ""),
        (Kind.SCALAR, 0, 1, "a", ""),
        (Kind.SCALAR, 3, 9, "b", "'"),
        (Kind.SCALAR, 10, 11, "c", ""),
        (Kind.SEQUENCE, 13, 17, "", "{"),
        (Kind.ALIAS, 14, 16, "", ""),
    ]


def test_a_text_in_a_block_goes_to_the_line_below() -> None:
    root = tree("a:\n  - |\n    b\n\nc: d\n")

    first, last = root.children[1], root.children[3]
    assert (first.start, first.end, first.block is first.ended, last.block) == (5, 16, True, None)
    assert (last.line, last.column) == (4, 3)

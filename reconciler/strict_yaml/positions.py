"""Where everything in a YAML file stands: marks by path, packed until somebody asks for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.model.document import Mark, Path

MAX_BYTES: Final = 8 * 1024 * 1024
TOP: Final = Mark(1, 1)
LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")

# A line and a column, counting from 0, in one number: one is made for every value, and hardly any is looked at.
# Numbers cost the garbage collector nothing. No line is longer than a file may be.
Offset = int
COLUMN_BITS: Final = MAX_BYTES.bit_length()


class Node:
    """Where a collection stands, and everything in it: the tree in which marks are looked up."""

    __slots__ = ("items", "keys", "offset")

    def __init__(self, offset: Offset, items: dict[str | int, Offset | Node], keys: dict[str, Offset]) -> None:
        self.offset = offset
        self.items = items
        self.keys = keys


def offset_of(mark: Any) -> Offset:  # noqa: ANN401  the library's marks are a class that its stubs don't name
    """The line and column of one of the library's marks."""
    return mark.line << COLUMN_BITS | mark.column  # type: ignore[no-any-return]  # as above


def mark_of(place: Offset | Node) -> Mark:
    """Where a scalar or a collection is for people, who count from 1."""
    offset = place.offset if isinstance(place, Node) else place
    return Mark((offset >> COLUMN_BITS) + 1, offset % (1 << COLUMN_BITS) + 1)


class Marks(Mapping[Path, Mark]):
    """The marks of all values, by path."""

    __slots__ = ("_root",)

    def __init__(self, root: Node) -> None:
        self._root = root

    def _node(self, path: Path) -> Offset | Node:
        node: Offset | Node = self._root
        for part in path:
            if not isinstance(node, Node):
                raise KeyError(path)
            node = node.items[part]
        return node

    def __getitem__(self, path: Path) -> Mark:
        return mark_of(self._node(path))

    def __iter__(self) -> Iterator[Path]:
        return (path for path, _ in _walk(self._root))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class KeyMarks(Marks):
    """The marks of all keys, by path."""

    __slots__ = ()

    def __getitem__(self, path: Path) -> Mark:
        parent = self._node(path[:-1]) if path else None
        if not isinstance(parent, Node):
            raise KeyError(path)
        return mark_of(parent.keys[str(path[-1])])

    def __iter__(self) -> Iterator[Path]:
        return ((*path, key) for path, node in _walk(self._root) if isinstance(node, Node) for key in node.keys)


def _walk(root: Node) -> Iterator[tuple[Path, Offset | Node]]:
    ahead: list[tuple[Path, Offset | Node]] = [((), root)]
    while ahead:
        path, node = ahead.pop()
        yield path, node
        if isinstance(node, Node):
            ahead.extend(((*path, part), inner) for part, inner in node.items.items())


def mark_at(text: str, index: int) -> Mark:
    """The mark of a character of a text, by its index."""
    breaks = text.count("\n", 0, index) + text.count("\r", 0, index) - text.count("\r\n", 0, index)
    return Mark(breaks + 1, index - line_start(text, index) + 1)


def line_start(text: str, index: int) -> int:
    """The index at which the line of a character begins."""
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1

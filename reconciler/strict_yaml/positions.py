"""Where everything in a YAML file stands: marks by path, packed until somebody asks for one."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.model.document import Mark, Path, Value

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


# A line and a column in 32 bits, for texts of up to 64 KiB: most are never looked at, and there are many.
PACKED_BITS: Final = 16


class PackedPlaces:
    """Where everything in a text begins in which nothing was refused, repeated or merged; a tree once it is asked for.

    `places` are those of the values in the order of the text, the outermost first, and in front of each value in a
    mapping that of its key: the same order in which `values` holds them.
    """

    __slots__ = ("_places", "_root", "_values")

    def __init__(self, values: Mapping[str, Value], places: array[int]) -> None:
        self._values = values
        self._places = places
        self._root: Node | None = None

    def has_key(self, name: str) -> bool:
        """Whether the text as a whole has this key."""
        return name in self._values

    def tree(self) -> Node:
        """The tree in which marks are looked up."""
        if self._root is None:
            offsets = ((place >> PACKED_BITS) << COLUMN_BITS | place % (1 << PACKED_BITS) for place in self._places)
            self._root = _node(self._values, next(offsets), offsets)
        return self._root


def _node(value: Mapping[str, Value] | list[Value], offset: Offset, offsets: Iterator[Offset]) -> Node:
    """A collection that begins at an offset; those of what is in it come next."""
    node = Node(offset, {}, {})
    is_mapping = isinstance(value, dict)
    for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if is_mapping:
            node.keys[str(part)] = next(offsets)
        place = next(offsets)
        node.items[part] = _node(inner, place, offsets) if isinstance(inner, (dict, list)) else place
    return node


class Marks(Mapping[Path, Mark]):
    """The marks of all values, by path."""

    __slots__ = ("_places",)

    def __init__(self, places: Node | PackedPlaces) -> None:
        self._places = places

    @property
    def _root(self) -> Node:
        return self._places if isinstance(self._places, Node) else self._places.tree()

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

    def __contains__(self, path: object) -> bool:
        """Whether there is such a key. Of the text as a whole this is asked often, so it costs no tree."""
        if isinstance(self._places, PackedPlaces) and isinstance(path, tuple) and len(path) == 1:
            return self._places.has_key(path[0])
        return super().__contains__(path)

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

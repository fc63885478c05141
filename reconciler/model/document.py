"""Files as they were read: their values, the place of each of them, and the problems with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# A value as YAML and JSON hold it: null, bool, int, float, str, list, dict. `Any`, because these come from
# outside: `validate` and `canonical` are the two places that look at what they are.
Value = Any

# The way to a value inside a document: ("call_time_ranges", 0, "end").
Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """Write a path as people read it: `call_time_ranges[0].end`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Mark(NamedTuple):
    """Where something stands in its file; lines and columns count from 1."""

    line: int
    column: int


class Position(NamedTuple):
    """A mark, and the file that it is in."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """`campaigns/sales-q1.yaml:12:16`, which terminals and editors make into a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file. A warning is told, and stops nothing."""

    position: Position
    message: str
    path: Path = ()
    is_warning: bool = False

    @property
    def is_error(self) -> bool:
        """True for what has to be mended before anything is read from the API."""
        return not self.is_warning

    def __str__(self) -> str:
        """One line: position, path, what is wrong."""
        where = f"{dotted(self.path)}: " if self.path else ""
        return f"{self.position}: {'warning: ' if self.is_warning else ''}{where}{self.message}"


@dataclass(frozen=True, slots=True)
class Document:
    """One campaign file as it was read: the mapping in it, and where everything stands.

    `values` holds the file's own fields over those that it inherits from `_defaults.yaml` files;
    `inherited` names, for each field that is not the file's own, the document that it comes from.
    """

    file: str
    values: Mapping[str, Value] = field(repr=False)
    marks: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    key_marks: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    inherited: Mapping[str, Document] = field(default_factory=dict, repr=False)

    def origin(self, path: Path) -> Document:
        """The document that the value at `path` was written in."""
        return self.inherited.get(str(path[0]), self) if path else self

    def position(self, path: Path) -> Position:
        """Where the value at `path` stands, or the nearest thing around it that is in a file."""
        origin = self.origin(path)
        return _nearest(origin.file, origin.marks, path)

    def key_position(self, path: Path) -> Position:
        """Where the key at the end of `path` stands."""
        origin = self.origin(path)
        mark = origin.key_marks.get(path)
        return Position(origin.file, *mark) if mark else _nearest(origin.file, origin.marks, path)


def _nearest(file: str, marks: Mapping[Path, Mark], path: Path) -> Position:
    while path and path not in marks:
        path = path[:-1]
    return Position(file, *marks.get(path, Mark(1, 1)))

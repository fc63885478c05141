"""Files as they were read: their values, the place of each of them, and the problems with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
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


class Problem(NamedTuple):
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


class United(NamedTuple):
    """A list that a file says and inherits: its first `own` entries are the file's, the others are `kept` of `base`."""

    base: Document
    own: int
    kept: Sequence[int]


class Document(NamedTuple):
    """One campaign file as it was read: the mapping in it, and where everything stands.

    `values` holds the file's own fields over those that it inherits from `_defaults.yaml` files;
    `inherited` names, for each field that is not the file's own, the document that it comes from, and `united` says
    of each list to which both say something which entries are whose. `chain` leads from the file, and from each part
    that it takes, to the parts that are named there.
    """

    file: str
    values: Mapping[str, Value]
    marks: Mapping[Path, Mark] = MappingProxyType({})
    key_marks: Mapping[Path, Mark] = MappingProxyType({})
    inherited: Mapping[str, Document] = MappingProxyType({})
    united: Mapping[str, United] = MappingProxyType({})
    chain: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def __repr__(self) -> str:
        """Without the values, which may be people's data."""
        return f"Document({self.file!r})"

    def written(self, path: Path) -> tuple[Document, Path]:
        """The document that the value at `path` was written in, and its path there."""
        if not path:
            return self, path
        name, *rest = path
        origin = self.inherited.get(str(name), self)
        united = origin.united.get(str(name))
        if united and rest and isinstance(rest[0], int) and rest[0] >= united.own:
            place = rest[0] - united.own
            return united.base.written((name, *united.kept[place : place + 1], *rest[1:]))
        return origin, path

    def origin(self, path: Path) -> Document:
        """The document that the value at `path` was written in; the nearest where several say parts of it."""
        return self.written(path)[0]

    def parts(self, name: str) -> Iterator[tuple[Document, Value]]:
        """What each document says of a field, the nearest first: several where their lists are united."""
        origin = self.inherited.get(name, self)
        united = origin.united.get(name)
        if united is None:
            yield origin, origin.values[name]
            return
        yield origin, origin.values[name][: united.own]
        yield from united.base.parts(name)

    def called(self, name_of: Callable[[str], str]) -> Document:
        """The same document, and all that it inherits, with other names for their files."""
        inherited = {key: one.called(name_of) for key, one in self.inherited.items()}
        united = {key: one._replace(base=one.base.called(name_of)) for key, one in self.united.items()}
        chain = {name_of(file): tuple(map(name_of, named)) for file, named in self.chain.items()}
        return self._replace(file=name_of(self.file), inherited=inherited, united=united, chain=chain)

    def position(self, path: Path) -> Position:
        """Where the value at `path` stands, or the nearest thing around it that is in a file."""
        origin, there = self.written(path)
        return _nearest(origin.file, origin.marks, there)

    def key_position(self, path: Path) -> Position:
        """Where the key at the end of `path` stands."""
        origin, there = self.written(path)
        mark = origin.key_marks.get(there)
        return Position(origin.file, *mark) if mark else _nearest(origin.file, origin.marks, there)


def _nearest(file: str, marks: Mapping[Path, Mark], path: Path) -> Position:
    while path and path not in marks:
        path = path[:-1]
    return Position(file, *marks.get(path, Mark(1, 1)))

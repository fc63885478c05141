"""Strict YAML: bytes in, a document with positions and every problem out, without touching the world."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NoReturn, Protocol

import yaml
import yaml.parser
import yaml.reader
import yaml.scanner
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.campaign import Document, Mark, Path, Position, Problem, Value

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
MAX_DIGITS: Final = 18
# Nobody mends more at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000
MAX_CHARACTER_PROBLEMS: Final = 20

_WORDS: Final[Mapping[str, Value]] = {"null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NUMBER_START: Final = frozenset("-0123456789")
# C0 but \n and \r, DEL, C1 with NEL, the Unicode line breaks, byte order marks, and what no YAML parser takes.
_UNWANTED: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_UNWANTED_ON_LINE = re.compile(rf"([\t{_UNWANTED}])[^\r\n]*")
_UNWANTED_ESCAPED = re.compile(rf"[{_UNWANTED}\ud800-\udfff]")
_BREAK = re.compile(r"\r\n|\r|\n")
_DIRECTIVE = re.compile(r"(?:\A|(?<=[\r\n]))%")
_YAML_HEADER = re.compile(r"(?: *(?:#[^\r\n]*)?(?:\r\n|\r|\n))*+%YAML +1\.[12](?![^ \r\n])")
_MAYBE_CUT = re.compile(r" #[^\s]")
_CUT = re.compile(r" +#(?=[^\s])")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK: Final = b"\xef\xbb\xbf"


class Events(Protocol):
    """What hands out the events of one YAML stream, in order."""

    def get_event(self) -> Any:  # noqa: ANN401  the library's stubs don't say which event comes
        """The next event; raises yaml.MarkedYAMLError where the text is no YAML."""


class _PurePython(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The library's own parser, for places that have no libyaml."""

    def __init__(self, text: bytes) -> None:
        yaml.reader.Reader.__init__(self, text.decode())
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


Parser = Callable[[bytes], Events]
PURE_PYTHON: Final[Parser] = _PurePython
FASTEST: Final[Parser] = yaml.cyaml.CParser if yaml.__with_libyaml__ else _PurePython


class Places:
    """Where a collection and everything in it stands: the tree from which marks are looked up."""

    __slots__ = ("items", "keys", "mark")

    def __init__(
        self, mark: tuple[int, int], items: dict[str | int, Place], keys: dict[str, tuple[int, int]] | None = None
    ) -> None:
        self.mark = mark
        self.items = items
        self.keys = keys or {}


# Plain pairs of line and column: they are made for every value, and become `Mark` when somebody asks.
Place = tuple[int, int] | Places


class _Marks(Mapping[Path, Mark]):
    """The marks of all values, by path."""

    __slots__ = ("_root",)

    def __init__(self, root: Places) -> None:
        self._root = root

    def _place(self, path: Path) -> Place:
        place: Place = self._root
        for part in path:
            if not isinstance(place, Places):
                raise KeyError(path)
            place = place.items[part]
        return place

    def __getitem__(self, path: Path) -> Mark:
        place = self._place(path)
        return Mark(*(place.mark if isinstance(place, Places) else place))

    def __iter__(self) -> Iterator[Path]:
        return (path for path, _ in _walk(self._root))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _KeyMarks(_Marks):
    """The marks of all keys, by path."""

    __slots__ = ()

    def __getitem__(self, path: Path) -> Mark:
        parent = self._place(path[:-1]) if path else None
        if not isinstance(parent, Places):
            raise KeyError(path)
        return Mark(*parent.keys[str(path[-1])])

    def __iter__(self) -> Iterator[Path]:
        return ((*path, key) for path, place in _walk(self._root) if isinstance(place, Places) for key in place.keys)


def _walk(root: Places) -> Iterator[tuple[Path, Place]]:
    ahead: list[tuple[Path, Place]] = [((), root)]
    while ahead:
        path, place = ahead.pop()
        yield path, place
        if isinstance(place, Places):
            ahead.extend(((*path, part), inner) for part, inner in place.items.items())


def parse(text: bytes, file: str, parser: Parser = FASTEST) -> tuple[Document | None, list[Problem]]:
    """Read one YAML file strictly; `file` is its name in problems. Never raises, whatever the bytes are.

    The document is None where the text as a whole cannot be read. Otherwise it holds what could be read: a value
    with a problem is left out, so that what follows can be checked too. Only without errors is it to be trusted.
    """
    if len(text) > MAX_BYTES:
        return None, [_problem(file, (1, 1), f"larger than {MAX_BYTES // 1024**2} MB: split the file")]
    text = text.removeprefix(_UTF8_MARK)
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        return None, [_not_utf8(text, file, error.start)]
    if unwanted := [*_unwanted(decoded, file), *_directives(decoded, file)]:
        return None, unwanted
    return _composed(_Composer(parser(text).get_event, decoded, file))


def _composed(composer: _Composer) -> tuple[Document | None, list[Problem]]:
    document = None
    try:
        values, places = composer.document()
        document = Document(composer.file, values, _Marks(places), _KeyMarks(places))
    except _Stop as stop:
        composer.problems.append(_problem(composer.file, stop.mark, stop.message, stop.path))
    except yaml.MarkedYAMLError as error:
        composer.problems.append(_syntax_problem(error, composer.file))
    return document, composer.problems


def _problem(file: str, mark: tuple[int, int], message: str, path: Path = ()) -> Problem:
    shown = tuple(part if isinstance(part, int) else _shown(part) for part in path)
    return Problem(Position(file, *mark), message, shown)


def _shown(key: str) -> str:
    """A key as it may stand in a message: short, and printable on any terminal."""
    cut = key if len(key) <= 40 else key[:39] + "…"  # noqa: PLR2004  the width that still reads as a key
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)


def _mark_at(text: str, index: int) -> tuple[int, int]:
    line, start = 1, 0
    for found in _BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return line, index - start + 1


def _not_utf8(text: bytes, file: str, start: int) -> Problem:
    if text.startswith(_UTF16_MARKS):
        return _problem(file, (1, 1), "this is UTF-16: save it as UTF-8")
    return _problem(file, _mark_at(text[:start].decode(), start), "not UTF-8: save the file as UTF-8")


def _unwanted(text: str, file: str) -> list[Problem]:
    found = islice(_UNWANTED_ON_LINE.finditer(text), MAX_CHARACTER_PROBLEMS)
    return [_problem(file, _mark_at(text, hit.start()), _about_character(hit[1])) for hit in found]


def _about_character(char: str) -> str:
    match char:
        case "\t":
            return "a tab: use spaces, or write \\t between double quotes"
        case "\0":
            return "a NUL character: is this UTF-16, or no text at all? save it as UTF-8"
        case "\ufeff":
            return "a byte order mark inside the file, as joining two files leaves it: remove it"
    return f"a control character, U+{ord(char):04X}: remove it"


def _directives(text: str, file: str) -> list[Problem]:
    header = _YAML_HEADER.match(text)
    found = _DIRECTIVE.search(text, header.end() if header else 0)
    if not found:
        return []
    message = "a line cannot start with `%`: remove it; put the value in quotes if it belongs to one"
    return [_problem(file, _mark_at(text, found.start()), message)]


def _syntax_problem(error: yaml.MarkedYAMLError, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    return _problem(file, (mark.line + 1, mark.column + 1) if mark else (1, 1), "this is not YAML")


class _Missing:
    """Stands for a value that was refused (its problem is told), or was never written."""


_REFUSED: Final = _Missing()
_EMPTY: Final = _Missing()


class _Stop(Exception):  # noqa: N818  no error of the program: it ends the reading of one file
    """Nothing after this can be read."""

    def __init__(self, mark: tuple[int, int], message: str, path: Path = ()) -> None:
        self.mark = mark
        self.message = message
        self.path = path
        super().__init__(message)


@dataclass(slots=True)
class _Anchor:
    """An anchored value. `nodes` are those inside it, once expanded; `height` is how many levels it has."""

    value: Value = _REFUSED
    place: Place = (1, 1)
    nodes: int = 0
    height: int = 0
    is_open: bool = True


def _start(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


class _Composer:
    """Makes values and places from events. Depth is bounded, so recursion is; so is the number of nodes."""

    def __init__(self, next_event: Callable[[], Any], text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._next = next_event
        self._text = text
        self._may_be_cut = _MAYBE_CUT.search(text) is not None
        self._has_escapes = "\\" in text
        self._anchors: dict[str, _Anchor] = {}
        self._nodes = 1
        self._peak = 0

    def document(self) -> tuple[dict[str, Value], Places]:
        """The one document of the stream; raises _Stop, or yaml.MarkedYAMLError."""
        self._next()
        if isinstance(self._next(), StreamEndEvent):
            raise _Stop((1, 1), "the file is empty: a campaign needs at least a `name` or an `id`")
        root = self._next()
        if not isinstance(root, MappingStartEvent):
            raise _Stop(_start(root), "not a mapping: write one `field: value` a line, with a space after the colon")
        values, places = self._collection(root, (), 0)
        self._next()
        if not isinstance(after := self._next(), StreamEndEvent):
            raise _Stop(_start(after), "a second document: one file is one campaign; remove the `---`")
        return values, places

    def _tell(self, mark: tuple[int, int], message: str, path: Path) -> None:
        self.problems.append(_problem(self.file, mark, message, path))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop(mark, f"{MAX_PROBLEMS} problems: nothing after this was read")

    def _count(self, nodes: int, event: Event) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _Stop(_start(event), f"more than {MAX_NODES:,} values, aliases and merges counted: split the file")

    def _node(self, event: Event, path: Path, depth: int) -> tuple[Value, Place]:
        if type(event) is ScalarEvent:
            mark = event.start_mark
            return self._scalar(event, path), (mark.line + 1, mark.column + 1)
        if isinstance(event, AliasEvent):
            return self._alias(event, path, depth)
        return self._collection(event, path, depth)

    def _scalar(self, event: ScalarEvent, path: Path) -> Value:
        value: Value = event.value
        if event.tag is not None:
            value = self._refuse_tag(event, path)
        elif not event.style:
            value = self._plain(event, path)
        elif self._has_escapes and event.style == '"' and _UNWANTED_ESCAPED.search(value):
            self._tell(_start(event), "the escapes make a control character: remove them", path)
            value = _REFUSED
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(value, _start(event), is_open=False)
        return value

    def _plain(self, event: ScalarEvent, path: Path) -> Value:
        text = event.value
        if not text:
            return _EMPTY
        if self._may_be_cut and (cut := _CUT.match(self._text, event.end_mark.index)):
            self._warn_of_cut(event, cut, path)
        if text in _WORDS:
            return _WORDS[text]
        if text[0] in _NUMBER_START and (number := _NUMBER.fullmatch(text)):
            return self._number(event, number, path)
        return text

    def _warn_of_cut(self, event: ScalarEvent, cut: re.Match[str], path: Path) -> None:
        mark = event.end_mark
        position = Position(self.file, mark.line + 1, mark.column + len(cut[0]))
        message = "the value ends here, the rest is a comment: put it in quotes if the `#` belongs to it, else put a space after `#`"
        self.problems.append(Problem(position, message, path, is_warning=True))

    def _number(self, event: ScalarEvent, number: re.Match[str], path: Path) -> Value:
        whole, fraction, exponent = number.groups()
        digits = len(whole) + len(fraction or ".") - 1
        value = float(event.value) if fraction or exponent else None
        if digits > MAX_DIGITS or value is not None and math.isinf(value):
            message = f"a number that does not fit (more than {MAX_DIGITS} digits, or too large): put it in quotes if it is text"
            self._tell(_start(event), message, path)
            return _REFUSED
        return int(event.value) if value is None else value

    def _refuse_tag(self, event: NodeEvent, path: Path) -> _Missing:
        self._tell(
            _start(event), "tags are not allowed: remove the `!…`, or put the value in quotes if it belongs to it", path
        )
        return _REFUSED

    def _alias(self, event: AliasEvent, path: Path, depth: int) -> tuple[Value, Place]:
        mark = _start(event)
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            self._tell(
                mark, "an alias without its anchor above: put the value in quotes if the `*` belongs to it", path
            )
            return _REFUSED, mark
        if anchor.is_open:
            self._tell(mark, "an alias inside its own anchor: it would never end", path)
            return _REFUSED, mark
        self._count(anchor.nodes, event)
        if depth + anchor.height > MAX_DEPTH:
            raise _Stop(mark, _TOO_DEEP)
        self._peak = max(self._peak, depth + anchor.height)
        place = anchor.place
        return _copied(anchor.value), Places(mark, place.items, place.keys) if isinstance(place, Places) else mark

    def _collection(self, event: Any, path: Path, depth: int) -> tuple[Any, Any]:
        depth += 1
        if depth > MAX_DEPTH:
            raise _Stop(_start(event), _TOO_DEEP)
        self._peak = max(self._peak, depth)
        compose = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
        if event.anchor is not None:
            value, place = self._anchored(compose, event, path, depth)
        else:
            value, place = compose(event, path, depth)
        if event.tag is not None:
            value = self._refuse_tag(event, path)
        return value, place

    def _anchored(
        self, compose: Callable[..., tuple[Value, Places]], event: Any, path: Path, depth: int
    ) -> tuple[Value, Places]:
        anchor = self._anchors[event.anchor] = _Anchor()
        nodes, peak, self._peak = self._nodes, self._peak, depth
        anchor.value, anchor.place = value, place = compose(event, path, depth)
        anchor.nodes = self._nodes - nodes
        anchor.height = self._peak - depth + 1
        anchor.is_open = False
        self._peak = max(peak, self._peak)
        return value, place

    def _sequence(self, start: SequenceStartEvent, path: Path, depth: int) -> tuple[list[Value], Places]:
        values: list[Value] = []
        items: dict[str | int, Place] = {}
        index = 0
        while type(event := self._next()) is not SequenceEndEvent:
            self._count(1, event)
            value, place = self._node(event, (*path, index), depth)
            index += 1
            if type(value) is _Missing:
                if value is _EMPTY:
                    self._tell(
                        _start(event),
                        "an empty list item: write a value after the dash, or remove the line",
                        (*path, index - 1),
                    )
                continue
            items[len(values)] = place
            values.append(value)
        return values, Places(_start(start), items)

    def _mapping(self, start: MappingStartEvent, path: Path, depth: int) -> tuple[dict[str, Value], Places]:
        values: dict[str, Value] = {}
        items: dict[str | int, Place] = {}
        keys: dict[str, tuple[int, int]] = {}
        merged: list[tuple[Value, Place]] = []
        next_event = self._next
        while type(event := next_event()) is not MappingEndEvent:
            self._count(2, event)
            key = self._key(event, path, depth)
            if key is None or key in keys:
                if key is not None:
                    self._tell(_start(event), f"written twice, first on line {keys[key][0]}: keep one", (*path, key))
                self._node(next_event(), path, depth)
                continue
            mark = event.start_mark
            keys[key] = (mark.line + 1, mark.column + 1)
            value, place = self._node(next_event(), (*path, key), depth)
            if type(value) is _Missing:
                if value is _EMPTY:
                    self._tell(keys[key], "has no value: write null to clear it, or remove the line", (*path, key))
            elif key == "<<" and not event.style:
                merged.extend(self._sources(value, place, path))
            else:
                values[key] = value
                items[key] = place
        places = Places(_start(start), items, keys)
        _merge(values, places, merged)
        return values, places

    def _sources(self, value: Value, place: Any, path: Path) -> list[tuple[Value, Place]]:
        if isinstance(value, dict):
            return [(value, place)]
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [(item, place.items[index]) for index, item in enumerate(value)]
        mark = place.mark if isinstance(place, Places) else place
        self._tell(mark, "`<<` merges a mapping, or a list of mappings: write an alias such as `<<: *name`", path)
        return []

    def _key(self, event: Any, path: Path, depth: int) -> str | None:
        key, _ = self._node(event, path, depth)
        if isinstance(key, str):
            return key
        if key is not _REFUSED:
            self._tell(_start(event), "a key must be text, a field's name: put it in quotes", path)
        return None


_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels deep: a campaign needs three"


def _merge(values: dict[str, Value], places: Places, merged: list[tuple[Value, Any]]) -> None:
    places.keys.pop("<<", None) if "<<" not in values else None
    for source, place in merged:
        for key, value in source.items():
            if key not in places.keys:
                values[key] = value
                places.items[key] = place.items[key]
                places.keys[key] = place.keys[key]


def _copied(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return value

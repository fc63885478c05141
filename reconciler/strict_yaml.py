"""Strict YAML: bytes in, a document with positions and every problem out, without touching the world."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.scanner import ScannerError
from yaml.tokens import ScalarToken

from reconciler.campaign import Document, Mark, Path, Position, Problem, Value

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
MAX_DIGITS: Final = 18
# Nobody mends more at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000
MAX_CHARACTER_PROBLEMS: Final = 20

_TOP: Final = Mark(1, 1)
# Words, and the numbers that campaigns are made of: looking up is faster than matching.
_KNOWN: Final[Mapping[str, Value]] = {"null": None, "true": True, "false": False} | {str(n): n for n in range(1000)}
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NUMBER_START: Final = frozenset("-0123456789")
# C0 but \n and \r, DEL, C1 with NEL, the Unicode line breaks, byte order marks, and what no YAML parser takes.
_UNWANTED: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_UNWANTED_ON_LINE: Final = re.compile(rf"([\t{_UNWANTED}])[^\r\n]*")
_UNWANTED_ESCAPED: Final = re.compile(rf"[{_UNWANTED}\ud800-\udfff]")
_HARMLESS_BYTES: Final = bytes([0x0A, 0x0D, *range(0x20, 0x7F)])
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_PERCENT_LINE: Final = re.compile(r"(?:\A|(?<=[\r\n]))%")
_YAML_HEADER: Final = re.compile(r"(?: *(?:#[^\r\n]*)?(?:\r\n|\r|\n))*+%YAML +1\.[12](?![^ \r\n])")
_MAYBE_CUT: Final = re.compile(r" #\S")
# Plain text between brackets: up to a space, a break, the end, a bracket, a comma, or a colon before one of these.
_FLOW_END: Final = r"\0 \r\n,\[\]{}"
_FLOW_TEXT: Final = re.compile(rf"[^{_FLOW_END}:]*+(?::(?![{_FLOW_END}?])[^{_FLOW_END}:]*+)*+")
_FLOW_COLON: Final = re.compile(r":[,?\[\]{}]")
_CUT: Final = re.compile(r" +#(?=\S)")
# libyaml takes `|#` for a block with a comment, the pure-Python parser doesn't. An anchor may come before it.
_MAYBE_GLUED: Final = re.compile(r"[|>][-+0-9]*#")
_GLUED: Final = re.compile(r"(?:&\S++(?:\s++|#[^\r\n]*+)*+)?[|>][-+0-9]*#")
# In `{+15551234567}` the number is a key.
_LONG_NUMBER: Final = re.compile(r"\d(?:[ ()./-]?\d){5,}+")
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_NO_BREAK_SPACE: Final = "\xa0"

_NOTHING: Final = "an empty file: write one `field: value` a line, or remove it"
_TAG: Final = "tags are not allowed: remove the `!…`, or put the value in quotes if it belongs to it"
_BLOCK_HEADER: Final = "the text belongs on the lines below the `|` or `>`, indented"
_INDENTATION: Final = "the indentation does not fit the lines above"
_AFTER_THE_END: Final = "nothing can follow a closing quote or bracket, or an alias: put the whole value in quotes"
_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels deep: a campaign needs three"


class _Advice(NamedTuple):
    """What to tell people where a parser says something that `says` matches, in libyaml's words or in Python's.

    `is_at_start` where the beginning of what the parser was in the middle of is the better place to point at.
    """

    says: str
    message: str
    is_at_start: bool = False


# The first match counts.
_ADVICE: Final = (
    _Advice("escape|hexa?decimal", "a backslash in these double quotes: write it twice, or use single quotes", True),
    _Advice("quoted scalar", "this quote is never closed", True),
    _Advice("block scalar", _BLOCK_HEADER),
    _Advice(" tag", _TAG, True),
    _Advice("alphabetic or numeric", "`*` and `&` have a meaning of their own: put the value in quotes", True),
    _Advice(
        "values are not allowed",
        "no colon can be here: put the value in quotes if it belongs to it, or mend the indentation",
    ),
    _Advice("cannot start any token", "a value cannot start with this character: put it in quotes"),
    _Advice(
        "could not find expected ':'",
        "not `field: value`: is a colon missing, the space after one, or the space after a dash?",
        True,
    ),
    _Advice("',' or ']'", "this list is not closed by `]`, or a comma is missing in it", True),
    _Advice("',' or '}'", "this mapping is not closed by `}`, or a comma is missing in it", True),
    _Advice("unexpected ':'", "put a space after the colon"),
    _Advice("entries are not allowed", "no list item can be here: put each `- item` on a line of its own"),
    _Advice("keys are not allowed", "a value cannot start with `? `: put it in quotes"),
    _Advice(
        "node content",
        "no value where one should be: close all brackets, and put values with brackets or commas in quotes",
    ),
    _Advice("expected key|'-' indicator|<block end>|<document start>", _INDENTATION),
    _Advice("", "this is no YAML: check the quotes, brackets and indentation here"),
)


class _Events(Protocol):
    def get_event(self) -> Any: ...  # noqa: ANN401  the library's stubs don't say what comes


Parser = Callable[[bytes], _Events]


class _PurePython(yaml.SafeLoader):
    """The library's own parser, for places that have no libyaml, made to accept and refuse what libyaml does."""

    def get_event(self) -> Any:  # noqa: ANN401  as above
        try:
            return super().get_event()  # type: ignore[no-untyped-call]  # the library's stubs leave it open
        except (ValueError, OverflowError) as error:
            # An escape beyond the last character of Unicode: `chr` is asked for it without a look.
            mark = self.get_mark()
            raise ScannerError("while scanning a quoted scalar", mark, "found invalid escape", mark) from error

    def scan_plain(self) -> ScalarToken:
        """Take `?` inside brackets for text, and refuse a colon that is followed by a bracket or comma."""
        if not self.flow_level:
            return super().scan_plain()
        start = end = self.get_mark()
        chunks: list[str] = []
        spaces: list[str] | None = []
        while (found := _FLOW_TEXT.match(self.buffer, self.pointer)) and found[0]:
            self.allow_simple_key = False
            chunks += [*(spaces or ()), found[0]]
            self.forward(len(found[0]))
            end = self.get_mark()
            if _FLOW_COLON.match(self.buffer, self.pointer):
                raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", end)
            spaces = self.scan_plain_spaces(0, start)
            if not spaces or self.peek() == "#":
                break
        return ScalarToken("".join(chunks), True, start, end)


PURE_PYTHON: Final[Parser] = _PurePython
FASTEST: Final[Parser] = getattr(yaml, "CSafeLoader", _PurePython)


# A line and a column, counting from 0, in one number: one is made for every value, and hardly any is looked at.
# Numbers cost the garbage collector nothing. No line is longer than a file may be.
_Spot = int
_COLUMN_BITS: Final = MAX_BYTES.bit_length()


class _Places:
    """Where a collection stands, and everything in it: the tree in which marks are looked up."""

    __slots__ = ("items", "keys", "spot")

    def __init__(self, spot: _Spot, items: dict[str | int, _Place], keys: dict[str, _Spot]) -> None:
        self.spot = spot
        self.items = items
        self.keys = keys


_Place = _Spot | _Places


def _spot(mark: Any) -> _Spot:  # noqa: ANN401  the libraries' marks are two classes with no common name
    return mark.line << _COLUMN_BITS | mark.column  # type: ignore[no-any-return]  # as above


def _mark(place: _Place) -> Mark:
    spot = place.spot if isinstance(place, _Places) else place
    return Mark((spot >> _COLUMN_BITS) + 1, spot % (1 << _COLUMN_BITS) + 1)


class _Marks(Mapping[Path, Mark]):
    """The marks of all values, by path."""

    __slots__ = ("_root",)

    def __init__(self, root: _Places) -> None:
        self._root = root

    def _place(self, path: Path) -> _Place:
        place: _Place = self._root
        for part in path:
            if not isinstance(place, _Places):
                raise KeyError(path)
            place = place.items[part]
        return place

    def __getitem__(self, path: Path) -> Mark:
        return _mark(self._place(path))

    def __iter__(self) -> Iterator[Path]:
        return (path for path, _ in _walk(self._root))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _KeyMarks(_Marks):
    """The marks of all keys, by path."""

    __slots__ = ()

    def __getitem__(self, path: Path) -> Mark:
        parent = self._place(path[:-1]) if path else None
        if not isinstance(parent, _Places):
            raise KeyError(path)
        return _mark(parent.keys[str(path[-1])])

    def __iter__(self) -> Iterator[Path]:
        return ((*path, key) for path, place in _walk(self._root) if isinstance(place, _Places) for key in place.keys)


def _walk(root: _Places) -> Iterator[tuple[Path, _Place]]:
    ahead: list[tuple[Path, _Place]] = [((), root)]
    while ahead:
        path, place = ahead.pop()
        yield path, place
        if isinstance(place, _Places):
            ahead.extend(((*path, part), inner) for part, inner in place.items.items())


def parse(text: bytes, file: str, parser: Parser = FASTEST) -> tuple[Document | None, list[Problem]]:
    """Read one YAML file strictly; `file` is its name in problems. Never raises, whatever the bytes are.

    The document is None where the text as a whole cannot be read. Otherwise it holds what could be read: a value
    with a problem is left out, so that the rest can be checked too. Only without errors is it to be acted upon.
    """
    if len(text) > MAX_BYTES:
        return None, [_problem(file, _TOP, f"larger than {MAX_BYTES // 1024**2} MB: is this a campaign?")]
    text = text.removeprefix(_UTF8_MARK)
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        return None, [_not_utf8(text, file, error.start)]
    if unwanted := [*_unwanted(text, decoded, file), *_directives(decoded, file)]:
        return None, unwanted
    return _composed(_Composer(parser(text).get_event, decoded, file), decoded)


class Kind(Enum):
    """What a part of a text is; END closes the last mapping or sequence that is open."""

    SCALAR = "scalar"
    ALIAS = "alias"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    END = "end"


class Part(NamedTuple):
    """One thing in a YAML text: `start` and `end` count characters from behind a byte order mark.

    They hold an anchor before it, and a block's text ends where the first line after its blank lines begins.
    `style` is how a scalar is quoted (`'`, `"`, `|`, `>`, or not at all), or `{` for a collection in brackets.
    """

    kind: Kind
    start: int
    end: int
    text: str
    style: str


_KINDS: Final[Mapping[type, Kind]] = {
    ScalarEvent: Kind.SCALAR,
    AliasEvent: Kind.ALIAS,
    MappingStartEvent: Kind.MAPPING,
    SequenceStartEvent: Kind.SEQUENCE,
    MappingEndEvent: Kind.END,
    SequenceEndEvent: Kind.END,
}


def parts(text: bytes, parser: Parser = FASTEST) -> Iterator[Part]:
    """Everything in the one document of a text that `parse` read without errors, in the order of the text."""
    events = parser(text.removeprefix(_UTF8_MARK))
    while type(event := events.get_event()) is not StreamEndEvent:
        if kind := _KINDS.get(type(event)):
            style = "{" if getattr(event, "flow_style", False) else getattr(event, "style", "") or ""
            yield Part(kind, event.start_mark.index, event.end_mark.index, getattr(event, "value", ""), style)


# Besides YAML 1.1 as the library reads it: what else its specification says, what 1.2 and Ruby take for numbers, and
# times, dates and telephone numbers of any form, though only some of them are misread.
_NUMBER_LIKE: Final = re.compile(r"[-+.]?[0-9][-+0-9_,.:/() ]*(?:[eE][-+]?[0-9]+)?|[yYnN]|0o[0-7]+")


def is_misread(text: str) -> bool:
    """Whether another YAML tool may take this text, without quotes, for a number, date, boolean or null."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
    return bool(_NUMBER_LIKE.fullmatch(text)) or any(pattern.match(text) for _, pattern in resolvers)


def is_text(plain: str) -> bool:
    """Whether `parse` takes this for text where it stands without quotes."""
    return plain not in _KNOWN and not _NUMBER.fullmatch(plain)


def _composed(composer: _Composer, text: str) -> tuple[Document | None, list[Problem]]:
    try:
        values, places = composer.document()
    except _Stop as stop:
        composer.problems.append(_problem(composer.file, stop.mark, stop.message))
    except yaml.MarkedYAMLError as error:
        composer.problems.append(_syntax_problem(error, text, composer.file))
    else:
        return Document(composer.file, values, _Marks(places), _KeyMarks(places)), composer.problems
    return None, composer.problems


def _problem(file: str, mark: Mark, message: str, path: Path = (), *, is_warning: bool = False) -> Problem:
    shown = tuple(part if isinstance(part, int) else _shown(part) for part in path)
    return Problem(Position(file, *mark), message, shown, is_warning)


def _shown(key: str) -> str:
    """A key as it may stand in a message: short, printable on any terminal, and without a phone number."""
    key = _LONG_NUMBER.sub("…", key)
    cut = key if len(key) <= 40 else key[:39] + "…"  # noqa: PLR2004  wide enough for every field's name
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)


def _mark_at(text: str, index: int) -> Mark:
    breaks = text.count("\n", 0, index) + text.count("\r", 0, index) - text.count("\r\n", 0, index)
    return Mark(breaks + 1, index - _line_start(text, index) + 1)


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _not_utf8(text: bytes, file: str, start: int) -> Problem:
    if text.startswith(_UTF16_MARKS):
        return _problem(file, _TOP, "this is UTF-16: save it as UTF-8")
    before = text[:start].decode()
    return _problem(file, _mark_at(before, len(before)), "not UTF-8: save the file as UTF-8")


def _unwanted(text: bytes, decoded: str, file: str) -> list[Problem]:
    if not text.translate(None, _HARMLESS_BYTES):
        return []
    found = islice(_UNWANTED_ON_LINE.finditer(decoded), MAX_CHARACTER_PROBLEMS)
    return [_problem(file, _mark_at(decoded, hit.start()), _about_character(hit[1])) for hit in found]


def _about_character(char: str) -> str:
    if char == "\t":
        return "a tab: use spaces, or write \\t between double quotes"
    if char == "\0":
        return "a NUL character: is this UTF-16, or no text at all? save it as UTF-8"
    if char == "\ufeff":
        return "a byte order mark inside the file, as joining two files leaves it: remove it"
    return f"a control character, U+{ord(char):04X}: remove it"


def _directives(text: str, file: str) -> list[Problem]:
    if "%" not in text:
        return []
    header = _YAML_HEADER.match(text)
    found = _PERCENT_LINE.search(text, header.end() if header else 0)
    if not found:
        return []
    message = "a line cannot start with `%`: remove it, or put the value in quotes and indent it"
    return [_problem(file, _mark_at(text, found.start()), message)]


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    told = f"{error.context} {error.problem}"
    advice = next(advice for advice in _ADVICE if re.search(advice.says, told))
    place: Any = (error.context_mark if advice.is_at_start else None) or error.problem_mark
    # The two parsers don't agree on the line of the end.
    mark = _mark(_spot(place)) if place.index < len(text) else _mark_at(text, len(text))
    start = _line_start(text, place.index)
    is_inside = advice.message == _INDENTATION and text[start : place.index].strip(" ")
    return _problem(file, mark, (_AFTER_THE_END if is_inside else advice.message) + _space_hint(text, start))


def _space_hint(text: str, start: int) -> str:
    """Tell of a no-break space on the line that starts there: it looks like a space, and is none."""
    line = _BREAK.split(text[start : start + 1000], maxsplit=1)[0]
    return "; there is a no-break space on this line: write an ordinary one" if _NO_BREAK_SPACE in line else ""


class _Missing:
    """Stands for a value that was refused (its problem is told), or was never written."""


_REFUSED: Final = _Missing()
_EMPTY: Final = _Missing()


class _Stop(Exception):
    """Nothing after this can be read."""

    def __init__(self, mark: Mark, message: str) -> None:
        self.mark = mark
        self.message = message
        super().__init__(message)


@dataclass(slots=True)
class _Anchor:
    """An anchored value. `nodes` are those inside it, once expanded; `height` is how many levels it has."""

    place: Any
    value: Value = _REFUSED
    nodes: int = 0
    height: int = 0
    is_open: bool = False


class _Composer:
    """Makes values and places from events. Depth is bounded, so recursion is; so is the number of nodes."""

    def __init__(self, next_event: Callable[[], Any], text: str, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._next = next_event
        self._text = text
        # What is nowhere in the text need not be looked for at every value.
        self._may_be_cut = " #" in text and _MAYBE_CUT.search(text) is not None
        self._has_properties = "&" in text or "!" in text
        self._has_traps = "\\" in text or ("#" in text and _MAYBE_GLUED.search(text) is not None)
        self._anchors: dict[str, _Anchor] = {}
        self._nodes = 1
        self._peak = 0

    def document(self) -> tuple[dict[str, Value], _Places]:
        """The one document of the stream; raises _Stop, or yaml.MarkedYAMLError."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            raise _Stop(_TOP, _NOTHING)
        root = self._next()
        if type(root) is ScalarEvent and not root.value:
            raise _Stop(_TOP, _NOTHING)
        if type(root) is not MappingStartEvent:
            hint = _space_hint(self._text, root.start_mark.index - root.start_mark.column)
            message = "not a mapping: write one `field: value` a line, with a space after the colon"
            raise _Stop(_mark(_spot(root.start_mark)), message + hint)
        if root.tag is not None:
            raise _Stop(_mark(_spot(root.start_mark)), _TAG)
        values, places = self._collection(root, (), 0)
        self._next()
        if type(after := self._next()) is not StreamEndEvent:
            raise _Stop(_mark(_spot(after.start_mark)), "a second document: one file is one campaign; remove the `---`")
        return values, places

    def _tell(self, spot: _Spot, message: str, path: Path, *, is_warning: bool = False) -> None:
        self.problems.append(_problem(self.file, _mark(spot), message, path, is_warning=is_warning))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop(_mark(spot), f"{MAX_PROBLEMS} problems: nothing after this was read")

    def _too_many(self, event: Any) -> _Stop:  # noqa: ANN401  the library's stubs leave marks optional; so below
        message = f"more than {MAX_NODES:,} values, with what aliases and merges repeat: no campaign needs that"
        return _Stop(_mark(_spot(event.start_mark)), message)

    def _mapping(self, start: Any, path: Path, depth: int) -> tuple[dict[str, Value], _Places]:  # noqa: ANN401
        values: dict[str, Value] = {}
        items: dict[str | int, Any] = {}
        keys: dict[str, Any] = {}
        merged: list[tuple[Value, Any]] = []
        next_event = self._next
        while type(event := next_event()) is not MappingEndEvent:
            self._nodes += 2
            if self._nodes > MAX_NODES:
                raise self._too_many(event)
            key = self._key(event, path, depth)
            if key is None or key in keys:
                self._skip(event, key, keys, path, depth)
                continue
            mark = event.start_mark
            keys[key] = mark.line << _COLUMN_BITS | mark.column
            kind = type(of_value := next_event())
            if kind is ScalarEvent:
                value, mark = self._scalar(of_value, path, key), of_value.start_mark
                items[key] = mark.line << _COLUMN_BITS | mark.column
            else:
                value, items[key] = self._deep(of_value, (*path, key), depth)
            if type(value) is _Missing:
                if value is _EMPTY:
                    self._tell(keys[key], self._about_empty(start, of_value), (*path, key))
            elif key == "<<" and not getattr(event, "style", ""):
                merged = self._sources(value, items[key], (*path, key))
            else:
                values[key] = value
        places = _Places(_spot(start.start_mark), items, keys)
        _merge(values, places, merged)
        return values, places

    def _key(self, event: Any, path: Path, depth: int) -> str | None:  # noqa: ANN401
        """The text of a key; None where it is refused."""
        if type(event) is ScalarEvent and not self._has_properties:
            key: str = event.value
            if key.isidentifier() and key not in _KNOWN:
                return key
        return self._unusual_key(event, path, depth)

    def _unusual_key(self, event: Any, path: Path, depth: int) -> str | None:  # noqa: ANN401
        told = len(self.problems)
        if type(event) is ScalarEvent:
            key = self._scalar(event, path)
        else:
            key = self._deep(event, path, depth)[0]
            if type(event) is not AliasEvent:
                # Of `{{ name }}` it is said once that it is no key, and nothing of what is inside.
                del self.problems[told:]
        if isinstance(key, str):
            if _NO_BREAK_SPACE in key:
                self._tell(_spot(event.start_mark), "a no-break space in a key: write an ordinary one", path)
            return key
        if len(self.problems) == told:
            message = "a key must be text: put it in quotes, or the whole value if it only looks like a key"
            self._tell(_spot(event.start_mark), message, path)
        return None

    def _skip(self, event: Any, key: str | None, keys: Mapping[str, _Spot], path: Path, depth: int) -> None:  # noqa: ANN401
        """Read past the value of a key that does not count; its own problems are told all the same."""
        inner = path
        if key is not None:
            inner = (*path, key)
            message = f"written twice, first on line {_mark(keys[key]).line}: keep one"
            self._tell(_spot(event.start_mark), message, inner)
        value = self._next()
        if type(value) is ScalarEvent:
            self._scalar(value, inner)
        else:
            self._deep(value, inner, depth)

    def _about_empty(self, start: Any, event: Any) -> str:  # noqa: ANN401
        if self._may_be_cut and _CUT.match(self._text, event.end_mark.index):
            return "has no value, only a comment: put the value in quotes if the `#` belongs to it"
        if start.flow_style:
            return "has no value: write `field: value`, or put all of it in quotes if the braces belong to the text"
        return "has no value: write null to clear, or remove the line"

    def _sequence(self, start: Any, path: Path, depth: int) -> tuple[list[Value], _Places]:  # noqa: ANN401
        values: list[Value] = []
        items: dict[str | int, Any] = {}
        index = -1
        while (kind := type(event := self._next())) is not SequenceEndEvent:
            index += 1
            self._nodes += 1
            if self._nodes > MAX_NODES:
                raise self._too_many(event)
            if kind is ScalarEvent:
                value, mark = self._scalar(event, path, index), event.start_mark
                place = mark.line << _COLUMN_BITS | mark.column
            else:
                value, place = self._deep(event, (*path, index), depth)
            if type(value) is not _Missing:
                items[len(values)] = place
                values.append(value)
            elif value is _EMPTY:
                self._tell(_spot(event.start_mark), "an empty item: write a value, or remove it", (*path, index))
        return values, _Places(_spot(start.start_mark), items, {})

    def _scalar(self, event: Any, path: Path, part: str | int | None = None) -> Value:  # noqa: ANN401
        """The value of a scalar; `part` is the last one of its path, put together only where it is told."""
        if self._has_properties and (event.tag is not None or event.anchor is not None):
            return self._with_properties(event, _joined(path, part))
        text: str = event.value
        if event.style:
            return self._quoted(event, path, part) if self._has_traps else text
        if self._may_be_cut:
            self._warn_if_cut(event, _joined(path, part))
        if text in _KNOWN:
            return _KNOWN[text]
        if not text:
            return _EMPTY
        if text[0] in _NUMBER_START:
            return self._number(event, _joined(path, part))
        return text

    def _quoted(self, event: Any, path: Path, part: str | int | None) -> Value:  # noqa: ANN401
        """The text of a quoted or block scalar, in a file that holds escapes or something like `|#`."""
        if event.style == '"' and _UNWANTED_ESCAPED.search(event.value):
            return self._refuse(event, "an escape here makes a control character", _joined(path, part))
        if event.style in "|>" and _GLUED.match(self._text, event.start_mark.index):
            return self._refuse(event, _BLOCK_HEADER, _joined(path, part))
        return event.value

    def _with_properties(self, event: Any, path: Path) -> Value:  # noqa: ANN401
        tag, anchor = event.tag, event.anchor
        event.tag = event.anchor = None
        value = self._scalar(event, path) if tag is None else self._refuse(event, _TAG, path)
        if anchor is not None:
            self._anchors[anchor] = _Anchor(_spot(event.start_mark), value)
        return value

    def _refuse(self, event: Any, message: str, path: Path) -> _Missing:  # noqa: ANN401
        self._tell(_spot(event.start_mark), message, path)
        return _REFUSED

    def _warn_if_cut(self, event: Any, path: Path) -> None:  # noqa: ANN401
        if event.value and (cut := _CUT.match(self._text, event.end_mark.index)):
            message = "from here on a comment: put the value in quotes if it belongs to it, else put a space after `#`"
            self._tell(_spot(event.end_mark) + len(cut[0]) - 1, message, path, is_warning=True)

    def _number(self, event: Any, path: Path) -> Value:  # noqa: ANN401
        """The number that a plain scalar is, or its text: only JSON's numbers are numbers."""
        text: str = event.value
        if not (number := _NUMBER.fullmatch(text)):
            return text
        whole, fraction, exponent = number.groups()
        if len((whole + (fraction or ".")[1:]).lstrip("0")) > MAX_DIGITS:
            message = f"a number of more than {MAX_DIGITS} digits: put it in quotes if it is text"
            return self._refuse(event, message, path)
        if not fraction and not exponent:
            return int(text)
        if math.isinf(value := float(text)):
            return self._refuse(event, "a number that is too large: put it in quotes if it is text", path)
        return value

    def _deep(self, event: Any, path: Path, depth: int) -> tuple[Value, Any]:  # noqa: ANN401
        return self._alias(event, path, depth) if type(event) is AliasEvent else self._collection(event, path, depth)

    def _alias(self, event: Any, path: Path, depth: int) -> tuple[Value, Any]:  # noqa: ANN401
        spot = _spot(event.start_mark)
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            message = "an alias without its anchor above: put the value in quotes if the `*` belongs to it"
            return self._refuse(event, message, path), spot
        if anchor.is_open:
            return self._refuse(event, "an alias inside the value that it stands for: it would never end", path), spot
        self._nodes += anchor.nodes
        if self._nodes > MAX_NODES:
            raise self._too_many(event)
        if depth + anchor.height > MAX_DEPTH:
            raise _Stop(_mark(spot), _TOO_DEEP)
        self._peak = max(self._peak, depth + anchor.height)
        place = anchor.place
        return _copied(anchor.value), _Places(spot, place.items, place.keys) if isinstance(place, _Places) else spot

    def _collection(self, event: Any, path: Path, depth: int) -> tuple[Any, Any]:  # noqa: ANN401
        depth += 1
        if depth > MAX_DEPTH:
            raise _Stop(_mark(_spot(event.start_mark)), _TOO_DEEP)
        self._peak = max(self._peak, depth)
        compose = self._mapping if type(event) is MappingStartEvent else self._sequence
        if event.anchor is None:
            value, place = compose(event, path, depth)
        else:
            value, place = self._anchored(compose, event, path, depth)
        return value if event.tag is None else self._refuse(event, _TAG, path), place

    def _anchored(self, compose: Callable[..., Any], event: Any, path: Path, depth: int) -> Any:  # noqa: ANN401
        anchor = self._anchors[event.anchor] = _Anchor(_spot(event.start_mark), is_open=True)
        nodes, peak, self._peak = self._nodes, self._peak, depth
        anchor.value, anchor.place = compose(event, path, depth)
        anchor.nodes = self._nodes - nodes
        anchor.height = self._peak - depth + 1
        anchor.is_open = False
        self._peak = max(peak, self._peak)
        return anchor.value, anchor.place

    def _sources(self, value: Value, place: Any, path: Path) -> list[tuple[Value, Any]]:  # noqa: ANN401
        """The mappings that a `<<` merges, with their places."""
        if isinstance(value, dict):
            return [(value, place)]
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [(item, place.items[index]) for index, item in enumerate(value)]
        spot = place.spot if isinstance(place, _Places) else place
        self._tell(spot, "merges a mapping, or a list of mappings: write an alias such as `<<: *name`", path)
        return []


def _merge(values: dict[str, Value], places: _Places, merged: list[tuple[Value, Any]]) -> None:
    """Add what is merged: the first source of a key wins, and the mapping's own keys win over all."""
    if "<<" in places.keys and "<<" not in values:
        del places.keys["<<"], places.items["<<"]
    for source, place in merged:
        for key in source:
            if key not in places.keys:
                values[key] = source[key]
                places.items[key] = place.items[key]
                places.keys[key] = place.keys[key]


def _joined(path: Path, part: str | int | None) -> Path:
    return path if part is None else (*path, part)


def _copied(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return value

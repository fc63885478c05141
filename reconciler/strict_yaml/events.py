"""The YAML library: its events from either of two parsers that agree, and what it would misread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol

import yaml
from yaml import MarkedYAMLError
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

# The library's own names are here for the modules that read what it says, so that they need not know it.
__all__ = [
    "FASTEST",
    "PURE_PYTHON",
    "UNWANTED",
    "UTF8_MARK",
    "AliasEvent",
    "Kind",
    "MappingEndEvent",
    "MappingStartEvent",
    "MarkedYAMLError",
    "Parser",
    "Part",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "is_misread",
    "parts",
]

# C0 but \n and \r, DEL, C1 with NEL, the Unicode line breaks, byte order marks, and what no YAML parser takes.
UNWANTED: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
UTF8_MARK: Final = b"\xef\xbb\xbf"
# Plain text between brackets: up to a space, a break, the end, a bracket, a comma, or a colon before one of these.
_FLOW_END: Final = r"\0 \r\n,\[\]{}"
_FLOW_TEXT: Final = re.compile(rf"[^{_FLOW_END}:]*+(?::(?![{_FLOW_END}?])[^{_FLOW_END}:]*+)*+")
_FLOW_COLON: Final = re.compile(r":[,?\[\]{}]")


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
    events = parser(text.removeprefix(UTF8_MARK))
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

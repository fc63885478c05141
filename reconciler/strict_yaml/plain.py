"""Reads texts in which nothing is odd, the short way: values straight from the events, and where they begin.

The long way is `compose`, and what it says counts. This one only answers where it would tell of no problem: the values
are the same then, and so are the places. Whatever needs a look (an anchor, an alias, a tag, an escape, ` #x`, a value
that is empty or goes on over several lines, a key that is unusual or repeated, a refused number, much depth, a long
text, any error) is no answer, and the text is read the long way.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache
from typing import Any, Final, NamedTuple

from reconciler.model.document import Value
from reconciler.strict_yaml.disputable import may_be_disputed
from reconciler.strict_yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NextEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
)
from reconciler.strict_yaml.positions import PACKED_BITS, PackedPlaces
from reconciler.strict_yaml.scalars import KNOWN, NUMBER_START, BadNumberError, number

# No line has a higher number than there are characters, nor a column: both fit into a packed place.
_LONGEST: Final = 1 << PACKED_BITS
_DEEPEST: Final = 8
# A comment glued to what is before it or to its first word may be meant as text; a block text may end in one.
_GLUED: Final = re.compile(r"#(?:(?<=[^ \n]#)|(?<= #)\S)")
# Of most texts all characters are among these.
_SEEN: Final = b"\n\r" + bytes(range(0x20, 0x7F))


class _OddError(Exception):
    """Something that has to be read the long way."""


class Plain(NamedTuple):
    """The values of a text, and the events at which its keys and values begin, in the order of the text."""

    values: dict[str, Value]
    begun: list[Event]

    def places(self) -> PackedPlaces:
        """Where the keys and values begin."""
        packed = array("I", [(mark := event.start_mark).line << PACKED_BITS | mark.column for event in self.begun])
        return PackedPlaces(self.values, packed)


def read_plain(text: str, next_event: NextEvent) -> Plain | None:
    """What a text says whose events are given; None where it has to be read the long way.

    Where there is an answer, all events were asked for.
    """
    if len(text) >= _LONGEST or not _is_harmless(text) or _GLUED.search(text) or may_be_disputed(text):
        return None
    try:
        return _document(_without_properties(next_event) if "&" in text or "!" in text else next_event)
    except (_OddError, YAMLError):
        return None


def is_seen(text: str) -> bool:
    """Whether all of a text can be seen, besides its line breaks: quickly said, and wrong of spaces of odd kinds."""
    if text.isascii():
        return not text.encode().translate(None, _SEEN)
    return text.replace("\r", "").replace("\n", "").isprintable()


def _is_harmless(text: str) -> bool:
    """No escapes, and no lines that may be directives or the marks of a conflict."""
    begins_odd = "%" in text and (text.startswith("%") or "\n%" in text or "\r%" in text)
    is_odd = "\\" in text or begins_odd or ("<" in text and "<<<<<<< " in text)
    return is_seen(text) and not is_odd


def _without_properties(next_event: NextEvent) -> NextEvent:
    """The same events, as long as none of them has an anchor or a tag: few texts have a character that begins one."""

    def checked() -> Event:
        event = next_event()
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise _OddError
        return event

    return checked


def _document(next_event: NextEvent) -> Plain:
    """The one document of a stream."""
    next_event()
    first, root = next_event(), next_event()
    if type(first) is not DocumentStartEvent or type(root) is not MappingStartEvent:
        raise _OddError
    reader = _Reader(next_event)
    values = reader.mapping(root, 1)
    next_event()
    if type(next_event()) is not StreamEndEvent:
        raise _OddError
    return Plain(values, reader.begun)


class _Reader:
    """Makes values of events, and keeps those at which a key or a value begins, in the order of the text."""

    def __init__(self, next_event: NextEvent) -> None:
        self._next = next_event
        self.begun: list[Event] = []

    def mapping(self, start: Event, depth: int) -> dict[str, Value]:
        """The values of a mapping that has begun."""
        begin, next_event = self.begun.append, self._next
        begin(start)
        values: dict[str, Value] = {}
        while type(event := next_event()) is ScalarEvent:
            key = _usual_key(event.value)
            if not key or key in values:
                raise _OddError
            begin(event)
            if type(value := next_event()) is ScalarEvent:
                begin(value)
                values[key] = _scalar(value)
            else:
                values[key] = self._collection(value, depth)
        if type(event) is not MappingEndEvent:
            raise _OddError
        _end(start, event)
        return values

    def _sequence(self, start: Event, depth: int) -> list[Value]:
        begin, next_event = self.begun.append, self._next
        begin(start)
        values: list[Value] = []
        while (kind := type(event := next_event())) is not SequenceEndEvent:
            if kind is ScalarEvent:
                begin(event)
                values.append(_scalar(event))
            else:
                values.append(self._collection(event, depth))
        _end(start, event)
        return values

    def _collection(self, start: Event, depth: int) -> Any:  # noqa: ANN401 - a mapping or a list
        if depth >= _DEEPEST:
            raise _OddError
        if type(start) is MappingStartEvent:
            return self.mapping(start, depth + 1)
        if type(start) is SequenceStartEvent:
            return self._sequence(start, depth + 1)
        raise _OddError


def _end(start: Event, end: Event) -> None:
    """Brackets that are closed on another line may be disputed."""
    if start.flow_style and start.start_mark.line != end.start_mark.line:
        raise _OddError


@lru_cache(maxsize=1_000)
def _usual_key(text: str) -> str:
    """A key that is a name, and nothing else to any tool; else nothing. All files share one text for it."""
    return text if text.isidentifier() and text not in KNOWN else ""


def _scalar(event: Event) -> Value:
    text: str = event.value
    if not event.style:
        value = KNOWN.get(text, text)
        return _number_or_text(text) if value is text else value
    # Where a quoted text goes on over several lines, its line breaks became spaces or stayed.
    if (not text or " " in text or "\n" in text) and _runs_on(event):
        raise _OddError
    return text


def _runs_on(event: Event) -> bool:
    """Whether other tools may read this otherwise: a quoted text of several lines, or a block text of none."""
    if event.style in ("'", '"'):
        return bool(event.start_mark.line != event.end_mark.line)
    return not event.value.strip("\n")


def _number_or_text(text: str) -> Value:
    if not text:
        raise _OddError
    if text[0] not in NUMBER_START:
        return text
    try:
        return number(text)
    except BadNumberError:
        raise _OddError from None

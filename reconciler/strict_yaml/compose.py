"""Puts values and their places together from the events of a YAML text, and tells every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.document import Mark, Path, Problem, Value
from reconciler.strict_yaml.events import (
    UNWANTED,
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from reconciler.strict_yaml.positions import COLUMN_BITS, TOP, Node, Offset, mark_of, spot_of
from reconciler.strict_yaml.scalars import KNOWN, NUMBER_START, BadNumberError, number
from reconciler.strict_yaml.syntax_errors import BLOCK_HEADER, NO_BREAK_SPACE, TAG, problem_at, space_hint

MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
# Nobody mends more at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000

_UNWANTED_ESCAPED: Final = re.compile(rf"[{UNWANTED}\ud800-\udfff]")
_MAYBE_CUT: Final = re.compile(r" #\S")
_CUT: Final = re.compile(r" +#(?=\S)")
# libyaml takes `|#` for a block with a comment, the pure-Python parser doesn't. An anchor may come before it.
_MAYBE_GLUED: Final = re.compile(r"[|>][-+0-9]*#")
_GLUED: Final = re.compile(r"(?:&\S++(?:\s++|#[^\r\n]*+)*+)?[|>][-+0-9]*#")

_NOTHING: Final = "an empty file: write one `field: value` a line, or remove it"


class _Missing:
    """Stands for a value that was refused (its problem is told), or was never written."""


_REFUSED: Final = _Missing()
_EMPTY: Final = _Missing()


class Stop(Exception):
    """Nothing after this can be read."""

    def __init__(self, mark: Mark, message: str) -> None:
        self.mark = mark
        self.message = message
        super().__init__(message)


class TooDeep(Stop):
    """More levels than any campaign needs."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark, f"more than {MAX_DEPTH} levels deep: a campaign needs three")


@dataclass(slots=True)
class _Anchor:
    """An anchored value. `nodes` are those inside it, once expanded; `height` is how many levels it has."""

    place: Any
    value: Value = _REFUSED
    nodes: int = 0
    height: int = 0
    is_open: bool = False


class Composer:
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

    def document(self) -> tuple[dict[str, Value], Node]:
        """The one document of the stream; raises Stop, or MarkedYAMLError."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            raise Stop(TOP, _NOTHING)
        root = self._next()
        if type(root) is ScalarEvent and not root.value:
            raise Stop(TOP, _NOTHING)
        if type(root) is not MappingStartEvent:
            hint = space_hint(self._text, root.start_mark.index - root.start_mark.column)
            message = "not a mapping: write one `field: value` a line, with a space after the colon"
            raise Stop(mark_of(spot_of(root.start_mark)), message + hint)
        if root.tag is not None:
            raise Stop(mark_of(spot_of(root.start_mark)), TAG)
        values, places = self._collection(root, (), 0)
        self._next()
        if type(after := self._next()) is not StreamEndEvent:
            raise Stop(
                mark_of(spot_of(after.start_mark)), "a second document: one file is one campaign; remove the `---`"
            )
        return values, places

    def _tell(self, spot: Offset, message: str, path: Path, *, is_warning: bool = False) -> None:
        self.problems.append(problem_at(self.file, mark_of(spot), message, path, is_warning=is_warning))
        if len(self.problems) >= MAX_PROBLEMS:
            raise Stop(mark_of(spot), f"{MAX_PROBLEMS} problems: nothing after this was read")

    def _too_many(self, event: Any) -> Stop:  # noqa: ANN401  the library's stubs leave marks optional; so below
        message = f"more than {MAX_NODES:,} values, with what aliases and merges repeat: no campaign needs that"
        return Stop(mark_of(spot_of(event.start_mark)), message)

    def _mapping(self, start: Any, path: Path, depth: int) -> tuple[dict[str, Value], Node]:  # noqa: ANN401
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
            keys[key] = mark.line << COLUMN_BITS | mark.column
            kind = type(of_value := next_event())
            if kind is ScalarEvent:
                value, mark = self._scalar(of_value, path, key), of_value.start_mark
                items[key] = mark.line << COLUMN_BITS | mark.column
            else:
                value, items[key] = self._deep(of_value, (*path, key), depth)
            if type(value) is _Missing:
                if value is _EMPTY:
                    self._tell(keys[key], self._about_empty(start, of_value), (*path, key))
            elif key == "<<" and not getattr(event, "style", ""):
                merged = self._sources(value, items[key], (*path, key))
            else:
                values[key] = value
        places = Node(spot_of(start.start_mark), items, keys)
        _merge(values, places, merged)
        return values, places

    def _key(self, event: Any, path: Path, depth: int) -> str | None:  # noqa: ANN401
        """The text of a key; None where it is refused."""
        if type(event) is ScalarEvent and not self._has_properties:
            key: str = event.value
            if key.isidentifier() and key not in KNOWN:
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
            if NO_BREAK_SPACE in key:
                self._tell(spot_of(event.start_mark), "a no-break space in a key: write an ordinary one", path)
            return key
        if len(self.problems) == told:
            message = "a key must be text: put it in quotes, or the whole value if it only looks like a key"
            self._tell(spot_of(event.start_mark), message, path)
        return None

    def _skip(self, event: Any, key: str | None, keys: Mapping[str, Offset], path: Path, depth: int) -> None:  # noqa: ANN401
        """Read past the value of a key that does not count; its own problems are told all the same."""
        inner = path
        if key is not None:
            inner = (*path, key)
            message = f"written twice, first on line {mark_of(keys[key]).line}: keep one"
            self._tell(spot_of(event.start_mark), message, inner)
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

    def _sequence(self, start: Any, path: Path, depth: int) -> tuple[list[Value], Node]:  # noqa: ANN401
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
                place = mark.line << COLUMN_BITS | mark.column
            else:
                value, place = self._deep(event, (*path, index), depth)
            if type(value) is not _Missing:
                items[len(values)] = place
                values.append(value)
            elif value is _EMPTY:
                self._tell(spot_of(event.start_mark), "an empty item: write a value, or remove it", (*path, index))
        return values, Node(spot_of(start.start_mark), items, {})

    def _scalar(self, event: Any, path: Path, part: str | int | None = None) -> Value:  # noqa: ANN401
        """The value of a scalar; `part` is the last one of its path, put together only where it is told."""
        if self._has_properties and (event.tag is not None or event.anchor is not None):
            return self._with_properties(event, _joined(path, part))
        text: str = event.value
        if event.style:
            return self._quoted(event, path, part) if self._has_traps else text
        if self._may_be_cut:
            self._warn_if_cut(event, _joined(path, part))
        if text in KNOWN:
            return KNOWN[text]
        if not text:
            return _EMPTY
        if text[0] in NUMBER_START:
            return self._number(event, _joined(path, part))
        return text

    def _quoted(self, event: Any, path: Path, part: str | int | None) -> Value:  # noqa: ANN401
        """The text of a quoted or block scalar, in a file that holds escapes or something like `|#`."""
        if event.style == '"' and _UNWANTED_ESCAPED.search(event.value):
            return self._refuse(event, "an escape here makes a control character", _joined(path, part))
        if event.style in "|>" and _GLUED.match(self._text, event.start_mark.index):
            return self._refuse(event, BLOCK_HEADER, _joined(path, part))
        return event.value

    def _with_properties(self, event: Any, path: Path) -> Value:  # noqa: ANN401
        tag, anchor = event.tag, event.anchor
        event.tag = event.anchor = None
        value = self._scalar(event, path) if tag is None else self._refuse(event, TAG, path)
        if anchor is not None:
            self._anchors[anchor] = _Anchor(spot_of(event.start_mark), value)
        return value

    def _refuse(self, event: Any, message: str, path: Path) -> _Missing:  # noqa: ANN401
        self._tell(spot_of(event.start_mark), message, path)
        return _REFUSED

    def _warn_if_cut(self, event: Any, path: Path) -> None:  # noqa: ANN401
        if event.value and (cut := _CUT.match(self._text, event.end_mark.index)):
            message = "from here on a comment: put the value in quotes if it belongs to it, else put a space after `#`"
            self._tell(spot_of(event.end_mark) + len(cut[0]) - 1, message, path, is_warning=True)

    def _number(self, event: Any, path: Path) -> Value:  # noqa: ANN401
        try:
            return number(event.value)
        except BadNumberError as error:
            return self._refuse(event, str(error), path)

    def _deep(self, event: Any, path: Path, depth: int) -> tuple[Value, Any]:  # noqa: ANN401
        return self._alias(event, path, depth) if type(event) is AliasEvent else self._collection(event, path, depth)

    def _alias(self, event: Any, path: Path, depth: int) -> tuple[Value, Any]:  # noqa: ANN401
        spot = spot_of(event.start_mark)
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
            raise TooDeep(mark_of(spot))
        self._peak = max(self._peak, depth + anchor.height)
        place = anchor.place
        return _copied(anchor.value), Node(spot, place.items, place.keys) if isinstance(place, Node) else spot

    def _collection(self, event: Any, path: Path, depth: int) -> tuple[Any, Any]:  # noqa: ANN401
        depth += 1
        if depth > MAX_DEPTH:
            raise TooDeep(mark_of(spot_of(event.start_mark)))
        self._peak = max(self._peak, depth)
        compose = self._mapping if type(event) is MappingStartEvent else self._sequence
        if event.anchor is None:
            value, place = compose(event, path, depth)
        else:
            value, place = self._anchored(compose, event, path, depth)
        return value if event.tag is None else self._refuse(event, TAG, path), place

    def _anchored(self, compose: Callable[..., Any], event: Any, path: Path, depth: int) -> Any:  # noqa: ANN401
        anchor = self._anchors[event.anchor] = _Anchor(spot_of(event.start_mark), is_open=True)
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
        spot = place.spot if isinstance(place, Node) else place
        self._tell(spot, "merges a mapping, or a list of mappings: write an alias such as `<<: *name`", path)
        return []


def _merge(values: dict[str, Value], places: Node, merged: list[tuple[Value, Any]]) -> None:
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

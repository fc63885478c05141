"""Puts values and their places together from the events of a YAML text, and tells every problem on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reconciler.model.document import Mark, Path, Value
from reconciler.strict_yaml.anchors import Anchors, Bounds
from reconciler.strict_yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NextEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from reconciler.strict_yaml.nodes import EMPTY, Missing, Scalars, merge, merge_sources
from reconciler.strict_yaml.positions import COLUMN_BITS, TOP, Node, Offset, mark_of, offset_of
from reconciler.strict_yaml.problems import NO_BREAK_SPACE, TAG, Problems, Stop, space_hint
from reconciler.strict_yaml.scalars import KNOWN

_NOTHING: Final = "an empty file: write one `field: value` a line, or remove it"


class Composer:
    """Makes values and places from events. Depth is bounded, so recursion is; so is the number of nodes."""

    def __init__(self, text: str, problems: Problems, next_event: NextEvent) -> None:
        self._text = text
        self._problems = problems
        self._next = next_event
        self._scalars = Scalars(text, problems)
        # Most texts have no anchors and no tags: their scalars need not be asked for them.
        self._has_properties = "&" in text or "!" in text
        self._bounds = Bounds()
        self._anchors = Anchors(self._bounds, self._scalars)
        self._scalar = self._anchors.read if self._has_properties else self._scalars.read

    def document(self) -> tuple[dict[str, Value], Node]:
        """The mapping that is the one document of the stream; raises Stop, or YAMLError."""
        message = "not a mapping: write one `field: value` a line, with a space after the colon"
        return self._whole(MappingStartEvent, message)

    def entries(self) -> tuple[list[Value], Node]:
        """The same of a list."""
        return self._whole(SequenceStartEvent, "not a list: write one `- key: value` for each entry")

    def _whole(self, kind: type[Event], otherwise: str) -> tuple[Any, Node]:
        """The one document of the stream, a collection of this kind; `otherwise` says what is wrong with others."""
        self._next()
        if type(self._next()) is StreamEndEvent:
            raise Stop(TOP, _NOTHING)
        root = self._next()
        if type(root) is ScalarEvent and not root.value:
            raise Stop(TOP, _NOTHING)
        if type(root) is not kind:
            hint = space_hint(self._text, root.start_mark.index - root.start_mark.column)
            raise Stop(_mark(root), otherwise + hint)
        if root.tag is not None:
            raise Stop(_mark(root), TAG)
        values, node = self._collection(root, (), 0)
        self._next()
        if type(after := self._next()) is not StreamEndEvent:
            raise Stop(_mark(after), "a second document: one file is one campaign; remove the `---`")
        return values, node

    @property
    def runs_on(self) -> bool:
        """Whether quotes or brackets go on over several lines, or a block text has none: see `disputed`."""
        return self._scalars.runs_on

    # Mappings and lists

    def _mapping(self, start: Event, path: Path, depth: int) -> tuple[dict[str, Value], Node]:
        """The values of a mapping, and where they stand."""
        values: dict[str, Value] = {}
        node = Node(offset_of(start.start_mark), {}, {})
        sources: list[tuple[dict[str, Value], Node]] = []
        while type(event := self._next()) is not MappingEndEvent:
            self._bounds.count(2, event)
            key = self._key(event, path, depth)
            if key is None or key in node.keys:
                self._skip(event, key, node.keys, path, depth)
                continue
            mark = event.start_mark
            node.keys[key] = mark.line << COLUMN_BITS | mark.column
            kind = type(of_value := self._next())
            if kind is ScalarEvent:
                value, mark = self._scalar(of_value, path, key), of_value.start_mark
                node.items[key] = mark.line << COLUMN_BITS | mark.column
            else:
                value, node.items[key] = self._deep(of_value, (*path, key), depth)
            if type(value) is Missing:
                if value is EMPTY:
                    self._problems.tell(node.keys[key], self._about_empty(start, of_value), (*path, key))
            elif key == "<<" and not getattr(event, "style", ""):
                sources = self._merge_sources(value, node.items[key], (*path, key))
            else:
                values[key] = value
        self._end(start, event)
        merge(values, node, sources)
        return values, node

    def _sequence(self, start: Event, path: Path, depth: int) -> tuple[list[Value], Node]:
        """The values of a list, and where they stand: what is refused is left out, and moves no mark."""
        values: list[Value] = []
        items: dict[str | int, Any] = {}
        index = -1
        while (kind := type(event := self._next())) is not SequenceEndEvent:
            index += 1
            self._bounds.count(1, event)
            if kind is ScalarEvent:
                value, mark = self._scalar(event, path, index), event.start_mark
                place = mark.line << COLUMN_BITS | mark.column
            else:
                value, place = self._deep(event, (*path, index), depth)
            if type(value) is not Missing:
                items[len(values)] = place
                values.append(value)
            elif value is EMPTY:
                self._tell(event, "an empty item: write a value, or remove it", (*path, index))
        self._end(start, event)
        return values, Node(offset_of(start.start_mark), items, {})

    def _end(self, start: Event, end: Event) -> None:
        if start.flow_style and start.start_mark.line != end.start_mark.line:
            self._scalars.runs_on = True

    def _merge_sources(self, value: Value, place: Any, path: Path) -> list[tuple[dict[str, Value], Node]]:  # noqa: ANN401  a Node where the value is a collection
        sources = merge_sources(value, place)
        if sources is None:
            offset = place.offset if isinstance(place, Node) else place
            message = "merges a mapping, or a list of mappings: write an alias such as `<<: *name`"
            self._problems.tell(offset, message, path)
        return sources or []

    def _about_empty(self, start: Event, event: Event) -> str:
        if self._scalars.is_cut(event):
            return "has no value, only a comment: put the value in quotes if the `#` belongs to it"
        if start.flow_style:
            return "has no value: write `field: value`, or put all of it in quotes if the braces belong to the text"
        return "has no value: write null to clear, or remove the line"

    # Keys

    def _key(self, event: Event, path: Path, depth: int) -> str | None:
        """The text of a key; None where it is refused."""
        if type(event) is ScalarEvent and not self._has_properties:
            key: str = event.value
            if key.isidentifier() and key not in KNOWN:
                return key
        return self._unusual_key(event, path, depth)

    def _unusual_key(self, event: Event, path: Path, depth: int) -> str | None:
        """The text of a key that is more than a name, or that may be none."""
        told = len(self._problems)
        if type(event) is ScalarEvent:
            key = self._scalar(event, path)
        else:
            key = self._deep(event, path, depth)[0]
            if type(event) is not AliasEvent:
                # Of `{{ name }}` it is said once that it is no key, and nothing of what is inside.
                self._problems.forget_from(told)
        if isinstance(key, str):
            if NO_BREAK_SPACE in key:
                self._tell(event, "a no-break space in a key: write an ordinary one", path)
            return key
        if len(self._problems) == told:
            self._tell(
                event, "a key must be text: put it in quotes, or the whole value if it only looks like a key", path
            )
        return None

    def _skip(self, event: Event, key: str | None, keys: Mapping[str, Offset], path: Path, depth: int) -> None:
        """Read past the value of a key that does not count; its own problems are told all the same."""
        inner = path
        if key is not None:
            inner = (*path, key)
            self._tell(event, f"written twice, first on line {mark_of(keys[key]).line}: keep one", inner)
        value = self._next()
        if type(value) is ScalarEvent:
            self._scalar(value, inner)
        else:
            self._deep(value, inner, depth)

    # Aliases, anchors and tags

    def _deep(self, event: Event, path: Path, depth: int) -> tuple[Value, Any]:
        if type(event) is AliasEvent:
            return self._anchors.repeated(event, path, depth)
        return self._collection(event, path, depth)

    def _collection(self, event: Event, path: Path, depth: int) -> tuple[Any, Any]:
        depth += 1
        self._bounds.climb(depth, event)
        compose = self._mapping if type(event) is MappingStartEvent else self._sequence
        if event.anchor is None:
            value, node = compose(event, path, depth)
        else:
            value, node = self._anchors.keep_collection(event, depth, lambda: compose(event, path, depth))
        return value if event.tag is None else self._scalars.refuse(event, TAG, path), node

    def _tell(self, event: Event, message: str, path: Path) -> None:
        self._problems.tell(offset_of(event.start_mark), message, path)


def _mark(event: Event) -> Mark:
    return mark_of(offset_of(event.start_mark))

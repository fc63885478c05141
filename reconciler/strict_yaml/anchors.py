"""What aliases repeat, and how much a text may hold with it: an alias bomb is small until it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.document import Mark, Path, Value
from reconciler.strict_yaml.events import Event
from reconciler.strict_yaml.nodes import REFUSED, Scalars, copied
from reconciler.strict_yaml.positions import Node, Offset, mark_of, offset_of
from reconciler.strict_yaml.problems import TAG, Stop

MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000


class TooDeep(Stop):
    """More levels than any campaign needs."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark, f"more than {MAX_DEPTH} levels deep: a campaign needs three")


class Bounds:
    """How many nodes a text has so far, and how deep it went, with all that aliases repeat."""

    def __init__(self) -> None:
        self.nodes = 1
        self.peak = 0

    def count(self, nodes: int, event: Event) -> None:
        """Count what was read or repeated; raises Stop where it is too much."""
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} values, with what aliases and merges repeat: no campaign needs that"
            raise Stop(mark_of(offset_of(event.start_mark)), message)

    def climb(self, depth: int, event: Event) -> None:
        """Note how deep it goes; raises TooDeep."""
        if depth > MAX_DEPTH:
            raise TooDeep(mark_of(offset_of(event.start_mark)))
        self.peak = max(self.peak, depth)


@dataclass(slots=True)
class Anchor:
    """An anchored value. `nodes` are those inside it, once expanded; `height` is how many levels it has."""

    place: Offset | Node
    value: Any = REFUSED
    nodes: int = 0
    height: int = 0
    is_open: bool = False


class Anchors:
    """The anchored values of a text, by name: of several with one name, an alias means the last above it."""

    def __init__(self, bounds: Bounds, scalars: Scalars) -> None:
        self._bounds = bounds
        self._scalars = scalars
        self._anchors: dict[str, Anchor] = {}

    def read(self, event: Event, path: Path, part: str | int | None = None) -> Value:
        """The value of a scalar, which is kept if it is anchored, and refused if it has a tag."""
        if event.tag is None:
            value = self._scalars.read(event, path, part)
        else:
            value = self._scalars.refuse(event, TAG, path if part is None else (*path, part))
        if event.anchor is not None:
            self._anchors[event.anchor] = Anchor(offset_of(event.start_mark), value)
        return value

    def keep_collection(self, event: Event, depth: int, compose: Callable[[], tuple[Any, Node]]) -> tuple[Any, Node]:
        """Compose an anchored collection, and keep it with its size; as long as it is open, no alias may mean it."""
        anchor = self._anchors[event.anchor] = Anchor(offset_of(event.start_mark), is_open=True)
        bounds = self._bounds
        nodes, peak, bounds.peak = bounds.nodes, bounds.peak, depth
        value, node = compose()
        anchor.value, anchor.place = value, node
        anchor.nodes = bounds.nodes - nodes
        anchor.height = bounds.peak - depth + 1
        anchor.is_open = False
        bounds.peak = max(peak, bounds.peak)
        return value, node

    def repeated(self, event: Event, path: Path, depth: int) -> tuple[Value, Offset | Node]:
        """What an alias repeats, counted as if it were written there, with the alias as its place."""
        offset = offset_of(event.start_mark)
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            message = "an alias without its anchor above: put the value in quotes if the `*` belongs to it"
            return self._scalars.refuse(event, message, path), offset
        if anchor.is_open:
            message = "an alias inside the value that it stands for: it would never end"
            return self._scalars.refuse(event, message, path), offset
        self._bounds.count(anchor.nodes, event)
        self._bounds.climb(depth + anchor.height, event)
        place = anchor.place
        return copied(anchor.value), Node(offset, place.items, place.keys) if isinstance(place, Node) else offset

"""A text gone through once for those who rewrite it: what it says, and its events, of which its tree is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from reconciler.model.document import Problem, Value
from reconciler.model.errors import FilesError
from reconciler.strict_yaml.events import UTF8_MARK, Begin, Event, replay
from reconciler.strict_yaml.parse import decoded
from reconciler.strict_yaml.plain import Plain, read_plain
from reconciler.strict_yaml.tree import Element, tree_of

_WRITTEN: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, check_circular=False).encode


class Reading(NamedTuple):
    """A text behind its byte order mark, if it has one; `plain` where nothing in it is odd."""

    mark: bytes
    text: str
    values: Mapping[str, Value]
    events: Sequence[Event]
    plain: Plain | None = None

    def tree(self) -> Element:
        """The top of the text."""
        return tree_of(self.events)


def read(text: bytes, file: str) -> Reading:
    """Go through a text; raises FilesError where it has errors."""
    body = decoded(text, file)
    if isinstance(body, Problem):
        raise FilesError([body])
    begin = replay(body)
    plain = read_plain(body, begin())
    mark = UTF8_MARK if text.startswith(UTF8_MARK) else b""
    return Reading(mark, body, plain.values if plain else _in_full(body, file, begin), [*iter(begin(), None)], plain)


def _in_full(text: str, file: str, begin: Begin) -> Mapping[str, Value]:
    from reconciler.strict_yaml.in_full import read_in_full  # noqa: PLC0415 - most texts need no second look

    document, problems = read_in_full(text, file, begin)
    if document is None or any(problem.is_error for problem in problems):
        raise FilesError(problems)
    return document.values


def means(text: bytes, values: Mapping[str, Value]) -> bool:
    """Whether a text reads without errors, and as exactly these values."""
    try:
        return is_same(read(text, "").values, values)
    except FilesError:
        return False


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are the same, of the same types throughout: True is not 1; the order of keys is no matter."""
    return _WRITTEN(one) == _WRITTEN(other)

"""Answers cut down at the door to what is known here: what is not read is not kept.

Calls and files are gone by then: `rows` cuts them out of the text.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Final

from reconciler.model.document import Value
from reconciler.model.fields import campaign_fields

# What holds campaigns, agents or paging, and what is known of these beside the fields of the schema.
_HOLDERS: Final = frozenset({"data", "campaign", "campaigns", "items", "agent", "pagination", "meta"})
_KEPT: Final = frozenset(
    {"success", "id", "name", "status", "created_at", "updated_at", "current_status", "direction", "last_page", "total"}
)
# The list of a field that came last, of those that are long.
_seen: Final[dict[str, list[Value]]] = {}
_LONG: Final = 100
# An agent of a campaign in a list in an envelope in an envelope.
_DEEPEST: Final = 8


def known_part(body: Value, deepest: int = _DEEPEST) -> Value:
    """What is known of the JSON of an answer, in the same shape: fields as they are, of all else nothing."""
    if not isinstance(body, (list, Mapping)):
        return body
    if deepest == 0:
        return None
    if isinstance(body, list):
        return [known_part(entry, deepest - 1) for entry in body]
    fields = _fields()
    # PHP turns a list with gaps into an object with the positions as keys.
    known = {
        key: value if key in fields else known_part(value, deepest - 1)
        for key, value in body.items()
        if key in fields or key in _HOLDERS or key.isdecimal()
    }
    return with_shared_lists(known)


def with_shared_lists(found: dict[str, Value]) -> dict[str, Value]:
    """An object with the lists that the one before had, where long ones are the same.

    Thousands of campaigns may have one list of thousands of numbers.
    """
    for name in _people() & found.keys():
        value = found[name]
        if isinstance(value, list) and len(value) >= _LONG:
            before = _seen.get(name)
            if before == value:
                found[name] = before
            elif {*map(type, value)} == {str}:  # among numbers 1 is as 1.0 and True
                _seen[name] = value
    return found


@functools.cache
def _people() -> frozenset[str]:
    return frozenset(name for name, field in campaign_fields().every.items() if field.is_sensitive)


@functools.cache
def _fields() -> frozenset[str]:
    """What of an object is kept whole: the fields of campaigns, and the older ones that show the bounds of windows."""
    fields = campaign_fields()
    bounds = (name for field in fields.every.values() for name in field.legacy_bounds or ())
    return _KEPT.union(fields.every.keys() - fields.local.keys(), bounds)

"""Answers cut down at the door to what is known here: what is not read is not kept.

A campaign's page may hold tens of thousands of calls with the numbers of the people called. They are taken out of the
text before it is made JSON, so that they never take the memory of values, and whatever else is unknown afterwards.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

from reconciler.model.document import Value
from reconciler.model.fields import campaign_fields

# The keys whose lists nobody reads. In valid JSON a quotation mark that no backslash stands before, with these letters
# and a colon behind it, begins a key and nothing else.
_ROWS: Final = (b'"calls"', b'"files"')
# Lists in lists in such a list, as deep as that. No repeat of a pattern ever goes back.
_LISTS_IN_ROWS: Final = 6

# What holds campaigns, agents or paging, and what is known of these beside the fields of the schema.
_HOLDERS: Final = frozenset({"data", "campaign", "campaigns", "items", "agent", "pagination", "meta"})
_KEPT: Final = frozenset(
    {"success", "id", "name", "status", "created_at", "updated_at", "current_status", "direction", "last_page", "total"}
)
# An agent of a campaign in a list in an envelope in an envelope.
_DEEPEST: Final = 8


def without_rows(content: bytes) -> bytes:
    """The text of an answer with empty lists of calls and files."""
    for key in _ROWS:
        # Most answers hold none: a text is found in a tenth of the time that a pattern takes to find nothing.
        if key in content:
            content = _emptied(content, key)
    return content


def _emptied(content: bytes, key: bytes) -> bytes:
    """The text with an empty list wherever one stands behind the key."""
    kept, done = [], 0
    at = content.find(key)
    while at >= 0:
        behind = at + len(key)
        rows = _list_behind_a_key().match(content, behind) if content[at - 1 : at] != b"\\" else None
        if rows:
            kept += [content[done : rows.start("list")], b"[]"]
            done = behind = rows.end()
        at = content.find(key, behind)
    return b"".join((*kept, content[done:]))


@functools.cache
def _list_behind_a_key() -> re.Pattern[bytes]:
    inside = no_list = rb'[^\]\["]++|"(?:[^"\\]++|\\.)*+"'
    for _ in range(_LISTS_IN_ROWS):
        inside = no_list + rb"|\[(?:" + inside + rb")*+\]"
    return re.compile(rb"\s*+:\s*+(?P<list>\[(?:" + inside + rb")*+\])", re.DOTALL)


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
    return {
        key: value if key in fields else known_part(value, deepest - 1)
        for key, value in body.items()
        if key in fields or key in _HOLDERS or key.isdecimal()
    }


@functools.cache
def _fields() -> frozenset[str]:
    """What of an object is kept whole: the fields of campaigns, and the older ones that show the bounds of windows."""
    fields = campaign_fields()
    bounds = (name for field in fields.every.values() for name in field.legacy_bounds or ())
    return _KEPT.union(fields.every.keys() - fields.local.keys(), bounds)

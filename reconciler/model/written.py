"""Canonical values written down: as the API wants to be sent them, and as a hash."""

from __future__ import annotations

import json

from reconciler.model.canonical import Canonical, Entry, Nested, Unexpected, Unset
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field
from reconciler.model.sensitive import Salt, SensitiveSet

# What `json.dumps` makes anew at every call; a document holds thousands of hashes.
_sorted = json.JSONEncoder(sort_keys=True).encode


def to_api(field: Field, value: Canonical) -> Value:
    """Write a canonical value as the API wants to be sent it: sets as sorted lists, windows as start and end."""
    if isinstance(value, Unset):
        return None
    if isinstance(value, SensitiveSet):
        return value.reveal()
    if isinstance(value, Nested):
        return value.value
    if isinstance(value, frozenset):
        return [_written(entry) for entry in sorted(value, key=_order)]
    if value is None and not field.is_nullable:
        return _emptied(field)
    return _written(value)


def fingerprint(field: Field, value: Canonical, salt: Salt) -> str:
    """A hash of a canonical value, tied to one host and campaign: a SHA-256, or for people's data one under a key.

    Empty for people's data where there is no key.
    """
    if isinstance(value, SensitiveSet):
        return value.digest(salt)
    import hashlib  # noqa: PLC0415 - as `sensitive` has it

    return hashlib.sha256(f"{salt.text}\n{_sorted(to_api(field, value))}".encode("utf-8", "surrogatepass")).hexdigest()


def _written(entry: Canonical | Entry) -> Value:
    """A window as start and end; what came in an unexpected form as the text of it; anything else as it is."""
    match entry:
        case Unexpected(text):
            return text
        case (start, end):
            return {"start": start, "end": end}
        case _:
            return entry


def _emptied(field: Field) -> Value:
    """What empties a field that has no null: the API makes null of an empty text by itself."""
    match field.compare:
        case Compare.TEXT:
            return ""
        case Compare.NESTED:
            return {}
        case _:
            return None


def _order(entry: Entry) -> tuple[bool, str, object]:
    """Entries of one kind beside each other, what was unexpected at the end."""
    is_unexpected = isinstance(entry, Unexpected)
    return is_unexpected, type(entry).__name__, entry.text if isinstance(entry, Unexpected) else entry

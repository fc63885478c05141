"""Whether what the API shows of a field is in a form that we know, so that it can be compared.

What is in no known form (JSON or a list as text, names of weekdays, `{from, to}`, `0000-00-00`, the text `false`, rows
instead of numbers) may well mean what the file says: nobody can tell, so it is no change.
"""

from __future__ import annotations

import datetime
from typing import Final

from reconciler.model.canonical import Canonical, OuterBounds, Unexpected, is_window
from reconciler.model.fields import Compare, Field

_WEEKDAYS: Final = frozenset(range(1, 8))


def is_known_form(field: Field, shown: Canonical) -> bool:
    """Whether the canonical value of an answer is of the kind that its field has; null is of every kind."""
    if shown is None or isinstance(shown, Unexpected):
        return shown is None
    if isinstance(shown, OuterBounds):
        return is_window((shown.start, shown.end))
    if isinstance(shown, frozenset):
        return all(_is_known_entry(field, entry) for entry in shown)
    match field.compare:
        case Compare.TEXT:
            return isinstance(shown, str)
        case Compare.NUMBER:
            return isinstance(shown, (int, float)) and not isinstance(shown, bool)
        case Compare.BOOLEAN:
            return isinstance(shown, bool)
        case Compare.DATE:
            return isinstance(shown, str) and _is_date(shown)
        case _:
            return True


def _is_known_entry(field: Field, entry: object) -> bool:
    if field.compare is Compare.WINDOWS:
        return is_window(entry)
    if field.says_weekdays:
        return entry in _WEEKDAYS
    return isinstance(entry, (int, float) if field.holds_numbers else str)


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True

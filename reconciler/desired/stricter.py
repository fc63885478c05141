"""Where campaign files need JSON Schema to be stricter than it is: kinds, forms and lengths of values."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from reconciler.hours.zones import is_known_zone
from reconciler.model.document import Value
from reconciler.model.trimmed import trimmed

# What each type of value is called by a schema: 3.0 is no whole number, and true is none either.
KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"number"}),
    list: frozenset({"array"}),
    dict: frozenset({"object"}),
    type(None): frozenset({"null"}),
}


def is_kind(allowed: str | Sequence[str], value: Value) -> bool:
    """Whether a value is of the kind, or one of the kinds, that a schema allows."""
    kinds = KINDS[type(value)]
    return allowed in kinds if isinstance(allowed, str) else not kinds.isdisjoint(allowed)


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema: digits and letters are ASCII's."""
    return re.compile(pattern, re.ASCII)


def matches(pattern: str, text: str) -> bool:
    """From the first to the last character: `$` alone would let a line break pass."""
    return compiled(pattern).fullmatch(text) is not None


def has_form(form: str, text: str) -> bool:
    """Whether a text is of one of the forms that we know by name; of any other it is."""
    match form:
        case "date":
            return _is_date(text)
        case "timezone":
            return is_known_zone(text)
        case "place":
            from reconciler.hours.places import is_place  # noqa: PLC0415  few campaigns name a place

            return is_place(text)
        case _:
            return True


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_long_enough(least: int, text: str) -> bool:
    """Whether there is so much text: it is compared and sent trimmed, so blanks are none."""
    return len(trimmed(text)) >= least

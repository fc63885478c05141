"""Tells of most texts at a glance whether formatting changes them, without taking them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from reconciler.model.document import Value
from reconciler.model.fields import Fields
from reconciler.strict_yaml.events import Event, ScalarEvent, is_misread
from reconciler.strict_yaml.order import is_rising, rank_in, rank_inside
from reconciler.strict_yaml.plain import Plain
from reconciler.strict_yaml.scalars import is_text

# Blank lines that may belong to a text in a block: moved, it would say something else.
_RISKY: Final = re.compile(r"\n +\n")
# The header of a text to which they do belong, from its end: quickly found.
_KEEPS_BLANKS: Final = re.compile(r"\+(?:(?<=[|>]\+)|(?<=[|>][0-9]\+))")
# Blank lines too many, and comments below others that are indented less: what becomes of these is not seen at once.
_LOOSE: Final = re.compile(r"\n\n\n|\n\n\Z|\n#[^\n]*\n\n? +#")


class Glance(NamedTuple):
    """What is seen of a text at a glance.

    `changes` is whether formatting changes it, None where that is not seen; else all its fields will be in order.
    `is_risky` where it takes a look to know that a text means the same once it is formatted.
    """

    changes: bool | None
    is_risky: bool


def glance(text: str, plain: Plain, fields: Fields) -> Glance:
    """Look at a text that could be read the short way."""
    if _is_risky(text):
        return Glance(None, is_risky=True)
    return Glance(_changes(text, plain, fields) if _has_entries(text, plain.begun) else None, is_risky=False)


def _changes(text: str, plain: Plain, fields: Fields) -> bool | None:
    if not is_rising(plain.values, rank_in(fields.names)):
        return True
    misread = _misread(text, plain.begun)
    if any(map(_is_a_value, misread)):
        return True
    above = text[: plain.begun[0].start_mark.index]
    is_tidy = not (above.startswith((" ", "\n")) or "\n " in above or _LOOSE.search(text))
    return False if is_tidy and not misread and _is_sorted_inside(plain.values, fields) else None


def _is_risky(text: str) -> bool:
    """Whether it takes a look to know that a text means the same with its fields sorted."""
    is_odd = "\r" in text or not text.endswith("\n")
    return is_odd or bool(_RISKY.search(text) or _KEEPS_BLANKS.search(text))


def _has_entries(text: str, begun: list[Event]) -> bool:
    """Whether each field begins a line of its own, without anything before it."""
    if begun[0].flow_style:
        return False
    root, first = begun[0].start_mark, begun[1].start_mark
    return not root.column and root.index == first.index and "\n?" not in text


def _is_sorted_inside(values: Mapping[str, Value], fields: Fields) -> bool:
    """Whether the keys of mappings in lists stand in the schema's order."""
    return all(
        is_rising(item, rank)
        for name, value in values.items()
        if isinstance(value, list) and (rank := rank_inside(name, fields))
        for item in value
        if isinstance(item, dict)
    )


def _misread(text: str, begun: list[Event]) -> list[str]:
    """What another tool would misread: without quotes, or in single ones."""
    bare = [event.value for event in begun if type(event) is ScalarEvent and not event.style]
    found = [*filter(_is_misread_text, bare)]
    if "'" in text:
        single = [event.value for event in begun if type(event) is ScalarEvent and event.style == "'"]
        found += filter(is_misread, single)
    return found


@lru_cache(maxsize=10_000)
def _is_misread_text(bare: str) -> bool:
    return is_misread(bare) and is_text(bare)


def _is_a_value(misread: str) -> bool:
    """Whether this is a value on one line for certain: keys have names, and what is on several lines has blanks."""
    return not misread.isidentifier() and " " not in misread

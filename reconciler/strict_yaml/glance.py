"""Tells of most texts at a glance whether formatting changes them, without taking them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reconciler.model.document import Value
from reconciler.model.fields import Fields
from reconciler.strict_yaml.events import Event, ScalarEvent, is_misread
from reconciler.strict_yaml.order import is_rising, rank_in, rank_inside
from reconciler.strict_yaml.plain import Plain
from reconciler.strict_yaml.scalars import is_text

# Blank lines that may belong to a text in a block: moved, it would say something else.
_RISKY: Final = re.compile(r"\n +\n|[|>][0-9]?\+")
# Blank lines too many, and comments below others that are indented less: what becomes of these is not seen at once.
_LOOSE: Final = re.compile(r"\n\n\n|\n\n\Z|\n#[^\n]*\n\n? +#")


def changes(text: str, plain: Plain, fields: Fields) -> bool | None:
    """Whether formatting changes a text that could be read the short way; None where that is not seen at once.

    Where there is an answer, all fields are in order afterwards.
    """
    if not _has_entries(text, plain.begun) or not text.endswith("\n") or "\r" in text or _RISKY.search(text):
        return None
    if not is_rising(plain.values, rank_in(fields.names)):
        return True
    needs = {_needs_quotes(event) for event in plain.begun}
    if True in needs:
        return True
    above = text[: plain.begun[0].start_mark.index]
    is_tidy = not (above.startswith((" ", "\n")) or "\n " in above or _LOOSE.search(text))
    return False if None not in needs and is_tidy and _is_sorted_inside(plain.values, fields) else None


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


def _needs_quotes(event: Event) -> bool | None:
    """Whether this is a value that needs quotes, or other ones; None where it may be a key, or on several lines."""
    if type(event) is not ScalarEvent or event.style not in ("", "'"):
        return False
    said: str = event.value
    if not is_misread(said) or not (event.style or is_text(said)):
        return False
    # Keys have names, and those of several words and lines are none.
    return None if said.isidentifier() or " " in said else True

"""Tells quickly of most texts that are in their canonical form that they are, without taking them apart."""

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

# Blank lines too many, and comments below others that are indented less: formatting looks at what is around them.
_LOOSE: Final = re.compile(r"\n\n\n|\n +\n|\n\n\Z|\n#[^\n]*\n\n? +#")
# The header of a text in a block to which the blank lines below belong.
_KEEPS_BLANKS: Final = re.compile(r"[|>][0-9]?\+")


def is_settled(text: str, plain: Plain, fields: Fields) -> bool:
    """Whether a text that could be read the short way is surely as formatting would leave it."""
    return (
        _is_sorted(plain.values, fields)
        and _is_tidy(text, plain.begun)
        and not any(_may_be_quoted(event) for event in plain.begun)
    )


def _is_sorted(values: Mapping[str, Value], fields: Fields) -> bool:
    """Whether all fields stand in the schema's order, and so do those of mappings in lists."""
    return is_rising(values, rank_in(fields.names)) and all(
        is_rising(item, rank)
        for name, value in values.items()
        if isinstance(value, list) and (rank := rank_inside(name, fields))
        for item in value
        if isinstance(item, dict)
    )


def _is_tidy(text: str, begun: list[Event]) -> bool:
    """Whether each field begins a line of its own, and no line would be added, moved or left out."""
    root = begun[0].start_mark
    above = text[: root.index]
    return (
        not begun[0].flow_style
        and not root.column
        and begun[1].start_mark.index == root.index
        and "\n?" not in text
        and not above.startswith((" ", "\n"))
        and "\n " not in above
        and "\r" not in text
        and text.endswith("\n")
        and not _LOOSE.search(text)
        and not _KEEPS_BLANKS.search(text)
    )


def _may_be_quoted(event: Event) -> bool:
    """Whether this may be a value that needs quotes, or other ones."""
    if type(event) is not ScalarEvent or event.style not in ("", "'"):
        return False
    return is_misread(event.value) and (event.style == "'" or is_text(event.value))

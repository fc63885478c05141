"""Values as they may stand in a message."""

from __future__ import annotations

from typing import Final

from reconciler.model.document import Value
from reconciler.model.redaction import without_numbers

# What still reads as a quotation in a one-line message.
LONGEST: Final = 60


def shown(value: Value) -> str:
    """A value as it may stand in a message: short, on one line, and printable on any terminal."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return repr(cut(without_numbers(value), LONGEST))
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return cut(str(value), LONGEST)


def cut(text: str, longest: int) -> str:
    """A text that is no longer than that, with a mark where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"

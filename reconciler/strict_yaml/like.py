"""A value written as another one is: without quotes, or in the same ones, wherever that is safe."""

from __future__ import annotations

import re
from typing import Final

from reconciler.model.document import Value
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.quote import inline
from reconciler.strict_yaml.scalars import is_text

# Text that means itself without quotes, in brackets, too.
_PLAIN: Final = re.compile(r"\w(?:[\w ./@+-]*[\w.+])?")
_LIKE_A_TIME: Final = re.compile(r"[0-9]+(?:[-:][0-9]+)+")


class Unsafe(Exception):
    """A value cannot be edited where it stands without losing something around it."""


def scalar(becomes: Value, style: str, was: str) -> str:
    """A value in the style of the one before: without quotes, or in those that it had, wherever that is safe."""
    if not isinstance(becomes, str):
        return inline(becomes)
    # Dates and times without quotes are read as the text that they are; who writes them so goes on to.
    if style == "" and _LIKE_A_TIME.fullmatch(becomes) and _LIKE_A_TIME.fullmatch(was):
        return becomes
    if is_misread(becomes):
        return inline(becomes)
    if style == "" and _PLAIN.fullmatch(becomes) and is_text(becomes):
        return becomes
    if style == "'" and becomes.isprintable():
        return "'" + becomes.replace("'", "''") + "'"
    return inline(becomes)

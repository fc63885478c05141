"""Text as a terminal and a page may show it: what cannot be seen is written out."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    r"""The text with everything invisible or active written out: `\x1b` for ESC, `\u202e` for a bidi override.

    Control and format characters, line separators, lone surrogates and unassigned code points cannot move the
    cursor, recolour a terminal, or reorder what is read. Spaces of every kind stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")

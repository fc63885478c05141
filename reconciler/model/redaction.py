"""What could be somebody's phone number, cut out of texts that people are told."""

from __future__ import annotations

import re
from typing import Final

# What people and programs write between the digits of a number: blanks of every width, dashes of every length,
# brackets, and what has no width at all.
_DASHES: Final = "\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_WITHOUT_WIDTH: Final = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_BETWEEN: Final = rf"[\s{_DASHES}{_WITHOUT_WIDTH}_.()\[\]/\\+~*|\u00b7\u2022\u2219\u30fb-]{{0,4}}"
# `\d` is a digit in any script. No number that can be called has fewer than seven.
_NUMBER: Final = re.compile(rf"[+\uff0b]?[(\[]?\d(?:{_BETWEEN}\d){{6,}}")
# Days, and the first digits of the hour behind them, are no number of anybody's, though they have as many digits.
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2})?"
_DAYS: Final = re.compile(rf"{_DAY}(?: ?[-/\u2013] ?{_DAY})*")

_LONGEST_KEY: Final = 40  # wide enough for every field's name


def without_numbers(text: str) -> str:
    """The text, with everything that could be a phone number cut out, however it is written."""
    return _NUMBER.sub(lambda found: found[0] if _DAYS.fullmatch(found[0]) else "<number>", text)


def shown_key(key: str) -> str:
    """A key as it may stand in a message: short, printable on any terminal, and without a phone number.

    In `{+15551234567}`, and where a list lost its indentation, a number is a key.
    """
    key = without_numbers(key)
    cut = key if len(key) <= _LONGEST_KEY else key[: _LONGEST_KEY - 1] + "…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)

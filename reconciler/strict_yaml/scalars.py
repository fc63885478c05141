"""What plain YAML text means, read strictly: null, true, false, JSON's numbers, and else just text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from reconciler.model.document import Value

MAX_DIGITS: Final = 18

# Words, and the numbers that campaigns are made of: looking up is faster than matching.
KNOWN: Final[Mapping[str, Value]] = {"null": None, "true": True, "false": False} | {str(n): n for n in range(1000)}
NUMBER_START: Final = frozenset("-0123456789")
# Behind a scalar, a comment glued to its `#`: it may be a part of the value that was cut off.
CUT: Final = re.compile(r" +#(?=\S)")
JSON_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class BadNumberError(ValueError):
    """A number that cannot be kept as it is; its text says why, and what to do."""


def number(text: str) -> int | float | str:
    """The number that a plain scalar is, or its text: only JSON's numbers are numbers. Raises BadNumberError."""
    if not (found := JSON_NUMBER.fullmatch(text)):
        return text
    whole, fraction, exponent = found.groups()
    if len((whole + (fraction or ".")[1:]).lstrip("0")) > MAX_DIGITS:
        raise BadNumberError(f"a number of more than {MAX_DIGITS} digits: put it in quotes if it is text")
    if not fraction and not exponent:
        return int(text)
    if math.isinf(value := float(text)):
        raise BadNumberError("a number that is too large: put it in quotes if it is text")
    return value


def is_text(plain: str) -> bool:
    """Whether this is text where it stands without quotes."""
    return plain not in KNOWN and not JSON_NUMBER.fullmatch(plain)

r"""Text made harmless for where it is printed: what a CI takes as a command, and what an encoding cannot write.

Both are written as `\u003a`, the escapes of JSON, so that a document stays what it is.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

# GitHub takes a line that begins with `::` as a command, blanks before it or not. `##[` of older runners, `##vso[` of
# Azure Pipelines and `##teamcity[` are commands wherever they stand.
# The two colons stand first in the pattern, so that a page is searched for them and nothing else.
_COLONS: Final = re.compile(r"::(?<!\S::)")
_ANYWHERE: Final = re.compile(r"#(?=#[a-z]*\[)", re.IGNORECASE)

_BASIC_PLANE: Final = 0xFFFF


def inert(text: str, *, holds_commands: bool = False) -> str:
    """The text, with nothing in it that a CI takes as a command; with `holds_commands`, but for those of GitHub."""
    if "##" in text:
        text = _ANYWHERE.sub(r"\\u0023", text)
    return text if holds_commands else _COLONS.sub(_colons, text)


def _colons(match: re.Match[str]) -> str:
    """Two colons, the first of them written out where they begin a line, blanks before them or not."""
    place = match.start()
    while place and match.string[place - 1].isspace():
        place -= 1
        if match.string[place] in "\r\n":
            return "\\u003a:"
    return "::" if place else "\\u003a:"


def without_halves(text: str) -> str:
    """The text as UTF-8 can write it: half an emoji, which JSON can hold, is written out."""
    return text.encode("utf-8", WRITTEN_OUT).decode()


def _written_out(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_escaped, error.object[error.start : error.end])), error.end


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= _BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - _BASIC_PLANE - 1, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


# How to write what an encoding has no bytes for, as the `errors` of a stream.
WRITTEN_OUT: Final = "reconciler-written-out"
codecs.register_error(WRITTEN_OUT, _written_out)

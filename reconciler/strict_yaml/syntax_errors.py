"""What to tell people about a YAML file: problems at their place, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from reconciler.model.document import Mark, Path, Position, Problem
from reconciler.strict_yaml.positions import line_start, mark_at, mark_of, spot_of

_BREAK: Final = re.compile(r"\r\n|\r|\n")
# In `{+15551234567}` the number is a key.
_LONG_NUMBER: Final = re.compile(r"\d(?:[ ()./-]?\d){5,}+")
NO_BREAK_SPACE: Final = "\xa0"

TAG: Final = "tags are not allowed: remove the `!…`, or put the value in quotes if it belongs to it"
BLOCK_HEADER: Final = "the text belongs on the lines below the `|` or `>`, indented"
_INDENTATION: Final = "the indentation does not fit the lines above"
_AFTER_THE_END: Final = "nothing can follow a closing quote or bracket, or an alias: put the whole value in quotes"


class _Advice(NamedTuple):
    """What to tell people where a parser says something that `says` matches, in libyaml's words or in Python's.

    `is_at_start` where the beginning of what the parser was in the middle of is the better place to point at.
    """

    says: str
    message: str
    is_at_start: bool = False


# The first match counts.
_ADVICE: Final = (
    _Advice("escape|hexa?decimal", "a backslash in these double quotes: write it twice, or use single quotes", True),
    _Advice("quoted scalar", "this quote is never closed", True),
    _Advice("block scalar", BLOCK_HEADER),
    _Advice(" tag", TAG, True),
    _Advice("alphabetic or numeric", "`*` and `&` have a meaning of their own: put the value in quotes", True),
    _Advice(
        "values are not allowed",
        "no colon can be here: put the value in quotes if it belongs to it, or mend the indentation",
    ),
    _Advice("cannot start any token", "a value cannot start with this character: put it in quotes"),
    _Advice(
        "could not find expected ':'",
        "not `field: value`: is a colon missing, the space after one, or the space after a dash?",
        True,
    ),
    _Advice("',' or ']'", "this list is not closed by `]`, or a comma is missing in it", True),
    _Advice("',' or '}'", "this mapping is not closed by `}`, or a comma is missing in it", True),
    _Advice("unexpected ':'", "put a space after the colon"),
    _Advice("entries are not allowed", "no list item can be here: put each `- item` on a line of its own"),
    _Advice("keys are not allowed", "a value cannot start with `? `: put it in quotes"),
    _Advice(
        "node content",
        "no value where one should be: close all brackets, and put values with brackets or commas in quotes",
    ),
    _Advice("expected key|'-' indicator|<block end>|<document start>", _INDENTATION),
    _Advice("", "this is no YAML: check the quotes, brackets and indentation here"),
)


def problem_at(file: str, mark: Mark, message: str, path: Path = (), *, is_warning: bool = False) -> Problem:
    """A problem as it may be shown: of keys, nobody sees more than a short and printable part."""
    shown = tuple(part if isinstance(part, int) else _shown(part) for part in path)
    return Problem(Position(file, *mark), message, shown, is_warning)


def _shown(key: str) -> str:
    """A key as it may stand in a message: short, printable on any terminal, and without a phone number."""
    key = _LONG_NUMBER.sub("…", key)
    cut = key if len(key) <= 40 else key[:39] + "…"  # noqa: PLR2004  wide enough for every field's name
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)


def syntax_problem(error: Any, text: str, file: str) -> Problem:  # noqa: ANN401  the library's, which stays outside
    """What to say about the MarkedYAMLError that ended the reading of a text."""
    told = f"{error.context} {error.problem}"
    advice = next(advice for advice in _ADVICE if re.search(advice.says, told))
    place: Any = (error.context_mark if advice.is_at_start else None) or error.problem_mark
    # The two parsers don't agree on the line of the end.
    mark = mark_of(spot_of(place)) if place.index < len(text) else mark_at(text, len(text))
    start = line_start(text, place.index)
    is_inside = advice.message == _INDENTATION and text[start : place.index].strip(" ")
    return problem_at(file, mark, (_AFTER_THE_END if is_inside else advice.message) + space_hint(text, start))


def space_hint(text: str, start: int) -> str:
    """Tell of a no-break space on the line that starts there: it looks like a space, and is none."""
    line = _BREAK.split(text[start : start + 1000], maxsplit=1)[0]
    return "; there is a no-break space on this line: write an ordinary one" if NO_BREAK_SPACE in line else ""

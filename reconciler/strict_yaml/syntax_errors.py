"""What to tell people where the YAML library cannot read a text: the place, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from reconciler.model.document import Problem
from reconciler.strict_yaml.events import YAMLError
from reconciler.strict_yaml.positions import TOP, line_start, mark_at, mark_of, offset_of
from reconciler.strict_yaml.problems import BLOCK_HEADER, TAG, problem_at, space_hint

_INDENTATION: Final = "the indentation does not fit the lines above"
_AFTER_THE_END: Final = "nothing can follow a closing quote or bracket, or an alias: put the whole value in quotes"


class Advice(NamedTuple):
    """What to tell people where the library says something that `says` matches, in the words of libyaml.

    `is_at_start` where the beginning of what the parser was in the middle of is the better place to point at.
    """

    says: str
    message: str
    is_at_start: bool = False


# The first match counts. Words that nobody knows are answered by the last one: the place is right all the same.
ADVICE: Final = (
    Advice("escape|hexa?decimal", "a backslash in these double quotes: write it twice, or use single quotes", True),
    Advice("quoted scalar", "this quote is never closed", True),
    Advice("block scalar", BLOCK_HEADER),
    Advice(" tag", TAG, True),
    Advice("alphabetic or numeric", "`*` and `&` have a meaning of their own: put the value in quotes", True),
    Advice(
        "values are not allowed",
        "no colon can be here: put the value in quotes if it belongs to it, or mend the indentation",
    ),
    Advice("cannot start any token", "a value cannot start with this character: put it in quotes"),
    Advice(
        "could not find expected ':'",
        "not `field: value`: is a colon missing, the space after one, or the space after a dash?",
        True,
    ),
    Advice("',' or ']'", "this list is not closed by `]`, or a comma is missing in it", True),
    Advice("',' or '}'", "this mapping is not closed by `}`, or a comma is missing in it", True),
    Advice("unexpected ':'", "put a space after the colon"),
    Advice("entries are not allowed", "no list item can be here: put each `- item` on a line of its own"),
    Advice("keys are not allowed", "a value cannot start with `? `: put it in quotes"),
    Advice(
        "node content",
        "no value where one should be: close all brackets, and put values with brackets or commas in quotes",
    ),
    Advice("expected key|'-' indicator|<document start>", _INDENTATION),
    Advice("", "this is no YAML: check the quotes, brackets and indentation here"),
)


def syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    """What to say about the error that ended the reading of a text: at its own place, or at the top if it has none."""
    told = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
    advice = next(advice for advice in ADVICE if re.search(advice.says, told))
    place = (getattr(error, "context_mark", None) if advice.is_at_start else None) or error_mark(error)
    if place is None:
        return problem_at(file, TOP, advice.message)
    # At the end of a text the library is not always on its last line.
    mark = mark_of(offset_of(place)) if place.index < len(text) else mark_at(text, len(text))
    start = line_start(text, place.index)
    is_inside = advice.message == _INDENTATION and text[start : place.index].strip(" ")
    return problem_at(file, mark, (_AFTER_THE_END if is_inside else advice.message) + space_hint(text, start))


def error_mark(error: YAMLError) -> Any | None:  # noqa: ANN401  the library's marks are a class that its stubs don't name
    """Where the library stopped reading; None where it does not say."""
    return getattr(error, "problem_mark", None)

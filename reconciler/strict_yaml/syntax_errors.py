"""What to tell people where the YAML library cannot read a text: the place, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from reconciler.model.document import Problem
from reconciler.strict_yaml.events import Event, ScalarEvent, StreamEndEvent, YAMLError, events
from reconciler.strict_yaml.positions import TOP, line_start, mark_at, mark_of, offset_of
from reconciler.strict_yaml.problems import BLOCK_HEADER, TAG, problem_at, space_hint

_INDENTATION: Final = "the indentation does not fit the lines above"
LATE_QUOTE: Final = "this quote is only closed on line {}, where more follows: is one missing on this line?"
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
    Advice(
        "Unicode character escape",
        "half of a character, as JSON writes some in two escapes: write the character itself",
        True,
    ),
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
    if (quoted := _last_quoted(text)) and quoted.end_mark.index == getattr(error_mark(error), "index", None):
        return problem_at(file, mark_of(offset_of(quoted.start_mark)), LATE_QUOTE.format(quoted.end_mark.line + 1))
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


def _last_quoted(text: str) -> Event | None:
    """The last value that could be read, where that is a quoted text of several lines: its quote may be missing."""
    next_event = events(text.encode())
    last: Event = None
    try:
        while type(event := next_event()) is not StreamEndEvent:
            last = event
    except YAMLError:
        pass
    is_quoted = type(last) is ScalarEvent and last.style in ("'", '"')
    return last if is_quoted and last.start_mark.line < last.end_mark.line else None


def error_mark(error: YAMLError) -> Any | None:  # noqa: ANN401  the library's marks are a class that its stubs don't name
    """Where the library stopped reading; None where it does not say."""
    return getattr(error, "problem_mark", None)

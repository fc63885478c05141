"""Reads a text in full: what is wrong with it as a whole, then all its values, with every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from reconciler.model.document import Document, Problem, Value
from reconciler.strict_yaml.anchors import TooDeep
from reconciler.strict_yaml.compose import Composer
from reconciler.strict_yaml.disputable import may_be_disputed
from reconciler.strict_yaml.disputed import disputes
from reconciler.strict_yaml.events import UNWANTED, Begin, YAMLError, events
from reconciler.strict_yaml.plain import is_seen
from reconciler.strict_yaml.positions import KeyMarks, Marks, Node, mark_at
from reconciler.strict_yaml.problems import Problems, Stop, problem_at
from reconciler.strict_yaml.syntax_errors import error_mark, syntax_problem

MAX_CHARACTER_PROBLEMS: Final = 20

_UNWANTED_ON_LINE: Final = re.compile(rf"([\t{UNWANTED}])[^\r\n]*")
_PERCENT_LINE: Final = re.compile(r"(?:\A|(?<=[\r\n]))%")
_YAML_HEADER: Final = re.compile(r"(?: *(?:#[^\r\n]*)?(?:\r\n|\r|\n))*+%YAML +1\.[12](?![^ \r\n])")


def read_in_full(text: str, file: str, begin: Begin) -> tuple[Document | None, list[Problem]]:
    """What `parse` gives for a text that has to be looked at, and whose events begin so."""
    found, problems = _composed(text, file, begin, Composer.document)
    return Document(file, found[0], Marks(found[1]), KeyMarks(found[1])) if found else None, problems


def read_list(text: str, file: str, begin: Begin) -> tuple[tuple[list[Value], Marks] | None, list[Problem]]:
    """What `parse_list` gives for a text."""
    found, problems = _composed(text, file, begin, Composer.entries)
    return (found[0], Marks(found[1])) if found else None, problems


def _composed(
    text: str, file: str, begin: Begin, compose: Callable[[Composer], tuple[Any, Node]]
) -> tuple[tuple[Any, Node] | None, list[Problem]]:
    """What `compose` makes of a text, None where it cannot be read, and every problem."""
    if unwanted := [*_unwanted(text, file), *_directives(text, file), *_conflicts(text, file)]:
        return None, unwanted
    problems = Problems(file)
    composer = Composer(text, problems, begin())
    try:
        found = compose(composer)
    except Stop as stop:
        return None, [*problems.found, problem_at(file, stop.mark, stop.message)]
    except YAMLError as error:
        deep = _too_deep(error, text, file)
        last = problem_at(file, deep.mark, deep.message) if deep else syntax_problem(error, text, file)
        return None, [*problems.found, last]
    if composer.runs_on or may_be_disputed(text):
        problems.found.extend(disputes(text, file, begin()))
    return found, problems.found


def _too_deep(error: YAMLError, text: str, file: str) -> TooDeep | None:
    """Whether a text is too deep before the place of an error.

    The library may refuse deep nesting by itself, in words of its own, before it tells of the first level. What comes
    before that place says how deep it is.
    """
    mark = error_mark(error)
    before = text[: mark.index if mark else None]
    try:
        Composer(before, Problems(file), events(before.encode())).document()
    except TooDeep as deep:
        return deep
    except (Stop, YAMLError):
        return None
    return None


def _unwanted(text: str, file: str) -> list[Problem]:
    if is_seen(text):
        return []
    found = islice(_UNWANTED_ON_LINE.finditer(text), MAX_CHARACTER_PROBLEMS)
    return [problem_at(file, mark_at(text, hit.start()), _about_character(hit[1])) for hit in found]


def _about_character(char: str) -> str:
    if char == "\t":
        return "a tab: use spaces, or write \\t between double quotes"
    if char == "\0":
        return "a NUL character: is this UTF-16, or no text at all? save it as UTF-8"
    if char == "\ufeff":
        return "a byte order mark inside the file, as joining two files leaves it: remove it"
    return f"a control character, U+{ord(char):04X}: remove it"


def _conflicts(text: str, file: str) -> list[Problem]:
    """What git leaves where two versions did not fit, which is no text of anybody."""
    if "<<<<<<< " not in text:
        return []
    begun, ended = (re.search(mark, text, re.MULTILINE) for mark in ("^<{7} ", "^>{7} "))
    if not begun or not ended:
        return []
    message = "a merge conflict that nobody resolved: keep one of the two versions, and remove the marks around them"
    return [problem_at(file, mark_at(text, begun.start()), message)]


def _directives(text: str, file: str) -> list[Problem]:
    header = _YAML_HEADER.match(text)
    found = _PERCENT_LINE.search(text, header.end() if header else 0)
    if not found:
        return []
    message = "a line cannot start with `%`: remove it, or put the value in quotes and indent it"
    return [problem_at(file, mark_at(text, found.start()), message)]

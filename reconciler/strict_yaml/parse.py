"""Strict YAML: bytes in, a document with positions and every problem out, without touching the world."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from reconciler.model.document import Document, Problem
from reconciler.strict_yaml.anchors import TooDeep
from reconciler.strict_yaml.compose import Composer
from reconciler.strict_yaml.disputed import disputes, may_be_disputed
from reconciler.strict_yaml.events import UNWANTED, UTF8_MARK, YAMLError
from reconciler.strict_yaml.plain import read_plain
from reconciler.strict_yaml.positions import MAX_BYTES, TOP, KeyMarks, Marks, mark_at
from reconciler.strict_yaml.problems import Problems, Stop, problem_at
from reconciler.strict_yaml.syntax_errors import error_mark, syntax_problem

MAX_CHARACTER_PROBLEMS: Final = 20

_UNWANTED_ON_LINE: Final = re.compile(rf"([\t{UNWANTED}])[^\r\n]*")
_HARMLESS_BYTES: Final = bytes([0x0A, 0x0D, *range(0x20, 0x7F)])
_PERCENT_LINE: Final = re.compile(r"(?:\A|(?<=[\r\n]))%")
_YAML_HEADER: Final = re.compile(r"(?: *(?:#[^\r\n]*)?(?:\r\n|\r|\n))*+%YAML +1\.[12](?![^ \r\n])")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def parse(text: bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one YAML file strictly; `file` is its name in problems. Never raises, whatever the bytes are.

    The document is None where the text as a whole cannot be read. Otherwise it holds what could be read: a value
    with a problem is left out, so that the rest can be checked too. Only without errors is it to be acted upon.
    """
    if len(text) > MAX_BYTES:
        return None, [problem_at(file, TOP, f"larger than {MAX_BYTES // 1024**2} MB: is this a campaign?")]
    text = text.removeprefix(UTF8_MARK)
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        return None, [_not_utf8(text, file, error.start)]
    if unwanted := [*_unwanted(text, decoded, file), *_directives(decoded, file), *_conflicts(decoded, file)]:
        return None, unwanted
    if plain := read_plain(decoded, text):
        values, places = plain
        return Document(file, values, Marks(places), KeyMarks(places)), []
    return _composed(decoded, file)


def _composed(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    problems = Problems(file)
    composer = Composer(text, problems)
    try:
        values, root = composer.document()
    except Stop as stop:
        return None, [*problems.found, problem_at(file, stop.mark, stop.message)]
    except YAMLError as error:
        deep = _too_deep(error, text, file)
        last = problem_at(file, deep.mark, deep.message) if deep else syntax_problem(error, text, file)
        return None, [*problems.found, last]
    if composer.runs_on or may_be_disputed(text):
        problems.found.extend(disputes(text, file))
    return Document(file, values, Marks(root), KeyMarks(root)), problems.found


def _too_deep(error: YAMLError, text: str, file: str) -> TooDeep | None:
    """Whether a text is too deep before the place of an error.

    The library may refuse deep nesting by itself, in words of its own, before it tells of the first level. What comes
    before that place says how deep it is.
    """
    mark = error_mark(error)
    before = text[: mark.index if mark else None]
    try:
        Composer(before, Problems(file)).document()
    except TooDeep as deep:
        return deep
    except (Stop, YAMLError):
        return None
    return None


def _not_utf8(text: bytes, file: str, start: int) -> Problem:
    if text.startswith(_UTF16_MARKS):
        return problem_at(file, TOP, "this is UTF-16: save it as UTF-8")
    before = text[:start].decode()
    return problem_at(file, mark_at(before, len(before)), "not UTF-8: save the file as UTF-8")


def _unwanted(text: bytes, decoded: str, file: str) -> list[Problem]:
    if not text.translate(None, _HARMLESS_BYTES):
        return []
    found = islice(_UNWANTED_ON_LINE.finditer(decoded), MAX_CHARACTER_PROBLEMS)
    return [problem_at(file, mark_at(decoded, hit.start()), _about_character(hit[1])) for hit in found]


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
    if "%" not in text:
        return []
    header = _YAML_HEADER.match(text)
    found = _PERCENT_LINE.search(text, header.end() if header else 0)
    if not found:
        return []
    message = "a line cannot start with `%`: remove it, or put the value in quotes and indent it"
    return [problem_at(file, mark_at(text, found.start()), message)]

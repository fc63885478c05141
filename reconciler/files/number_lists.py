"""Lists of numbers that must not be called, in files of their own: a number a line, or a column of a CSV table."""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.files.find import bounds
from reconciler.model.document import Document, Position, Problem
from reconciler.model.sensitive import SensitiveSet

# Two million numbers and more; what is larger is something else.
LARGEST: Final = 64 * 1024 * 1024
# Nobody mends more in one file at once.
MOST_PROBLEMS: Final = 100
_VARIABLE: Final = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(.*)", re.DOTALL)
# What people put between digits; `(0)` is the zero that is dialled within a country only.
_MARKS: Final = re.compile(r"\(0\)|[\s().\u2010-\u2015/-]")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_COMMENT: Final = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_WRONG: Final = (
    "not a number that can be called: + or 00, the country's code, 7 to 15 digits in all (it is not shown here)"
)


class NamedList(NamedTuple):
    """A list as a document names it: its name there, the file and the column that are meant, and where it is named."""

    name: str
    file: str
    column: str
    position: Position


class NumberList(NamedTuple):
    """What a list holds, and what is wrong with it. A list that is not there, or has no number, is `empty_because`."""

    numbers: SensitiveSet
    problems: tuple[Problem, ...] = ()
    empty_because: str = ""


def named_lists(document: Document, key: str, variables: Mapping[str, str]) -> Iterator[NamedList]:
    """The lists that a key of a document names, in their order; `$NAME` is the path in a variable."""
    entries = document.values.get(key)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, str) and entry:
            path, _, column = entry.partition("#")
            said_in = document.origin((key, number)).file
            yield NamedList(entry, _file(path, said_in, variables), column, document.position((key, number)))


def _file(path: str, said_in: str, variables: Mapping[str, str]) -> str:
    """The file that is meant; empty for a variable that is not set."""
    if variable := _VARIABLE.fullmatch(path):
        value = variables.get(variable[1], "").strip()
        return value + variable[2] if value else ""
    return os.path.normpath(os.path.join(os.path.dirname(said_in), path))  # noqa: PTH118, PTH120  links stay


def read_numbers(named: NamedList) -> NumberList:
    """Read a list; everything that is wrong is told, numbers never."""
    is_outside = named.name.startswith("$")
    if not named.file:
        return _nothing(f"{named.name.partition('#')[0]} is not set: it has to hold the path of a list")
    top, what = bounds(os.path.dirname(named.position.file))  # noqa: PTH120  text is enough
    if not is_outside and not Path(os.path.realpath(named.file)).is_relative_to(top):
        told = f"leads out of the {what}: name it by a variable, such as $OPTOUTS"
        return NumberList(_NOBODY, (Problem(named.position, told),))
    try:
        content = _content(named.file)
    except OSError as error:
        shown = named.name if is_outside else named.file
        return _nothing(f"{shown} cannot be read: {error.strerror or error}")
    return parse_numbers(named, content)


_NOBODY: Final = SensitiveSet(frozenset())


def _nothing(why: str) -> NumberList:
    return NumberList(_NOBODY, (), why)


def _content(file: str) -> bytes:
    # Without waiting for a writer, should it be a pipe.
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(0, "not a file")
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(0, f"larger than {LARGEST // 1024**2} MB")
    return content


def parse_numbers(named: NamedList, content: bytes) -> NumberList:
    """The numbers in the content of a list."""
    # What stands outside of the repository is called by its variable: nobody else's paths are told.
    shown = named.name if named.name.startswith("$") else named.file
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return NumberList(_NOBODY, (Problem(Position(shown, line, 1), "not UTF-8: save the file as UTF-8"),))
    rows = _column(named, text, shown) if named.column else _lines(text)
    numbers: set[str] = set()
    problems: list[Problem] = []
    for line, column, entry in rows:
        if isinstance(entry, Problem):
            problems.append(entry)
        elif number := meant(entry):
            numbers.add(number)
        elif len(problems) < MOST_PROBLEMS:
            problems.append(Problem(Position(shown, line, column), _WRONG))
    if not numbers and not problems:
        return _nothing(f"{shown} holds no number")
    return NumberList(SensitiveSet(frozenset(numbers)), tuple(problems))


def meant(entry: str) -> str | None:
    """The number in its one spelling, E.164; None for what begins with neither + nor 00, or is no number."""
    text = _MARKS.sub("", entry)
    number = f"+{text[2:]}" if text.startswith("00") else text
    return number if _NUMBER.fullmatch(number) else None


def _lines(text: str) -> Iterator[tuple[int, int, str | Problem]]:
    """The entries of a plain list: line, column, text; blank lines and comments are passed over."""
    for number, line in enumerate(text.splitlines(), 1):
        entry = _COMMENT.sub("", line)
        if stripped := entry.strip():
            yield number, len(entry) - len(entry.lstrip()) + 1, stripped


def _column(named: NamedList, text: str, shown: str) -> Iterator[tuple[int, int, str | Problem]]:
    """The entries of one column of a table with a header; empty cells are passed over."""
    lines = text.splitlines(keepends=True)
    separator = max(",;\t", key=(lines[0] if lines else "").count)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if header.count(named.column) != 1:
            there = "twice" if named.column in header else "not"
            told = (
                f"the column {named.column[:60]!r} is {there} in the header: {', '.join(header)[:200] or 'it is empty'}"
            )
            yield 1, 1, Problem(Position(shown, 1, 1), told)
            return
        place, begun = header.index(named.column), rows.line_num
        for row in rows:
            line, begun = begun + 1, rows.line_num
            cell = row[place].strip() if place < len(row) else ""
            if cell:
                yield line, lines[line - 1].find(cell) + 1 or 1, cell
    except csv.Error as error:
        yield 1, 1, Problem(Position(shown, rows.line_num, 1), f"no CSV: {error}")

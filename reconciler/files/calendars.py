"""Calendars: files with days on which nobody is called, read as strictly as campaigns."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Final

from reconciler.hours.closed_days import ClosedDay
from reconciler.model.document import Mark, Path, Position, Problem, Value, dotted
from reconciler.strict_yaml.parse import parse_list

_KEYS: Final = ("date", "from", "to", "every", "name")
_ONE_OF: Final = "an entry has `date`, or `from` and `to`, or `every`; `name` may be beside it"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EVERY: Final = re.compile(r"[0-9]{2}-[0-9]{2}", re.ASCII)
# A year with a 29th of February.
_LEAP: Final = 2000


def read_calendar(content: bytes, file: str) -> tuple[tuple[ClosedDay, ...], tuple[Problem, ...]]:
    """The closed days in a calendar, and everything that is wrong with it; days that have passed are fine."""
    found, problems = parse_list(content, file)
    if found is None:
        return (), tuple(problems)
    entries, marks = found
    calendar = _Calendar(file, marks)
    days = [calendar.day(entry, (number,)) for number, entry in enumerate(entries)]
    return tuple(day for day in days if day), (*problems, *calendar.problems)


class _Calendar:
    """Makes closed days of the entries of one file, and notes what is wrong with them."""

    def __init__(self, file: str, marks: Mapping[Path, Mark]) -> None:
        self._file = file
        self._marks = marks
        self.problems: list[Problem] = []

    def day(self, entry: Value, path: Path) -> ClosedDay | None:
        """One entry; None where something is wrong with it."""
        before = len(self.problems)
        if not isinstance(entry, dict):
            self._tell(path, _ONE_OF)
            return None
        made = self._made(entry, path)
        return made if len(self.problems) == before else None

    def _made(self, entry: Mapping[str, Value], path: Path) -> ClosedDay | None:
        """One entry that is a mapping; what is wrong with it is told."""
        for key in entry:
            if key not in _KEYS:
                self._tell((*path, key), f"no such key: {', '.join(_KEYS)} can stand here")
        name = entry.get("name", "")
        if not isinstance(name, str):
            self._tell((*path, "name"), "not text: write it in quotes")
        said = {key for key in ("date", "from", "to", "every") if key in entry}
        if said == {"date"}:
            first = last = self._date(entry, path, "date")
            every = None
        elif said == {"from", "to"}:
            first, last, every = self._date(entry, path, "from"), self._date(entry, path, "to"), None
            if first and last and last < first:
                self._tell((*path, "to"), f"{last} is before {first}")
        elif said == {"every"}:
            first, last, every = None, None, self._every(entry["every"], (*path, "every"))
        else:
            self._tell(path, _ONE_OF)
            return None
        return ClosedDay(first, last, every, str(name))

    def _date(self, entry: Mapping[str, Value], path: Path, key: str) -> datetime.date | None:
        said = entry[key]
        try:
            return datetime.date.fromisoformat(said if isinstance(said, str) and _DATE.fullmatch(said) else "")
        except ValueError:
            self._tell((*path, key), 'not a day that there is: write it as "2027-12-25"')
            return None

    def _every(self, said: Value, path: Path) -> tuple[int, int] | None:
        try:
            day = datetime.date.fromisoformat(
                f"{_LEAP}-{said if isinstance(said, str) and _EVERY.fullmatch(said) else ''}"
            )
        except ValueError:
            self._tell(path, 'not a day of the year: write month and day, as "12-25"')
            return None
        return day.month, day.day

    def _tell(self, path: Path, message: str) -> None:
        self.problems.append(Problem(self._position(path), message, () if len(path) == 1 else (dotted(path[1:]),)))

    def _position(self, path: Path) -> Position:
        while path and path not in self._marks:
            path = path[:-1]
        return Position(self._file, *self._marks.get(path, Mark(1, 1)))

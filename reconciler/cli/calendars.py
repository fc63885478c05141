"""The calendars that campaigns name: each read once, and everything wrong with them told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from reconciler.files import disk
from reconciler.files.named import named_files
from reconciler.model.campaign import Desired
from reconciler.model.document import Position, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.model.words import count

if TYPE_CHECKING:
    from reconciler.hours.closed_days import ClosedDay
    from reconciler.plan.closing import Closing

CLOSED_ON: Final = "closed_on"
_MOST: Final = 5
_NO_STATUS: Final = "a campaign with days without calls has to say its status: what it is on all other days"


class WithClosings(NamedTuple):
    """The days without calls of campaigns, by file, and what is wrong with them."""

    closings: Mapping[str, Closing]
    problems: tuple[Problem, ...] = ()


def closings_of(wanted: Sequence[Desired]) -> WithClosings:
    """Read the calendars that these campaigns name."""
    naming = [desired for desired in wanted if CLOSED_ON in desired.document.values]
    if not naming:
        return WithClosings({})
    from reconciler.plan.closing import Closing  # noqa: PLC0415 - only where there are calendars

    reader = _Reader()
    closings = {}
    for desired in naming:
        days = tuple(day for named in named_files(desired.document, CLOSED_ON) for day in reader.days(*named))
        position = desired.document.key_position((CLOSED_ON,))
        closings[desired.file] = Closing(days, position)
        if desired.status is None:
            reader.problems.append(Problem(position, _NO_STATUS, (CLOSED_ON,)))
    return WithClosings(closings, tuple(dict.fromkeys(reader.problems)))


def edited_calendar(file: str, then: bytes, now: bytes) -> tuple[str, str, bool]:
    """What a calendar held and holds, in words, and whether a day in it is closed no more."""
    from reconciler.files.calendars import read_calendar  # noqa: PLC0415 - as above

    was, becomes = ([_written(day) for day in read_calendar(content, file)[0]] for content in (then, now))
    gone, come = ([day for day in one if day not in other] for one, other in ((was, becomes), (becomes, was)))
    told = [f"{_few(days)} {holds}" for days, holds in ((gone, "no more"), (come, "now, too")) if days]
    before, after = (count(len(days), "entry", "entries") for days in (was, becomes))
    return before, f"{after} ({'; '.join(told) or 'the same days'})", bool(gone)


def _written(day: ClosedDay) -> str:
    if day.every:
        return f"every {day.every[0]:02}-{day.every[1]:02}"
    return f"{day.first}" if day.first == day.last else f"{day.first} to {day.last}"


def _few(days: Sequence[str]) -> str:
    more = f" and {len(days) - _MOST} more" if len(days) > _MOST else ""
    return ", ".join(days[:_MOST]) + more


class _Reader:
    """Reads each calendar once."""

    def __init__(self) -> None:
        self._calendars: dict[str, tuple[ClosedDay, ...]] = {}
        self.problems: list[Problem] = []

    def days(self, file: str, position: Position, _key: str) -> tuple[ClosedDay, ...]:
        """The days in one calendar; none where it cannot be read, which is a problem where it is named."""
        from reconciler.files.calendars import read_calendar  # noqa: PLC0415 - as above

        if file not in self._calendars:
            try:
                self._calendars[file], problems = read_calendar(disk.content(file), file)
            except ReconcilerError as error:
                self._calendars[file], problems = (), (Problem(position, str(error), (CLOSED_ON,)),)
            self.problems += problems
        return self._calendars[file]

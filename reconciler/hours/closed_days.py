"""Days on which a campaign does not call: the API knows none, so it is paused over them.

The pause is due from the last close before such a day on, and the resume once no minute of it is left to call in: so a
campaign is to be paused exactly while its next minute of calling lies on a closed day, by the clock of its own zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from reconciler.hours.schedule import Schedule, open_spans, span_of_day
from reconciler.hours.zones import DAY, EPOCH, zone

_MINUTE = timedelta(minutes=1)
# A week has all that a schedule can say; the clock's changes move it by hours.
_LONGEST_GAP = 9 * DAY


class ClosedDay(NamedTuple):
    """A day, some days in a row, or a day of every year (`every`: month and day), with what it is called."""

    first: date | None
    last: date | None
    every: tuple[int, int] | None
    name: str

    def holds(self, day: date) -> bool:
        """Whether a day is this one, or one of these."""
        if self.every:
            return (day.month, day.day) == self.every
        return self.first is not None and self.last is not None and self.first <= day <= self.last


class Closure(NamedTuple):
    """A closed day that a campaign would call on, its name, and when calling ends before it and would begin on it.

    Times are in UTC; `closes` is None where nobody was called for a week before.
    """

    day: date
    name: str
    closes: datetime | None
    begins: datetime


def name_of(closed: Sequence[ClosedDay], day: date) -> str | None:
    """What a closed day is called, perhaps nothing (empty); None for a day that is not closed."""
    return next((one.name for one in closed if one.holds(day)), None)


def next_minute(schedule: Schedule, at: datetime) -> datetime | None:
    """The first minute from `at` on in which calls are allowed, in UTC; None where there is none."""
    start = -((EPOCH - at.astimezone(UTC)) // _MINUTE)
    found = open_spans(schedule, start, start + _LONGEST_GAP)
    return EPOCH + found[0][0] * _MINUTE if found else None


def closed_now(
    schedule: Schedule, closed: Sequence[ClosedDay], at: datetime, ahead: timedelta = timedelta()
) -> tuple[date, str] | None:
    """The closed day for which a campaign is to be paused at this moment, or falls due to be until `ahead` is over."""
    for moment in (at, at + ahead):
        minute = next_minute(schedule, moment)
        if minute:
            day = minute.astimezone(zone(schedule.timezone)).date()
            if (name := name_of(closed, day)) is not None:
                return day, name
    return None


def closures(schedule: Schedule, closed: Sequence[ClosedDay], at: datetime, until: date) -> Iterator[Closure]:
    """The closed days on which the campaign would call, from this moment to a day on its clock."""
    where = zone(schedule.timezone)
    first = at.astimezone(where).date()
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        if (name := name_of(closed, day)) is not None and (begins := _begins(schedule, day)):
            yield Closure(day, name, _closes_before(schedule, begins), begins)


def _begins(schedule: Schedule, day: date) -> datetime | None:
    """The first minute of a day in which calls would be allowed."""
    spans = open_spans(schedule, *span_of_day(schedule, day))
    return EPOCH + spans[0][0] * _MINUTE if spans else None


def _closes_before(schedule: Schedule, begins: datetime) -> datetime | None:
    end = (begins - EPOCH) // _MINUTE
    spans = open_spans(schedule, end - _LONGEST_GAP, end)
    return EPOCH + spans[-1][1] * _MINUTE if spans else None

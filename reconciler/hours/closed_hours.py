"""Whether people are called at a moment, until when that stays so, and when nobody is called for long enough.

A change of calling hours makes two of them: those that hold now and those that will. Closed means closed by both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from reconciler.hours.schedule import Schedule, open_spans, span_of_day
from reconciler.hours.spans import Span, Spans, common, joined, without
from reconciler.hours.words import DAY_NAMES, reach_in_words
from reconciler.hours.zones import DAY, EPOCH, MANY, zone

_MINUTE = timedelta(minutes=1)
# A week has all that a schedule can say; the clock's changes move it by hours.
_HORIZON = 9 * DAY
# Days that no clock has to be asked about.
_FIRST, _LAST = date(1971, 1, 1), date(9000, 1, 1)


class CallingHours(NamedTuple):
    """When a campaign may call: its week, from its first day to its last; None where there is no such day."""

    schedule: Schedule
    first: date | None = None
    last: date | None = None


class HoursKnown(NamedTuple):
    """The calling hours of a campaign as they are, and as they will be.

    Nobody is called outside of them; inside only where they are `exact`, and not the outer bounds of windows.
    """

    before: CallingHours
    after: CallingHours
    is_exact: bool


class Calling(NamedTuple):
    """Whether a campaign calls at a moment, by the hours that hold now, and whether it is closed by all of them.

    `until` is when that ends, as the clock of `timezone` is to tell it; None where it never does. Times are in UTC.
    """

    at: datetime
    is_calling: bool
    is_closed: bool
    until: datetime | None
    timezone: str


@lru_cache(maxsize=MANY)
def calling(now: CallingHours, then: CallingHours, at: datetime) -> Calling:
    """What is so at a moment, by the hours that hold now and those that will."""
    both, minute = (now, then), _minute(at)
    is_open = _open(both, minute, minute + 1) != ()
    is_calling = _open((now,), minute, minute + 1) != ()
    until = _closes(both, minute) if is_open else _opens(both, minute)
    return Calling(at.astimezone(UTC), is_calling, not is_open, _moment(until), then.schedule.timezone)


def next_gap(every: Sequence[CallingHours], at: datetime, lasting: timedelta) -> datetime | None:
    """The first moment from `at` on from which nobody is called by any of these hours for so long; None where none is.

    It is `at` itself where that is such a moment.
    """
    start, long = _minute(at), -(-lasting // _MINUTE)
    end = start + _HORIZON + long
    for first, last in without(((start, end),), _open(every, start, end)):
        begins = max(EPOCH + first * _MINUTE, at.astimezone(UTC))
        if begins + lasting <= EPOCH + last * _MINUTE or last == end:
            return begins
    return None


def in_words(found: Calling) -> str:
    """`calling now, closes 17:00 (in 1 h 40 min)`, or `closed until tomorrow 09:00 America/New_York`."""
    if found.is_closed:
        until = f"until {clock_in_words(found.until, found)} {found.timezone}" if found.until else "from now on"
        return f"closed {until}"
    told = "calling now" if found.is_calling else "not calling now, but open by the hours that will result"
    if found.until is None:
        return f"{told}, never closes"
    ahead = -((found.at - found.until) // _MINUTE)
    return f"{told}, closes {clock_in_words(found.until, found)} (in {reach_in_words(ahead)})"


def clock_in_words(moment: datetime, seen: Calling) -> str:
    """A moment as the clock of the campaign shows it: `17:00`, `tomorrow 09:00`, `Mon 09:00`, `2027-01-05 09:00`."""
    clock, here = (one.astimezone(zone(seen.timezone)) for one in (moment, seen.at))
    days = (clock.date() - here.date()).days
    if days == 0:
        return f"{clock:%H:%M}"
    if days == 1:
        return f"tomorrow {clock:%H:%M}"
    day = DAY_NAMES[clock.weekday()] if 0 < days < len(DAY_NAMES) else f"{clock:%Y-%m-%d}"
    return f"{day} {clock:%H:%M}"


# Minutes of real time


def _minute(at: datetime) -> int:
    """The minute that a moment lies in."""
    return (at.astimezone(UTC) - EPOCH) // _MINUTE


def _moment(minute: int | None) -> datetime | None:
    return None if minute is None else EPOCH + minute * _MINUTE


def _open(every: Sequence[CallingHours], start: int, end: int) -> Spans:
    """The minutes from `start` to `end` in which any of these hours lets somebody be called."""
    found: list[Span] = []
    for one in every:
        first = max(start, _begin_of(one.schedule, one.first)) if one.first else start
        last = min(end, _end_of(one.schedule, one.last)) if one.last else end
        found += common(open_spans(one.schedule, start, end), ((first, last),)) if first < last else ()
    return joined(found)


def _closes(every: Sequence[CallingHours], start: int) -> int | None:
    """When what is open at a minute closes; None where it does not."""
    end = start + _HORIZON
    closes = _open(every, start, end)[0][1]
    return closes if closes < end else None


def _opens(every: Sequence[CallingHours], start: int) -> int | None:
    """When what is closed at a minute opens: within the week, or in that of a first day to come."""
    begins = (_begin_of(one.schedule, one.first) for one in every if one.first)
    for look in sorted({start, *(one for one in begins if one > start)}):
        if spans := _open(every, look, look + _HORIZON):
            return spans[0][0]
    return None


def _begin_of(schedule: Schedule, day: date) -> int:
    return span_of_day(schedule, min(max(day, _FIRST), _LAST))[0]


def _end_of(schedule: Schedule, day: date) -> int:
    return span_of_day(schedule, min(max(day, _FIRST), _LAST))[1]

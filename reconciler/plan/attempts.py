"""How often one person may be called before and after a change, as far as the API and the files tell.

Which calls are retried, by the API's pages: those with an outcome that has a cooldown of its own (voicemail, no answer,
busy, failed), up to `max_retries` times; those that were completed only with `retry_on_no_conversion` ("retry calls
that completed without conversion"). The outcome's own cooldown overrides the general one. The worst case gets, each
time, the outcome with the shortest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from reconciler.hours.attempts import Attempts, most_attempts
from reconciler.hours.schedule import Schedule, pattern
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_shown, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import Calendar, Field, Fields, Retry
from reconciler.model.known_form import is_known_form
from reconciler.plan.schedules import Schedules

_HOUR: Final = 60
# More than any API allows: a number beyond it tells nothing.
_MOST_RETRIES: Final = 100
_EXACTLY, _AT_LEAST = "exactly", "at least"

# What is known of the fields that decide, by name: a field that is not in it is not known, and None is unset.
_Known = Mapping[str, Canonical]


class AttemptsChange(NamedTuple):
    """The most calls to one person before and after; `before` is None where there is no campaign yet.

    With `is_exact` nothing that is not known could change the figures; else they are the least that is known.
    """

    before: Attempts | None
    after: Attempts
    is_exact: bool

    @property
    def is_more(self) -> bool:
        """One person surely may get more calls than before: in a day, in a week, or at all."""
        was, becomes = self.before, self.after
        if was is None or not self.is_exact:
            return False
        return becomes.per_day > was.per_day or becomes.per_week > was.per_week or becomes.total > was.total


def attempts(fields: Fields, desired: Desired, live: Live | None, schedules: Schedules) -> AttemptsChange | None:
    """The most calls to one person as live is, and with the file over that; None where the hours are not known.

    `live` None is a campaign that is created.
    """
    if schedules is None:
        return None
    deciding = [field for field in fields.writable.values() if field.retry]
    was = _shown(deciding, live)
    after = _worst_case(deciding, {**was, **_said(deciding, desired)}, schedules[1])
    before = _worst_case(deciding, was, schedules[0])
    if after is None:
        return None
    is_exact = after.is_exact and (before is None or (before.is_exact and _are_hours_shown(fields, desired, live)))
    return AttemptsChange(before.most if before else None, after.most, is_exact)


# What is known


def _shown(deciding: Sequence[Field], live: Live | None) -> _Known:
    """What the API shows of the fields that decide, in a form that is known."""
    values = live.values if live else {}
    shown = ((field, live_canonical(field, values)) for field in deciding if field.name in values)
    return {field.name: value for field, value in shown if is_known_form(field, value)}


def _said(deciding: Sequence[Field], desired: Desired) -> _Known:
    """What the file says of them."""
    return {
        field.name: canonical(field, desired.values[field.name]) for field in deciding if field.name in desired.values
    }


def _are_hours_shown(fields: Fields, desired: Desired, live: Live | None) -> bool:
    """Whether the API shows the days and each window, not only the ends of the day."""
    parts = (field for field in fields.writable.values() if field.calendar in (Calendar.DAYS, Calendar.WINDOWS))
    return all(_is_sure(field, desired, live.values if live else {}) for field in parts)


def _is_sure(field: Field, desired: Desired, shown: Mapping[str, Value]) -> bool:
    value = live_canonical(field, shown) if is_shown(field, shown) else None
    if isinstance(value, OuterBounds):
        wanted = canonical(field, desired.values[field.name]) if field.name in desired.values else None
        return wanted == frozenset({(value.start, value.end)})
    return value is not None and is_known_form(field, value)


# The worst case


class _WorstCase(NamedTuple):
    most: Attempts
    is_exact: bool


def _worst_case(deciding: Sequence[Field], known: _Known, schedule: Schedule | None) -> _WorstCase | None:
    """The most calls that what is known allows; None where no hour is open."""
    week = pattern(schedule) if schedule else None
    if week is None or not any(week):
        return None
    retries = _retries(deciding, known)
    if not retries:
        return _WorstCase(Attempts(1, 1, 1, 0), is_exact=retries is not None)
    wait, is_exact = _shortest_wait(deciding, known)
    if wait is None:
        return _WorstCase(Attempts(1, 1, retries + 1, None), is_exact=False)
    most = most_attempts(week, retries, math.ceil(wait * _HOUR))
    return _WorstCase(most, is_exact) if most else None


def _retries(deciding: Sequence[Field], known: _Known) -> int | None:
    """How often a person is called again at most; None where it is not known."""
    said = next((known.get(field.name) for field in _having(deciding, Retry.COUNT)), None)
    return said if type(said) is int and 0 <= said <= _MOST_RETRIES else None


def _shortest_wait(deciding: Sequence[Field], known: _Known) -> tuple[float | None, bool]:
    """The fewest hours from a call to the next, as far as they are known, and whether no other could be shorter."""
    general = next((_hours(known.get(field.name)) for field in _having(deciding, Retry.WAIT)), None)
    outcomes = [field.name for field in _having(deciding, Retry.WAIT_OF_OUTCOME)]
    successes = [field.name for field in _having(deciding, Retry.WAIT_OF_SUCCESS)]
    after_success = [known.get(field.name) for field in _having(deciding, Retry.AFTER_SUCCESS)]
    if True in after_success:
        outcomes += successes
    waits = {name: _hours(known.get(name)) or general for name in (*outcomes, *successes)}
    shortest = min((wait for name in outcomes if (wait := waits[name]) is not None), default=None)
    sure = {name for name in waits if waits[name] is not None and name in known}
    if shortest is None:
        return None, False
    is_sure = sure.issuperset(outcomes)
    # What nobody knows whether it is retried does not matter where its wait is not the shortest.
    matters = any(name not in sure or (waits[name] or 0) < shortest for name in successes)
    return shortest, is_sure and (False in after_success or not matters)


def _having(deciding: Sequence[Field], retry: Retry) -> list[Field]:
    return [field for field in deciding if field.retry is retry]


def _hours(said: Canonical) -> float | None:
    """A number of hours, above 0; None for anything else."""
    return said if isinstance(said, (int, float)) and not isinstance(said, bool) and said > 0 else None


# As a document, and back


def to_json(change: AttemptsChange | None) -> dict[str, Any] | None:
    """The most calls in a day and in a week, as they stand in a plan document."""
    if change is None:
        return None
    was, becomes = change.before, change.after
    return {
        "per_day": {"before": was.per_day if was else None, "after": becomes.per_day},
        "per_week": {"before": was.per_week if was else None, "after": becomes.per_week},
        "known": _EXACTLY if change.is_exact else _AT_LEAST,
    }


def reach_json(change: AttemptsChange | None) -> dict[str, Any] | None:
    """How many calls there are at all, and within how many minutes, as they stand in a plan document."""
    if change is None:
        return None
    sides = {"before": change.before, "after": change.after}
    return {name: {"attempts": side.total, "minutes": side.minutes} if side else None for name, side in sides.items()}


def from_json(row: Mapping[str, Any]) -> AttemptsChange | None:
    """The change out of a campaign of a plan document; None where the document, or one of old, has none.

    Raises KeyError or TypeError where the document is no such thing.
    """
    found, reach = row.get("attempts"), row.get("reach")
    if not found or not reach:
        return None
    after = _read(found, reach, "after")
    if after is None:
        raise TypeError("attempts without what they become")
    return AttemptsChange(_read(found, reach, "before"), after, found["known"] == _EXACTLY)


def _read(found: Mapping[str, Any], reach: Mapping[str, Any], side: str) -> Attempts | None:
    if reach[side] is None:
        return None
    per_day, per_week = found["per_day"][side], found["per_week"][side]
    return Attempts(per_day, per_week, reach[side]["attempts"], reach[side]["minutes"])

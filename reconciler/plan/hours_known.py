"""The hours in which a campaign calls, as the API shows them, and with the file over that."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from reconciler.hours.closed_hours import CallingHours, HoursKnown
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_shown, live_canonical
from reconciler.model.fields import Calendar, Field, Fields
from reconciler.model.known_form import is_known_form
from reconciler.plan.schedules import schedule_of

# A first or last day before and after; None where there is none, or none is shown.
_Days: TypeAlias = tuple[date | None, date | None]


def hours_known(fields: Fields, desired: Desired, live: Live) -> HoursKnown | None:
    """The calling hours of a campaign; None where the API does not show its days, its windows, or its zone.

    A first or last day that it does not show is none.
    """
    parts: dict[Calendar, tuple[Canonical, Canonical]] = {}
    firsts: _Days = (None, None)
    lasts: _Days = (None, None)
    is_exact = True
    for field in fields.writable.values():
        if field.calendar:
            shown = _shown(field, live)
            is_exact = is_exact and not isinstance(shown, OuterBounds)
            shown = frozenset({(shown.start, shown.end)}) if isinstance(shown, OuterBounds) else shown
            parts[field.calendar] = _sides(field, desired, shown)
        elif field.ends_calling:
            lasts = _days(field, desired, live)
            firsts = _days(fields.writable[field.after], desired, live) if field.after else firsts
    before, after = (schedule_of({part: sides[side] for part, sides in parts.items()}) for side in (0, 1))
    if before is None or after is None:
        return None
    return HoursKnown(CallingHours(before, firsts[0], lasts[0]), CallingHours(after, firsts[1], lasts[1]), is_exact)


def _shown(field: Field, live: Live) -> Canonical:
    """What live shows of a field, where that is of its kind."""
    shown = live_canonical(field, live.values) if is_shown(field, live.values) else None
    return shown if is_known_form(field, shown) else None


def _sides(field: Field, desired: Desired, shown: Canonical) -> tuple[Canonical, Canonical]:
    """A field as live has it, and with the file over that."""
    return shown, canonical(field, desired.values[field.name]) if field.name in desired.values else shown


def _days(field: Field, desired: Desired, live: Live) -> _Days:
    before, after = (_day(side) for side in _sides(field, desired, _shown(field, live)))
    return before, after


def _day(value: Canonical) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None

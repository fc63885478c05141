"""The calling hours of a campaign before and after, whole: what changes, and what stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.hours.schedule import Schedule
from reconciler.hours.zones import is_known_zone
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_window, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import Calendar, Field, Fields
from reconciler.model.known_form import is_known_form

# A schedule before and after; None where a part of it is neither shown by the API nor said in the file. Before is None
# where there is no campaign yet.
Schedules = tuple[Schedule | None, Schedule] | None

_WEEKDAYS = frozenset(range(1, 8))


def schedules(fields: Fields, desired: Desired, live: Live | None) -> Schedules:
    """When calls are allowed as the API shows it, and as it would be with the file over that; `live` None is created.

    A part that only the file says stands on both sides: nobody can tell whether it differs.
    """
    before: dict[Calendar, Canonical] = {}
    after: dict[Calendar, Canonical] = {}
    for field in fields.writable.values():
        if field.calendar:
            before[field.calendar], after[field.calendar] = _sides(field, desired, live.values if live else {})
    was, becomes = schedule_of(before), schedule_of(after)
    return (was if live else None, becomes) if was and becomes else None


def _sides(field: Field, desired: Desired, live: Mapping[str, Value]) -> tuple[Canonical, Canonical]:
    """A part before and after; None where it is not known."""
    wanted = canonical(field, desired.values[field.name]) if field.name in desired.values else None
    try:
        shown = live_canonical(field, live)
    except KeyError:
        shown = None
    if not is_known_form(field, shown):
        shown = None
    if isinstance(shown, OuterBounds):
        return _within(shown, wanted), wanted
    return (wanted if shown is None else shown), (shown if wanted is None else wanted)


def _within(bounds: OuterBounds, wanted: Canonical) -> Canonical:
    """Windows of which only the ends of the day are shown: the file's where they agree, else one, as in a change."""
    windows = [entry for entry in wanted if is_window(entry)] if isinstance(wanted, frozenset) else []
    if windows and (min(w[0] for w in windows), max(w[1] for w in windows)) == (bounds.start, bounds.end):
        return wanted
    return frozenset({(bounds.start, bounds.end)})


def schedule_of(parts: Mapping[Calendar, Canonical]) -> Schedule | None:
    """The schedule that these parts make; None where one is missing, or is none that we know."""
    days, windows, timezone = (parts.get(part) for part in Calendar)
    if not isinstance(days, frozenset) or not days <= _WEEKDAYS:
        return None
    if not isinstance(windows, frozenset):
        return None
    known = frozenset(window for window in windows if is_window(window))
    if len(known) < len(windows):
        return None
    if not isinstance(timezone, str) or not is_known_zone(timezone):
        return None
    return Schedule(frozenset(day for day in days if isinstance(day, int)), known, timezone)


def to_json(schedules: Schedules) -> dict[str, Any] | None:
    """Both schedules as they stand in a plan document."""
    if schedules is None:
        return None
    before, after = schedules
    return {"before": _json(before) if before else None, "after": _json(after)}


def _json(schedule: Schedule) -> dict[str, Value]:
    return {
        "days": sorted(schedule.days),
        "windows": [{"start": start, "end": end} for start, end in sorted(schedule.windows)],
        "timezone": schedule.timezone,
    }


def from_json(document: Mapping[str, Any] | None) -> Schedules:
    """Both schedules out of a plan document; the opposite of `to_json`.

    Raises KeyError, TypeError or ValueError where the document is no such thing.
    """
    if not document:
        return None
    before = document["before"]
    return None if before is None else _read(before), _read(document["after"])


def _read(document: Mapping[str, Any]) -> Schedule:
    windows = frozenset((entry["start"], entry["end"]) for entry in document["windows"])
    parts = {
        Calendar.DAYS: frozenset(document["days"]),
        Calendar.WINDOWS: windows,
        Calendar.ZONE: document["timezone"],
    }
    schedule = schedule_of(parts)
    if schedule is None:
        raise ValueError("no schedule: days are 1 to 7, windows HH:MM with start before end, the zone an IANA name")
    return schedule

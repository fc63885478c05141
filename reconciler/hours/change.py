"""What a change of calling hours means in a week: of one schedule, and of many together."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reconciler.hours.schedule import (
    Schedule,
    Week,
    by_day,
    clock_week,
    days_of,
    monday_of,
    on_clock,
    whole_week,
    within_day,
)
from reconciler.hours.spans import common, earliest, latest, minutes, without
from reconciler.hours.zones import MANY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Loads: TypeAlias = tuple[tuple["CallsAtOnce", ...], ...]


class WeekChange(NamedTuple):
    """What a change of schedule means in a week.

    With `week` None both schedules share a zone and were compared on its clock: this holds for every week, and a
    clock change is left out. Otherwise the zones differ, `week` is the Monday of the week that was looked at, and
    minutes are minutes of real time in it. The spans are on the clock of the schedule after the change (a span may
    then be in two of them, where that clock shows an hour twice). Always: before - removed + added == after.
    """

    week: date | None
    minutes_before: int
    minutes_after: int
    minutes_added: int
    minutes_removed: int
    days_gained: frozenset[int]
    days_lost: frozenset[int]
    earliest_before: str | None
    earliest_after: str | None
    latest_before: str | None
    latest_after: str | None
    kept: Week
    added: Week
    removed: Week


@lru_cache(maxsize=MANY)
def compare(before: Schedule, after: Schedule, week: date) -> WeekChange:
    """Compare two schedules; `week` is any day of the week to look at where their zones differ."""
    clock = None if before.timezone == after.timezone else clock_week(after.timezone, week)
    if clock:
        was, now, shown = clock.open_spans(before), clock.open_spans(after), clock.shown
    else:
        was, now, shown = whole_week(before), whole_week(after), by_day
    added, removed = without(now, was), without(was, now)
    return WeekChange(
        week=monday_of(week) if clock else None,
        minutes_before=minutes(was),
        minutes_after=minutes(now),
        minutes_added=minutes(added),
        minutes_removed=minutes(removed),
        days_gained=after.days - before.days,
        days_lost=before.days - after.days,
        earliest_before=earliest(before.windows),
        earliest_after=earliest(after.windows),
        latest_before=latest(before.windows),
        latest_after=latest(after.windows),
        kept=shown(common(was, now)),
        added=shown(added),
        removed=shown(removed),
    )


# Many schedules together


class CallsAtOnce(NamedTuple):
    """From one minute of a day to another: how many schedules are open before and after, only after, only before."""

    start: int
    end: int
    kept: int
    added: int
    removed: int


def together(changes: Mapping[tuple[Schedule | None, Schedule | None], int], timezone: str, week: date) -> Loads:
    """Changes of schedules, each with how often it occurs, as the clock of one zone shows them in the week of `week`.

    None stands for no calls at all. For each weekday, Monday first: the stretches in which something is open, sorted
    and apart; two that touch differ.
    """
    steps: dict[int, list[int]] = {}
    for (before, after), times in changes.items():
        was, now = (on_clock(one, timezone, week) if one else () for one in (before, after))
        for side, spans in enumerate((was, now, common(was, now))):
            for start, end in spans:
                steps.setdefault(start, [0, 0, 0])[side] += times
                steps.setdefault(end, [0, 0, 0])[side] -= times
    days: list[list[CallsAtOnce]] = [[] for _ in range(7)]
    for load in _loads(steps):
        for day in days_of(load.start, load.end):
            start, end = within_day(load.start, load.end, day)
            days[day].append(load._replace(start=start, end=end))
    return tuple(map(tuple, days))


def _loads(steps: Mapping[int, list[int]]) -> Iterator[CallsAtOnce]:
    """The stretches between steps of how many are open before, after, and both, without those in which none is."""
    was = now = kept = start = 0
    for at, (was_step, now_step, kept_step) in sorted(steps.items()):
        if not (was_step or now_step or kept_step):
            continue
        if was or now:
            yield CallsAtOnce(start, at, kept, now - kept, was - kept)
        was, now, kept, start = was + was_step, now + now_step, kept + kept_step, at

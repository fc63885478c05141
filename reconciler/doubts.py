"""What a file may say and probably does not mean: repeated entries, overlapping windows, a past end, odd hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from reconciler.campaign import Value
from reconciler.canonical import Canonical, canonical, is_window
from reconciler.fields import Compare, Field
from reconciler.hours import Schedule, Spans, Week, Window, common, merged, minutes, overlaps, spans_in_words, words
from reconciler.wording import Finding, shown

_EVERY_DAY = frozenset(range(1, 8))


def doubts(of: Field, value: Value, today: date) -> Iterator[Finding]:
    """What to doubt in one field's value, which keeps all the rules of the schema."""
    if of.schema.get("x-ends-calling") and isinstance(value, str) and date.fromisoformat(value) < today:
        yield Finding((), f"{value} has passed: nobody is called any more", is_warning=True)
    if of.compare in (Compare.SET, Compare.WINDOWS) and isinstance(value, list):
        yield from _repeated(of, value)
    if of.compare is Compare.WINDOWS and isinstance(value, list):
        yield from _overlapping(windows(of, value))


def _repeated(of: Field, entries: Sequence[Value]) -> Iterator[Finding]:
    distinct = canonical(of, entries)
    if len(distinct) == len(entries):  # type: ignore[arg-type]  # a set of entries, hidden or not
        return
    first: dict[Canonical, int] = {}
    for index, entry in enumerate(entries):
        at = first.setdefault(canonical(of, [entry]), index)
        if at != index:
            what = f"entry {index + 1}" if of.is_sensitive else _written(of, entry)
            yield Finding((index,), f"{what} repeats entry {at + 1}: remove one", is_warning=True)


def _written(of: Field, entry: Value) -> str:
    window = windows(of, [entry]).get(0) if of.compare is Compare.WINDOWS else None
    return "-".join(window) if window else shown(entry)


def windows(of: Field, entries: Sequence[Value]) -> Mapping[int, Window]:
    """The entries that are windows, start before end, as canonical times, each by its place in the list."""
    pairs = ((index, *canonical(of, [entry])) for index, entry in enumerate(entries))  # type: ignore[misc]  # a set
    return {index: pair for index, pair in pairs if is_window(pair)}


def _overlapping(by_place: Mapping[int, Window]) -> Iterator[Finding]:
    places = {window: place for place, window in reversed(list(by_place.items()))}
    for pair in overlaps(places):
        one, other = sorted(pair, key=places.__getitem__)
        yield Finding((places[other],), f"{'-'.join(other)} overlaps {'-'.join(one)}", is_warning=True)


def legal_doubts(by_place: Mapping[int, Window], days: frozenset[int] | None, timezone: str) -> Iterator[Finding]:
    """The windows that reach beyond the legal hours of the country that the zone lies in.

    Where the days are not known (None), a window is doubted only if it would be outside on every day.
    """
    # Most commands never ask for legal hours.
    from reconciler.legal import outside_legal_hours, profile_for  # noqa: PLC0415 - see above

    profile = profile_for(timezone)
    if profile is None or not by_place:
        return
    schedule = Schedule(_EVERY_DAY if days is None else days, frozenset(by_place.values()), timezone)
    outside = outside_legal_hours(schedule, profile)
    if days is None:
        outside = (min(outside, key=minutes),) * len(outside)
    for place, window in by_place.items():
        parts = [common(merged([window]), spans) for spans in outside]
        if any(parts):
            hours = "the legal hours" if profile.is_law else "the usual hours"
            told = f"{_told(tuple(parts))} is outside {hours} of {profile.title}: {profile.rule}"
            yield Finding((place,), told, is_warning=True)


def _told(week: Week) -> str:
    """`Mon-Fri 07:00-08:00, Sat 07:00-10:00`."""
    by_spans: dict[Spans, list[int]] = {}
    for day, spans in enumerate(week, 1):
        if spans:
            by_spans.setdefault(spans, []).append(day)
    return "; ".join(f"{words(days)} {spans_in_words(spans)}" for spans, days in by_spans.items())

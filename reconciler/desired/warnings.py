"""What a file may say and probably does not mean: repeated entries, overlapping windows, a past end, odd hours."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from reconciler.desired.findings import Finding
from reconciler.desired.shown import shown
from reconciler.hours.schedule import Week
from reconciler.hours.spans import Window, joined, merged, minutes, overlaps, without
from reconciler.hours.words import spans_in_words, week_in_words
from reconciler.hours.zones import ABBREVIATIONS, is_fixed_offset
from reconciler.model.canonical import Canonical, canonical, is_window
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field
from reconciler.model.zone_names import accepted_zone

if TYPE_CHECKING:
    from reconciler.hours.legal import Rule

_PLACEHOLDER: Final = re.compile(r"\$\{[A-Za-z_][^{}\n]{0,100}\}|\$?\{\{[^{}\n]{1,100}\}\}")


def doubts(field: Field, value: Value, today: date, broken: Container[object] = ()) -> Iterator[Finding]:
    """What to doubt in one field's value; entries at the places in `broken` have errors and are left alone."""
    if field.ends_calling and isinstance(value, str) and value < today.isoformat():
        yield Finding((), f"{value} has passed: nobody is called any more", is_warning=True)
    if field.is_timezone and isinstance(value, str):
        yield from _odd_zone(value)
    if isinstance(value, str) and field.compare is Compare.TEXT:
        yield from _not_filled_in(value)
    if field.compare in (Compare.SET, Compare.WINDOWS) and isinstance(value, list):
        yield from _repeated(field, value, broken)
    if field.compare is Compare.WINDOWS and isinstance(value, list):
        yield from _overlapping(windows(field, value))


def _not_filled_in(text: str) -> Iterator[Finding]:
    """A tilde, which is null elsewhere, and marks of templates, which nothing here fills in."""
    if text == "~":
        yield Finding((), "'~' is the text that was typed: write null where there is none", is_warning=True)
    elif found := _PLACEHOLDER.search(text):
        told = f"{shown(found[0])} is sent as it stands: nothing here puts a value there"
        yield Finding((), told, is_warning=True)


def _odd_zone(name: str) -> Iterator[Finding]:
    accepted = accepted_zone(name)
    if is_fixed_offset(name):
        told = f"{name} knows no summer time, so the hours move against people's clocks: name a place"
        yield Finding((), f"{told}, such as {ABBREVIATIONS.get(name, 'Europe/London')}", is_warning=True)
    elif accepted != name:
        told = f"{name} is an old name, which the API may refuse: write {accepted}, which is what is sent"
        yield Finding((), told, is_warning=True)


def _repeated(field: Field, entries: Sequence[Value], broken: Container[object]) -> Iterator[Finding]:
    sound = {index: entry for index, entry in enumerate(entries) if index not in broken}
    distinct = canonical(field, [*sound.values()])
    if len(distinct) == len(sound):  # type: ignore[arg-type]  # a set of entries, hidden or not
        return
    first: dict[Canonical, int] = {}
    for index, entry in sound.items():
        at = first.setdefault(canonical(field, [entry]), index)
        if at != index:
            what = f"entry {index + 1}" if field.is_sensitive else _written(field, entry)
            yield Finding((index,), f"{what} is in the list already, as entry {at + 1}: remove one", is_warning=True)


def _written(field: Field, entry: Value) -> str:
    window = windows(field, [entry]).get(0) if field.compare is Compare.WINDOWS else None
    return "-".join(window) if window else shown(entry)


def windows(field: Field, entries: Sequence[Value]) -> Mapping[int, Window]:
    """The entries that are windows, start before end, as canonical times, each by its place in the list."""
    pairs = ((index, *canonical(field, [entry])) for index, entry in enumerate(entries))  # type: ignore[misc]  # a set
    return {index: pair for index, pair in pairs if is_window(pair)}


def _overlapping(by_place: Mapping[int, Window]) -> Iterator[Finding]:
    places = {window: place for place, window in reversed(list(by_place.items()))}
    for pair in overlaps(places):
        one, other = sorted(pair, key=places.__getitem__)
        yield Finding((places[other],), f"{'-'.join(other)} overlaps {'-'.join(one)}", is_warning=True)


def legal_doubts(
    by_place: Mapping[int, Window], days: frozenset[int] | None, rules: Sequence[Rule]
) -> Iterator[Finding]:
    """The windows that reach beyond the hours of these rules; a rule that adds nothing to those before it is left out.

    Where the days are not known (None), a window is doubted only if it would be outside on every day.
    """
    from reconciler.hours.legal import HOURS_OF  # noqa: PLC0415  most commands never ask for legal hours

    for place, window in by_place.items():
        known: Week = ((),) * 7
        for rule in rules:
            outside = _outside(window, rule)
            if all(not without(spans, before) for spans, before in zip(outside, known, strict=True)):
                continue
            known = tuple(joined((*one, *other)) for one, other in zip(known, outside, strict=True))
            if told := _told(outside, days):
                message = f"{told} is outside the {HOURS_OF[rule.kind]} of {rule.title}: {rule.rule}"
                yield Finding((place,), message, is_warning=True)


@lru_cache(maxsize=10_000)
def _outside(window: Window, rule: Rule) -> Week:
    """What of a window is outside the hours of a rule, each weekday."""
    return rule.outside((merged([window]),) * 7)


def _told(outside: Week, days: frozenset[int] | None) -> str:
    """`Mon-Fri 07:00-08:00; Sat 07:00-10:00`."""
    if days is None:
        least = min(outside, key=minutes)
        return f"every day {spans_in_words(least)}" if least else ""
    return week_in_words(tuple(spans if day in days else () for day, spans in enumerate(outside, start=1)))

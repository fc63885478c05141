"""Whether there is surely nothing to doubt in a value: closures for the fields, that say so or leave it open.

As `sure` is to `json_schema`, this is to `warnings`: true only where that would tell of nothing, of a value that keeps
the schema's rules. What is written as most files write it is passed over; for the rest `warnings` is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

from reconciler.desired.sure import Check, all_of
from reconciler.hours.zones import is_fixed_offset
from reconciler.model.document import Value
from reconciler.model.fields import Calendar, Compare, Field, Fields
from reconciler.model.zone_names import accepted_zone

if TYPE_CHECKING:
    from reconciler.hours.legal import Rule

# Texts that every field's canonical form leaves as they are, and numbers of phones that it does.
_PLAIN_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PHONE: Final = re.compile(r"\+[0-9]+")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_ANY_TIME: Final = ("00:00", "23:59")
# Never in order, and within no bounds.
_NO_TIMES: Final = ("~", "~")


def undoubted(field: Field, today: date) -> Check:
    """What says that there is surely nothing to doubt in a value of a field, and no window that ends too early."""
    checks: list[Check] = []
    if field.ends_calling:
        checks.append(_not_before(today.isoformat()))
    if field.is_timezone:
        checks.append(_is_usual_zone)
    elif field.compare is Compare.TEXT:
        checks.append(_is_meant_as_it_is)
    if field.compare is Compare.SET:
        checks.append(_are_distinct_phones if field.is_sensitive else _are_distinct)
    if field.compare is Compare.WINDOWS:
        checks.append(_are_in_order)
    return all_of(checks)


def _not_before(first: str) -> Check:
    return lambda value: value is None or (type(value) is str and value >= first)


def _is_meant_as_it_is(value: Value) -> bool:
    """No text with a mark of a template in it, and not a tilde."""
    return type(value) is not str or not ("${" in value or "{{" in value or value == "~")


@lru_cache(maxsize=1_000)
def _is_usual_zone(name: Value) -> bool:
    return isinstance(name, str) and not is_fixed_offset(name) and accepted_zone(name) == name


def _are_distinct(entries: Value) -> bool:
    """Different words, or different numbers, each written as it is compared."""
    if type(entries) is not list or len({*map(type, entries)}) > 1:
        return False
    if entries and type(entries[0]) is not int and not _are_all(_PLAIN_WORD, entries):
        return False
    return len(set(entries)) == len(entries)


def _are_distinct_phones(entries: Value) -> bool:
    return type(entries) is list and _are_all(_PHONE, entries) and len(set(entries)) == len(entries)


def _are_all(form: re.Pattern[str], entries: Sequence[Value]) -> bool:
    return {*map(type, entries)} <= {str} and all(map(form.fullmatch, entries))


def _are_in_order(windows: Value) -> bool:
    """Each starts before it ends, and no earlier than the one above it has ended."""
    now = ""
    for start, end in _times(windows):
        if not now <= start < end:
            return False
        now = end
    return type(windows) is list


def _times(windows: Value) -> Iterator[tuple[str, str]]:
    """The start and end of windows that are written as HH:MM; of what is anything else, a pair that never is right."""
    for window in windows if type(windows) is list else ():
        start, end = (window.get("start"), window.get("end")) if type(window) is dict else _NO_TIMES
        yield (start, end) if _is_time(start) and _is_time(end) else _NO_TIMES


def _is_time(value: Value) -> TypeGuard[str]:
    return type(value) is str and _TIME.fullmatch(value) is not None


def undoubted_hours(fields: Fields) -> Check:
    """What says of the values of a file that its windows surely lie within the legal hours of its places."""
    part = {field.calendar: field.name for field in fields.writable.values() if field.calendar}
    if len(part) < len(Calendar):
        return lambda _: True
    return lambda values: are_legal(values, part)


def are_legal(values: Mapping[str, Value], part: Mapping[Calendar, str]) -> bool:
    """Whether windows surely lie within the legal hours, on each of the days; on every day where the file says none."""
    windows, days = values.get(part[Calendar.WINDOWS]), values.get(part[Calendar.DAYS])
    which = which_rules(values, part[Calendar.ZONE])
    if type(windows) is not list or which is None:
        return True
    on = frozenset(days) if type(days) is list and {*map(type, days)} == {int} else None
    bounds = _bounds(which, on)
    return bounds is not None and all(bounds[0] <= start and end <= bounds[1] for start, end in _times(windows))


class Which(NamedTuple):
    """What decides which rules hold for a campaign: the places that its file names, its zone, and its type."""

    jurisdiction: tuple[str, ...] | None
    timezone: str | None
    campaign_type: str | None

    def rules(self) -> tuple[Rule, ...]:
        """The rules that are shipped and hold."""
        from reconciler.hours import legal  # noqa: PLC0415 - many files are parts, without zone or windows

        places = legal.places_of(self.jurisdiction, self.timezone)
        return legal.rules_for(places, self.campaign_type, legal.rules())


def which_rules(values: Mapping[str, Value], zone: str) -> Which | None:
    """What a file says of it; None where it names neither places nor a zone."""
    named, timezone, campaign_type = values.get("jurisdiction"), values.get(zone), values.get("campaign_type")
    places = tuple(place for place in named if isinstance(place, str)) if isinstance(named, list) else None
    timezone = timezone if isinstance(timezone, str) else None
    if places is None and timezone is None:
        return None
    return Which(places, timezone, campaign_type if isinstance(campaign_type, str) else None)


@lru_cache(maxsize=10_000)
def _bounds(which: Which, days: frozenset[int] | None) -> tuple[str, str] | None:
    """From when to when calls are legal on all of the days, where that is one span on each of them."""
    rules = which.rules()
    on = [spans for rule in rules for day, spans in enumerate(rule.week(), start=1) if days is None or day in days]
    if any(len(spans) != 1 for spans in on):
        return None
    if not rules:
        return _ANY_TIME
    if not on:
        return None
    return _written(max(start for [(start, _)] in on)), _written(min(end for [(_, end)] in on))


def _written(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"

"""What the answers of an API show, held against every shape that we know: what works here, and what does not."""

from __future__ import annotations

import email.utils
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.campaign import Live, Status
from reconciler.model.canonical import OuterBounds, is_shown, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field, Fields
from reconciler.model.known_form import is_known_form
from reconciler.model.words import count

# Seconds that two clocks may differ by: what an answer takes, and whole seconds.
_SKEW = 5.0
_EPOCH_FROM = 1_000_000_000
_MOST_NAMED = 8
_UNVERIFIED = "they are sent once, and a change of them by hand is not seen"


class Level(StrEnum):
    """How good a finding is. Only failures stand in the way of a plan."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was found, what to do about it, and the HTTP status of a refusal."""

    level: Level
    check: str
    message: str
    advice: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of an API: a row of its list and a page of a campaign, with the answers that they came in."""

    row: Live | None = None
    page: Live | None = None
    list_body: Value = None
    page_body: Value = None
    rows: tuple[Live, ...] = ()

    @property
    def shown(self) -> Mapping[str, Value]:
        """Everything that either answer shows of the campaign."""
        return {**(self.row.values if self.row else {}), **(self.page.values if self.page else {})}


Findings: TypeAlias = Iterator[Finding]


# Headers


def clock(headers: Mapping[str, str], now: float) -> Finding:
    """Whether the clock here (`now`, the epoch second) goes as that of the server."""
    try:
        there = email.utils.parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return Finding(Level.WARNING, "clock", "the server does not tell its time, so nobody can compare the clocks")
    ahead = now - there
    if abs(ahead) <= _SKEW:
        return Finding(Level.OK, "clock", "goes as that of the server")
    told = f"is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} that of the server"
    return Finding(Level.WARNING, "clock", told, "set the clock: reports, holds and limits are told by it")


def rate_limit(headers: Mapping[str, str]) -> Finding:
    """How the API tells its rate limit."""
    limit, left, reset = (headers.get(f"x-ratelimit-{name}") for name in ("limit", "remaining", "reset"))
    if not limit:
        told = "no answer tells it, so that it is only known once it is run into"
        return Finding(Level.WARNING, "rate limit", told, "keep --concurrency low where other programs share the token")
    known = [f"{limit} requests"] + ([f"{left} of them left"] if left else [])
    if reset:
        is_epoch = reset.isdecimal() and int(reset) > _EPOCH_FROM
        known.append(f"the reset told as {'an epoch second' if is_epoch else 'seconds from now'}")
    return Finding(Level.OK, "rate limit", ", ".join(known))


# Fields


def visibility(fields: Fields, managed: Iterable[str], seen: Seen) -> Findings:
    """Which managed fields are shown, and which nobody can verify here, and why; of all fields, where none is named."""
    names = [name for name in fields.writable if name in set(managed)] or [*fields.writable]
    reasons = {name: reason for name in names if (reason := _reason(fields.writable[name], seen.shown))}
    shown = [name for name in names if name not in reasons]
    yield Finding(Level.OK, "fields shown", f"{len(shown)} of {count(len(names), 'managed field')} can be compared")
    for reason in dict.fromkeys(reasons.values()):
        alike = [name for name, why in reasons.items() if why == reason]
        lists = [name for name in alike if fields.writable[name].adds_to_live]
        told = f"{_named(alike)}: unverified, since {reason}"
        advice = f"{', '.join(lists)} is withheld where it may be in use" if lists else _UNVERIFIED
        yield Finding(Level.WARNING, "fields unverified", told, advice)
    if seen.row and (lacking := [name for name in shown if not is_shown(fields.writable[name], seen.row.values)]):
        told = f"rows of the list lack {_named(lacking)}: campaigns that manage them are read one by one"
        yield Finding(Level.OK, "list", told)


def _reason(field: Field, shown: Mapping[str, Value]) -> str:
    """Why nobody can verify a field here; empty where it can be compared."""
    if not is_shown(field, shown):
        return "no answer shows it"
    value = live_canonical(field, shown)
    if isinstance(value, OuterBounds):
        return "only the outer bounds are shown: a break between windows is not seen"
    return "" if is_known_form(field, value) else "it is shown in an unknown form"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


# What the documentation contradicts itself in


def readings(fields: Fields, seen: Seen) -> Findings:
    """How this server resolves what the API's documentation says in two ways."""
    for check, told in (
        ("answers come", _envelope(seen)),
        ("pages are counted", _paging(seen.list_body)),
        ("windows are shown", _windows(fields, seen.shown)),
        ("spelling", _spelling(fields, seen.shown)),
        ("unset values", _unset(fields, seen)),
        ("do-not-call source", _source(fields, seen.shown)),
    ):
        yield Finding(Level.OK, check, told)
    yield _statuses(seen.rows)
    yield Finding(Level.OK, "answers to writes", "not looked at: this command only reads; apply looks after each write")


def _envelope(seen: Seen) -> str:
    bodies = [body for body in (seen.list_body, seen.page_body) if body is not None]
    wrapped = [isinstance(body, Mapping) and "data" in body for body in bodies]
    if not any(wrapped):
        return "bare, as the machine-readable description has them"
    told = "in an envelope with `data`, as the pages have them"
    return told if all(wrapped) else f"partly {told}, partly bare"


def _paging(body: Value) -> str:
    places = [body, body.get("data")] if isinstance(body, Mapping) else []
    for place in places:
        for name in ("pagination", "meta"):
            if isinstance(place, Mapping) and isinstance(place.get(name), Mapping):
                return f"under `{name}`"
        if isinstance(place, Mapping) and ("last_page" in place or "total" in place):
            return "beside the rows"
    return "not at all: lists are read until a page brings nothing new"


def _windows(fields: Fields, shown: Mapping[str, Value]) -> str:
    for name, field in fields.writable.items():
        if field.legacy_bounds:
            older = all(shown.get(bound) is not None for bound in field.legacy_bounds)
            if shown.get(name):
                return f"as {name}" + (" and as the older pair of times" if older else "")
            return "only as the older pair of times" if older else "not at all"
    return "not at all"  # pragma: no cover - the schema has such a field


def _spelling(fields: Fields, shown: Mapping[str, Value]) -> str:
    """The spellings that are read past: none is ever a difference."""
    found = []
    values = [(field, shown[name]) for name, field in fields.writable.items() if shown.get(name) is not None]
    if any(time.count(":") > 1 for time in _times(fields, shown)):
        found.append("times with seconds")
    if any(field.compare is Compare.DATE and len(str(value)) > len("2027-01-04") for field, value in values):
        found.append("dates as timestamps")
    if any(field.compare is Compare.NUMBER and isinstance(value, str) for field, value in values):
        found.append("numbers as text")
    if any(field.compare is Compare.BOOLEAN and not isinstance(value, bool) for field, value in values):
        found.append("booleans as numbers or text")
    return f"{', '.join(found)}: read as what they mean" if found else "as the pages have it"


def _times(fields: Fields, shown: Mapping[str, Value]) -> Iterator[str]:
    """Every time of day that windows, or their outer bounds, are shown with."""
    for name, field in fields.writable.items():
        if field.legacy_bounds:
            yield from (str(shown.get(bound)) for bound in field.legacy_bounds)
            windows = shown.get(name)
            for window in windows if isinstance(windows, list) else ():
                yield from (str(time) for time in window.values()) if isinstance(window, Mapping) else ()


def _unset(fields: Fields, seen: Seen) -> str:
    if not seen.page:
        return "not known: no campaign was read by itself"
    nulls = [name for name in fields.writable if name in seen.page.values and seen.page.values[name] is None]
    missing = [name for name in fields.writable if not is_shown(fields.writable[name], seen.page.values)]
    told = [f"null for {_named(nulls)}"] if nulls else []
    told += [f"left out: {_named(missing)}"] if missing else []
    return "; ".join(told) or "every field has a value here"


def _source(fields: Fields, shown: Mapping[str, Value]) -> str:
    """The word that an answer has for a value that is written otherwise."""
    for name, field in fields.writable.items():
        if field.read_aliases and isinstance(shown.get(name), str):
            meant = field.read_aliases.get(shown[name])
            return f"{shown[name]!r}, read as {meant!r}" if meant else f"{shown[name]!r}, as it is written"
    return "not shown"


def _statuses(rows: Sequence[Live]) -> Finding:
    found = sorted({row.status or "none" for row in rows})
    unknown = [status for status in found if status not in set(Status)]
    if unknown:
        told = f"{', '.join(unknown)}: not known here"
        return Finding(Level.WARNING, "statuses", told, "campaigns with such a status are never touched: tell us of it")
    return Finding(Level.OK, "statuses", ", ".join(found) or "none: there is no campaign")

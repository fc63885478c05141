"""One spelling for every value, applied to what files say and to what the API says, before they are compared.

What is known of the API's spellings: times with and without seconds, dates as timestamps, numbers and booleans
as strings, text trimmed and emptied to null, lists in any order, lists as objects with keys 0, 1, 2.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field
from reconciler.model.sensitive import SensitiveCount, SensitiveSet
from reconciler.model.trimmed import trimmed
from reconciler.model.zone_names import accepted_zone

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?")
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(?:\.0+)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}\.[0-9]{1,18}")
_PHONE = re.compile(r"\+?[1-9][0-9]{6,14}")
# Phone numbers in their one spelling, each with a comma behind it.
_PHONES = re.compile(r"(?:\+[1-9][0-9]{6,14},)*+")
_PHONE_MARKS = re.compile(r"[\s().\u2010-\u2015-]")
_NOON = 12
# How many texts of days and times of day are remembered with what they mean: most campaigns share theirs.
_REMEMBERED = 4096
_NO_ENTRIES: tuple[Value, ...] = (None, [], {})


@dataclass(frozen=True, slots=True)
class Nested:
    """A value with an inner structure of its own, such as an object: compared as a whole, by type and value."""

    text: str

    @property
    def value(self) -> Value:
        """The value itself."""
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A value of an unexpected kind, as the text of it: it differs from every value of an expected one."""

    text: str


class Unset:
    """No value at all, which is not null: a field of a campaign that is not there yet, or that was not managed."""

    __slots__ = ()


UNSET = Unset()


@dataclass(frozen=True, slots=True)
class OuterBounds:
    """Windows of which only the earliest start and the latest end are known."""

    start: str
    end: str


CallWindow: TypeAlias = tuple[str, str]
Scalar: TypeAlias = bool | int | float | str | None
# What a set holds: words or numbers, or windows, and what came in their place.
Entry: TypeAlias = Scalar | CallWindow | Unexpected
# Every canonical value is hashable.
Canonical: TypeAlias = (
    Scalar | Unexpected | frozenset[Entry] | SensitiveSet | SensitiveCount | Nested | Unset | OuterBounds
)


def canonical(field: Field, value: Value) -> Canonical:
    """Bring a value of this field into its one spelling. A value of an unexpected kind stays what it is."""
    match field.compare:
        case Compare.TEXT:
            return _text(field, value)
        case Compare.NUMBER:
            return _number(value)
        case Compare.BOOLEAN:
            return _boolean(value)
        case Compare.DATE:
            return _date(value)
        case Compare.SET if field.is_sensitive:
            return _hidden(value)
        case Compare.SET:
            entry = _number if field.holds_numbers else _word
            return frozenset(_in_a_set(entry(part)) for part in _entries(value))
        case Compare.WINDOWS:
            return frozenset(_window(entry) for entry in _entries(value))
        case Compare.NESTED:  # pragma: no branch - there are no others
            # An empty object comes back as an empty list: PHP has one kind of array.
            return Nested(json.dumps(value, sort_keys=True)) if value not in _NO_ENTRIES else None


def is_plainly_same(field: Field, one: Value, other: Value) -> bool:
    """Whether two values of a field are the same as they stand, before their spelling is looked at.

    What is not may mean the same all the same; nothing is said of null.
    """
    if type(one) is not type(other) or one is None:
        return False
    if isinstance(one, (str, int, float)):
        return bool(one == other)
    if field.compare is Compare.SET and isinstance(one, list):
        return _have_the_same_entries(one, other)
    # Inside of a value 1, 1.0 and True are equal, and are not written alike.
    return one == other and repr(one) == repr(other)


def _have_the_same_entries(one: list[Value], other: list[Value]) -> bool:
    """Whether two lists hold the same words, or the same numbers, in whatever order and however often."""
    kinds = {*map(type, one), *map(type, other)}
    return kinds in ({str}, {int}) and (one == other or set(one) == set(other))


def same(one: Canonical, other: Canonical) -> bool:
    """Equal in type and value: True is not 1 here."""
    return type(one) is type(other) and one == other


def live_canonical(field: Field, answer: Mapping[str, Value]) -> Canonical:
    """The canonical value of a field in an answer of the API.

    Raises KeyError where the answer does not show the field in any form. Windows of which only the older
    pair of times is shown are `OuterBounds`.
    """
    if field.legacy_bounds and shows_only_bounds(field, answer):
        start, end = (str(answer[name]) for name in field.legacy_bounds)
        return OuterBounds(time_of_day(start), time_of_day(end))
    return canonical(field, answer[field.name])


def shows_only_bounds(field: Field, answer: Mapping[str, Value]) -> bool:
    """Whether an answer shows of the windows of this field only where the first begins and the last ends."""
    if not field.legacy_bounds or answer.get(field.name) not in _NO_ENTRIES:
        return False
    return all(answer.get(name) is not None for name in field.legacy_bounds)


def is_shown(field: Field, answer: Mapping[str, Value]) -> bool:
    """Whether an answer of the API shows this field in any form."""
    older = field.legacy_bounds
    return field.name in answer or (older is not None and all(answer.get(name) is not None for name in older))


def _text(field: Field, value: Value) -> Scalar | Unexpected:
    if not isinstance(value, str):
        return _frozen(value)
    text = trimmed(value)
    text = field.read_aliases.get(text, text)
    return (accepted_zone(text) if field.is_timezone else text) or None


def _number(value: Value) -> Scalar | Unexpected:
    if isinstance(value, str):
        text = trimmed(value)
        if _WHOLE.fullmatch(text):
            return int(text.partition(".")[0])
        return float(text) if _DECIMAL.fullmatch(text) else text or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _frozen(value)


def _boolean(value: Value) -> Scalar | Unexpected:
    if isinstance(value, str):
        value = trimmed(value) or None
    if isinstance(value, (int, str)) and str(value) in ("0", "1"):
        return str(value) == "1"
    return _frozen(value)


def _date(value: Value) -> Scalar | Unexpected:
    """The calendar date whose midnight is nearest to a timestamp, read on the clock that it is written in.

    A UTC timestamp of a local midnight may show the day before: 2020-05-17T22:00:00Z is 2020-05-18 in Madrid.
    """
    return _day(value) if isinstance(value, str) else _frozen(value)


@functools.lru_cache(_REMEMBERED)
def _day(text: str) -> str | None:
    text = trimmed(text)
    match = _DAY.fullmatch(text)
    if not match or not match[2] or int(match[2]) < _NOON:
        return match[1] if match else text or None
    try:
        return (datetime.date.fromisoformat(match[1]) + datetime.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return text


@functools.lru_cache(_REMEMBERED)
def time_of_day(text: str) -> str:
    """Write `9:00`, `09:00` and `09:00:00` as `09:00`; anything else is left as it is."""
    match = _TIME.fullmatch(trimmed(text))
    return f"{int(match[1]):02}:{match[2]}" if match else text


def _entries(value: Value) -> Iterator[Value]:
    if isinstance(value, Mapping):
        # PHP turns a list with gaps into an object with the positions as keys.
        value = value.values() if all(str(key).isdecimal() for key in value) else [value]
    elif isinstance(value, str) or not isinstance(value, Iterable):
        # A list in a text may be JSON, words with commas, anything.
        is_empty = value is None or (isinstance(value, str) and not trimmed(value))
        value = [] if is_empty else [Unexpected(str(value))]
    yield from value


def _hidden(value: Value) -> SensitiveSet | Unexpected:
    """A list of people's numbers; of any other form nothing is kept. What campaigns share is in this form already."""
    if isinstance(value, SensitiveSet):
        return value
    if isinstance(value, list) and {*map(type, value)} == {str} and _PHONES.fullmatch(",".join([*value, ""])):
        return SensitiveSet(frozenset(value))
    entries = [_word(entry) for entry in _entries(value)]
    if all(isinstance(entry, (str, int)) and not isinstance(entry, bool) for entry in entries):
        return SensitiveSet(frozenset(_phone(str(entry)) for entry in entries))
    return Unexpected("a list in a form that is not known")


def _phone(text: str) -> str:
    """One spelling for a phone number with blanks, dashes, dots or parentheses, or without its plus."""
    digits = _PHONE_MARKS.sub("", text)
    return f"+{digits.removeprefix('+')}" if _PHONE.fullmatch(digits) else text


def _word(value: Value) -> Scalar | Unexpected:
    return trimmed(value) if isinstance(value, str) else _frozen(value)


def _in_a_set(entry: Scalar | Unexpected) -> Scalar | Unexpected:
    """Inside a set Python cannot tell True from 1, so a boolean among numbers becomes something else."""
    return Unexpected(repr(entry)) if isinstance(entry, bool) else entry


def _window(value: Value) -> Entry:
    if isinstance(value, Mapping) and isinstance(value.get("start"), str) and isinstance(value.get("end"), str):
        return (time_of_day(value["start"]), time_of_day(value["end"]))
    return _frozen(value)


def is_window(entry: object) -> TypeGuard[CallWindow]:
    """Whether a member of a set of windows is a pair of times of day, start before end."""
    if not isinstance(entry, tuple) or len(entry) != len(("start", "end")):
        return False
    start, end = entry
    return isinstance(start, str) and isinstance(end, str) and start < end and _is_time(start) and _is_time(end)


@functools.lru_cache(_REMEMBERED)
def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None


def _frozen(value: Value) -> Scalar | Unexpected:
    """A value that is hashable as it is; of any other kind, the text of it."""
    if isinstance(value, Unexpected):
        return value
    if isinstance(value, bool) or not isinstance(value, (dict, list)):
        return value
    return Unexpected(repr(value)) if value else None

"""What one value has to be, and the words of the API where it is not.

A rule is called with the dotted path to a value and the value, and gives a breach for each thing that is wrong.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from typing import TypeGuard

from reconciler.sandbox.http import Json

# Each breach: the dotted path to the value, and what the API says about it.
Breach = tuple[str, str]
Rule = Callable[[str, Json], Iterable[Breach]]

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def _words(path: str) -> str:
    return path.replace("_", " ")


def required(path: str) -> str:
    """What the API says of a value that has to be there."""
    return f"The {_words(path)} field is required."


def string(path: str, value: Json, *, longest: int | None = None) -> Iterator[Breach]:
    """A text that is not null, of at most so many characters."""
    if value is None:
        yield path, required(path)
    elif not isinstance(value, str):
        yield path, f"The {_words(path)} must be a string."
    elif longest is not None and len(value) > longest:
        yield path, f"The {_words(path)} must not be greater than {longest} characters."


def one_of(allowed: tuple[str, ...], path: str, value: Json) -> Iterator[Breach]:
    """One of these texts."""
    if value not in allowed:
        yield path, f"The selected {_words(path)} is invalid."


def is_date(value: Json) -> TypeGuard[str]:
    """Whether a value is a date that exists, as `YYYY-MM-DD`."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def plain_date(path: str, value: Json) -> Iterator[Breach]:
    """A date that exists, as `YYYY-MM-DD`."""
    if not is_date(value):
        yield path, f"The {_words(path)} does not match the format Y-m-d."


def positive(path: str, value: str) -> Iterator[Breach]:
    """A number of 1 or more, as it stands in a query."""
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < 1:
        yield path, f"The {_words(path)} must be at least 1."


def integer(least: int, most: int | None, path: str, value: Json) -> Iterator[Breach]:
    """A whole number from `least` to `most`, if there is a most."""
    if isinstance(value, bool) or not isinstance(value, int):
        yield path, f"The {_words(path)} must be an integer."
    elif value < least:
        yield path, f"The {_words(path)} must be at least {least}."
    elif most is not None and value > most:
        yield path, f"The {_words(path)} must not be greater than {most}."


def boolean(path: str, value: Json) -> Iterator[Breach]:
    """True or false."""
    if not isinstance(value, bool):
        yield path, f"The {_words(path)} field must be true or false."


def array_of(each: Rule, least: int, path: str, value: Json) -> Iterator[Breach]:
    """A list of at least so many items, each of which has to pass a rule."""
    if not isinstance(value, list):
        yield path, f"The {_words(path)} must be an array."
    elif len(value) < least:
        yield path, f"The {_words(path)} must have at least {least} items."
    else:
        for position, item in enumerate(value):
            yield from each(f"{path}.{position}", item)


def call_window(path: str, value: Json) -> Iterator[Breach]:
    """An object with `start` and `end`, times of day of which the end is later."""
    if not isinstance(value, dict):
        yield path, f"The {_words(path)} must be an array."
        return
    breaches = [breach for edge in ("start", "end") for breach in time_of_day(f"{path}.{edge}", value.get(edge))]
    yield from breaches
    if not breaches and value["end"] <= value["start"]:
        yield f"{path}.end", f"The {_words(path)}.end must be a date after {_words(path)}.start."


def time_of_day(path: str, value: Json) -> Iterator[Breach]:
    """A time of day as `HH:MM`."""
    if value is None:
        yield path, required(path)
    elif not isinstance(value, str) or not _TIME.fullmatch(value):
        yield path, f"The {_words(path)} does not match the format H:i."


def phone_number(path: str, value: Json) -> Iterator[Breach]:
    """A phone number in E.164."""
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        yield path, f"The {_words(path)} format is invalid."


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def zone(path: str, value: Json) -> Iterator[Breach]:
    """The name of an IANA time zone, of at most 50 characters."""
    breaches = [*string(path, value, longest=50)]
    yield from breaches
    if not breaches and value not in _zones():
        yield path, f"The {_words(path)} must be a valid zone."

"""What to write instead, where somebody wrote what people say: days by name, hours in one word, no end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.model.document import Value

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY_DAY: Final = range(1, 8)
_SEVERAL: Final = {
    "weekdays": range(1, 6),
    "workdays": range(1, 6),
    "weekend": range(6, 8),
    "weekends": range(6, 8),
    "daily": _EVERY_DAY,
    "everyday": _EVERY_DAY,
    "all": _EVERY_DAY,
}
_SHORTEST_DAY: Final = 2
_TIME: Final = r"([01]?[0-9]|2[0-3])(?::?([0-5][0-9]))?"
_HOURS: Final = re.compile(rf"{_TIME}\s*(?:-|\u2013|to)\s*{_TIME}")
_NO_VALUE: Final = frozenset({"none", "never", "no", "nil", "n/a", "na", "-", "~", "empty", "open", "unlimited"})


def days_meant(schema: Mapping[str, Any], value: Value) -> str:
    """`1, 2, 3` for `Mon-Wed`, where the numbers of a schema are days of the week; else nothing."""
    if not isinstance(value, str) or (schema.get("minimum"), schema.get("maximum")) != (1, 7):
        return ""
    found: set[int] = set()
    for word in re.split(r"[,;\s]+", re.sub(r"\s*[-\u2013]\s*", "-", value.strip().casefold())):
        days = _SEVERAL.get(word) or _from_to(*word.partition("-"))
        if not days:
            return ""
        found.update(days)
    return ", ".join(map(str, sorted(found)))


def _from_to(first: str, dash: str, last: str) -> range | None:
    start, end = _day(first), _day(last) if dash else _day(first)
    return range(start, end + 1) if start and end and start <= end else None


def _day(word: str) -> int | None:
    """1 for `1`, `mon` and `Monday`."""
    if re.fullmatch("[1-7]", word):
        return int(word)
    word = word.removesuffix(".")
    near = [number for number, name in enumerate(_DAYS, start=1) if name.startswith(word)]
    return near[0] if len(word) >= _SHORTEST_DAY and len(near) == 1 else None


def window_meant(schema: Mapping[str, Any], value: Value) -> str:
    """`{ start: "09:00", end: "17:00" }` for `9-17`, where a schema has these two keys; else nothing."""
    hours = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not hours or set(schema.get("properties", {})) != {"start", "end"}:
        return ""
    start, end = (f"{int(hours[place]):02}:{hours[place + 1] or '00'}" for place in (1, 3))
    return f'{{ start: "{start}", end: "{end}" }}' if start < end else ""


def is_none_meant(schema: Mapping[str, Any], value: str) -> bool:
    """Whether somebody wrote a word for nothing where null can stand."""
    return "null" in schema.get("type", ()) and value.strip().casefold() in _NO_VALUE


def invisible_in(text: str) -> str:
    """`; U+202A cannot be seen: remove it` for a text with such a character; else nothing."""
    found = next((character for character in text if not character.isprintable()), None)
    return f"; U+{ord(found):04X} in it cannot be seen: remove it" if found else ""

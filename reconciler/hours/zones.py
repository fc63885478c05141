"""Time zones: which names there are, and the minutes of real time in which a zone's clock stands at which offset.

Real time is counted in whole minutes since `EPOCH`. Offsets have been whole minutes in every zone since 1972.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.errors import ReconcilerError
from reconciler.model.zone_names import listed_zones

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

# Imports stand inside functions here: zoneinfo costs 10 ms of start-up, and difflib is for mistakes only.

DAY = 24 * 60
# A Monday, so that weeks begin at multiples of seven days.
EPOCH = datetime(1970, 1, 5, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
# What is worked out of so many schedules is remembered: campaigns share them, and forms ask again.
MANY = 4096

# What zone folders hold besides zones: the machine's own setting, and the mark of one that was never set.
_NO_ZONES = frozenset({"Factory", "localtime"})
_FIXED = frozenset(
    {"UTC", "UCT", "GMT", "GMT0", "GMT+0", "GMT-0", "Greenwich", "Universal", "Zulu", "EST", "MST", "HST"}
)

# What people write for the time of a place. None of them is sure: each is a suggestion, and never taken for a zone.
ABBREVIATIONS = {
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT", "CT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT", "MT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Paris"),
    "BST": "Europe/London",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
}


# Names


@cache
def _shipped() -> frozenset[str]:
    """The names in the tzdata package; `zoneinfo.available_timezones` opens 600 files to find the same."""
    import pkgutil  # noqa: PLC0415 - see above

    return frozenset((pkgutil.get_data("tzdata", "zones") or b"").decode().split()) - _NO_ZONES


@cache
def _installed() -> frozenset[str]:
    from zoneinfo import available_timezones  # noqa: PLC0415 - see above

    return frozenset(available_timezones()) - _NO_ZONES


def is_known_zone(name: str) -> bool:
    """Whether this is the IANA name of a zone, in its exact case, on any machine: file systems may not tell case."""
    return name in _shipped() or name in _installed()


def near_zones(name: str) -> tuple[str, ...]:
    """Up to three known zones that somebody who wrote `name` may have meant, the likeliest first.

    A name in another case gets just its right spelling. A city alone will do; GMT+2 and its like get nothing,
    because Etc/GMT+2 means two hours behind.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - see above

    if name.upper() in ABBREVIATIONS and name not in _shipped():
        return (ABBREVIATIONS[name.upper()],)
    wanted = "_".join(name.casefold().split())
    in_other_case = {known.casefold(): known for known in sorted(_shipped())}
    if wanted in in_other_case:
        return (in_other_case[wanted],)
    spellings = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in listed_zones()}
    spellings |= {zone.casefold(): zone for zone in listed_zones()}
    matches = get_close_matches(wanted, spellings, n=6, cutoff=0.8)
    return tuple(dict.fromkeys(spellings[match] for match in matches))[:3]


def is_fixed_offset(name: str) -> bool:
    """Whether the name stands for an offset, such as UTC, EST or Etc/GMT+5, and so knows no summer time."""
    return name in _FIXED or name.startswith("Etc/")


# Real time


class OffsetSpan(NamedTuple):
    """The minutes from `start` to `end`, in which a zone's clock is `offset` minutes ahead of UTC."""

    start: int
    end: int
    offset: int


def zone(name: str) -> ZoneInfo:
    """The zone of that name; a ReconcilerError if there is none."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - see above

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ReconcilerError(f"no such time zone: {name!r}; use an IANA name such as America/New_York") from None


def _offset(where: ZoneInfo, minute: int) -> int:
    """How many minutes the zone's clock is ahead of UTC when a minute begins."""
    at = (EPOCH + minute * _MINUTE).astimezone(where)
    return (at.utcoffset() or timedelta()) // _MINUTE


def _turn(where: ZoneInfo, low: int, high: int) -> int:
    """The first minute after `low`, and `high` at the latest, at which the offset is not that at `low`."""
    before = _offset(where, low)
    return low + bisect_left(range(low, high), True, key=lambda minute: _offset(where, minute) != before)


@lru_cache(maxsize=MANY)
def offset_spans(where: ZoneInfo, start: int, end: int) -> tuple[OffsetSpan, ...]:
    """The minutes from `start` to `end`, cut where the zone's clock changes (which it does once a day at most)."""
    return tuple(_offset_spans(where, start, end))


def _offset_spans(where: ZoneInfo, start: int, end: int) -> Iterator[OffsetSpan]:
    begun, offset = start, _offset(where, start)
    for low in range(start, end, DAY):
        high = min(low + DAY, end)
        if _offset(where, high) != offset:
            turn = _turn(where, low, high)
            yield OffsetSpan(begun, turn, offset)
            begun, offset = turn, _offset(where, turn)
    if begun < end:
        yield OffsetSpan(begun, end, offset)

"""The names of time zones: those in use today, and which of them an old name stands for.

Both come from the tz database itself, as the tzdata package ships it: `zone.tab` lists the names in use, and the
`L` lines of `tzdata.zi` link old names to them. Two names in use that keep the same time, such as Europe/Oslo and
Europe/Berlin, are linked there as well, and yet they are two zones: each stays itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

_DATA: Final = "zoneinfo/"
# Old spellings of names in use that the links pass by, since they lead on to another country with the same time:
# the marks `#=` in the tz database's own file `backward`.
_RENAMED: Final = {
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
    # Where the links end; listed is the short name.
    "Etc/UTC": "UTC",
}


@cache
def listed_zones() -> tuple[str, ...]:
    """The names in use today, UTC and then one or more per country, sorted.

    PHP's list of time zones is made of the same: Laravel's rule `timezone` accepts these names and no others.
    """
    return ("UTC", *sorted(countries_of_zones()))


@cache
def countries_of_zones() -> Mapping[str, str]:
    """The code of the country (ISO 3166) that each name in use lies in; not UTC, which lies in none."""
    lines = (line.split("\t") for line in _lines("zone.tab") if line and not line.startswith("#"))
    return {columns[2]: columns[0] for columns in lines}


def accepted_zone(name: str) -> str:
    """The name in use of the zone that a name stands for; a name that stands for nothing else stays what it is."""
    while name not in _listed() and (target := _RENAMED.get(name) or _links().get(name)):
        name = target
    return name


@cache
def _listed() -> frozenset[str]:
    return frozenset(listed_zones())


@cache
def _links() -> Mapping[str, str]:
    """What each linked name stands for, as far as one link leads."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {alias: target for _, target, alias in links}


def _lines(file: str) -> list[str]:
    import pkgutil  # noqa: PLC0415  most campaigns' zones are asked for once, and `--help` never does

    return (pkgutil.get_data("tzdata", _DATA + file) or b"").decode().splitlines()

"""Places as ISO 3166 names them (`US`, `US-FL`), and the country that a time zone lies in.

`iso3166.json` has each country's code with those of its parts, made from the data of pycountry 26.2.16, which is ten
times the size of this package. The country of a zone is what the tz database's own table `zone.tab` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reconciler.model.zone_names import accepted_zone, countries_of_zones


@cache
def _parts() -> Mapping[str, frozenset[str]]:
    """The codes of the parts of each country, without the country's."""
    table = json.loads(Path(__file__).with_name("iso3166.json").read_bytes())
    return {country: frozenset(parts.split()) for country, parts in table.items()}


def is_place(code: str) -> bool:
    """Whether ISO 3166 has this code: of a country, or of a part of one."""
    country, dash, part = code.partition("-")
    return country in _parts() and (not dash or part in _parts()[country])


def near_places(code: str) -> tuple[str, ...]:
    """What somebody who wrote `code` may have meant: the right spelling, or the other name of a country."""
    upper = _OTHERWISE.get(code.upper(), code.upper().replace("_", "-"))
    return (upper,) if upper != code and is_place(upper) else ()


# Codes that people write and ISO 3166 gives to nobody.
_OTHERWISE = {"UK": "GB", "EL": "GR", "USA": "US", "ENGLAND": "GB-ENG"}


def country_of(timezone: str) -> str | None:
    """The code of the country that a zone lies in; None for one that lies in none, such as UTC."""
    return countries_of_zones().get(accepted_zone(timezone))

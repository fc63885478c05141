"""Public holidays of places, from a package that is kept for that: a draft of a calendar, for people to review."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from reconciler.model.errors import UsageError

_INSTALL = "public holidays need the extra packages of reconciler[calendar]"


class PublicHolidays(NamedTuple):
    """The public holidays of a place in a year, by day, and the version of the package that says so."""

    days: tuple[tuple[date, str], ...]
    source: str


def public_holidays(place: str, year: int) -> PublicHolidays:
    """The holidays of an ISO 3166 place, a country or a part of one, as BR or BR-SP.

    Raises UsageError for a place that the package does not know, and where it is not installed.
    """
    try:
        import holidays  # noqa: PLC0415 - an extra, and large; what is below is for it alone
    except ImportError:
        raise UsageError(_INSTALL) from None

    from importlib.metadata import version  # noqa: PLC0415 - as above

    country, _, part = place.upper().partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    except NotImplementedError:
        known = holidays.list_supported_countries(include_aliases=False)
        there = f"; of {country} it knows {', '.join(known[country])}" if known.get(country) and part else ""
        msg = f"the package holidays knows no {place}: an ISO 3166 code such as BR or BR-SP{there}"
        raise UsageError(msg) from None
    return PublicHolidays(tuple(sorted(found.items())), f"holidays {version('holidays')}")

"""Legal calling hours by country: which part of a schedule lies outside of them; for warnings, never as a promise."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.hours.schedule import Schedule, pattern
from reconciler.hours.spans import joined

if TYPE_CHECKING:
    from reconciler.hours.schedule import Week
    from reconciler.hours.spans import Window


class Profile(NamedTuple):
    """The hours in which calls are allowed in a country, on the clock of the person who is called.

    `is_law` is False for what is only a habit of the trade. `checked_on` is when somebody last looked at `source`,
    YYYY-MM. A zone that ends in `/` stands for all that begin so. Holidays are not known here.
    """

    name: str
    title: str
    is_law: bool
    rule: str
    source: str
    checked_on: str
    hours: tuple[tuple[frozenset[int], frozenset[Window]], ...]
    zones: tuple[str, ...]

    def week(self) -> Week:
        """The allowed spans of each weekday, Monday first."""
        weeks = [pattern(Schedule(days, windows, timezone="")) for days, windows in self.hours]
        return tuple(joined(span for week in weeks for span in week[day]) for day in range(7))


@cache
def profiles() -> tuple[Profile, ...]:
    """The profiles that are shipped; read from `legal_hours.json` at the first call."""
    import json  # noqa: PLC0415 - most commands never ask for profiles

    table = json.loads(Path(__file__).with_name("legal_hours.json").read_bytes())
    return tuple(_profile(row) for row in table["profiles"])


def _profile(row: dict[str, Any]) -> Profile:
    """Read one row of the shipped table."""
    return Profile(
        name=row["name"],
        title=row["title"],
        is_law=row["kind"] == "law",
        rule=row["rule"],
        source=row["source"],
        checked_on=row["checked_on"],
        hours=tuple(
            (frozenset(part["days"]), frozenset((start, end) for start, end in part["windows"]))
            for part in row["hours"]
        ),
        zones=tuple(row["zones"]),
    )


def profile_for(timezone: str) -> Profile | None:
    """The profile of the country that the zone lies in; None where none is known."""
    return next((profile for profile in profiles() if _covers(profile, timezone)), None)


def _covers(profile: Profile, timezone: str) -> bool:
    return any(timezone.startswith(zone) if zone.endswith("/") else timezone == zone for zone in profile.zones)

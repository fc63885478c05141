"""When people may be called, and how often, by place: for warnings, never as a promise.

`legal_hours.json` holds the rules that are shipped, each with its source, when that was looked at, and what was not.
`schemas/legal.schema.json` describes it, and the files of users that add rules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.hours.places import country_of
from reconciler.hours.schedule import Schedule, pattern
from reconciler.hours.spans import joined, without
from reconciler.hours.zones import DAY

if TYPE_CHECKING:
    from reconciler.hours.schedule import Week
    from reconciler.hours.spans import Window


class Kind(StrEnum):
    """What a rule is: a law, a code of the trade, the order of a court or an authority, or a habit."""

    LAW = "law"
    CODE = "code"
    ORDER = "order"
    HABIT = "habit"


class Rule(NamedTuple):
    """When people in some places may be called, on their own clock, and how often.

    `types` are the campaign types that it is `about`. Without `hours` no clock is known. `holidays` are `closed`,
    `open` or `unknown`. `most_attempts` may have `per_day`, `per_week` and `per_30_days`. `read` is what was looked at
    of the `source`, on the day `checked_on` (YYYY-MM-DD), and `not_checked` what was not.
    """

    name: str
    places: tuple[str, ...]
    title: str
    kind: Kind
    about: str
    types: frozenset[str]
    hours: tuple[tuple[frozenset[int], frozenset[Window]], ...]
    holidays: str
    most_attempts: tuple[tuple[str, int], ...]
    rule: str
    source: str
    read: str
    checked_on: str
    not_checked: str

    def week(self) -> Week:
        """The allowed spans of each weekday, Monday first; all of it where no clock is known."""
        if not self.hours:
            return (((0, DAY),),) * 7
        weeks = [pattern(Schedule(days, windows, timezone="")) for days, windows in self.hours]
        return tuple(joined(span for week in weeks for span in week[day]) for day in range(7))

    def outside(self, week: Week) -> Week:
        """What of a week lies outside of the hours."""
        return tuple(without(spans, allowed) for spans, allowed in zip(week, self.week(), strict=True))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that are shipped; read from `legal_hours.json` at the first call."""
    import json  # noqa: PLC0415 - most commands never ask for rules

    table = json.loads(Path(__file__).with_name("legal_hours.json").read_bytes())
    return tuple(map(rule_of, table["rules"]))


def rule_of(row: Mapping[str, Any]) -> Rule:
    """One row of a table of rules, which keeps to the schema."""
    return Rule(
        name=row["name"],
        places=tuple(row["places"]),
        title=row["title"],
        kind=Kind(row["kind"]),
        about=row["about"],
        types=frozenset(row["types"]),
        hours=tuple(
            (frozenset(part["days"]), frozenset((start, end) for start, end in part["windows"]))
            for part in row["hours"]
        ),
        holidays=row["holidays"],
        most_attempts=tuple(sorted(row.get("most_attempts", {}).items())),
        rule=row["rule"],
        source=row["source"],
        read=row["read"],
        checked_on=row["checked_on"],
        not_checked=row["not_checked"],
    )


def places_of(jurisdiction: Sequence[str] | None, timezone: str | None) -> tuple[str, ...]:
    """The places whose rules hold: those that a campaign names, else the country of its zone."""
    if jurisdiction is not None:
        return tuple(jurisdiction)
    country = country_of(timezone) if timezone else None
    return (country,) if country else ()


def rules_at(place: str, among: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of a place, its own before its country's, which hold there as well."""
    country = place.partition("-")[0]
    own = [rule for rule in among if place in rule.places]
    return (*own, *(rule for rule in among if country in rule.places and place != country))


def rules_for(places: Sequence[str], campaign_type: str | None, among: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of all these places that are about campaigns of a type, each once.

    A campaign whose type is not known is held to what is about sales.
    """
    found = dict.fromkeys(rule for place in places for rule in rules_at(place, among))
    return tuple(rule for rule in found if (campaign_type or "sales") in rule.types)


def unknown_places(places: Sequence[str], among: Sequence[Rule]) -> tuple[str, ...]:
    """The places of which no rule is known at all."""
    return tuple(place for place in places if not rules_at(place, among))


HOURS_OF = {
    Kind.LAW: "legal hours",
    Kind.CODE: "hours of the trade's code",
    Kind.ORDER: "hours by order",
    Kind.HABIT: "usual hours",
}

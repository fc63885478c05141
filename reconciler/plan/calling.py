"""Whether the campaigns of a plan call at its moment: by the hours that live has, and by those that will result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeAlias

from reconciler.hours.closed_hours import Calling, CallingHours, HoursKnown, calling, in_words
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_shown, live_canonical
from reconciler.model.fields import Calendar, Field, Fields
from reconciler.model.known_form import is_known_form
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.plan.schedules import schedule_of

# A first or last day before and after; None where there is none, or none is shown.
_Days: TypeAlias = tuple[date | None, date | None]


def hours_known(fields: Fields, desired: Desired, live: Live) -> HoursKnown | None:
    """The calling hours of a campaign; None where the API does not show its days, its windows, or its zone.

    A first or last day that it does not show is none.
    """
    parts: dict[Calendar, tuple[Canonical, Canonical]] = {}
    firsts: _Days = (None, None)
    lasts: _Days = (None, None)
    is_exact = True
    for field in fields.writable.values():
        shown = _shown(field, live)
        if field.calendar:
            is_exact = is_exact and not isinstance(shown, OuterBounds)
            shown = frozenset({(shown.start, shown.end)}) if isinstance(shown, OuterBounds) else shown
            parts[field.calendar] = _sides(field, desired, shown)
        elif field.ends_calling:
            lasts = _days(field, desired, live)
            firsts = _days(fields.writable[field.after], desired, live) if field.after else firsts
    before, after = (schedule_of({part: sides[side] for part, sides in parts.items()}) for side in (0, 1))
    if before is None or after is None:
        return None
    return HoursKnown(CallingHours(before, firsts[0], lasts[0]), CallingHours(after, firsts[1], lasts[1]), is_exact)


def _shown(field: Field, live: Live) -> Canonical:
    """What live shows of a field, where that is of its kind."""
    shown = live_canonical(field, live.values) if is_shown(field, live.values) else None
    return shown if is_known_form(field, shown) else None


def _sides(field: Field, desired: Desired, shown: Canonical) -> tuple[Canonical, Canonical]:
    """A field as live has it, and with the file over that."""
    return shown, canonical(field, desired.values[field.name]) if field.name in desired.values else shown


def _days(field: Field, desired: Desired, live: Live) -> _Days:
    before, after = (_day(side) for side in _sides(field, desired, _shown(field, live)))
    return before, after


def _day(value: Canonical) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def with_calling_told(plan: Plan) -> Plan:
    """The plan, with whether the campaigns that may pause call at its moment, as far as their hours are shown whole."""
    at = datetime.fromisoformat(plan.created_at)
    return replace(plan, campaigns=tuple(_told(campaign, at) for campaign in plan.campaigns))


def _told(campaign: CampaignPlan, at: datetime) -> CampaignPlan:
    if not campaign.may_pause or campaign.hours is None or not campaign.hours.is_exact:
        return campaign
    found = calling(campaign.hours.before, campaign.hours.after, at)
    return replace(campaign, calling=found, notices=(*campaign.notices, in_words(found)))


# As documents have it


def to_json(found: Calling | None) -> dict[str, Any] | None:
    """Whether a campaign calls at a moment, as plans have it."""
    if found is None:
        return None
    until = found.until.isoformat() if found.until else None
    return {**found._asdict(), "at": found.at.isoformat(), "until": until}


def from_json(row: Mapping[str, Any] | None) -> Calling | None:
    """The same out of a plan document."""
    if row is None:
        return None
    until = row["until"] and datetime.fromisoformat(row["until"])
    at = datetime.fromisoformat(row["at"])
    return Calling(at, row["is_calling"], row["is_closed"], until, row["timezone"])

"""Whether the campaigns of a plan call at its moment: by the hours that live has, and by those that will result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from reconciler.hours.closed_hours import Calling, calling, in_words
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan


def with_calling_told(plan: Plan) -> Plan:
    """The plan, with whether the campaigns that may pause call at its moment, as far as their hours are shown whole."""
    at = datetime.fromisoformat(plan.created_at)
    return replace(plan, campaigns=tuple(_told(campaign, at) for campaign in plan.campaigns))


def _told(campaign: CampaignPlan, at: datetime) -> CampaignPlan:
    if not campaign.may_pause or campaign.call_times.hours is None or not campaign.call_times.hours.is_exact:
        return campaign
    found = calling(campaign.call_times.hours.before, campaign.call_times.hours.after, at)
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

"""The holds in a plan: what somebody stopped is told, and not started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.campaign import Status
from reconciler.model.holds import Hold
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan


def with_holds(plan: Plan, held: Sequence[Hold | None], known: tuple[Hold, ...]) -> Plan:
    """The plan under its holds; `known` are all of its environment, and `held` is that of each campaign."""
    campaigns = tuple(_held(*pair, plan.created_at) for pair in zip(plan.campaigns, held, strict=True))
    every = {one.hold.key: one.hold for one in campaigns if one.hold} | {hold.key: hold for hold in known}
    return replace(plan, campaigns=campaigns, holds=tuple(every.values()))


def _held(campaign: CampaignPlan, hold: Hold | None, stamp: str) -> CampaignPlan:
    if hold is None:
        return campaign
    held = replace(campaign, hold=hold)
    told = [hold.told(stamp)]
    if held.is_held_back:
        told.append("its file wants it active: it is not started before `reconciler release`")
    if campaign.live_status == Status.ACTIVE:
        told.append("it is held, and active: somebody started it, and `reconciler stop` pauses it again")
    return replace(held, notices=(*told, *campaign.notices))

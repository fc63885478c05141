"""How often one person may be called, in words: `one person: up to 11 calls in 10 h (was 4 in 3 days)`."""

from __future__ import annotations

from reconciler.hours.attempts import Attempts
from reconciler.hours.words import reach_in_words
from reconciler.model.words import count
from reconciler.plan.attempts import AttemptsChange
from reconciler.plan.campaign_plan import CampaignPlan


def one_person(campaign: CampaignPlan) -> str:
    """The most calls to one person where that changes, calls start, or a campaign is created; else empty."""
    return in_words(campaign.attempts, is_new=campaign.starts) if campaign.is_pending else ""


def in_words(change: AttemptsChange | None, *, is_new: bool = False) -> str:
    """The same of a change; what stays is only told where calls begin."""
    if change is None or (change.before == change.after and not is_new):
        return ""
    bound = "up to" if change.is_exact else "at least"
    was = f" (was {_reach(change.before)})" if change.before and change.before != change.after else ""
    return f"one person: {bound} {_reach(change.after, 'call')}{was}"


def _reach(most: Attempts, noun: str = "") -> str:
    """`11 calls in 10 h`, or `4 in 3 days` without the noun."""
    told = count(most.total, noun) if noun else str(most.total)
    if most.total == 1:
        return told
    return f"{told} in {reach_in_words(most.minutes)}" if most.minutes is not None else f"{told}, nobody knows how soon"

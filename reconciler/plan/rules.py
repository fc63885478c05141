"""The rules of a house held against each campaign by itself: what breaks one is not applied, and all others are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from reconciler.model.document import Document, Value
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.guardrails import Limit, set_limit
from reconciler.plan.legal import Judgement, LegalBook, judged
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action

_PER_DAY: Final = "max_attempts_per_day"
_PER_WEEK: Final = "max_attempts_per_week"
LEGAL: Final = "legal"
_REFUSE: Final = "error"
_NO_BOOK: Final = LegalBook()


class Rules(NamedTuple):
    """What holds for a campaign; None is no limit. With `lets_through` what breaks a limit is told, and not refused.

    `legal` are the rules on calls; what breaks them is told, and refused with `is_legal_refused`.
    """

    per_day: Limit | None = None
    per_week: Limit | None = None
    lets_through: bool = False
    legal: LegalBook = _NO_BOOK
    is_legal_refused: bool = False


def rules(
    settings: Mapping[str, Value],
    file: str,
    base: Document | None,
    *,
    lets_through: bool,
    legal: LegalBook = _NO_BOOK,
) -> Rules:
    """The rules that an environment's file sets; of a branch those of its base hold, where that sets them."""
    per_day, per_week = (set_limit(name, settings, file, base) for name in (_PER_DAY, _PER_WEEK))
    said = base.values.get(LEGAL) if base else None
    return Rules(per_day, per_week, lets_through, legal, (said or settings.get(LEGAL)) == _REFUSE)


def none(_file: str) -> Rules:
    """No rules at all, whatever the file."""
    return Rules()


def held_to(plan: Plan, rules_of: Callable[[str], Rules]) -> Plan:
    """The plan with an error for each campaign that breaks the rules of its file, and nothing else done to it.

    Never refused is what only tightens: nobody is better off where that waits.
    """
    unknown: dict[str, None] = {}
    campaigns = []
    for campaign in plan.campaigns:
        rules = rules_of(campaign.file)
        found = judged(campaign, rules.legal) if campaign.is_pending and rules.legal.rules else Judgement()
        unknown |= dict.fromkeys(found.unknown)
        campaigns.append(_held(campaign, rules, found))
    notice = (f"hours not checked: no profile for {', '.join(unknown)}",) if unknown else ()
    return replace(plan, campaigns=tuple(campaigns), notices=(*plan.notices, *notice))


def _held(campaign: CampaignPlan, rules: Rules, found: Judgement) -> CampaignPlan:
    if not campaign.is_pending:
        return campaign
    campaign = replace(campaign, legal=found.broken, notices=(*campaign.notices, *found.silenced))
    if campaign.only_tightens:
        return campaign
    broken = tuple(_too_often(campaign, rules))
    errors = found.broken if rules.is_legal_refused else ()
    if broken and rules.lets_through:
        told = tuple(f"over a limit, and let through this once: {one}" for one in broken)
        campaign = replace(campaign, notices=(*campaign.notices, *told))
    elif broken:
        errors = (*errors, *(f"{one}; if that is meant, pass --over-limits once" for one in broken))
    if not errors:
        return campaign
    return replace(campaign, action=Action.ERROR, changes=(), status=None, unverified=(), errors=errors, legal=())


def _too_often(campaign: CampaignPlan, rules: Rules) -> Iterator[str]:
    """The limits on calls to one person that the campaign is over."""
    if campaign.attempts is None:
        return
    most = campaign.attempts.after
    bound = "up to" if campaign.attempts.is_exact else "at least"
    for number, limit, span in ((most.per_day, rules.per_day, "24 hours"), (most.per_week, rules.per_week, "7 days")):
        if limit and not limit.allows(number, 1):
            yield f"one person: {bound} {number} calls in {span}, and {limit.source} allows {limit}"

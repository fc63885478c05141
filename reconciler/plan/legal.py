"""What will result from a plan, held against the rules on calls of the places that a campaign calls: for warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from reconciler.hours.attempts import Attempts
from reconciler.hours.legal import HOURS_OF, Rule, places_of, rules_for, unknown_places
from reconciler.hours.schedule import Week, pattern
from reconciler.hours.spans import joined, without
from reconciler.hours.words import week_in_words
from reconciler.plan.campaign_plan import CampaignPlan

_MONTH: Final = 30 * 24 * 60
_SPANS: Final = {"per_day": "24 hours", "per_week": "7 days", "per_30_days": "30 days"}


class LegalBook(NamedTuple):
    """The rules that are judged by, and those of them that are silenced: their names, each with the reason."""

    rules: Sequence[Rule] = ()
    silenced: Mapping[str, str] = {}


class Judgement(NamedTuple):
    """What a campaign breaks, what it would break but for a reason, and the places of which no rule is known."""

    broken: tuple[str, ...] = ()
    silenced: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def judged(campaign: CampaignPlan, book: LegalBook) -> Judgement:
    """The hours and the attempts that will result, by the rules that hold; nothing where the hours are not known."""
    if campaign.schedules is None:
        return Judgement()
    zone = campaign.schedules[1].timezone
    named = campaign.desired.document.values.get("jurisdiction")
    jurisdiction = [place for place in named if isinstance(place, str)] if isinstance(named, list) else None
    places = places_of(jurisdiction, zone)
    unknown = unknown_places(places, book.rules) if jurisdiction is not None else ()
    if jurisdiction is None and (not places or unknown_places(places, book.rules)):
        unknown = (zone,)
    held = rules_for(places, campaign.campaign_type, book.rules)
    broken = tuple(_broken(campaign, [rule for rule in held if rule.name not in book.silenced]))
    silenced = tuple(
        f"not judged here: {told} ({book.silenced[rule.name]})"
        for rule in held
        if rule.name in book.silenced
        for told in _broken(campaign, [rule])
    )
    return Judgement(broken, silenced, unknown)


def _broken(campaign: CampaignPlan, rules: Sequence[Rule]) -> Iterator[str]:
    """What of the campaign breaks which rule; one that adds nothing to those before it is left out."""
    week = pattern(campaign.schedules[1]) if campaign.schedules else ()
    known: Week = ((),) * 7
    for rule in rules:
        outside = rule.outside(week)
        if any(without(spans, before) for spans, before in zip(outside, known, strict=True)):
            known = tuple(joined((*one, *other)) for one, other in zip(known, outside, strict=True))
            yield f"{week_in_words(outside)} is outside the {HOURS_OF[rule.kind]} of {_cited(rule)}"
        if campaign.attempts:
            bound = "up to" if campaign.attempts.is_exact else "at least"
            for number, span, most in _too_many(campaign.attempts.after, rule):
                yield f"one person: {bound} {number} calls in {span}, and {most} are allowed in {_cited(rule)}"


def _cited(rule: Rule) -> str:
    """The place and the rule, where it stands, and when that was looked at."""
    return f"{rule.title}: {rule.rule} ({rule.source}; looked at {rule.checked_on})"


def _too_many(most: Attempts, rule: Rule) -> Iterator[tuple[int, str, int]]:
    """The figures that are over what a rule allows: how many, in which time, and how many are allowed."""
    is_within_a_month = most.minutes is not None and most.minutes < _MONTH
    found = {
        "per_day": most.per_day,
        "per_week": most.per_week,
        # Of more than a month only its busiest week is known.
        "per_30_days": most.total if is_within_a_month else most.per_week,
    }
    for name, allowed in rule.most_attempts:
        if found[name] > allowed:
            yield found[name], _SPANS[name], allowed

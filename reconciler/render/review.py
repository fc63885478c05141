"""What a reviewer asks of a plan: who is called when they were not before, what stops, what pauses, what else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from reconciler.hours.words import week_in_words
from reconciler.model.campaign import Status
from reconciler.model.fields import Calendar
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action
from reconciler.render.attempts import one_person
from reconciler.render.printable import clean
from reconciler.render.week import change_of
from reconciler.render.words import before_after

# Campaigns that change alike.
Group = Sequence[CampaignPlan]

_SHORT_DIGEST = 12
_ELSEWHERE = ("means another campaign", "mean other campaigns")
_OUTSIDE = ("is outside rules on calls", "are outside rules on calls")
_OTHER_RULES = ("has changed limits or rules", "have changed limits or rules")
_UNCHECKED = ("is sent settings that the API does not show", "are sent settings that the API does not show")
_FAILED = ("environment has no plan", "environments have no plan")
# As changes are told, one behind the other.
_DIRECTIONS = (Direction.LOOSENS, Direction.TIGHTENS, None)
_PARTS = (*Calendar, None)
# After every campaign.
_LAST = 100


def ordered(campaigns: Iterable[CampaignPlan]) -> list[CampaignPlan]:
    """The most dangerous first: what starts calls, what is final, what cannot be done, what means another campaign.

    Then what loosens, what pauses, what tightens, other changes, notes, and the rest.
    """
    return sorted(campaigns, key=_rank)


def ordered_plans(plans: Iterable[Plan]) -> list[Plan]:
    """The environments of which something is most dangerous first; what could not be planned before all.

    What one of them tells, such as places of which no rules on calls are known, the next tells no more.
    """
    found, told = [], set[str]()
    for plan in sorted(plans, key=lambda plan: -1 if plan.failure else min(map(_rank, plan.campaigns), default=_LAST)):
        notices = tuple(one for one in plan.notices if one not in told)
        found.append(plan if notices == plan.notices else replace(plan, notices=notices))
        told.update(notices)
    return found


def _rank(campaign: CampaignPlan) -> int:
    rest = (campaign.has_steps or bool(campaign.besides), bool(campaign.notices or campaign.unverified))
    answers = (*_matters(campaign), *rest)
    return next((rank for rank, answer in enumerate(answers) if answer), len(answers))


def _matters(campaign: CampaignPlan) -> tuple[bool, ...]:
    """What of a campaign matters to the people who are called, or who approve it, the most dangerous first."""
    return (
        campaign.starts,
        campaign.final,
        bool(campaign.errors or campaign.withheld),
        campaign.means_another,
        campaign.loosens or campaign.has_other_rules,
        campaign.may_pause or stops_calls(campaign),
        any(change.direction is Direction.TIGHTENS for change in campaign.changes),
        bool(campaign.legal),
    )


def calm_in_words(groups: Iterable[Group]) -> str:
    """`60 campaigns neither loosen nor tighten anything`: what a fold of calm campaigns is called."""
    number = sum(map(len, groups))
    verbs = "neither loosens nor tightens" if number == 1 else "neither loosen nor tighten"
    return f"{count(number, 'campaign')} {verbs} anything"


def is_calm(campaign: CampaignPlan) -> bool:
    """Nobody is called otherwise than before: descriptions, names, and what has no direction."""
    return not any(_matters(campaign))


def ordered_changes(campaign: CampaignPlan) -> list[Change]:
    """What loosens first, then what tightens, then the rest; among what is alike days, windows and zone.

    Of a creation these come before everything else: nothing of it was there before.
    """
    is_new = campaign.action is Action.CREATE

    def rank(change: Change) -> tuple[bool, int, int]:
        part = change.field.calendar
        return is_new and not part, _DIRECTIONS.index(change.direction), _PARTS.index(part)

    return sorted(campaign.changes, key=rank)


def status_leads(campaign: CampaignPlan) -> bool:
    """The change of status matters more than any field: calls start, or nothing can undo it."""
    return campaign.starts or campaign.final


def stops_calls(campaign: CampaignPlan) -> bool:
    """The campaign is active, and becomes something else."""
    return campaign.status is not None and campaign.status.before == Status.ACTIVE


def who_calls(campaign: CampaignPlan) -> str:
    """`agent Ava, solar sales`, where calls start and the agent is told by no change; empty where no name is known."""
    agent = campaign.agents[1]
    is_told = any(change.field.refers_to for change in campaign.changes)
    return clean(f"agent {agent.name}") if campaign.starts and agent and agent.name and not is_told else ""


def notes(campaign: CampaignPlan) -> list[str]:
    """What is worth knowing of a campaign, without what is withheld, which is told by itself."""
    withheld = {str(one) for one in campaign.withheld}
    return [notice for notice in campaign.notices if notice not in withheld]


def is_quiet(campaign: CampaignPlan) -> bool:
    """Apply would do nothing, nothing is wrong, and no branch changes anything besides the fields."""
    return not (campaign.has_steps or campaign.errors or campaign.withheld or campaign.besides)


def apart(plan: Plan) -> tuple[list[str], Plan]:
    """What a shared file changes for all its campaigns at once and is grave, each once, and the plan without that.

    What means other campaigns comes first. What is told of a campaign is no notice any more.
    """
    every = [(campaign, one) for campaign in plan.campaigns for one in campaign.besides]
    if not every:
        return [], plan
    from reconciler.plan.besides import together  # noqa: PLC0415 - only branches change anything besides

    shared = [one for campaign, one in every if one.position.file != campaign.file]
    first = together(sorted((one for one in shared if one.is_grave), key=lambda one: not one.means_another))
    told = {*first, *together([one for campaign, one in every if one.position.file == campaign.file])}
    campaigns = tuple(
        replace(campaign, besides=tuple(one for one in campaign.besides if one.position.file == campaign.file))
        for campaign in plan.campaigns
    )
    return first, replace(plan, campaigns=campaigns, notices=tuple(one for one in plan.notices if one not in told))


def short_digest(plan: Plan) -> str:
    """The beginning of the digest, without the name of the hash."""
    return plan.digest.removeprefix("sha256:")[:_SHORT_DIGEST]


def headline(*plans: Plan) -> str:
    """`3 campaigns change, 1 cannot be planned, 2 loosen, 1 may pause, 14 unchanged`, without what is none."""
    return ", ".join(told for _, told in tally(*plans))


def tally(*plans: Plan) -> list[tuple[str, str]]:
    """The parts of the headline, each with what kind of news it is: `bad`, `up`, `down`, `hold` or nothing."""
    campaigns = [campaign for plan in plans for campaign in plan.campaigns]
    pending = sum(c.is_changed for c in campaigns)
    counted: tuple[tuple[str, int, str, str], ...] = (
        ("", pending, "campaign changes", "campaigns change"),
        ("up", sum(c.starts for c in campaigns), "starts calls", "start calls"),
        ("bad", sum(c.final for c in campaigns), "ends for good", "end for good"),
        ("bad", sum(bool(plan.failure) for plan in plans), *_FAILED),
        ("bad", sum(bool(c.errors) for c in campaigns), "cannot be planned", "cannot be planned"),
        ("bad", sum(bool(c.withheld) for c in campaigns), "lacks protection", "lack protection"),
        ("bad", sum(c.means_another for c in campaigns), *_ELSEWHERE),
        ("up", sum(c.loosens for c in campaigns), "loosens", "loosen"),
        ("bad", sum(bool(c.legal) for c in campaigns), *_OUTSIDE),
        ("up", sum(c.has_other_rules for c in campaigns), *_OTHER_RULES),
        ("down", sum(map(stops_calls, campaigns)), "stops calls", "stop calls"),
        ("hold", sum(c.may_pause for c in campaigns), "may pause", "may pause"),
        ("", sum(any(one.send for one in c.unverified) for c in campaigns), *_UNCHECKED),
        ("", sum(is_quiet(c) and c.action is not Action.FINISHED for c in campaigns), "unchanged", "unchanged"),
        ("", sum(c.action is Action.FINISHED for c in campaigns), "is finished", "are finished"),
    )
    told = [(kind, f"{number} {one if number == 1 else several}") for kind, number, one, several in counted if number]
    return told or [("", "no campaigns")]


# The questions


def called_anew(campaign: CampaignPlan, day: date) -> list[str]:
    """What lets people be called who were not, or more often: `Sat 09:00-17:00`, `retries 2 → 3`."""
    status = campaign.status
    told = [f"starts calls: {status.before} → {status.after}"] if status and campaign.starts else []
    told += [who] if (who := who_calls(campaign)) else []
    change = change_of(campaign, day)
    is_told = change is not None and change.minutes_added > 0
    if change and is_told:
        clock = f" ({campaign.schedules[1].timezone})" if campaign.schedules else ""
        told.append(f"may call {week_in_words(change.added)}{clock}")
    more_often = [one_person(campaign)] if campaign.calls_more_often else []
    return [*map(clean, told), *_moved(campaign, Direction.LOOSENS, is_told=is_told), *more_often]


def stopped(campaign: CampaignPlan, day: date) -> list[str]:
    """What ends: calls, hours, tries: `no calls Mon 09:00-17:00`, `retries 3 → 2`."""
    status = campaign.status
    told = []
    if status and (stops_calls(campaign) or campaign.final):
        is_final = ", which is final" if campaign.final else ""
        told.append(f"{status.before} → {status.after}{is_final}")
    change = change_of(campaign, day)
    is_told = change is not None and change.minutes_removed > 0
    if change and is_told:
        told.append(f"no calls {week_in_words(change.removed)}")
    return [*map(clean, told), *_moved(campaign, Direction.TIGHTENS, is_told=is_told)]


def _moved(campaign: CampaignPlan, direction: Direction, *, is_told: bool) -> Iterator[str]:
    """The changes of one direction; those of the calling hours are left out where the hours themselves are told."""
    for change in ordered_changes(campaign):
        if change.direction is direction and not (is_told and change.field.calendar):
            before, after = before_after(change)
            yield f"{clean(change.field.title)} {before} → {after}"


# The campaigns that answer a question, those together that change alike, with what is to be said of them.
Found = list[tuple[Group, list[str]]]


class Answer(NamedTuple):
    """A question of the reviewer, with the campaigns that answer it; `kind` tells it from the others in one word."""

    kind: str
    question: str
    found: Found


def answers(groups: Iterable[Group], day: date) -> list[Answer]:
    """The questions, each with the campaigns that answer it and what is to be said of them.

    Three are always answered, and that of rules on calls where some are broken. The groups are in the order of review.
    Every campaign that starts calls or ends for good stands by itself.
    """
    able = [those for group in groups if not group[0].errors for those in _apart_where_it_leads(group)]
    called = [(group, called_anew(group[0], day)) for group in able]
    ended = [(group, stopped(group[0], day)) for group in sorted(able, key=lambda group: not group[0].final)]
    paused: Found = [(group, []) for group in able if group[0].may_pause]
    return [
        Answer("more", "Called when they were not before, or more often", [pair for pair in called if pair[1]]),
        *([Answer("rules", "Outside rules on calls", outside)] if (outside := _outside(able)) else []),
        Answer("less", "Stops, or is called less", [pair for pair in ended if pair[1]]),
        Answer("pause", "May pause while queued calls are waited for", paused),
    ]


def _outside(groups: Iterable[Group]) -> Found:
    """The campaigns outside rules on calls, those together that are outside the same."""
    found: dict[tuple[str, ...], list[CampaignPlan]] = {}
    for group in groups:
        if group[0].legal:
            found.setdefault(group[0].legal, []).extend(group)
    return [(those, [*map(clean, legal)]) for legal, those in found.items()]


def _apart_where_it_leads(group: Group) -> Sequence[Group]:
    return [[one] for one in group] if status_leads(group[0]) else [group]


def named(found: Found, most: int) -> int:
    """How many of them are named: so many, and every one of which the status matters more than any field."""
    return max(most, sum(status_leads(group[0]) for group, _ in found))


def and_others(group: Sequence[object]) -> str:
    """` and 5 others` behind the name of the first; empty where it is alone."""
    return f" and {count(len(group) - 1, 'other')}" if len(group) > 1 else ""

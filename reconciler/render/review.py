"""What a reviewer asks of a plan: who is called when they were not before, what stops, what pauses, what else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reconciler.model.campaign import FINISHED, Status
from reconciler.plan.diff import Direction
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.render.week import change_of, in_words
from reconciler.render.words import before_after, clean

_SHORT_DIGEST = 12
_UNCHECKED = ("is only sent what cannot be checked", "are only sent what cannot be checked")


def ordered(campaigns: Iterable[CampaignPlan]) -> list[CampaignPlan]:
    """What cannot be planned first, then what loosens, what starts calls, other changes, notes, and the rest."""
    return sorted(campaigns, key=_rank)


def _rank(campaign: CampaignPlan) -> int:
    answers = (
        campaign.errors,
        campaign.loosens,
        starts_calls(campaign),
        campaign.has_steps,
        campaign.notices or campaign.unverified,
    )
    return next((rank for rank, answer in enumerate(answers) if answer), len(answers))


def starts_calls(campaign: CampaignPlan) -> bool:
    """The campaign becomes active."""
    return campaign.status is not None and campaign.status.after == Status.ACTIVE


def stops_calls(campaign: CampaignPlan) -> bool:
    """The campaign is active, and becomes something else."""
    return campaign.status is not None and campaign.status.before == Status.ACTIVE


def is_quiet(campaign: CampaignPlan) -> bool:
    """Apply would do nothing, and nothing is wrong."""
    return not campaign.has_steps and not campaign.errors


def short_digest(plan: Plan) -> str:
    """The beginning of the digest, without the name of the hash."""
    return plan.digest.removeprefix("sha256:")[:_SHORT_DIGEST]


def headline(plan: Plan) -> str:
    """`3 campaigns change, 1 cannot be planned, 2 loosen, 1 may pause, 14 unchanged`, without what is none."""
    return ", ".join(told for _, told in tally(plan))


def tally(plan: Plan) -> list[tuple[str, str]]:
    """The parts of the headline, each with what kind of news it is: `bad`, `up`, `down`, `hold` or nothing."""
    campaigns = plan.campaigns
    pending = sum(c.is_pending for c in campaigns)
    counted: tuple[tuple[str, int, str, str], ...] = (
        ("", pending, "campaign changes", "campaigns change"),
        ("bad", sum(bool(c.errors) for c in campaigns), "cannot be planned", "cannot be planned"),
        ("up", sum(c.loosens for c in campaigns), "loosens", "loosen"),
        ("up", sum(map(starts_calls, campaigns)), "starts calls", "start calls"),
        ("down", sum(map(stops_calls, campaigns)), "stops calls", "stop calls"),
        ("hold", sum(c.may_pause for c in campaigns), "may pause", "may pause"),
        ("", sum(c.has_steps and not c.is_pending for c in campaigns), *_UNCHECKED),
        ("", sum(map(is_quiet, campaigns)), "unchanged", "unchanged"),
    )
    told = [(kind, f"{number} {one if number == 1 else several}") for kind, number, one, several in counted if number]
    return told or [("", "no campaigns")]


# The three questions


def called_anew(campaign: CampaignPlan, day: date) -> list[str]:
    """What lets people be called who were not, or more often: `Sat 09:00-17:00`, `retries 2 → 3`."""
    status = campaign.status
    told = [f"starts calls: {status.before} → {status.after}"] if status and starts_calls(campaign) else []
    change = change_of(campaign, day)
    is_told = change is not None and change.minutes_added > 0
    if change and is_told:
        told.append(f"may call {in_words(change.added)}")
    return [*map(clean, told), *_moved(campaign, Direction.LOOSENS, is_told=is_told)]


def stopped(campaign: CampaignPlan, day: date) -> list[str]:
    """What ends: calls, hours, tries: `no calls Mon 09:00-17:00`, `retries 3 → 2`."""
    status = campaign.status
    told = []
    if status and (stops_calls(campaign) or status.after in FINISHED):
        is_final = ", which is final" if status.after in FINISHED else ""
        told.append(f"{status.before} → {status.after}{is_final}")
    change = change_of(campaign, day)
    is_told = change is not None and change.minutes_removed > 0
    if change and is_told:
        told.append(f"no calls {in_words(change.removed)}")
    return [*map(clean, told), *_moved(campaign, Direction.TIGHTENS, is_told=is_told)]


def _moved(campaign: CampaignPlan, direction: Direction, *, is_told: bool) -> Iterator[str]:
    """The changes of one direction; those of the calling hours are left out where the hours themselves are told."""
    for change in campaign.changes:
        if change.direction is direction and not (is_told and change.field.calendar):
            before, after = before_after(change)
            yield f"{clean(change.field.title)} {before} → {after}"


# A question, and the campaigns that answer it with what is to be said of them.
Answer = tuple[str, list[tuple[CampaignPlan, list[str]]]]


def answers(plan: Plan, day: date) -> Sequence[Answer]:
    """The three questions, each with the campaigns that answer it and what is to be said of them."""
    campaigns = [campaign for campaign in ordered(plan.campaigns) if not campaign.errors]
    called = [(campaign, called_anew(campaign, day)) for campaign in campaigns]
    ended = [(campaign, stopped(campaign, day)) for campaign in campaigns]
    paused: list[tuple[CampaignPlan, list[str]]] = [(campaign, []) for campaign in campaigns if campaign.may_pause]
    return (
        ("Called when they were not before, or more often", [pair for pair in called if pair[1]]),
        ("Stops, or is called less", [pair for pair in ended if pair[1]]),
        ("May pause while queued calls are waited for", paused),
    )

"""What is said of a plan as a whole: what comes before everything else, why it is refused, what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.apply.context import recovers
from reconciler.hours.words import hours_in_words
from reconciler.model.words import count
from reconciler.plan import overlaps
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan
from reconciler.render.printable import clean
from reconciler.render.review import is_quiet


def holds(plan: Plan) -> list[str]:
    """What somebody stopped, a line each, and the command that ends it: told before everything else."""
    told = []
    for hold in plan.holds:
        selected = hold.selected
        chosen = [*selected.names, *(f"id {one}" for one in selected.ids), *selected.paths]
        which = "every campaign" if selected.everything else ", ".join(chosen)
        here = sum(one.hold is not None and one.hold.key == hold.key for one in plan.campaigns)
        told.append(
            clean(f"{hold.told(plan.created_at)} ({which}; {here} of {count(len(plan.campaigns), 'campaign')} here)")
        )
    return [*told, "nothing that is held is started; end it with: reconciler release"] if told else []


def refused(plan: Plan) -> list[str]:
    """Why apply does nothing of a plan, a line each."""
    return [f"apply refuses this plan: {clean(told)}" for told in plan.refused]


def first_of_all(plan: Plan) -> list[str]:
    """What stands before everything else in every form: holds, then what is left paused."""
    return [*holds(plan), *left_paused(plan)]


def left_paused(plan: Plan) -> list[str]:
    """What an earlier apply left paused, a line each, and the command that heals: told before everything else."""
    told = []
    for one in plan.left_paused:
        known = ", ".join(filter(None, [f"id {one.campaign}", one.file]))
        since = f"since {one.at or 'nobody knows when'}"
        told.append(clean(f"LEFT PAUSED: {one.name or one.campaign} ({known}) {since}, {one.reason}"))
    return [*told, f"resume with: {recovers(plan.base_url)} (the next apply does so, too)"] if told else []


def remarks(plan: Plan, *, lists_unmanaged: bool = False) -> list[str]:
    """What is worth knowing of a plan and belongs to no single campaign.

    Live campaigns without a file are counted, or named with `lists_unmanaged`.
    """
    told = [*map(clean, plan.notices), *map(overlap, overlaps.changed(plan))]
    if plan.basis:
        told.insert(0, clean(plan.basis))
    if plan.unmanaged and lists_unmanaged:
        told += [
            f"no file: {clean(live.name)} (id {clean(live.id)}, {clean(live.status or '?')})" for live in plan.unmanaged
        ]
    elif plan.unmanaged:
        have = "live campaign has" if len(plan.unmanaged) == 1 else "live campaigns have"
        told.append(f"{len(plan.unmanaged)} {have} no file (--list-unmanaged names them)")
    return told


def idle(campaigns: Iterable[CampaignPlan]) -> list[str]:
    """What is worth knowing of campaigns that nothing is done to, each with its file."""
    quiet = [campaign for campaign in campaigns if is_quiet(campaign)]
    notes = [f"{campaign.file}: {notice}" for campaign in quiet for notice in campaign.notices]
    return [*map(clean, [*notes, *_unchecked(quiet)])]


def _unchecked(campaigns: Iterable[CampaignPlan]) -> Iterator[str]:
    """Fields that cannot be checked and are as they were sent, together for all campaigns that are alike in this."""
    found: dict[tuple[str, str], list[str]] = {}
    for campaign in campaigns:
        for unverified in campaign.unverified:
            if unverified.hash:
                found.setdefault((unverified.field.name, unverified.reason), []).append(campaign.file)
    for (name, reason), files in found.items():
        where = files[0] if len(files) == 1 else f"{len(files)} campaigns"
        yield f"{where}: {name} cannot be checked: {reason}; it was sent before"


def overlap(found: overlaps.Overlap) -> str:
    """`agent Ava: 3 campaigns overlap 26 h a week (was 14)`."""
    now, was = (hours_in_words(length) for length in (found.minutes_after, found.minutes_before))
    if found.minutes_after % 60 == found.minutes_before % 60 == 0:
        was = was.removesuffix(" h").removesuffix(" min")
    agent = clean(found.agent.name or found.agent.id)
    return f"agent {agent}: {found.campaigns} campaigns overlap {now} a week (was {was})"

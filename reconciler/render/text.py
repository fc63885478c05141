"""Plans as text for a terminal, read by people who decide whether calls are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action
from reconciler.render import alike, remarks, review, week, words
from reconciler.render.attempts import one_person
from reconciler.render.columns import Line, Style, drawn, paragraph, width_of
from reconciler.render.printable import clean
from reconciler.render.rows import CHANGED, WARNED, changes

_MARGIN = 4
_MOST_NAMED = 10


def render(plan: Plan, *, width: int = 80, colour: bool = False, lists_unmanaged: bool = False) -> str:
    """A whole plan: a block for each campaign that something is done to, notes on others, and a summary.

    No line is longer than `width` columns, unless it holds a single word. No newline at the end.
    """
    lines: list[Line] = [*paragraph(f"Plan for {clean(plan.base_url)}", width, hanging=2, style=Style.BOLD), []]
    for told in remarks.first_of_all(plan):
        lines += paragraph(f"!!! {told}", width, hanging=4, style=Style.RED)
    first, parted = review.apart(plan)
    for told in first:
        lines += paragraph(f"! {clean(told)}", width, hanging=2, style=Style.YELLOW)
    lines += [[]] if plan.left_paused or plan.holds or first else []
    day = week.reference_day(plan.created_at)
    loud = alike.groups(campaign for campaign in parted.campaigns if not review.is_quiet(campaign))
    calm = [group for group in loud if review.is_calm(group[0])]
    for group in loud:
        if calm and group is calm[0] and group is not loud[0]:
            lines += [*paragraph(f"{review.calm_in_words(calm)}:", width, hanging=2, style=Style.BOLD), []]
        lines += [*_block(group, day, width), []]
    lines += _notes(parted.campaigns, width)
    if not loud and not first:
        lines += paragraph(_no_changes(plan), width, hanging=2, style=Style.GREEN)
    for remark in remarks.remarks(parted, lists_unmanaged=lists_unmanaged):
        lines += paragraph(remark, width, hanging=2)
    for told in remarks.refused(plan):
        lines += paragraph(told, width, hanging=2, style=Style.RED)
    lines += paragraph(words.summary(plan), width, hanging=2)
    lines += paragraph(f"digest {review.short_digest(plan)}", width, hanging=2, style=Style.DIM)
    return drawn(lines, colour=colour)


def several(plans: Sequence[Plan], *, width: int = 80, colour: bool = False, lists_unmanaged: bool = False) -> str:
    """The plans of several environments, the most dangerous first; then what they come to."""
    ordered = review.ordered_plans(plans)
    told = [
        _failed(plan, width, colour=colour)
        if plan.failure
        else render(plan, width=width, colour=colour, lists_unmanaged=lists_unmanaged)
        for plan in ordered
    ]
    titles = [drawn(paragraph(f"[{clean(plan.environment)}]", width, hanging=2), colour=False) for plan in ordered]
    news = f"{count(len(plans), 'environment')}: {review.headline(*plans)}"
    whole = paragraph(news, width, hanging=2, style=Style.BOLD)
    found = [f"{title}\n{one}" for title, one in zip(titles, told, strict=True)]
    return "\n\n".join([*found, drawn(whole, colour=colour)])


def _failed(plan: Plan, width: int, *, colour: bool) -> str:
    told = paragraph(f"cannot be planned: {clean(plan.failure)}", width, hanging=2, style=Style.RED)
    return drawn(told, colour=colour)


def _no_changes(plan: Plan) -> str:
    if plan.is_way_back:
        return "No changes: nothing is put back."
    if not plan.campaigns and plan.notices:
        return "Nothing to apply; what else the branch does is told below."
    if not plan.campaigns:
        return "No changes: none of the campaigns here is touched."
    over = sum(campaign.action is Action.FINISHED for campaign in plan.campaigns)
    number = len(plan.campaigns) - over
    told = f"{count(number, 'campaign')} {'is as its file says' if number == 1 else 'are as their files say'}"
    finished = f"{count(over, 'campaign')} {'is' if over == 1 else 'are'} finished, and nothing changes that"
    return f"No changes: {'; '.join([told] * (number > 0) + [finished] * (over > 0))}."


def _block(group: review.Group, day: date, width: int) -> Iterator[Line]:
    """A campaign with the steps that apply takes, and those that change alike."""
    yield from block(group[0], day, width)
    if group[0].has_steps or group[0].errors or group[0].withheld:
        yield from paragraph(f"apply: {words.steps(group[0])}", width, _MARGIN, 2)
    if told := alike.others(group):
        yield from paragraph(told, width, _MARGIN, 2)


def block(campaign: CampaignPlan, day: date, width: int) -> Iterator[Line]:
    """A campaign: what it is, a row for each field, the week if its hours change, notes and errors."""
    yield from head(campaign.name, [campaign.file, campaign.id and f"id {campaign.id}", campaign.live_status], width)
    for one in campaign.besides:
        mark, style = (WARNED, Style.YELLOW) if one.is_grave else (CHANGED, Style.PLAIN)
        told = f"{mark} {clean(str(one))} ({clean(one.position.file)}:{one.position.line})".lstrip(CHANGED)
        yield from paragraph(told, width, 2 if one.is_grave else _MARGIN, 2, style)
    yield from changes(campaign, width)
    yield from week.picture(campaign, day, width, _MARGIN)
    if told := review.who_calls(campaign):
        yield from paragraph(told, width, _MARGIN, 2)
    if told := one_person(campaign):
        yield from paragraph(told, width, _MARGIN, 2, Style.YELLOW if campaign.calls_more_often else Style.PLAIN)
    for told in campaign.legal:
        yield from paragraph(f"! {clean(told)}", width, 2, 4, Style.YELLOW)
    for withheld in campaign.withheld:
        told = f"! {clean(str(withheld))} ({clean(withheld.position.file)}:{withheld.position.line})"
        yield from paragraph(told, width, 2, 4, Style.RED)
    for notice in review.notes(campaign):
        yield from paragraph(f"note: {clean(notice)}", width, _MARGIN, 2)
    for error in campaign.errors:
        yield from paragraph(f"error: {clean(error)}", width, _MARGIN, 2, Style.RED)


def head(name: str, known: Sequence[str | None], width: int) -> Iterator[Line]:
    """The name of a campaign, and what is known of it: in one line if they fit, else the name has one of its own."""
    name = clean(name)
    rest = clean(", ".join(filter(None, known)))
    if width_of(f"{name} ({rest})") <= width:
        yield [(f"{name} ({rest})", Style.BOLD)]
    else:
        yield from paragraph(name, width, hanging=2, style=Style.BOLD)
        yield from paragraph(rest, width, 2)


def _notes(campaigns: Iterable[CampaignPlan], width: int) -> Iterator[Line]:
    """What is worth knowing of campaigns that nothing is done to."""
    notes = remarks.idle(campaigns)
    if not notes:
        return
    yield from paragraph("Nothing is done here, but it is worth knowing:", width, hanging=2, style=Style.BOLD)
    for note in notes:
        yield from paragraph(note, width, 2, 2)
    yield []


def before_yes(plan: Plan) -> list[str]:
    """What nobody may say yes to unseen, by name: which campaigns start calls, end for good, or are others now."""
    kinds = (
        ("starts calls", [one.name for one in plan.campaigns if one.starts]),
        ("ends for good", [one.name for one in plan.campaigns if one.final]),
        ("means another campaign", [one.name for one in plan.campaigns if one.means_another]),
    )
    told = []
    for kind, names in kinds:
        more = [f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
        told += [f"{kind}: {'; '.join([*map(clean, names[:_MOST_NAMED]), *more])}"] if names else []
    return told

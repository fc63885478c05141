"""One campaign of a plan as Markdown: its row in the table, and a fold with everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from reconciler.model.campaign import FINISHED, Status
from reconciler.model.document import Position
from reconciler.plan.besides import Besides
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction
from reconciler.plan.steps import Action, StatusChange
from reconciler.render import review, week
from reconciler.render.alike import others
from reconciler.render.attempts import one_person
from reconciler.render.columns import drawn
from reconciler.render.markdown.escape import code, cut, prose
from reconciler.render.review import Group, and_others
from reconciler.render.words import EFFECTS, before_after, sending, steps, value

_WIDTH = 80
_MOST_TOLD = 4
_SHORT, _LONG = 100, 400


def row(group: Group) -> str:
    """A campaign in the table, for all that change alike."""
    campaign = group[0]
    told = [_in_short(campaign, change) for change in review.ordered_changes(campaign)]
    if campaign.status:
        status = f"status {_arrow(campaign.status.before, campaign.status.after)}"
        told.insert(0 if review.status_leads(campaign) else len(told), status)
    told += [f"{u.field.title} (unverified)" for u in campaign.unverified if u.send]
    told[:0] = [f"{one.key} {_arrow(one.before, one.after)}" for one in campaign.besides]
    told[:0] = [f"{one.field.title} (withheld)" for one in campaign.withheld]
    # What loosens is all named, and so is what stands before it.
    loosening = sum(change.direction is Direction.LOOSENS for change in campaign.changes)
    most = max(_MOST_TOLD, len(campaign.withheld) + len(campaign.besides) + review.status_leads(campaign) + loosening)
    more = [f"and {len(told) - most} more"] if len(told) > most else []
    cells = (
        f"**{code(cut(campaign.name, _SHORT))}**" + and_others(group),
        "**cannot be planned**" if campaign.errors else "<br>".join(map(prose, told[:most] + more)),
        _direction(campaign),
        "may pause" if campaign.may_pause else "",
        code(_place(campaign)),
    )
    return f"| {' | '.join(cells)} |"


def _in_short(campaign: CampaignPlan, change: Change) -> str:
    """`retries 2 → 5`; of what is created only what it becomes."""
    before, after = before_after(change)
    is_new, most = campaign.action is Action.CREATE, _LONG if change.direction is Direction.LOOSENS else _SHORT
    return f"{change.field.title} {cut(after, most) if is_new else _arrow(before, after, most)}"


def _arrow(before: str, after: str, most: int = _SHORT) -> str:
    return f"{cut(before, most)} → {cut(after, most)}"


def _direction(campaign: CampaignPlan) -> str:
    found = {change.direction for change in campaign.changes}
    told = (
        ("**starts calls**", campaign.starts),
        ("**⛔ is final**", campaign.final),
        ("**lacks protection**", bool(campaign.withheld)),
        ("**loosens**", Direction.LOOSENS in found),
        ("**means another campaign**", campaign.means_another),
        ("**changed limits or rules**", campaign.has_other_rules),
        ("**outside rules on calls**", bool(campaign.legal)),
        ("tightens", Direction.TIGHTENS in found),
        ("stops calls", review.stops_calls(campaign)),
    )
    return ", ".join(word for word, is_so in told if is_so)


def _place(campaign: CampaignPlan) -> str:
    """The file, with the line of the change that matters most."""
    places = [one.position for one in campaign.withheld] + [one.position for one in campaign.besides]
    places += [change.position for change in review.ordered_changes(campaign)]
    if campaign.status:
        places.insert(0 if review.status_leads(campaign) else len(places), campaign.status.position)
    return f"{places[0].file}:{places[0].line}" if places else campaign.file


def fold(group: Group, day: date, most: int) -> str:
    """Everything about a campaign and those that change alike; folded unless calls start, or it ends for good.

    Empty where it is longer than `most` characters: its picture is not even drawn where the words have no room.
    """
    campaign = group[0]
    pause = "may pause" if campaign.may_pause else ""
    marks = ", ".join(filter(None, [_in_html(_direction(campaign)), prose(campaign.live_status or ""), pause]))
    is_open = " open" if review.status_leads(campaign) else ""
    lines = [
        f"<details{is_open}><summary><b>{code(cut(campaign.name, _SHORT))}</b>{and_others(group)} {marks}</summary>",
        "",
    ]
    lines += changes(campaign)
    lines += [besides(one) for one in campaign.besides]
    place = len(lines)
    if told := review.who_calls(campaign):
        lines.append(f"- {prose(told)}")
    if told := one_person(campaign):
        lines.append(f"- **{told}**" if campaign.calls_more_often else f"- {told}")
    lines += [f"- **error:** {prose(error)}" for error in campaign.errors]
    lines += [f"- **rules on calls:** {prose(told)}" for told in campaign.legal]
    lines += [f"- **{prose(str(one))}** ({_at(one.position)})" for one in campaign.withheld]
    lines += [f"- note: {prose(notice)}" for notice in review.notes(campaign)]
    lines.append(f"- apply: {prose(steps(campaign).replace(' -> ', ' → '))}")
    lines += [f"- {prose(told)}"] if (told := others(group)) else []
    lines += ["", "</details>"]
    if len("\n".join(lines)) <= most and (picture := drawn(week.picture(campaign, day, _WIDTH), colour=False)):
        lines[place:place] = ["```text", picture, "```", ""]
    whole = "\n".join(lines)
    return whole if len(whole) <= most else ""


def besides(one: Besides) -> str:
    """What a branch changes besides fields, as an item of a list."""
    told = prose(str(one))
    return f"- {f'**{told}**' if one.is_grave else told} ({_at(one.position)})"


def _at(position: Position) -> str:
    return code(f"{position.file}:{position.line}")


def _in_html(text: str) -> str:
    """Emphasis inside of a summary, which is no Markdown."""
    return re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", text)


def changes(campaign: CampaignPlan) -> list[str]:
    """The table of a campaign; no line where nothing changes."""
    rows = list(_rows(campaign))
    return (
        ["| field | before | after | direction | where |", "| --- | --- | --- | --- | --- |", *rows, ""] if rows else []
    )


def _rows(campaign: CampaignPlan) -> Iterator[str]:
    """A row for every field and for the status, the most dangerous first."""
    changed = [_changed(change) for change in review.ordered_changes(campaign)]
    status = [_status(campaign.status)] if campaign.status else []
    yield from (*status, *changed) if review.status_leads(campaign) else (*changed, *status)
    for unverified in campaign.unverified:
        said = "" if unverified.value is None else value(unverified.field, unverified.value)
        effect = sending(campaign, unverified)
        yield _cells(unverified.field.title, "unknown", said, effect, unverified.position)


def _changed(change: Change) -> str:
    effect = f"**{change.direction}**" if change.direction is Direction.LOOSENS else change.direction or ""
    return _cells(change.field.title, *before_after(change), effect, change.position)


def _status(status: StatusChange) -> str:
    effect = f"**{'⛔ ' if status.after in FINISHED else ''}{EFFECTS[Status(status.after)]}**"
    return _cells("status", status.before, status.after, effect, status.position)


def _cells(title: str, before: str, after: str, effect: str, where: Position) -> str:
    values = (code(cut(side, _LONG)) if side else "" for side in (before, after))
    return f"| {prose(title)} | {' | '.join(values)} | {effect} | {_at(where)} |"

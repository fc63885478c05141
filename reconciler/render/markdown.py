"""A plan as Markdown for a comment on a pull request or a step summary, always shorter than the limit of the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from reconciler.model.campaign import Status
from reconciler.model.document import Position
from reconciler.model.words import count
from reconciler.plan.besides import Besides
from reconciler.plan.diff import Change, Direction
from reconciler.plan.plan import CampaignPlan, Plan, StatusChange
from reconciler.render import review, week
from reconciler.render.attempts import one_person
from reconciler.render.columns import drawn
from reconciler.render.printable import clean
from reconciler.render.words import EFFECTS, before_after, left_paused, remarks, steps, value

# GitHub refuses comments of more than 65,536 characters; how it counts is nowhere said, so a part stays free.
LIMIT = 65_536
_USED = 60_000 / LIMIT
# So much of what is used goes to the table at most; the folds of the first campaigns have the rest.
_TABLE_SHARE = 0.5
_WIDTH = 80
_MOST_NAMED = 5
# Campaigns that start calls or end for good are all named, or as many of them as there is space for.
_MOST_LEADING = (10_000, 200, 50, 10, _MOST_NAMED)
_MOST_TOLD = 4
_SHORT, _LONG = 100, 400
_ELSEWHERE = "the step summary and the artifact hold all of them"

# What means something inside of a line of Markdown or HTML, in a table, or as the beginning of a link.
_ACTIVE = re.compile(r"[\\`*_~\[\]<>&|!$@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What pages make links or mentions of after they have read all that: @people, #1 and GH-1.
_MENTION = re.compile(r"(@|#|gh-)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def render(plan: Plan, *, limit: int = LIMIT, marker: str = "reconciler-plan", lists_unmanaged: bool = False) -> str:
    """A plan: a hidden marker, a line that says it all, the reviewer's questions, a table, a fold per campaign.

    What is not shown, because the whole would be longer than 60,000 of 65,536 parts of `limit` (at least 1,000
    characters), is cut by whole campaigns, and counted. `marker` tells whoever updates the comment which one it is.
    """
    first = f"<!-- {re.sub(r'[^A-Za-z0-9]+', '-', marker)} -->"
    line = f"{review.headline(plan)} · plan `{review.short_digest(plan)}`"
    shown = [campaign for campaign in review.ordered(plan.campaigns) if not review.is_quiet(campaign)]
    notes = [f"- {prose(remark)}" for remark in remarks(plan, lists_unmanaged=lists_unmanaged)]
    *told, way_out = left_paused(plan) or [""]
    more = [f"and {len(told) - _MOST_NAMED} more"] if len(told) > _MOST_NAMED else []
    left = [f"- **{prose(one)}**" for one in (*told[:_MOST_NAMED], *more, way_out) if one]
    left += [""] if left else []
    if not shown:
        return "\n".join([first, *left, f"No campaign changes: {line}", *(["", *notes] if notes else [])])
    day = week.reference_day(plan.created_at)
    space = int(limit * _USED)
    head = "\n".join([first, *left, f"### {line}", ""])
    for most in _MOST_LEADING:
        answers = "\n".join(["", f"On {code(plan.base_url)}:", "", *_answers(plan, day, most), *notes, ""])
        if len(head) + len(answers) <= space * _TABLE_SHARE:
            head += answers
            break
    return _within(space, head, shown, day)


# Text from outside


def code(text: str) -> str:
    """Text from outside as code, where pages neither link nor mention; nothing in it is Markdown or HTML."""
    return f"<code>{_spelled(clean(text)) or ' '}</code>"


def prose(text: str) -> str:
    """Text from outside within a line; nothing in it is Markdown, HTML, a mention or a link."""
    return _spelled(_MENTION.sub(rf"\1{_WORD_JOINER}", clean(text)))


def _spelled(text: str) -> str:
    """Every character that could mean something as a character reference, which never does."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", text)


# Parts


def _within(space: int, head: str, shown: Sequence[CampaignPlan], day: date) -> str:
    """The head, then as many rows and folds as there is space for, and how many are left out."""
    title = "| campaign | changes | direction | pause | file |\n| --- | --- | --- | --- | --- |"
    reserve = len(_left_out(len(shown), len(shown))) + 2 * len("\n\n")
    table = _fitting(map(_row, shown), int(space * _TABLE_SHARE) - len(head) - len(title))
    rows = "\n".join([title, *(row for row in table if row)])
    folds = _fitting((_fold(campaign, day) for campaign in shown), space - len(head) - len(rows) - reserve)
    left_out = _left_out(folds.count(""), table.count(""))
    return "\n".join(filter(None, [head, f"{rows}\n", *folds, left_out]))


def _fitting(parts: Iterable[str], space: int) -> list[str]:
    """The parts, empty where there is no space left for them."""
    found = []
    for part in parts:
        fits = len(part) + 1 <= space
        found.append(part if fits else "")
        space -= len(part) + 1 if fits else 0
    return found


def _left_out(folds: int, rows: int) -> str:
    if not folds:
        return ""
    of_these = f", {rows} of them not even in the table" if rows else ""
    return f"Not shown in full: {count(folds, 'campaign')}{of_these}; {_ELSEWHERE}."


def _answers(plan: Plan, day: date, most_leading: int) -> Iterator[str]:
    """A line for each question of the reviewer: which campaigns, and what of them."""
    for question, found in review.answers(plan, day):
        most = min(review.named(found, _MOST_NAMED), most_leading)
        told = [
            code(_cut(campaign.name)) + (f" ({prose(_cut('; '.join(words), _LONG))})" if words else "")
            for campaign, words in found[:most]
        ]
        more = [f"{len(found) - most} more"] if len(found) > most else []
        yield f"- **{question}:** {', '.join([*told, *more]) or 'none'}"


def _cut(text: str, most: int = _SHORT) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _row(campaign: CampaignPlan) -> str:
    """A campaign in the table."""
    told = [f"{change.field.title} {_arrow(*before_after(change))}" for change in review.ordered_changes(campaign)]
    if campaign.status:
        status = f"status {_arrow(campaign.status.before, campaign.status.after)}"
        told.insert(0 if review.status_leads(campaign) else len(told), status)
    told += [f"{u.field.title} (unverified)" for u in campaign.unverified if u.send]
    told[:0] = [f"{one.key} {_arrow(one.before, one.after)}" for one in campaign.besides]
    more = [f"and {len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
    cells = (
        f"**{code(_cut(campaign.name))}**",
        "**cannot be planned**" if campaign.errors else "<br>".join(map(prose, told[:_MOST_TOLD] + more)),
        _direction(campaign),
        "may pause" if campaign.may_pause else "",
        code(_place(campaign)),
    )
    return f"| {' | '.join(cells)} |"


def _arrow(before: str, after: str) -> str:
    return f"{_cut(before)} → {_cut(after)}"


def _direction(campaign: CampaignPlan) -> str:
    found = {change.direction for change in campaign.changes}
    told = (
        ("**starts calls**", campaign.starts),
        ("**is final**", campaign.final),
        ("**lacks protection**", bool(campaign.withheld)),
        ("**loosens**", Direction.LOOSENS in found),
        ("**another environment, identity or limit**", campaign.is_moved),
        ("tightens", Direction.TIGHTENS in found),
        ("stops calls", review.stops_calls(campaign)),
    )
    return ", ".join(word for word, is_so in told if is_so)


def _place(campaign: CampaignPlan) -> str:
    """The file, with the line of the change that matters most."""
    places = [one.position for one in campaign.besides]
    places += [change.position for change in review.ordered_changes(campaign)]
    if campaign.status:
        places.insert(0 if review.status_leads(campaign) else len(places), campaign.status.position)
    return f"{places[0].file}:{places[0].line}" if places else campaign.file


def _fold(campaign: CampaignPlan, day: date) -> str:
    """Everything about a campaign; folded unless its calls start, or it ends for good."""
    pause = "may pause" if campaign.may_pause else ""
    marks = ", ".join(filter(None, [_in_html(_direction(campaign)), prose(campaign.live_status or ""), pause]))
    is_open = " open" if review.status_leads(campaign) else ""
    lines = [f"<details{is_open}><summary><b>{code(_cut(campaign.name))}</b> {marks}</summary>", ""]
    lines += changes(campaign)
    lines += [besides(one) for one in campaign.besides]
    picture = drawn(week.picture(campaign, day, _WIDTH), colour=False)
    if picture:
        lines += ["```text", picture, "```", ""]
    if told := one_person(campaign):
        lines.append(f"- **{told}**" if campaign.calls_more_often else f"- {told}")
    lines += [f"- **error:** {prose(error)}" for error in campaign.errors]
    lines += [f"- note: {prose(notice)}" for notice in campaign.notices]
    return "\n".join([*lines, f"- apply: {prose(steps(campaign).replace(' -> ', ' → '))}", "", "</details>"])


def besides(one: Besides) -> str:
    """What a branch changes besides fields, as an item of a list."""
    told = prose(str(one))
    place = code(f"{one.position.file}:{one.position.line}")
    return f"- {f'**{told}**' if one.is_grave else told} ({place})"


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
        effect = "is sent" if unverified.send else "sent before" if unverified.hash else "is not sent"
        yield _cells(unverified.field.title, "unknown", said, effect, unverified.position)


def _changed(change: Change) -> str:
    effect = f"**{change.direction}**" if change.direction is Direction.LOOSENS else change.direction or ""
    return _cells(change.field.title, *before_after(change), effect, change.position)


def _status(status: StatusChange) -> str:
    effect = f"**{EFFECTS[Status(status.after)]}**"
    return _cells("status", status.before, status.after, effect, status.position)


def _cells(title: str, before: str, after: str, effect: str, where: Position) -> str:
    values = (code(_cut(side, _LONG)) if side else "" for side in (before, after))
    return f"| {prose(title)} | {' | '.join(values)} | {effect} | {code(f'{where.file}:{where.line}')} |"

"""The history of campaigns as text, Markdown and JSON: a commit, and what it changed in the words of plans."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from reconciler.model.sensitive import Salt
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.document import FORMAT_VERSION, change_json, status_json
from reconciler.plan.log import Log, LoggedCommit
from reconciler.plan.values import as_text
from reconciler.render import review, text
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.inert import without_halves
from reconciler.render.markdown.card import besides, changes
from reconciler.render.markdown.escape import code, prose
from reconciler.render.printable import clean
from reconciler.render.words import value

_SHORT = 12
_MOST_NAMED = 8
_NONE = "No commit changed what is effective."


def render(log: Log, *, width: int = 80, colour: bool = False) -> str:
    """Commits with a block for each campaign; those that change alike are told once. No newline at the end."""
    lines: list[Line] = []
    for commit in log.commits:
        lines += [*_head(commit, width), *_campaigns(commit, width)]
        for told in (*commit.notices, *commit.problems):
            lines += paragraph(clean(told), width, 2, 2, Style.YELLOW)
        lines.append([])
    if not log.commits:
        lines += [*paragraph(_NONE, width), []]
    for notice in log.notices:
        lines += [*paragraph(clean(notice), width, hanging=2), []]
    return drawn(lines[:-1], colour=colour)


def _head(commit: LoggedCommit, width: int) -> Iterator[Line]:
    told = f"{commit.id[:_SHORT]} {commit.date:%Y-%m-%d %H:%M %z} {clean(commit.author)}"
    yield from paragraph(told, width, hanging=2, style=Style.BOLD)
    yield from paragraph(clean(commit.subject), width, 2, 2)


def _campaigns(commit: LoggedCommit, width: int) -> Iterator[Line]:
    for first, *others in _alike(commit):
        yield []
        if first.file in commit.new:
            yield from text.head(first.name, [first.file, first.id and f"id {first.id}", "new"], width)
            yield from paragraph(_in_short(first), width, 4, 2)
        else:
            yield from text.block(first, commit.date.date(), width)
        if others:
            yield from paragraph(_others(others), width, 4, 2)
    if commit.notices or commit.problems:
        yield []


def _alike(commit: LoggedCommit) -> list[list[CampaignPlan]]:
    """The campaigns of a commit, those that change in the same way together; the most dangerous first."""
    found: dict[Hashable, list[CampaignPlan]] = {}
    for one in review.ordered(commit.campaigns):
        fields = tuple((c.field.name, as_text(c.field, c.before), as_text(c.field, c.after)) for c in one.changes)
        status = (one.status.before, one.status.after) if one.status else ()
        is_new = one.file in commit.new
        found.setdefault((is_new, fields, status, tuple(map(str, one.besides)), one.notices), []).append(one)
    return list(found.values())


def _others(others: Sequence[CampaignPlan]) -> str:
    named = ", ".join(clean(one.name) for one in others[:_MOST_NAMED])
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    return f"the same in {count(len(others), 'other campaign')}: {named}{more}"


def _in_short(campaign: CampaignPlan) -> str:
    """What a campaign says that begins: `days Mon-Fri; windows 09:00-17:00; retries 3`."""
    fields = [f"{clean(one.field.title)} {value(one.field, one.after)}" for one in review.ordered_changes(campaign)]
    status = [f"status {clean(campaign.status.after)}"] if campaign.status else []
    return "; ".join([*status, *fields])


# Markdown


def markdown(log: Log) -> str:
    """A heading for each commit, and a table for each campaign."""
    lines = [line for commit in log.commits for line in _section(commit)]
    lines += [] if log.commits else [_NONE, ""]
    return "\n".join([*lines, *(prose(notice) for notice in log.notices)]).rstrip("\n")


def _section(commit: LoggedCommit) -> Iterator[str]:
    """A commit, with a table for each campaign."""
    yield f"### {prose(commit.subject) or '(no subject)'}"
    yield ""
    yield f"{code(commit.id[:_SHORT])} · {commit.date:%Y-%m-%d %H:%M %z} · {prose(commit.author)}"
    yield ""
    for first, *others in _alike(commit):
        is_new = first.file in commit.new
        told = f": {prose(_others(others))}" if others else ""
        yield f"**{code(first.name)}** ({code(first.file)}{', new' if is_new else ''}){told}"
        yield ""
        yield from (prose(_in_short(first)), "") if is_new else changes(first)
        yield from (*map(besides, first.besides), *(f"- note: {prose(notice)}" for notice in first.notices))
        if first.besides or first.notices:
            yield ""
    yield from (f"- {prose(told)}" for told in (*commit.notices, *commit.problems))
    if commit.notices or commit.problems:
        yield ""


# JSON


def as_json(log: Log) -> str:
    """The whole log as one document."""
    document = {
        "format_version": FORMAT_VERSION,
        "tool_version": log.tool_version,
        "campaign": log.campaign,
        "commits": [_commit(commit) for commit in log.commits],
        "notices": list(log.notices),
    }
    return without_halves(json.dumps(document, indent=2, ensure_ascii=False))


def _commit(commit: LoggedCommit) -> dict[str, Any]:
    return {
        "commit": commit.id,
        "date": commit.date.isoformat(),
        "author": commit.author,
        "subject": commit.subject,
        "campaigns": [_campaign(campaign, is_new=campaign.file in commit.new) for campaign in commit.campaigns],
        "notices": list(commit.notices),
        "problems": list(commit.problems),
    }


def _campaign(campaign: CampaignPlan, *, is_new: bool) -> dict[str, Any]:
    """A campaign as it stands in the document."""
    return {
        "id": campaign.id,
        "name": campaign.name,
        "file": campaign.file,
        "is_new": is_new,
        "changes": [change_json(change, Salt("")) for change in campaign.changes],
        "status": status_json(campaign.status) if campaign.status else None,
        "besides": [
            {"key": one.key, "before": one.before, "after": one.after, "meaning": one.meaning, "is_grave": one.is_grave}
            for one in campaign.besides
        ],
        "notices": list(campaign.notices),
    }

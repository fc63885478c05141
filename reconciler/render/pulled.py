"""What a pull adopts: the picture of a plan the other way round, from what the files say to what is live."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.importing.adopt import CampaignPull
from reconciler.model.sensitive import HashKey
from reconciler.model.words import count
from reconciler.plan import attempts
from reconciler.plan.diff import Change, Direction
from reconciler.plan.document import FORMAT_VERSION, change_json, status_json
from reconciler.plan.values import salt
from reconciler.render import rows, text, week, words
from reconciler.render.attempts import in_words
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.inert import without_halves
from reconciler.render.markdown.escape import code, prose
from reconciler.render.printable import clean

_MARGIN = 4


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull from one environment. `into` names the file that gets a field, by the campaign's file and the field.

    `written` are the files that have it already.
    """

    base_url: str
    created_at: str
    tool_version: str
    campaigns: tuple[CampaignPull, ...]
    into: Mapping[tuple[str, str], str] = field(default_factory=dict)
    written: tuple[str, ...] = ()
    key: HashKey | None = None


def _summary(pull: Pull) -> dict[str, int]:
    return {
        "campaigns": len(pull.campaigns),
        "adopted": sum(one.is_pending for one in pull.campaigns),
        "fields": sum(len(one.adoptions) + bool(one.status) for one in pull.campaigns),
        "loosened": sum(one.loosens for one in pull.campaigns),
        "unverified": sum(bool(one.unverified) for one in pull.campaigns),
        "error": sum(bool(one.errors) for one in pull.campaigns),
    }


def _in_words(pull: Pull) -> str:
    """`2 campaigns read; 3 fields of 1 campaign to adopt; 1 loosens`."""
    numbers = _summary(pull)
    fields = f"{count(numbers['fields'], 'field')} of {count(numbers['adopted'], 'campaign')}"
    done = f"{fields} {'adopted' if pull.written else 'to adopt'}" if numbers["fields"] else "nothing to adopt"
    loosens = "loosens" if numbers["loosened"] == 1 else "loosen"
    more = [
        f"{numbers[key]} {noun}"
        for key, noun in (("loosened", loosens), ("unverified", "with unverified fields"), ("error", "with errors"))
        if numbers[key]
    ]
    return "; ".join([f"{count(numbers['campaigns'], 'campaign')} read", done, *more])


def _place(pull: Pull, campaign: CampaignPull, name: str, said_in: str) -> str:
    """The file that gets a field, where that is another than says it."""
    into = pull.into.get((campaign.desired.file, name), "")
    return "" if into == said_in else into


def _ordered(campaigns: Sequence[CampaignPull]) -> list[CampaignPull]:
    """What loosens first, then errors, what else is adopted, and notes."""
    return sorted(campaigns, key=lambda one: (not one.loosens, not one.errors, not one.is_pending))


# Text


def render(pull: Pull, *, width: int = 80, colour: bool = False) -> str:
    """A block for each campaign with something to adopt or to tell, and a summary. No newline at the end."""
    lines: list[Line] = [*paragraph(f"Pull from {clean(pull.base_url)}", width, hanging=2, style=Style.BOLD), []]
    day = week.reference_day(pull.created_at)
    for campaign in _ordered(pull.campaigns):
        if campaign.is_pending or campaign.notices or campaign.errors:
            lines += [*_block(pull, campaign, day, width), []]
    lines += paragraph(_in_words(pull), width, hanging=2)
    for file in pull.written:
        lines += paragraph(f"written: {clean(file)}", width, hanging=2)
    return drawn(lines, colour=colour)


def _block(pull: Pull, campaign: CampaignPull, day: date, width: int) -> Iterator[Line]:
    """A campaign: its fields, the week if its hours change, where what goes, and what is not adopted."""
    desired, live = campaign.desired, campaign.live
    known = [desired.file, *([f"id {live.id}", live.status] if live else [])]
    yield from text.head(live.name if live and live.name else desired.label, known, width)
    found = [rows.changed_row(change) for change in _changes(campaign)]
    if status := campaign.status:
        place = f"status, {status.position.file}:{status.position.line}"
        found.append(rows.Row("status", clean(status.before), clean(status.after), "", clean(place)))
    if found:
        yield from rows.table(found, width)
    if campaign.schedules and campaign.schedules[0] and campaign.schedules[0] != campaign.schedules[1]:
        yield from week.picture_of(campaign.schedules[0], campaign.schedules[1], day, width, _MARGIN)
    if told := in_words(campaign.attempts):
        yield from paragraph(told, width, _MARGIN, 2)
    for change in _changes(campaign):
        if into := _place(pull, campaign, change.field.name, change.position.file):
            yield from paragraph(f"{change.field.name} goes into {clean(into)}", width, _MARGIN, 2)
    for notice in campaign.notices:
        yield from paragraph(f"note: {clean(notice)}", width, _MARGIN, 2)
    for error in campaign.errors:
        yield from paragraph(f"error: {clean(error)}", width, _MARGIN, 2, Style.RED)


def _changes(campaign: CampaignPull) -> list[Change]:
    """What is adopted, what loosens first."""
    directions = (Direction.LOOSENS, Direction.TIGHTENS, None)
    return sorted((one.change for one in campaign.adoptions), key=lambda change: directions.index(change.direction))


# Markdown


def markdown(pull: Pull) -> str:
    """A line that says it all, a table of what is adopted, and what else there is to tell."""
    lines = [f"### {prose(_in_words(pull))}", "", f"On {code(pull.base_url)}:", ""]
    found = [row for campaign in _ordered(pull.campaigns) for row in _rows(pull, campaign)]
    if found:
        lines += ["| campaign | field | file says | live | direction | into |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [*found, ""]
    for campaign in pull.campaigns:
        name = code(campaign.desired.file)
        lines += [f"- {name}: {prose(told)}"] if (told := in_words(campaign.attempts)) else []
        lines += [f"- {name}: {prose(notice)}" for notice in campaign.notices]
        lines += [f"- {name}: **{prose(error)}**" for error in campaign.errors]
    return "\n".join(lines).rstrip("\n")


def _rows(pull: Pull, campaign: CampaignPull) -> Iterator[str]:
    name, file = code(campaign.desired.label), campaign.desired.file
    for change in _changes(campaign):
        before, after = map(prose, words.before_after(change))
        into = pull.into.get((file, change.field.name), file)
        direction = f"**{change.direction}**" if change.direction is Direction.LOOSENS else change.direction or ""
        yield f"| {name} | {code(change.field.name)} | {before} | {after} | {direction} | {code(into)} |"
    if status := campaign.status:
        before, after = prose(status.before), prose(status.after)
        yield f"| {name} | <code>status</code> | {before} | {after} |  | {code(file)} |"


# JSON


def as_json(pulls: Sequence[Pull]) -> str:
    """One pull as its document; pulls from several environments as a list of documents under `pulls`."""
    documents = [_document(pull) for pull in pulls]
    document = documents[0] if len(documents) == 1 else {"format_version": FORMAT_VERSION, "pulls": documents}
    return without_halves(json.dumps(document, indent=2, ensure_ascii=False))


def _document(pull: Pull) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": pull.tool_version,
        "created_at": pull.created_at,
        "base_url": pull.base_url,
        "summary": _summary(pull),
        "written": list(pull.written),
        "campaigns": [_campaign(pull, campaign) for campaign in pull.campaigns],
    }


def _campaign(pull: Pull, campaign: CampaignPull) -> dict[str, Any]:
    """A campaign as it stands in the document."""
    desired, live = campaign.desired, campaign.live
    salted = salt(pull.base_url, live.id if live else desired.label, pull.key)
    into = {name: file for (of, name), file in pull.into.items() if of == desired.file}
    return {
        "id": live.id if live else desired.id,
        "name": live.name if live and live.name else desired.label,
        "file": desired.file,
        "live_status": live.status if live else None,
        "changes": [
            {**change_json(change, salted), "into": into.get(change.field.name, desired.file)}
            for change in (one.change for one in campaign.adoptions)
        ],
        "status": {**status_json(campaign.status), "into": into.get("status", desired.file)}
        if campaign.status
        else None,
        "attempts": attempts.to_json(campaign.attempts),
        "reach": attempts.reach_json(campaign.attempts),
        "unverified": [{"field": one.field.name, "reason": one.reason} for one in campaign.unverified],
        "notices": list(campaign.notices),
        "errors": list(campaign.errors),
    }

"""Plans, problems and outcomes as text for a terminal, read by people who decide whether calls are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reconciler.apply.context import recovers
from reconciler.apply.outcome import Outcome, Result
from reconciler.model.campaign import Status
from reconciler.model.document import Position
from reconciler.model.words import count
from reconciler.plan.diff import Change, Direction, UnverifiedField
from reconciler.plan.plan import Action, CampaignPlan, Plan, StatusChange
from reconciler.render import review, week, words
from reconciler.render.attempts import one_person
from reconciler.render.columns import Line, Style, drawn, fitted, paragraph, row_lines, width_of
from reconciler.render.printable import clean

_MARGIN = 4
_DETAIL = 6
_ARROW = " -> "
_GAP = "  "

_CHANGED, _WARNED, _UNKNOWN = " ", "!", "?"
_RESULT_STYLES = {Result.APPLIED: Style.GREEN, Result.FAILED: Style.RED, Result.LEFT_PAUSED: Style.RED}


@dataclass(frozen=True, slots=True)
class Row:
    """A field in a campaign's table. `effect` is what its change means for the people called, where that is known."""

    title: str
    before: str
    after: str
    effect: str
    detail: str
    mark: str = _CHANGED
    style: Style = Style.PLAIN
    reason: str = ""


def render(plan: Plan, *, width: int = 80, colour: bool = False, lists_unmanaged: bool = False) -> str:
    """A whole plan: a block for each campaign that something is done to, notes on others, and a summary.

    No line is longer than `width` columns, unless it holds a single word. No newline at the end.
    """
    lines: list[Line] = [*paragraph(f"Plan for {clean(plan.base_url)}", width, hanging=2, style=Style.BOLD), []]
    for told in words.left_paused(plan):
        lines += paragraph(f"!!! {told}", width, hanging=4, style=Style.RED)
    lines += [[]] if plan.left_paused else []
    day = week.reference_day(plan.created_at)
    for campaign in review.ordered(plan.campaigns):
        if not review.is_quiet(campaign):
            lines += [*_block(campaign, day, width), []]
    lines += _notes(plan.campaigns, width)
    if all(map(review.is_quiet, plan.campaigns)):
        lines += paragraph(_no_changes(plan), width, hanging=2, style=Style.GREEN)
    for remark in words.remarks(plan, lists_unmanaged=lists_unmanaged):
        lines += paragraph(remark, width, hanging=2)
    lines += paragraph(words.summary(plan), width, hanging=2)
    lines += paragraph(f"digest {review.short_digest(plan)}", width, hanging=2, style=Style.DIM)
    return drawn(lines, colour=colour)


def several(plans: Sequence[Plan], *, width: int = 80, colour: bool = False, lists_unmanaged: bool = False) -> str:
    """The plans of several environments, the most dangerous first; then what they come to."""
    told = [
        _failed(plan, width, colour=colour)
        if plan.failure
        else render(plan, width=width, colour=colour, lists_unmanaged=lists_unmanaged)
        for plan in review.ordered_plans(plans)
    ]
    titles = [f"[{clean(plan.environment)}]" for plan in review.ordered_plans(plans)]
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
    if not plan.campaigns:
        return "No changes: none of the campaigns here is touched."
    over = sum(campaign.action is Action.FINISHED for campaign in plan.campaigns)
    number = len(plan.campaigns) - over
    told = f"{count(number, 'campaign')} {'is as its file says' if number == 1 else 'are as their files say'}"
    finished = f"{count(over, 'campaign')} {'is' if over == 1 else 'are'} finished, and nothing changes that"
    return f"No changes: {'; '.join([told] * (number > 0) + [finished] * (over > 0))}."


def _block(campaign: CampaignPlan, day: date, width: int) -> Iterator[Line]:
    """A campaign with the steps that apply takes."""
    yield from block(campaign, day, width)
    yield from paragraph(f"apply: {words.steps(campaign)}", width, _MARGIN, 2)


def block(campaign: CampaignPlan, day: date, width: int) -> Iterator[Line]:
    """A campaign: what it is, a row for each field, the week if its hours change, notes and errors."""
    yield from head(campaign.name, [campaign.file, campaign.id and f"id {campaign.id}", campaign.live_status], width)
    for one in campaign.besides:
        mark, style = (_WARNED, Style.YELLOW) if one.is_grave else (_CHANGED, Style.PLAIN)
        told = f"{mark} {clean(str(one))} ({clean(one.position.file)}:{one.position.line})".lstrip(_CHANGED)
        yield from paragraph(told, width, 2 if one.is_grave else _MARGIN, 2, style)
    yield from changes(campaign, width)
    yield from week.picture(campaign, day, width, _MARGIN)
    if told := one_person(campaign):
        yield from paragraph(told, width, _MARGIN, 2, Style.YELLOW if campaign.calls_more_often else Style.PLAIN)
    for notice in campaign.notices:
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


def changes(campaign: CampaignPlan, width: int) -> Iterator[Line]:
    """The table of a campaign: a row for every field and for the status."""
    if rows := list(_rows(campaign)):
        yield from table(rows, width)


def _rows(campaign: CampaignPlan) -> Iterator[Row]:
    changed = [changed_row(change) for change in review.ordered_changes(campaign)]
    status = [_status(campaign, campaign.status)] if campaign.status else []
    yield from (*status, *changed) if review.status_leads(campaign) else (*changed, *status)
    yield from (_unknown(campaign, unverified) for unverified in campaign.unverified)


def changed_row(change: Change) -> Row:
    """A field that changes, with what that means for the people called."""
    loosens = change.direction is Direction.LOOSENS
    style = Style.YELLOW if loosens else Style.GREEN if change.direction else Style.PLAIN
    return Row(
        clean(change.field.title),
        *words.before_after(change),
        effect=change.direction or "",
        detail=_detail(change.field.name, change.position),
        mark=_WARNED if loosens else _CHANGED,
        style=style,
    )


def _status(campaign: CampaignPlan, change: StatusChange) -> Row:
    mark = _WARNED if review.status_leads(campaign) else _CHANGED
    style = Style.YELLOW if campaign.starts else Style.RED if campaign.final else Style.PLAIN
    effect = words.EFFECTS[Status(change.after)]
    detail = _detail("status", change.position)
    return Row("status", clean(change.before), clean(change.after), effect, detail, mark, style)


def _unknown(campaign: CampaignPlan, unverified: UnverifiedField) -> Row:
    """A field that nobody can check: with the value that the file gives, why, and whether it is sent."""
    return Row(
        clean(unverified.field.title),
        "unknown",
        words.value(unverified.field, unverified.value),
        effect=words.sending(campaign, unverified),
        detail=_detail(unverified.field.name, unverified.position),
        mark=_UNKNOWN,
        reason=clean(unverified.reason) if unverified.hash else "",  # else a notice tells it
    )


def _detail(name: str, position: Position) -> str:
    return clean(f"{name}, {position.file}:{position.line}")


def table(rows: Sequence[Row], width: int) -> Iterator[Line]:
    """The rows in columns; in one line each where the terminal is wide enough, one part below the other if narrow."""
    cells = [(row.title, row.before, row.after, row.effect) for row in rows]
    space = width - _MARGIN - len(_GAP) - len(_ARROW) - len(_GAP)
    widths = fitted(cells, space)
    if widths is None:
        for row in rows:
            yield from _stacked(row, width)
        return
    is_wide = sum(widths) + len(_GAP) + max(width_of(row.detail) for row in rows) <= space
    for row, cell in zip(rows, cells, strict=True):
        lines = row_lines(cell, widths)
        yield from _in_columns(row, lines, row.detail if is_wide else "")
        told = [row.reason] if is_wide else [row.detail, row.reason]
        if any(told):
            yield from paragraph(": ".join(filter(None, told)), width, _DETAIL, style=Style.DIM)


def _in_columns(row: Row, lines: Iterable[Sequence[str]], detail: str) -> Iterator[Line]:
    mark, arrow = row.mark, _ARROW
    for title, before, after, effect in lines:
        yield [
            (f"  {mark} ", row.style),
            (title + _GAP + before + arrow + after + _GAP, Style.PLAIN),
            (effect, row.style),
            (_GAP + detail, Style.DIM),
        ]
        mark, arrow, detail = " ", " " * len(_ARROW), ""


def _stacked(row: Row, width: int) -> Iterator[Line]:
    title = f"{row.mark} {row.title}".lstrip(_CHANGED)
    effect = f": {row.effect}" if row.effect else ""
    yield from paragraph(title + effect, width, 2, 2, row.style)
    yield from paragraph(f"{row.before} -> {row.after}", width, _MARGIN)
    yield from paragraph(": ".join(filter(None, (row.detail, row.reason))), width, _MARGIN, style=Style.DIM)


def _notes(campaigns: Iterable[CampaignPlan], width: int) -> Iterator[Line]:
    """What is worth knowing of campaigns that nothing is done to."""
    idle = [campaign for campaign in campaigns if review.is_quiet(campaign)]
    notes = [f"{c.file}: {notice}" for c in idle for notice in c.notices] + list(_unchecked(idle))
    if not notes:
        return
    yield from paragraph("Nothing is done here, but it is worth knowing:", width, hanging=2, style=Style.BOLD)
    for note in notes:
        yield from paragraph(clean(note), width, 2, 2)
    yield []


def _unchecked(campaigns: Iterable[CampaignPlan]) -> Iterator[str]:
    """Fields that cannot be checked and are as they were sent, together for all campaigns that are alike in this."""
    alike: dict[tuple[str, str], list[str]] = {}
    for campaign in campaigns:
        for unverified in campaign.unverified:
            if unverified.hash:
                alike.setdefault((unverified.field.name, unverified.reason), []).append(campaign.file)
    for (name, reason), files in alike.items():
        where = files[0] if len(files) == 1 else f"{len(files)} campaigns"
        yield f"{where}: {name} cannot be checked: {reason}; it was sent before"


def outcome(outcome: Outcome, *, colour: bool = False, width: int | None = None) -> str:
    """What became of one campaign: a line with the result, and what was done, noticed, and went wrong."""
    style = _RESULT_STYLES.get(outcome.result, Style.PLAIN)
    place = f" ({clean(outcome.file)})" if outcome.file else ""
    head: Line = [(f"{clean(outcome.name)}{place}: ", Style.PLAIN), (outcome.result, style)]
    return drawn([head, *([(f"  {line}", Style.PLAIN)] for line in _told(outcome))], colour=colour, width=width)


def _told(outcome: Outcome) -> Iterator[str]:
    yield from map(clean, outcome.done)
    if outcome.seconds_paused:
        yield f"paused by us for {words.seconds(outcome.seconds_paused)}"
    yield from (f"note: {clean(notice)}" for notice in outcome.notices)
    if outcome.failure:
        yield clean(outcome.failure.message)
        yield from (clean(str(problem)) for problem in outcome.failure.problems)


def report(outcomes: Sequence[Outcome], *, base_url: str = "", colour: bool = False, width: int | None = None) -> str:
    """The summary of an apply; campaigns that are left paused come last, with the command that heals."""
    lines: list[Line] = [[(_totals(outcomes), Style.BOLD)]]
    for result in (Result.FAILED, Result.DEFERRED, Result.NOT_ATTEMPTED):
        style = _RESULT_STYLES.get(result, Style.YELLOW)
        lines += [[(f"{result}: {clean(one.file or one.name)}", style)] for one in outcomes if one.result is result]
    left = [one for one in outcomes if one.result is Result.LEFT_PAUSED]
    if left:
        lines += [[], *([(line, Style.RED)] for line in _left_paused(left, base_url))]
    return drawn(lines, colour=colour, width=width)


def _totals(outcomes: Sequence[Outcome]) -> str:
    results = Counter(one.result for one in outcomes)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    retries = sum(one.retries for one in outcomes)
    paused = sum(one.seconds_paused for one in outcomes)
    requests = count(sum(one.requests for one in outcomes), "request")
    parts = [
        count(len(outcomes), "campaign") + (f": {told}" if told else ""),
        f"{requests} after planning" + (f", {retries} of them sent again" if retries else ""),
        f"calls paused for {words.seconds(paused)}" if paused else "",
    ]
    return "; ".join(filter(None, parts))


def _left_paused(left: Sequence[Outcome], base_url: str) -> Iterator[str]:
    one = len(left) == 1
    yield (
        "!!! 1 CAMPAIGN IS LEFT PAUSED, AND MAKES NO CALLS"
        if one
        else f"!!! {len(left)} CAMPAIGNS ARE LEFT PAUSED, AND MAKE NO CALLS"
    )
    for outcome in left:
        where = ", ".join(filter(None, [f"id {clean(outcome.id or '')}", clean(outcome.file)]))
        yield f"!!!   {clean(outcome.name)} ({where})"
    yield f"!!! resume with: {recovers(base_url)}"

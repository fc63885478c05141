"""Plans, problems and outcomes as text for a terminal, read by people who decide whether calls are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.apply import Outcome, Result
from reconciler.campaign import Problem, Status
from reconciler.diff import Direction
from reconciler.plan import CampaignPlan, Plan, Unshown
from reconciler.render import words
from reconciler.render.columns import Line, Style, drawn, fitted, paragraph, row_lines, width_of
from reconciler.render.words import clean, count

_MARGIN = 4
_DETAIL = 6
_ARROW = " -> "
_GAP = "  "
_SHORT_DIGEST = 12

_EFFECT_STYLES = {
    Direction.LOOSENS: Style.YELLOW,
    Direction.TIGHTENS: Style.GREEN,
    words.EFFECTS[Status.ACTIVE]: Style.YELLOW,
}
_RESULT_STYLES = {Result.APPLIED: Style.GREEN, Result.FAILED: Style.RED, Result.LEFT_PAUSED: Style.RED}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a campaign's table. `effect` is what it means for the people called, where that is known."""

    title: str
    before: str
    after: str
    effect: str
    detail: str

    @property
    def mark(self) -> str:
        return "!" if _EFFECT_STYLES.get(self.effect) is Style.YELLOW else " "

    @property
    def style(self) -> Style:
        return _EFFECT_STYLES.get(self.effect, Style.PLAIN)


def plan(plan: Plan, *, width: int = 80, colour: bool = False) -> str:
    """A whole plan: a block for each campaign that something is done to, notes on others, and a summary.

    No line is longer than `width` columns, unless it holds a single word. No newline at the end.
    """
    lines: list[Line] = [*paragraph(f"Plan for {clean(plan.base_url)}", width, hanging=2, style=Style.BOLD), []]
    for campaign in plan.campaigns:
        if campaign.has_steps or campaign.errors:
            lines += [*_block(campaign, width), []]
    lines += _notes(plan.campaigns, width)
    if not plan.has_steps and not plan.has_errors:
        lines += paragraph(_no_changes(plan), width, hanging=2, style=Style.GREEN)
    lines += paragraph(words.summary(plan), width, hanging=2)
    digest = plan.digest.removeprefix("sha256:")[:_SHORT_DIGEST]
    lines += paragraph(f"digest {digest}", width, hanging=2, style=Style.DIM)
    return drawn(lines, colour=colour)


def _no_changes(plan: Plan) -> str:
    number = len(plan.campaigns)
    return (
        f"No changes: {count(number, 'campaign')} {'is as its file says' if number == 1 else 'are as their files say'}."
    )


def _block(campaign: CampaignPlan, width: int) -> Iterator[Line]:
    """A campaign: what it is, a row for each change, what cannot be checked, notes, errors, and the steps."""
    yield from paragraph(_head(campaign), width, hanging=2, style=Style.BOLD)
    rows = list(_rows(campaign))
    if rows:
        yield from _table(rows, width)
    for unshown in campaign.unverified:
        if unshown.verdict.may_send:
            yield from paragraph(f"? {_unverified(unshown)}", width, 2, 4)
    for notice in campaign.notices:
        yield from paragraph(f"note: {clean(notice)}", width, _MARGIN, 2)
    for error in campaign.errors:
        yield from paragraph(f"error: {clean(error)}", width, _MARGIN, 2, Style.RED)
    yield from paragraph(f"apply: {words.steps(campaign)}", width, _MARGIN, 2)


def _head(campaign: CampaignPlan) -> str:
    known = [campaign.file, f"id {campaign.id}" if campaign.id else "", campaign.live_status or "status unknown"]
    return f"{clean(campaign.name)} ({clean(', '.join(filter(None, known)))})"


def _rows(campaign: CampaignPlan) -> Iterator[_Row]:
    for change in campaign.changes:
        before, after = words.before_after(change)
        detail = f"{change.field.name}, {change.position.file}:{change.position.line}"
        yield _Row(clean(change.field.title), before, after, str(change.direction or ""), clean(detail))
    if campaign.status:
        position = campaign.desired.document.position(("status",))
        before, after = clean(campaign.status.before), clean(campaign.status.after)
        effect = words.EFFECTS[Status(campaign.status.after)]
        yield _Row("status", before, after, effect, clean(f"status, {position.file}:{position.line}"))


def _table(rows: Sequence[_Row], width: int) -> Iterator[Line]:
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
        if not is_wide:
            yield from paragraph(row.detail, width, _DETAIL, style=Style.DIM)


def _in_columns(row: _Row, lines: Iterable[Sequence[str]], detail: str) -> Iterator[Line]:
    mark, arrow = row.mark, _ARROW
    for title, before, after, effect in lines:
        yield [
            (f"  {mark} ", row.style),
            (title + _GAP + before + arrow + after + _GAP, Style.PLAIN),
            (effect, row.style),
            (_GAP + detail, Style.DIM),
        ]
        mark, arrow, detail = " ", " " * len(_ARROW), ""


def _stacked(row: _Row, width: int) -> Iterator[Line]:
    title = f"! {row.title}" if row.mark == "!" else row.title
    effect = f": {row.effect}" if row.effect else ""
    yield from paragraph(title + effect, width, 2, 2, row.style)
    yield from paragraph(row.before, width, _MARGIN)
    yield from paragraph(f"->{_ARROW[-1]}{row.after}", width, _MARGIN)
    yield from paragraph(row.detail, width, _MARGIN, style=Style.DIM)


def _unverified(unshown: Unshown) -> str:
    """A field that nobody can check, why, and whether it is sent."""
    verdict = unshown.verdict
    where = f"{verdict.field.name}, {verdict.position.file}:{verdict.position.line}"
    sent = "is sent, because its value is new" if unshown.send else "is not sent again"
    return clean(f"{verdict.field.title} ({where}) cannot be checked: {verdict.reason}; it {sent}")


def _notes(campaigns: Iterable[CampaignPlan], width: int) -> Iterator[Line]:
    """What is worth knowing of campaigns that nothing is done to."""
    notes = [(c, note) for c in campaigns if not c.has_steps and not c.errors for note in _notes_on(c)]
    if not notes:
        return
    yield from paragraph("Nothing is done here, but it is worth knowing:", width, hanging=2, style=Style.BOLD)
    for campaign, note in notes:
        yield from paragraph(f"{clean(campaign.file)}: {note}", width, 2, 2)
    yield []


def _notes_on(campaign: CampaignPlan) -> Iterator[str]:
    for unshown in campaign.unverified:
        if unshown.verdict.may_send:
            yield _unverified(unshown)
    yield from map(clean, campaign.notices)


def problems(problems: Sequence[Problem], *, colour: bool = False) -> str:
    """One problem a line, `file:line:column: path: message`, and a line that counts them."""
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    told = [count(errors, "error")] * bool(errors) + [count(warnings, "warning")] * bool(warnings)
    style = Style.RED if errors else Style.YELLOW if warnings else Style.GREEN
    lines: list[Line] = [[(clean(str(problem)), Style.PLAIN)] for problem in problems]
    return drawn([*lines, [(", ".join(told) or "no problems", style)]], colour=colour)


def outcome(outcome: Outcome, *, colour: bool = False) -> str:
    """What became of one campaign: a line with the result, and what was done, noticed, and went wrong."""
    style = _RESULT_STYLES.get(outcome.result, Style.PLAIN)
    head: Line = [(f"{clean(outcome.name)} ({clean(outcome.file)}): ", Style.PLAIN), (outcome.result, style)]
    return drawn([head, *([(f"  {line}", Style.PLAIN)] for line in _told(outcome))], colour=colour)


def _told(outcome: Outcome) -> Iterator[str]:
    yield from map(clean, outcome.done)
    if outcome.seconds_paused:
        yield f"paused by us for {words.seconds(outcome.seconds_paused)}"
    yield from (f"note: {clean(notice)}" for notice in outcome.notices)
    if outcome.failure:
        yield clean(outcome.failure.message)
        yield from (clean(str(problem)) for problem in outcome.failure.problems)


def report(outcomes: Sequence[Outcome], *, colour: bool = False) -> str:
    """The summary of an apply; campaigns that are left paused come last, with the command that heals."""
    lines: list[Line] = [[(_totals(outcomes), Style.BOLD)]]
    for result in (Result.FAILED, Result.DEFERRED, Result.NOT_ATTEMPTED):
        files = [clean(one.file) for one in outcomes if one.result is result]
        if files:
            lines.append([(f"{result}: {', '.join(files)}", _RESULT_STYLES.get(result, Style.PLAIN))])
    left = [one for one in outcomes if one.result is Result.LEFT_PAUSED]
    if left:
        lines += [[], *([(line, Style.RED)] for line in _left_paused(left))]
    return drawn(lines, colour=colour)


def _totals(outcomes: Sequence[Outcome]) -> str:
    results = Counter(one.result for one in outcomes)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    retries = sum(one.retries for one in outcomes)
    paused = sum(one.seconds_paused for one in outcomes)
    requests = count(sum(one.requests for one in outcomes), "request")
    parts = [
        count(len(outcomes), "campaign") + (f": {told}" if told else ""),
        requests + (f", {retries} of them sent again" if retries else ""),
        f"calls paused for {words.seconds(paused)}" if paused else "",
    ]
    return "; ".join(filter(None, parts))


def _left_paused(left: Sequence[Outcome]) -> Iterator[str]:
    one = len(left) == 1
    yield f"!!! {'1 CAMPAIGN IS' if one else f'{len(left)} CAMPAIGNS ARE'} LEFT PAUSED, AND MAKE{'S' * one} NO CALLS"
    for outcome in left:
        yield f"!!!   {clean(outcome.name)} (id {clean(str(outcome.id))}, {clean(outcome.file)})"
    yield "!!! resume with: reconciler recover"

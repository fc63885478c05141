"""A report as text for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.apply.outcome import Result
from reconciler.apply.report import Report
from reconciler.model.words import count
from reconciler.render import rows
from reconciler.render.alike import others
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.printable import clean
from reconciler.render.reports import words
from reconciler.render.review import and_others

_MARGIN = 4
_STYLES = {Result.APPLIED: Style.GREEN, Result.FAILED: Style.RED, Result.LEFT_PAUSED: Style.RED}


def render(report: Report, *, width: int = 80, colour: bool = False) -> str:
    """A report: what the run was, for whom calling changed, and every campaign that something is to be said of."""
    lines: list[Line] = [*paragraph(words.title(report), width, hanging=2, style=Style.BOLD)]
    for name, fact in words.facts(report):
        lines += paragraph(f"{name}: {fact}", width, 2, 2)
    for question, found in words.answers(report):
        lines += [[], *paragraph(f"{question}:", width, style=Style.BOLD)]
        for group, told in found:
            lines += paragraph(f"{clean(group[0].name)}{and_others(group)}: {'; '.join(told)}", width, 2, 2)
    told_of = words.told_of(report)
    for group in told_of:
        lines += [[], *_campaign(group, width)]
    if rest := len(report.outcomes) - sum(map(len, told_of)):
        lines += [[], *paragraph(f"{count(rest, 'campaign')} needed nothing.", width)]
    return drawn(lines, colour=colour)


def _campaign(group: words.Group, width: int) -> Iterator[Line]:
    """A campaign, and the names of those for which the same was done."""
    outcome = group[0]
    known = ", ".join(filter(None, [outcome.file, outcome.id and f"id {outcome.id}"]))
    place = f" ({clean(known)})" if known else ""
    style = _STYLES.get(outcome.result, Style.YELLOW)
    yield from paragraph(f"{clean(outcome.name)}{place}: {outcome.result}", width, hanging=2, style=style)
    yield from rows.changes(words.as_plan(outcome), width)
    for step in words.steps(outcome):
        yield from paragraph(f"done: {step}", width, _MARGIN, 2)
    for notice in outcome.notices:
        yield from paragraph(f"note: {clean(notice)}", width, _MARGIN, 2)
    for wrong in words.went_wrong(outcome):
        yield from paragraph(f"not done: {wrong}", width, _MARGIN, 2, Style.RED)
    if told := others(group):
        yield from paragraph(told, width, _MARGIN, 2)

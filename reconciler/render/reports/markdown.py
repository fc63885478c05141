"""A report as Markdown, for the summary of a job; always shorter than the limit of the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.apply.report import Report
from reconciler.model.words import count
from reconciler.render.alike import others
from reconciler.render.markdown.card import changes
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.page import LIMIT
from reconciler.render.reports import words
from reconciler.render.review import and_others

# Of the answers to a question so many campaigns are named, or as many of these as there is space for.
_MOST_NAMED = (20, 5, 1, 0)
_ANSWERS_SHARE = 0.5
_SHORT, _LONG = 100, 400
_USED = 60_000 / LIMIT


def render(report: Report, *, limit: int = LIMIT) -> str:
    """A report: what the run was, for whom calling changed, and a fold for every campaign that there is space for.

    Campaigns that are not shown, because the whole would be longer than `limit` characters, are counted.
    """
    lines = [f"### {prose(words.title(report))}", "", "| | |", "| --- | --- |"]
    lines += [f"| {prose(name)} | {code(fact)} |" for name, fact in words.facts(report)]
    space = int(limit * _USED) - _length(lines)
    answers = (["", *_answers(report, most), ""] for most in _MOST_NAMED)
    fitting = next((one for one in answers if _length(one) <= space * _ANSWERS_SHARE), [""])
    lines, space = [*lines, *fitting], space - _length(fitting)
    told_of = words.told_of(report)
    left_out = 0
    for group in told_of:
        fold = "\n".join([*_fold(group), ""])
        fits = len(fold) + 1 <= space
        lines += [fold] if fits else []
        space -= len(fold) + 1 if fits else 0
        left_out += 0 if fits else len(group)
    if left_out:
        lines += [f"Not shown in full: {count(left_out, 'campaign')}; the report holds all of them.", ""]
    if rest := len(report.outcomes) - sum(map(len, told_of)):
        lines.append(f"{count(rest, 'campaign')} needed nothing.")
    return "\n".join(lines).rstrip("\n")


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _answers(report: Report, most: int) -> Iterator[str]:
    for question, found in words.answers(report):
        yield f"- **{prose(question)}:**"
        for group, told in found[:most]:
            yield f"  - {code(_cut(group[0].name))}{and_others(group)}: {prose(_cut('; '.join(told), _LONG))}"
        if left := sum(len(group) for group, _ in found[most:]):
            yield f"  - {left} more"


def _cut(text: str, most: int = _SHORT) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _fold(group: words.Group) -> Iterator[str]:
    """Everything about a campaign and those for which the same was done; unfolded where something went wrong."""
    outcome = group[0]
    is_open = " open" if outcome.failure else ""
    who = f"<b>{code(_cut(outcome.name))}</b>{and_others(group)}"
    yield f"<details{is_open}><summary>{who} {prose(outcome.result)}</summary>"
    yield ""
    where = [code(outcome.file)] if outcome.file else []
    where += [f"id {code(outcome.id)}"] if outcome.id else []
    yield from ([f"{', '.join(where)}", ""] if where else [])
    yield from changes(words.as_plan(outcome))
    yield from (f"- done: {prose(step)}" for step in words.steps(outcome))
    yield from (f"- note: {prose(notice)}" for notice in outcome.notices)
    yield from (f"- **not done:** {prose(wrong)}" for wrong in words.went_wrong(outcome))
    yield from ([f"- {prose(told)}"] if (told := others(group)) else [])
    yield ""
    yield "</details>"

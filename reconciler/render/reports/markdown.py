"""A report as Markdown, for the summary of a job; always shorter than the limit of the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.apply.outcome import Outcome
from reconciler.apply.report import Report
from reconciler.model.words import count
from reconciler.render.markdown.card import changes
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.page import LIMIT
from reconciler.render.reports import words

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
    told_of = [outcome for outcome in words.ordered(report.outcomes) if words.is_worth_telling(outcome)]
    left_out = 0
    for outcome in told_of:
        fold = "\n".join([*_fold(outcome), ""])
        fits = len(fold) + 1 <= space
        lines += [fold] if fits else []
        space -= len(fold) + 1 if fits else 0
        left_out += not fits
    if left_out:
        lines += [f"Not shown in full: {count(left_out, 'campaign')}; the report holds all of them.", ""]
    if rest := len(report.outcomes) - len(told_of):
        lines.append(f"{count(rest, 'campaign')} needed nothing.")
    return "\n".join(lines).rstrip("\n")


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _answers(report: Report, most: int) -> Iterator[str]:
    for question, found in words.answers(report):
        named = [f"{code(_cut(one.name))} ({prose(_cut('; '.join(told), _LONG))})" for one, told in found[:most]]
        more = [f"{len(found) - most} more"] if len(found) > most else []
        yield f"- **{prose(question)}:** {', '.join([*named, *more])}"


def _cut(text: str, most: int = _SHORT) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _fold(outcome: Outcome) -> Iterator[str]:
    """Everything about a campaign; unfolded where something went wrong."""
    is_open = " open" if outcome.failure else ""
    yield f"<details{is_open}><summary><b>{code(_cut(outcome.name))}</b> {prose(outcome.result)}</summary>"
    yield ""
    where = [code(outcome.file)] if outcome.file else []
    where += [f"id {code(outcome.id)}"] if outcome.id else []
    yield from ([f"{', '.join(where)}", ""] if where else [])
    yield from changes(words.as_plan(outcome))
    yield from (f"- done: {prose(step)}" for step in words.steps(outcome))
    yield from (f"- note: {prose(notice)}" for notice in outcome.notices)
    yield from (f"- **not done:** {prose(wrong)}" for wrong in words.went_wrong(outcome))
    yield ""
    yield "</details>"

"""A report as one page that needs nothing else, in the dress of the page of a plan."""

from __future__ import annotations

from markupsafe import Markup

from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.report import Report
from reconciler.model.words import count
from reconciler.render.html import card
from reconciler.render.html.escape import NOTHING, bidi, html, joined
from reconciler.render.html.page import page
from reconciler.render.reports import words
from reconciler.render.review import and_others

# How the answer to a question is coloured: what lets more be done, or went wrong, unless it is one of these.
_QUESTIONS = {words.CALLED_LESS: "less", words.PAUSED: "pause", words.PUT_OFF: "pause"}
_KINDS = {Result.APPLIED: "down", Result.FAILED: "bad", Result.LEFT_PAUSED: "bad"}


def render(report: Report, *others: Report) -> str:
    """The reports of a run, one for each environment, as one HTML page.

    What the run was, and for whom calling changed, then every campaign.
    """
    main = joined(map(_report, (report, *others)), "\n")
    return page(words.title(report), html('<div id="campaigns" tabindex="-1">{}</div>', main))


def _report(report: Report) -> Markup:
    told_of = words.told_of(report)
    rest = len(report.outcomes) - sum(map(len, told_of))
    parts = [
        _head(report, words.title(report)),
        html('<div class="answers">{}</div>', joined(map(_answer, words.answers(report)))),
        html("<h2>Campaigns</h2>") if told_of else NOTHING,
        *map(_campaign, told_of),
        html('<p class="rest">{} needed nothing.</p>', count(rest, "campaign")) if rest else NOTHING,
    ]
    return joined(parts, "\n")


def _head(report: Report, title: str) -> Markup:
    facts = joined(html("<div><dt>{}</dt><dd>{}</dd></div>", name, bidi(fact)) for name, fact in words.facts(report))
    return html('<header><p class="eyebrow">Report</p><h1>{}</h1><dl>{}</dl></header>', title, facts)


def _answer(answer: words.Answer) -> Markup:
    question, found = answer
    rows = joined(
        html("<li>{}{}<span>{}</span></li>", bidi(group[0].name), and_others(group), "; ".join(told))
        for group, told in found
    )
    kind = _QUESTIONS.get(question, "more")
    return html('<section class="answer {}"><h2>{}</h2><ul>{}</ul></section>', kind, question, rows)


def _campaign(group: words.Group) -> Markup:
    """A campaign and those for which the same was done: what became of them, and below everything.

    It is unfolded where something went wrong.
    """
    outcome = group[0]
    inside = [
        html('<p class="where">{}</p>', _where(outcome)),
        *(html('<p class="error"><strong>Not done:</strong> {}</p>', wrong) for wrong in words.went_wrong(outcome)),
        card.changes(words.as_plan(outcome)),
        *(html('<p class="note">{}</p>', notice) for notice in outcome.notices),
        html('<p class="steps"><strong>Done:</strong> {}</p>', "; ".join(words.steps(outcome)) or "nothing"),
        card.others([(one.name, _where(one)) for one in group[1:]]),
    ]
    return html(
        '<details class="campaign"{}><summary><h3>{}{}</h3><span class="chips"><span class="chip {}">{}</span></span>'
        '</summary><div class="inside">{}</div></details>',
        Markup(" open") if outcome.failure else NOTHING,
        bidi(outcome.name),
        and_others(group),
        _KINDS.get(outcome.result, "hold"),
        outcome.result,
        joined(inside),
    )


def _where(outcome: Outcome) -> Markup:
    return html("<code>{}</code> · id <code>{}</code>", bidi(outcome.file), bidi(outcome.id or "-"))

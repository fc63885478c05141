"""The questions of a reviewer and their answers, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from markupsafe import Markup

from reconciler.model.words import count
from reconciler.render import review
from reconciler.render.html.escape import NOTHING, bidi, html, joined

_MOST_NAMED = 6


def section(groups: Iterable[review.Group], day: date, keys: Mapping[str, str], key: str) -> Markup:
    """The questions side by side. `keys` are the ids of the campaigns' cards, by file; `key` begins those in here."""
    cards = [
        html(
            '<section class="answer {kind}" aria-labelledby="{key}{kind}-h"><h2 id="{key}{kind}-h">{question}</h2>'
            "{answer}</section>",
            key=key,
            kind=kind,
            question=question,
            answer=_answer(found, keys),
        )
        for kind, question, found in review.answers(groups, day)
    ]
    return html('<div class="answers">{}</div>', joined(cards))


def _answer(found: review.Found, keys: Mapping[str, str]) -> Markup:
    """The campaigns that answer a question: the first of them, and all that start calls or end for good."""
    if not found:
        return html('<p class="none">No campaign.</p>')
    most = review.named(found, _MOST_NAMED)
    rows = [
        html(
            '<li><a href="#{}">{}</a>{}{}</li>',
            keys[group[0].file],
            bidi(group[0].name),
            review.and_others(group),
            joined(html("<span>{}</span>", _unbroken(one)) for one in told),
        )
        for group, told in found[:most]
    ]
    rest = sum(len(group) for group, _ in found[most:])
    more = html('<p class="rest">and {}, below</p>', count(rest, "more campaign")) if rest else NOTHING
    return html("<ul>{}</ul>{}", joined(rows), more)


def _unbroken(told: str) -> str:
    """Hours such as 09:00-17:00 with a hyphen at which no line ends."""
    return re.sub(r"(?<=:\d\d)-(?=\d\d:)", "\u2011", told)

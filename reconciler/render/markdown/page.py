"""A plan as Markdown for a comment on a pull request or a step summary, always shorter than the limit of the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from reconciler.model.words import count
from reconciler.plan.plan import Plan
from reconciler.render import alike, review, week
from reconciler.render.markdown.card import fold, row
from reconciler.render.markdown.escape import code, cut, prose
from reconciler.render.remarks import holds, left_paused, refused, remarks

# GitHub refuses comments of more than 65,536 characters; how it counts is nowhere said, so a part stays free.
LIMIT = 65_536
_USED = 60_000 / LIMIT
# So much of what is used goes to the table at most; the folds of the first campaigns have the rest.
_TABLE_SHARE = 0.5
_MOST_NAMED = 5
# Campaigns that start calls or end for good are all named, or as many of them as there is space for.
_MOST_LEADING = (10_000, 200, 50, 10, _MOST_NAMED)
_SHORT, _LONG = 100, 400
_ELSEWHERE = "the step summary and the artifact hold all of them"


def render(plan: Plan, *, limit: int = LIMIT, marker: str = "reconciler-plan", lists_unmanaged: bool = False) -> str:
    """A plan: a hidden marker, a line that says it all, the reviewer's questions, a table, a fold per campaign.

    What is not shown, because the whole would be longer than 60,000 of 65,536 parts of `limit` (at least 1,000
    characters), is cut by whole campaigns, and counted. `marker` tells whoever updates the comment which one it is.
    """
    first = _first([plan], marker)
    space = int(limit * _USED) - len(first) - 1
    return f"{first}\n{_plan(plan, '', space, lists_unmanaged=lists_unmanaged)}"


def several(
    plans: Sequence[Plan], *, limit: int = LIMIT, marker: str = "reconciler-plan", lists_unmanaged: bool = False
) -> str:
    """The plans of several environments in one comment: what they come to, and each, the most dangerous first.

    What the harmless ones leave of the space is that of the others.
    """
    ordered = review.ordered_plans(plans)
    head = f"{_first(ordered, marker)}\n### {count(len(plans), 'environment')}: {review.headline(*plans)}\n"
    left = int(limit * _USED) - len(head) - len(_unnamed(len(plans))) - 2
    sections: list[str] = []
    for number, plan in enumerate(reversed(ordered)):
        share = left // (len(plans) - number) - 1
        found = _section(plan, share, lists_unmanaged=lists_unmanaged)
        sections.insert(0, found)
        left -= len(found) + 1
    return "\n".join([head, *filter(None, sections), _unnamed(sections.count(""))]).rstrip("\n")


def _section(plan: Plan, space: int, *, lists_unmanaged: bool) -> str:
    """One environment of several in so much space; its headline alone, or nothing, where that is too little."""
    title = f"{prose(cut(plan.environment, _LONG))}: "
    if plan.failure:
        found = [f"### {title}no plan\n\n- **error:** {prose(cut(plan.failure, _LONG))}\n"]
    else:
        whole = _plan(plan, title, space, lists_unmanaged=lists_unmanaged)
        found = [whole, f"### {title}{_headline(plan)}\n"]
    return next((one for one in found if len(one) <= space), "")


def _unnamed(environments: int) -> str:
    return f"Not shown at all: {count(environments, 'environment')}; {_ELSEWHERE}." if environments else ""


def _first(plans: Iterable[Plan], marker: str) -> str:
    """The marker, what somebody stopped, and what an earlier apply left paused."""
    plans = tuple(plans)
    held = [f"- **{prose(one)}**" for plan in plans for one in holds(plan)]
    found = [left_paused(plan) for plan in plans]
    told = [one for those in found for one in those[:-1]]
    more = [f"and {len(told) - _MOST_NAMED} more"] if len(told) > _MOST_NAMED else []
    way_out = next((those[-1:] for those in found if those), [])
    left = [f"- **{prose(one)}**" for one in (*told[:_MOST_NAMED], *more, *way_out)]
    left = [*held, *left]
    return "\n".join([f"<!-- {re.sub(r'[^A-Za-z0-9]+', '-', marker)} -->", *left, *([""] if left else [])])


def _headline(plan: Plan) -> str:
    return f"{review.headline(plan)} · plan `{review.short_digest(plan)}`"


def _plan(plan: Plan, title: str, space: int, *, lists_unmanaged: bool) -> str:
    """A plan in so much space, under a heading that begins with the title."""
    line = _headline(plan)
    told, parted = review.apart(plan)
    first = [f"- **{prose(one)}**" for one in (*refused(plan), *told)]
    shown = [group for group in alike.groups(parted.campaigns) if not review.is_quiet(group[0])]
    notes = [f"- {prose(remark)}" for remark in remarks(parted, lists_unmanaged=lists_unmanaged)]
    if not shown:
        heading = f"### {title}{line}" if title or first else f"No campaign changes: {line}"
        return "\n".join([heading, *(["", *first, *notes] if first or notes else [])])
    day = week.reference_day(plan.created_at)
    head = "\n".join([f"### {title}{line}", "", *first, *([""] if first else [])])
    for most in _MOST_LEADING:
        answers = "\n".join(["", f"On {code(plan.base_url)}:", "", *_answers(shown, day, most), *notes, ""])
        if len(head) + len(answers) <= space * _TABLE_SHARE:
            head += answers
            break
    return _within(space, head, shown, day)


# Parts


def _within(space: int, head: str, shown: Sequence[review.Group], day: date) -> str:
    """The head, then as many rows and folds as there is space for, and how many are left out.

    Campaigns that change alike have one of each.
    """
    title = "| campaign | changes | direction | pause | file |\n| --- | --- | --- | --- | --- |"
    number = sum(map(len, shown))
    reserve = len(_left_out(number, number)) + 2 * len("\n\n")
    table = _fitting(map(row, shown), int(space * _TABLE_SHARE) - len(head) - len(title))
    rows = "\n".join([title, *(row for row in table if row)])
    folds = _fitting((fold(group, day) for group in shown), space - len(head) - len(rows) - reserve)
    left_out = _left_out(*(_missing(shown, parts) for parts in (folds, table)))
    return "\n".join(filter(None, [head, f"{rows}\n", *folds, left_out]))


def _missing(groups: Sequence[review.Group], parts: Sequence[str]) -> int:
    """How many campaigns have no part that there was space for."""
    return sum(len(group) for group, part in zip(groups, parts, strict=True) if not part)


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


def _answers(groups: Sequence[review.Group], day: date, most_leading: int) -> Iterator[str]:
    """A line for each question of the reviewer: which campaigns, and what of them."""
    for _, question, found in review.answers(groups, day):
        most = min(review.named(found, _MOST_NAMED), most_leading)
        told = [
            code(cut(group[0].name, _SHORT)) + review.and_others(group) + (f" ({prose(whole(words))})" if words else "")
            for group, words in found[:most]
        ]
        rest = sum(len(group) for group, _ in found[most:])
        more = [f"{rest} more"] if rest else []
        yield f"- **{question}:** {', '.join([*told, *more]) or 'none'}"


def whole(words: Sequence[str]) -> str:
    """What is to be said of a campaign, as much as there is space for; nothing is cut in the middle."""
    fitting = list(accumulate(words, lambda before, word: f"{before}; {word}"))
    most = next((one for one in reversed(fitting) if len(one) <= _LONG), cut(fitting[0], _LONG))
    left = len(words) - 1 - fitting.index(most) if most in fitting else len(words) - 1
    return f"{most}; and {left} more, below" if left else most

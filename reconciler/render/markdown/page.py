"""A plan as Markdown for a comment on a pull request or a step summary, always shorter than the limit of the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate

from reconciler.model.words import count
from reconciler.plan.plan import Plan
from reconciler.render import alike, review, week
from reconciler.render.markdown.campaigns import ELSEWHERE, within
from reconciler.render.markdown.escape import code, cut, prose
from reconciler.render.remarks import holds, idle, left_paused, refused, remarks

# GitHub refuses comments of more than 65,536 characters; how it counts is nowhere said, so a part stays free.
LIMIT = 65_536
_USED = 60_000 / LIMIT
# So much of what is used goes to the table at most; the folds of the first campaigns have the rest. What stands before
# the answers, and what is remarked behind them, may not drive them out.
_TABLE_SHARE, _FIRST_SHARE, _NOTES_SHARE = 0.5, 0.15, 0.1
_MOST_NAMED = 5
# Campaigns that start calls or end for good are all named, or as many of them as there is space for.
_MOST_LEADING = (10_000, 200, 50, 10, _MOST_NAMED)
_SHORT, _LONG = 100, 400


def render(plan: Plan, *, limit: int = LIMIT, marker: str = "reconciler-plan", lists_unmanaged: bool = False) -> str:
    """A plan: a hidden marker, a line that says it all, the reviewer's questions, a table, a fold per campaign.

    What is not shown, because the whole would be longer than 60,000 of 65,536 parts of `limit` (at least 1,000
    characters), is cut by whole campaigns, and counted. `marker` tells whoever updates the comment which one it is.
    """
    space = int(limit * _USED)
    first = _first([plan], marker, space)
    space -= len(first) + 1
    return f"{first}\n{_plan(plan, '', space, lists_unmanaged=lists_unmanaged)}"


def several(
    plans: Sequence[Plan], *, limit: int = LIMIT, marker: str = "reconciler-plan", lists_unmanaged: bool = False
) -> str:
    """The plans of several environments in one comment: what they come to, and each, the most dangerous first.

    What the harmless ones leave of the space is that of the others.
    """
    ordered = review.ordered_plans(plans)
    space = int(limit * _USED)
    head = f"{_first(ordered, marker, space)}\n### {count(len(plans), 'environment')}: {review.headline(*plans)}"
    left = space - len(head) - len(_unnamed(len(plans))) - len("\n\n")
    sections: list[str] = []
    for number, plan in enumerate(reversed(ordered)):
        share = left // (len(plans) - number) - len("\n\n")
        found = _section(plan, share, lists_unmanaged=lists_unmanaged).rstrip("\n")
        sections.insert(0, found)
        left -= len(found) + len("\n\n")
    # Behind a fold, which is HTML, only what stands after an empty line is Markdown again.
    return "\n\n".join(filter(None, [head, *sections, _unnamed(sections.count(""))]))


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
    return f"Not shown at all: {count(environments, 'environment')}; {ELSEWHERE}." if environments else ""


def _first(plans: Iterable[Plan], marker: str, space: int) -> str:
    """The marker, what somebody stopped, and what an earlier apply left paused, in a part of the space."""
    plans, each = tuple(plans), int(space * _FIRST_SHARE)
    lines = [*_of_all(map(holds, plans), each), *_of_all(map(left_paused, plans), each)]
    return "\n".join([f"<!-- {re.sub(r'[^A-Za-z0-9]+', '-', marker)} -->", *lines, *([""] if lines else [])])


def _of_all(told: Iterable[list[str]], space: int) -> list[str]:
    """What is told of several plans, the first of it by name; each ends with the same way out, which is told once."""
    found = [[f"- **{prose(one)}**" for one in lines] for lines in told if lines]
    every = [one for lines in found for one in lines[:-1]]
    most = sum(length <= space for length in accumulate(len(line) + 1 for line in every[:_MOST_NAMED]))
    more = [f"- **and {len(every) - most} more**"] if len(every) > most else []
    return [*every[:most], *more, found[0][-1]] if found else []


def _headline(plan: Plan) -> str:
    return f"{review.headline(plan)} · plan `{review.short_digest(plan)}`"


def _plan(plan: Plan, title: str, space: int, *, lists_unmanaged: bool) -> str:
    """A plan in so much space, under a heading that begins with the title."""
    line = _headline(plan)
    told, parted = review.apart(plan)
    first = _some([f"- **{prose(one)}**" for one in (*refused(plan), *told)], int(space * _FIRST_SHARE))
    shown = [group for group in alike.groups(parted.campaigns) if not review.is_quiet(group[0])]
    remarked = [f"- {prose(remark)}" for remark in remarks(parted, lists_unmanaged=lists_unmanaged)]
    notes = _some(remarked, int(space * _NOTES_SHARE))
    tail = _idle(parted, int(space * _NOTES_SHARE))
    if not shown:
        heading = f"### {title}{line}" if title or first else f"No campaign changes: {line}"
        heading += f" · on {code(plan.base_url)}"
        return "\n".join([heading, *(["", *first, *notes] if first or notes else []), *tail])
    space -= sum(len(one) + 1 for one in tail)
    day = week.reference_day(plan.created_at)
    head = "\n".join([f"### {title}{line}", "", *first, *([""] if first else [])])
    for most in _MOST_LEADING:
        answers = "\n".join(["", f"On {code(plan.base_url)}:", "", *_answers(shown, day, most), *notes, ""])
        if len(head) + len(answers) <= space * _TABLE_SHARE:
            head += answers
            break
    return "\n".join([within(space, int(space * _TABLE_SHARE), head, shown, day), *tail])


def _idle(plan: Plan, space: int) -> list[str]:
    """What is worth knowing of campaigns that nothing is done to, in a fold."""
    told = _some([f"- {prose(one)}" for one in idle(plan.campaigns)], space)
    summary = "<summary>Nothing is done here, but it is worth knowing</summary>"
    return ["", f"<details>{summary}", "", *told, "", "</details>"] if told else []


def _some(lines: Sequence[str], space: int) -> list[str]:
    """The lines, or the first of them and how many there are besides."""
    most = sum(length <= space for length in accumulate(len(line) + 1 for line in lines))
    rest = len(lines) - most
    return [*lines[:most], *([f"- and {rest} more; {ELSEWHERE}"] if rest else [])]


def _answers(groups: Sequence[review.Group], day: date, most_leading: int) -> Iterator[str]:
    """The questions of the reviewer, and below each which campaigns, and what of them."""
    for _, question, found in review.answers(groups, day):
        yield f"- **{question}:**" + ("" if found else " none")
        most = min(review.named(found, _MOST_NAMED), most_leading)
        for group, words in found[:most]:
            name = code(cut(group[0].name, _SHORT)) + review.and_others(group)
            yield f"  - {name}" + (f": {prose(whole(words))}" if words else "")
        if rest := sum(len(group) for group, _ in found[most:]):
            yield f"  - {rest} more"


def whole(words: Sequence[str]) -> str:
    """What is to be said of a campaign, as much as there is space for; nothing is cut in the middle."""
    fitting = list(accumulate(words, lambda before, word: f"{before}; {word}"))
    most = next((one for one in reversed(fitting) if len(one) <= _LONG), cut(fitting[0], _LONG))
    left = len(words) - 1 - fitting.index(most) if most in fitting else len(words) - 1
    return f"{most}; and {left} more, below" if left else most

"""What became of campaigns as text for a terminal: each by itself, and all of them in a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.apply.context import recovers
from reconciler.apply.outcome import Outcome, Result
from reconciler.model.words import count
from reconciler.render import words
from reconciler.render.columns import Line, Style, drawn
from reconciler.render.printable import clean

_RESULT_STYLES = {Result.APPLIED: Style.GREEN, Result.FAILED: Style.RED, Result.LEFT_PAUSED: Style.RED}


def outcome_told(outcome: Outcome, *, colour: bool = False, width: int | None = None) -> str:
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


def outcomes_told(
    outcomes: Sequence[Outcome],
    *,
    base_url: str = "",
    is_planned: bool = True,
    colour: bool = False,
    width: int | None = None,
) -> str:
    """The summary of an apply; campaigns that are left paused come last, with the command that heals.

    Where it `is_planned`, the plan was made with requests that are none of these.
    """
    lines: list[Line] = [[(_totals(outcomes, is_planned=is_planned), Style.BOLD)]]
    for result in (Result.FAILED, Result.DEFERRED, Result.NOT_ATTEMPTED):
        style = _RESULT_STYLES.get(result, Style.YELLOW)
        lines += [[(f"{result}: {clean(one.file or one.name)}", style)] for one in outcomes if one.result is result]
    left = [one for one in outcomes if one.result is Result.LEFT_PAUSED]
    if left:
        lines += [[], *([(line, Style.RED)] for line in _left_paused(left, base_url))]
    return drawn(lines, colour=colour, width=width)


def _totals(outcomes: Sequence[Outcome], *, is_planned: bool) -> str:
    results = Counter(one.result for one in outcomes)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    retries = sum(one.retries for one in outcomes)
    paused = sum(one.seconds_paused for one in outcomes)
    requests = count(sum(one.requests for one in outcomes), "request")
    parts = [
        count(len(outcomes), "campaign") + (f": {told}" if told else ""),
        requests
        + (" after planning" if is_planned else "")
        + (f", {retries} of them sent again" if retries else "")
        + (", waiting included" if is_planned and paused else ""),
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

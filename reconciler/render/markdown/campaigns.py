"""The campaigns of a plan as Markdown, in so much space: a row in the table for each, and a fold with everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate

from reconciler.model.words import count
from reconciler.render import review
from reconciler.render.markdown.card import fold, row

ELSEWHERE = "the step summary and the artifact hold all of them"
# Those between the parts that are counted without.
_LINE_BREAKS = 8
_TITLE = "| campaign | changes | direction | pause | file |\n| --- | --- | --- | --- | --- |"


def within(space: int, most_rows: int, head: str, shown: Sequence[review.Group], day: date) -> str:
    """The head, then as many rows and folds as there is space for, and how many are left out.

    Head and rows have `most_rows` of the space. Campaigns that change alike have one row and one fold; those that call
    nobody otherwise than before come last, in a fold of their own.
    """
    first = sum(not review.is_calm(group[0]) for group in shown)
    number = sum(map(len, shown))
    around = len(_TITLE) + (len(_TITLE) + len(_calm(shown, [""], is_open=True)) if first < len(shown) else 0)
    table = _fitting(map(row, shown), most_rows - len(head) - around)
    taken = len(head) + around + sum(len(one) + 1 for one in table if one)
    folds = _folds(shown, day, space - taken - len(_left_out(number, number)) - _LINE_BREAKS)
    parts = [head, *_part(table[:first], folds[:first])]
    if calm := _part(table[first:], folds[first:]):
        parts.append(_calm(shown[first:], calm, is_open=not first))
    left_out = _left_out(*(_missing(shown, found) for found in (folds, table)))
    return "\n".join([*filter(None, parts), *(["", left_out] if left_out else [])])


def _part(table: Sequence[str], folds: Sequence[str]) -> list[str]:
    """The rows under their title, and the folds; empty where there was space for none."""
    rows = [row for row in table if row]
    return [*(["\n".join([_TITLE, *rows, ""])] if rows else []), *(fold for fold in folds if fold)]


def _calm(groups: Sequence[review.Group], parts: Sequence[str], *, is_open: bool) -> str:
    """A fold for campaigns of which nothing has a direction, unfolded where there are no others."""
    head = f"<details{' open' if is_open else ''}><summary><b>{review.calm_in_words(groups)}</b></summary>"
    return "\n".join([head, "", *parts, "</details>"])


def _missing(groups: Sequence[review.Group], parts: Sequence[str]) -> int:
    """How many campaigns have no part that there was space for."""
    return sum(len(group) for group, part in zip(groups, parts, strict=True) if not part)


def _fitting(parts: Iterable[str], space: int) -> list[str]:
    """The parts, empty from the first on that there is no space left for: what comes later is less dangerous."""
    every = list(parts)
    lengths = accumulate(len(part) + 1 for part in every)
    return [part if length <= space else "" for part, length in zip(every, lengths, strict=True)]


def _folds(groups: Iterable[review.Group], day: date, space: int) -> list[str]:
    """The folds of campaigns, empty where there is no space left for them."""
    found = []
    for group in groups:
        found.append(fold(group, day, space - 1))
        space -= len(found[-1]) + 1 if found[-1] else 0
    return found


def _left_out(folds: int, rows: int) -> str:
    if not folds:
        return ""
    of_these = f", {rows} of them not even in the table" if rows else ""
    return f"Not shown in full: {count(folds, 'campaign')}{of_these}; {ELSEWHERE}."

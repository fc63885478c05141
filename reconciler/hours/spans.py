"""Spans of minutes as sets, and the calling windows of a day as spans.

Spans are half-open ranges of minutes, sorted and apart: 09:00-12:00 is (540, 720).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Window: TypeAlias = tuple[str, str]
Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]


def joined(spans: Iterable[Span]) -> Spans:
    """The same minutes as sorted spans that neither overlap nor touch."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Spans, other: Spans) -> Spans:
    """The minutes that are in both; the arguments are sorted and apart, as `joined` makes them."""
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def without(one: Spans, other: Spans) -> Spans:
    """The minutes of the first that are not in the second; the arguments are sorted and apart."""
    if not one:
        return ()
    edges = [one[0][0], *chain.from_iterable(other), one[-1][1]]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return common(one, tuple((start, end) for start, end in gaps if start < end))


def minutes(spans: Iterable[Span]) -> int:
    """How many minutes the spans hold together."""
    return sum(end - start for start, end in spans)


# Windows, canonical HH:MM to HH:MM


def merged(windows: Iterable[Window]) -> Spans:
    """The windows as spans of a day; windows that touch or overlap become one."""
    return joined((_of_day(start), _of_day(end)) for start, end in windows)


def _of_day(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def earliest(windows: Iterable[Window]) -> str | None:
    """The first start of a day, HH:MM; None without windows."""
    return min((start for start, _ in windows), default=None)


def latest(windows: Iterable[Window]) -> str | None:
    """The last end of a day, HH:MM; None without windows."""
    return max((end for _, end in windows), default=None)


def overlaps(windows: Iterable[Window]) -> tuple[tuple[Window, Window], ...]:
    """Each window that overlaps one that starts no later, once, with the one of these that ends last.

    Touching is not overlapping. One pair per window keeps the answer as short as the input.
    """
    ordered = sorted(set(windows))
    found: list[tuple[Window, Window]] = []
    longest = ordered[0] if ordered else ("", "")
    for window in ordered[1:]:
        if window[0] < longest[1]:
            found.append((longest, window))
        longest = max(longest, window, key=lambda one: one[1])
    return tuple(found)

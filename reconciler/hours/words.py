"""Calling hours in words: times, days, windows, lengths."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.hours.spans import Span, Spans, Window

_HOUR, _DAY = 60, 24 * 60
# Fewer days than that are said in hours.
_SHOWN_AS_DAYS = 2

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def clock_time(minute: int) -> str:
    """A minute of the day as HH:MM; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def days_in_words(days: Iterable[int]) -> str:
    """`Mon-Fri`, `Mon, Wed, Fri`, `every day`."""
    ordered = sorted(set(days))
    if len(ordered) == len(DAY_NAMES):
        return "every day"
    firsts = [day for day in ordered if day - 1 not in ordered]
    lasts = [day for day in ordered if day + 1 not in ordered]
    runs = zip((DAY_NAMES[day - 1] for day in firsts), (DAY_NAMES[day - 1] for day in lasts), strict=True)
    return ", ".join(first if first == last else f"{first}-{last}" for first, last in runs) or "no day"


def windows_in_words(windows: Iterable[Window]) -> str:
    """`09:00-12:00, 13:00-17:00`: sorted, each as it was written."""
    return ", ".join(f"{start}-{end}" for start, end in sorted(windows)) or "no hours"


def spans_in_words(spans: Iterable[Span]) -> str:
    """`09:00-12:00, 13:00-17:00`, for spans of one day."""
    return windows_in_words((clock_time(start), clock_time(end)) for start, end in spans)


def week_in_words(week: Sequence[Spans]) -> str:
    """The open hours of a week, days that are alike together: `Mon-Fri 17:00-19:00; Sat 09:00-19:00`."""
    alike: dict[Spans, list[int]] = {}
    for day, spans in enumerate(week, start=1):
        if spans:
            alike.setdefault(spans, []).append(day)
    return "; ".join(f"{days_in_words(days)} {spans_in_words(spans)}" for spans, days in alike.items())


def hours_in_words(length: int) -> str:
    """A length of 0 minutes or more as `40 h`, `37 h 30 min` or `45 min`."""
    hours, rest = divmod(length, 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours else f"{rest} min"


def reach_in_words(length: int) -> str:
    """A length of 0 minutes or more as `10 h`, from two days on as `4 days 23 h`, from a week on as `9 days`."""
    days, rest = divmod(length, _DAY)
    if days < _SHOWN_AS_DAYS:
        return hours_in_words(length)
    hours = rest // _HOUR if days < len(DAY_NAMES) else 0
    return f"{days} days {hours} h" if hours else f"{days} days"

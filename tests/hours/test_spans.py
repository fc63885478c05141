"""Spans are sets of minutes, and the windows of a day are spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from reconciler.hours.spans import (
    Span,
    Spans,
    Window,
    common,
    earliest,
    joined,
    latest,
    merged,
    minutes,
    overlaps,
    without,
)
from tests.support.hours import AS_SETS, SPANS, WINDOW_SETS, held


@given(SPANS)
@AS_SETS
def test_joined_keeps_the_minutes_and_leaves_gaps_between_spans(spans: list[Span]) -> None:
    found = joined(spans)

    assert held(found) == held(spans)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert minutes(found) == len(held(spans))


@given(SPANS, SPANS)
@AS_SETS
def test_common_and_without_are_those_of_sets(one: list[Span], other: list[Span]) -> None:
    ours, theirs = joined(one), joined(other)

    assert held(common(ours, theirs)) == held(one) & held(other)
    assert held(without(ours, theirs)) == held(one) - held(other)


# Windows


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param([("13:00", "17:00"), ("09:00", "12:00")], ((540, 720), (780, 1020)), id="apart"),
        pytest.param([("09:00", "12:00"), ("12:00", "17:00")], ((540, 1020),), id="touching"),
        pytest.param([("09:00", "13:00"), ("12:00", "17:00")], ((540, 1020),), id="overlapping"),
        pytest.param([("09:00", "17:00"), ("10:00", "11:00")], ((540, 1020),), id="one inside the other"),
    ],
)
def test_windows_that_touch_or_overlap_are_merged(windows: list[Window], expected: Spans) -> None:
    assert merged(windows) == expected


def test_earliest_and_latest_are_the_outer_bounds() -> None:
    windows = [("10:00", "18:00"), ("09:30", "12:00")]

    assert (earliest(windows), latest(windows)) == ("09:30", "18:00")


def test_without_windows_there_is_no_earliest_and_no_latest() -> None:
    assert (earliest([]), latest([])) == (None, None)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param([("09:00", "12:00"), ("12:00", "17:00")], (), id="touching"),
        pytest.param([("09:00", "12:00"), ("09:00", "12:00")], (), id="the same twice"),
        pytest.param(
            [("11:00", "17:00"), ("09:00", "12:00")], ((("09:00", "12:00"), ("11:00", "17:00")),), id="unsorted"
        ),
        pytest.param(
            [("09:00", "18:00"), ("10:00", "11:00"), ("12:00", "13:00"), ("19:00", "20:00")],
            ((("09:00", "18:00"), ("10:00", "11:00")), (("09:00", "18:00"), ("12:00", "13:00"))),
            id="two inside one",
        ),
    ],
)
def test_overlaps_name_the_windows(windows: list[Window], expected: tuple[tuple[Window, Window], ...]) -> None:
    assert overlaps(windows) == expected


@given(WINDOW_SETS)
@AS_SETS
def test_overlaps_are_found_if_and_only_if_minutes_are_in_two_windows(windows: frozenset[Window]) -> None:
    alone = sum(minutes(merged([window])) for window in windows)

    assert bool(overlaps(windows)) == (minutes(merged(windows)) < alone)

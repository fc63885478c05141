from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.hours.zones import (
    EPOCH,
    OffsetSpan,
    is_fixed_offset,
    is_known_zone,
    near_zones,
    offset_spans,
    zone,
)
from reconciler.model.errors import ReconcilerError


def minute_of(at: datetime) -> int:
    return int((at - EPOCH).total_seconds()) // 60


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("America/New_York", True),
        ("US/Eastern", True),
        ("UTC", True),
        ("Etc/GMT+5", True),
        ("europe/paris", False),
        ("Europe/Pariss", False),
        ("Factory", False),
        ("localtime", False),
        ("../UTC", False),
        ("", False),
    ],
)
def test_known_zones_are_known_by_their_exact_name(name: str, *, expected: bool) -> None:
    assert is_known_zone(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("europe/paris", ("Europe/Paris",), id="another case"),
        pytest.param("US/eastern", ("US/Eastern",), id="another case of an old name"),
        pytest.param("America/New York", ("America/New_York",), id="a space"),
        pytest.param("America/NewYork", ("America/New_York",), id="a letter missing"),
        pytest.param("Paris", ("Europe/Paris",), id="a city"),
        pytest.param("GMT+2", (), id="an offset, whose sign would be a trap"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_near_zones_are_suggested(name: str, expected: tuple[str, ...]) -> None:
    assert near_zones(name) == expected


def test_no_more_than_three_zones_are_suggested_and_each_is_known() -> None:
    found = near_zones("America/Indiana/Indiana")

    assert 1 < len(found) <= 3
    assert all(is_known_zone(name) for name in found)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Etc/GMT+5", True), ("UTC", True), ("EST", True), ("Europe/Paris", False), ("EST5EDT", False)],
)
def test_names_of_offsets_are_recognized(name: str, *, expected: bool) -> None:
    assert is_fixed_offset(name) == expected


@pytest.mark.parametrize("name", ["Mars/Olympus", "../UTC", "", "Europe", "a\0b"])
def test_what_is_no_zone_is_named(name: str) -> None:
    with pytest.raises(ReconcilerError, match=r"^no such time zone: "):
        zone(name)


def test_offset_spans_are_cut_where_the_clock_changes() -> None:
    start, turn = minute_of(datetime(2026, 3, 1, tzinfo=UTC)), minute_of(datetime(2026, 3, 8, 7, tzinfo=UTC))
    end = turn + 10_000

    assert list(offset_spans(zone("America/New_York"), start, end)) == [
        OffsetSpan(start, turn, -300),
        OffsetSpan(turn, end, -240),
    ]


def test_offset_spans_that_end_where_the_clock_changes_end_there() -> None:
    turn = minute_of(datetime(2026, 3, 8, 7, tzinfo=UTC))

    assert list(offset_spans(zone("America/New_York"), turn - 60, turn)) == [OffsetSpan(turn - 60, turn, -300)]


def test_no_time_has_no_offset_spans() -> None:
    assert list(offset_spans(zone("UTC"), 5, 5)) == []

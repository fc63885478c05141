"""A draft of a calendar from public holidays, which is a calendar as `closed_on` reads it."""

from __future__ import annotations

import datetime
import sys

import pytest

from reconciler.files.calendars import read_calendar
from tests.support.command_line import Desk, desk

__all__ = ["desk"]


def test_a_draft_is_read_as_a_calendar(desk: Desk) -> None:
    pytest.importorskip("holidays", reason="the package holidays is not installed")
    ran = desk.run("calendar", "br-sp", "2027")
    days, problems = read_calendar(ran.out.encode(), "br.yaml")

    assert (ran.code, problems) == (0, ())
    # The revolution of 1932 is a holiday of the state of São Paulo alone.
    assert {datetime.date(2027, 12, 25), datetime.date(2027, 7, 9)} <= {day.first for day in days}
    assert ran.out.startswith("# Public holidays of BR-SP in 2027, as the package holidays ")


@pytest.mark.parametrize("place", ["XX", "BR-XX"])
def test_a_place_that_nobody_knows_is_wrong_usage(desk: Desk, place: str) -> None:
    pytest.importorskip("holidays", reason="the package holidays is not installed")
    ran = desk.run("calendar", place, "2027")

    assert (ran.code, f"knows no {place}" in ran.err, ran.out) == (64, True, "")


def test_without_the_package_it_is_told_how_to_get_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    ran = desk.run("calendar", "BR", "2027")

    assert (ran.code, "reconciler[calendar]" in ran.err) == (64, True)

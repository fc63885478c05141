"""Fields that nobody can verify, at the command line: a new lunch break on an API that shows only the outer bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.sandbox import AnswerShape
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

OPEN = """
    id: c-1
    call_time_ranges:
      - { start: "09:00", end: "17:00" }
"""
LUNCH = """
    id: c-1
    call_time_ranges:
      - { start: "09:00", end: "12:00" }
      - { start: "13:00", end: "17:00" }
"""
BREAK = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A campaign with queued calls, on an API that shows only the outer bounds of its windows."""
    desk.sandbox.settings = replace(desk.sandbox.settings, answers=AnswerShape.parse("legacy"), drain_seconds=0)
    desk.live("c-1", status="active", queued=4, call_time_ranges=[{"start": "09:00", "end": "17:00"}])
    desk.write("campaigns/a.yaml", LUNCH)
    return desk


def windows(desk: Desk) -> object:
    return desk.sandbox.campaign("c-1")["call_time_ranges"]


def test_where_nobody_knows_whether_it_is_new_it_is_put_off_without_a_failure(busy: Desk) -> None:
    ran = busy.run("apply", "--auto-approve")

    assert (ran.code, windows(busy) == BREAK, busy.sandbox.campaign("c-1")["status"]) == (0, False, "active")
    assert "call_time_ranges was put off" in ran.out
    assert "PATCH" not in " ".join(busy.writes)


def test_it_gets_in_all_the_same_where_somebody_forces_it(busy: Desk) -> None:
    ran = busy.run("apply", "--auto-approve", "--force-unverified")

    assert (ran.code, windows(busy), busy.sandbox.campaign("c-1")["status"]) == (0, BREAK, "active")


def test_a_pause_for_it_counts_for_the_limit(busy: Desk) -> None:
    ran = busy.run("apply", "--auto-approve", "--force-unverified", "--max-paused", "0")

    assert (ran.code, busy.writes) == (1, [])
    assert "1 of 1 campaigns may be paused" in ran.err


def test_it_gets_in_by_itself_where_another_value_was_sent_before(busy: Desk) -> None:
    busy.sandbox.put_campaign({"id": "c-1", "queued": 0})
    busy.write("campaigns/a.yaml", LUNCH.replace("12:00", "11:30"))
    busy.run("apply", "--auto-approve")
    busy.sandbox.put_campaign({"id": "c-1", "queued": 4})
    busy.write("campaigns/a.yaml", LUNCH)

    ran = busy.run("apply", "--auto-approve")

    assert (ran.code, windows(busy), busy.sandbox.campaign("c-1")["status"]) == (0, BREAK, "active")
    assert "pausing to change call_time_ranges" in ran.err


def test_what_was_sent_is_not_sent_again(busy: Desk) -> None:
    busy.run("apply", "--auto-approve", "--force-unverified")
    before = len(busy.writes)

    ran = busy.run("apply", "--auto-approve", "--force-unverified")

    assert (ran.code, len(busy.writes)) == (0, before)

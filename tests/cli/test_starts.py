"""Calls start after somebody's yes: typed, in a saved plan, as a digest, or as an option; never by a schedule alone."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import Desk, Ran, desk

__all__ = ["desk"]

AGENT = "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01"
NEW = f"""\
name: Spring sale
campaign_type: sales
agent_id: {AGENT}
start_date: "2027-03-01"
days_of_week: [1, 2, 3]
call_time_ranges:
  - {{start: "09:00", end: "12:00"}}
timezone: Europe/London
status: active
"""


@pytest.fixture
def paused(desk: Desk) -> Desk:
    """A desk with a campaign that somebody paused by hand, and whose file wants it active, with a change besides."""
    desk.live("c-1", status="paused", max_retries=3)
    desk.write("campaigns/c-1.yaml", "id: c-1\nstatus: active\nmax_retries: 2\n")
    return desk


def state(desk: Desk) -> tuple[object, object]:
    campaign = desk.sandbox.campaign("c-1")
    return campaign["status"], campaign["max_retries"]


def told(ran: Ran) -> str:
    return str(ran.json["campaigns"][0]["error"]["message"])


def test_a_pause_made_by_hand_is_not_undone_by_a_schedule_and_all_else_is_done(paused: Desk) -> None:
    ran = paused.run("apply", "--auto-approve", "--format", "json")

    assert (ran.code, state(paused), paused.writes) == (1, ("paused", 2), ["PUT /campaigns/c-1"])
    assert [c["outcome"] for c in ran.json["campaigns"]] == ["deferred"]
    assert [way in told(ran) for way in ("--plan", "--expect", "--allow-start")] == [True] * 3


def test_a_put_off_start_stays_put_off_at_every_run_and_pending_in_the_plan(paused: Desk) -> None:
    codes = [paused.run("apply", "--auto-approve").code for _ in range(2)]
    planned = paused.run("plan", "--detailed-exitcode")

    assert ([*codes, planned.code], state(paused)) == ([1, 1, 2], ("paused", 2))


def test_a_campaign_that_is_created_to_be_active_stays_a_draft(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW)

    ran = desk.run("apply", "--auto-approve")

    spring = [campaign for campaign in desk.sandbox.campaigns().values() if campaign["name"] == "Spring sale"]
    assert (ran.code, [campaign["status"] for campaign in spring]) == (1, ["draft"])
    assert desk.writes == ["POST /campaigns"]


def test_calls_start_with_the_option(paused: Desk) -> None:
    ran = paused.run("apply", "--auto-approve", "--allow-start")

    assert (ran.code, state(paused)) == (0, ("active", 2))


def test_calls_start_with_a_plan_that_was_saved(paused: Desk) -> None:
    paused.run("plan", "--out", "plan.json")

    ran = paused.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (ran.code, state(paused)) == (0, ("active", 2))


def test_calls_start_with_the_digest_of_a_plan_that_was_seen(paused: Desk) -> None:
    digest = paused.run("plan", "--format", "json").json["digest"]

    ran = paused.run("apply", "--auto-approve", "--expect", digest)

    assert (ran.code, state(paused)) == (0, ("active", 2))


@pytest.mark.parametrize(
    ("settings", "options", "code"),
    [
        ("max_started: 0\n", (), 1),
        ("max_started: 0\n", ("--max-started", "1"), 0),
        ("max_started: 1\n", (), 0),
        ("max_started: 1\n", ("--max-started", "0"), 1),
    ],
    ids=["over the file's", "over the file's, passed once", "within the file's", "over the option's"],
)
def test_starts_over_a_limit_are_refused_whoever_said_yes(
    paused: Desk, settings: str, options: tuple[str, ...], code: int
) -> None:
    paused.write("campaigns/_environment.yaml", settings)

    ran = paused.run("apply", "--auto-approve", "--allow-start", *options)

    assert (ran.code, state(paused)) == (code, ("active", 2) if code == 0 else ("paused", 3))
    assert ("pass --max-started 1 once" in ran.err) == bool(code)


def test_a_saved_plan_keeps_the_line_of_the_status(paused: Desk) -> None:
    paused.run("plan", "--out", "plan.json")

    saved = json.loads((paused.folder / "plan.json").read_text())
    shown = paused.run("show", "plan.json", "--format", "github")

    assert saved["campaigns"][0]["status"] == {
        "before": "paused",
        "after": "active",
        "file": "campaigns/c-1.yaml",
        "line": 2,
    }
    assert shown.out.startswith("::warning file=campaigns/c-1.yaml,line=2,")

"""`undo`: one apply is taken back, shown and asked for like any plan, and can be taken back itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.support.command_line import PLENTY, Desk, Ran, desk

__all__ = ["desk"]

FILE = """\
id: c-1
days_of_week: [1, 2]
max_retries: 1
do_not_call_enabled: true
"""
NEW = """\
name: Spring sale
campaign_type: sales
agent_id: 4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01
start_date: "2027-03-01"
days_of_week: [1, 2, 3]
call_time_ranges:
  - {start: "09:00", end: "12:00"}
timezone: Europe/London
status: active
"""


def shown(desk: Desk, campaign: str = "c-1") -> dict[str, Any]:
    """What the sandbox has of a campaign, but for what moves by itself."""
    found = desk.sandbox.campaign(campaign)
    return {name: value for name, value in found.items() if name not in ("updated_at", "calls", "stats")}


def undo(desk: Desk, report: str = "report.json", *options: str) -> Ran:
    return desk.run("undo", report, "--auto-approve", *options)


@pytest.fixture
def applied(desk: Desk) -> Desk:
    """A desk after an apply of three fields, of which the file did not name one before."""
    desk.live("c-1", max_retries=3, do_not_call_enabled=True)
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 3\n")
    desk.write("old/c-1.yaml", "id: c-1\nmax_retries: 3\n")
    desk.run("apply", "--auto-approve")
    desk.write("campaigns/c-1.yaml", FILE)
    desk.run("apply", "--auto-approve", "--report", "report.json")
    return desk


def test_what_was_applied_is_taken_back_and_that_again(applied: Desk) -> None:
    after = shown(applied)

    first = undo(applied, "report.json", "--report", "undone.json")
    before = shown(applied)
    plan = applied.run("plan", "old", "--detailed-exitcode")
    second = undo(applied, "undone.json")

    assert (first.code, before["max_retries"], before["days_of_week"]) == (0, 3, [1, 2, 3, 4, 5])
    assert (plan.code, second.code, shown(applied)) == (0, 0, after)


def test_a_second_undo_finds_nothing_to_do(applied: Desk) -> None:
    undo(applied)
    written = len(applied.writes)

    again = undo(applied)

    assert (again.code, len(applied.writes), "No changes: nothing is put back." in again.out) == (0, written, True)


def test_what_moved_since_is_left_and_told(applied: Desk) -> None:
    applied.live("c-1", **{**shown(applied), "max_retries": 7})

    ended = undo(applied, "report.json", "--report", "undone.json")

    assert (ended.code, shown(applied)["max_retries"], shown(applied)["days_of_week"]) == (1, 7, [1, 2, 3, 4, 5])
    assert "not put back: max_retries was 1 after that run, and is 7 now" in " ".join(ended.out.split())
    report = json.loads((applied.folder / "undone.json").read_text(encoding="utf-8"))
    assert (report["command"], report["campaigns"][0]["result"]) == ("undo", "deferred")


def test_it_says_what_the_files_still_say(applied: Desk) -> None:
    ended = undo(applied)

    assert "revert the commit that was applied so that the files agree" in ended.err
    assert "campaigns/c-1.yaml:3: max_retries: 1, and live is 3" in ended.err

    report = json.loads((applied.folder / "report.json").read_text(encoding="utf-8"))
    applied.write("report.json", json.dumps({**report, "commit": "f00dfeedf00dfeed", "actor": "mona"}))
    applied.run("apply", "--auto-approve")
    ended = undo(applied)
    assert ("git revert f00dfeedf00d" in ended.err, "by mona" in ended.out) == (True, True)


def test_an_agent_that_a_file_names_is_told_by_its_name(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/c-1.yaml", "id: c-1\nagent: Clara, appointment reminders\n")
    desk.run("apply", "--auto-approve", "--report", "report.json")

    ended = undo(desk)

    told = "campaigns/c-1.yaml:2: agent: Clara, appointment reminders, and live is Ava, solar sales ("
    assert (ended.code, shown(desk)["agent_id"], told in ended.err) == (0, "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01", True)


def test_where_the_files_were_reverted_first_they_agree(applied: Desk) -> None:
    applied.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 3\n")

    assert "the files agree with what was put back" in undo(applied).err


def test_it_needs_a_yes(applied: Desk) -> None:
    written = len(applied.writes)

    ended = applied.run("undo", "report.json")

    assert (ended.code, len(applied.writes), "--auto-approve" in ended.err) == (64, written, True)


def test_limits_hold(applied: Desk) -> None:
    written = len(applied.writes)

    ended = undo(applied, "report.json", "--max-loosened", "0")

    assert (ended.code, len(applied.writes), "allows 0" in ended.err) == (1, written, True)


@pytest.mark.parametrize("setting", ["max_attempts_per_week: 2", "max_loosened: 0"])
def test_limits_of_the_files_hold_and_can_be_let_through(applied: Desk, setting: str) -> None:
    applied.write("campaigns/_environment.yaml", f"{setting}\n")

    assert (undo(applied).code, shown(applied)["max_retries"]) == (1, 1)
    assert (undo(applied, "report.json", "--over-limits").code, shown(applied)["max_retries"]) == (0, 3)


def test_a_start_is_put_off_unless_somebody_allows_it(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/c-1.yaml", "id: c-1\nstatus: paused\n")
    desk.run("apply", "--auto-approve", "--report", "report.json")

    put_off = undo(desk)
    assert (put_off.code, shown(desk)["status"]) == (1, "paused")

    allowed = undo(desk, "report.json", "--allow-start")
    assert (allowed.code, shown(desk)["status"], "status: paused, and live is active" in allowed.err) == (
        0,
        "active",
        True,
    )


def test_what_is_held_is_not_started(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/c-1.yaml", "id: c-1\nstatus: paused\n")
    desk.run("apply", "--auto-approve", "--report", "report.json")
    desk.run("stop", "--all", "--reason", "wrong prompt", "--drain-timeout", "0")

    ended = undo(desk, "report.json", "--allow-start")

    assert (shown(desk)["status"], "wrong prompt" in ended.out) == ("paused", True)


@pytest.mark.parametrize(("option", "status"), [((), "paused"), (("--cancel-created",), "cancelled")])
def test_a_campaign_that_was_created_stops(desk: Desk, option: tuple[str, ...], status: str) -> None:
    desk.write("campaigns/new.yaml", NEW)
    report = desk.run("apply", "--auto-approve", "--allow-start", "--report", "report.json", "--format", "json").json

    ended = undo(desk, "report.json", *option)

    assert report["campaigns"][0]["created"] is True
    assert (ended.code, shown(desk, report["campaigns"][0]["id"])["status"]) == (0, status)


def test_queued_calls_are_waited_for_in_a_pause(applied: Desk) -> None:
    applied.live("c-1", **{**shown(applied), "queued": 3})

    ended = undo(applied, "report.json", "--report", "undone.json")

    report = json.loads((applied.folder / "undone.json").read_text(encoding="utf-8"))
    assert (ended.code, shown(applied)["status"], report["campaigns"][0]["seconds_paused"] > 0) == (0, "active", True)


def test_a_campaign_that_is_gone_is_told(applied: Desk) -> None:
    report = json.loads((applied.folder / "report.json").read_text(encoding="utf-8"))
    report["campaigns"][0]["id"] = "gone"
    applied.write("report.json", json.dumps(report))

    ended = undo(applied)

    assert (ended.code, "no campaign has the id gone" in ended.out) == (1, True)


# Which report


def test_a_report_of_another_host_is_refused(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(settings=PLENTY) as other:
        monkeypatch.setenv("TALKOVER_BASE_URL", other.base_url)
        ended = undo(applied)

        assert (ended.code, list(other.requests), "is of http" in ended.err) == (1, [], True)


def test_a_report_of_another_token_is_refused(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    written = len(applied.writes)
    monkeypatch.setenv("TALKOVER_TOKEN", "talq_another")

    ended = undo(applied)

    assert (ended.code, len(applied.writes), "another token" in ended.err) == (1, written, True)


def test_an_environment_of_its_own_is_found_by_its_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1", max_retries=3)
    desk.write("campaigns/_environment.yaml", f"base_url: {desk.sandbox.base_url}\nmax_changes: 1\n")
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 1\n")
    monkeypatch.delenv("TALKOVER_BASE_URL")
    desk.run("apply", "--auto-approve", "--report", "report.json")

    assert (undo(desk).code, shown(desk)["max_retries"]) == (0, 3)


def test_several_environments_go_back_each_on_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1", max_retries=3)
    with Sandbox(settings=PLENTY) as other:
        other.put_campaign({**shown(desk), "id": "c-2"})
        desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 1\n")
        monkeypatch.setenv("TALKOVER_HOSTS", "127.0.0.1")
        desk.write("campaigns/two/_environment.yaml", f"base_url: {other.base_url}\n")
        desk.write("campaigns/two/c-2.yaml", "id: c-2\nmax_retries: 1\n")
        desk.run("apply", "--auto-approve", "--report", "report.json")

        ended = undo(desk)

        assert (ended.code, shown(desk)["max_retries"]) == (0, 3)
        assert other.campaign("c-2")["max_retries"] == 3


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        pytest.param("{", 1, "is no report of an apply", id="no JSON"),
        pytest.param('{"format_version": "1.0", "reports": []}', 0, "did nothing", id="nothing was done"),
    ],
)
def test_what_cannot_be_undone_is_told(desk: Desk, text: str, code: int, told: str) -> None:
    desk.write("report.json", text)

    ended = undo(desk)

    assert (ended.code, told in ended.err) == (code, True)


def test_what_cannot_be_read_now_is_told_and_nothing_is_written(applied: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    report = json.loads((applied.folder / "report.json").read_text(encoding="utf-8"))
    applied.write("report.json", json.dumps({**report, "key_name": None}))
    written = len(applied.writes)

    monkeypatch.setenv("TALKOVER_TOKEN", "talq_wrong")
    ended = undo(applied)

    assert (ended.code, len(applied.writes), "401" in ended.err) == (1, written, True)

"""Agents by their names: in plans, saved plans, branches, and files that are imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sandbox.sample_data import AGENT_REMINDER, AGENT_SALES
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

AVA, CLARA = "Ava, solar sales", "Clara, appointment reminders"


def asked_for_agents(desk: Desk) -> list[str]:
    return [request.call for request in desk.sandbox.requests if "/agents" in request.call]


def test_a_name_is_in_sync_with_its_id_and_the_list_is_read_once(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", f"id: c-1\nagent: {AVA}\n")
    desk.write("campaigns/b.yaml", f"id: c-2\nagent: {AVA}\n")

    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert len(asked_for_agents(desk)) == 1


def test_a_change_of_agents_shows_names_and_sends_the_id(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", f"id: c-1\nmax_retries: 3\nagent: {CLARA}\n")

    (change,) = desk.run("plan", "--format", "json").json["campaigns"][0]["changes"]
    assert change == {
        "field": "agent_id",
        "before": AGENT_SALES,
        "after": AGENT_REMINDER,
        "file": "campaigns/a.yaml",
        "line": 3,
        "direction": None,
        "names": {"before": AVA, "after": CLARA},
    }
    assert f"{CLARA} ({AGENT_REMINDER})" in " ".join(desk.run("plan").out.split())
    assert desk.run("apply", "--auto-approve").code == 0
    assert desk.sandbox.campaigns()["c-1"]["agent_id"] == AGENT_REMINDER


def test_an_agent_by_its_id_is_shown_by_its_name(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", f"id: c-1\nagent_id: {AGENT_REMINDER}\n")

    assert f"{CLARA} ({AGENT_REMINDER})" in desk.run("plan", "--format", "markdown").out


def test_a_name_that_nobody_has_is_an_error_at_its_place(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/_part.yaml", "max_retries: 2\nagent: Ava, solar sale\n")
    desk.write("campaigns/a.yaml", "id: c-1\nfrom: _part.yaml\n")
    desk.write("campaigns/b.yaml", f"id: c-2\nagent: {AVA}\nmax_retries: 2\n")

    ran = desk.run("plan", "--format", "json")
    (broken, fine) = ran.json["campaigns"]
    assert broken["errors"] == [
        f"campaigns/_part.yaml:2:8: no agent is called 'Ava, solar sale' in this environment: did you mean {AVA!r}?"
    ]
    assert (ran.code, broken["action"], fine["action"]) == (1, "error", "update")
    assert desk.run("apply", "--auto-approve").code == 1
    assert (desk.sandbox.campaigns()["c-1"]["max_retries"], desk.sandbox.campaigns()["c-2"]["max_retries"]) == (3, 2)


def test_both_keys_in_one_file_are_a_problem_and_otherwise_the_nearer_wins(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/_defaults.yaml", f"agent: {CLARA}\n")
    desk.write("campaigns/a.yaml", f"id: c-1\nagent_id: {AGENT_SALES}\n")
    assert desk.run("plan", "--detailed-exitcode").code == 0

    desk.write("campaigns/a.yaml", f"id: c-1\nagent_id: {AGENT_SALES}\nagent: {AVA}\n")
    assert desk.run("validate").out.splitlines()[0] == (
        "campaigns/a.yaml:3:1: agent: says the same as agent_id, by name: keep one of them"
    )


def test_a_saved_plan_is_stale_where_a_name_means_another_agent_by_now(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", f"id: c-1\nagent: {CLARA}\n")
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert f"{CLARA} ({AGENT_REMINDER})" in " ".join(desk.run("show", "plan.json").out.split())

    published = {"current_status": "published", "direction": "outbound"}
    desk.sandbox.put_agent({"id": AGENT_REMINDER, "name": "Old Clara", **published})
    desk.sandbox.put_agent({"id": "a-new", "name": CLARA, **published})

    ran = desk.run("apply", "--plan", "plan.json", "--auto-approve")
    assert (ran.code, desk.writes) == (4, [])


def test_a_campaign_is_created_with_an_agent_by_name(desk: Desk) -> None:
    desk.write(
        "campaigns/a.yaml",
        f"""\
        name: New
        campaign_type: sales
        agent: {AVA}
        start_date: "2027-01-04"
        days_of_week: [1]
        call_time_ranges: [{{start: "10:00", end: "11:00"}}]
        timezone: America/New_York
        do_not_call_enabled: true
        """,
    )

    assert desk.run("apply", "--auto-approve").code == 0
    (made,) = desk.sandbox.campaigns().values()
    assert made["agent_id"] == AGENT_SALES


def test_import_writes_names_and_the_plan_is_empty(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.live("c-2", name="Two", agent_id="a-twin")
    for agent in ("a-twin", "a-other"):
        desk.sandbox.put_agent({"id": agent, "name": "Twin", "current_status": "published", "direction": "outbound"})

    ran = desk.run("import", "--agents-by-name", "--check")
    assert ran.code == 0
    assert "2 agents are called 'Twin' in this environment" in ran.err
    assert f'agent: "{AVA}"\n' in Path("campaigns/one.yaml").read_text(encoding="utf-8")
    assert 'agent_id: "a-twin"' in Path("campaigns/two.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", [["--check"], []])
def test_pull_knows_agents_by_name(check: list[str], desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", f"id: c-1\nagent: {AVA}\n")

    assert desk.run("pull", *check).code == 0
    assert Path("campaigns/a.yaml").read_text(encoding="utf-8") == f"id: c-1\nagent: {AVA}\n"

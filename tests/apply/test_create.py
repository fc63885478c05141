"""Campaigns are created from files without an id: once, whatever is lost."""

from __future__ import annotations

import pytest

from reconciler.sandbox import FaultRule
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

AGENT = "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01"
UNPUBLISHED = "73d9e1c8-b64f-4a02-8c35-2e9f7d0a6b06"
NEW = f"""\
name: Spring sale
campaign_type: sales
agent_id: {AGENT}
start_date: "2027-03-01"
days_of_week: [1, 2, 3]
call_time_ranges:
  - {{start: "09:00", end: "12:00"}}
timezone: Europe/London
max_retries: 2
do_not_call_enabled: true
"""


def created(desk: Desk) -> list[dict[str, object]]:
    return [dict(campaign) for campaign in desk.sandbox.campaigns().values() if campaign["name"] == "Spring sale"]


def test_a_file_without_id_whose_name_nobody_bears_is_created_as_a_draft(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW)

    planned = desk.run("plan", "--format", "json", "--detailed-exitcode")
    applied = desk.run("apply", "--auto-approve")
    again = desk.run("plan", "--detailed-exitcode")

    assert (planned.code, applied.code, again.code) == (2, 0, 0)
    assert [(c["action"], len(c["changes"]), c["status"]) for c in planned.json["campaigns"]] == [("create", 9, None)]
    assert [(c["status"], c["max_retries"]) for c in created(desk)] == [("draft", 2)]
    assert desk.writes == ["POST /campaigns"]


def test_the_status_comes_after_the_creation(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW + "status: active\n")

    applied = desk.run("apply", "--auto-approve", "--allow-start")

    assert applied.code == 0
    assert [c["status"] for c in created(desk)] == ["active"]
    assert [call.partition(" ")[0] for call in desk.writes] == ["POST", "PATCH"]


@pytest.mark.parametrize("status", ["paused", "completed"])
def test_a_status_that_a_draft_cannot_take_is_an_error(desk: Desk, status: str) -> None:
    desk.write("campaigns/new.yaml", f"{NEW}status: {status}\n")

    applied = desk.run("apply", "--auto-approve")

    assert (applied.code, desk.writes) == (1, [])
    assert f"a campaign is created as draft, from where it may become active or cancelled, not {status}" in " ".join(
        applied.out.split()
    )


def test_what_the_api_requires_and_is_missing_is_told_before_anything_is_sent(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", "name: Spring sale\nmax_retries: 2\n")

    planned = desk.run("plan", "--format", "json")

    assert planned.code == 1
    missing = "campaign_type, agent_id, start_date, days_of_week, call_time_ranges, timezone"
    told = f"the API requires {missing} to create a campaign: add what is missing"
    assert planned.json["campaigns"][0]["errors"] == [f"{told}, or the id if the campaign is there already"]


def test_an_agent_that_is_not_there_is_an_error(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW.replace(AGENT, "nobody"))

    assert desk.run("plan", "--format", "json").json["campaigns"][0]["errors"] == [
        "campaigns/new.yaml:3:1: agent_id: no agent has the id nobody in this environment (HTTP 404)"
    ]


def test_an_agent_that_is_not_published_is_a_notice(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW.replace(AGENT, UNPUBLISHED))

    planned = desk.run("plan", "--format", "json")

    line = f"campaigns/new.yaml:3:1: agent_id: agent {UNPUBLISHED}"
    assert (planned.code, planned.json["campaigns"][0]["notices"]) == (
        0,
        [f"{line} is draft, not published", f"{line} is inbound: it takes calls, and makes none"],
    )


def test_a_name_that_several_bear_is_an_error_that_lists_their_ids(desk: Desk) -> None:
    desk.live("c-1", name="Spring sale")
    desk.live("c-2", name="Spring sale")
    desk.write("campaigns/new.yaml", NEW)

    planned = desk.run("plan", "--format", "json")

    assert planned.code == 1
    assert planned.json["campaigns"][0]["errors"] == [
        "2 live campaigns are named 'Spring sale' (c-1, c-2): add the right id to the file"
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("fault", ["lost", "500", "429:0.01"])
def test_it_is_created_once_whatever_is_lost(desk: Desk, fault: str) -> None:
    desk.write("campaigns/new.yaml", NEW + "status: active\n")
    desk.sandbox.fault = FaultRule.parse(f"POST:{fault}@1")

    desk.run("apply", "--auto-approve", "--allow-start")
    again = desk.run("apply", "--auto-approve", "--allow-start")
    third = desk.run("plan", "--detailed-exitcode")

    assert (again.code, third.code) == (0, 0)
    assert [c["status"] for c in created(desk)] == ["active"]


def test_after_a_lost_answer_it_is_looked_up_by_name_before_anything_else_is_sent(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW)
    desk.sandbox.fault = FaultRule.parse("POST:lost@1")

    applied = desk.run("apply", "--auto-approve", "--format", "json")

    assert applied.code == 0
    assert desk.writes == ["POST /campaigns"]
    assert applied.json["campaigns"][0]["outcome"] == "applied"


def test_a_changed_name_names_the_live_campaign_that_has_no_file_any_more(desk: Desk) -> None:
    desk.live("c-1", name="Spring sales")
    desk.write("campaigns/new.yaml", NEW)

    planned = desk.run("plan", "--format", "json").json

    told = "live campaign 'Spring sales' (id c-1) has no file: if this is its new name, put its id into the file"
    assert planned["campaigns"][0]["notices"] == [f"{told} (`reconciler pin` does that before a rename)"]


def test_the_ids_of_created_campaigns_are_written_into_their_files(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", "# why: spring\n" + NEW)

    applied = desk.run("apply", "--auto-approve", "--pin")

    assert applied.code == 0
    identifier = created(desk)[0]["id"]
    assert (desk.folder / "campaigns/new.yaml").read_text() == f"# why: spring\nid: {identifier}\n{NEW}"


@pytest.mark.parametrize("said", ["", "do_not_call_enabled: false\n"], ids=["nothing said", "off"])
def test_a_creation_without_a_do_not_call_list_is_told_and_marked(desk: Desk, said: str) -> None:
    desk.write("campaigns/new.yaml", NEW.replace("do_not_call_enabled: true\n", said))

    planned = desk.run("plan", "--format", "json").json
    campaign = planned["campaigns"][0]

    way_out = "(on with `do_not_call_enabled: true`)"
    assert campaign["notices"] == [
        f"it is created with do_not_call_enabled off: whoever is on a do-not-call list is called {way_out}"
    ]
    marked = [change["field"] for change in campaign["changes"] if change["direction"]]
    assert (marked, planned["summary"]["loosened"]) == ((["do_not_call_enabled"], 1) if said else ([], 0))


def test_nothing_in_the_tool_deletes(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/new.yaml", NEW)
    desk.run("apply", "--auto-approve")
    (desk.folder / "campaigns/new.yaml").write_text("name: Other\nid: c-1\n")

    applied = desk.run("apply", "--auto-approve")

    assert applied.code == 0
    assert not [call for call in desk.writes if call.startswith("DELETE")]
    assert len(created(desk)) == 1

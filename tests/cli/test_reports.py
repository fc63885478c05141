"""The report of a run is its audit record: what was changed, by whom, and where, whatever became of it."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.option_groups import ReportOptions
from reconciler.cli.report import EnvironmentRun, ReportFile
from reconciler.model.fields import schema_folder
from reconciler.sandbox import FaultRule
from tests.support.command_line import Desk, desk
from tests.support.plan_schema import broken_rules

__all__ = ["desk"]

VALIDATOR = Draft202012Validator(json.loads((schema_folder() / "report.schema.json").read_text(encoding="utf-8")))
NUMBER = "+12025550147"
FILE = f"""\
id: c-1
status: paused
max_retries: 2
do_not_call_custom_list: ["{NUMBER}"]
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


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A desk with an active campaign, of which the file wants three things otherwise."""
    desk.live("c-1", status="active", max_retries=3, do_not_call_custom_list=[], do_not_call_list_source="custom")
    desk.write("campaigns/c-1.yaml", FILE)
    return desk


def applied(desk: Desk, *options: str) -> dict[str, Any]:
    """The report that an apply writes, which keeps to its schema and shows nobody's number."""
    desk.run("apply", "--auto-approve", "--report", "report.json", *options)
    text = (desk.folder / "report.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert NUMBER not in text
    return document


def moved(campaign: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """What was changed, but for people's numbers."""
    return {c["field"]: (c["before"], c["after"]) for c in campaign["changes"] if "custom_list" not in c["field"]}


def test_a_report_says_what_was_changed_from_what_to_what(one: Desk) -> None:
    campaign = applied(one)["campaigns"][0]

    assert (campaign["result"], moved(campaign)) == ("applied", {"max_retries": (3, 2)})
    assert campaign["status"] == {"before": "active", "after": "paused", "file": "campaigns/c-1.yaml", "line": 2}
    assert {c["field"]: c["direction"] for c in campaign["changes"]} == {
        "max_retries": "tightens",
        "do_not_call_custom_list": "tightens",
    }


def test_people_are_counted_and_hashed_in_a_report_as_in_the_plan(one: Desk) -> None:
    planned = one.run("plan", "--format", "json").json["campaigns"][0]["changes"]

    changes = applied(one)["campaigns"][0]["changes"]

    of_people = [change for change in changes if change["field"] == "do_not_call_custom_list"]
    assert of_people == [change for change in planned if change["field"] == "do_not_call_custom_list"]
    assert len(of_people[0]["after"]["hash"]) == len("0f" * 32)


def test_what_the_api_refused_is_not_among_the_changes(one: Desk) -> None:
    one.sandbox.fault = FaultRule.parse("PUT:422")

    campaign = applied(one)["campaigns"][0]

    assert (campaign["result"], moved(campaign)) == ("failed", {})


def test_a_pause_of_ours_is_no_change_of_status_and_an_end_that_comes_out_of_it_is(desk: Desk) -> None:
    for campaign, status in (("c-1", "active"), ("c-2", "completed")):
        desk.live(campaign, status="active", queued=2)
        desk.write(f"campaigns/{campaign}.yaml", f"id: {campaign}\nstatus: {status}\ndays_of_week: [1]\n")

    kept, ended = applied(desk)["campaigns"]

    assert ([one["result"] for one in (kept, ended)], kept["status"]) == (["applied", "applied"], None)
    assert (ended["status"]["before"], ended["status"]["after"]) == ("active", "completed")
    assert min(kept["seconds_paused"], ended["seconds_paused"]) > 0


def test_a_creation_is_a_change_of_every_field_and_a_start_that_was_put_off_is_none(desk: Desk) -> None:
    desk.write("campaigns/new.yaml", NEW)

    campaign = applied(desk)["campaigns"][0]

    assert (campaign["result"], campaign["status"], len(campaign["changes"])) == ("deferred", None, 7)
    assert {before for before, _ in moved(campaign).values()} == {None}


def test_a_report_says_for_whom_it_ran_and_where(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SHA": "f00d",
        "GITHUB_REF_NAME": "main",
        "GITHUB_ACTOR": "mona",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/calls",
        "GITHUB_RUN_ID": "7",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    digest = one.run("plan", "--format", "json").json["digest"]

    report = applied(one)

    assert {key: report[key] for key in ("digest", "commit", "branch", "actor", "run_url")} == {
        "digest": digest,
        "commit": "f00d",
        "branch": "main",
        "actor": "mona",
        "run_url": "https://github.example/acme/calls/actions/runs/7",
    }


def test_a_run_that_the_machine_kills_leaves_a_report_that_says_it_has_no_end(tmp_path: Path) -> None:
    began, hosts = "2027-01-04T09:00:00+00:00", ["https://a.example/api/v1", "https://b.example/api/v1"]
    for base_urls in (hosts[:1], hosts):
        runs = [EnvironmentRun(base_url, began) for base_url in base_urls]
        with ReportFile(ReportOptions(form="text", report=tmp_path / "report.json"), "apply") as report:
            report.begin(runs.copy)

        document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []
        reports = document.get("reports", [document])
        assert [(one["base_url"], one["started_at"], one["finished_at"], one["exit_code"]) for one in reports] == [
            (base_url, began, None, None) for base_url in base_urls
        ]


def test_while_it_is_carried_out_the_report_says_where(one: Desk) -> None:
    found = []

    def seen(*_: object) -> None:
        found.append(json.loads((one.folder / "report.json").read_text(encoding="utf-8")))

    one.sandbox.fault = seen
    one.run("apply", "--auto-approve", "--report", "report.json")

    assert {(report["base_url"], report["finished_at"]) for report in found} == {(one.sandbox.base_url, None)}


@pytest.mark.parametrize("command", [("apply", "--auto-approve"), ("recover",)], ids=["apply", "recover"])
def test_a_damaged_journal_leaves_the_report_of_an_earlier_run_as_it_is(one: Desk, command: tuple[str, ...]) -> None:
    one.write(".reconciler/journal.json", "{")
    one.write("report.json", "the report of an earlier run")

    ended = one.run(*command, "--report", "report.json")

    assert (ended.code, (one.folder / "report.json").read_text()) == (1, "the report of an earlier run")


@pytest.mark.parametrize(
    ("options", "approval"),
    [
        pytest.param(("--auto-approve",), "not asked", id="nobody was asked"),
        pytest.param(("--auto-approve", "--expect", "DIGEST"), "digest", id="a digest"),
        pytest.param(("--auto-approve", "--plan", "plan.json"), "saved plan", id="a saved plan"),
        pytest.param((), None, id="nothing to approve"),
    ],
)
def test_a_report_says_how_somebody_said_yes(one: Desk, options: tuple[str, ...], approval: str | None) -> None:
    digest = one.run("plan", "--out", "plan.json", "--format", "json").json["digest"]
    if not options:
        one.write("campaigns/c-1.yaml", "id: c-1\n")

    one.run("apply", "--report", "report.json", *(digest if option == "DIGEST" else option for option in options))

    report = json.loads((one.folder / "report.json").read_text(encoding="utf-8"))
    assert (report["command"], report["approval"], report["token_env"]) == ("apply", approval, "TALKOVER_TOKEN")
    assert re.fullmatch("[0-9a-f]{64}", report["key_name"])


def test_a_report_that_goes_to_a_pipe_is_written_once(one: Desk) -> None:
    os.mkfifo(one.folder / "pipe")
    reader = os.open(one.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        one.run("apply", "--auto-approve", "--report", "pipe")
        document = json.loads(os.read(reader, 65536))
    finally:
        os.close(reader)

    assert [campaign["result"] for campaign in document["campaigns"]] == ["applied"]


def test_a_recover_that_finds_nothing_leaves_a_report_of_nothing(desk: Desk) -> None:
    ran = desk.run("recover", "--report", "report.json")

    document = json.loads((desk.folder / "report.json").read_text(encoding="utf-8"))
    assert (ran.code, document["reports"]) == (0, [])
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


def test_what_is_resumed_is_in_the_report_while_the_rest_is_under_way(desk: Desk) -> None:
    rows = []
    for campaign in ("c-1", "c-2"):
        desk.live(campaign, status="paused")
        rows.append({"campaign": campaign, "base_url": desk.sandbox.base_url, "status_before": "active", "at": ""})
    desk.write(
        ".reconciler/journal.json",
        json.dumps({"version": 1, "paused": [{**row, "reason": "", "token_env": "TALKOVER_TOKEN"} for row in rows]}),
    )
    found: list[list[str]] = []

    def seen(_number: int, _method: str, path: str) -> None:
        """What the file says at each request for the second campaign, once it has had the time to say something."""
        if "c-2" in path:
            until = time.monotonic() + 5
            while not (ids := _resumed(desk)) and time.monotonic() < until:
                time.sleep(0.002)
            found.append(ids)

    desk.sandbox.fault = seen
    desk.run("recover", "--report", "report.json", "--concurrency", "1")

    assert (found[0], _resumed(desk)) == (["c-1"], ["c-1", "c-2"])


def _resumed(desk: Desk) -> list[str]:
    """The campaigns that the report tells of."""
    document = json.loads((desk.folder / "report.json").read_text(encoding="utf-8"))
    return [one["id"] for report in document.get("reports", [document]) for one in report["campaigns"]]


def test_plans_keep_to_their_schema(one: Desk) -> None:
    one.write("campaigns/new.yaml", NEW)
    one.write("campaigns/gone.yaml", "id: gone\nmax_retries: 1\n")

    document = one.run("plan", "--format", "json").json

    assert broken_rules(document) == []
    assert [(c["action"], c["starts"], c["final"]) for c in document["campaigns"]] == [
        ("update", False, False),
        ("error", False, False),
        ("create", True, False),
    ]

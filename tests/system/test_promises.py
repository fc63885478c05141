"""What the README promises is tried as somebody at a terminal would: each promise has a test of its own here."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, FaultRule
from tests.support.command_line import PLENTY, Desk, desk

__all__ = ["desk"]

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PROMISED = re.findall(r"(?m)^- (.+)$", README.partition("## Promises\n")[2].partition("\n## ")[0])
NUMBERS = ["+15551230001", "+15551230002"]
LISTED = {"do_not_call_enabled": True, "do_not_call_list_source": "custom", "do_not_call_custom_list": NUMBERS}
MANAGED = "id: c-1\nname: Campaign c-1\nmax_retries: 2\ntimezone: America/New_York\ndays_of_week: [5, 4, 3, 2, 1]\n"
ONE_MORE = 'id: c-1\ndo_not_call_custom_list: ["+15551230003"]\n'


def test_only_differences_are_sent(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", MANAGED)

    assert desk.run("apply", "--auto-approve").code == 0
    assert [(write.call, write.body) for write in desk.sandbox.writes] == [("PUT /campaigns/c-1", {"max_retries": 2})]
    assert desk.run("apply", "--auto-approve").code == 0
    assert len(desk.writes) == 1


@pytest.mark.parametrize("text", ["id: c-1\nstatus: active\n", "name: New\nstatus: active\n"], ids=["paused", "new"])
def test_nothing_starts_calling_without_a_yes(desk: Desk, text: str) -> None:
    desk.live("c-1", status="paused")
    fields = "campaign_type: sales\nagent_id: 4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01\nstart_date: '2027-01-04'\n"
    hours = "days_of_week: [1]\ncall_time_ranges: [{start: '09:00', end: '17:00'}]\ntimezone: America/New_York\n"
    desk.write("campaigns/a.yaml", text if "id:" in text else text + fields + hours)

    unattended = desk.run("apply", "--auto-approve")
    assert (unattended.code, "--allow-start" in unattended.out + unattended.err) == (1, True)
    assert not any("status" in call for call in desk.writes)
    assert desk.run("apply", "--auto-approve", "--allow-start").code == 0
    assert any(write.body == {"status": "active"} for write in desk.sandbox.writes)


@pytest.mark.thorough
@pytest.mark.parametrize("fault", ["PUT:500-after@2", "PUT:lost@2-", "PUT:404@2-", "PUT:503-html@2-4"])
def test_what_we_paused_is_resumed(desk: Desk, fault: str) -> None:
    desk.sandbox.settings = replace(PLENTY, faults=(FaultRule.parse(fault),))
    desk.live("c-1", queued=3)
    desk.write("campaigns/a.yaml", "id: c-1\ntimezone: America/Chicago\n")

    desk.run("apply", "--auto-approve", "--drain-timeout", "1", "--timeout", "1")

    assert "PATCH /campaigns/c-1/status" in desk.writes
    assert desk.sandbox.campaign("c-1")["status"] == "active"


def test_no_number_goes_without_leave(desk: Desk) -> None:
    desk.live("c-1", **LISTED)
    desk.write("campaigns/a.yaml", ONE_MORE)

    assert desk.run("apply", "--auto-approve").code == 0
    assert {*desk.sandbox.campaign("c-1")["do_not_call_custom_list"]} == {*NUMBERS, "+15551230003"}


@pytest.mark.parametrize("how", ["--allow-dnc-removals", "do_not_call: replace"])
def test_with_leave_they_go(desk: Desk, how: str) -> None:
    desk.live("c-1", **LISTED)
    desk.write("campaigns/a.yaml", ONE_MORE)
    options = [how] if how.startswith("--") else []
    if not options:
        desk.write("campaigns/_environment.yaml", how)

    assert desk.run("apply", "--auto-approve", *options).code == 0
    assert desk.sandbox.campaign("c-1")["do_not_call_custom_list"] == ["+15551230003"]


def test_neither_the_token_nor_a_number_is_printed_or_kept(desk: Desk) -> None:
    desk.live("c-1", **LISTED)
    desk.write("campaigns/a.yaml", ONE_MORE)
    said = [
        desk.run("plan", "--format", form, "--out", "plan.json", "--log", "log.jsonl")
        for form in ("text", "json", "markdown", "html", "github")
    ]
    said.append(desk.run("apply", "--auto-approve", "--report", "report.json", "--log", "log.jsonl"))
    kept = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and "campaigns" not in path.parts]

    assert all(ran.code == 0 for ran in said)
    assert len(kept) > len(["plan.json", "report.json", "log.jsonl"])
    for secret in (SANDBOX_TOKEN, *(number[1:] for number in [*NUMBERS, "+15551230003"])):
        assert not any(secret in ran.out + ran.err for ran in said)
        assert not any(secret.encode() in content for content in kept)


def test_the_token_goes_to_no_host_that_only_a_file_names(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKOVER_BASE_URL")
    desk.write("campaigns/_environment.yaml", "base_url: https://calls.example.com/api/v1\n")
    desk.write("campaigns/a.yaml", ONE_MORE)
    ran = desk.run("plan")

    assert (ran.code, "TALKOVER_HOSTS" in ran.err) == (64, True)


HELD = {
    "Only differences are sent.": test_only_differences_are_sent,
    "Nothing starts calling without a yes.": test_nothing_starts_calling_without_a_yes,
    "What we paused is resumed": test_what_we_paused_is_resumed,
    "No do-not-call number goes without `--allow-dnc-removals` or `do_not_call: replace`.": test_with_leave_they_go,
    "The token goes to the API alone": test_the_token_goes_to_no_host_that_only_a_file_names,
}


def test_every_promise_has_a_test() -> None:
    assert [one for one in PROMISED if not one.startswith(tuple(HELD))] == []
    assert len(PROMISED) == len(HELD)

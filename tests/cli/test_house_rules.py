"""House rules over campaign files and plans, as commands tell and heed them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.house_rules import context
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

CAREFUL = {
    "properties": {
        "max_retries": {"maximum": 3, "x-message": "retries at most 3"},
        "retry_cooldown_hours": {"minimum": 24, "x-message": "at least 24 h apart", "x-severity": "warn"},
    }
}
NO_START = {
    "if": {"properties": {"context": {"properties": {"weekday": {"const": "Friday"}}}}},
    "then": {"properties": {"summary": {"properties": {"started": {"const": 0, "x-message": "not on a Friday"}}}}},
}


def rules(desk: Desk, key: str, schema: dict[str, Any]) -> None:
    desk.write("policies/house.schema.json", json.dumps(schema))
    desk.write("campaigns/production/_environment.yaml", f"{key}: [../../policies/house.schema.json]\n")


def test_a_campaign_that_breaks_a_house_rule_is_refused_by_every_command(desk: Desk) -> None:
    rules(desk, "policies", CAREFUL)
    desk.write("campaigns/production/_defaults.yaml", "max_retries: 5\n")
    desk.write("campaigns/production/a.yaml", "id: c-1\nretry_cooldown_hours: 2\n")

    ran = desk.run("validate")

    rule = "(house rule, policies/house.schema.json)"
    assert ran.code == 1
    assert f"campaigns/production/_defaults.yaml:1:14: max_retries: retries at most 3 {rule}" in ran.out
    assert f"campaigns/production/a.yaml:2:23: warning: retry_cooldown_hours: at least 24 h apart {rule}" in ran.out
    assert desk.run("plan").code == 1


def test_a_warning_fails_only_with_strict(desk: Desk) -> None:
    rules(desk, "policies", CAREFUL)
    desk.write("campaigns/production/a.yaml", "id: c-1\nretry_cooldown_hours: 2\n")

    assert (desk.run("validate").code, desk.run("validate", "--strict").code) == (0, 1)
    assert "1 warning, which fail with --strict" in desk.run("validate", "--strict").err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "policies/house.schema.json cannot be read: No such file or directory"),
        ("{", "policies/house.schema.json is no JSON: "),
    ],
)
def test_house_rules_that_are_none_are_told_where_they_are_named(desk: Desk, text: str | None, told: str) -> None:
    rules(desk, "policies", CAREFUL)
    desk.write("campaigns/production/a.yaml", "id: c-1\n")
    if text is None:
        (desk.folder / "policies/house.schema.json").unlink()
    else:
        desk.write("policies/house.schema.json", text)

    ran = desk.run("validate")

    assert ran.code == 1
    assert f"campaigns/production/_environment.yaml:1:12: policies: {told}" in ran.out


@pytest.mark.parametrize(("weekday", "code"), [("Friday", 1), ("Monday", 0)])
def test_a_plan_that_breaks_a_house_rule_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, weekday: str, code: int
) -> None:
    monkeypatch.setattr("reconciler.cli.house_rules.context", lambda: {"weekday": weekday})
    rules(desk, "plan_policies", NO_START)
    desk.sandbox.put_campaign({"id": "c-1", "name": "A", "status": "paused"})
    desk.write("campaigns/production/a.yaml", "id: c-1\nstatus: active\n")

    planned, applied = desk.run("plan"), desk.run("apply", "--auto-approve", "--allow-start", "--over-limits")

    assert (planned.code, applied.code) == (code, code)
    assert ("not on a Friday (house rule, policies/house.schema.json)" in planned.err) is bool(code)
    assert (
        "apply refuses this plan: campaigns/production/_environment.yaml:1: " in " ".join(planned.out.split())
    ) is bool(code)
    assert desk.sandbox.campaign("c-1")["status"] == ("paused" if code else "active")


def test_the_context_says_who_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "ana")
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")

    found = context()

    assert (found["actor"], found["timezone"], found["weekday"][-3:], len(found["time"])) == ("ana", "UTC", "day", 5)


def examples() -> list[Any]:
    """The two rules that the documentation works out."""
    page = (Path(__file__).parents[2] / "docs/reviewing.md").read_text(encoding="utf-8")
    return [
        json.loads(text) for text in re.findall(r"```json\n(.*?)```", page.partition("## House rules")[2], re.DOTALL)
    ]


def test_the_rules_of_the_documentation_hold_what_it_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    careful, no_start = examples()
    rules(desk, "policies", careful)
    desk.write("campaigns/production/a.yaml", "id: c-1\nmax_retries: 4\n")

    told = desk.run("validate").out
    assert ("retries at most 3" in told, "retry_cooldown_hours is missing" in told) == (True, True)

    monkeypatch.setattr("reconciler.cli.house_rules.context", lambda: {"weekday": "Friday"})
    rules(desk, "plan_policies", no_start)
    desk.live("c-1", status="paused")
    desk.write("campaigns/production/a.yaml", "id: c-1\nstatus: active\n")
    assert "nothing starts on a Friday" in desk.run("plan").err

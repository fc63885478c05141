"""`do_not_call: replace` in `_environment.yaml`, and lists of people that shared files and a campaign's own say."""

from __future__ import annotations

import pytest

from tests.support.command_line import Desk, desk

__all__ = ["desk"]

LIST = "do_not_call_custom_list"
A, B, C = "+12025550119", "+12025550143", "+12025550164"
FILE = f"id: c-1\ndo_not_call_list_source: custom\n{LIST}: ['{B}']\n"
TOLD = "campaigns/_environment.yaml: do_not_call is replace"


@pytest.fixture
def one(desk: Desk) -> Desk:
    desk.live("c-1", do_not_call_list_source="custom", **{LIST: [A]})
    desk.write("campaigns/one.yaml", FILE)
    return desk


def numbers(desk: Desk) -> object:
    return desk.sandbox.campaign("c-1")[LIST]


@pytest.mark.parametrize(("setting", "stays"), [("replace", [B]), ("add", [A, B])])
def test_the_reviewed_setting_makes_the_files_the_whole_truth(one: Desk, setting: str, stays: list[str]) -> None:
    one.write("campaigns/_environment.yaml", f"do_not_call: {setting}\n")
    plan, applied = one.run("plan", "--format", "json"), one.run("apply", "--auto-approve")

    assert (applied.code, numbers(one)) == (0, stays), applied.err
    assert plan.json["allow_dnc_removals"] is (setting == "replace")
    assert (TOLD in " ".join(plan.json["notices"])) is (TOLD in applied.out) is (setting == "replace")


def test_the_nearer_environment_file_decides(one: Desk) -> None:
    one.write("_environment.yaml", "do_not_call: replace\n")
    one.write("campaigns/_environment.yaml", "do_not_call: add\n")

    assert (one.run("apply", "--auto-approve").code, numbers(one)) == (0, [A, B])


def test_a_saved_plan_that_removes_is_stale_once_the_setting_is_gone(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: replace\n")
    one.run("plan", "--out", "plan.json")
    one.write("campaigns/_environment.yaml", "max_changes: 5\n")
    applied = one.run("apply", "--plan", "plan.json")

    assert (applied.code, numbers(one), one.writes) == (4, [A], [])
    assert "says something else about do_not_call" in applied.err


def test_a_saved_plan_that_removes_is_carried_out(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: replace\n")
    one.run("plan", "--out", "plan.json")

    assert (one.run("apply", "--plan", "plan.json", "--auto-approve").code, numbers(one)) == (0, [B])


def test_another_word_is_refused_at_its_place(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: remove\n")
    ran = one.run("validate")

    assert (ran.code, "campaigns/_environment.yaml:1:14: do_not_call: " in ran.err + ran.out) == (1, True)

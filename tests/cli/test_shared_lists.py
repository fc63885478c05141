"""Do-not-call lists in files of their own, as commands read, send and protect them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.model.document import Value
from tests.support.command_line import Desk, Ran, desk

__all__ = ["desk"]

LIST = "do_not_call_custom_list"
A, B, C = "+12025550119", "+12025550143", "+442079460018"
NUMBERS = [f"+1202555{number}" for number in range(1000, 1100)]
NAMES_IT = "id: c-1\ndo_not_call_lists: [../lists/optouts.txt]\n"


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A campaign whose own list is in use, and a file for it that names one of our lists."""
    desk.live("c-1", do_not_call_enabled=True, do_not_call_list_source="custom", **{LIST: [A]})
    desk.write("lists/optouts.txt", f"# who said no\n+1 202-555-0143\n{C}\n")
    desk.write("campaigns/a.yaml", NAMES_IT)
    return desk


def live(desk: Desk, campaign: str = "c-1") -> Value:
    return sorted(desk.sandbox.campaign(campaign)[LIST])


def applied(desk: Desk, *arguments: str) -> Ran:
    return desk.run("apply", "--auto-approve", *arguments)


def planned(desk: Desk, *arguments: str) -> Ran:
    return desk.run("plan", "--format", "json", *arguments)


def test_the_numbers_of_a_list_are_added_like_those_of_the_file(one: Desk) -> None:
    ran = planned(one)
    (change,) = ran.json["campaigns"][0]["changes"]

    assert (change["field"], change["file"], change["line"]) == (LIST, "campaigns/a.yaml", 2)
    assert (change["before"]["count"], change["after"]["count"], change["after"]["added"]) == (1, 3, 2)
    assert not [number for number in (A, B, C) if number in ran.out + ran.err]
    assert applied(one).code == 0
    assert live(one) == sorted([A, B, C])
    assert planned(one, "--detailed-exitcode").code == 0


def test_lists_of_the_environment_the_defaults_and_the_campaign_are_united_with_its_own_numbers(one: Desk) -> None:
    one.write("lists/all.txt", "+12025550101\n")
    one.write("lists/team.csv", "name;phone\nAna;0012025550102\n")
    one.write("campaigns/_environment.yaml", "do_not_call_lists: [../lists/all.txt]\n")
    one.write("campaigns/_defaults.yaml", "do_not_call_lists: ['../lists/team.csv#phone']\n")
    one.write("campaigns/a.yaml", NAMES_IT + f"{LIST}: ['+12025550103']\n")

    assert applied(one).code == 0
    assert live(one) == sorted([A, B, C, "+12025550101", "+12025550102", "+12025550103"])


def test_a_variable_names_a_list_outside_of_the_repository(
    one: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "optouts.txt"
    outside.write_text(f"{B}\n")
    monkeypatch.setenv("OPTOUTS", str(outside))
    one.write("campaigns/a.yaml", "id: c-1\ndo_not_call_lists: [$OPTOUTS]\n")

    assert (applied(one).code, live(one)) == (0, sorted([A, B]))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "lists/optouts.txt cannot be read: No such file or directory: nobody on it would be protected"),
        ("# nobody\n", "lists/optouts.txt holds no number: nobody on it would be protected"),
    ],
)
def test_a_list_that_is_missing_or_empty_is_an_error_passed_once(one: Desk, content: str | None, told: str) -> None:
    if content is None:
        (one.folder / "lists/optouts.txt").unlink()
    else:
        one.write("lists/optouts.txt", content)

    for ran in (one.run("validate"), one.run("plan"), applied(one)):
        assert ran.code == 1
        assert f"campaigns/a.yaml:2:21: {told}; pass --allow-dnc-removals once" in ran.out + ran.err
    for command in ("validate", "plan"):
        passed = one.run(command, "--allow-dnc-removals")
        assert (passed.code, told in passed.out + passed.err) == (0, True)
    assert one.writes == []


def test_what_is_no_number_in_a_list_is_told_at_its_place_and_not_shown(one: Desk) -> None:
    one.write("lists/optouts.txt", f"{B}\n  2025550164\n")
    ran = one.run("validate")

    assert (ran.code, "2025550164" in ran.out) == (1, False)
    assert "lists/optouts.txt:2:3: not a number that can be called" in ran.out


def test_a_list_that_lost_much_since_the_last_apply_is_refused_once(one: Desk) -> None:
    one.write("lists/optouts.txt", "\n".join(NUMBERS))
    assert applied(one).code == 0
    one.write("lists/optouts.txt", "\n".join(NUMBERS[:80]))
    assert one.run("plan").code == 0
    one.write("lists/optouts.txt", "\n".join(NUMBERS[:79]))

    ran = one.run("plan")
    assert (ran.code, applied(one).code) == (1, 1)
    assert "lists/optouts.txt holds 79 numbers, and held 100 at the last apply: pass --allow-dnc-removals" in ran.err
    assert (applied(one, "--allow-dnc-removals").code, one.run("plan").code) == (0, 0)
    assert not any(number in (one.folder / ".reconciler/lists.json").read_text() for number in NUMBERS)


@pytest.mark.parametrize("content", ["", "[]", '{"numbers": 5}', '{"numbers": {"a": "b"}}'])
def test_a_damaged_count_of_the_last_apply_stops_nobody(one: Desk, content: str) -> None:
    one.write(".reconciler/lists.json", content)

    assert applied(one).code == 0
    assert json.loads((one.folder / ".reconciler/lists.json").read_text())["numbers"] == {"../lists/optouts.txt": 2}


def test_a_campaign_that_has_no_use_for_lists_is_told(one: Desk) -> None:
    one.write("campaigns/a.yaml", f"{NAMES_IT}do_not_call_list_source: global\n")
    ran = one.run("validate")

    assert ran.code == 0
    assert "do_not_call_list_source is global in campaigns/a.yaml: the numbers of lists are not sent for it" in ran.out
    assert applied(one).code == 0
    assert live(one) == [A]


def test_where_live_has_no_use_for_lists_they_are_not_sent_and_that_is_told(one: Desk) -> None:
    one.live("c-1", do_not_call_list_source="environment", **{LIST: [A]})

    ran = one.run("plan", "--detailed-exitcode")
    assert (ran.code, planned(one).json["campaigns"][0]["changes"]) == (0, [])
    told = "do_not_call_list_source is environment live: the numbers of shared lists are not sent (write custom)"
    assert told in " ".join(ran.out.split())


@pytest.mark.processes
def test_a_branch_that_edits_a_list_is_told_with_its_counts_and_may_not_lose_many(one: Desk) -> None:
    one.write("lists/optouts.txt", "\n".join(NUMBERS))
    begin(one.folder)
    one.write("lists/optouts.txt", "\n".join([*NUMBERS[10:], B]))

    (row,) = planned(one, "--base", "main").json["campaigns"]
    assert [(one["key"], one["before"], one["after"]) for one in row["besides"]] == [
        ("lists/optouts.txt", "100 numbers", "91 (1 added, 10 removed)")
    ]
    assert [change["field"] for change in row["changes"]] == [LIST]

    one.write("lists/optouts.txt", "\n".join(NUMBERS[21:]))
    ran = planned(one, "--base", "main")
    assert (ran.code, "holds 79 numbers, and held 100 where this branch began" in ran.err) == (1, True)
    assert planned(one, "--base", "main", "--allow-dnc-removals").code == 0


def begin(folder: Path) -> None:
    from tests.cli.test_branching import begin as begin_branch

    begin_branch(folder)

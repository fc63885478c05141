"""`validate` in the forms that other programs read."""

from __future__ import annotations

import json

from junitparser import JUnitXml

from tests.support.command_line import Desk, desk

__all__ = ["desk"]


def test_sarif_names_the_field_and_the_place(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: many\n")

    ran = desk.run("validate", "--format", "sarif")

    (result,) = ran.json["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (ran.code, result["ruleId"], result["level"]) == (1, "max_retries", "error")
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("campaigns/a.yaml", 2)


def test_sarif_without_a_problem_is_a_log_all_the_same(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\n")

    ran = desk.run("validate", "--format", "sarif")

    assert (ran.code, json.loads(ran.out)["runs"][0]["results"]) == (0, [])


def test_junit_has_a_test_for_each_file(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: many\n")
    desk.write("campaigns/b.yaml", "id: c-2\nmax_retries: 2\n")

    ran = desk.run("validate", "--format", "junit")

    (suite,) = JUnitXml.fromstring(ran.out.encode())
    assert ran.code == 1
    assert [(case.name, bool(case.result)) for case in suite] == [
        ("campaigns/a.yaml", True),
        ("campaigns/b.yaml", False),
    ]


def test_a_part_is_checked_where_a_campaign_names_it_and_told_once(desk: Desk) -> None:
    desk.write("campaigns/_p.yaml", "max_retries: many\ntimezone: Nowhere/City\n")
    desk.write("campaigns/a.yaml", "from: _p.yaml\nid: c-1\nmax_retries: 2\n")
    desk.write("campaigns/b.yaml", "from: _p.yaml\nid: c-2\n")

    ran = desk.run("validate", "--format", "json")

    places = [(one["file"], one["line"], one["path"]) for one in ran.json["problems"]]
    assert (ran.code, places) == (1, [("campaigns/_p.yaml", 1, "max_retries"), ("campaigns/_p.yaml", 2, "timezone")])


def test_a_part_that_no_campaign_names_is_refused_by_every_command(desk: Desk) -> None:
    desk.write("campaigns/_p.yaml", "max_retries: 2\n")
    desk.write("campaigns/a.yaml", "id: c-1\n")

    assert desk.run("validate").out.startswith(
        "campaigns/_p.yaml:1:1: nothing reads this file: no campaign names it with `from`"
    )
    commands = (("validate",), ("render",), ("fmt",), ("plan",), ("apply", "--auto-approve"), ("pin",), ("pull",))
    for command in (*commands, ("plan", "campaigns/a.yaml")):
        ran = desk.run(*command)
        assert (ran.code, "_p.yaml:1:1: nothing reads this file" in ran.out + ran.err) == (1, True), command

    desk.write("campaigns/deep/b.yaml", "from: ../_p.yaml\nname: B\n")
    assert [desk.run("validate", *path).code for path in ((), ("campaigns/a.yaml",), ("campaigns/_p.yaml",))] == [
        0,
        0,
        0,
    ]

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

"""`show` renders plans and reports, and knows which of the two it was given."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import Desk, desk

__all__ = ["desk"]


@pytest.fixture
def shown(desk: Desk) -> Desk:
    """A desk with a saved plan, and the report of its apply."""
    desk.live("c-1", max_retries=3)
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 2\n")
    desk.run("plan", "--out", "plan.json")
    desk.run("apply", "--plan", "plan.json", "--auto-approve", "--report", "report.json")
    return desk


def test_it_tells_a_plan_from_a_report(shown: Desk) -> None:
    assert "apply: update 1 field" in shown.run("show", "plan.json").out
    assert "done: updated 1 field" in shown.run("show", "report.json").out


@pytest.mark.parametrize(
    ("form", "told"),
    [("text", "Apply: 1 campaign: 1 applied"), ("markdown", "### Apply: 1 campaign"), ("html", "<!doctype html>")],
)
def test_a_report_is_shown_in_every_form(shown: Desk, form: str, told: str) -> None:
    ended = shown.run("show", "report.json", "--format", form)

    assert (ended.code, ended.out.startswith(told)) == (0, True)


def test_a_report_as_json_is_the_document_that_was_written(shown: Desk) -> None:
    assert shown.run("show", "report.json", "--format", "json").json == json.loads(
        (shown.folder / "report.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("form", ["github", "summary"])
def test_forms_of_plans_only_are_wrong_usage_for_a_report(shown: Desk, form: str) -> None:
    ended = shown.run("show", "report.json", "--format", form)

    assert (ended.code, "a report is shown as text, json, markdown or html" in ended.err) == (64, True)


def test_several_environments_are_shown_one_behind_the_other(shown: Desk) -> None:
    one = json.loads((shown.folder / "report.json").read_text(encoding="utf-8"))
    shown.write("both.json", json.dumps({"format_version": "1.0", "reports": [one, one]}))

    assert shown.run("show", "both.json").out.count("Apply: 1 campaign") == 2
    assert shown.run("show", "both.json", "--format", "markdown").out.count("### Apply") == 2
    page = shown.run("show", "both.json", "--format", "html").out
    assert (page.count("<h1>Apply: 1 campaign"), page.count("<!doctype html>")) == (2, 1)


def test_a_report_of_nothing_says_so(shown: Desk) -> None:
    shown.write("none.json", '{"format_version": "1.0", "reports": []}')

    assert "no environment was begun" in shown.run("show", "none.json").out


@pytest.mark.parametrize(
    "text", ["{", '{"started_at": ', "[]", '{"a": 1}'], ids=["cut short", "a report cut short", "a list", "neither"]
)
def test_what_is_neither_is_told(shown: Desk, text: str) -> None:
    shown.write("odd.json", text)

    ended = shown.run("show", "odd.json")

    assert (ended.code, "odd.json" in ended.err) == (1, True)

"""Several environments in one run: one page, one comment, one document, and the same text for the same plan."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.support.command_line import PLAIN, PLENTY, Desk, desk

__all__ = ["desk"]

ONE = "campaigns/one/_environment.yaml, token from TALKOVER_TOKEN"
TWO = "campaigns/two/_environment.yaml, token from TALKOVER_TOKEN"
HOW = (["show", "plan.json"], ["plan"])
NEWS = "2 environments: 2 campaigns change, 1 starts calls, 1 may pause"


@pytest.fixture
def both(desk: Desk) -> Iterator[Desk]:
    """Two environments: in the first retries go down, and in the second calls start."""
    with Sandbox(settings=PLENTY) as other:
        desk.live("c-1")
        other.put_campaign({"id": "c-2", "name": "Campaign c-2", **PLAIN, "status": "draft"})
        desk.write("campaigns/one/_environment.yaml", f"base_url: {desk.sandbox.base_url}\n")
        desk.write(
            "campaigns/one/a.yaml", "id: c-1\nmax_retries: 2\ncall_time_ranges: [{start: '10:00', end: '17:00'}]\n"
        )
        desk.write("campaigns/two/_environment.yaml", f"base_url: {other.base_url}\n")
        desk.write("campaigns/two/b.yaml", "id: c-2\nstatus: active\n")
        yield desk


def test_one_comment_has_both_and_what_starts_calls_first(both: Desk) -> None:
    ran = both.run("plan", "--format", "markdown")

    assert ran.code == 0
    assert ran.out.count("<!-- reconciler-plan -->") == 1
    headings = [line for line in ran.out.splitlines() if line.startswith("### ")]
    assert headings[0] == f"### {NEWS}"
    assert ["two" in heading for heading in headings[1:]] == [True, False]
    assert ran.out.count("\n\n### ") == 2


def test_one_page_has_both_and_every_id_once(both: Desk) -> None:
    page = re.sub("<template>.*?</template>", "", both.run("plan", "--format", "html").out, flags=re.DOTALL)

    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert page.count("<html") == 1
    assert len(ids) == len({*ids})
    assert page.index("Campaign c-2") < page.index("Campaign c-1")


def test_a_terminal_and_annotations_tell_both(both: Desk) -> None:
    text, github = both.run("plan").out, both.run("plan", "--format", "github").out

    assert text.index(f"[{TWO}]") < text.index(f"[{ONE}]")
    assert text.splitlines()[-1] == NEWS
    assert "starts calls" in github.splitlines()[0]
    assert sum(line.startswith("plan ") for line in github.splitlines()) == 2


def test_plans_of_several_environments_are_saved_in_one_file(both: Desk) -> None:
    planned = both.run("plan", "--out", "plan.json")

    assert planned.code == 0
    for form in ("text", "json", "markdown", "html", "github"):
        shown, made = (re.sub(",col=[0-9]+", "", both.run(*how, "--format", form).out) for how in HOW)
        assert shown
        assert shown == made or form in ("json", "html")  # which say when they were made
    assert both.run("show", "plan.json", "--format", "summary").out.splitlines()[:3] == [
        "changes=2",
        "loosened=0",
        "started=1",
    ]


def test_each_environment_of_a_saved_plan_is_applied(both: Desk) -> None:
    digests = [plan["digest"] for plan in both.run("plan", "--out", "plan.json", "--format", "json").json["plans"]]

    ran = both.run(
        *("apply", "--plan", "plan.json", "--expect", ",".join(digests), "--auto-approve", "--report", "report.json")
    )

    assert ran.code == 0, ran.err
    reports = json.loads((both.folder / "report.json").read_text())["reports"]
    assert {report["digest"] for report in reports} == {*digests}
    assert [row["result"] for report in reports for row in report["campaigns"]] == ["applied", "applied"]
    assert both.sandbox.campaign("c-1")["max_retries"] == 2


def test_nothing_is_written_where_the_digest_of_one_environment_was_not_expected(both: Desk) -> None:
    digests = [plan["digest"] for plan in both.run("plan", "--out", "plan.json", "--format", "json").json["plans"]]

    ran = both.run("apply", "--plan", "plan.json", "--expect", digests[0], "--auto-approve")

    assert (ran.code, both.writes) == (4, [])


def test_nothing_is_written_anywhere_where_the_plan_of_one_environment_is_stale(both: Desk) -> None:
    both.run("plan", "--out", "plan.json")
    both.write("campaigns/two/b.yaml", "id: c-2\nstatus: active\nmax_retries: 1\n")

    ran = both.run("apply", "--plan", "plan.json", "--auto-approve", "--report", "report.json")

    assert (ran.code, both.writes) == (4, [])
    reports = json.loads((both.folder / "report.json").read_text())["reports"]
    assert [row["result"] for report in reports for row in report["campaigns"]] == ["not attempted"] * 2
    assert all(report["finished_at"] for report in reports)
    assert "campaigns/two/b.yaml: the file says something else about max_retries" in ran.err


def test_a_saved_plan_of_which_an_environment_failed_is_not_applied(both: Desk) -> None:
    both.write("campaigns/two/_environment.yaml", "token_env: TALKOVER_NONE\n")
    both.run("plan", "--out", "plan.json")

    ran = both.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (ran.code, both.writes) == (1, [])
    assert "campaigns/two/_environment.yaml, token from TALKOVER_NONE had no plan" in ran.err


def test_a_saved_plan_is_stale_where_its_campaigns_do_not_belong_together_any_more(both: Desk) -> None:
    both.write("campaigns/one/more/c.yaml", "id: c-1\nmax_retries: 2\n")
    (both.folder / "campaigns/one/a.yaml").unlink()
    both.write("campaigns/one/d.yaml", "id: c-3\nmax_retries: 2\n")
    both.live("c-3")
    both.run("plan", "campaigns/one", "--out", "plan.json")
    settings = (both.folder / "campaigns/one/_environment.yaml").read_text()
    both.write("campaigns/one/more/_environment.yaml", f"{settings}max_changes: 5\n")

    ran = both.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (ran.code, both.writes) == (4, [])
    assert "other campaigns belong to it than when it was planned" in ran.err


def test_apply_shows_what_its_files_are_warned_of_before_it_asks(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\nauto_dnc_trigger_statuses: [busy, busy]\n")

    ran = desk.run("apply", "--auto-approve")
    again = desk.run("apply", "--auto-approve", "--format", "json")

    told = "note: campaigns/a.yaml:3:"
    assert told in ran.out
    assert ran.out.index(told) < ran.out.index("applied")
    assert again.err.count("warning: ") >= 1


def test_an_environment_that_cannot_be_planned_is_told_in_every_form(both: Desk) -> None:
    both.write("campaigns/two/_environment.yaml", "token_env: TALKOVER_NONE\n")

    for form in ("text", "json", "markdown", "html", "github"):
        ran = both.run("plan", "--format", form)
        assert (ran.code, "TALKOVER_NONE" in unescape(ran.out)) == (1, True)
    assert "1 environment has no plan" in both.run("plan", "--format", "markdown").out.splitlines()[1]


@pytest.mark.parametrize(
    "content", ['{"format_version": "1.0", "plans": []}', '{"format_version": "1.0", "plans": [1]}']
)
def test_no_plans_are_no_saved_plan(desk: Desk, content: str) -> None:
    desk.write("plan.json", content)

    ran = desk.run("show", "plan.json")
    assert (ran.code, "plan again" in ran.err or "no saved plan" in ran.err) == (1, True)


@pytest.mark.processes
@pytest.mark.thorough
@pytest.mark.parametrize("form", ["text", "markdown", "github"])
def test_the_same_plan_gives_the_same_text(both: Desk, form: str) -> None:
    lists = "auto_dnc_trigger_statuses: [busy, failed, no_answer, voicemail]\nauto_dnc_trigger_errors: [b, a]\n"
    for number in range(3, 20):
        both.live(f"c-{number}", auto_dnc_trigger_statuses=["busy"])
        both.write(f"campaigns/one/{number}.yaml", f"id: c-{number}\nmax_retries: {number % 5}\n{lists}")

    def run(seed: str, concurrency: str, paths: Sequence[str]) -> str:
        command = [sys.executable, "-m", "reconciler", "plan", "--format", form, "--concurrency", concurrency, *paths]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": "80"}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout

    first = run("1", "1", ["campaigns/one", "campaigns/two"])

    assert first
    assert first == run("2", "8", ["campaigns/two", "campaigns/one"])


# What checking the files warned of


def test_warnings_are_in_the_plan_that_is_approved(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", "id: c-1\ndays_of_week: [1, 1, 2]\n")
    desk.write("campaigns/_defaults.yaml", "auto_dnc_trigger_errors: [a, a]\n")

    told = desk.run("plan", "--format", "json", "--out", "plan.json")
    campaign, whole = told.json["campaigns"][0]["notices"][0], told.json["notices"]

    assert campaign.startswith("campaigns/a.yaml:2:")
    assert [one.partition(" warning")[0] for one in whole] == ["campaigns/_defaults.yaml:1:30:"]
    for form in ("text", "markdown", "html"):
        assert "campaigns/a.yaml:2:" in " ".join(desk.run("show", "plan.json", "--format", form).out.split())


def test_a_limit_that_is_passed_is_in_the_plan(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\n")

    ran = desk.run("plan", "--max-changes", "0", "--format", "markdown")

    assert ran.code == 1
    assert "too much at once" in ran.err
    assert "too much at once" in ran.out


@pytest.mark.parametrize(
    ("options", "code"), [([], 1), (["--over-limits"], 0), (["--max-changes", "1"], 0)], ids=["none", "all", "one"]
)
def test_a_plan_that_was_refused_when_it_was_saved_is_refused_until_it_is_let_through(
    desk: Desk, options: list[str], code: int
) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\n")
    assert desk.run("plan", "--max-changes", "0", "--out", "plan.json").code == 1

    ran = desk.run("apply", "--plan", "plan.json", "--auto-approve", *options)

    assert (ran.code, len(desk.writes)) == (code, 1 - code)
    assert ("the saved plan was refused when it was made: too much at once" in ran.err) is bool(code)

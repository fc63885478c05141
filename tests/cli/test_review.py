"""Saved plans, digests, branches, limits and environments, as somebody at a terminal or a pipeline uses them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from reconciler.apply.context import PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.sandbox import Sandbox
from tests.support.command_line import PLENTY, Desk, desk

__all__ = ["desk"]

TWO = """
    id: c-1
    max_retries: 2
    """


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@talkover.example"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def branched(desk: Desk) -> Desk:
    """A repository whose branch is about to change what main says."""
    git(desk.folder, "init", "-b", "main")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 3\nretry_cooldown_hours: 12\n")
    desk.write("campaigns/b.yaml", "id: c-2\nmax_retries: 9\n")
    git(desk.folder, "add", ".")
    git(desk.folder, "commit", "-m", "before")
    git(desk.folder, "checkout", "-b", "change")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\nretry_cooldown_hours: 12\n")
    desk.live("c-1")
    desk.live("c-2")
    return desk


def test_a_saved_plan_is_applied_as_it_was_made(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    planned = desk.run("plan", "--out", "plan.json")

    applied = desk.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (planned.code, applied.code) == (0, 0)
    assert [(w.call, w.body) for w in desk.sandbox.writes] == [("PUT /campaigns/c-1", {"max_retries": 2})]


def test_a_saved_plan_applies_once(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.run("plan", "--out", "plan.json")
    desk.run("apply", "--plan", "plan.json", "--auto-approve")

    again = desk.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (again.code, len(desk.writes)) == (0, 1)
    assert "No changes" in again.out


@pytest.mark.parametrize("what", ["live", "file", "file is gone", "host"])
def test_nothing_is_written_when_the_world_moved(desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", TWO)
    desk.write("campaigns/b.yaml", "id: c-2\nmax_retries: 1\n")
    desk.run("plan", "--out", "plan.json")
    match what:
        case "live":
            desk.sandbox.put_campaign({"id": "c-2", "max_retries": 5})
        case "file":
            desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 1\n")
        case "file is gone":
            (desk.folder / "campaigns/a.yaml").unlink()
        case _:
            monkeypatch.setenv("TALKOVER_BASE_URL", "https://other.example/api/v1")

    refused = desk.run("apply", "--plan", "plan.json", "--auto-approve")

    assert refused.code == (1 if what == "host" else 4)
    assert desk.writes == []


def test_movement_elsewhere_is_told_and_left_alone(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\nretry_cooldown_hours: 24\n")
    desk.run("plan", "--out", "plan.json")
    desk.sandbox.put_campaign({"id": "c-1", "retry_cooldown_hours": 5})

    applied = desk.run("apply", "--plan", "plan.json", "--auto-approve")

    assert applied.code == 0
    assert "retry_cooldown_hours differs from the file by now" in applied.err
    assert [w.body for w in desk.sandbox.writes] == [{"max_retries": 2}]


def test_show_renders_a_saved_plan_as_plan_did(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    planned = desk.run("plan", "--out", "plan.json")
    requests = len(desk.sandbox.requests)

    shown = desk.run("show", "plan.json")

    assert (shown.code, shown.out) == (0, planned.out)
    assert desk.run("show", "plan.json", "--format", "json").json == json.loads((desk.folder / "plan.json").read_text())
    assert len(desk.sandbox.requests) == requests


def test_show_cuts_markdown_for_its_place(desk: Desk) -> None:
    for number in range(20):
        desk.live(f"c-{number}")
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nmax_retries: 2\ndescription: No. {number}\n")
    desk.run("plan", "--out", "plan.json")

    long = desk.run("show", "plan.json", "--format", "markdown")
    short = desk.run("show", "plan.json", "--format", "markdown", "--limit", "2000")

    assert (long.code, short.code) == (0, 0)
    assert len(short.out) < 2_000 < len(long.out)
    assert "Not shown in full:" in short.out
    assert "Not shown in full:" not in long.out


@pytest.mark.parametrize("wrong", [["--limit", "2000"], ["--format", "markdown", "--limit", "999"]])
def test_a_limit_is_for_markdown_and_no_place_is_smaller_than_a_headline(desk: Desk, wrong: list[str]) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.run("plan", "--out", "plan.json")

    assert desk.run("show", "plan.json", *wrong).code == 64


def test_a_digest_stands_for_a_plan(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    digest = desk.run("plan", "--format", "json").json["digest"]
    desk.sandbox.put_campaign({"id": "c-1", "max_retries": 4})
    assert desk.run("apply", "--auto-approve", "--expect", digest).code == 4
    desk.sandbox.put_campaign({"id": "c-1", "max_retries": 3})

    applied = desk.run("apply", "--auto-approve", "--expect", digest.removeprefix("sha256:")[:12])

    assert (applied.code, desk.writes) == (0, ["PUT /campaigns/c-1"])


@pytest.mark.parametrize("digest", ["sha256:", "0123456789a", "zzzzzzzzzzzzzz"])
def test_no_other_digest_does(desk: Desk, digest: str) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)

    assert desk.run("apply", "--auto-approve", "--expect", digest).code == 4
    assert desk.writes == []


def test_a_saved_plan_takes_no_other_selection(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.run("plan", "--out", "plan.json")

    assert desk.run("apply", "--plan", "plan.json", "campaigns").code == 64


@pytest.mark.processes
def test_a_branch_is_planned_from_files_alone_without_a_token(branched: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKOVER_TOKEN")

    ran = branched.run("plan", "--base", "main", "--format", "json")

    assert (ran.code, ran.err) == (
        0,
        "no token: the plan is made from the files alone, and live campaigns are not read\n",
    )
    assert [(c["file"], c["changes"][0]["before"]) for c in ran.json["campaigns"]] == [("campaigns/a.yaml", 3)]
    assert branched.sandbox.requests == ()


@pytest.mark.processes
def test_a_branch_is_applied_without_the_drift_that_it_did_not_cause(branched: Desk) -> None:
    planned = branched.run("plan", "--base", "main")
    applied = branched.run("apply", "--base", "main", "--auto-approve")

    assert (planned.code, applied.code) == (0, 0)
    assert "drift, not caused by this branch: retry_cooldown_hours is 24, the file says 12" in " ".join(
        planned.out.split()
    )
    assert [(w.call, w.body) for w in branched.sandbox.writes] == [("PUT /campaigns/c-1", {"max_retries": 2})]


@pytest.mark.processes
def test_a_branch_is_planned_from_any_folder(branched: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(branched.folder / "campaigns")

    ran = branched.run("plan", "--base", "main", "--format", "json", ".")

    assert [(c["file"], c["changes"][0]["after"]) for c in ran.json["campaigns"]] == [("a.yaml", 2)]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("revision", "code", "told"),
    [
        ("no-such", 1, "git merge-base failed: fatal: Not a valid object name no-such"),
        ("--all", 64, "'--all' is no revision"),
    ],
)
def test_a_base_that_is_not_there_is_told(branched: Desk, revision: str, code: int, told: str) -> None:
    ran = branched.run("plan", f"--base={revision}")

    assert ran.code == code
    assert told in ran.err


@pytest.mark.processes
def test_a_base_needs_a_repository(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", TWO)

    ran = desk.run("plan", "--base", "main")

    assert ran.code == 1
    assert "not a git repository" in ran.err


def test_a_plan_over_a_limit_is_let_through_once_and_says_so(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/_environment.yaml", "max_changes: 0\n")
    desk.write("campaigns/a.yaml", TWO)
    told = "over a limit, and let through this once: 1 of 1 campaigns change"

    planned = desk.run("plan", "--over-limits", "--out", "plan.json")
    shown = desk.run("show", "plan.json", "--format", "markdown")
    refused = desk.run("apply", "--plan", "plan.json", "--auto-approve")
    applied = desk.run("apply", "--plan", "plan.json", "--auto-approve", "--over-limits")

    assert (planned.code, refused.code, applied.code) == (0, 1, 0)
    assert told in planned.out
    assert told in shown.out
    assert desk.writes == ["PUT /campaigns/c-1"]


def test_over_a_limit_a_plan_is_shown_and_nothing_applied(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.write("campaigns/_environment.yaml", "max_changes: 0\n")

    planned = desk.run("plan")
    applied = desk.run("apply", "--auto-approve")

    assert (planned.code, applied.code) == (1, 1)
    assert "max_retries" in planned.out
    told = "1 of 1 campaigns change, and campaigns/_environment.yaml: max_changes allows 0; if that is meant"
    assert told in planned.err
    assert told in applied.err
    assert desk.writes == []


def test_a_limit_is_passed_once(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.write("campaigns/_environment.yaml", "max_changes: 0\n")

    assert desk.run("apply", "--auto-approve", "--max-changes", "1").code == 0
    assert desk.writes == ["PUT /campaigns/c-1"]


def test_several_environments_are_planned_and_applied_with_their_own_tokens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(settings=PLENTY, token="talq_staging") as staging:
        desk.live("c-1")
        staging.put_campaign(desk.sandbox.campaign("c-1"))
        desk.write("campaigns/production/a.yaml", TWO)
        desk.write("campaigns/staging/a.yaml", "id: c-1\nmax_retries: 1\n")
        desk.write(
            "campaigns/staging/_environment.yaml", f"base_url: {staging.base_url}\ntoken_env: TALKOVER_STAGING_TOKEN\n"
        )
        monkeypatch.setenv("TALKOVER_STAGING_TOKEN", "talq_staging")

        planned = desk.run("plan", "campaigns/staging", "campaigns/production", "--format", "json").json
        applied = desk.run("apply", "--auto-approve", "--format", "json")

        assert [plan["base_url"] for plan in planned["plans"]] == [desk.sandbox.base_url, staging.base_url]
        assert (applied.code, [r["summary"]["applied"] for r in applied.json["reports"]]) == (0, [1, 1])
        assert [w.body for w in (*desk.sandbox.writes, *staging.writes)] == [{"max_retries": 2}, {"max_retries": 1}]


def test_an_environment_without_its_token_fails_and_the_other_does_not(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/production/a.yaml", TWO)
    desk.write("campaigns/staging/a.yaml", TWO)
    desk.write("campaigns/staging/_environment.yaml", "token_env: TALKOVER_STAGING_TOKEN\n")

    planned = desk.run("plan")
    applied = desk.run("apply", "--auto-approve")

    assert (planned.code, applied.code) == (1, 1)
    assert "no token: set the variable TALKOVER_STAGING_TOKEN" in planned.err
    assert "no token: set the variable TALKOVER_STAGING_TOKEN" in applied.err
    assert desk.writes == ["PUT /campaigns/c-1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("token: secret\n", "_environment.yaml:1:1: token: no such field"),
        ("max_changes: many\n", "_environment.yaml:1:14: max_changes: "),
        ("base_url: ftp://x\n", "_environment.yaml:1:11: base_url: "),
    ],
)
def test_an_environment_file_is_checked(desk: Desk, text: str, told: str) -> None:
    desk.write("campaigns/a.yaml", TWO)
    desk.write("campaigns/_environment.yaml", text)

    ran = desk.run("validate")

    assert ran.code == 1
    assert f"campaigns/{told}" in ran.out


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (("--name", "Spring*"), ["a.yaml"]),
        (("--type", "reminder"), ["b.yaml"]),
        (("--name", "Spring*", "--name", "Autumn"), ["a.yaml", "b.yaml"]),
        (("--live-status", "paused"), ["b.yaml"]),
    ],
)
def test_campaigns_are_selected(desk: Desk, options: tuple[str, ...], files: list[str]) -> None:
    desk.live("c-1")
    desk.live("c-2", status="paused")
    desk.write("campaigns/a.yaml", "id: c-1\nname: Spring sale\ncampaign_type: sales\n")
    desk.write("campaigns/b.yaml", "id: c-2\nname: Autumn\ncampaign_type: reminder\n")

    planned = desk.run("plan", "--format", "json", *options).json

    assert [c["file"] for c in planned["campaigns"]] == [f"campaigns/{file}" for file in files]


def test_a_selection_of_nothing_is_an_error(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", TWO)

    assert desk.run("plan", "--name", "nobody").code == 1


def test_live_campaigns_without_a_file_are_counted_and_named_on_request(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", TWO)

    planned = desk.run("plan", "--list-unmanaged", "--format", "json").json

    assert planned["unmanaged"] == [{"id": "c-2", "name": "Campaign c-2", "status": "active"}]


def test_a_campaign_that_is_not_there_is_told_with_its_file_and_the_others_go_on(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)
    desk.write("campaigns/gone.yaml", "id: c-9\nmax_retries: 2\n")

    planned = desk.run("plan")
    alone = desk.run("plan", "campaigns/gone.yaml", "--format", "json")
    applied = desk.run("apply", "--auto-approve")

    assert (planned.code, alone.code, applied.code) == (1, 1, 1)
    assert "campaigns/gone.yaml" in planned.out
    assert alone.json["campaigns"][0]["errors"] == [
        "no campaign has the id c-9 in this environment (HTTP 404: Campaign not found): check the id, or the token"
    ]
    assert desk.writes == ["PUT /campaigns/c-1"]


def test_recover_sends_a_token_only_to_a_host_that_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1", status="paused")
    desk.write("elsewhere/a.yaml", TWO)
    desk.write("elsewhere/_environment.yaml", f"base_url: {desk.sandbox.base_url}\n")
    entry = PauseEntry("c-1", desk.sandbox.base_url, "active", "2027-01-04T09:00:00+00:00", "to change max_retries")
    StateFolder(desk.folder / ".reconciler").announce(entry)
    monkeypatch.delenv("TALKOVER_BASE_URL")

    unknown = desk.run("recover")
    assert (unknown.code, desk.sandbox.requests) == (3, ())
    assert f"which is not the host of this run: pass --base-url {desk.sandbox.base_url} if it is right" in unknown.err

    assert desk.run("recover", "--base-url", desk.sandbox.base_url).code == 0
    assert desk.sandbox.campaign("c-1")["status"] == "active"


def test_environments_of_one_host_keep_their_own_limits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/loose/a.yaml", TWO)
    desk.write("campaigns/loose/_environment.yaml", "max_changes: 5\n")
    desk.write("campaigns/tight/b.yaml", "id: c-2\nmax_retries: 1\n")
    desk.write("campaigns/tight/_environment.yaml", "max_changes: 0\ntoken_env: TALKOVER_OTHER\n")
    monkeypatch.setenv("TALKOVER_OTHER", "talq_sandbox")

    planned = desk.run("plan")
    applied = desk.run("apply", "--auto-approve")

    assert (planned.code, applied.code) == (1, 1)
    assert "[campaigns/tight/_environment.yaml, token from TALKOVER_OTHER]\n" in planned.out
    assert "campaigns/tight/_environment.yaml: max_changes allows 0" in planned.err
    assert desk.writes == ["PUT /campaigns/c-1"]


def test_a_plan_that_cannot_be_saved_is_told(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", TWO)

    ran = desk.run("plan", "--out", "no/such/folder/plan.json")

    assert (ran.code, ran.err) == (64, "no/such/folder/plan.json cannot be written: No such file or directory\n")


@pytest.mark.processes
def test_a_saved_plan_without_campaigns_does_nothing(branched: Desk) -> None:
    git(branched.folder, "checkout", "campaigns")
    branched.run("plan", "--base", "main", "--out", "plan.json")

    ran = branched.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (ran.code, ran.err) == (0, "the saved plan holds no campaign: nothing to do\n")


@pytest.mark.parametrize("verb", ["plan", "apply"])
@pytest.mark.parametrize("given", [("--max-changes", "x"), ("--max-paused", "5%")], ids=" ".join)
def test_a_limit_that_is_none_is_wrong_usage_before_anything_is_asked(
    desk: Desk, verb: str, given: tuple[str, str]
) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 1\n")
    before = len(desk.sandbox.requests)

    ran = desk.run(verb, *given)

    assert (ran.code, len(desk.sandbox.requests) - before) == (64, 0)
    assert f"{given[0]}: '{given[1]}' is no limit" in ran.err

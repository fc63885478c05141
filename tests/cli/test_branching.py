"""What a branch changes, in real repositories: which campaign is which, what is told besides fields, and limits."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.calendars import edited_calendar
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.processes


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@talkover.example", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-m", "step")


def begin(folder: Path) -> None:
    """Everything so far is on main; what comes is a branch."""
    git(folder, "init", "-b", "main")
    commit(folder)
    git(folder, "checkout", "-b", "change")


CLOSED = "closed_on: [../../calendars/br.yaml]\n"
ONE = "base_url: https://one.example/api/v1\n"


@pytest.fixture
def repository(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two campaigns in two environments, compared from files alone."""
    monkeypatch.delenv("TALKOVER_TOKEN", raising=False)
    monkeypatch.setenv("TALKOVER_HOSTS", "one.example,two.example,three.example")
    monkeypatch.setenv("RECONCILER_TOKEN_VARIABLES", "TOKEN_ONE,TOKEN_TWO")
    desk.write("campaigns/one/_environment.yaml", "base_url: https://one.example/api/v1\nmax_changes: 1\n")
    desk.write("campaigns/two/_environment.yaml", "base_url: https://two.example/api/v1\n")
    desk.write("campaigns/one/a.yaml", "id: c-1\nname: A\nmax_retries: 3\nstatus: active\n")
    desk.write("campaigns/one/b.yaml", "name: B\nmax_retries: 3\n")
    desk.write("campaigns/two/a.yaml", "id: c-1\nname: A\nmax_retries: 3\n")
    begin(desk.folder)
    return desk


def planned(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    """The plans from files alone, one for each environment."""
    ran = desk.run("plan", "--base", "main", "--format", "json", *arguments)
    assert ran.out, ran.err
    found: list[dict[str, Any]] = ran.json.get("plans", [ran.json])
    return found


def told(plans: list[dict[str, Any]]) -> list[str]:
    """What is changed, in a line for each campaign, and what is told of no single campaign."""
    lines = []
    for plan in plans:
        for row in plan["campaigns"]:
            changed = [f"{one['field']} {one['before']}->{one['after']}" for one in row["changes"]]
            besides = [f"{one['key']} {one['before']}->{one['after']}" for one in row["besides"]]
            lines.append(f"{row['file']} {row['action']}: {', '.join([*besides, *changed])}")
        lines += [notice for notice in plan["notices"] if " is gone" in notice]
    return lines


def test_a_branch_that_changes_nothing_has_an_empty_plan(repository: Desk) -> None:
    assert told(planned(repository)) == []


# Which campaign of the past is which


def test_the_same_id_in_two_environments_is_two_campaigns(repository: Desk) -> None:
    repository.write("campaigns/two/a.yaml", "id: c-1\nname: A\nmax_retries: 4\n")

    assert told(planned(repository)) == ["campaigns/two/a.yaml update: max_retries 3->4"]


def test_a_file_with_an_id_that_moved_is_the_same_campaign(repository: Desk) -> None:
    git(repository.folder, "mv", "campaigns/one/a.yaml", "campaigns/one/z.yaml")
    repository.write("campaigns/one/z.yaml", "id: C-1\nname: A\nmax_retries: 4\nstatus: active\n")

    assert told(planned(repository)) == ["campaigns/one/z.yaml update: max_retries 3->4"]


def test_a_file_without_an_id_that_moved_is_the_same_campaign_by_its_name(repository: Desk) -> None:
    (repository.folder / "campaigns/one/b.yaml").unlink()
    repository.write("campaigns/one/z.yaml", "name: B\nmax_retries: 4\n")

    assert told(planned(repository)) == ["campaigns/one/z.yaml update: max_retries 3->4"]


def test_a_file_that_moved_and_got_its_id_is_the_same_campaign(repository: Desk) -> None:
    (repository.folder / "campaigns/one/b.yaml").unlink()
    repository.write("campaigns/one/z.yaml", "id: c-9\nname: B\nmax_retries: 3\n")

    assert told(planned(repository)) == ["campaigns/one/z.yaml none: id not set->c-9"]


def test_a_renamed_file_with_another_name_is_found_by_git(repository: Desk) -> None:
    text = "name: {}\nmax_retries: 3\nretry_cooldown_hours: 12\ncampaign_type: sales\ntimezone: Europe/Paris\n"
    repository.write("campaigns/one/b.yaml", text.format("B"))
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    git(repository.folder, "mv", "campaigns/one/b.yaml", "campaigns/one/z.yaml")
    repository.write("campaigns/one/z.yaml", text.format("B2"))

    assert told(planned(repository)) == ["campaigns/one/z.yaml update: name B->B2, name B->B2"]


def test_a_deleted_file_is_gone(repository: Desk) -> None:
    (repository.folder / "campaigns/one/a.yaml").unlink()

    assert told(planned(repository)) == [
        "campaigns/one/a.yaml is gone: campaign 'A' is no longer managed and stays as it is"
    ]


def test_the_last_file_of_an_environment_is_told_though_nothing_else_is_there(repository: Desk) -> None:
    (repository.folder / "campaigns/two/a.yaml").unlink()

    assert told(planned(repository)) == [
        "campaigns/two/a.yaml is gone: campaign 'A' is no longer managed and stays as it is"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--name", "B"],
        ["campaigns/one/b.yaml"],
        ["campaigns/one", "campaigns", "campaigns/one/b.yaml"],
        ["./campaigns", "campaigns/../campaigns"],
        ["campaigns/*/*.yaml"],
    ],
    ids=["by name", "one file", "overlapping paths", "two spellings", "a pattern"],
)
def test_nothing_is_gone_or_new_because_of_how_it_is_asked_for(repository: Desk, arguments: list[str]) -> None:
    assert told(planned(repository, *arguments)) == []


def test_an_absolute_path_means_the_same(repository: Desk) -> None:
    assert told(planned(repository, str(repository.folder / "campaigns"))) == []


def test_a_file_that_moved_out_of_the_paths_at_hand_is_not_gone(repository: Desk) -> None:
    git(repository.folder, "mv", "campaigns/one/b.yaml", "campaigns/two/b.yaml")

    assert told(planned(repository, "campaigns/one")) == []


@pytest.mark.parametrize("to", ["campaigns/one/.old/b.yaml", "archive/b.yaml"])
def test_a_file_that_moved_to_where_nothing_reads_it_is_gone(repository: Desk, to: str) -> None:
    (repository.folder / to).parent.mkdir()
    git(repository.folder, "mv", "campaigns/one/b.yaml", to)
    where = f"campaigns/one/b.yaml is gone (it moved to {to}, which is not read with what is here)"

    assert told(planned(repository)) == [f"{where}: campaign 'B' is no longer managed and stays as it is"]
    shown = repository.run("plan", "--base", "main", "campaigns/one").out
    assert "Nothing to apply; what else the branch does is told below." in shown
    assert "none of the campaigns here is touched" not in shown


def test_a_file_that_moved_to_another_environment_is_told_to_be_on_another_host(repository: Desk) -> None:
    git(repository.folder, "mv", "campaigns/one/b.yaml", "campaigns/two/b.yaml")

    found = told(planned(repository, "campaigns/two"))

    assert [line.split(": ")[1].split(",")[0] for line in found] == [
        "base_url https://one.example/api/v1->https://two.example/api/v1"
    ]


def test_a_path_outside_of_the_repository_is_told(repository: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "x.yaml").write_text("id: c-7\nmax_retries: 1\n")

    ran = repository.run("plan", "--base", "main", str(elsewhere))

    assert ran.code == 1
    assert "is outside of the git repository" in ran.err


# Besides fields


FORMS = ["text", "markdown", "html", "github", "json"]


@pytest.mark.parametrize("form", FORMS)
def test_a_branch_that_moves_every_campaign_to_another_host_says_so(repository: Desk, form: str) -> None:
    repository.write("campaigns/one/_environment.yaml", "base_url: https://three.example/api/v1\nmax_changes: 1\n")

    ran = repository.run("plan", "--base", "main", "--format", form, "campaigns/one", "--max-changes", "9")

    text = " ".join(ran.out.replace("&#47;", "/").replace("&#58;", ":").split())
    assert ran.code == 0, ran.err
    assert "three.example" in text
    assert "none of the campaigns here is touched" not in text
    if form == "json":
        assert [row["besides"][0]["key"] for row in ran.json["campaigns"]] == ["base_url", "base_url"]
    else:
        assert "another host, with other campaigns" in text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (
            "one/_environment.yaml",
            "base_url: https://one.example/api/v1\nmax_changes: 50\n",
            "max_changes was 1, now 50",
        ),
        ("one/_environment.yaml", "base_url: https://one.example/api/v1\n", "max_changes was 1, now not set"),
        (
            "one/_environment.yaml",
            "base_url: https://one.example/api/v1\nmax_changes: 1\ntoken_env: TOKEN_TWO\n",
            "token_env was not set, now TOKEN_TWO",
        ),
        ("one/a.yaml", "id: c-2\nname: A\nmax_retries: 3\nstatus: active\n", "id was c-1, now c-2"),
        ("one/a.yaml", "id: c-1\nname: A\nmax_retries: 3\n", "status was active, now no longer managed"),
        ("one/a.yaml", "id: c-1\nname: A\nstatus: active\n", "max_retries was 3, now no longer managed"),
        ("one/b.yaml", "name: B2\nmax_retries: 3\n", "name was B, now B2"),
    ],
    ids=["limit raised", "limit removed", "token", "id", "status", "field", "name without id"],
)
def test_what_a_branch_changes_besides_fields_is_told_in_every_form(
    repository: Desk, form: str, file: str, content: str, words: str
) -> None:
    repository.write(f"campaigns/{file}", content)

    ran = repository.run("plan", "--base", "main", "--format", form, "campaigns/one", "--max-changes", "9")

    assert ran.code == 0, ran.err
    text = " ".join(ran.out.replace("&#95;", "_").replace("&#58;", ":").split())
    assert words in text


def test_what_is_changed_besides_fields_is_a_change(repository: Desk) -> None:
    repository.write("campaigns/one/a.yaml", "id: c-1\nname: A\nmax_retries: 3\n")

    ran = repository.run("plan", "--base", "main", "campaigns/one", "--detailed-exitcode")

    assert ran.code == 2
    assert "1 campaign" in ran.out


def test_no_branch_raises_its_own_limit(repository: Desk) -> None:
    repository.write("campaigns/one/_environment.yaml", "base_url: https://one.example/api/v1\nmax_changes: 50\n")
    repository.write("campaigns/one/a.yaml", "id: c-1\nname: A\nmax_retries: 4\nstatus: active\n")

    refused = repository.run("plan", "--base", "main", "campaigns/one")
    passed = repository.run("plan", "--base", "main", "campaigns/one", "--max-changes", "2")

    assert (refused.code, passed.code) == (1, 0)
    assert "max_changes at the base (the branch sets 50) allows 1" in refused.err
    assert "the branch raises a limit, and 1 holds for its own plan" in " ".join(refused.out.split())


def test_no_branch_removes_its_own_limit_by_moving_away(repository: Desk) -> None:
    git(repository.folder, "mv", "campaigns/one", "campaigns/three")
    repository.write("campaigns/three/_environment.yaml", "base_url: https://one.example/api/v1\n")

    refused = repository.run("plan", "--base", "main")

    assert refused.code == 1
    assert "max_changes at the base (the branch removes it) allows 1" in refused.err


def test_a_limit_that_a_branch_introduces_holds(repository: Desk) -> None:
    repository.write("campaigns/two/_environment.yaml", "base_url: https://two.example/api/v1\nmax_changes: 0\n")
    repository.write("campaigns/two/a.yaml", "id: c-1\nname: A\nmax_retries: 4\n")

    assert repository.run("plan", "--base", "main", "campaigns/two").code == 1


def test_a_limit_in_percent_is_of_all_campaigns_and_not_of_those_that_the_branch_touches(desk: Desk) -> None:
    for number in range(12):
        desk.live(f"c-{number}")
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nmax_retries: 3\n")
    desk.write("campaigns/_environment.yaml", "max_changes: 20%\n")
    begin(desk.folder)
    for number in range(3):
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nmax_retries: 2\n")

    over = desk.run("plan", "--base", "main")
    assert (over.code, "3 of 12 campaigns change" in over.err) == (1, True)

    desk.write("campaigns/0.yaml", "id: c-0\nmax_retries: 3\n")
    within = desk.run("plan", "--base", "main", "--out", "plan.json")
    applied = desk.run("apply", "--plan", "plan.json", "--auto-approve")
    assert (within.code, applied.code, len(desk.writes)) == (0, 0, 2), applied.err


def test_defaults_that_change_are_changes_of_the_campaigns_below(repository: Desk) -> None:
    repository.write("campaigns/_defaults.yaml", "retry_cooldown_hours: 12\n")

    assert [line.split(" ")[0] for line in told(planned(repository))] == [
        "campaigns/one/a.yaml",
        "campaigns/one/b.yaml",
        "campaigns/two/a.yaml",
    ]


# Repositories of every kind


def test_links_are_followed_in_the_past_as_now(repository: Desk) -> None:
    folder = repository.folder
    repository.write("shared/s.yaml", "id: c-5\nname: S\nmax_retries: 1\n")
    repository.write("shared/t.yaml", "id: c-6\nname: T\nmax_retries: 1\n")
    (folder / "campaigns/one/linked").symlink_to("../../shared")
    (folder / "campaigns/two/s.yaml").symlink_to(folder / "shared/s.yaml")
    commit(folder)
    git(folder, "branch", "-f", "main")
    assert told(planned(repository)) == []

    repository.write("shared/s.yaml", "id: c-5\nname: S\nmax_retries: 2\n")

    assert told(planned(repository)) == [
        "campaigns/one/linked/s.yaml update: max_retries 1->2",
        "campaigns/two/s.yaml update: max_retries 1->2",
    ]


def test_a_link_that_leads_round_ends(repository: Desk) -> None:
    (repository.folder / "campaigns/one/round").symlink_to("..")
    (repository.folder / "campaigns/one/self.yaml.d").symlink_to("self.yaml.d")
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")

    assert told(planned(repository, "campaigns/one/a.yaml")) == []


def test_a_submodule_is_followed_in_the_past_as_now(repository: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    inner = tmp_path_factory.mktemp("inner")
    (inner / "s.yaml").write_text("id: c-5\nname: S\nmax_retries: 1\n")
    git(inner, "init", "-b", "main")
    commit(inner)
    git(repository.folder, "submodule", "add", str(inner), "campaigns/one/inner")
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    assert told(planned(repository, "campaigns/one/inner")) == []
    repository.write("campaigns/one/inner/s.yaml", "id: c-5\nname: S\nmax_retries: 2\n")
    commit(repository.folder / "campaigns/one/inner")
    commit(repository.folder)

    assert told(planned(repository, "campaigns/one/inner")) == ["campaigns/one/inner/s.yaml update: max_retries 1->2"]


def test_a_linked_worktree_and_the_variables_of_a_hook_are_no_obstacle(
    repository: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository.folder, "worktree", "add", "-b", "other", str(repository.folder / "tree"))
    monkeypatch.setenv("GIT_DIR", str(repository.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.folder / ".git/index"))
    monkeypatch.chdir(repository.folder / "tree/campaigns")
    Path("two/a.yaml").write_text("id: c-1\nname: A\nmax_retries: 4\n")

    assert told(planned(repository, ".")) == ["two/a.yaml update: max_retries 3->4"]


@pytest.mark.parametrize("name", ["GIT_LITERAL_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_EXTERNAL_DIFF"])
def test_what_a_branch_changes_is_found_however_git_is_set(
    repository: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1")
    for setting in ("diff.relative", "diff.noprefix", "core.ignoreCase", "diff.renames"):
        git(repository.folder, "config", setting, "false" if setting == "diff.renames" else "true")
    git(repository.folder, "config", "color.ui", "always")
    repository.write("campaigns/two/a.yaml", "id: c-1\nname: A\nmax_retries: 4\n")
    git(repository.folder, "mv", "campaigns/one/b.yaml", "campaigns/one/moved.yaml")

    assert told(planned(repository)) == ["campaigns/two/a.yaml update: max_retries 3->4"]


def test_a_shallow_clone_says_that_history_is_missing(
    repository: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        repository.write("campaigns/two/a.yaml", f"id: c-1\nname: A\nmax_retries: {number}\n")
        commit(repository.folder)
    clone = tmp_path_factory.mktemp("clones") / "shallow"
    git(repository.folder, "clone", "--depth", "1", "--no-single-branch", f"file://{repository.folder}", str(clone))
    monkeypatch.chdir(clone)

    ran = repository.run("plan", "--base", "origin/main")

    assert ran.code == 1
    assert "git merge-base failed: no common history: fetch more history (fetch-depth: 0), or name a" in ran.err


def test_a_clone_without_blobs_fetches_only_what_changed(
    repository: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository.folder, "config", "uploadpack.allowFilter", "true")
    git(repository.folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    repository.write("campaigns/two/a.yaml", "id: c-1\nname: A\nmax_retries: 4\n")
    commit(repository.folder)
    clone = tmp_path_factory.mktemp("clones") / "blobless"
    git(repository.folder, "clone", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    monkeypatch.chdir(clone)

    ran = repository.run("plan", "--base", "origin/main", "--format", "json")

    assert told(ran.json["plans"]) == ["campaigns/two/a.yaml update: max_retries 3->4"]


def test_what_a_sparse_checkout_leaves_out_is_not_gone(repository: Desk) -> None:
    git(repository.folder, "sparse-checkout", "set", "--no-cone", "/campaigns/**", "!/campaigns/one/b.yaml")
    assert not (repository.folder / "campaigns/one/b.yaml").exists()

    assert told(planned(repository)) == []


def test_the_whole_remedy_for_another_owner_is_shown(repository: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    ran = repository.run("plan", "--base", "main")

    assert ran.code == 1
    assert "dubious ownership" in ran.err
    assert "git config --global --add safe.directory" in ran.err


def test_git_is_needed(repository: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository.folder))

    ran = repository.run("plan", "--base", "main")

    assert (ran.code, "git is not installed" in ran.err) == (1, True)


def test_names_in_any_writing_are_campaigns_of_the_past_too(repository: Desk) -> None:
    os.rename(repository.folder / "campaigns/two/a.yaml", repository.folder / "campaigns/two/ä b.YAML")  # noqa: PTH104
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    repository.write("campaigns/two/ä b.YAML", "id: c-1\nname: A\nmax_retries: 4\n")

    assert told(planned(repository)) == ["campaigns/two/ä b.YAML update: max_retries 3->4"]


# Files that settings name


def test_a_branch_that_edits_a_house_rule_is_told_at_every_campaign_of_it(repository: Desk) -> None:
    settings = "base_url: https://one.example/api/v1\nmax_changes: 1\npolicies: [../../policies/house.schema.json]\n"
    repository.write("campaigns/one/_environment.yaml", settings)
    repository.write("policies/house.schema.json", '{"properties": {"max_retries": {"maximum": 3}}}')
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    repository.write("policies/house.schema.json", '{"properties": {"max_retries": {"maximum": 9}}}')

    assert told(planned(repository)) == [
        "campaigns/one/a.yaml none: policies/house.schema.json the text at the base->another text",
        "campaigns/one/b.yaml none: policies/house.schema.json the text at the base->another text",
    ]


def test_a_file_that_a_branch_adds_and_names_is_told_once(repository: Desk) -> None:
    repository.write("calendars/br.yaml", '- date: "2027-12-25"\n')
    repository.write("campaigns/one/a.yaml", "id: c-1\nname: A\nmax_retries: 3\nstatus: active\n" + CLOSED)
    git(repository.folder, "add", "-A")

    assert told(planned(repository)) == ["campaigns/one/a.yaml none: closed_on not set->../../calendars/br.yaml"]


# Holds

HELD = """\
holds:
  - since: "2026-11-25T09:00:00Z"
    by: ada
    base_url: https://one.example/api/v1
    selected: { all: true }
    stopped: []
"""
TOLD_OF_HOLD = "held since 2026-11-25T09:00:00Z by ada: no reason was given"


@pytest.fixture
def with_hold(repository: Desk) -> Desk:
    """The same, with all campaigns of the first environment held; that is on main, too."""
    repository.write("campaigns/_holds.yaml", HELD)
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    return repository


@pytest.mark.parametrize("becomes", [None, "holds: []\n", HELD.replace("all: true", "names: [Nobody]")])
def test_a_branch_that_ends_a_hold_is_told_at_every_campaign_that_was_held(
    with_hold: Desk, becomes: str | None
) -> None:
    if becomes:
        with_hold.write("campaigns/_holds.yaml", becomes)
    else:
        git(with_hold.folder, "rm", "campaigns/_holds.yaml")
    plans = planned(with_hold)

    assert told(plans) == [f"campaigns/one/{name}.yaml none: hold {TOLD_OF_HOLD}->not held" for name in "ab"]
    meaning = "now not held: nothing keeps it from being started (touches 2 campaigns)"
    assert plans[0]["notices"] == [f"campaigns/_holds.yaml:1: hold was {TOLD_OF_HOLD}, {meaning}"]
    assert with_hold.run("plan", "--base", "main", "--detailed-exitcode", "campaigns/one").code == 1  # max_changes: 1


def test_a_branch_that_holds_campaigns_is_told(repository: Desk) -> None:
    repository.write("campaigns/one/_holds.yaml", HELD.replace("all: true", "names: [B]"))
    ran = repository.run("plan", "--base", "main", "campaigns/one")

    assert told(planned(repository)) == [f"campaigns/one/b.yaml none: hold not held->{TOLD_OF_HOLD}"]
    assert "nothing starts it before `reconciler release`" in " ".join(ran.out.split())


def test_holds_that_cannot_be_read_hold_everything(with_hold: Desk) -> None:
    with_hold.write("campaigns/_holds.yaml", "holds: {\n")

    lines = told(planned(with_hold, "campaigns/one"))
    assert lines == [
        f"campaigns/one/{name}.yaml none: hold {TOLD_OF_HOLD}->held, since campaigns/_holds.yaml cannot be read"
        for name in "ab"
    ]


def test_a_hold_that_moves_or_is_of_another_environment_changes_nothing(with_hold: Desk) -> None:
    git(with_hold.folder, "mv", "campaigns/_holds.yaml", "campaigns/one/_holds.yaml")
    elsewhere = HELD.replace("one.example", "three.example").replace("by: ada", "by: bob")
    with_hold.write("campaigns/two/_holds.yaml", elsewhere)

    assert told(planned(with_hold)) == []


# Lists and calendars

LISTED = "id: c-3\nname: C\ndo_not_call_lists: [../../lists/optouts.txt]\n"
WITH_DAYS = "id: c-4\nname: D\nstatus: active\nclosed_on: [../../lists/days.yaml]\n"
NUMBERS = [f"+1555123000{number}" for number in range(10)]


@pytest.fixture
def with_lists(repository: Desk) -> Desk:
    """The same, with a campaign that names a list of numbers and one that names a calendar; on main, too."""
    repository.write("campaigns/lists/c.yaml", LISTED)
    repository.write("campaigns/lists/d.yaml", WITH_DAYS)
    repository.write("lists/optouts.txt", "\n".join(NUMBERS) + "\n")
    repository.write("lists/days.yaml", '- date: "2027-12-25"\n')
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    return repository


OF_NUMBERS = "lists/optouts.txt 10 numbers->9 (0 added, 1 removed), do_not_call_custom_list 10->9"
TOLD_OF_LISTS = [
    f"campaigns/lists/c.yaml update: {OF_NUMBERS}",
    "campaigns/lists/d.yaml none: lists/days.yaml 1 entry->1 entry (2027-12-25 no more; 2027-12-26 now, too)",
]


def told_of_lists(desk: Desk) -> list[str]:
    """What is told, with counts for lists of numbers."""
    plans = planned(desk)
    for change in (change for plan in plans for row in plan["campaigns"] for change in row["changes"]):
        for side in ("before", "after"):
            change[side] = change[side]["count"] if change[side] else None
    return told(plans)


def test_a_branch_that_edits_a_list_or_a_calendar_is_told_with_both_sides(with_lists: Desk) -> None:
    with_lists.write("lists/optouts.txt", "\n".join(NUMBERS[1:]) + "\n")
    with_lists.write("lists/days.yaml", '- date: "2027-12-26"\n')

    assert told_of_lists(with_lists) == TOLD_OF_LISTS


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ("- every: 12-25\n", "[]\n", ("1 entry", "0 entries (every 12-25 no more)", True)),
        (
            "[]\n",
            "- { from: 2027-12-28, to: 2027-12-31 }\n",
            ("0 entries", "1 entry (2027-12-28 to 2027-12-31 now, too)", False),
        ),
        ("- date: 2027-12-25\n", "# X\n- date: 2027-12-25\n", ("1 entry", "1 entry (the same days)", False)),
        (
            "".join(f"- date: 2027-12-0{day}\n" for day in range(1, 8)),
            "- date: 2027-12-07\n",
            (
                "7 entries",
                "1 entry (2027-12-01, 2027-12-02, 2027-12-03, 2027-12-04, 2027-12-05 and 1 more no more)",
                True,
            ),
        ),
    ],
    ids=["a day less", "days more", "a comment", "many"],
)
def test_what_an_edited_calendar_closes_is_told(then: str, now: str, expected: tuple[str, str, bool]) -> None:
    assert edited_calendar("c.yaml", then.encode(), now.encode()) == expected


@pytest.mark.parametrize("how", ["links", "a linked folder", "a submodule"])
def test_named_files_are_followed_in_the_past_as_now(
    with_lists: Desk, how: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = with_lists.folder
    if how == "a submodule":
        there = tmp_path_factory.mktemp("lists")
        for name in ("optouts.txt", "days.yaml"):
            (there / name).write_bytes((folder / "lists" / name).read_bytes())
        git(there, "init")
        commit(there)
        git(folder, "rm", "-r", "lists")
        git(folder, "submodule", "add", str(there), "lists")
    elif how == "links":
        for name in ("optouts.txt", "days.yaml"):
            (folder / "lists" / name).rename(folder / f"real-{name}")
            (folder / "lists" / name).symlink_to(f"../real-{name}")
    else:
        (folder / "lists").rename(folder / "real")
        (folder / "lists").symlink_to("real")
    commit(folder)
    git(folder, "branch", "-f", "main")

    assert told_of_lists(with_lists) == []

    (folder / "lists/optouts.txt").write_text("\n".join(NUMBERS[1:]) + "\n")
    (folder / "lists/days.yaml").write_text('- date: "2027-12-26"\n')

    assert told_of_lists(with_lists) == TOLD_OF_LISTS


def test_a_branch_that_names_another_list_is_told_with_what_comes_of_it(with_lists: Desk) -> None:
    with_lists.write("lists/more.txt", "\n".join([*NUMBERS, "+15551239999"]) + "\n")
    with_lists.write("campaigns/lists/c.yaml", LISTED.replace("optouts", "more"))

    expected = "../../lists/optouts.txt->../../lists/more.txt"
    assert told_of_lists(with_lists) == [
        f"campaigns/lists/c.yaml update: do_not_call_lists {expected}, do_not_call_custom_list 10->11"
    ]


@pytest.mark.parametrize("by", ["the campaign", "the environment"])
def test_a_branch_that_names_no_list_any_more_is_told(with_lists: Desk, by: str) -> None:
    without, named = "id: c-3\nname: C\n", "do_not_call_lists: [../../lists/optouts.txt]\n"
    if by == "the environment":
        with_lists.write("campaigns/lists/_environment.yaml", named)
        with_lists.write("campaigns/lists/c.yaml", without)
        with_lists.write("campaigns/lists/d.yaml", WITH_DAYS + "do_not_call_custom_list: []\n")
        commit(with_lists.folder)
        git(with_lists.folder, "branch", "-f", "main")
        with_lists.write("campaigns/lists/_environment.yaml", "legal: warn\n")
        expected = "legal not set->warn, do_not_call_lists ../../lists/optouts.txt->not set"
    else:
        with_lists.write("campaigns/lists/c.yaml", without)
        expected = "do_not_call_lists ../../lists/optouts.txt->not set"

    told_first = told_of_lists(with_lists)[0]
    assert told_first.startswith("campaigns/lists/c.yaml none: ")
    assert {*expected.split(", "), "do_not_call_custom_list managed->no longer managed"} == {
        *told_first.partition(": ")[2].split(", ")
    }


def test_line_ends_of_a_checkout_are_no_change(with_lists: Desk) -> None:
    git(with_lists.folder, "config", "core.autocrlf", "true")
    for file in (*with_lists.folder.glob("*/*.txt"), *with_lists.folder.glob("*/*/*.yaml")):
        file.unlink()
    git(with_lists.folder, "checkout", ".")

    assert b"\r\n" in (with_lists.folder / "lists/optouts.txt").read_bytes()
    assert told_of_lists(with_lists) == []


# Parts

PARTS = {
    "shared/_base.yaml": "max_retries: 3\n",
    "shared/_solar.yaml": "from: _base.yaml\nretry_cooldown_hours: 24\n",
    "shared/_wind.yaml": "retry_cooldown_hours: 48\n",
    **{f"campaigns/parts/{n}.yaml": f"from: ../../shared/_solar.yaml\nid: p-{n}\nname: P{n}\n" for n in (1, 2)},
}


@pytest.fixture
def with_parts(repository: Desk) -> Desk:
    """The same, with two campaigns that share parts of another folder; that is on main, too."""
    for name, text in PARTS.items():
        repository.write(name, text)
    commit(repository.folder)
    git(repository.folder, "checkout", "-B", "main")
    git(repository.folder, "checkout", "-b", "parts")
    return repository


def test_parts_that_nobody_changed_change_nothing(with_parts: Desk) -> None:
    with_parts.write("campaigns/one/b.yaml", "name: B\nmax_retries: 2\n")

    assert told(planned(with_parts)) == ["campaigns/one/b.yaml update: max_retries 3->2"]


def test_a_change_of_a_part_is_one_of_every_campaign_that_names_it(with_parts: Desk) -> None:
    with_parts.write("shared/_base.yaml", "max_retries: 2\n")
    plans = planned(with_parts)

    assert told(plans) == [f"campaigns/parts/{n}.yaml update: max_retries 3->2" for n in (1, 2)]
    changes = [change for plan in plans for row in plan["campaigns"] for change in row["changes"]]
    assert {(change["file"], change["line"]) for change in changes} == {("shared/_base.yaml", 1)}


def test_a_part_that_is_reached_by_another_spelling_of_the_path_is_compared(
    with_parts: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    link = tmp_path_factory.mktemp("links") / "repository"
    link.symlink_to(with_parts.folder)
    with_parts.write("shared/_base.yaml", "max_retries: 2\n")
    ran = with_parts.run("plan", "--base", "main", "--format", "json", str(link / "campaigns/parts"))

    assert [[one["field"] for one in row["changes"]] for row in ran.json["campaigns"]] == [["max_retries"]] * 2


def test_a_file_that_names_another_part_is_told_with_what_comes_of_it(with_parts: Desk) -> None:
    with_parts.write("campaigns/parts/1.yaml", "from: ../../shared/_wind.yaml\nid: p-1\nname: P1\nmax_retries: 3\n")
    with_parts.write("shared/_base.yaml", "from: _wind.yaml\nmax_retries: 3\n")
    plans = planned(with_parts)

    assert told(plans) == [
        "campaigns/parts/1.yaml update: from shared/_solar.yaml->shared/_wind.yaml, retry_cooldown_hours 24->48",
        "campaigns/parts/2.yaml none: from not set->shared/_wind.yaml",
    ]
    notices = [notice for plan in plans for notice in plan["notices"]]
    told_once = "shared/_base.yaml:1: from was not set, now shared/_wind.yaml: what is shared comes from other files"
    assert [notice for notice in notices if notice.startswith("shared")] == [told_once]


def test_a_part_and_a_campaign_that_move_together_change_nothing(with_parts: Desk) -> None:
    git(with_parts.folder, "mv", "campaigns/parts", "campaigns/moved")

    assert told(planned(with_parts)) == []


def test_an_agent_by_another_name_is_a_change_of_the_agent(repository: Desk) -> None:
    repository.write("campaigns/one/b.yaml", "name: B\nmax_retries: 3\nagent: Ava\n")
    commit(repository.folder)
    git(repository.folder, "branch", "-f", "main")
    repository.write("campaigns/one/b.yaml", "name: B\nmax_retries: 3\nagent: Clara\n")

    assert told(planned(repository)) == ["campaigns/one/b.yaml update: agent_id Ava->Clara"]


def test_the_names_of_agents_at_the_base_are_known_in_a_live_plan(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", "id: c-1\nagent: Ava, solar sales\nmax_retries: 2\n")
    desk.write("campaigns/b.yaml", "id: c-2\nagent: Gone\n")
    begin(desk.folder)
    desk.write("campaigns/a.yaml", "id: c-1\nagent: Clara, appointment reminders\nmax_retries: 2\n")
    desk.write("campaigns/b.yaml", "id: c-2\nagent: Clara, appointment reminders\n")

    plans = planned(desk)
    changed = [[one["field"] for one in row["changes"]] for row in plans[0]["campaigns"]]
    assert (changed, [row["notices"] for row in plans[0]["campaigns"]]) == (
        [["agent_id"], ["agent_id"]],
        [["drift, not caused by this branch: max_retries is 3, the file says 2"], []],
    )

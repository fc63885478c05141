"""Stopping and releasing: a token is enough, and what is stopped stays so, whatever else is run."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.sandbox import FaultRule, Sandbox
from tests.support.command_line import PLENTY, Desk, desk

__all__ = ["desk"]

HOLDS = "campaigns/_holds.yaml"


@pytest.fixture
def calling(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with two campaigns that call, one without a file, and one that somebody paused."""
    monkeypatch.setenv("USER", "priya")
    desk.live("c-1", name="Sales US")
    desk.live("c-2", name="Sales EU", status="paused")
    desk.live("c-3", name="Without a file")
    desk.write("campaigns/c-1.yaml", "id: c-1\nstatus: active\nmax_retries: 3\n")
    desk.write("campaigns/c-2.yaml", "id: c-2\nstatus: active\nmax_retries: 2\n")
    return desk


def statuses(desk: Desk) -> list[object]:
    return [desk.sandbox.campaign(one)["status"] for one in ("c-1", "c-2", "c-3")]


def text(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")


def test_everything_that_calls_is_paused_and_held_and_says_who_and_why(calling: Desk) -> None:
    ran = calling.run("stop", "--all", "--reason", "wrong prompt", "--until", "2030-01-01")

    assert (ran.code, statuses(calling)) == (0, ["paused"] * 3)
    assert "2 campaigns stopped in " in ran.out
    for file in (HOLDS, ".reconciler/_holds.yaml"):
        assert all(one in text(file) for one in ('"wrong prompt"', '"priya"', '"2030-01-01"', '"c-1"', '"c-3"'))
        assert "c-2" not in text(file)


def test_a_token_is_enough(calling: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")

    assert (calling.run("stop", "--all").code, statuses(calling)) == (0, ["paused"] * 3)
    assert sorted(path.name for path in Path().iterdir()) == [".reconciler"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["--reason", "x"], ["--all", "--id", "c-1"], ["--id", "a/b"], ["--all", "--until", "tomorrow"]],
    ids=["nothing", "only a reason", "all and one", "no id", "no time"],
)
@pytest.mark.parametrize("command", ["stop", "release"])
def test_wrong_usage_stops_nothing(calling: Desk, command: str, arguments: list[str]) -> None:
    assert (calling.run(command, *arguments).code, statuses(calling)) == (64, ["active", "paused", "active"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--name", "Sales *"], ["paused", "paused", "active"], id="by a pattern"),
        pytest.param(["--id", "c-3"], ["active", "paused", "paused"], id="by id"),
        pytest.param(["campaigns/c-1.yaml"], ["paused", "paused", "active"], id="by its file"),
        pytest.param(["campaigns"], ["paused", "paused", "paused"], id="a whole environment"),
        pytest.param(["campaigns", "--name", "Sales *"], ["paused", "paused", "active"], id="by name, in a folder"),
    ],
)
def test_what_is_meant_is_stopped(calling: Desk, arguments: list[str], expected: list[str]) -> None:
    assert (calling.run("stop", *arguments).code, statuses(calling)) == (0, expected)


def test_a_dry_run_shows_and_writes_nothing(calling: Desk) -> None:
    ran = calling.run("stop", "--all", "--dry-run")

    assert (ran.code, calling.writes, Path(HOLDS).exists()) == (0, [], False)
    assert "would be stopped: Sales US (id c-1)" in ran.out


def test_broken_files_and_holds_stop_nothing_of_it(calling: Desk) -> None:
    calling.write("campaigns/c-1.yaml", "id: [\n")
    calling.write(HOLDS, "holds: what\n")

    ran = calling.run("stop", "--all")

    assert (ran.code, statuses(calling), text(HOLDS)) == (1, ["paused"] * 3, "holds: what\n")
    assert "_holds.yaml holds no list of holds" in ran.err


def test_a_file_that_does_not_tell_its_campaign_is_told(calling: Desk) -> None:
    calling.write("campaigns/c-1.yaml", "id: [\n")

    ran = calling.run("stop", "campaigns/c-1.yaml", "campaigns/c-2.yaml")

    assert (ran.code, "campaigns/c-1.yaml: nobody can read which campaign it means" in ran.err) == (1, True)


def test_each_environment_is_stopped_with_its_own_token(calling: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(settings=PLENTY) as other:
        other.put_campaign({"id": "u-1", "name": "Sales UK", "status": "active"})
        for name, url in (("a", other.base_url), ("b", other.base_url)):
            calling.write(
                f"campaigns/{name}/_environment.yaml", f"base_url: {url}\ntoken_env: TALKOVER_TOKEN_{name.upper()}\n"
            )
            calling.write(f"campaigns/{name}/u-1.yaml", "id: u-1\n")
        monkeypatch.setenv("TALKOVER_TOKEN_B", "talq_sandbox")

        ran = calling.run("stop", "--all")

        assert other.campaign("u-1")["status"] == "paused"
    assert (ran.code, statuses(calling), "TALKOVER_TOKEN_A" in ran.err) == (1, ["paused"] * 3, True)


@pytest.fixture
def two_environments(calling: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose campaigns are in two folders, each an environment with a token of its own, and none above them."""
    monkeypatch.delenv("TALKOVER_TOKEN")
    for file in ("c-1", "c-2"):
        Path(f"campaigns/{file}.yaml").unlink()
    for name in ("a", "b"):
        settings = f"base_url: {calling.sandbox.base_url}\ntoken_env: TALKOVER_TOKEN_{name.upper()}\n"
        calling.write(f"campaigns/{name}/_environment.yaml", settings)
        calling.write(f"campaigns/{name}/c-1.yaml", "id: c-1\n")
        monkeypatch.setenv(f"TALKOVER_TOKEN_{name.upper()}", "talq_sandbox")
    return calling


def test_where_holds_stand_alone_no_further_environment_begins(two_environments: Desk) -> None:
    codes = [two_environments.run("stop", "--all").code]
    for campaign_id in ("c-1", "c-2", "c-3"):  # long ago: what was paused in another second would be looked at for long
        two_environments.sandbox.put_campaign({"id": campaign_id, "updated_at": "2026-01-01T00:00:00Z"})
    codes.append(two_environments.run("stop", "--all").code)
    released = two_environments.run("release", "--all", "--auto-approve")

    assert (codes, released.code, released.err.count("no token")) == ([0, 0], 0, 0)
    assert (statuses(two_environments), text(HOLDS).endswith("holds: []\n")) == (["active", "paused", "active"], True)


def test_a_release_of_one_environment_does_not_wait_for_the_token_of_another(
    two_environments: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_environments.run("stop", "campaigns/b")
    monkeypatch.delenv("TALKOVER_TOKEN_A")

    ran = two_environments.run("release", "--all", "--auto-approve")

    assert (ran.code, "TALKOVER_TOKEN_A" in ran.err, statuses(two_environments)[0]) == (1, True, "active")
    assert two_environments.run("release", "campaigns/a").code == 64


def test_what_is_held_is_not_started_whatever_its_status_was_and_settings_are_changed(calling: Desk) -> None:
    calling.run("stop", "--all", "--reason", "wrong prompt")
    planned = calling.run("plan", "--detailed-exitcode", "--format", "json")
    ran = calling.run("apply", "--auto-approve", "--allow-start")
    again = calling.run("plan", "--detailed-exitcode")

    assert (planned.code, ran.code, again.code) == (2, 0, 0)
    assert (statuses(calling), calling.sandbox.campaign("c-2")["max_retries"]) == (["paused"] * 3, 2)
    assert "its calls are not started: held since" in ran.out
    assert [one["hold"]["reason"] for one in planned.json["campaigns"]] == ["wrong prompt"] * 2
    assert [planned.json["holds"][0]["selected"]["all"], planned.json["summary"]["started"]] == [True, 0]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github"])
def test_every_form_of_a_plan_tells_the_hold(calling: Desk, form: str) -> None:
    calling.run("stop", "--all", "--reason", "wrong prompt")

    shown = calling.run("plan", "--format", form).out

    assert ("held since" in shown, "wrong prompt" in shown) == (True, True)


def test_a_plan_that_was_saved_before_is_not_stale_and_starts_nothing(calling: Desk) -> None:
    calling.sandbox.put_campaign({"id": "c-1", "status": "paused"})
    calling.sandbox.put_campaign({"id": "c-3", "status": "paused"})
    calling.run("plan", "--out", "plan.json")
    digest = json.loads(text("plan.json"))["digest"]
    calling.run("stop", "--all")

    ran = calling.run("apply", "--plan", "plan.json", "--auto-approve")

    assert (ran.code, statuses(calling)) == (0, ["paused"] * 3)
    assert calling.run("plan", "--format", "json").json["digest"] != digest  # the retries are changed by now


def test_a_hold_is_read_from_the_state_folder_alone(calling: Desk) -> None:
    calling.run("stop", "--all")
    Path(HOLDS).unlink()

    assert (calling.run("apply", "--auto-approve", "--allow-start").code, statuses(calling)) == (0, ["paused"] * 3)


def test_holds_that_nobody_can_read_hold_everything(calling: Desk) -> None:
    calling.write(HOLDS, "holds: what\n")

    ran = calling.run("apply", "--auto-approve", "--allow-start")

    assert (ran.code, statuses(calling)) == (0, ["active", "paused", "active"])
    assert "so that everything is held" in ran.out
    assert calling.run("validate").code == 1


def test_recover_does_not_start_what_is_held(calling: Desk) -> None:
    calling.run("stop", "--id", "c-1")

    ran = calling.run("recover", "--id", "c-1")

    assert (ran.code, statuses(calling)[0], "reconciler release --id c-1" in ran.err) == (1, "paused", True)


def paused_by_an_apply(desk: Desk, campaign: str, name: str) -> None:
    """Leave it in the journal that an apply paused a campaign."""
    entry = {
        "campaign": campaign,
        "base_url": desk.sandbox.base_url,
        "status_before": "active",
        "at": "2026-11-25T09:00:00+00:00",
        "reason": "to change timezone",
        "name": name,
    }
    desk.write(".reconciler/journal.json", json.dumps({"version": 2, "paused": [entry]}))


@pytest.mark.parametrize(
    "command", [["apply", "--auto-approve", "--allow-start"], ["recover"]], ids=["apply", "recover"]
)
def test_an_entry_of_the_journal_moves_into_the_hold(calling: Desk, command: list[str]) -> None:
    calling.run("stop", "--id", "c-1")
    paused_by_an_apply(calling, "c-1", "Sales US")

    assert calling.run("plan", "--detailed-exitcode").code != 3
    ran = calling.run(*command)

    assert (ran.code, statuses(calling)[0]) == (0, "paused")
    assert json.loads(text(".reconciler/journal.json"))["paused"] == []


def test_what_moved_into_the_hold_is_resumed_though_a_copy_of_holds_came_from_another_machine(calling: Desk) -> None:
    calling.run("stop", "--name", "Sales EU")
    kept = text(HOLDS)
    paused_by_an_apply(calling, "c-2", "Sales EU")
    calling.run("recover")
    for file in (HOLDS, ".reconciler/_holds.yaml"):
        assert '"c-2"' in text(file)
        calling.write(file, kept)

    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, statuses(calling)[1]) == (0, "active")
    assert text(".reconciler/taken_over.yaml").endswith("holds: []\n")


def test_a_day_without_calls_is_heeded_by_a_release(calling: Desk) -> None:
    calling.run("stop", "--all")
    today = datetime.datetime.now(datetime.UTC).date()
    days = [today + datetime.timedelta(days=number) for number in (-1, 0, 1)]
    calling.write("closed.yaml", "".join(f'- date: "{day}"\n' for day in days))
    calling.write("campaigns/c-1.yaml", "id: c-1\nstatus: active\nclosed_on: [../closed.yaml]\n")

    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, statuses(calling)) == (0, ["paused", "paused", "active"])
    assert "Sales US (id c-1): left as it is: closed on 2" in ran.out
    calling.write("closed.yaml", '- date: "2020-01-01"\n')
    assert calling.run("apply", "--only-calendar", "--auto-approve").code == 0
    assert statuses(calling)[0] == "active"


def test_a_calendar_that_nobody_can_read_starts_nothing_at_a_release(calling: Desk) -> None:
    calling.run("stop", "--id", "c-1")
    calling.write("campaigns/c-1.yaml", "id: c-1\nstatus: active\nclosed_on: [../closed.yaml]\n")

    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, statuses(calling)[0]) == (0, "paused")
    assert "nobody can tell whether it is a day without calls" in ran.out


def test_a_release_resumes_what_the_stop_paused_and_leaves_an_empty_list(calling: Desk) -> None:
    calling.run("stop", "--all")

    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, statuses(calling)) == (0, ["active", "paused", "active"])
    assert [text(file).splitlines()[-1] for file in (HOLDS, ".reconciler/_holds.yaml")] == ["holds: []"] * 2


def test_a_release_asks(calling: Desk) -> None:
    calling.run("stop", "--all")

    assert (calling.run("release", "--all").code, statuses(calling)) == (64, ["paused"] * 3)


def test_a_part_may_be_released(calling: Desk) -> None:
    calling.run("stop", "--all")

    ran = calling.run("release", "--id", "c-1", "--auto-approve")
    calling.run("apply", "--auto-approve", "--allow-start")

    assert (ran.code, statuses(calling)) == (0, ["active", "paused", "paused"])
    assert calling.run("release", "--all", "--auto-approve").code == 0
    assert statuses(calling) == ["active", "paused", "active"]


def test_a_file_that_wants_it_paused_is_heeded_by_a_release(calling: Desk) -> None:
    calling.run("stop", "--all")
    calling.write("campaigns/c-1.yaml", "id: c-1\nstatus: paused\n")

    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, statuses(calling)) == (0, ["paused", "paused", "active"])
    assert "its file wants it paused" in ran.out


def test_what_somebody_set_meanwhile_is_left_by_a_release(calling: Desk) -> None:
    calling.run("stop", "--all")
    calling.sandbox.put_campaign({"id": "c-1", "status": "cancelled"})

    assert calling.run("release", "--all", "--auto-approve").code == 0
    assert statuses(calling) == ["cancelled", "paused", "active"]


def test_there_is_nothing_to_release(calling: Desk) -> None:
    ran = calling.run("release", "--all", "--auto-approve")

    assert (ran.code, calling.writes, "nothing that was asked for is held" in ran.out) == (0, [], True)


def test_a_held_campaign_that_is_active_is_told(calling: Desk) -> None:
    calling.run("stop", "--id", "c-1")
    calling.sandbox.put_campaign({"id": "c-1", "status": "active"})

    assert "it is held, and active" in " ".join(calling.run("plan").out.split())


@pytest.mark.thorough
def test_a_status_on_the_way_to_paused_is_no_refusal(calling: Desk) -> None:
    calling.sandbox.settings = replace(PLENTY, faults=(FaultRule.parse("stopping:1.5"),))

    ran = calling.run("stop", "--all")

    assert (ran.code, statuses(calling)) == (0, ["paused"] * 3), ran.out

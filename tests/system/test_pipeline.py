"""Every `run:` step of the workflows and of the action, in order, with bash, against the stand-in for the API."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, Unpack
from urllib.parse import quote, unquote

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, Sandbox, SandboxSettings
from tests.support.actions import ROOT, Machine, read, stand_in_for_gh

REPOSITORY = "acme/calls"
MINE = "<!-- campaigns: production -->"
DRIFT = MINE
OVER = "campaigns: over the limit"
BOT, PERSON = {"login": "github-actions[bot]"}, {"login": "mallory"}

SALES = {
    "id": "sales",
    "name": "Sales",
    "status": "active",
    "max_retries": 3,
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "queued": 2,
}
CAMPAIGN = """\
id: sales
name: Sales
max_retries: {retries}
call_time_ranges:
  - {{ start: "09:00", end: "{end}" }}
"""
UNCHANGED = CAMPAIGN.format(retries=3, end="17:00")
FEWER_RETRIES = CAMPAIGN.format(retries=2, end="17:00")
LONGER = CAMPAIGN.format(retries=3, end="18:00")


class Given(TypedDict, total=False):
    """What a machine is given besides, see `Machine`."""

    secrets: Mapping[str, str]
    inputs: Mapping[str, str]
    before_step: Mapping[str, Callable[[], object]]
    needs: Mapping[str, Any]
    cancel_when: Mapping[str, Callable[[], bool]]
    kill: bool
    actions: Mapping[str, Path]


@dataclass(slots=True)
class World:
    """A repository in git, the API, and what GitHub keeps between jobs."""

    workspace: Path
    place: Path
    api: Sandbox
    jobs: int = 0
    labels: tuple[str, ...] = ()
    gh: Path = field(init=False)

    def __post_init__(self) -> None:
        self.gh = stand_in_for_gh(self.place / "gh", sys.executable)

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=ines", "-c", "user.email=ines@acme.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.workspace, check=True, capture_output=True)

    def write(self, text: str, file: str = "campaigns/sales.yaml") -> None:
        path = self.workspace / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")

    def branch(self, files: Mapping[str, str]) -> None:
        """Check out the merge of a branch that changes these files, as a run on a pull request does."""
        self.git("checkout", "--quiet", "-b", f"branch-{self.jobs}")
        for file, text in files.items():
            self.write(text, file)
        self.commit()
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "merge", f"branch-{self.jobs}")

    def answers(self, rows: list[dict[str, Any]]) -> None:
        """What gh finds when it asks for comments or issues."""
        (self.gh / "answer").write_text(json.dumps(rows), encoding="utf-8")

    def machine(self, event: str, head: str = REPOSITORY, **given: Unpack[Given]) -> Machine:
        """A new machine for a run of this event; a pull request comes from the repository `head`."""
        self.jobs += 1
        github = {
            "repository": REPOSITORY,
            "run_id": str(7000 + self.jobs),
            "run_attempt": "1",
            "event_name": event,
            "event": {
                "pull_request": {
                    "number": "42",
                    "head": {"repo": {"full_name": head}},
                    "labels": [{"name": label} for label in self.labels],
                }
            },
        }
        known: Given = {"secrets": {"TALKOVER_TOKEN": SANDBOX_TOKEN}, **given}
        return Machine(
            workspace=self.workspace,
            temp=self.place / f"temp-{self.jobs}",
            store=self.place / "store",
            github=github,
            variables={"TALKOVER_BASE_URL": self.api.base_url},
            path=[self.gh],
            # What installing does is tested with the wheel; here the environment of the tests is used.
            install=[Path(sys.executable).parent],
            **known,
        )

    def keys(self) -> list[str]:
        """The keys of the caches that were kept."""
        return [unquote(path.name) for path in (self.place / "store/caches/.reconciler").glob("[!.]*")]

    def calls(self) -> list[tuple[str, str, str]]:
        """What gh was asked to write: method, path, and the text or the state."""
        return [
            (call["method"], call["path"].removeprefix(f"repos/{REPOSITORY}/"), _said(call["fields"]))
            for call in map(json.loads, _lines(self.gh / "calls"))
            if call["method"] != "GET"
        ]

    def plan(self, head: str = REPOSITORY, **given: Unpack[Given]) -> tuple[Machine, str]:
        """Run plan.yml."""
        self.clean()
        machine = self.machine("pull_request", head, **given)
        return machine, machine.run(job("plan", "plan"))

    def apply(
        self, event: str = "push", before: Callable[[], object] = bool, **given: Unpack[Given]
    ) -> tuple[Machine, str]:
        """Run both jobs of apply.yml, with something that happens in between."""
        self.clean()
        planning = self.machine(event, inputs=given.get("inputs", {}))
        assert planning.run(job("apply", "plan")) == "success", planning.log
        before()
        self.clean()
        given["needs"] = {"plan": {"outputs": planning.outputs}}
        machine = self.machine(event, **given)
        return machine, machine.run(job("apply", "apply"))

    def drift(self) -> tuple[Machine, str]:
        """Run drift.yml."""
        self.clean()
        machine = self.machine("schedule")
        return machine, machine.run(job("drift", "drift"))

    def calendar(self) -> tuple[Machine, str]:
        """Run calendar.yml."""
        self.clean()
        machine = self.machine("schedule")
        return machine, machine.run(job("calendar", "calendar"))

    def stop(self, reason: str, names: str = "") -> tuple[Machine, str]:
        """Run stop.yml."""
        self.clean()
        machine = self.machine("workflow_dispatch", inputs={"reason": reason, "names": names})
        return machine, machine.run(job("stop", "stop"))

    def release(self, names: str = "", **given: Unpack[Given]) -> tuple[Machine, str]:
        """Run release-holds.yml."""
        self.clean()
        given["inputs"] = {"names": names}
        machine = self.machine("workflow_dispatch", **given)
        return machine, machine.run(job("release-holds", "release"))

    def recover(self, ids: str = "") -> tuple[Machine, str]:
        """Run recover.yml."""
        self.clean()
        machine = self.machine("workflow_dispatch", inputs={"ids": ids})
        return machine, machine.run(job("recover", "recover"))

    def clean(self) -> None:
        """A new machine begins with what is committed, and nothing else."""
        shutil.rmtree(self.workspace / ".reconciler", ignore_errors=True)
        self.git("clean", "-xdfq")


def job(workflow: str, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(ROOT / f".github/workflows/{workflow}.yml")["jobs"][name]
    return found


def _said(fields: Mapping[str, str]) -> str:
    return fields.get("body") or fields["state"]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Sandbox(settings=SandboxSettings(rate_limit=100_000, drain_seconds=0.1)) as api:
        api.put_campaign(SALES)
        world = World(tmp_path / "calls", tmp_path, api)
        shutil.copytree(ROOT / ".github", world.workspace / ".github")
        world.write(UNCHANGED)
        world.write(".reconciler/\n", ".gitignore")
        world.git("init", "--quiet", "--initial-branch", "main")
        world.commit()
        yield world


# Pull requests


def test_a_branch_that_touches_no_campaign_gets_no_comment(world: World) -> None:
    world.branch({"README.md": "Calls\n"})

    machine, result = world.plan()

    assert (result, world.calls()) == ("success", [])
    assert "No campaign changes" in machine.summary


def test_a_comment_of_before_is_updated_when_nothing_changes_any_more(world: World) -> None:
    world.answers([{"id": 5, "user": BOT, "body": f"old {MINE}"}])
    world.branch({"README.md": "Calls\n"})

    world.plan()

    [(method, path, body)] = world.calls()
    assert (method, path) == ("PATCH", "issues/comments/5")
    assert "No campaign changes" in body


def test_changes_are_told_in_a_comment_a_summary_annotations_and_files(world: World) -> None:
    world.branch({"campaigns/sales.yaml": LONGER})

    machine, result = world.plan()

    [(method, path, body)] = world.calls()
    assert (result, method, path) == ("success", "POST", "issues/42/comments")
    assert body.startswith("<!-- reconciler-plan -->\n### 1 campaign changes, 1 loosens")
    assert body.endswith(f"{MINE}\n")
    assert "1 campaign changes, 1 loosens" in machine.summary
    assert re.search(r"^::warning file=campaigns/sales\.yaml,line=4.*17:00.*18:00", machine.log, re.MULTILINE)
    kept = world.place / "store/artifacts/campaigns-plan-production"
    assert sorted(file.name for file in kept.iterdir()) == ["plan.html", "plan.json"]
    assert world.api.writes == ()


def test_the_comment_is_found_by_its_mark_and_its_author(world: World) -> None:
    world.answers(
        [
            {"id": 1, "user": PERSON, "body": f"as if {MINE}"},
            {"id": 2, "user": BOT, "body": "another review <!-- campaigns: production-eu -->"},
            {"id": 3, "user": BOT, "body": f"this one {MINE}"},
        ]
    )
    world.branch({"campaigns/sales.yaml": LONGER})

    world.plan()

    assert [call[:2] for call in world.calls()] == [("PATCH", "issues/comments/3")]


def test_a_comment_that_is_refused_is_warned_of(world: World) -> None:
    (world.gh / "refuse").touch()
    world.branch({"campaigns/sales.yaml": LONGER})

    machine, result = world.plan()

    assert result == "success"
    assert "::warning title=No comment::" in machine.log


def test_problems_fail_the_run_on_the_lines_of_the_files(world: World) -> None:
    world.branch({"campaigns/sales.yaml": CAMPAIGN.format(retries="many", end="08:00")})

    machine, result = world.plan()

    [(_, _, body)] = world.calls()
    assert result == "failure"
    assert re.findall(r"^::error file=campaigns/sales\.yaml,line=(\d+)", machine.log, re.MULTILINE) == ["3", "5"]
    assert "The campaign files have problems" in body
    assert "The campaign files have problems" in machine.summary
    assert not (world.place / "store").exists()


def test_a_plan_over_a_limit_is_shown_and_fails(world: World) -> None:
    world.branch({"campaigns/sales.yaml": LONGER, "campaigns/_environment.yaml": "max_loosened: 0\n"})

    machine, result = world.plan()

    [(_, _, body)] = world.calls()
    assert result == "failure"
    assert "1 campaign changes, 1 loosens" in body
    assert "Apply would refuse this" in body
    assert machine.outcomes()["Keep the plan"] == "success"


def test_a_fork_is_validated_and_compared_with_its_base_alone_and_told_so(world: World) -> None:
    world.branch({"campaigns/sales.yaml": LONGER})

    machine, result = world.plan("mallory/calls", secrets={})

    assert (result, world.calls(), world.api.requests) == ("success", [], ())
    assert "1 campaign changes, 1 loosens" in machine.summary
    assert "the plan is made from the files alone" in machine.summary


def test_an_api_that_refuses_the_token_fails_the_run(world: World) -> None:
    world.branch({"campaigns/sales.yaml": LONGER})

    machine, result = world.plan(secrets={"TALKOVER_TOKEN": "talq_other"})

    assert result == "failure"
    assert "No plan could be made" in machine.summary


def test_names_are_neither_run_nor_read_as_commands(world: World) -> None:
    name = "::add-mask::a $(touch ran) `touch ran` @all <!-- campaigns: elsewhere --> ##[error]b"
    world.branch({"campaigns/sales.yaml": LONGER.replace("name: Sales", f"name: '{name}'")})
    world.api.put_campaign({"id": "sales", "name": name})

    machine, result = world.plan()

    [(_, _, body)] = world.calls()
    assert result == "success"
    assert {command.partition(" ")[0] for command in _commands(machine.log)} <= {"notice", "warning"}
    assert not list(world.place.rglob("ran"))
    assert "<!-- campaigns: elsewhere -->" not in body
    assert "@all" not in body


def _commands(log: str) -> list[str]:
    """The commands that a runner would follow in a log, with what stands between stop and resume left out."""
    heeded, until = [], ""
    for line in map(str.strip, log.splitlines()):
        if until or "##[" in line:
            assert until or line.startswith("::"), "an old command outside of what the tool wrote"
            until = "" if line == f"::{until}::" else until
        elif line.startswith("::stop-commands::"):
            until = line.removeprefix("::stop-commands::")
        if not until and line.startswith("::") and len(line) != len("::::") + 32:
            heeded.append(line[2:])
    return heeded


def test_the_workflow_works_in_another_repository_that_names_the_action_by_its_hash(world: World) -> None:
    name = f"acme/reconciler/.github/actions/campaigns@{'0' * 40}"
    workflow = (ROOT / ".github/workflows/plan.yml").read_text(encoding="utf-8")
    copy = world.place / "plan.yml"
    copy.write_text(workflow.replace("uses: ./.github/actions/campaigns", f"uses: {name}"), encoding="utf-8")
    world.git("rm", "--quiet", "-r", ".github")
    world.branch({"campaigns/sales.yaml": LONGER})
    machine = world.machine("pull_request", actions={name: ROOT / ".github/actions/campaigns"})

    assert machine.run(read(copy)["jobs"]["plan"]) == "success"
    assert [call[:2] for call in world.calls()] == [("POST", "issues/42/comments")]


# Apply


def test_apply_carries_out_the_approved_plan(world: World) -> None:
    world.write(FEWER_RETRIES)
    world.commit()

    machine, result = world.apply()

    assert result == "success", machine.log
    assert world.api.campaign("sales")["max_retries"] == 2
    assert "1 campaign: 1 applied" in machine.summary
    assert machine.outcomes()["Resume what is left paused"] == "success"
    assert world.keys() == ["campaigns-state/production/7002/1/apply"]


def test_apply_is_not_asked_for_where_nothing_changes(world: World) -> None:
    assert world.apply()[1] == "skipped"


def test_apply_writes_nothing_when_live_moved_after_the_approval(world: World) -> None:
    world.write(FEWER_RETRIES)
    world.commit()

    machine, result = world.apply(before=lambda: world.api.put_campaign({"id": "sales", "max_retries": 7}))

    assert result == "failure"
    assert [step.code for step in machine.steps if step.name == "Apply"] == [4]
    assert world.api.writes == ()


def test_apply_refuses_another_plan_than_the_approved_one(world: World) -> None:
    world.api.put_campaign({**SALES, "id": "other", "name": "Other"})
    world.write(FEWER_RETRIES)
    world.write(FEWER_RETRIES.replace("sales", "other").replace("Sales", "Other"), "campaigns/other.yaml")
    world.commit()

    def exchange() -> None:
        """A sound plan, but of one of the two campaigns."""
        file = world.place / "store/artifacts/campaigns-plan-production/plan.json"
        environment = {"TALKOVER_TOKEN": SANDBOX_TOKEN, "TALKOVER_BASE_URL": world.api.base_url}
        program = Path(sys.executable).parent / "reconciler"
        subprocess.run(
            [program, "plan", "campaigns/sales.yaml", "--out", file],
            cwd=world.workspace,
            env=environment,
            check=True,
            capture_output=True,
        )

    machine, result = world.apply(before=exchange)

    assert result == "failure"
    assert [step.code for step in machine.steps if step.name == "Apply"] == [4]
    assert world.api.writes == ()


@pytest.fixture
def draining(world: World) -> World:
    """A change that waits for queued calls for ever."""
    world.api.settings = SandboxSettings(rate_limit=100_000, drain_seconds=3600)
    world.write(LONGER)
    world.commit()
    return world


def test_a_cancelled_apply_resumes_what_it_paused_in_time(draining: World) -> None:
    machine, result = draining.apply(cancel_when={"Apply": lambda: _status(draining) == "paused"})

    outcomes = machine.outcomes()
    assert result == "failure"
    assert _status(draining) == "active"
    assert machine.seconds_to_cancel < 7.5
    assert (outcomes["Resume what is left paused"], outcomes["Keep the state"]) == ("success", "success")
    assert "the journal is empty" in machine.log


def test_what_a_killed_apply_left_paused_is_resumed_by_the_next_step(draining: World) -> None:
    machine, _ = draining.apply(cancel_when={"Apply": lambda: _status(draining) == "paused"}, kill=True)

    assert machine.outcomes()["Resume what is left paused"] == "success"
    assert _status(draining) == "active"


def _left_paused(world: World) -> Machine:
    """A run whose apply is killed in the pause, and whose healing is refused, for as long as the machine lives."""
    writes: list[int] = []

    def is_paused() -> bool:
        if _status(world) != "paused":
            return False
        world.api.fault = "PATCH:403"
        writes.append(len(world.api.writes))
        return True

    def is_refused() -> bool:
        return len(world.api.writes) > writes[-1]

    moments = {"Apply": is_paused, "Resume what is left paused": is_refused}
    return world.apply(cancel_when=moments, kill=True)[0]


def test_what_a_run_could_not_resume_is_resumed_by_the_next_run(draining: World) -> None:
    machine = _left_paused(draining)
    assert (_status(draining), machine.outcomes()["Resume what is left paused"]) == ("paused", "failure")

    draining.api.fault = None
    draining.write(UNCHANGED)
    draining.commit()
    _, result = draining.apply("workflow_dispatch")

    assert (_status(draining), result) == ("active", "success")


def test_what_a_run_could_not_resume_is_resumed_by_hand_without_an_approval(draining: World) -> None:
    _left_paused(draining)
    draining.api.fault = None
    machine, result = draining.recover()

    assert (_status(draining), result) == ("active", "success")
    assert machine.outcomes()["Keep the state"] == "success"
    assert job("recover", "recover")["environment"] == job("apply", "plan")["environment"]
    again, result = draining.recover()
    assert result == "success"
    assert "the journal is empty" in again.log


def test_a_campaign_is_resumed_by_its_id_where_the_journal_is_lost(world: World) -> None:
    world.api.put_campaign({"id": "sales", "status": "paused"})

    _, result = world.recover("sales")

    assert (_status(world), result) == ("active", "success")


def test_a_healing_by_hand_keeps_no_state_over_what_was_kept_meanwhile(draining: World) -> None:
    def keep() -> None:
        place = draining.place / "store/caches/.reconciler"
        folder = place / quote("campaigns-state/production/9999/1/apply", safe="")
        folder.mkdir(parents=True, exist_ok=True)
        (place / f".999999999-{folder.name}").touch()

    look = {"Look what others kept meanwhile": keep}
    machine = draining.machine("workflow_dispatch", inputs={"ids": ""}, before_step=look)

    assert machine.run(job("recover", "recover")) == "success"
    assert machine.outcomes()["Keep the state"] == "skipped"


def test_a_day_without_calls_is_heeded_by_a_run_of_its_own_and_ended_by_a_later_one(world: World) -> None:
    world.api.put_campaign({"id": "sales", "status": "active", "timezone": "UTC"})
    folder = world.workspace / "campaigns"
    (world.workspace / "closed.yaml").write_text("- from: 2020-01-01\n  to: 2099-12-31\n")
    file = next(path for path in folder.rglob("*.yaml") if "id: sales" in path.read_text())
    text = file.read_text()
    file.write_text(f"{text}\nstatus: active\ntimezone: UTC\nclosed_on: [../closed.yaml]\n")
    world.git("add", "-A")
    world.git("commit", "--quiet", "--message", "closed")

    machine, result = world.calendar()
    assert (_status(world), result, machine.outcomes()["Keep the state"]) == ("paused", "success", "success")
    quiet, result = world.calendar()
    assert (result, "paused" in quiet.log) == ("success", False)

    (world.workspace / "closed.yaml").write_text("- date: 2020-01-01\n")
    world.git("commit", "--quiet", "--all", "--message", "open")
    assert (world.calendar()[1], _status(world)) == ("success", "active")


@pytest.mark.parametrize("names", ["", "Nobody,Sales*"])
def test_everything_is_stopped_by_hand_without_an_approval_and_the_next_apply_starts_nothing(
    world: World, names: str
) -> None:
    world.api.put_campaign({"id": "sales", "name": "Sales", "status": "active"})

    machine, result = world.stop("wrong; $(prompt) `went` live", names)
    assert (_status(world), result, machine.outcomes()["Keep the holds"]) == ("paused", "success", "success")
    assert job("stop", "stop")["environment"] == job("apply", "plan")["environment"]
    world.apply("workflow_dispatch")
    assert _status(world) == "paused"


def test_a_hold_outlives_an_apply_that_keeps_its_state_later(world: World) -> None:
    world.write(f"{UNCHANGED}status: active\n")
    world.commit()
    world.apply("workflow_dispatch")

    def stopped_meanwhile() -> None:
        elsewhere = World(world.place / "elsewhere", world.place, world.api, jobs=100)
        shutil.copytree(world.workspace, elsewhere.workspace)
        assert elsewhere.stop("wrong prompt")[1] == "success"

    machine, result = world.apply("workflow_dispatch", before_step={"Keep the state": stopped_meanwhile})
    assert (_status(world), result, machine.outcomes()["Keep the state"]) == ("paused", "success", "success")

    for _ in range(2):
        machine, result = world.apply("workflow_dispatch")
        assert (_status(world), result) == ("paused", "success"), machine.log
        assert "wrong prompt" in machine.log


def test_a_stop_keeps_nothing_over_the_journal_of_others(world: World) -> None:
    world.apply("workflow_dispatch")
    before = world.keys()

    world.stop("wrong prompt")

    assert world.keys() == before


def test_holds_end_in_part_or_all_of_them_once_somebody_approved(world: World) -> None:
    world.stop("wrong prompt")

    assert world.release("Nobody")[1] == "success"
    assert _status(world) == "paused"
    assert world.release("Nobody, Sal*")[1] == "success"
    assert _status(world) == "active"
    assert world.release()[1] == "success"
    assert "wrong prompt" not in world.apply("workflow_dispatch")[0].log
    assert job("release-holds", "release")["environment"] == job("apply", "apply")["environment"]


def test_a_release_keeps_nothing_over_a_stop_that_came_meanwhile(world: World) -> None:
    world.stop("wrong prompt")

    def stopped_meanwhile() -> None:
        elsewhere = World(world.place / "elsewhere", world.place, world.api, jobs=100)
        shutil.copytree(world.workspace, elsewhere.workspace)
        assert elsewhere.stop("worse prompt", "Sal*")[1] == "success"

    machine, result = world.release(before_step={"Look what others kept meanwhile": stopped_meanwhile})

    assert (result, machine.outcomes()["Keep the holds"]) == ("failure", "skipped")
    assert "a stop came meanwhile" in machine.log
    assert "worse prompt" in world.apply("workflow_dispatch")[0].log
    assert (world.release()[1], _status(world)) == ("success", "active")


def _status(world: World) -> object:
    return world.api.campaign("sales")["status"]


# Day after day


SHAPES = [
    "",
    "legacy",
    "legacy,missing,no-paging",
    "both,seconds,timestamps-local,strings,objects",
    "missing,timestamps,bits,nulls,bare",
    "absent,meta,extra,source-campaign",
]
# Fields that some answers show and others don't, and a week that the older pair of times hides.
EVERYTHING = """\
id: sales
name: Sales
max_retries: {retries}
end_date: null
auto_complete: true
retry_on_no_conversion: false
days_of_week: [1, 2, 3]
call_time_ranges:
  - {{ start: "09:00", end: "12:00" }}
  - {{ start: "13:00", end: "17:00" }}
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_the_pipeline_works_every_day(world: World, shape: str) -> None:
    world.api.put_campaign({**SALES, "timezone": "UTC", "queued": 0})
    world.api.settings = SandboxSettings(rate_limit=100_000, drain_seconds=0.1, answers=AnswerShape.parse(shape))
    for day in range(1, 6):
        world.write(EVERYTHING.format(retries=3 - (day + 1) // 2))
        world.commit()
        machine, result = world.apply("workflow_dispatch")
        codes = [step.code for step in machine.steps if step.name == "Apply"]
        assert (codes, result) == ([0], "success"), f"day {day}: {machine.log}"
        # On even days the files are what they were.
        assert ("1 campaign: 1 applied" in machine.summary) is (day % 2 == 1), f"day {day}: {machine.log}"
        assert world.drift()[1] == "success"
    assert len(world.keys()) == 5


def test_a_plan_knows_what_an_earlier_run_sent_of_what_no_answer_shows(world: World) -> None:
    world.api.settings = SandboxSettings(rate_limit=100_000, answers=AnswerShape(missing=True))
    world.write(UNCHANGED + "auto_complete: true\n")
    world.commit()
    world.apply()

    planning = world.machine("push")
    world.clean()

    assert planning.run(job("apply", "plan")) == "success"
    assert planning.outputs["changes"] == "0"


def made_ready(name: str) -> dict[str, Any]:
    """The step that installs, and brings the state of an environment."""
    return {"uses": "./.github/actions/campaigns", "id": "install", "with": {"name": name, "plan": "false"}}


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("production", "production-eu"),
        ("eu", "eu-7001"),
        ("eu", "eu-7001-1"),
        ("a", "a-"),
        ("a", "ab"),
        ("1", "12"),
        ("-", "--"),
    ],
)
def test_no_environment_is_given_the_state_of_another(world: World, mine: str, other: str) -> None:
    key = "${{ steps.install.outputs.state-key }}"
    keep = {"uses": "actions/cache/save@v", "with": {"path": ".reconciler", "key": key}}
    for name in (mine, other):
        world.write(name, ".reconciler/journal.json")  # what this run leaves there
        assert world.machine("push").run({"name": "apply", "steps": [made_ready(name), keep]}) == "success"

    found = {}
    for name in (mine, other):
        world.clean()
        world.machine("push").run({"name": "plan", "steps": [made_ready(name)]})
        found[name] = (world.workspace / ".reconciler/journal.json").read_text(encoding="utf-8")

    assert found == {mine: mine, other: other}


@pytest.mark.parametrize("name", ["", "production/eu", "Production", "a b", "*", "é", "a\nb", "production/"])
def test_a_name_that_could_begin_the_keys_of_another_is_refused(world: World, name: str) -> None:
    machine = world.machine("push")

    assert machine.run({"name": "plan", "steps": [made_ready(name)]}) == "failure"
    assert "the input name may hold a-z, 0-9 and hyphens" in machine.log


def test_a_state_that_is_in_git_is_no_state(world: World) -> None:
    world.write("{}", ".reconciler/journal.json")
    world.git("add", "--force", ".reconciler")
    world.git("commit", "--quiet", "--message", "slip")
    machine = world.machine("push")

    assert machine.run({"name": "plan", "steps": [made_ready("production")]}) == "failure"
    assert "the folder .reconciler is in git" in machine.log


# Over a limit


def test_a_label_lets_a_branch_over_a_limit_and_the_comment_says_so(world: World) -> None:
    world.labels = ("size: small", OVER)
    world.branch({"campaigns/sales.yaml": LONGER, "campaigns/_environment.yaml": "max_loosened: 0\n"})

    _, result = world.plan()

    [(_, _, body)] = world.calls()
    assert result == "success"
    assert "over a limit, and let through this once: 1 of 1 campaigns loosen" in body
    assert "Apply would refuse this" not in body


@pytest.mark.parametrize(("over", "retries"), [("true", 9), ("false", 3)])
def test_a_run_by_hand_applies_over_a_limit_where_it_says_so(world: World, over: str, retries: int) -> None:
    world.write(CAMPAIGN.format(retries=9, end="17:00"))
    world.write("max_loosened: 0\n", "campaigns/_environment.yaml")
    world.commit()
    planning = world.machine("workflow_dispatch", inputs={"over-limits": over})

    if planning.run(job("apply", "plan")) == "success":
        assert "over a limit, and let through this once" in planning.summary
        given: Given = {"needs": {"plan": {"outputs": planning.outputs}}, "inputs": {"over-limits": over}}
        assert world.machine("workflow_dispatch", **given).run(job("apply", "apply")) == "success"

    assert world.api.campaign("sales")["max_retries"] == retries


# Drift


def test_drift_opens_an_issue(world: World) -> None:
    world.api.put_campaign({"id": "sales", "max_retries": 7})

    _, result = world.drift()

    [(method, path, body)] = world.calls()
    assert (result, method, path) == ("success", "POST", "issues")
    assert "1 campaign changes" in body
    assert body.endswith(f"{DRIFT}\n")


def test_drift_updates_the_issue_that_is_open(world: World) -> None:
    world.api.put_campaign({"id": "sales", "max_retries": 7})
    world.answers(
        [
            {"number": 1, "user": PERSON, "body": f"as if {DRIFT}"},
            {"number": 2, "user": BOT, "body": None},
            {"number": 3, "user": BOT, "body": f"a pull request {DRIFT}", "pull_request": {}},
            {"number": 4, "user": BOT, "body": f"this one {DRIFT}"},
        ]
    )

    world.drift()

    assert [call[:2] for call in world.calls()] == [("PATCH", "issues/4")]


def test_drift_that_is_gone_closes_the_issue(world: World) -> None:
    world.answers([{"number": 4, "user": BOT, "body": DRIFT}])

    world.drift()

    [(_, path, words), closing] = world.calls()
    assert path == "issues/4/comments"
    assert words.startswith("Live campaigns are what their files say again")
    assert closing == ("PATCH", "issues/4", "closed")


def test_no_drift_and_no_issue_is_nothing_to_tell(world: World) -> None:
    assert (world.drift()[1], world.calls()) == ("success", [])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda world: world.api.remove_campaign("sales"), id="a campaign that is gone"),
        pytest.param(
            lambda world: (
                world.api.put_campaign({"id": "sales", "max_retries": 7})
                and world.write("max_changes: 0\n", "campaigns/_environment.yaml") is None
                and world.commit()
            ),
            id="more drift than a limit allows",
        ),
    ],
)
def test_drift_that_cannot_be_applied_is_told_and_fails(world: World, spoil: Callable[[World], object]) -> None:
    spoil(world)

    _, result = world.drift()

    assert result == "failure"
    assert [call[:2] for call in world.calls()] == [("POST", "issues")]

"""The workflows and the action are sound, ask for little, and take nothing from outside into a script."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.actions import ROOT, evaluate, filled, read

GITHUB = ROOT / ".github"
ACTION = GITHUB / "actions/campaigns/action.yml"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
FILES = [*WORKFLOWS, ACTION]
BIN = Path(sys.executable).parent


def _name(path: Path) -> str:
    return path.stem


def _jobs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for workflow in WORKFLOWS:
        for name, job in read(workflow)["jobs"].items():
            yield f"{workflow.stem}/{name}", job


def _steps(path: Path) -> Iterator[Mapping[str, Any]]:
    document = read(path)
    for job in document.get("jobs", {"": document.get("runs")}).values():
        yield from job["steps"]


def _printed(*command: str | Path) -> str:
    """What a check prints that finds something; nothing if it is content."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


# Tools


def test_zizmor_finds_nothing() -> None:
    assert _printed(BIN / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", GITHUB) == ""


def test_workflows_and_action_are_what_their_schemas_say() -> None:
    check = (BIN / "check-jsonschema", "--builtin-schema")

    assert _printed(*check, "vendor.github-workflows", *WORKFLOWS) == ""
    assert _printed(*check, "vendor.github-actions", ACTION) == ""
    assert _printed(*check, "vendor.dependabot", GITHUB / "dependabot.yml") == ""


def test_forms_are_what_their_schemas_say() -> None:
    config = GITHUB / "ISSUE_TEMPLATE/config.yml"
    forms = [path for path in GITHUB.glob("ISSUE_TEMPLATE/*.yml") if path != config]
    check = (BIN / "check-jsonschema", "--builtin-schema")

    assert _printed(*check, "vendor.github-issue-forms", *forms) == ""
    assert _printed(*check, "vendor.github-issue-config", config) == ""


def test_what_is_new_waits_a_week() -> None:
    updates = read(GITHUB / "dependabot.yml")["updates"]

    assert {update["package-ecosystem"]: update["cooldown"]["default-days"] for update in updates} == {
        "github-actions": 7,
        "pip": 7,
    }


def test_one_job_stands_for_all_of_a_check() -> None:
    jobs = read(GITHUB / "workflows/ci.yml")["jobs"]

    assert {*jobs["required"]["needs"], "required"} == set(jobs)


def test_every_python_that_the_package_promises_is_tested() -> None:
    classifiers = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert read(GITHUB / "workflows/ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"] == classifiers


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_shellcheck_finds_nothing(path: Path, tmp_path: Path) -> None:
    for number, step in enumerate(step for step in _steps(path) if "run" in step):
        script = tmp_path / f"{number}.sh"
        script.write_text(step["run"], encoding="utf-8")

        assert _printed(BIN / "shellcheck", "--shell", "bash", "--norc", script) == ""


def test_actionlint_finds_nothing() -> None:
    actionlint = shutil.which("actionlint", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if not actionlint and not os.environ.get("GITHUB_ACTIONS"):
        pytest.skip("actionlint is not installed: its package is none that every machine can install")
    assert actionlint

    assert _printed(actionlint, "-shellcheck", str(BIN / "shellcheck")) == ""


# Rules of our own


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    assert [step["name"] for step in _steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_scripts_use_the_command_line_and_nothing_from_inside_of_the_package(path: Path) -> None:
    inside = re.compile(r"\b(?:import|from)\s+reconciler\b|python\S* -m reconciler")

    assert [step["name"] for step in _steps(path) if inside.search(step.get("run", ""))] == []


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_expressions_take_nothing_that_a_contributor_words(path: Path) -> None:
    found = re.findall(r"\bgithub(?:\.\w+)+", "\n".join(re.findall(r"\$\{\{.*?\}\}", path.read_text(encoding="utf-8"))))

    assert set(found) <= {
        "github.event.pull_request.head.repo.full_name",  # of a fork, and compared only
        "github.event.pull_request.labels",  # compared only; who may set labels may let a plan over a limit
        "github.event.pull_request.number",
        "github.job",
        "github.ref",  # in a group of concurrency
        "github.repository",
        "github.run_attempt",
        "github.run_id",
        "github.token",
    }


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_actions_of_others_are_pinned_by_hash_with_their_version(path: Path) -> None:
    lines = re.findall(r"^.*\buses: (?!\./).*$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_an_action_is_pinned_alike_everywhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    pins = {(repository, pin) for repository, pin in re.findall(r"uses: ([\w-]+/[\w-]+)\S*@(.*)$", text, re.MULTILINE)}

    assert len(pins) == len({repository for repository, _ in pins})


@pytest.mark.parametrize("path", WORKFLOWS, ids=_name)
def test_a_workflow_may_do_nothing_by_itself(path: Path) -> None:
    assert read(path)["permissions"] == {}


def test_jobs_may_do_what_they_need() -> None:
    assert {name: job["permissions"] for name, job in _jobs()} == {
        "apply/apply": {"contents": "read"},
        "apply/plan": {"contents": "read"},
        "calendar/calendar": {"contents": "read"},
        "ci/check": {"contents": "read"},
        "ci/required": {},
        "ci/tests": {"contents": "read"},
        "drift/drift": {"contents": "read", "issues": "write"},
        "nightly/benchmarks": {"contents": "read"},
        "nightly/examples": {"contents": "read"},
        "nightly/newest": {"contents": "read"},
        "plan/plan": {"contents": "read", "pull-requests": "write"},
        "recover/recover": {"contents": "read"},
        "release-holds/release": {"contents": "read"},
        "stop/stop": {"contents": "read"},
        "release/build": {"contents": "read"},
        "release/publish": {"attestations": "write", "id-token": "write"},
    }


def test_jobs_end() -> None:
    assert [name for name, job in _jobs() if not 0 < job["timeout-minutes"] <= 60] == []


def test_secrets_are_for_jobs_with_an_environment() -> None:
    assert {name: job["environment"] for name, job in _jobs() if "environment" in job} == {
        "apply/apply": "campaigns-apply",
        "apply/plan": "campaigns-read",
        "calendar/calendar": "campaigns-read",
        "drift/drift": "campaigns-read",
        "plan/plan": "campaigns-review",
        "recover/recover": "campaigns-read",
        "release-holds/release": "campaigns-apply",
        "stop/stop": "campaigns-read",
        "release/publish": "release",
    }
    for name in ("ci", "nightly", "release"):
        assert "secrets." not in (GITHUB / f"workflows/{name}.yml").read_text(encoding="utf-8")


def test_an_apply_begins_where_the_guide_puts_what_campaigns_name() -> None:
    (paths,) = re.findall(r"(?m)^    paths: (\[.+\])$", (ROOT / ".github/workflows/apply.yml").read_text("utf-8"))
    guide = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    named = {
        f"{folder}/**" for folder in re.findall(r"(?:\.\./)+([a-z]+)/[\w-]+\.(?:txt|csv|yaml|schema\.json)", guide)
    }

    assert named - {*json.loads(paths)} == {"schemas/**"}


def test_applies_wait_for_each_other_and_are_not_cancelled_for_newer_ones() -> None:
    assert read(GITHUB / "workflows/apply.yml")["concurrency"] == {
        "group": "campaigns-apply-production",
        "cancel-in-progress": False,
        "queue": "max",
    }


def test_apply_ends_by_itself_before_its_job_is_ended() -> None:
    job = read(GITHUB / "workflows/apply.yml")["jobs"]["apply"]
    [apply] = [step["run"] for step in job["steps"] if step.get("id") == "apply"]
    [deadline] = re.findall(r"--deadline (\d+)", apply)

    assert int(deadline) + 300 <= job["timeout-minutes"] * 60


# What is installed


@pytest.mark.wheel
def test_the_action_installs(tmp_path: Path) -> None:
    [install] = [step["run"] for step in _steps(ACTION) if step.get("name") == "Install"]
    files = {name: str(tmp_path / name.lower()) for name in ("GITHUB_PATH", "RUNNER_TEMP")}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **files, "PATH": path, "GITHUB_ACTION_PATH": str(ACTION.parent)}

    subprocess.run(["bash", "-e", "-o", "pipefail", "-c", install], cwd=tmp_path, env=environment, check=True)

    program = Path((tmp_path / "github_path").read_text(encoding="utf-8").strip()) / "reconciler"
    assert _printed(program, "validate") == ""


# Hook for pre-commit


@pytest.mark.parametrize(
    ("retries", "code", "told"),
    [
        pytest.param("3", 0, "1 campaign checked, no problems\n", id="sound"),
        pytest.param("many", 1, "campaigns/sales.yaml:3:14: max_retries: ", id="with a problem"),
    ],
)
def test_the_hook_for_pre_commit_validates(tmp_path: Path, retries: str, code: int, told: str) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    campaign = tmp_path / "campaigns/sales.yaml"
    campaign.parent.mkdir()
    campaign.write_text(f"id: sales\nname: Sales\nmax_retries: {retries}\n", encoding="utf-8")

    environment = {"PATH": f"{BIN}{os.pathsep}{os.defpath}"}
    command = shlex.split(hook["entry"])
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == code
    assert (done.stdout + done.stderr).startswith(told)
    assert re.search(hook["files"], "campaigns/sales.yaml")
    assert hook["pass_filenames"] is False
    assert hook["verbose"] is True


def test_the_hook_for_pre_commit_takes_another_folder_and_shows_warnings(tmp_path: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    campaign = tmp_path / "outbound/sales.yaml"
    campaign.parent.mkdir()
    campaign.write_text("id: sales\nname: Sales\nend_date: '2020-01-01'\n", encoding="utf-8")

    environment = {"PATH": f"{BIN}{os.pathsep}{os.defpath}"}
    command = [*shlex.split(hook["entry"]), "outbound"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "outbound/sales.yaml:3:11: warning: end_date: 2020-01-01 has passed" in done.stdout


# The runner that the tests of the pipeline use


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref", "main"),
        ("github.nothing.at.all", ""),
        ("github.ref == 'main'", True),
        ("github.ref != 'main'", False),
        ("always() && github.ref == 'other'", False),
        ("github.ref == 'other' || github.ref == 'main'", True),
    ],
)
def test_the_runner_knows_expressions(expression: str, value: object) -> None:
    assert evaluate(expression, {"github": {"ref": "main"}}) == value


@pytest.mark.parametrize("expression", ["contains(github.ref, 'a')", "github.ref > 1", "!github.ref"])
def test_the_runner_refuses_expressions_that_it_does_not_know(expression: str) -> None:
    with pytest.raises((ValueError, AssertionError)):
        evaluate(expression, {"github": {"ref": "main"}})


def test_the_runner_fills_texts() -> None:
    assert filled("a ${{ x == 'y' }} ${{ z }}", {"x": "y", "z": "b"}) == "a true b"

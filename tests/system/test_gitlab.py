"""The jobs for GitLab: held to its schema, and every script of theirs run, against the stand-in for the API."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TEMPLATE = ROOT / ".gitlab/campaigns.yml"
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
MARK = "<!-- campaigns: production -->"
ME, SOMEBODY = 7, 8
SALES = {"id": "sales", "name": "Sales", "status": "active", "max_retries": 3}
FILE = "id: sales\nmax_retries: {}\n"


def merged(name: str) -> dict[str, Any]:
    """A job with what it extends, as GitLab merges them: mappings deeply, anything else as a whole."""
    job = JOBS[name]
    return _over(merged(job["extends"]), job) if "extends" in job else job


def _over(base: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in job.items():
        found[key] = _over(base[key], value) if isinstance(value, dict) and key in base else value
    return found


class _Api(BaseHTTPRequestHandler):
    """GitLab's API for the notes of one merge request."""

    server: GitLab

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        page = int((re.search(r"[?&]page=(\d+)", self.path) or [0, 1])[1])
        if self.path == "/api/v4/user":
            self._answer({"id": ME})
        else:
            self._answer(self.server.notes[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        self._write()

    def do_PUT(self) -> None:
        self._write()

    def _write(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        self.server.writes.append((f"{self.command} {self.path.removeprefix('/api/v4')}", body))
        self._answer({})

    def _answer(self, document: object) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "note-token"
        if self.server.moved_to:
            self.send_response(302)
            self.send_header("Location", self.server.moved_to)
            self.end_headers()
            return
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class GitLab(ThreadingHTTPServer):
    """The server, with the notes that are there and those that were written."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.notes: list[dict[str, Any]] = []
        self.writes: list[tuple[str, str]] = []
        self.moved_to = ""


@dataclass(slots=True)
class Project:
    """A project on GitLab: its working tree, its API, and the API of the campaigns."""

    folder: Path
    gitlab: GitLab
    api: Sandbox
    variables: dict[str, str] = field(default_factory=dict)

    def write(self, retries: int) -> None:
        """Let the one campaign have so many retries."""
        path = self.folder / "campaigns/sales.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(FILE.format(retries), encoding="utf-8")

    def git(self, *arguments: str) -> str:
        """Run git in the working tree."""
        who = ["-c", "user.name=ines", "-c", "user.email=ines@acme.example", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit everything; returns the hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def run(self, name: str, part: str = "script", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a job, as a runner does that has installed what `before_script` installs."""
        job = merged(name)
        environment = {
            "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
            "HOME": str(self.folder.parent),
            "TALKOVER_BASE_URL": self.api.base_url,
            "TALKOVER_TOKEN": SANDBOX_TOKEN,
            **job["variables"],
            **self.variables,
            **variables,
        }
        script = "\n".join(job[part])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def review(self, base: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the job of a merge request that left the default branch at this commit."""
        host, port = self.gitlab.server_address[:2]
        return self.run(
            "campaigns-review",
            CI_API_V4_URL=f"http://{host!s}:{port}/api/v4",
            CI_PROJECT_ID="3",
            CI_MERGE_REQUEST_IID="42",
            CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
            CAMPAIGNS_NOTE_TOKEN="note-token",
            **variables,
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    folder = tmp_path / "project"
    shutil.copytree(ROOT / ".gitlab", folder / ".gitlab")
    with GitLab() as gitlab, Sandbox(settings=SandboxSettings(rate_limit=100_000, drain_after_puts=1)) as api:
        threading.Thread(target=gitlab.serve_forever, daemon=True).start()
        api.put_campaign(SALES)
        found = Project(folder, gitlab, api)
        (folder / ".gitignore").write_text(".reconciler/\nplan.*\nreport.json\nvalidate.xml\n", encoding="utf-8")
        found.write(3)
        found.git("init", "--quiet", "-b", "main")
        found.commit()
        yield found
        gitlab.shutdown()


# What it is


def test_the_jobs_are_what_the_schema_of_gitlab_says() -> None:
    check = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", str(TEMPLATE)]

    done = subprocess.run(check, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name in JOBS if not name.startswith(".")])
def test_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    job, script = merged(name), tmp_path / "script.sh"
    script.write_text("\n".join([*job["before_script"], *job["script"]]), encoding="utf-8")

    # 2086 is about words that are split, which is on purpose: the call of pip, and a list of ids.
    check = [str(BIN / "shellcheck"), "--shell", "sh", "--norc", "--exclude", "2086", str(script)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_only_what_pauses_or_resumes_keeps_the_state_and_one_at_a_time() -> None:
    jobs = {name: merged(name) for name in JOBS if not name.startswith(".")}
    state = {name for name, job in jobs.items() if job["cache"][0]["policy"] != "pull"}
    holds = {name for name, job in jobs.items() if job["cache"][1]["policy"] != "pull"}

    assert state == {"campaigns-apply", "campaigns-recover", "campaigns-calendar"}
    assert holds == {"campaigns-stop", "campaigns-release"}
    for job in jobs.values():
        assert [(cache["key"], cache["paths"]) for cache in job["cache"]] == [
            ("campaigns-state-production", [".reconciler/"]),
            ("campaigns-holds-production", [".reconciler/_holds.yaml"]),
        ]
    assert {name for name, job in jobs.items() if job.get("resource_group") == "campaigns-production"} == state
    assert {name for name, job in jobs.items() if job.get("resource_group") == "campaigns-holds-production"} == holds


def test_what_writes_begins_by_hand_on_the_default_branch_alone() -> None:
    for name in ("campaigns-apply", "campaigns-recover", "campaigns-stop", "campaigns-release"):
        rules = merged(name)["rules"]

        assert {rule["when"] for rule in rules} == {"manual"}
        assert all("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] for rule in rules)


def test_a_schedule_is_for_drift_or_for_days_without_calls() -> None:
    said = {name: merged(name)["rules"][0]["if"] for name in ("campaigns-calendar", "campaigns-drift")}

    assert all(rule.startswith('$CI_PIPELINE_SOURCE == "schedule" && ') for rule in said.values())
    assert said["campaigns-calendar"].replace("==", "!=") == said["campaigns-drift"].replace("==", "!=")


def test_no_job_waits_for_changes_in_one_folder() -> None:
    assert [name for name in JOBS for rule in JOBS[name].get("rules", ()) if "changes" in rule] == []


# What it does


def test_a_merge_request_gets_one_note_that_is_kept_up_to_date(project: Project) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write(2)
    project.commit()

    first = project.review(base)
    (call, body), *rest = project.gitlab.writes
    project.gitlab.notes = [
        *({"id": number, "author": {"id": SOMEBODY}, "body": MARK} for number in range(1, 151)),
        {"id": 151, "author": {"id": ME}, "body": body},
    ]
    again = project.review(base)

    assert (first.returncode, again.returncode, rest) == (0, 0, []), first.stderr + again.stderr
    assert call == "POST /projects/3/merge_requests/42/notes"
    assert "1 campaign changes" in body
    assert body.endswith(MARK)
    assert [call for call, _ in project.gitlab.writes] == [call, "PUT /projects/3/merge_requests/42/notes/151"]
    assert {"plan.html", "plan.json", "plan.md", "validate.xml"} <= {path.name for path in project.folder.iterdir()}


def test_a_merge_request_that_touches_no_campaign_begins_no_note(project: Project) -> None:
    done = project.review(project.git("rev-parse", "HEAD"))

    assert (done.returncode, project.gitlab.writes) == (0, [])
    assert "none is written" in done.stdout


def test_the_token_follows_no_redirect_and_a_note_that_fails_fails_nothing(project: Project) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write(2)
    project.commit()
    project.gitlab.moved_to = "http://127.0.0.1:9/elsewhere"

    done = project.review(base)

    assert (done.returncode, project.gitlab.writes) == (0, [])
    assert "the note could not be written" in done.stderr
    assert "note-token" not in done.stdout + done.stderr


def test_without_a_token_the_files_alone_are_compared(project: Project) -> None:
    base = project.git("rev-parse", "HEAD")
    project.write(2)
    project.commit()

    done = project.review(base, TALKOVER_TOKEN="")

    assert (done.returncode, len(project.gitlab.writes)) == (0, 1), done.stderr
    assert "the plan is made from the files alone" in done.stderr


def test_a_file_with_a_problem_fails_and_is_a_test_that_failed(project: Project) -> None:
    base = project.git("rev-parse", "HEAD")
    (project.folder / "campaigns/sales.yaml").write_text("id: sales\nmax_retries: many\n", encoding="utf-8")

    done = project.review(base)

    assert (done.returncode, project.gitlab.writes) == (1, [])
    assert 'failures="1"' in (project.folder / "validate.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        pytest.param({}, 1, id="refused"),
        pytest.param({"CI_MERGE_REQUEST_LABELS": "a,campaigns: over the limit"}, 0, id="by a label"),
        pytest.param({"OVER_LIMITS": "true"}, 0, id="by hand"),
    ],
)
def test_a_plan_over_a_limit_is_let_through_by_a_label(project: Project, variables: dict[str, str], code: int) -> None:
    (project.folder / "campaigns/_environment.yaml").write_text("max_changes: 0\n", encoding="utf-8")
    base = project.commit()
    project.write(2)
    project.commit()

    assert project.review(base, **variables).returncode == code


def test_the_plan_of_the_default_branch_is_applied_and_nothing_drifts(project: Project) -> None:
    project.write(2)

    drifts = project.run("campaigns-drift")
    planned = project.run("campaigns-plan")
    applied = project.run("campaigns-apply")
    recovered = project.run("campaigns-apply", "after_script")
    quiet = project.run("campaigns-drift")

    assert [one.returncode for one in (drifts, planned, applied, recovered, quiet)] == [2, 0, 0, 0, 0], applied.stderr
    assert [(write.call, write.body) for write in project.api.writes] == [("PUT /campaigns/sales", {"max_retries": 2})]
    assert json.loads((project.folder / "report.json").read_bytes())["exit_code"] == 0


def test_a_day_without_calls_is_heeded_and_ended(project: Project) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    days = [today + datetime.timedelta(days=number) for number in (-1, 0, 1)]
    (project.folder / "closed.yaml").write_text("".join(f'- date: "{day}"\n' for day in days), encoding="utf-8")
    path = project.folder / "campaigns/sales.yaml"
    path.write_text("id: sales\nstatus: active\nclosed_on: [../closed.yaml]\n", encoding="utf-8")

    paused = project.run("campaigns-calendar")
    (project.folder / "closed.yaml").write_text('- date: "2020-01-01"\n', encoding="utf-8")
    resumed = project.run("campaigns-calendar")

    assert (paused.returncode, resumed.returncode) == (0, 0), paused.stderr + resumed.stderr
    assert [write.body for write in project.api.writes] == [{"status": "paused"}, {"status": "active"}]


def test_campaigns_are_resumed_by_their_ids(project: Project) -> None:
    project.api.put_campaign({**SALES, "status": "paused"})

    done = project.run("campaigns-recover", RECOVER_IDS="sales")

    assert done.returncode == 0, done.stderr
    assert [write.call for write in project.api.writes] == ["PATCH /campaigns/sales/status"]


@pytest.mark.parametrize("names", ["", "Nobody, Sal*"])
def test_everything_is_stopped_and_held_until_a_release(project: Project, names: str) -> None:
    project.write(2)

    stopped = project.run("campaigns-stop", STOP_REASON="wrong; $(prompt)", STOP_NAMES=names)
    drifts = project.run("campaigns-drift")
    released = project.run("campaigns-release", RELEASE_NAMES=names)

    assert [one.returncode for one in (stopped, drifts, released)] == [0, 2, 0], stopped.stderr + released.stderr
    assert "wrong; $(prompt)" in drifts.stdout
    assert [write.body for write in project.api.writes] == [{"status": "paused"}, {"status": "active"}]
    assert (project.folder / "campaigns/_holds.yaml").read_text(encoding="utf-8").endswith("holds: []\n")

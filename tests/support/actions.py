"""A small runner of GitHub Actions: runs the `run:` steps of jobs with bash, and stands in for everything else.

What it knows is what the workflows here use: `if:` and `${{ }}` with lookups, strings, `==`, `!=`, `&&`, `||` and
`always()` and `contains()` of a list; the files that steps write outputs and paths to; composite actions; checkout,
artifacts, and the cache with the way in which GitHub finds caches by the beginnings of their keys.
Anything else is an error, so that a workflow cannot quietly use more than the tests run.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import yaml

ROOT = Path(__file__).parents[2]

_EXPRESSION = re.compile(r"\$\{\{(.+?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:'([^']*)'|(==|!=|&&|\|\||[(),])|([A-Za-z_][\w.*-]*))")
# How a runner cancels: an interrupt to the step's own process, then a termination, then the end of the whole tree.
_UNTIL_TERMINATED, _UNTIL_KILLED = 7.5, 2.5


def read(path: Path) -> dict[str, Any]:
    """A workflow or an action. YAML 1.1 takes the key `on` for a boolean; its own name is given back to it."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


# Expressions


def evaluate(expression: str, context: Mapping[str, Any]) -> object:
    """The value of an expression; what is not there is an empty text, as on a runner."""
    parts = list(_TOKEN.finditer(expression.strip()))
    if "".join(part[0] for part in parts) != expression.strip():
        msg = f"this runner cannot read {expression!r}"
        raise ValueError(msg)
    tokens = [(part[1] is not None, part[1] or part[2] or part[3] or "") for part in parts]
    value = _either(tokens, context)
    assert not tokens, expression
    return value


_Tokens = list[tuple[bool, str]]


def _either(tokens: _Tokens, context: Mapping[str, Any]) -> object:
    value = _both(tokens, context)
    while tokens and tokens[0] == (False, "||"):
        tokens.pop(0)
        other = _both(tokens, context)
        value = value or other
    return value


def _both(tokens: _Tokens, context: Mapping[str, Any]) -> object:
    value = _compared(tokens, context)
    while tokens and tokens[0] == (False, "&&"):
        tokens.pop(0)
        other = _compared(tokens, context)
        value = value and other
    return value


def _compared(tokens: _Tokens, context: Mapping[str, Any]) -> object:
    value = _single(tokens, context)
    if tokens and tokens[0] in ((False, "=="), (False, "!=")):
        is_equal = tokens.pop(0)[1] == "=="
        return (value == _single(tokens, context)) is is_equal
    return value


def _single(tokens: _Tokens, context: Mapping[str, Any]) -> object:
    is_text, token = tokens.pop(0)
    if is_text:
        return token
    if token == "always":
        assert [tokens.pop(0)[1], tokens.pop(0)[1]] == ["(", ")"]
        return True
    if token == "contains":
        return _contains(tokens, context)
    value: object = context
    for name in token.split("."):
        value = _part(value, name)
    return value


def _contains(tokens: _Tokens, context: Mapping[str, Any]) -> bool:
    """Whether a list holds a value; texts are compared without regard to case, as on a runner."""
    assert tokens.pop(0) == (False, "(")
    values = _single(tokens, context)
    assert isinstance(values, list) or values == "", "a part of a text is not looked for here"
    assert tokens.pop(0) == (False, ",")
    wanted = _text(_single(tokens, context)).lower()
    assert tokens.pop(0) == (False, ")")
    return wanted in [_text(value).lower() for value in values or []]


def _part(value: object, name: str) -> object:
    """A part of a value; `*` stands for all elements of a list, and what follows for that part of each."""
    if isinstance(value, list):
        return value if name == "*" else [_part(element, name) for element in value]
    return value.get(name, "") if isinstance(value, Mapping) else ""


def filled(text: object, context: Mapping[str, Any]) -> str:
    """A text with its expressions replaced by their values."""
    return _EXPRESSION.sub(lambda match: _text(evaluate(match[1], context)), _text(text))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# Jobs


@dataclass(slots=True)
class Step:
    """What became of one step."""

    name: str
    outcome: str
    code: int | None = None
    log: str = ""


@dataclass(slots=True)
class Machine:
    """One machine for one job: its folders, its files, and what outlives it in `store` (artifacts and caches).

    `path` goes before everything else; `install` is what the step Install would add to the path, if it is replaced.
    `cancel_when` says for the name of a step when it is cancelled, or killed where `kill` is set. `actions` are
    composite actions of other repositories;
    `inputs` those of a run by hand; `before_step` says what others do just before a step.
    """

    workspace: Path
    temp: Path
    store: Path
    github: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    path: Sequence[Path] = ()
    install: Sequence[Path] = ()
    cancel_when: Mapping[str, Callable[[], bool]] = field(default_factory=dict)
    kill: bool = False
    actions: Mapping[str, Path] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    needs: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    before_step: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    is_failed: bool = False
    seconds_to_cancel: float = 0.0
    _path: list[str] = field(default_factory=list)

    def run(self, job: Mapping[str, Any]) -> str:
        """Run a job; returns `success`, `failure` or `skipped`."""
        self.temp.mkdir(parents=True, exist_ok=True)
        self.github = {**self.github, "job": job["name"]}  # jobs here are called by their ids
        context = self._context({})
        if "if" in job and not evaluate(job["if"], context):
            return "skipped"
        self._run_steps(job["steps"], {}, context)
        self.outputs = {name: filled(value, context) for name, value in job.get("outputs", {}).items()}
        return "failure" if self.is_failed else "success"

    @property
    def summary(self) -> str:
        """What the steps wrote into the summary of the run."""
        return _content(self.temp / "summary")

    @property
    def log(self) -> str:
        """What all steps printed."""
        return "".join(step.log for step in self.steps)

    def outcomes(self) -> dict[str, str]:
        """What became of each step with a name."""
        return {step.name: step.outcome for step in self.steps}

    def _context(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        return {
            "github": {**self.github, "token": "job-token"},
            "secrets": self.secrets,
            "vars": self.variables,
            "runner": {"temp": str(self.temp)},
            "inputs": inputs or self.inputs,
            "needs": self.needs,
            "steps": {},
        }

    def _run_steps(self, steps: Sequence[Mapping[str, Any]], env: Mapping[str, str], context: dict[str, Any]) -> None:
        for step in steps:
            condition = str(step.get("if", "always()" if not self.is_failed else "''"))
            wanted = evaluate(condition, context) and (not self.is_failed or "always()" in condition)
            if wanted:
                self.before_step.get(str(step.get("name", "")), bool)()
            outcome, outputs = self._run_step(step, env, context) if wanted else ("skipped", {})
            self.is_failed = self.is_failed or outcome == "failure"
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": outputs, "outcome": outcome}
            if not wanted:
                self.steps.append(Step(str(step.get("name", "")), "skipped"))

    def _run_step(
        self, step: Mapping[str, Any], env: Mapping[str, str], context: dict[str, Any]
    ) -> tuple[str, Mapping[str, str]]:
        own = {name: filled(value, context) for name, value in step.get("env", {}).items()}
        if "run" in step:
            return self._bash(step, {**env, **own})
        given = {name: filled(value, context) for name, value in step.get("with", {}).items()}
        if step["uses"].startswith("./") or step["uses"] in self.actions:
            folder = self.actions.get(step["uses"], self.workspace / step["uses"])
            return self._composite(folder, given, {**env, **own})
        outputs = _STAND_INS[step["uses"].partition("@")[0]](self, given)
        self.steps.append(Step(str(step.get("name", step["uses"])), "success"))
        return "success", outputs or {}

    def _composite(
        self, folder: Path, given: Mapping[str, str], env: Mapping[str, str]
    ) -> tuple[str, Mapping[str, str]]:
        action = read(folder / "action.yml")
        assert not given.keys() - action["inputs"].keys()
        before = self._context({})
        defaults = {name: filled(of.get("default", ""), before) for name, of in action["inputs"].items()}
        context = self._context({**defaults, **given})
        was_failed = self.is_failed
        self._run_steps(action["runs"]["steps"], {**env, "GITHUB_ACTION_PATH": str(folder)}, context)
        outputs = {name: filled(of["value"], context) for name, of in action["outputs"].items()}
        return ("failure" if self.is_failed and not was_failed else "success"), outputs

    # Bash

    def _bash(self, step: Mapping[str, Any], env: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        name, number = str(step["name"]), len(self.steps)
        assert step["shell"] == "bash"
        if name == "Install" and self.install:
            self._path = [*map(str, self.install), *self._path]
            self.steps.append(Step(name, "replaced"))
            return "success", {}
        script = self.temp / f"step-{number}.sh"
        assert "${{" not in step["run"], "nothing is put into a script"
        script.write_text(step["run"], encoding="utf-8")
        files = {key: self.temp / f"{key.lower()}-{number}" for key in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        for file in files.values():
            file.touch()
        environment = self._environment(env) | {key: str(file) for key, file in files.items()}
        code, log = self._process(script, environment, self.cancel_when.get(name))
        assert not _content(files["GITHUB_ENV"])
        self._path = [*_content(files["GITHUB_PATH"]).splitlines(), *self._path]
        outcome = "success" if code == 0 else "failure"
        self.steps.append(Step(name, outcome, code, log))
        return outcome, _outputs(_content(files["GITHUB_OUTPUT"]))

    def _environment(self, env: Mapping[str, str]) -> dict[str, str]:
        repository = str(self.github["repository"])
        return {
            "PATH": os.pathsep.join([*map(str, self.path), *self._path, os.environ["PATH"]]),
            "HOME": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": repository,
            "GITHUB_RUN_ID": str(self.github["run_id"]),
            "GITHUB_SERVER_URL": "https://git.example",
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **env,
        }

    def _process(
        self, script: Path, environment: Mapping[str, str], cancel_when: Callable[[], bool] | None
    ) -> tuple[int, str]:
        log = script.with_suffix(".log")
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=self.workspace,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
            if cancel_when:
                self._cancel(process, cancel_when)
            try:
                code = process.wait(60)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        return code, log.read_text(encoding="utf-8")

    def _cancel(self, process: subprocess.Popen[bytes], when: Callable[[], bool]) -> None:
        """End a step as a runner does that cancels, or as one that is killed."""
        until = time.monotonic() + 30
        while not when():
            assert process.poll() is None, "the step ended before it could be cancelled"
            assert time.monotonic() < until, "the moment to cancel did not come"
            time.sleep(0.02)
        began = time.monotonic()
        self.is_failed = True
        signals = () if self.kill else ((signal.SIGINT, _UNTIL_TERMINATED), (signal.SIGTERM, _UNTIL_KILLED))
        for number, seconds in signals:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                break
        else:
            os.killpg(process.pid, signal.SIGKILL)
        self.seconds_to_cancel = time.monotonic() - began


def _outputs(text: str) -> dict[str, str]:
    """`name=value` lines, and values of several lines between delimiters."""
    found = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, is_plain, value = line.partition("=")
        assert is_plain, line
        assert "<<" not in name, "values here have one line"
        found[name] = value
    return found


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


# Actions of others


def _nothing(_machine: Machine, _given: Mapping[str, str]) -> None:
    """What it does is done: the files are checked out, and Python is here."""


def _upload(machine: Machine, given: Mapping[str, str]) -> None:
    files = [path for line in given["path"].splitlines() if (path := machine.workspace / line).exists()]
    assert files or given["if-no-files-found"] == "ignore"
    folder = machine.store / "artifacts" / given["name"]
    folder.mkdir(parents=True, exist_ok=given["overwrite"] == "true")
    for file in files:
        shutil.copy(file, folder)


def _download(machine: Machine, given: Mapping[str, str]) -> None:
    shutil.copytree(machine.store / "artifacts" / given["name"], given["path"])


def _save(machine: Machine, given: Mapping[str, str]) -> None:
    """Keep a folder or a file under a key that is new; one that isn't there is only warned of."""
    place = _kept(machine, given["path"]) / quote(given["key"], safe="")
    assert given["key"]
    assert not place.exists(), "the key of a cache is used once"
    if (machine.workspace / given["path"]).exists():
        _copy(machine.workspace / given["path"], place)
        # Caches of one tick of the clock are told apart, too.
        (place.parent / f".{next(_CREATED):09}-{place.name}").touch()


def _restore(machine: Machine, given: Mapping[str, str]) -> Mapping[str, str]:
    """Bring back the newest cache of a key, else of one that begins as the key, else as one of the `restore-keys`.

    Only caches of the very same `path` are looked at, and a beginning is compared without regard to case: the worst
    that a store may do.
    """
    kept = _kept(machine, given["path"])
    created = [unquote(path.name.partition("-")[2]) for path in sorted(kept.glob(".*"), reverse=True)]
    beginnings = [given["key"], *given.get("restore-keys", "").splitlines()]
    exact = [key for key in created if key == given["key"]]
    found = exact + [key for start in beginnings for key in created if key.lower().startswith(start.lower())]
    if found and given.get("lookup-only") != "true":
        _copy(kept / quote(found[0], safe=""), machine.workspace / given["path"])
    return {"cache-hit": _text(bool(exact)), "cache-matched-key": found[0] if found else ""}


def _copy(what: Path, to: Path) -> None:
    """Copy a folder or a file over what is there."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if what.is_dir():
        shutil.copytree(what, to, dirs_exist_ok=True)
    else:
        shutil.copy(what, to)


def _kept(machine: Machine, path: str) -> Path:
    return machine.store / "caches" / quote(path, safe="")


_CREATED = itertools.count()
_STAND_INS: Mapping[str, Callable[[Machine, Mapping[str, str]], Mapping[str, str] | None]] = {
    "actions/checkout": _nothing,
    "actions/setup-python": _nothing,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
    "actions/cache/save": _save,
    "actions/cache/restore": _restore,
}


# gh

_GH = '''\
#!{python}
"""A stand-in for gh: records its calls, and answers lists from a file, through its own --jq as gh does."""
import json, os, sys
import jq

place = os.path.dirname(os.path.abspath(__file__))
arguments = sys.argv[1:]
assert os.environ["GH_TOKEN"] == "job-token"
assert arguments.pop(0) == "api"
call = {{"method": "GET", "fields": {{}}}}
query = None
while arguments:
    one = arguments.pop(0)
    if one in ("--paginate", "--silent"):
        continue
    elif one == "--method":
        call["method"] = arguments.pop(0)
    elif one == "--jq":
        query = arguments.pop(0)
    elif one in ("--field", "--raw-field"):
        name, _, value = arguments.pop(0).partition("=")
        is_file = one == "--field" and value.startswith("@")
        call["fields"][name] = open(value[1:], encoding="utf-8").read() if is_file else value
    else:
        assert not one.startswith("-"), one
        call["path"] = one
with open(os.path.join(place, "calls"), "a", encoding="utf-8") as calls:
    calls.write(json.dumps(call) + "\\n")
if os.path.exists(os.path.join(place, "refuse")) and call["method"] != "GET":
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if query is not None:
    with open(os.path.join(place, "answer"), encoding="utf-8") as answer:
        for found in jq.compile(query).input_text(answer.read()).all():
            print(found if isinstance(found, str) else json.dumps(found))
'''


def stand_in_for_gh(folder: Path, python: str, answer: str = "[]") -> Path:
    """Put a `gh` into a folder, which goes first on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "gh"
    program.write_text(_GH.format(python=python), encoding="utf-8")
    program.chmod(0o755)
    (folder / "answer").write_text(answer, encoding="utf-8")
    return folder

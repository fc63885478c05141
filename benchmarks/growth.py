"""Measure every command that reads many campaigns at a number of them and at ten times as many.

Ten times as many may take twelve times as long: what no longer fits into the processor's caches is slower to reach, by
a tenth or so. The time of a start, which is that of ten campaigns, is taken off first. A campaign more may take 50 KiB
more. Requests are counted by the server, and grow with the campaigns or with the pages of their list.

Usage: python benchmarks/growth.py [CAMPAIGNS [WORDS OF A CASE ...]]
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import side_by_side as bench

from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings
from reconciler.sandbox.sample_data import AGENT_SALES

FEW, TIMES = 10, 10
TIME_GOAL, MEMORY_GOAL = 12.0, 50.0
# What misses its goal is measured again, so often at most: others may be at work on the machine.
TRIES = 3
TOOL = (sys.executable, "-m", "reconciler")

LIVE: Mapping[str, object] = {
    "campaign_type": "sales",
    "status": "active",
    "agent_id": AGENT_SALES,
    "start_date": "2027-01-04",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
    "max_retries": 3,
    "retry_cooldown_hours": 24,
}
BY_NAME = f"""\
name: Campaign {{number:05}}
campaign_type: sales
agent_id: {AGENT_SALES}
start_date: "2027-01-04"
days_of_week: [1, 2, 3, 4, 5]
call_time_ranges:
  - start: "09:00"
    end: "17:00"
timezone: America/New_York
max_retries: 3
retry_cooldown_hours: 24
"""
SAME = "id: c-{number:05}\n" + BY_NAME
CHANGED = SAME.replace("max_retries: 3", "max_retries: 5")
WRONG = SAME.replace("max_retries: 3", "max_retrys: 99")
DOUBTFUL = SAME.replace('"17:00"', '"23:00"')
ACTIVE = SAME + "status: active\n"
RENAMED = BY_NAME.replace("name: Campaign", "name: Campaigns")


@dataclass(frozen=True, slots=True)
class Case:
    """A command: what the files say, what is live, what runs before it, and the exit code that it has to have."""

    command: str
    text: str = SAME
    live: Mapping[str, object] | None = None
    before: tuple[str, ...] = ()
    code: int = 0
    prepare: Callable[[Sandbox, int], None] | None = None


class Taken(NamedTuple):
    """What a command took with so many campaigns."""

    seconds: float
    mebibytes: float
    requests: int


def two_folders(_: Sandbox, campaigns: int) -> None:
    """Two environments, of which the second says something else, and lacks every second campaign."""
    for folder, text, step in (("a", BY_NAME, 1), ("b", BY_NAME.replace("max_retries: 3", "max_retries: 5"), 2)):
        write(Path(folder), text, range(0, campaigns, step))
        Path(folder, "_environment.yaml").write_text(f"token_env: TALKOVER_{folder.upper()}\n", encoding="utf-8")


def branch(_: Sandbox, campaigns: int) -> None:
    """A branch that changes every campaign."""
    git("init", "--initial-branch", "main")
    git("add", "campaigns")
    git("commit", "--message", "as it is")
    git("checkout", "-b", "changes")
    write(Path("campaigns"), CHANGED, range(campaigns))
    git("commit", "--all", "--message", "as it shall be")


def git(*arguments: str) -> None:
    """Run git as somebody."""
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@talkover.example")
    subprocess.run(("git", *name, *arguments), check=True, capture_output=True)  # noqa: S607 - git of this machine


def shared_list(_: Sandbox, campaigns: int) -> None:
    """One list of numbers for all campaigns, with a number for each of them."""
    numbers = "".join(f"+1{2_000_000_000 + number}\n" for number in range(campaigns))
    Path("numbers.txt").write_text(numbers, encoding="utf-8")
    settings = "do_not_call_lists: [../numbers.txt]\n"
    Path("campaigns/_environment.yaml").write_text(settings, encoding="utf-8")


SAVED = ("plan --out plan.json",)
APPLIED = ("apply --auto-approve --report report.json",)
STOPPED = ("stop --all --reason wrong",)
PULLED = {**LIVE, "max_retries": 7}
CASES: Mapping[str, Case] = {
    "validate": Case("validate"),
    "validate, doubts": Case("validate", DOUBTFUL),
    **{f"validate, errors as {form}": Case(f"validate --format {form}", WRONG, code=1) for form in ("text", "junit")},
    "validate, missing parts": Case("validate", SAME + "from: _part{number}.yaml\n", code=1),
    "fmt --check": Case("fmt --check"),
    "render": Case("render"),
    "compare": Case("compare a b", code=2, prepare=two_folders),
    "promote": Case("promote a b", prepare=two_folders),
    "plan": Case("plan", live=LIVE),
    "plan by name": Case("plan", BY_NAME, LIVE),
    "plan of new names": Case("plan", RENAMED, LIVE),
    "plan of creations": Case("plan", BY_NAME),
    "plan of starts": Case("plan", ACTIVE, {**LIVE, "status": "paused"}),
    "plan --base": Case("plan --base main", live=LIVE, prepare=branch),
    "plan --out": Case("plan --out plan.json", CHANGED, LIVE),
    **{f"show as {form}": Case(f"show plan.json --format {form}", CHANGED, LIVE, SAVED) for form in ("text", "html")},
    "apply": Case(APPLIED[0], CHANGED, LIVE),
    "apply of a saved plan": Case("apply --plan plan.json --auto-approve", CHANGED, LIVE, SAVED),
    "apply of starts": Case("apply --auto-approve --allow-start", ACTIVE, {**LIVE, "status": "paused"}),
    "apply under a hold": Case("apply --auto-approve --allow-start", ACTIVE, LIVE, STOPPED),
    "show a report": Case("show report.json", CHANGED, LIVE, APPLIED),
    "undo": Case("undo report.json --auto-approve", CHANGED, LIVE, APPLIED),
    "import --check": Case("import other --check", "", LIVE),
    "pull": Case("pull", live=PULLED),
    "pull, doubts": Case("pull", DOUBTFUL, PULLED),
    "pin": Case("pin", BY_NAME, LIVE),
    "stop": Case(STOPPED[0], live=LIVE),
    "release": Case("release --all --auto-approve", live=LIVE, before=STOPPED),
    "a shared list, validate": Case("validate", prepare=shared_list),
}


def write(folder: Path, text: str, numbers: range) -> None:
    """Write campaign files."""
    folder.mkdir(exist_ok=True)
    for number in numbers if text else ():
        (folder / f"c-{number:05}.yaml").write_text(text.format(number=number), encoding="utf-8")


@contextlib.contextmanager
def prepared(case: Case, campaigns: int) -> Iterator[Sandbox]:
    """The current folder and a stand-in as a case has them."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=SandboxSettings(rate_limit=10_000_000)) as sandbox:
        os.chdir(top)
        os.environ.update(TALKOVER_TOKEN=SANDBOX_TOKEN, TALKOVER_BASE_URL=sandbox.base_url)
        write(Path("campaigns"), case.text, range(campaigns))
        for number in range(campaigns) if case.live else ():
            sandbox.put_campaign({"id": f"c-{number:05}", "name": f"Campaign {number:05}", **(case.live or {})})
        if case.prepare:
            case.prepare(sandbox, campaigns)
        for command in case.before:
            subprocess.run((*TOOL, *command.split()), check=True, capture_output=True)
        try:
            yield sandbox
        finally:
            os.chdir(here)


def taken(case: Case, campaigns: int, environment: Mapping[str, str]) -> Taken:
    """Run the command once."""
    with prepared(case, campaigns) as sandbox:
        sandbox.clear_requests()
        known = {name: os.environ[name] for name in ("TALKOVER_TOKEN", "TALKOVER_BASE_URL")}
        cost = bench.cost((*TOOL, *case.command.split()), {**environment, **known}, [case.code])
        return Taken(cost.seconds, cost.mebibytes, len(sandbox.requests))


def growth(case: Case, campaigns: int, environment: Mapping[str, str]) -> tuple[float, float, Taken]:
    """How many times as long ten times as many campaigns take, the KiB that one more takes, and what all took."""
    few, some, many = (taken(case, number, environment) for number in (FEW, campaigns, campaigns * TIMES))
    ratio = (many.seconds - few.seconds) / max(some.seconds - few.seconds, 0.001)
    return ratio, (many.mebibytes - some.mebibytes) * 1024 / (campaigns * (TIMES - 1)), many


def is_linear(name: str, case: Case, campaigns: int, environment: Mapping[str, str]) -> bool:
    """Measure a command until it meets its goals, or often enough."""
    found = []
    for _ in range(TRIES):
        found.append(growth(case, campaigns, environment))
        if found[-1][0] <= TIME_GOAL:
            break
    ratio, kibibytes, many = min(found)
    print(f"{name}: {many.seconds:.2f} s, {many.mebibytes:.0f} MiB, {many.requests:,} requests")
    return min(
        [
            bench.told(f"  {name}, ten times as many: times as long", ratio, TIME_GOAL),
            bench.told(f"  {name}: memory for one more", kibibytes, MEMORY_GOAL, " KiB"),
        ]
    )


def main(campaigns: int, *words: str) -> int:
    """Measure each command, or those whose names hold all of the words; 1 where a goal is missed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        met = [
            is_linear(name, case, campaigns, environment)
            for name, case in CASES.items()
            if all(word in name for word in words)
        ]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500, *sys.argv[2:]))

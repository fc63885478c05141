"""Time plans against a bare CSafeLoader parse of their files, and what they are shown as; whole processes in turns.

The stand-in serves the API from this process, so that only the tool is measured. The files are those of
`benchmarks/validate.py`.

Usage: python benchmarks/plans.py [CAMPAIGNS ...]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import side_by_side as bench
import yaml
from validate import BARE, campaign

from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, Sandbox, SandboxSettings

# How many times the bare parse a plan from the list alone may take.
GOALS = {1_000: 2.0, 10_000: 1.5}
# Seconds for 1,000 changed campaigns in a form, and how much more memory 500 calls on each page may take.
FORM_GOAL, CALLS_GOAL = 1.0, 1.15
CHANGED, CALLS = 1_000, 500
# A campaign that is read by its id where the rows of the list lack the field.
LACKING = 'id: "c-{:06}"\nsuccess_cooldown_hours: 24\n'
TOOL = (sys.executable, "-m", "reconciler")


def full(campaigns: int) -> list[str]:
    """So many files that name every field."""
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    return [campaign(index, chance) for index in range(campaigns)]


def prepare(folder: Path, sandbox: Sandbox, texts: Sequence[str], **live: object) -> None:
    """Write the files, and put live campaigns that are as their files say, but for what is given."""
    folder.mkdir()
    for index, text in enumerate(texts):
        Path(folder, f"campaign-{index:05}.yaml").write_text(text, encoding="utf-8")
        sandbox.put_campaign({**yaml.load(text, Loader=yaml.CSafeLoader), **live})


def settings(answers: str = "") -> SandboxSettings:
    """A stand-in without a limit, which answers in these shapes."""
    return SandboxSettings(rate_limit=1_000_000, answers=AnswerShape.parse(answers))


def from_the_list(campaigns: int, bytecode: str) -> bool:
    """Plan so many campaigns from the list alone."""
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings()) as sandbox:
        folder = Path(top, "campaigns")
        prepare(folder, sandbox, full(campaigns))
        commands = {"bare": (sys.executable, "-c", BARE, str(folder)), "plan": plan(sandbox, folder)}
        found = bench.in_turns(commands, 5 if campaigns <= 1_000 else 3, bytecode)  # noqa: PLR2004
    bare, ours = found["bare"], found["plan"]
    print(f"{campaigns:,} campaigns: bare parse {bench.seconds(bare):.3f} s, plan {bench.seconds(ours):.3f} s")
    return bench.told(
        f"  plan of {campaigns:,} from the list, times the parse", bench.ratio(ours, bare), GOALS.get(campaigns, 1.5)
    )


def calls_on_each_page(bytecode: str) -> bool:
    """The memory of a plan that reads every campaign by its id, with calls on its page and without."""
    calls = [
        {"id": f"call-{number:04}", "status": "completed", "summary": "they said " * 12} for number in range(CALLS)
    ]
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings("missing")) as sandbox:
        folder = Path(top, "campaigns")
        taken = []
        for number, shown in enumerate(([], calls)):
            here = folder.with_name(f"campaigns-{number}")
            prepare(here, sandbox, [LACKING.format(index) for index in range(CHANGED)], calls=shown)
            taken.append(bench.in_turns({"plan": plan(sandbox, here)}, 1, bytecode)["plan"])
    without, with_calls = map(bench.mebibytes, taken)
    print(f"{CHANGED:,} campaigns read by id: {without:.0f} MiB, with {CALLS} calls on each page {with_calls:.0f} MiB")
    return bench.told("  memory with calls, times that without", with_calls / without, CALLS_GOAL)


def forms(bytecode: str) -> bool:
    """A saved plan in which every campaign changes, as text, Markdown and a page."""
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings()) as sandbox:
        folder, saved = Path(top, "campaigns"), Path(top, "plan.json")
        prepare(folder, sandbox, full(CHANGED), call_time_ranges=[{"start": "08:00", "end": "20:00"}], max_retries=1)
        made = (*plan(sandbox, folder), "--out", str(saved))
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shown = {form: (*TOOL, "show", str(saved), "--format", form) for form in ("text", "markdown", "html")}
        found = bench.in_turns(shown, 3, bytecode)
    told = (
        bench.told(f"{CHANGED:,} changed campaigns as {form}", bench.seconds(taken), FORM_GOAL, " s")
        for form, taken in found.items()
    )
    return min([*told])


def plan(sandbox: Sandbox, folder: Path) -> tuple[str, ...]:
    """The command; its token comes with the environment."""
    os.environ.update(TALKOVER_TOKEN=SANDBOX_TOKEN, TALKOVER_BASE_URL=sandbox.base_url)
    return (*TOOL, "plan", "--concurrency", "8", str(folder))


def main(sizes: Sequence[int]) -> int:
    """Measure everything, or plans of these sizes; 1 where a goal is missed."""
    with tempfile.TemporaryDirectory() as bytecode:
        met = [from_the_list(campaigns, bytecode) for campaigns in sizes or GOALS]
        met += [] if sizes else [calls_on_each_page(bytecode), forms(bytecode)]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main([int(given) for given in sys.argv[1:]]))

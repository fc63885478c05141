"""Time `reconciler plan --base` of a branch against `reconciler validate` of all files, whole processes in turns.

The files are those of `validate.py`, in ten folders, of which the branch changes three; thousands of other files stand
beside them. There is no token: files are compared with files.

Usage: python benchmarks/branch.py [FILES [ROUNDS]]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import side_by_side as bench
from validate import campaign

# How many times `validate` it may take.
GOAL = 1.3
CHANGED, OTHERS = 3, 3000
TOOL = (sys.executable, "-m", "reconciler")


def main(files: int, rounds: int) -> int:
    """Print what each takes, and how it compares; 1 where the goal is missed."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        os.chdir(folder)
        os.environ.pop("TALKOVER_TOKEN", None)
        names = _written(files)
        _git("init", "--quiet", "--initial-branch", "main")
        _git("add", "--all")
        _git("commit", "--quiet", "--message", "begin")
        for name in names[:: -(-files // CHANGED)]:
            text = name.read_text(encoding="utf-8")
            name.write_text(f"{text}\ninitial_call_delay: 7\n", encoding="utf-8")
        commands = {"validate": [*TOOL, "validate"], "plan": [*TOOL, "plan", "--base", "main"]}
        found = bench.in_turns(commands, rounds, bytecode)
    print(f"{files:,} files, {CHANGED} changed: validate {bench.seconds(found['validate']):.3f} s")
    return int(not bench.told("  plan --base, times that", bench.ratio(found["plan"], found["validate"]), GOAL))


def _written(files: int) -> list[Path]:
    """The campaign files, with files of others beside them."""
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    names = [Path("campaigns", f"part-{index % 10}", f"campaign-{index:05}.yaml") for index in range(files)]
    for index, name in enumerate(names):
        name.parent.mkdir(parents=True, exist_ok=True)
        text = campaign(index, chance)
        kept = [line for line in text.splitlines() if not line.startswith("initial_call_delay")]
        name.write_text("\n".join(kept), encoding="utf-8")
    for index in range(OTHERS):
        other = Path("src", f"{index % 30}", f"{index}.txt")
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text(f"{index}\n" * 50, encoding="utf-8")
    return names


def _git(*arguments: str) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@talkover.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], check=True)  # noqa: S607 - git of this machine


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["5000", "5"][len(sys.argv) - 1 :]]]))

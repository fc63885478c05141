"""Time `reconciler plan --base` of a branch that changed few files against validate of all, whole processes in turns.

Usage: python benchmarks/branch.py [FILES [CHANGED]]
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import side_by_side as bench
import yaml
from validate import campaign

from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

GOAL = 1.3
OTHER_FILES = 3_000


def prepare(folder: Path, sandbox: Sandbox, files: int, changed: int) -> None:
    """A repository with so many campaigns, as many live ones, and other files; and a branch that changed some."""
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    (folder / "campaigns").mkdir()
    (folder / "src").mkdir()
    for number in range(OTHER_FILES):
        (folder / "src" / f"{number}.txt").write_text(f"{number}\n", encoding="utf-8")
    texts = [campaign(index, chance) for index in range(files)]
    for index, text in enumerate(texts):
        (folder / "campaigns" / f"campaign-{index:05}.yaml").write_text(text, encoding="utf-8")
        sandbox.put_campaign(yaml.load(text, Loader=yaml.CSafeLoader))
    git = ("git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.com")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
        subprocess.run((*git, *arguments), check=True)
    for index in range(changed):
        text = texts[index].replace("\nmax_retries: ", "\nmax_retries: 1 # was ")
        (folder / "campaigns" / f"campaign-{index:05}.yaml").write_text(text, encoding="utf-8")


def main(files: int, changed: int) -> int:
    """Print what each takes, and how it compares; 1 where the goal is missed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as bytecode,
        Sandbox(settings=SandboxSettings(rate_limit=1_000_000)) as sandbox,
    ):
        prepare(Path(folder), sandbox, files, changed)
        os.chdir(folder)
        os.environ.update(TALKOVER_TOKEN=SANDBOX_TOKEN, TALKOVER_BASE_URL=sandbox.base_url)
        tool = (sys.executable, "-m", "reconciler")
        commands = {"validate": (*tool, "validate"), "plan --base": (*tool, "plan", "--base", "HEAD")}
        found = bench.in_turns(commands, 3, bytecode)
        os.chdir("/")
    validated, planned = found["validate"], found["plan --base"]
    print(f"{files:,} files: validate {bench.seconds(validated):.3f} s, plan --base {bench.seconds(planned):.3f} s")
    return int(not bench.told(f"  plan of {changed} changed, times validate", bench.ratio(planned, validated), GOAL))


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in (*sys.argv[1:], *("5000", "3")[len(sys.argv) - 1 :]))))

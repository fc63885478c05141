"""Time commands on one file, `--help` and `--version` against the import of click alone, whole processes in turns.

Usage: python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import side_by_side as bench

BARE = "import click"
# How many times the import of click each may take.
GOALS = {"--help": 1.5, "--version": 1.5, "validate of one file": 2.0, "plan of one file, with its stand-in": 6.0}

FILE = "id: sales-us-q1\nmax_retries: 1\n"


def main(rounds: int) -> int:
    """Print what each takes, and how it compares; 1 where a goal is missed."""
    tool = (sys.executable, "-m", "reconciler")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        campaign = Path(folder, "one.yaml")
        campaign.write_text(FILE, encoding="utf-8")
        state = ("--sandbox", "--state-dir", str(Path(folder, "state")))
        commands = {
            BARE: (sys.executable, "-c", BARE),
            "--help": (*tool, "--help"),
            "--version": (*tool, "--version"),
            "validate of one file": (*tool, "validate", str(campaign)),
            "plan of one file, with its stand-in": (*tool, "plan", *state, str(campaign)),
        }
        os.environ.pop("TALKOVER_TOKEN", None)
        found = bench.in_turns(commands, rounds, bytecode)
    bare = found[BARE]
    print(f"{BARE:56} {bench.seconds(bare) * 1000:8.1f} ms")
    met = [bench.told(f"{name}, times that", bench.ratio(found[name], bare), goal) for name, goal in GOALS.items()]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))

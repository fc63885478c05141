"""Time `reconciler fmt --check` against `reconciler validate` of the same files, whole processes in turns.

The files are those of `validate.py`: once as `fmt` leaves them, and once with fields out of order.

Usage: python benchmarks/fmt.py [FILES [ROUNDS]]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

import side_by_side as bench
from validate import campaign

# How many times `validate` it may take, whatever the files are like.
GOAL = 2.0
TOOL = (sys.executable, "-m", "reconciler")


def main(files: int, rounds: int) -> int:
    """Print what each takes, and how it compares; 1 where a goal is missed."""
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        sorted_, unsorted = Path(folder, "sorted"), Path(folder, "unsorted")
        for each in (sorted_, unsorted):
            each.mkdir()
        for index in range(files):
            text = campaign(index, chance)
            for each in (sorted_, unsorted):
                (each / f"campaign-{index:05}.yaml").write_text(text, encoding="utf-8")
        subprocess.run([*TOOL, "fmt", str(sorted_)], check=True, capture_output=True)
        commands = {
            "validate": [*TOOL, "validate", str(sorted_)],
            "sorted": [*TOOL, "fmt", "--check", str(sorted_)],
            "unsorted": ["sh", "-c", '! "$@"', "sh", *TOOL, "fmt", "--check", str(unsorted)],
        }
        found = bench.in_turns(commands, rounds, bytecode)
    print(f"{files:,} files: validate {bench.seconds(found['validate']):.3f} s")
    met = [
        bench.told("  fmt --check, times that", bench.ratio(found["sorted"], found["validate"]), GOAL),
        bench.told("  out of order, times that", bench.ratio(found["unsorted"], found["validate"]), GOAL),
    ]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["5000", "3"][len(sys.argv) - 1 :]]]))

"""Time `--help` and `--version` against the import of click alone, whole processes in turns.

Usage: python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

GOAL = 1.5
COMMANDS = {
    "import click": ("-c", "import click"),
    "--help": ("-m", "reconciler", "--help"),
    "--version": ("-m", "reconciler", "--version"),
}


def seconds(arguments: tuple[str, ...]) -> float:
    """How long a whole process takes, which has to end well."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int) -> int:
    """Print the medians and how they compare; 1 where the goal is missed."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            taken = seconds(arguments)
            if turn:  # the first turn fills the caches
                times[name].append(taken)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    bare = medians["import click"]
    for name, median in medians.items():
        print(f"{name:13} {median * 1000:6.1f} ms   {median / bare:.2f} times the import of click")
    worst = max(medians.values()) / bare
    print(f"at most {worst:.2f} (median of {rounds} rounds; the goal is {GOAL} at most)")
    return int(worst > GOAL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))

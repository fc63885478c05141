"""Runs whole processes in turns, so that a machine that slows down slows all of them; for the other benchmarks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process took: user and system time in seconds, and the most memory that it had, in MiB."""

    seconds: float
    mebibytes: float


# A process begins with the memory of the one that starts it: this one is small, whatever the benchmark holds.
_METER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def cost(command: Sequence[str], environment: Mapping[str, str], expected: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end, which has to be one of the `expected` exit codes; what it prints is thrown away."""
    meter = (sys.executable, "-c", _METER, *command)
    told = subprocess.run(meter, check=True, stdout=subprocess.PIPE, env=environment).stdout
    code, seconds, mebibytes = json.loads(told)
    if code not in expected:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return Cost(seconds, mebibytes)


def in_turns(commands: Mapping[str, Sequence[str]], rounds: int, bytecode: str) -> dict[str, list[Cost]]:
    """What each command took, round by round; a round before fills the caches.

    Compiled modules are kept in the folder `bytecode`, as they are where the package is installed.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPYCACHEPREFIX": bytecode}
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            taken = cost(command, environment)
            if turn:
                found[name].append(taken)
    return found


def ratio(ones: Sequence[Cost], others: Sequence[Cost]) -> float:
    """How many times the seconds of the others the ones took: the median of the rounds."""
    return statistics.median(one.seconds / other.seconds for one, other in zip(ones, others, strict=True))


def seconds(costs: Sequence[Cost]) -> float:
    """The median of the seconds."""
    return statistics.median(one.seconds for one in costs)


def mebibytes(costs: Sequence[Cost]) -> float:
    """The median of the memory."""
    return statistics.median(one.mebibytes for one in costs)


def told(what: str, value: float, goal: float, unit: str = "") -> bool:
    """Print a figure beside its goal; whether it is met.

    With BENCHMARK_HISTORY the figure is kept at the end of that file, too, as a line of JSON.
    """
    is_met = value <= goal
    if kept := os.environ.get("BENCHMARK_HISTORY"):
        row = {"commit": os.environ.get("GITHUB_SHA"), "figure": what.strip(), "value": round(value, 3), "goal": goal}
        with Path(kept).open("a", encoding="utf-8") as history:
            history.write(json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **row}) + "\n")
    print(f"{what:56} {value:8.2f}{unit:4} goal {goal:g} at most{'' if is_met else '   MISSED'}")
    return is_met

"""Time `reconciler log` over a history of many commits: of all campaigns, and of one.

Usage: python benchmarks/log.py [COMMITS [CAMPAIGNS]]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import side_by_side as bench

GOAL = 10.0
# Every so many commits it is the defaults of all campaigns that change.
SHARED = 100


def campaign(number: int, turn: int) -> str:
    """The text of a campaign file."""
    return (
        f"id: c-{number}\nname: Campaign {number}\nmax_retries: {turn % 11}\ntimezone: UTC\n"
        f'days_of_week: [1, 2, 3]\ncall_time_ranges:\n  - {{ start: "09:00", end: "{10 + turn % 10}:00" }}\n'
    )


def history(commits: int, campaigns: int) -> Iterator[str]:
    """The input of `git fast-import`: all campaigns at first, then one of them, or the defaults, in each commit."""
    chosen = random.Random(1)  # noqa: S311 - no secret
    for turn in range(commits):
        yield f"commit refs/heads/main\ncommitter Ada <ada@talkover.example> {1_700_000_000 + turn} +0000\ndata 0\n"
        numbers = range(campaigns) if not turn else [chosen.randrange(campaigns)]
        files = {f"c{number}.yaml": campaign(number, turn) for number in numbers}
        if turn and turn % SHARED == 0:
            files = {"_defaults.yaml": f"busy_cooldown_hours: {1 + turn % 100}\n"}
        for name, text in files.items():
            yield f"M 100644 inline campaigns/{name}\ndata {len(text)}\n{text}\n"


def main(commits: int, campaigns: int) -> int:
    """Print how long each takes; 1 where the goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)  # noqa: S607 - git of this machine
        text = "".join(history(commits, campaigns))
        subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=text.encode(), check=True)  # noqa: S607 - as above
        Path(folder, "campaigns").mkdir()
        met = []
        for arguments in ([], ["c-0"]):
            start = time.perf_counter()
            command = [sys.executable, "-m", "reconciler", "log", *arguments]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            taken = time.perf_counter() - start
            what = f"log of {arguments[0] if arguments else 'all'}, {commits} commits, {campaigns} campaigns"
            met.append(bench.told(what, taken, GOAL, " s"))
    return int(not all(met))


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*given, *(1000, 200)[len(given) :]))

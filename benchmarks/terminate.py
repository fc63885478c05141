"""Send SIGTERM at random moments of a real apply; how long the end takes at most, and what is left paused.

Each run plans and applies three campaigns of its own sandbox, two of which have to be paused for their change. For
one run in four the moment is drawn from the whole run, for the others from what comes after its first request. Two
runs go side by side.

Usage: python benchmarks/terminate.py [RUNS [SEED]]
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

GOAL = 5.0
COMMAND = (sys.executable, "-m", "reconciler", "apply", "--auto-approve", "--report", "report.json")
FILE = """\
id: {id}
call_time_ranges:
  - {{ start: "10:00", end: "16:00" }}
"""
QUEUED = {"first": 5, "second": 3, "third": 0}
# A quiet drain, so that most of a run is spent while campaigns are paused.
OPTIONS = SandboxSettings(rate_limit=100_000, drain_seconds=1.2, latency=0.02)
LONGEST = 2.0


@dataclass(frozen=True)
class End:
    """How one run ended: seconds from the signal on, exit code, live statuses, and whether its report is whole."""

    seconds: float
    code: int
    left_paused: int
    has_whole_report: bool
    was_paused: bool


def run(moment: float, *, is_counted_from_the_first_request: bool) -> End:
    """One apply that gets its signal so many seconds after its start, or after its first request."""
    with tempfile.TemporaryDirectory() as name, Sandbox(settings=OPTIONS) as sandbox:
        folder = Path(name)
        (folder / "campaigns").mkdir()
        for campaign, queued in QUEUED.items():
            sandbox.put_campaign({"id": campaign, "status": "active", "queued": queued})
            (folder / "campaigns" / f"{campaign}.yaml").write_text(FILE.format(id=campaign), encoding="utf-8")
        environment = {**os.environ, "TALKOVER_TOKEN": SANDBOX_TOKEN, "TALKOVER_BASE_URL": sandbox.base_url}
        nothing = subprocess.DEVNULL
        with subprocess.Popen(
            COMMAND, cwd=folder, env=environment, stdin=nothing, stdout=nothing, stderr=nothing
        ) as process:
            while is_counted_from_the_first_request and not sandbox.requests:
                time.sleep(0.005)
            time.sleep(moment)
            was_paused = paused(sandbox) > 0
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
            seconds = time.monotonic() - began
        return End(seconds, code, paused(sandbox), is_whole(folder / "report.json"), was_paused)


def paused(sandbox: Sandbox) -> int:
    """How many campaigns are paused now."""
    return sum(state["status"] == "paused" for state in sandbox.campaigns().values())


def is_whole(report: Path) -> bool:
    """Whether a report was written that tells of every campaign; a process that had not begun yet has none."""
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    return bool(text) and len(json.loads(text)["campaigns"]) == len(QUEUED)


def main(runs: int, seed: int) -> int:
    """Print what became of all runs; 1 where one took too long, or left a campaign paused."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with ThreadPoolExecutor(2) as pool:
        coming = [
            pool.submit(run, chance.uniform(0, LONGEST), is_counted_from_the_first_request=number % 4 > 0)
            for number in range(runs)
        ]
        ends = [one.result() for one in coming]
    before = [end for end in ends if end.code == -signal.SIGTERM]
    begun = [end for end in ends if end.code != -signal.SIGTERM]
    print(f"runs                      {len(ends)}")
    print(f"  signal in a pause       {sum(end.was_paused for end in ends)}")
    print(f"  before it was heeded    {len(before)}, while the program was loading")
    print(f"  exit codes              {dict(sorted(Counter(end.code for end in begun).items()))}")
    print(f"seconds to the end, most  {max(end.seconds for end in ends):.2f} (the goal is {GOAL:g})")
    print(f"campaigns left paused     {sum(end.left_paused for end in ends)} (the goal is 0)")
    print(f"reports that lack one     {sum(not end.has_whole_report for end in begun)} (the goal is 0)")
    is_good = all(end.seconds <= GOAL and not end.left_paused for end in ends)
    return int(not is_good or any(not end.has_whole_report for end in begun))


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["200", "2027"][len(sys.argv) - 1 :]]]))

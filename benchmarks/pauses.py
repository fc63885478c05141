"""Apply changes to 200 campaigns of which 33 have calls queued, at 100 requests a minute, over loopback.

Everything is counted by the server: how much of the limit was used before the last window, and how long campaigns
were paused, from the pause to the resume. None may be paused for longer than its queue takes to drain, one wait (the
first is half a second, and waits grow by half) and three requests.

Usage: python benchmarks/pauses.py [REQUESTS [SECONDS [DRAIN]]]
REQUESTS in a window of so many SECONDS; DRAIN is how many seconds a queue takes to drain.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import side_by_side as bench

from reconciler.cli import main as cli
from reconciler.sandbox import SANDBOX_TOKEN, RecordedRequest, Sandbox, SandboxSettings

CAMPAIGNS, PAUSES = 200, 33
SHARE = 0.95
# Seconds that three requests may take on a busy machine.
THREE_REQUESTS = 0.5
FILE = """\
id: c-{number:04}
max_retries: 4
call_time_ranges:
  - {{ start: "10:00", end: "12:00" }}
"""


def prepare(folder: Path, sandbox: Sandbox) -> None:
    """Write the files, and put live campaigns that differ from them."""
    (folder / "campaigns").mkdir()
    for number in range(CAMPAIGNS):
        is_queued = number * PAUSES // CAMPAIGNS != (number + 1) * PAUSES // CAMPAIGNS
        live = {"id": f"c-{number:04}", "status": "active", "max_retries": 9, "queued": 3 if is_queued else 0}
        sandbox.put_campaign(live)
        (folder / "campaigns" / f"c-{number:04}.yaml").write_text(FILE.format(number=number), encoding="utf-8")


def apply(folder: Path, sandbox: Sandbox) -> tuple[int, float]:
    """Run the command; its exit code, and the seconds that it took."""
    os.chdir(folder)
    os.environ.update(TALKOVER_TOKEN=SANDBOX_TOKEN, TALKOVER_BASE_URL=sandbox.base_url)
    began = time.monotonic()
    with (
        (folder / "output.txt").open("w", encoding="utf-8") as output,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        code = cli.run(["apply", "--auto-approve"])
    os.chdir("/")
    return code, time.monotonic() - began


def share_of_the_limit(requests: Sequence[RecordedRequest], limit: int, seconds: float) -> float:
    """How much of what the limit allows was used in the windows before the last."""
    windows: list[list[float]] = []
    for request in requests:
        if not windows or request.time >= windows[-1][0] + seconds:
            windows.append([])
        windows[-1].append(request.time)
    print(f"requests by windows       {[len(window) for window in windows]}")
    if len(windows) == 1:
        return 1.0
    return sum(map(len, windows[:-1])) / (limit * (windows[-1][0] - windows[0][0]) / seconds)


def seconds_paused(requests: Sequence[RecordedRequest]) -> list[float]:
    """How long each campaign was paused."""
    since: dict[str, float] = {}
    found = []
    for request in requests:
        if request.method != "PATCH" or request.status != 200:  # noqa: PLR2004 - HTTP
            continue
        if request.body == {"status": "paused"}:
            since[request.path] = request.time
        elif request.path in since:
            found.append(request.time - since.pop(request.path))
    return [*found, *(float("inf") for _ in since)]


def main(limit: int, seconds: int, drain: float) -> int:
    """Print what became of it; 1 where a goal is missed."""
    settings = SandboxSettings(rate_limit=limit, rate_window=seconds, drain_seconds=drain)
    with tempfile.TemporaryDirectory() as name, Sandbox(settings=settings) as sandbox:
        prepare(Path(name), sandbox)
        code, taken = apply(Path(name), sandbox)
        requests = sandbox.requests
    share, paused = share_of_the_limit(requests, limit, seconds), seconds_paused(requests)
    longest = drain + max(0.5, drain / 2) + THREE_REQUESTS
    refused = sum(request.status == 429 for request in requests)  # noqa: PLR2004 - HTTP
    print(f"exit code {code} after {taken:.1f} s; {len(requests)} requests, {refused} refused")
    print(f"campaigns were paused     {len(paused)} times, for {sum(paused):.1f} s in all")
    is_used = bench.told("apply with pauses, percent of the limit left unused", 100 - 100 * share, 100 - 100 * SHARE)
    is_short = bench.told("  the longest pause", max(paused, default=0.0), longest, " s")
    return int(code != 0 or not (is_used and is_short))


if __name__ == "__main__":
    given = [float(text) for text in [*sys.argv[1:], *["100", "60", "0.4"][len(sys.argv) - 1 :]]]
    sys.exit(main(int(given[0]), int(given[1]), given[2]))

"""Apply 2,000 campaigns over loopback, with faults of all kinds and a rate limit that is scaled down in time.

One request in ten goes wrong: errors 500, 502 (HTML) and 503, connections that are dropped before the server acts,
answers that are lost after it, slow ones, and a few 429 out of turn. One campaign in twenty has calls queued, and has
to be paused for its change. The limit is 1,000 requests in a window, as the API's professional plan has it, but the
window is SECONDS long instead of a minute.

The whole of `reconciler apply` runs, in this process, until it is done. Then: is every campaign as its file says, is
none paused, how much of what the limit allows was used while it was in the way, and how many requests of ours were
refused in one window. The 429 that are faults are counted apart: they come without regard to the limit.

Usage: python benchmarks/soak.py [CAMPAIGNS [SECONDS [SEED]]]
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.cli import main as cli
from reconciler.sandbox import SANDBOX_TOKEN, Fault, RecordedRequest, Sandbox, SandboxSettings

LIMIT = 1000
THROUGHPUT, REFUSALS = 0.95, 1
FAULTS = 0.10
KINDS = (
    *["500"] * 3,
    *["502-html"] * 3,
    *["503"] * 3,
    *["drop"] * 4,
    *["lost"] * 4,
    *["slow:0.2"] * 2,
)
TURNED_DOWN = 429
# One fault in a hundred is a 429, which stops everybody for a second.
TURNED_AWAY = 0.01
WINDOWS = [{"start": "10:00", "end": "12:00"}, {"start": "13:00", "end": "16:00"}]
FILE = """\
id: c-{number:04}
max_retries: {retries}
call_time_ranges:
  - {{ start: "10:00", end: "12:00" }}
  - {{ start: "13:00", end: "16:00" }}
"""


@dataclass
class Faults:
    """One request in ten goes wrong; `kinds` tells what became of which request, by its number."""

    chance: random.Random
    kinds: dict[int, str] = field(default_factory=dict)

    def __call__(self, number: int, method: str, path: str) -> Fault | None:
        """The fault of this request, if it has one."""
        del method, path
        if self.chance.random() >= FAULTS:
            return None
        kind = "429" if self.chance.random() < TURNED_AWAY else self.chance.choice(KINDS)
        self.kinds[number] = kind
        return Fault.parse(kind)

    def is_counted(self, request: RecordedRequest) -> bool:
        """Whether a request got as far as the rate limit."""
        return self.kinds.get(request.number) in (None, "lost", "slow:0.2")


def prepare(folder: Path, sandbox: Sandbox, campaigns: int) -> None:
    """Write the files, and put live campaigns that differ from them."""
    (folder / "campaigns").mkdir()
    for number in range(campaigns):
        live = {"id": f"c-{number:04}", "status": "active", "max_retries": 9, "queued": 3 if number % 20 == 0 else 0}
        sandbox.put_campaign(live)
        text = FILE.format(number=number, retries=number % 8)
        (folder / "campaigns" / f"c-{number:04}.yaml").write_text(text, encoding="utf-8")


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
        code = cli.run(["apply", "--auto-approve", "--report", "report.json"])
    return code, time.monotonic() - began


def lost(sandbox: Sandbox) -> list[str]:
    """The campaigns that are not as their files say."""
    return [
        name
        for name, state in sandbox.campaigns().items()
        if (state["status"], state["max_retries"], state["call_time_ranges"])
        != ("active", int(name.removeprefix("c-")) % 8, WINDOWS)
    ]


def windows(requests: Iterable[RecordedRequest], seconds: float) -> list[list[RecordedRequest]]:
    """The requests by window: one begins with the first request after the end of the last."""
    found: list[list[RecordedRequest]] = []
    for request in requests:
        if not found or request.time >= found[-1][0].time + seconds:
            found.append([])
        found[-1].append(request)
    return found


def told(sandbox: Sandbox, faults: Faults, seconds: float) -> tuple[float, int]:
    """Print how the limit was used; the share of it in the windows before the last, and the most refusals in one."""
    requests = sandbox.requests
    found = windows(filter(faults.is_counted, requests), seconds)
    refused = [sum(request.status == TURNED_DOWN for request in window) for window in found]
    kinds = dict(sorted(Counter(faults.kinds.values()).items()))
    print(
        f"requests                  {len(requests)} in {len(found)} windows of {seconds:g} s, {LIMIT} allowed in each"
    )
    print(f"  that went wrong         {len(faults.kinds)}: {', '.join(f'{n} {kind}' for kind, n in kinds.items())}")
    print(f"  counted by windows      {[len(window) for window in found]}")
    if len(found) == 1:
        return 1.0, max(refused)
    allowed = LIMIT * (found[-1][0].time - found[0][0].time) / seconds
    return sum(len(window) for window in found[:-1]) / allowed, max(refused)


def main(campaigns: int, seconds: int, seed: int) -> int:
    """Print what became of it; 1 where a goal is missed."""
    options = SandboxSettings(rate_limit=LIMIT, rate_window=seconds, drain_seconds=1.0)
    faults = Faults(random.Random(seed))  # noqa: S311 - faults, not secrets
    with tempfile.TemporaryDirectory() as name, Sandbox(settings=options) as sandbox:
        prepare(Path(name), sandbox, campaigns)
        sandbox.fault = faults
        code, taken = apply(Path(name), sandbox)
        report = json.loads(Path(name, "report.json").read_text(encoding="utf-8"))
        share, refusals = told(sandbox, faults, seconds)
        wrong = lost(sandbox)
        os.chdir("/")
    print(f"exit code {code} after {taken:.1f} s; {report['summary']}")
    print(f"campaigns lost or paused  {len(wrong)} (the goal is 0) {wrong[:5] or ''}")
    print(f"share of the limit used   {share:.1%} (the goal is {THROUGHPUT:.0%} at least)")
    print(f"refusals in one window    {refusals} at most (the goal is {REFUSALS} at most)")
    return int(bool(wrong) or code != 0 or share < THROUGHPUT or refusals > REFUSALS)


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["2000", "30", "2027"][len(sys.argv) - 1 :]]]))

"""Count the requests of commands that read many campaigns by their ids, by the server, and time a first plan.

Usage: python benchmarks/counted.py [CAMPAIGNS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import side_by_side as bench

from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, Sandbox, SandboxSettings

# A campaign that is read by its id, because the rows of the list lack the field.
FILE = "id: c-{:06}\nmax_retries: 3\nsuccess_cooldown_hours: 24\n"
LONG_AGO = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
# Seconds for the first plan of so many campaigns, each answer of which takes so long.
FIRST, LATENCY, FIRST_GOAL = 1_000, 0.3, 12.0
PER_PAGE = 100
TOOL = (sys.executable, "-m", "reconciler")


def put_live(sandbox: Sandbox, campaigns: int) -> None:
    """Put live campaigns that are as the files say, and change nobody knows when."""
    for number in range(campaigns):
        live = {"id": f"c-{number:06}", "name": f"Campaign {number}", "status": "active", **LONG_AGO}
        sandbox.put_campaign({**live, "max_retries": 3, "success_cooldown_hours": 24})


def write(folder: Path, campaigns: int) -> None:
    """Write the files of campaigns."""
    folder.mkdir()
    for number in range(campaigns):
        (folder / f"c-{number:06}.yaml").write_text(FILE.format(number), encoding="utf-8")


def settings(latency: float = 0.0) -> SandboxSettings:
    """A stand-in without a limit, whose rows lack fields, and whose list grows while calls are made."""
    return SandboxSettings(rate_limit=1_000_000, answers=AnswerShape.parse("missing,counters"), latency=latency)


def requests(sandbox: Sandbox, *arguments: str) -> int:
    """The requests of a command that ends well, as the server counts them."""
    sandbox.clear_requests()
    os.environ.update(TALKOVER_TOKEN=SANDBOX_TOKEN, TALKOVER_BASE_URL=sandbox.base_url)
    subprocess.run((*TOOL, *arguments), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(sandbox.requests)


def planned_again(campaigns: int) -> bool:
    """A plan of campaigns of which an earlier one found each as its file says: a list, and one of a hundred by id."""
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings()) as sandbox:
        os.chdir(top)
        put_live(sandbox, campaigns)
        write(Path("campaigns"), campaigns)
        # A PUT of ours has to be seen to move the stamp.
        Path("other").mkdir()
        Path("other/one.yaml").write_text(FILE.format(campaigns), encoding="utf-8")
        sandbox.put_campaign({"id": f"c-{campaigns:06}", "name": "Other", "success_cooldown_hours": 25, **LONG_AGO})
        requests(sandbox, "apply", "other", "--auto-approve")
        first = requests(sandbox, "plan", "--reuse", "24h")
        again = requests(sandbox, "plan", "--reuse", "24h")
        sample = sum(request.path.count("/c-") for request in sandbox.requests)
        os.chdir("/")
    pages, hundreds = -(-(campaigns + 1) // PER_PAGE), -(-campaigns // PER_PAGE)
    print(f"{campaigns:,} campaigns whose rows lack a field: the first plan took {first:,} requests")
    met = bench.told("  planned again with --reuse, requests", again, pages + hundreds + 3)
    return bench.told("  of these without the sample", again - sample, pages) and met


def imported(campaigns: int) -> bool:
    """An import with its proof: the list, and each campaign by its id, once."""
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings()) as sandbox:
        os.chdir(top)
        put_live(sandbox, campaigns)
        taken = requests(sandbox, "import", "--check")
        os.chdir("/")
    goal = campaigns + -(-campaigns // PER_PAGE) + 1
    return bench.told(f"import --check of {campaigns:,} campaigns with details, requests", taken, goal)


def first_plan() -> bool:
    """The first plan where every answer takes long and no limit is near."""
    with tempfile.TemporaryDirectory() as top, Sandbox(settings=settings(LATENCY)) as sandbox:
        os.chdir(top)
        put_live(sandbox, FIRST)
        write(Path("campaigns"), FIRST)
        began = time.monotonic()
        requests(sandbox, "plan")
        taken = time.monotonic() - began
        os.chdir("/")
    return bench.told(f"first plan of {FIRST:,} with details at {LATENCY:g} s an answer", taken, FIRST_GOAL, " s")


def main(campaigns: int) -> int:
    """Measure everything; 1 where a goal is missed."""
    met = [planned_again(campaigns), imported(campaigns // 2), first_plan()]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

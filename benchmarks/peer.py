"""Time a plan of a few files against an octoDNS plan of 10 records, whole processes in turns.

octoDNS is what people know that plans from YAML files, too. It stands in an environment of its own: `make peer`.
Its plan goes from files to files; ours reads the API, which the stand-in serves from this process.

Usage: python benchmarks/peer.py [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import plans
import side_by_side as bench

from reconciler.sandbox import Sandbox

PEER = Path(__file__).parents[1] / ".peer" / "bin" / "octodns-sync"
# How many times the plan of octoDNS one of so many files may take: ten campaigns have ten changes to show, and ten
# times as many bytes as its records.
GOALS = {1: 1.3, 10: 1.4}
RECORDS = 10

SETTINGS = """\
providers:
  files: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}/files, enforce_order: false}}
  live: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}/live, enforce_order: false}}
zones:
  example.com.: {{sources: [files], targets: [live]}}
"""
RECORD = "r{}:\n  ttl: 300\n  type: A\n  value: 192.0.2.{}\n"


def peer(folder: Path) -> tuple[str, ...]:
    """The plan of octoDNS, of records one of which changes."""
    for name, first in (("files", 1), ("live", 99)):
        (folder / name).mkdir()
        zone = "".join(RECORD.format(number, number or first) for number in range(RECORDS))
        (folder / name / "example.com.yaml").write_text(f"---\n{zone}", encoding="utf-8")
    settings = folder / "settings.yaml"
    settings.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
    return (str(PEER), "--config-file", str(settings))


def main(rounds: int) -> int:
    """Print what each takes, and how ours compare; 1 where a goal is missed."""
    if not PEER.exists():
        print("octoDNS is not here: make peer", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory() as top,
        tempfile.TemporaryDirectory() as bytecode,
        Sandbox(settings=plans.settings()) as sandbox,
    ):
        commands = {"octoDNS": peer(Path(top))}
        for files in GOALS:
            folder = Path(top, f"campaigns-{files}")
            plans.prepare(folder, sandbox, plans.full(files), max_retries=1)
            commands[str(files)] = (*plans.plan(sandbox, folder), "--state-dir", str(Path(top, "state")))
        found = bench.in_turns(commands, rounds, bytecode)
    theirs = found["octoDNS"]
    print(f"octoDNS, plan of {RECORDS} records {bench.seconds(theirs) * 1000:8.1f} ms")
    met = [
        bench.told(f"plan of {files} file{'s' * (files > 1)}, times that", bench.ratio(found[str(files)], theirs), goal)
        for files, goal in GOALS.items()
    ]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))

"""Time `reconciler fmt --check` against `reconciler validate` of the same files, whole processes in turns.

The files are those of `validate.py`: in order, with fields out of order, with other quotes, and with blank lines too
many, which are not seen at a glance.

Usage: python benchmarks/fmt.py [FILES [ROUNDS]]
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import side_by_side as bench
from validate import campaign

# How many times `validate` it may take, whatever the files are like.
GOAL = 2.0
TOOL = (sys.executable, "-m", "reconciler")
# Runs what ends with 1.
FAILS = ("sh", "-c", '! "$@"', "sh")


def upside_down(text: str) -> str:
    """The text with its last paragraph first."""
    return "\n\n".join(reversed(text.rstrip("\n").split("\n\n"))) + "\n"


# The states that files may be in, and how those that are in order come to it.
IN_ORDER: Final = "in order"
STATES: Final[Mapping[str, Callable[[str], str]]] = {
    IN_ORDER: lambda text: text,
    "out of order": upside_down,
    "in other quotes": lambda text: text.replace('"', "'"),
    "with more blank lines": lambda text: text.replace("\n\n", "\n\n\n"),
}


def main(files: int, rounds: int) -> int:
    """Print what each takes, and how it compares; 1 where a goal is missed."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        commands = _commands(Path(folder), files)
        found = bench.in_turns(commands, rounds, bytecode)
    validate = found.pop("validate")
    print(f"{files:,} files: validate {bench.seconds(validate):.3f} s")
    met = [
        bench.told(f"  fmt --check of files {state}, times that", bench.ratio(costs, validate), GOAL)
        for state, costs in found.items()
    ]
    return int(not all(met))


def _commands(folder: Path, files: int) -> dict[str, list[str]]:
    """Make the files, in each state in a folder of its own, and the commands that look at them."""
    folders = {state: folder / state.replace(" ", "-") for state in STATES}
    for each in folders.values():
        each.mkdir()
    chance = random.Random(20991)  # noqa: S311  the same files every time, nothing secret
    for index in range(files):
        text = campaign(index, chance)
        for state, each in folders.items():
            (each / f"campaign-{index:05}.yaml").write_text(STATES[state](text), encoding="utf-8")
    checks = {
        state: [*(() if state == IN_ORDER else FAILS), *TOOL, "fmt", "--check", str(each)]
        for state, each in folders.items()
    }
    return {"validate": [*TOOL, "validate", str(folders[IN_ORDER])], **checks}


if __name__ == "__main__":
    sys.exit(main(*[int(given) for given in [*sys.argv[1:], *["5000", "3"][len(sys.argv) - 1 :]]]))

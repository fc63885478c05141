"""What other tools call what is here, and what to say of what is not: for commands and options that are not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from reconciler.model.near_names import near_names

_COMMANDS: Final = {
    "diff": "plan",
    "preview": "plan",
    "list": "plan",
    "ls": "plan",
    "status": "plan",
    "check": "validate",
    "lint": "validate",
    "format": "fmt",
    "deploy": "apply",
    "up": "apply",
    "run": "apply",
    "resume": "recover",
    "unpause": "recover",
    "export": "import",
    "rollback": "undo",
    "revert": "undo",
    "pause": "stop",
    "hold": "stop",
    "unhold": "release",
    "new": "init",
    "version": "reconciler --version",
    "help": "reconciler --help",
}
_DELETES: Final = "nothing here deletes a campaign: `status: cancelled` in its file, and apply, end it for good"
_NO_COMMANDS: Final = {
    **dict.fromkeys(("delete", "destroy", "remove", "rm", "prune", "down"), _DELETES),
    "cancel": "write `status: cancelled` into the campaign's file, and apply: that is final",
    **dict.fromkeys(("start", "activate"), "write `status: active` into the campaign's file, and apply"),
    "login": "there is no login: the token stands in the variable TALKOVER_TOKEN",
}
_OPTIONS: Final = {
    "--yes": "--auto-approve",
    "-y": "--auto-approve",
    "--force": "--auto-approve",
    "--output": "--out",
    "-o": "--out",
    "--json": "--format json",
    "--target": "--name",
}
_FMT_WRITES: Final = "`reconciler fmt` writes the files by itself; with --check it only looks."
_NO_OPTIONS: Final = {
    ("--dry-run", ""): "`reconciler plan` shows what apply would do, and writes nothing.",
    **dict.fromkeys(
        ((name, "fmt") for name in ("--fix", "--write", "-w", "-i", "--in-place", "--inplace")), _FMT_WRITES
    ),
    ("--diff", "fmt"): "`git diff` shows what fmt wrote; with --check it only looks.",
    ("--fix", "validate"): "validate writes nothing; `reconciler fmt` brings files into one order and quoting.",
    **dict.fromkeys((("--yes", "plan"), ("-y", "plan")), "A plan asks nothing, and writes nothing."),
}


def instead_of_command(name: str, commands: Iterable[str]) -> str:
    """What to say of a command that is not there; empty where nobody knows what was meant."""
    if name in _NO_COMMANDS:
        return f"there is no command {name}: {_NO_COMMANDS[name]}"
    near = _COMMANDS.get(name) or next(iter(near_names(name, commands)), "")
    return f"there is no command {name}: did you mean {near}?" if near else ""


def instead_of_option(name: str, command: str, options: Collection[str]) -> str:
    """What to say of an option that a command has not; empty where nobody knows what was meant."""
    meant = _OPTIONS.get(name, "")
    if meant.partition(" ")[0] in options:
        return f"Did you mean {meant}?"
    return _NO_OPTIONS.get((name, command)) or _NO_OPTIONS.get((name, ""), "")

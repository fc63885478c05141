from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli.main import cli

COMMAND = Path(sys.executable).parent / "reconciler"


def _completed(shell: str, *words: str) -> list[str]:
    """What a shell is offered for the last of these words."""
    typed = " ".join(["reconciler", *words])
    number = words[-1] if shell == "fish" else str(len(words))
    environment = {**os.environ, "_RECONCILER_COMPLETE": f"{shell}_complete", "COMP_WORDS": typed, "COMP_CWORD": number}
    done = subprocess.run([COMMAND], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    environment = {**os.environ, "_RECONCILER_COMPLETE": f"{shell}_source"}
    done = subprocess.run([COMMAND], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, "_reconciler_completion" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("bash", ["plain,validate"]),
        ("zsh", ["plain", "validate", "Check campaign files. Needs no network and no token."]),
        ("fish", ["plain,validate\tCheck campaign files. Needs no network and no token."]),
    ],
)
def test_commands_are_completed_though_they_are_loaded_late(shell: str, expected: list[str]) -> None:
    found = _completed(shell, "val")

    assert [line.replace("\\n", "\n") for line in found] == expected


def test_all_commands_are_offered() -> None:
    assert _completed("bash", "") == [
        f"plain,{name}" for name in cli.list_commands(cli.make_context("reconciler", ["x"]))
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["plan", "--detailed"], ["plain,--detailed-exitcode"], id="an option"),
        pytest.param(["render", "--format", ""], ["plain,yaml", "plain,json"], id="a choice"),
        pytest.param(["validate", "camp"], ["file,camp"], id="a path, which the shell completes"),
        pytest.param(["init", ""], ["dir,"], id="a folder"),
    ],
)
def test_options_values_and_paths_are_completed(words: list[str], expected: list[str]) -> None:
    assert _completed("bash", *words) == expected

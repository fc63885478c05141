from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from reconciler.cli import main

COMMAND = Path(sys.executable).parent / "reconciler"


Complete = Callable[..., list[str]]


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """What a shell is offered for the last of these words: the way of the installed command, in this process."""

    def completed(shell: str, *words: str) -> list[str]:
        monkeypatch.setenv("_RECONCILER_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(["reconciler", *words]))
        monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
        with pytest.raises(SystemExit) as ended:
            main.run([])
        assert ended.value.code == 0
        return capsys.readouterr().out.splitlines()

    return completed


@pytest.mark.processes
def test_the_installed_command_completes() -> None:
    environment = {**os.environ, "_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler va"}
    done = subprocess.run([COMMAND], env={**environment, "COMP_CWORD": "1"}, capture_output=True, text=True, check=True)

    assert done.stdout == "plain,validate\n"


@pytest.mark.processes
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_RECONCILER_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as ended:
        main.run([])

    assert (ended.value.code, "_reconciler_completion" in capsys.readouterr().out) == (0, True)


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("bash", ["plain,validate"]),
        ("zsh", ["plain", "validate", "Check campaign files. Needs no network and no token."]),
        ("fish", ["plain,validate\tCheck campaign files. Needs no network and no token."]),
    ],
)
def test_commands_are_completed_though_they_are_loaded_late(
    complete: Complete, shell: str, expected: list[str]
) -> None:
    found = complete(shell, "val")

    assert [line.replace("\\n", "\n") for line in found] == expected


def test_all_commands_are_offered(complete: Complete) -> None:
    assert complete("bash", "") == [f"plain,{name}" for name in main.cli.list_commands(click.Context(main.cli))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["plan", "--detailed"], ["plain,--detailed-exitcode"], id="an option"),
        pytest.param(["render", "--format", ""], ["plain,yaml", "plain,json"], id="a choice"),
        pytest.param(["plan", "--live-status", "c"], ["plain,completed", "plain,cancelled"], id="a status"),
        pytest.param(["apply", "--type", "r"], ["plain,reminder"], id="a type, from the schema"),
        pytest.param(["validate", "camp"], ["file,camp"], id="a path, which the shell completes"),
        pytest.param(["init", ""], ["dir,"], id="a folder"),
    ],
)
def test_options_values_and_paths_are_completed(complete: Complete, words: list[str], expected: list[str]) -> None:
    assert complete("bash", *words) == expected

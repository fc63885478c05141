"""The library that reads YAML, and what is said where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT_LIBYAML = """
import sys
sys.modules["yaml._yaml"] = None
from reconciler.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit code and both outputs of a command in a place where PyYAML was built without libyaml."""
    command = [sys.executable, "-c", WITHOUT_LIBYAML, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.processes
@pytest.mark.parametrize("command", ["validate", "import"])
def test_where_libyaml_is_missing_a_command_says_so_before_it_does_anything(command: str, tmp_path: Path) -> None:
    message = (
        "PyYAML was built without libyaml, which campaign files are read with: install a wheel of PyYAML, as "
        "`pip install --force-reinstall --only-binary :all: PyYAML` does\n"
    )

    assert run(tmp_path, command) == (1, "", message)


@pytest.mark.processes
def test_help_needs_no_libyaml(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "--help")

    assert (code, err) == (0, "")
    assert out.startswith("Usage: ")

"""What each command loads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = frozenset({"httpx", "yaml", "jsonschema", "deepdiff", "starlette", "uvicorn", "zoneinfo", "sqlite3"})
LOADED = """
import sys
from reconciler.cli import main as cli
code = cli.run(sys.argv[1:])
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(code)
"""
FLAT = "id: sales-us-q1\nmax_retries: 1\n"
NESTED = 'id: sales-us-q1\ncall_time_ranges:\n  - { start: "10:00", end: "12:00" }\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns" / "one.yaml").write_text(FLAT)
    return tmp_path


def run(folder: Path, code: str, *arguments: str) -> list[str]:
    """The lines that a program writes to stderr, in a process that no coverage is measured in: that loads, too."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()


def loaded(folder: Path, *arguments: str) -> frozenset[str]:
    """The libraries that a command loaded in a process of its own."""
    return HEAVY & frozenset(run(folder, LOADED, *arguments)[-1].split(","))


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("--version",)], ids=" ".join)
def test_help_and_version_load_no_library_but_click(folder: Path, arguments: tuple[str, ...]) -> None:
    told = run(folder, LOADED.replace("sys.exit(code)", ""), *arguments)

    assert HEAVY & set(told[-1].split(",")) == set()


@pytest.mark.processes
def test_validate_loads_neither_the_network_nor_the_descriptions_of_differences(folder: Path) -> None:
    assert loaded(folder, "validate") & {"httpx", "deepdiff", "starlette", "uvicorn", "sqlite3"} == set()


@pytest.mark.processes
def test_plan_loads_no_command_line_but_its_own(folder: Path) -> None:
    """The library of HTTP has one, which draws with rich, and loads what it need not where that is installed."""
    code = LOADED.replace('name.partition(".")[0] for name', "name for name")
    told = run(folder, code, "plan", "--sandbox")[-1].split(",")

    assert ("httpx._client" in told, {"httpx._main", "rich", "pygments", "trio"} & {*told}) == (True, set())


@pytest.mark.processes
def test_show_loads_no_network(folder: Path) -> None:
    loaded(folder, "plan", "--sandbox", "--out", "plan.json")

    assert loaded(folder, "show", "plan.json") & {"httpx", "deepdiff", "starlette", "sqlite3"} == set()


@pytest.mark.processes
def test_plan_describes_differences_only_inside_nested_values(folder: Path) -> None:
    flat = loaded(folder, "plan", "--sandbox")
    (folder / "campaigns" / "one.yaml").write_text(NESTED)
    nested = loaded(folder, "plan", "--sandbox")

    assert ("deepdiff" in flat, "httpx" in flat, nested - flat <= {"deepdiff"}) == (False, True, True)

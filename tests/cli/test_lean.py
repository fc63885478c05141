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
# How many classes in those of our modules that a command loaded are dataclasses.
CLASSES = """
import dataclasses, sys
from reconciler.cli import main as cli
code = cli.run(sys.argv[1:])
ours = {name: module for name, module in sys.modules.items() if name.startswith("reconciler.")}
classes = [one for name, module in ours.items() if not name.startswith("reconciler.sandbox")
           for one in vars(module).values()
           if isinstance(one, type) and one.__module__ == name and dataclasses.is_dataclass(one)]
print(len(classes), file=sys.stderr)
sys.exit(code)
"""
# How often garbage was looked for.
LOOKS = """
import gc
from reconciler.__main__ import main
looks = []
gc.callbacks.append(lambda phase, _: looks.append(phase))
try:
    main()
except SystemExit:
    import sys
    print(len(looks), file=sys.stderr)
"""
NETWORK = {"httpx", "httpcore", "http", "email", "logging", "socket", "ssl"}
# What a command has no use for, by its beginning.
UNUSED = {
    ("validate", "campaigns"): NETWORK
    | {"hashlib", "jsonschema", "shutil", "tempfile", "reconciler.api", "reconciler.apply", "reconciler.plan"}
    | {"reconciler.render.text", "reconciler.files.holds", "reconciler.model.holds"},
    ("fmt", "--check", "campaigns"): NETWORK
    | {"hashlib", "jsonschema", "shutil"}
    | {f"reconciler.{room}" for room in ("api", "desired", "plan", "hours")},
    ("render", "campaigns"): NETWORK | {"jsonschema", "reconciler.api", "reconciler.plan"},
    ("plan", "--sandbox", "campaigns"): {"jsonschema", "reconciler.plan.besides", "reconciler.plan.branch"}
    | {"reconciler.api.proxy", "reconciler.files.git", "reconciler.plan.document", "reconciler.apply.campaign"}
    | {f"reconciler.render.{form}" for form in ("json", "markdown", "html", "github")},
    ("legal", "US-TX"): NETWORK | {"hashlib", "yaml", "reconciler.api", "reconciler.files", "reconciler.plan"},
    ("init", "--help"): {"httpx", "http", "ssl", "yaml", "reconciler.plan", "reconciler.apply"},
}
# A frozen dataclass takes 0.4 ms to make, as much as eight named tuples: of plain values none should be one.
MOST_DATACLASSES = {("validate", "campaigns"): 1, ("plan", "--sandbox", "campaigns"): 25}
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
@pytest.mark.parametrize("arguments", UNUSED, ids=" ".join)
def test_a_command_loads_nothing_that_it_has_no_use_for(folder: Path, arguments: tuple[str, ...]) -> None:
    told = run(folder, LOADED.replace('name.partition(".")[0] for name', "name for name"), *arguments)[-1].split(",")

    beginnings = {name[:end] for name in told for end in (*(at for at, sign in enumerate(name) if sign == "."), None)}
    assert (UNUSED[arguments] | {"deepdiff"}) & beginnings == set()


@pytest.mark.processes
@pytest.mark.parametrize("arguments", MOST_DATACLASSES, ids=" ".join)
def test_a_command_makes_few_dataclasses_before_it_does_anything(folder: Path, arguments: tuple[str, ...]) -> None:
    assert int(run(folder, CLASSES, *arguments)[-1]) <= MOST_DATACLASSES[arguments]


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [("--help",), ("--version",)], ids=" ".join)
def test_no_garbage_is_looked_for_while_a_command_is_loaded(folder: Path, arguments: tuple[str, ...]) -> None:
    assert run(folder, LOOKS, *arguments)[-1] == "0"


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

"""What the import contracts cannot hold: quiet rooms, an owner for each library, modules that say what they are."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "reconciler"

# What imports anything, and alone may print and read the environment.
TERMINAL = ("__main__", "cli")
# Faces of their own: the package has a version, and the sandbox one door, whose names are loaded when asked for.
FACES = {"", "sandbox"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}
SAID_BY_TERMINAL = {"os.environ", "os.getenv", "sys.argv", "sys.stdin", "sys.stdout", "sys.stderr", "print", "input"}


def name_of(path: Path) -> str:
    """`render.words` for reconciler/render/words.py, `` for the package itself."""
    parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}
FOLDERS = [name for name, path in MODULES.items() if path.name == "__init__.py" and name not in FACES]
INSIDE = [name for name in MODULES if name.partition(".")[0] not in TERMINAL]


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[str]:
    """The whole name of every module that a module imports, in functions too."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports are not used here"
            yield str(node.module)


@pytest.mark.processes
def test_the_contracts_are_kept() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_every_library_from_elsewhere_has_an_owner() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    owned = {name for one in contracts if one["id"].startswith("owner-of-") for name in one["protected_modules"]}
    libraries = {name.partition(".")[0] for module in MODULES for name in imported(module)}

    assert libraries - sys.stdlib_module_names - {PACKAGE} - owned == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_hands_nothing_on(folder: str) -> None:
    assert [ast.unparse(node) for node in tree(folder).body[1:]] == []


def test_the_package_itself_imports_nothing() -> None:
    assert list(imported("")) == []


def dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return ""


@pytest.mark.parametrize("module", INSIDE)
def test_only_the_terminal_prints_and_reads_the_environment(module: str) -> None:
    used = {dotted(node) for node in ast.walk(tree(module)) if isinstance(node, (ast.Attribute, ast.Name))}
    taken = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert (used | taken) & SAID_BY_TERMINAL == set()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_in_one_sentence(module: str) -> None:
    docstring = ast.get_docstring(tree(module)) or ""
    first = docstring.partition("\n\n")[0]

    assert first.endswith("."), "the docstring starts with one sentence"
    assert "\n" not in first, "the sentence stands on one line"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_has_a_name_that_says_nothing(module: str) -> None:
    assert EMPTY_NAMES & set(module.split(".")) == set()

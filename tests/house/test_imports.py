"""Who may import whom: the core touches nothing, thin edges touch the world, each library has one owner."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "reconciler"

# The core, in the order of the line that data travels: each module may import those before it.
CORE = (
    "errors",
    "campaign",
    "fields",
    "canonical",
    "zones",
    "hours",
    "legal",
    "wording",
    "relations",
    "doubts",
    "identities",
    "validate",
    "diff",
    "endpoints",
    "live",
    "account",
    "schedules",
    "plan",
    "limits",
    "saved",
    "agents",
    "branch",
    "pause",
    "apply",
    # Campaign files as texts, read and written in memory; only what opens them is an edge.
    "marks",
    "scalars",
    "yaml_events",
    "yaml_advice",
    "yaml_composer",
    "strict_yaml",
    "quoting",
    "rewrite",
    "formatting",
    "slugs",
    "export",
    "render",
    "render.columns",
    "render.words",
    "render.week",
    "render.markup",
    "render.drawing",
    "render.review",
    "render.card",
    "render.effective",
    "render.github",
    "render.json",
    "render.markdown",
    "render.html",
    "render.text",
)
# The edges, each in its own order: they import the core and themselves, never each other.
EDGES = {
    "the files": ("files",),
    "git": ("history",),
    "the state folder": ("journal",),
    "the network": ("pacing", "client"),
    "the process": ("ends",),
}
# The terminal: what imports anything, and alone may print and read the environment.
TERMINAL = ("__main__", "cli", "commands")
# A stand-in that knows nothing of the tool it is a stand-in for.
APART = "sandbox"

OWNERS = {
    "yaml": ("yaml_events",),
    "jsonschema": ("validate",),
    "deepdiff": ("diff",),
    "zoneinfo": ("zones", "sandbox"),
    "tzdata": ("zones",),
    "httpx": ("client",),
    "tenacity": ("client",),
    "click": ("cli", "commands"),
    "starlette": ("sandbox",),
    "uvicorn": ("sandbox",),
    "sqlite3": ("sandbox",),
    "subprocess": ("history",),
    "signal": ("ends", "sandbox", "cli"),
    "fcntl": ("journal",),
    "socket": ("sandbox",),
}
# Types alone, never at run time: an error holds problems, and a problem is a value of campaigns.
FOR_TYPES = {("errors", "campaign")}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}
SAID_BY_TERMINAL = {"os.environ", "os.getenv", "sys.argv", "sys.stdin", "sys.stdout", "sys.stderr", "print", "input"}


@dataclass(frozen=True, slots=True)
class Import:
    """A module of ours, or a library, that another module imports; `for_types` under TYPE_CHECKING only."""

    name: str
    line: int
    for_types: bool


def name_of(path: Path) -> str:
    """`render.words` for reconciler/render/words.py, `` for the package itself."""
    parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def is_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports_in(node: ast.AST, *, for_types: bool = False) -> Iterator[Import]:
    """Every import below a node, in functions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, for_types) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: relative imports are not used here"
            for alias in child.names:
                whole = f"{child.module}.{alias.name}"
                is_module = whole.removeprefix(f"{PACKAGE}.") in MODULES
                yield Import(whole if is_module else str(child.module), child.lineno, for_types)
        else:
            yield from imports_in(child, for_types=for_types or is_types_only(child))


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    return tuple(imports_in(tree(module)))


def ours(module: str) -> list[Import]:
    """The modules of this package that a module imports."""
    found = [i for i in imports_of(module) if i.name.partition(".")[0] == PACKAGE]
    return [Import(i.name.removeprefix(PACKAGE).removeprefix("."), i.line, i.for_types) for i in found]


def belongs_to(module: str, owners: Sequence[str]) -> bool:
    return module in owners or module.partition(".")[0] in owners


def allowed(module: str) -> set[str]:
    """What a module of the core or of an edge may import of ours."""
    if module in CORE:
        return set(CORE[: CORE.index(module)])
    own = next(group for group in EDGES.values() if module in group)
    return {*CORE, *own[: own.index(module)]}


ORDERED = [module for module in (*CORE, *chain.from_iterable(EDGES.values())) if module in MODULES]
INSIDE = [module for module in MODULES if not belongs_to(module, TERMINAL)]


def test_every_module_has_its_place() -> None:
    placed = {module for module in MODULES if module == "" or belongs_to(module, (*TERMINAL, APART))} | set(ORDERED)

    assert set(MODULES) - placed == set(), "put a new module where it belongs: into the core, or at an edge"


@pytest.mark.parametrize("module", ORDERED)
def test_core_and_edges_import_only_what_stands_before_them(module: str) -> None:
    known = allowed(module) | {""}
    wrong = [
        f"{MODULES[module].name}:{i.line} imports {i.name}"
        for i in ours(module)
        if i.name not in known and not (i.for_types and (module, i.name) in FOR_TYPES)
    ]

    assert wrong == []


@pytest.mark.parametrize("module", [module for module in MODULES if belongs_to(module, [APART])])
def test_the_stand_in_knows_nothing_of_the_tool(module: str) -> None:
    assert [i.name for i in ours(module) if not belongs_to(i.name, [APART]) and i.name != ""] == []


def test_the_package_itself_imports_nothing() -> None:
    assert imports_of("") == ()


@pytest.mark.parametrize("library", OWNERS)
def test_every_library_is_imported_by_its_owners_alone(library: str) -> None:
    importers = {module for module in MODULES for i in imports_of(module) if i.name.partition(".")[0] == library}

    assert {module for module in importers if not belongs_to(module, OWNERS[library])} == set()


def test_every_library_from_elsewhere_has_an_owner() -> None:
    imported = {i.name.partition(".")[0] for module in MODULES for i in imports_of(module)}

    assert imported - sys.stdlib_module_names - {PACKAGE} - set(OWNERS) == set()


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


def test_the_rule_sees_imports_in_functions_and_those_for_types() -> None:
    source = "def f():\n    from reconciler.plan.plan import Plan\nif TYPE_CHECKING:\n    import yaml\n"

    assert list(imports_in(ast.parse(source))) == [
        Import("reconciler.plan.plan", 2, for_types=False),
        Import("yaml", 4, for_types=True),
    ]

"""What is written for whoever comes next is true: the drawing of the rooms, the commands, the paths, the forms."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PAGES = [
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md", ".github/actions/campaigns/README.md"),
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _layers() -> list[set[str]]:
    """The rooms of the contracts, from the top; what starts the program is no room."""
    return [set(re.findall(r"\w+", layer)) for layer in CONTRACTS["line"]["layers"] if layer != "__main__"]


def _rows() -> dict[str, Sequence[str]]:
    """The table of rooms: the name of each, to what is in it and what belongs to it."""
    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in ARCHITECTURE.splitlines() if line[:3] == "| `"
    ]
    return {name.strip("`"): rest for name, *rest in cells}


def test_the_drawing_shows_the_rooms_as_the_contracts_have_them() -> None:
    drawing = ARCHITECTURE.partition("## The rooms\n\n```text\n")[2].partition("```")[0]
    lines = [set(re.findall(r"[a-z_]+", line)) for line in drawing.splitlines()]

    assert [line for line in lines if line] == [*_layers(), {"sandbox"}]


def test_the_table_has_a_row_for_every_room() -> None:
    assert set(_rows()) == {room for layer in _layers() for room in layer} | {"sandbox"}


@pytest.mark.parametrize("contract", [name for name in CONTRACTS if name.startswith("owner-of-")])
def test_the_table_says_what_belongs_to_whom(contract: str) -> None:
    libraries = CONTRACTS[contract]["protected_modules"]
    owners = [importer.split(".")[1] for importer in CONTRACTS[contract]["allowed_importers"]]

    assert [one for one in libraries if not any(f"`{one}`" in _rows()[owner][1] for owner in owners)] == []


def test_a_module_that_the_way_names_is_there() -> None:
    way = ARCHITECTURE.partition("## One campaign's way")[2]
    named = re.findall(r"`([a-z_]+)\.([a-z_]+)`", way)

    assert [f"{room}.{name}" for room, name in named if not (ROOT / "reconciler" / room / f"{name}.py").is_file()] == []
    assert named


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [(ROOT / page).parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    paths = [ROOT / path for path in re.findall(r"`((?:reconciler|tests|benchmarks|\.ci)/[\w./-]+)`", text)]

    assert [str(path) for path in [*links, *paths] if not path.exists()] == []
    assert set(re.findall(r"`make ([a-z]+)", text)) - TARGETS == set()


def test_the_hooks_before_a_commit_run_what_the_lock_installs() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    programs = [hook["entry"].split()[0] for repo in config["repos"] for hook in repo["hooks"]]

    assert {Path(program).parent.as_posix() for program in programs} == {".venv/bin"}
    assert [one for one in programs if not Path(sys.executable).with_name(Path(one).name).exists()] == []


def test_whoever_is_asked_is_asked_about_what_is_there() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8").splitlines()
    places = [line.split()[0].strip("/") for line in lines if line and line[0] != "#"]

    assert [place for place in places if place != "*" and not (ROOT / place).exists()] == []


# A release


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a release is judged by."""
    for name in (".ci/release", "reconciler/__init__.py", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "reconciler/__init__.py").write_text('__version__ = "1.2.3"\n', encoding="utf-8")
    return tmp_path


@pytest.mark.processes
@pytest.mark.parametrize(
    ("tag", "heading", "told"),
    [
        pytest.param("v1.2.3", "## 1.2.3 (2027-01-04)", "v1.2.3 may be released\n", id="released"),
        pytest.param("v1.2.4", "## 1.2.3 (2027-01-04)", "the tag is v1.2.4, and the package says 1.2.3", id="tag"),
        pytest.param("v1.2.3", "## Unreleased (1.2.3)", "CHANGELOG.md has no heading for it", id="unreleased"),
        pytest.param("v1.2.3", "## 1.2.30 (2027-01-04)", "CHANGELOG.md has no heading for it", id="another version"),
    ],
)
def test_a_release_needs_a_tag_a_version_and_a_changelog_that_agree(
    checkout: Path, tag: str, heading: str, told: str
) -> None:
    (checkout / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n", encoding="utf-8")

    done = subprocess.run([checkout / ".ci/release", tag], capture_output=True, text=True, check=False)

    assert (done.stdout + done.stderr).startswith(told)
    assert (done.returncode == 0) == told.endswith("released\n")

"""The wheel, as people get it: built from the sdist, in an environment with nothing else, run from an empty folder.

Not part of `make test`, because it fetches packages; `make wheel` runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from reconciler import __version__

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).parents[2]
# What the package needs and what builds it, without the sandbox.
LOCK = ROOT / ".github/actions/campaigns/requirements.txt"
# Where a release is made says what its home is; elsewhere there is none to say.
HOME = {"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "owner/reconciler"}
CAMPAIGN = """\
id: sales
name: Sales
timezone: America/New_York
days_of_week: [1, 2, 3]
call_time_ranges:
  - { start: "10:00", end: "12:00" }
"""


@dataclass(frozen=True, slots=True)
class Bare:
    """An environment that holds the wheel and what it depends on."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def run(self, *command: str, cwd: Path) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command of this environment."""
        environment = {"PATH": f"{self.bin}:{os.defpath}", "HOME": str(cwd)}
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that sdist and wheel were built into, the wheel from the sdist."""
    folder = Path(os.environ.get("DIST") or tmp_path_factory.mktemp("dist")).absolute()
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, env={**HOME, **os.environ})
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bare:
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(folder / "bin" / "pip"), "install", "--quiet"]
    subprocess.run([*install, "--require-hashes", "--requirement", str(LOCK)], check=True, capture_output=True)
    subprocess.run([*install, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    subprocess.run([str(folder / "bin" / "pip"), "check"], check=True, capture_output=True)
    return Bare(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path


def test_sdist_and_wheel_are_named_for_the_version(built: Path) -> None:
    assert sorted(path.name for path in built.glob("reconciler*")) == [
        f"reconciler-{__version__}-py3-none-any.whl",
        f"reconciler-{__version__}.tar.gz",
    ]


def test_the_wheel_holds_the_package_with_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    schemas = {f"reconciler/schemas/{path.name}" for path in (ROOT / "schemas").iterdir()}
    workflows = {
        f"reconciler/workflows/{name}.yml"
        for name in ("apply", "calendar", "drift", "plan", "recover", "release-holds", "stop")
    }
    found = [path for path in (ROOT / "reconciler").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    package = {path.relative_to(ROOT).as_posix() for path in found}

    gitlab = {f"reconciler/gitlab/{name}" for name in ("campaigns.yml", "note.py")}
    assert schemas | workflows | gitlab | package == {name for name in names if ".dist-info/" not in name}
    assert {
        "reconciler/hours/legal_hours.json",
        "reconciler/py.typed",
        "reconciler/schemas/campaign.schema.json",
    } <= names


def test_what_the_wheel_says_of_itself(bare: Bare) -> None:
    site = next((bare.folder / "lib").glob("python*/site-packages"))
    installed = next(d for d in Distribution.discover(path=[str(site)]) if d.name == "reconciler")

    assert (installed.version, installed.metadata["License-Expression"]) == (__version__, "Apache-2.0")
    assert [(script.name, script.value) for script in installed.entry_points] == [
        ("reconciler", "reconciler.__main__:main")
    ]
    assert set(installed.metadata.get_all("Provides-Extra") or ()) == {"calendar", "dev", "sandbox", "socks"}


@pytest.mark.parametrize("command", [("reconciler",), ("python", "-m", "reconciler")], ids=" ".join)
def test_it_runs_from_an_empty_folder(bare: Bare, empty: Path, command: tuple[str, ...]) -> None:
    assert bare.run(*command, "--version", cwd=empty) == (0, f"reconciler, version {__version__}\n", "")


def test_it_finds_its_schemas(bare: Bare, empty: Path) -> None:
    code = (
        "from reconciler.model.fields import schema_folder; print(*sorted(p.name for p in schema_folder().iterdir()))"
    )

    assert bare.run("python", "-c", code, cwd=empty) == (
        0,
        " ".join(sorted(path.name for path in (ROOT / "schemas").iterdir())) + "\n",
        "",
    )


def test_it_accepts_a_sound_file(bare: Bare, empty: Path) -> None:
    (empty / "sales.yaml").write_text(CAMPAIGN, encoding="utf-8")

    assert bare.run("reconciler", "validate", "sales.yaml", cwd=empty) == (0, "", "1 campaign checked, no problems\n")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda text: text.replace("timezone", "timezon"), "sales.yaml:3:1: timezon", id="by the schema"),
        pytest.param(
            lambda text: text.replace('"12:00"', '"23:30"'),
            "sales.yaml:6:5: warning: call_time_ranges[0]: ",
            id="by the legal hours",
        ),
        pytest.param(
            lambda text: text.replace("New_York", "New_Yorck"), "sales.yaml:3:11: timezone: ", id="by the zones"
        ),
    ],
)
def test_it_tells_what_is_wrong_with_a_file(bare: Bare, empty: Path, damage: Callable[[str], str], told: str) -> None:
    (empty / "sales.yaml").write_text(damage(CAMPAIGN), encoding="utf-8")

    _, out, _ = bare.run("reconciler", "validate", "sales.yaml", cwd=empty)

    assert out.partition("\n")[0].startswith(told), out


def test_without_the_extra_it_says_what_the_sandbox_needs(bare: Bare, empty: Path) -> None:
    (empty / "sales.yaml").write_text(CAMPAIGN, encoding="utf-8")

    code, out, told = bare.run("reconciler", "plan", "--sandbox", "sales.yaml", cwd=empty)

    assert (code, out) == (64, "")
    assert "--sandbox needs the extra packages of reconciler[sandbox]" in told
    assert "Traceback" not in told

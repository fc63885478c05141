"""The README is true: its session prints what it shows, its file is sound, its exit codes are the program's.

`python -m tests.system.test_readme` runs the session and writes its output into the README.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reconciler.cli.main import cli
from reconciler.files import read as files

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MOST_WORDS = 600

_SESSION = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?<=^```yaml\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)

# What differs from run to run: how long the stand-in's queue took to drain, and how often it was asked.
_VARIES = [
    (re.compile(r"\d+(\.\d+)? s$", re.MULTILINE), "N s"),
    (re.compile(r"\d+ requests(?=; calls paused)"), "N requests"),
    # The digest has no meaning of its own: it changes whenever plans get to say more.
    (re.compile(r"^digest [0-9a-f]{12}$", re.MULTILINE), "digest N"),
    # The samples have dates; once they have passed, validate says so.
    (re.compile(r"^.* has passed: nobody is called any more\n", re.MULTILINE), ""),
]


def test_the_session_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shown = "".join(_SESSION.findall(_text()))

    assert _stable("".join(_run(shown, tmp_path))) == _stable(shown)


def test_the_session_validates_plans_applies_and_plans_again() -> None:
    commands = [shlex.split(line)[2:4] for line in _commands("".join(_SESSION.findall(_text())))]

    assert [command for command, *_ in commands] == ["validate", "plan", "apply", "plan"]


def test_the_campaign_file_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "campaign.yaml"
    file.write_text(_FILE.findall(_text())[0], encoding="utf-8")

    assert _shell("reconciler validate campaign.yaml", tmp_path) == "1 campaign checked, no problems\n"
    assert files.read([str(file)]).documents[0].values["id"] == "sales-us-q1"


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = re.findall(r"^  (\d+) +(.+)$", cli.epilog or "", re.MULTILINE)

    assert re.findall(r"^- `(\d+)`: (.+)$", _text(), re.MULTILINE) == told


def test_it_is_short() -> None:
    assert len(_text().split()) < MOST_WORDS


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", _text())

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert links != []


def test_the_make_targets_it_names_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"`?\bmake ([a-z]+)(?=`| {2,})", _text())) - targets == set()


def _text() -> str:
    return README.read_text(encoding="utf-8")


def _stable(output: str) -> str:
    for pattern, instead in _VARIES:
        output = pattern.sub(instead, output)
    return output


def _commands(session: str) -> list[str]:
    return [line for line in session.splitlines() if line.startswith("$ ")]


def _run(session: str, folder: Path) -> Iterator[str]:
    """The session's commands, run one after the other in a copy of the samples, each with what it prints."""
    shutil.copytree(ROOT / "campaigns", folder / "campaigns")
    for line in _commands(session):
        yield f"{line}\n{_shell(line.removeprefix('$ '), folder)}"


def _shell(line: str, folder: Path) -> str:
    """Everything that a command line prints, as a terminal of 80 columns without colours would show it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TALKOVER_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env={**environment, "PATH": path, "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _write() -> None:
    """Run the session again and write what it prints into the README."""

    def again(session: re.Match[str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            return "".join(_run(session.group(), Path(folder)))

    README.write_text(_SESSION.sub(again, _text()), encoding="utf-8")


if __name__ == "__main__":
    _write()

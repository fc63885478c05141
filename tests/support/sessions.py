"""Sessions at a terminal, as documents show them: run again, held against what is written, and written anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SESSION = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)

# What differs from run to run: how long the stand-in's queue took to drain, and how often it was asked.
_VARIES = [
    (re.compile(r"\d+(\.\d+)? s$", re.MULTILINE), "N s"),
    (re.compile(r"\d+ requests(?=; calls paused)"), "N requests"),
    # The digest has no meaning of its own: it changes whenever plans get to say more.
    (re.compile(r"^(digest |digest=sha256:)[0-9a-f]{12,64}$", re.MULTILINE), r"\1N"),
    # The samples have dates; once they have passed, validate says so.
    (re.compile(r"^.* has passed: nobody is called any more\n", re.MULTILINE), ""),
    # What may pause is told with whether it calls now.
    (re.compile(r"\b(calling now, closes .*\)|closed until .* [A-Z]\w+/\w+)"), "closed until then"),
    (re.compile(r"\b[0-9a-f]{12}(?=: live campaigns were not read$)", re.MULTILINE), "commit"),
]
# Whoever commits in a session: what git would ask for, and the same hash each time.
_GIT = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Priya"), ("EMAIL", "priya@example.com"), ("DATE", "2026-11-25T09:00:00Z"))
}


def sessions(text: str) -> str:
    """Everything that the sessions of a document show, one behind the other."""
    return "".join(SESSION.findall(text))


def commands(session: str) -> list[str]:
    """The command lines of a session."""
    return [line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ ")]


def stable(output: str) -> str:
    """Without what differs from run to run."""
    for pattern, instead in _VARIES:
        output = pattern.sub(instead, output)
    return output


def play(session: str, folder: Path) -> Iterator[str]:
    """The session's commands, run one after the other in a folder with the samples, each with what it prints."""
    if not (folder / "campaigns").exists():
        shutil.copytree(ROOT / "campaigns", folder / "campaigns")
    for line in commands(session):
        yield f"$ {line}\n{shell(line, folder)}"


def shell(line: str, folder: Path) -> str:
    """Everything that a command line prints, as a terminal of 80 columns without colours would show it."""
    ours = ("TALKOVER_", "RECONCILER_", "GIT_", "GITHUB_", "GITLAB_", "CI")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env={**environment, **_GIT, "PATH": path, "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def renew(page: Path, folder: Path) -> None:
    """Play the sessions of a page again, in an empty folder, and write what they print into it."""

    def again(session: re.Match[str]) -> str:
        return "".join(play(session.group(), folder))

    page.write_text(SESSION.sub(again, page.read_text(encoding="utf-8")), encoding="utf-8")

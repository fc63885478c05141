"""The README and the guide are true: sessions print what they show, files are sound, exit codes are the program's.

`python -m tests.system.test_readme` plays the sessions again and writes what they print, and tables, into their pages.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

import pytest

from reconciler.cli.main import cli
from reconciler.files import read as files
from tests.support import sessions, tables

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
# A line for each of the commands, of which there are twenty, and the session.
MOST_WORDS = 600


def _stem(page: Path) -> str:
    return page.stem


_FILE = re.compile(r"(?<=^```yaml\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if sessions.SESSION.search(page.read_text("utf-8"))], ids=_stem
)
def test_the_sessions_of_a_page_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    shown = sessions.sessions(page.read_text(encoding="utf-8"))

    assert sessions.stable("".join(sessions.play(shown, tmp_path))) == sessions.stable(shown)


def test_the_session_validates_plans_applies_and_plans_again() -> None:
    commands = [shlex.split(line)[1] for line in sessions.commands(sessions.sessions(_text()))]

    assert commands == ["validate", "plan", "apply", "plan"]


def test_the_campaign_file_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "campaign.yaml"
    file.write_text(_FILE.findall(_text())[0], encoding="utf-8")

    assert sessions.shell("reconciler validate campaign.yaml", tmp_path) == "1 campaign checked, no problems\n"
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


if __name__ == "__main__":
    for page in PAGES:
        tables.renew(page)
        with tempfile.TemporaryDirectory() as folder:
            sessions.renew(page, Path(folder))

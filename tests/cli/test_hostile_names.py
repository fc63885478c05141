"""Campaigns with the worst names that there are: every command goes on, and says nothing that a CI obeys."""

from __future__ import annotations

import io
import json
import sys

import pytest

from reconciler.cli import main as cli
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

NAMES = ("::error::Half \ud83d é 😀", "##vso[task.setvariable variable=x]\ud83d", "  ::stop-commands::x")
FORMS = ("text", "json", "markdown", "html", "summary")
COMMANDS = [
    *(("plan", "--format", form) for form in FORMS[:-1]),
    *(("show", "plan.json", "--format", form) for form in FORMS),
    ("apply", "--auto-approve", "--plan", "plan.json", "--report", "report.json"),
    ("import", "other"),
    ("import", "other", "--check"),
    ("pin",),
    ("validate",),
    ("render",),
]


@pytest.fixture
def hostile(desk: Desk) -> Desk:
    """A desk with a file for each of these names, and a plan that was saved."""
    for number, name in enumerate(NAMES):
        desk.live(f"c-{number}", name=name, description=name)
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nmax_retries: 2\ndescription: '::x'\n")
    assert desk.run("plan", "--out", "plan.json").code == 0
    return desk


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_name_is_a_command_or_a_crash(hostile: Desk, arguments: tuple[str, ...]) -> None:
    ran = hostile.run(*arguments)

    lines = f"{ran.out}\n{ran.err}".splitlines()
    assert [line for line in lines if line.lstrip().startswith("::") or "##vso[" in line] == []
    assert ran.code in (0, 1)


def test_a_report_is_whole_whatever_the_names(hostile: Desk) -> None:
    ran = hostile.run("apply", "--auto-approve", "--plan", "plan.json", "--report", "report.json", "--format", "json")

    written = json.loads((hostile.folder / "report.json").read_text(encoding="utf-8"))
    assert ran.code == 0
    assert [campaign["name"] for campaign in written["campaigns"]] == [name.strip() for name in NAMES]


@pytest.mark.parametrize("form", FORMS[:-1])
def test_a_terminal_that_cannot_show_a_letter_gets_its_number(
    hostile: Desk, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    monkeypatch.setattr(sys, "argv", ["reconciler", "plan", "--format", form])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    assert "\\ud83d\\ude00" in shown.getvalue().decode("latin-1")
    assert hostile.writes == []

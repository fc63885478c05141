"""What works here, as text and as a document."""

from __future__ import annotations

import json

from reconciler.live.checkup import Finding, Level
from reconciler.render.checkup import Part, text, to_json

OK = Finding(Level.OK, "git", "the files are in the repository calls", "never told")
WARNING = Finding(Level.WARNING, "clock", "is 90 s ahead of that of the server", "set the clock")
FAILURE = Finding(Level.FAILURE, "api", "GET /campaigns: \x1b[31mno", "is it the token?", 401)
TOLD = Finding(Level.FAILURE, "files", "HTTP 500: no", "", 500)


def test_every_line_has_its_level_and_what_to_do() -> None:
    assert text([Part("", (OK,)), Part("production", (WARNING, FAILURE, TOLD))], width=60).splitlines() == [
        "ok       git: the files are in the repository calls",
        "",
        "production",
        "warning  clock: is 90 s ahead of that of the server",
        "           -> set the clock",
        r"failure  api: GET /campaigns: \x1b[31mno (HTTP 401)",
        "           -> is it the token?",
        "failure  files: HTTP 500: no",
        "",
        "not ready to plan: api (production), files (production)",
    ]


def test_without_failures_it_is_ready() -> None:
    assert text([Part("", (OK, WARNING))]).endswith("\n\nready to plan")


def test_long_lines_are_broken_where_there_is_space() -> None:
    shown = text([Part("", (WARNING,))], width=40)

    assert max(map(len, shown.splitlines())) <= 40


def test_a_ticket_is_a_document() -> None:
    document = json.loads(to_json([Part("", (OK,)), Part("production", (FAILURE,))], "0.1.0", 3))

    assert {key: value for key, value in document.items() if key != "checks"} == {
        "format_version": "1.0",
        "tool_version": "0.1.0",
        "ready": False,
        "verdict": "not ready to plan: api (production)",
        "missing": ["api (production)"],
        "requests": 3,
    }
    assert document["checks"][1] == {
        "environment": "production",
        "check": "api",
        "level": "failure",
        "message": "GET /campaigns: \x1b[31mno",
        "advice": "is it the token?",
        "status": 401,
    }
    assert document["checks"][0]["environment"] is None

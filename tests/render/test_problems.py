from __future__ import annotations

import pytest

from reconciler.model.document import Position, Problem
from reconciler.render.problems import render


def test_problems_stand_one_a_line_with_a_count() -> None:
    problems = [
        Problem(Position("a.yaml", 12, 16), "09:00 is not after start 17:00", ("call_time_ranges", 0, "end")),
        Problem(Position("b\x1b.yaml", 1, 1), "line\nbreak", is_warning=True),
        Problem(Position("c.yaml", 1, 2), "wrong"),
    ]

    assert render(problems).splitlines() == [
        "a.yaml:12:16: call_time_ranges[0].end: 09:00 is not after start 17:00",
        r"b\x1b.yaml:1:1: warning: line\nbreak",
        "c.yaml:1:2: wrong",
        "2 errors, 1 warning",
    ]


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        pytest.param([], "\x1b[32mno problems\x1b[0m", id="none"),
        pytest.param([True, True], "\x1b[33m2 warnings\x1b[0m", id="warnings"),
        pytest.param([False, True], "\x1b[31m1 error, 1 warning\x1b[0m", id="an error"),
    ],
)
def test_the_count_of_problems_has_their_colour(problems: list[bool], expected: str) -> None:
    told = [Problem(Position("a.yaml", 1, 1), "wrong", is_warning=is_warning) for is_warning in problems]

    assert render(told, colour=True).splitlines()[-1] == expected

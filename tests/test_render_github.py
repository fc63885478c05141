"""Problems as workflow commands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.campaign import Position, Problem
from reconciler.render import github


def problem(message: str = "wrong", *, file: str = "a.yaml", line: int = 1, is_warning: bool = False) -> Problem:
    return Problem(Position(file, line, 3), message, is_warning=is_warning)


def test_errors_come_first_with_place_and_path() -> None:
    problems = [
        problem("overlap", line=2, is_warning=True),
        Problem(Position("campaigns/a.yaml", 12, 16), "09:00 is not after start 17:00", ("call_time_ranges", 0, "end")),
    ]

    assert github.problems(problems).splitlines() == [
        "::error file=campaigns/a.yaml,line=12,col=16::call_time_ranges[0].end: 09:00 is not after start 17:00",
        "::warning file=a.yaml,line=2,col=3::overlap",
    ]


def test_what_means_something_in_a_command_is_escaped() -> None:
    hostile = problem("50 % off\r\n::set-output name=a::b\x1b[31m", file="a,b:c%.yaml")

    assert github.problems([hostile]) == (
        r"::error file=a%2Cb%3Ac%25.yaml,line=1,col=3::50 %25 off\r\n::set-output name=a::b\x1b[31m"
    )


def test_ten_of_each_kind_are_shown_and_the_rest_is_counted() -> None:
    problems = [problem(line=n, is_warning=n > 12) for n in range(1, 24)]

    lines = github.problems(problems).splitlines()

    assert [line.partition(" ")[0] for line in lines[:-1]] == ["::error"] * 10 + ["::warning"] * 10
    assert lines[-1] == "not annotated here: 2 more errors, 1 more warning"


def test_without_problems_nothing_is_said() -> None:
    assert github.problems([]) == ""


@given(st.text(st.characters()), st.text(st.characters()))
def test_no_text_can_start_a_line_of_its_own(message: str, file: str) -> None:
    shown = github.problems([problem(message, file=file)])

    assert len(shown.splitlines()) == 1
    assert shown.isprintable() or {c for c in shown if not c.isprintable()} <= {
        c for c in message + file if c.isspace()
    }

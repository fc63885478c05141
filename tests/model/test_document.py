"""Files as they were read: paths and places in them, and problems."""

from __future__ import annotations

import pytest

from reconciler.model.document import Document, Mark, Path, Position, Problem, dotted


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("name",), "name"),
        (("call_time_ranges", 0, "end"), "call_time_ranges[0].end"),
        (("a", "b", 3, 4), "a.b[3][4]"),
        ((2, "a"), "[2].a"),
    ],
)
def test_paths_are_written_as_people_read_them(path: Path, text: str) -> None:
    assert dotted(path) == text


def test_a_position_is_a_link_for_terminals() -> None:
    assert str(Position("campaigns/a.yaml", 12, 16)) == "campaigns/a.yaml:12:16"


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        pytest.param(Problem(Position("a.yaml", 1, 2), "wrong"), "a.yaml:1:2: wrong", id="of the file"),
        pytest.param(
            Problem(Position("a.yaml", 1, 2), "wrong", ("days", 0)), "a.yaml:1:2: days[0]: wrong", id="of a value"
        ),
        pytest.param(
            Problem(Position("a.yaml", 1, 2), "odd", ("name",), is_warning=True),
            "a.yaml:1:2: warning: name: odd",
            id="a warning",
        ),
    ],
)
def test_a_problem_is_one_line(problem: Problem, line: str) -> None:
    assert (str(problem), problem.is_error) == (line, "warning" not in line)


DEFAULTS = Document(
    "_defaults.yaml", {"max_retries": 3}, {("max_retries",): Mark(4, 14)}, {("max_retries",): Mark(4, 1)}
)
OWN = Document(
    "a.yaml",
    {"days": [1], "max_retries": 3},
    {(): Mark(1, 1), ("days",): Mark(2, 7), ("days", 0): Mark(2, 8)},
    {("days",): Mark(2, 1)},
    {"max_retries": DEFAULTS},
)


@pytest.mark.parametrize(
    ("path", "position"),
    [
        pytest.param((), Position("a.yaml", 1, 1), id="the file"),
        pytest.param(("days",), Position("a.yaml", 2, 7), id="a value"),
        pytest.param(("days", 0), Position("a.yaml", 2, 8), id="an entry"),
        pytest.param(("days", 5, "x"), Position("a.yaml", 2, 7), id="what is not there, at what is around it"),
        pytest.param(("name",), Position("a.yaml", 1, 1), id="what is not there at all, at the file"),
        pytest.param(("max_retries",), Position("_defaults.yaml", 4, 14), id="a default, where it was written"),
    ],
)
def test_values_are_found_in_their_files(path: Path, position: Position) -> None:
    assert OWN.position(path) == position


@pytest.mark.parametrize(
    ("path", "position"),
    [
        pytest.param(("days",), Position("a.yaml", 2, 1), id="a key"),
        pytest.param(("days", 0), Position("a.yaml", 2, 8), id="no key there: the value"),
        pytest.param(("max_retries",), Position("_defaults.yaml", 4, 1), id="the key of a default"),
    ],
)
def test_keys_are_found_in_their_files(path: Path, position: Position) -> None:
    assert OWN.key_position(path) == position


def test_values_from_outside_are_not_in_a_repr() -> None:
    assert "values" not in repr(OWN)

"""Every error knows its exit code and tells people what it is about."""

from __future__ import annotations

import inspect

import pytest

from reconciler.model import errors
from reconciler.model.document import Position, Problem
from reconciler.model.errors import (
    ApiError,
    FilesError,
    ReconcilerError,
    Refused,
    StalePlan,
    UnexpectedAnswer,
    Unreachable,
)

EXIT_CODES = {
    "ReconcilerError": 1,
    "UsageError": 64,
    "SchemaError": 1,
    "FilesError": 1,
    "StateError": 1,
    "PlanFileError": 1,
    "ReportFileError": 1,
    "StalePlan": 4,
    "ReadOnly": 1,
    "Interrupted": 1,
    "LeftPaused": 3,
    "ApiError": 1,
    "Unreachable": 1,
    "Refused": 1,
    "UnexpectedAnswer": 1,
    "Redirected": 1,
}
WARNING = Problem(Position("a.yaml", 1, 1), "odd", is_warning=True)
ERROR = Problem(Position("a.yaml", 2, 3), "wrong")


def test_every_error_ends_the_program_with_its_own_code() -> None:
    found = {
        name: error.exit_code
        for name, error in vars(errors).items()
        if inspect.isclass(error) and issubclass(error, ReconcilerError)
    }

    assert found == EXIT_CODES


@pytest.mark.parametrize("name", EXIT_CODES)
def test_every_error_stands_in_the_tree_of_the_module_docstring(name: str) -> None:
    assert f" {name} " in f" {errors.__doc__} ".replace("\n", " ")


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        pytest.param([ERROR], "1 problem in files", id="one"),
        pytest.param([ERROR, ERROR], "2 problems in files", id="two"),
        pytest.param([ERROR, WARNING], "1 problem in files", id="a warning is not counted"),
    ],
)
def test_problems_in_files_are_counted(problems: list[Problem], told: str) -> None:
    error = FilesError(problems)

    assert (str(error), error.problems) == (told, tuple(problems))


def test_a_stale_plan_tells_what_moved() -> None:
    error = StalePlan(["a moved", "b moved"])

    assert (str(error), error.moves) == ("the plan is stale, nothing was written: plan again", ("a moved", "b moved"))


def test_an_api_error_names_the_request_first() -> None:
    error = ApiError("GET /campaigns/c-1", "broken")

    assert (str(error), error.request, error.message) == ("GET /campaigns/c-1: broken", "GET /campaigns/c-1", "broken")


@pytest.mark.parametrize("sent", [True, False])
def test_an_unreachable_api_tells_whether_the_request_may_have_arrived(sent: bool) -> None:  # noqa: FBT001 - a table
    assert Unreachable("PUT /campaigns/c-1", "timeout", sent=sent).sent is sent


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        pytest.param(Refused("GET /x", 404, "Campaign not found"), "GET /x: HTTP 404: Campaign not found", id="words"),
        pytest.param(Refused("GET /x", 500, ""), "GET /x: HTTP 500", id="no words"),
        pytest.param(Refused("GET /x", 402, "", "NO_CREDITS"), "GET /x: HTTP 402 NO_CREDITS", id="a code alone"),
        pytest.param(Refused("GET /x", 409, "Pause", "BUSY"), "GET /x: HTTP 409 BUSY: Pause", id="code and words"),
    ],
)
def test_a_refusal_is_told_with_all_that_the_api_said(refused: Refused, told: str) -> None:
    assert str(refused) == told


def test_a_refusal_keeps_its_parts() -> None:
    refused = Refused("PUT /x", 422, "invalid", "BAD", {"max_retries": "too many"})

    assert (refused.status, refused.words, refused.code, refused.fields) == (
        422,
        "invalid",
        "BAD",
        {"max_retries": "too many"},
    )


def test_an_unexpected_answer_is_an_api_error() -> None:
    assert issubclass(UnexpectedAnswer, ApiError)

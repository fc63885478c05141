"""What became of campaigns as text for a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.model.document import Position, Problem
from reconciler.render.outcomes import outcome_told, outcomes_told

ANSI = re.compile(r"\x1b\[[0-9]+m")
HOSTILE = st.one_of(st.text(max_size=20), st.sampled_from(["\x1b[2J", "a\r\nb", "\u202eabc"]))

PAUSED = Outcome(
    "c-1",
    "Sales US",
    "sales.yaml",
    Result.LEFT_PAUSED,
    done=("updated 2 fields",),
    failure=Failure("it is left paused: PATCH /campaigns/c-1/status: HTTP 500", "PATCH /campaigns/c-1/status", 500),
    requests=9,
    retries=2,
    seconds_paused=64.6,
)
REFUSED = Outcome(
    "c-2",
    "Survey",
    "survey.yaml",
    Result.FAILED,
    failure=Failure(
        "PUT /campaigns/c-2: HTTP 422: The given data was invalid.",
        problems=(Problem(Position("survey.yaml", 4, 9), "the API says: is too high", ("max_retries",)),),
    ),
    requests=1,
)
APPLIED = Outcome(
    "c-3", "Win\x1bback", "win.yaml", Result.APPLIED, ("updated 1 field",), ("it was sent again",), requests=1
)
UNCHANGED = Outcome("c-4", "Reminder", "reminder.yaml", Result.UNCHANGED)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(
            PAUSED,
            [
                "Sales US (sales.yaml): left paused",
                "  updated 2 fields",
                "  paused by us for 1 min 5 s",
                "  it is left paused: PATCH /campaigns/c-1/status: HTTP 500",
            ],
            id="left paused",
        ),
        pytest.param(
            REFUSED,
            [
                "Survey (survey.yaml): failed",
                "  PUT /campaigns/c-2: HTTP 422: The given data was invalid.",
                "  survey.yaml:4:9: max_retries: the API says: is too high",
            ],
            id="failed, with places",
        ),
        pytest.param(
            APPLIED,
            [r"Win\x1bback (win.yaml): applied", "  updated 1 field", "  note: it was sent again"],
            id="applied, with a note",
        ),
        pytest.param(UNCHANGED, ["Reminder (reminder.yaml): unchanged"], id="unchanged"),
    ],
)
def test_an_outcome_is_a_block(outcome: Outcome, expected: list[str]) -> None:
    assert outcome_told(outcome).splitlines() == expected


def test_the_result_has_its_colour() -> None:
    assert outcome_told(UNCHANGED, colour=True) == "Reminder (reminder.yaml): unchanged"
    assert outcome_told(APPLIED, colour=True).splitlines()[0].endswith(": \x1b[32mapplied\x1b[0m")


def test_the_report_ends_with_what_is_left_paused_and_the_command_that_heals() -> None:
    assert outcomes_told([PAUSED, REFUSED, APPLIED, UNCHANGED]).splitlines() == [
        (
            "4 campaigns: 1 applied, 1 unchanged, 1 failed, 1 left paused; "
            "11 requests after planning, 2 of them sent again, waiting included; "
            "calls paused for 1 min 5 s"
        ),
        "failed: survey.yaml",
        "",
        "!!! 1 CAMPAIGN IS LEFT PAUSED, AND MAKES NO CALLS",
        "!!!   Sales US (id c-1, sales.yaml)",
        "!!! resume with: reconciler recover",
    ]


def test_the_report_on_several_left_paused() -> None:
    assert outcomes_told([PAUSED, PAUSED]).splitlines()[2] == "!!! 2 CAMPAIGNS ARE LEFT PAUSED, AND MAKE NO CALLS"


def test_the_report_of_a_good_day_is_one_line() -> None:
    assert outcomes_told([APPLIED]) == "1 campaign: 1 applied; 1 request after planning"
    assert outcomes_told([]) == "0 campaigns; 0 requests after planning"


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=60)
def test_outcomes_show_no_control_character_and_are_the_same_without_their_colours(a: str, b: str, c: str) -> None:
    outcomes = [Outcome(a, b, c, result, (a,), (b,), Failure(c)) for result in Result]

    for shown, coloured in [
        (outcomes_told(outcomes), outcomes_told(outcomes, colour=True)),
        *((outcome_told(one), outcome_told(one, colour=True)) for one in outcomes),
    ]:
        assert ANSI.sub("", coloured) == shown
        assert {c for c in shown if not c.isprintable()} <= {"\n", *(c for c in shown if c.isspace() and c > "\x7f")}

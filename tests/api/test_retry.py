"""What is sent again after which error, how often, and when."""

from __future__ import annotations

import pytest

from reconciler.api.endpoints import create_campaign, get_campaign, set_status, update_campaign
from reconciler.api.retry import MOST_FAULTS, MOST_TURNS, Tries, is_worth_another_try, may_repeat, seconds_to_wait
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, Unreachable

READ, CREATE = get_campaign("c-1"), create_campaign({"name": "x"})
UPDATE, STATUS = update_campaign("c-1", {"name": "x"}), set_status("c-1", "paused")
TURNED_AWAY, BROKEN = Refused("GET /", 429, "slow down"), Refused("GET /", 500, "trouble")


@pytest.mark.parametrize(
    ("error", "for_all", "for_a_creation"),
    [
        pytest.param(TURNED_AWAY, True, True, id="429"),
        pytest.param(Unreachable("GET /", "no connection", sent=False), True, True, id="not sent"),
        pytest.param(Unreachable("GET /", "no answer"), True, False, id="no answer"),
        *[pytest.param(Refused("GET /", code, ""), True, False, id=str(code)) for code in (500, 502, 503, 504)],
        *[pytest.param(Refused("GET /", code, ""), False, False, id=str(code)) for code in (400, 401, 403, 409, 422)],
        pytest.param(UnexpectedAnswer("GET /", "no JSON"), False, False, id="no JSON"),
    ],
)
def test_a_request_may_be_repeated_where_that_helps_and_does_no_harm(
    error: ApiError,
    for_all: bool,  # noqa: FBT001 - a table
    for_a_creation: bool,  # noqa: FBT001 - the same
) -> None:
    assert [may_repeat(request, error) for request in (READ, UPDATE, STATUS)] == [for_all] * 3
    assert may_repeat(CREATE, error) is for_a_creation


@pytest.mark.parametrize(("error", "most"), [(BROKEN, MOST_FAULTS), (TURNED_AWAY, MOST_TURNS)])
def test_tries_are_counted_by_what_went_wrong(error: ApiError, most: int) -> None:
    tries = Tries()
    for _ in range(most - 1):
        tries.sent += 1
        tries.failed(error)
    before = is_worth_another_try(READ, error, tries)
    tries.sent += 1
    tries.failed(error)

    assert (before, is_worth_another_try(READ, error, tries)) == (True, False)


def test_waits_double_up_to_a_quarter_of_a_minute() -> None:
    assert [seconds_to_wait(BROKEN, Tries(sent=sent), share=1.0) for sent in (1, 2, 3, 4, 5, 6, 7)] == [
        0.5,
        1,
        2,
        4,
        8,
        15,
        15,
    ]


def test_after_a_429_the_rate_limit_does_the_waiting() -> None:
    assert seconds_to_wait(TURNED_AWAY, Tries(sent=1, turned_away=1), share=1.0) == 0

"""What is sent again after which error, how often, and when."""

from __future__ import annotations

import pytest

from reconciler.api.endpoints import create_campaign, get_campaign, set_status, update_campaign
from reconciler.api.retry import MOST_FAULTS, MOST_TURNS, Tries, is_worth_another_try, may_repeat, seconds_to_wait
from reconciler.model.errors import ApiError, Proof, Redirected, Refused, UnexpectedAnswer, Unreachable

READ, CREATE = get_campaign("c-1"), create_campaign({"name": "x"})
UPDATE, STATUS = update_campaign("c-1", {"name": "x"}), set_status("c-1", "paused")
TURNED_AWAY = Refused("GET /", 429, "slow down", proof=Proof.NOT_SENT)
BROKEN = Refused("GET /", 500, "trouble")
DOUBTFUL = (403, 404, 408, 425, 499, 500, 502, 503, 504, 507, 520, 522, 530, 599)
OWN = "the API's own "


def refused(status: int) -> Refused:
    return Refused("GET /", status, "", proof=Proof.REFUSED, is_of_the_api=True)


@pytest.mark.parametrize(
    ("error", "for_a_read", "for_a_change", "for_a_creation"),
    [
        pytest.param(TURNED_AWAY, True, True, True, id="429"),
        pytest.param(Unreachable("GET /", "no connection", sent=False), True, True, True, id="not sent"),
        pytest.param(Unreachable("GET /", "no answer"), True, True, False, id="no answer"),
        *[pytest.param(Refused("GET /", code, ""), True, True, False, id=str(code)) for code in DOUBTFUL],
        *[
            pytest.param(
                Refused("GET /", code, "", proof=Proof.REFUSED, is_of_the_api=True),
                False,
                False,
                False,
                id=f"{OWN}{code}",
            )
            for code in (400, 401, 403, 409, 422)
        ],
        pytest.param(Refused("GET /", 404, "", is_of_the_api=True), False, True, False, id=f"{OWN}404"),
        pytest.param(Refused("GET /", 500, "", is_of_the_api=True), True, True, False, id=f"{OWN}500"),
        pytest.param(UnexpectedAnswer("GET /", "no JSON"), True, False, False, id="no JSON"),
        pytest.param(Redirected("GET /", "elsewhere"), False, False, False, id="redirect"),
    ],
)
def test_a_request_may_be_repeated_where_that_helps_and_does_no_harm(
    error: ApiError,
    for_a_read: bool,  # noqa: FBT001 - a table
    for_a_change: bool,  # noqa: FBT001 - the same
    for_a_creation: bool,  # noqa: FBT001 - the same
) -> None:
    requests = (READ, UPDATE, STATUS, CREATE)
    assert [may_repeat(request, error) for request in requests] == [
        for_a_read,
        for_a_change,
        for_a_change,
        for_a_creation,
    ]


def test_what_an_earlier_try_may_have_done_is_not_forgotten() -> None:
    tries, refused = Tries(), Refused("PUT /", 409, "", proof=Proof.REFUSED)
    for error in (TURNED_AWAY, Unreachable("PUT /", "no answer"), TURNED_AWAY):
        tries.sent += 1
        tries.failed(error)
    tries.sent += 1
    tries.failed(refused)

    assert (refused.attempts, refused.was_doubtful, refused.is_certain) == (4, True, False)


def test_tries_that_were_turned_away_leave_a_refusal_certain() -> None:
    tries, refused = Tries(), Refused("PUT /", 409, "", proof=Proof.REFUSED)
    for error in (TURNED_AWAY, Unreachable("PUT /", "no connection", sent=False), refused):
        tries.sent += 1
        tries.failed(error)

    assert (refused.attempts, refused.was_doubtful, refused.is_certain) == (3, False, True)


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


def test_maintenance_is_waited_for_as_long_as_it_says() -> None:
    maintenance = Refused("GET /", 503, "maintenance")
    maintenance.retry_after = 60.0
    assert seconds_to_wait(maintenance, Tries(sent=1), share=1.0) == 60

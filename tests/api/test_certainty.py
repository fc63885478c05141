"""What an answer proves of its request: the table of the module, row by row."""

from __future__ import annotations

import pytest

from reconciler.api.certainty import proof_of
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Proof, Refused, UnexpectedAnswer, Unreachable

OWN = {"success": False, "message": "no"}
LARAVEL = {"message": "The route api/v1/campaigns could not be found."}
REFUSALS = (400, 401, 402, 403, 409, 422)
DOUBTFUL = (301, 302, 307, 404, 408, 410, 418, 425, 499, *range(500, 600))


NOTHING_SAID: tuple[Value, ...] = (None, [], "ok", 1)


def rows() -> list[tuple[int, Value, Proof]]:
    return [
        *((status, {"success": True, "data": {}}, Proof.DONE) for status in (200, 201, 202)),
        (200, {"id": "c", "status": "paused"}, Proof.DONE),
        (200, {}, Proof.DONE),
        (200, {"success": False}, Proof.UNKNOWN),
        *((status, body, Proof.UNKNOWN) for status in (200, 204) for body in NOTHING_SAID),
        (204, {"success": True}, Proof.UNKNOWN),
        *((status, OWN, Proof.REFUSED) for status in REFUSALS),
        *((status, {"errors": {"name": ["bad"]}}, Proof.REFUSED) for status in REFUSALS),
        *((status, {"error": {"code": "X"}}, Proof.REFUSED) for status in REFUSALS),
        *((status, {"code": "X"}, Proof.REFUSED) for status in REFUSALS),
        (401, {"message": "Unauthenticated."}, Proof.REFUSED),
        *((status, LARAVEL, Proof.UNKNOWN) for status in REFUSALS if status != 401),
        *((status, body, Proof.UNKNOWN) for status in REFUSALS for body in NOTHING_SAID),
        *((429, body, Proof.NOT_SENT) for body in (None, OWN, LARAVEL)),
        *((status, body, Proof.UNKNOWN) for status in DOUBTFUL for body in (None, OWN, LARAVEL)),
    ]


@pytest.mark.parametrize(("status", "body", "proof"), [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in rows()])
def test_an_answer_proves_what_the_table_says(status: int, body: Value, proof: Proof) -> None:
    assert proof_of(status, body) is proof


@pytest.mark.parametrize(
    ("error", "proof"),
    [
        (Unreachable("PUT", "", sent=False), Proof.NOT_SENT),
        (Unreachable("PUT", ""), Proof.UNKNOWN),
        (UnexpectedAnswer("PUT", ""), Proof.UNKNOWN),
        (Refused("PUT", 403, "", proof=Proof.REFUSED), Proof.REFUSED),
    ],
    ids=["never left", "lost", "no JSON", "refused"],
)
def test_every_error_knows_what_is_proven(error: ApiError, proof: Proof) -> None:
    assert error.proof is proof


@pytest.mark.parametrize(
    ("proof", "was_doubtful", "certain"),
    [
        (Proof.REFUSED, False, True),
        (Proof.REFUSED, True, False),
        (Proof.NOT_SENT, False, False),
        (Proof.UNKNOWN, False, False),
    ],
)
def test_a_refusal_is_certain_where_no_earlier_try_may_have_worked(
    proof: Proof, *, was_doubtful: bool, certain: bool
) -> None:
    error = Refused("PUT", 403, "", proof=proof)
    error.was_doubtful = was_doubtful
    assert error.is_certain is certain

"""What the PUTs of apply show of the stamp."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import pytest

from reconciler.apply.stamps import shown_by
from reconciler.live.verdicts import SIMPLE, Shown, moment
from reconciler.model.canonical import canonical
from reconciler.model.document import Position, Value
from reconciler.plan.diff import Change, UnverifiedField
from tests.support.campaigns import FIELDS

BEFORE, AFTER = "2026-12-14T16:30:00Z", "2026-12-15T09:00:00Z"
NOWHERE = Position("c.yaml", 1, 1)
DATE = moment(AFTER) or 0.0


def moved(kind: str = SIMPLE) -> Shown:
    """The stamp moved to the moment of the PUT."""
    return Shown(frozenset({kind}), DATE)


def still(*kinds: str) -> Shown:
    return Shown(frozenset(kinds), None)


def change(name: str, before: Value, after: Value) -> Change:
    field = FIELDS.writable[name]
    return Change(field, canonical(field, before), canonical(field, after), NOWHERE)


RETRIES, COOLDOWN = change("max_retries", 3, 4), change("success_cooldown_hours", 24, 48)
DAYS = change("days_of_week", [1], [1, 2])
UNSEEN = UnverifiedField(
    FIELDS.writable["max_retries"], "not shown", canonical(FIELDS.writable["max_retries"], 3), NOWHERE
)


@pytest.mark.parametrize(
    ("sent", "before", "after", "date", "shown"),
    [
        pytest.param((RETRIES,), BEFORE, AFTER, DATE + 1, moved(), id="it moved"),
        pytest.param((RETRIES, COOLDOWN), BEFORE, AFTER, DATE, moved(), id="simple ones move it alike"),
        pytest.param((DAYS,), BEFORE, AFTER, DATE, moved("days_of_week"), id="days for themselves"),
        pytest.param((DAYS,), BEFORE, BEFORE, DATE, still("days_of_week"), id="it did not move"),
        pytest.param(
            (RETRIES, DAYS), BEFORE, BEFORE, DATE, still(SIMPLE, "days_of_week"), id="several kinds: none moved it"
        ),
        pytest.param(
            (UNSEEN, DAYS), BEFORE, BEFORE, DATE, still("days_of_week"), id="what may have been there need not move it"
        ),
        pytest.param((UNSEEN, DAYS), BEFORE, AFTER, DATE, None, id="what may have been there may have moved it"),
        pytest.param((RETRIES, DAYS), BEFORE, AFTER, DATE, None, id="several kinds: nobody knows which"),
        pytest.param((UNSEEN,), BEFORE, AFTER, DATE, None, id="it may have been there already"),
        pytest.param((RETRIES,), None, AFTER, DATE, None, id="nobody knows the stamp before"),
        pytest.param((RETRIES,), BEFORE, None, DATE, None, id="the answer shows none"),
        pytest.param((RETRIES,), BEFORE, AFTER, None, None, id="the server has no clock"),
        pytest.param((RETRIES,), AFTER, AFTER, DATE + 1, None, id="it was changed in this second already"),
        pytest.param((RETRIES,), BEFORE, "2026-12-15T08:00:00Z", DATE, None, id="it moved for another reason"),
        pytest.param((RETRIES,), "yesterday", AFTER, DATE, None, id="no moment"),
        pytest.param((), BEFORE, AFTER, DATE, None, id="nothing was sent"),
    ],
)
def test_a_put_shows_whether_it_moved_the_stamp(
    sent: Sequence[Change | UnverifiedField], before: str | None, after: str | None, date: float | None, shown: object
) -> None:
    assert shown_by(sent, before, after, date, 0.0) == shown


@pytest.mark.parametrize(
    ("rested", "unseen_for", "must_rest"),
    [
        pytest.param(59, 0.0, True, id="calls may have moved it, as just before"),
        pytest.param(60, 0.0, False, id="calls did not move it for a minute"),
        pytest.param(89, 29.5, True, id="it is not known to have rested for a minute"),
        pytest.param(90, 29.5, False, id="it had rested for a minute when it was seen"),
        pytest.param(9000, 30.0, True, id="it was seen too long ago"),
        pytest.param(5, None, False, id="it does not call: a pause of ours has moved it just before"),
    ],
)
def test_a_stamp_that_calls_may_have_moved_has_to_rest(
    rested: int, unseen_for: float | None, *, must_rest: bool
) -> None:
    before = datetime.datetime.fromtimestamp(DATE - rested, datetime.UTC).isoformat()

    assert shown_by((RETRIES,), before, AFTER, DATE, unseen_for) == moved()._replace(must_rest=must_rest)
    assert shown_by((RETRIES,), before, before, DATE, unseen_for) == still(SIMPLE)

"""Days without calls in plans: which campaigns they are about, and which they leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from reconciler.hours.closed_days import ClosedDay
from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Live
from reconciler.model.document import Position, Value
from reconciler.plan.closing import Closing, ClosingContext, closed
from tests.support.plans import FIELDS, desired

DAY = date(2027, 11, 25)
HOURS: Mapping[str, Value] = {
    "timezone": "UTC",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
}
CONTEXT = ClosingContext(
    {"c.yaml": Closing((ClosedDay(DAY, DAY, None, ""),), Position("c.yaml", 1, 1))},
    datetime(2027, 11, 25, 12, tzinfo=UTC),
    timedelta(),
)


def live(status: str, **values: Value) -> Live:
    return Live("c", "C", status, {**HOURS, **values})


@pytest.mark.parametrize(
    ("text", "found", "status", "because"),
    [
        pytest.param("status: active", live("active"), "paused", "closed on 2027-11-25", id="it calls"),
        pytest.param("status: active", live("paused"), "paused", "closed on 2027-11-25", id="it is paused already"),
        pytest.param("status: active", live("draft"), "draft", "closed on 2027-11-25", id="it has not begun"),
        pytest.param(
            "status: active\ntimezone: UTC", NotFound("none"), "draft", "closed on 2027-11-25", id="there is none yet"
        ),
        pytest.param("status: active", live("completed"), "active", None, id="it is over"),
        pytest.param("status: paused", live("active"), "paused", None, id="its file wants it paused anyway"),
        pytest.param("status: active", live("active", timezone="Mars/One"), "active", "closed_on needs", id="no zone"),
    ],
)
def test_what_it_is_to_be_on_such_a_day(text: str, found: Live | NotFound, status: str, because: str | None) -> None:
    wanted = desired("c.yaml", f"id: c\n{text}")
    (made,), why = closed(FIELDS, [wanted], {"c.yaml": found}, CONTEXT)

    assert made.status == status
    assert why.get("c.yaml") is None if because is None else why["c.yaml"].startswith(because)


def test_a_campaign_without_such_days_is_as_its_file_says() -> None:
    wanted = desired("d.yaml", "id: d\nstatus: active")

    assert closed(FIELDS, [wanted], {"d.yaml": live("active")}, CONTEXT) == ((wanted,), {})

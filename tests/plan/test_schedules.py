"""The whole calling hours of a campaign before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.hours.schedule import Schedule
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.plan.schedules import Schedules, from_json, schedules, to_json
from tests.support.plans import FIELDS, SHOWN, desired

WEEK = frozenset({1, 2, 3, 4, 5})
OFFICE = frozenset({("09:00", "17:00")})
SPLIT = frozenset({("09:00", "12:00"), ("13:00", "17:00")})
NEW_YORK = "America/New_York"
SHOWN_SCHEDULE = Schedule(WEEK, OFFICE, NEW_YORK)

TWO_WINDOWS = 'call_time_ranges: [{start: "09:00", end: "12:00"}, {start: "13:00", end: "17:00"}]'
BOUNDS = {"call_time_ranges": None, "earliest_call_time": "09:00:00", "latest_call_time": "17:00:00"}
OTHER_BOUNDS = {**BOUNDS, "latest_call_time": "16:00:00"}


def found(text: str, shown: Mapping[str, Value], without: str = "") -> Schedules:
    values = {name: value for name, value in {**SHOWN, **shown}.items() if name != without}
    return schedules(FIELDS, desired("a.yaml", text), Live("id-of-a", "A", "active", values))


@pytest.mark.parametrize(
    ("text", "shown", "without", "expected"),
    [
        pytest.param("max_retries: 1", {}, "", (SHOWN_SCHEDULE, SHOWN_SCHEDULE), id="nothing of it in the file"),
        pytest.param(
            "days_of_week: [6]", {}, "", (SHOWN_SCHEDULE, Schedule(frozenset({6}), OFFICE, NEW_YORK)), id="other days"
        ),
        pytest.param(TWO_WINDOWS, {}, "", (SHOWN_SCHEDULE, Schedule(WEEK, SPLIT, NEW_YORK)), id="other windows"),
        pytest.param(
            "timezone: Asia/Kolkata",
            {},
            "",
            (SHOWN_SCHEDULE, Schedule(WEEK, OFFICE, "Asia/Kolkata")),
            id="another zone",
        ),
        pytest.param(
            TWO_WINDOWS, BOUNDS, "", (Schedule(WEEK, SPLIT, NEW_YORK),) * 2, id="only bounds shown, and they agree"
        ),
        pytest.param(
            TWO_WINDOWS,
            OTHER_BOUNDS,
            "",
            (Schedule(WEEK, frozenset({("09:00", "16:00")}), NEW_YORK), Schedule(WEEK, SPLIT, NEW_YORK)),
            id="only bounds shown, and they differ",
        ),
        pytest.param(
            "timezone: Asia/Kolkata",
            {},
            "timezone",
            (Schedule(WEEK, OFFICE, "Asia/Kolkata"),) * 2,
            id="a zone that only the file says",
        ),
        pytest.param("max_retries: 1", {}, "timezone", None, id="a zone that nobody says"),
        pytest.param("max_retries: 1", {}, "days_of_week", None, id="days that nobody says"),
        pytest.param("max_retries: 1", BOUNDS, "", None, id="only bounds shown, and nothing in the file"),
        pytest.param("max_retries: 1", {"days_of_week": [0, 1]}, "", None, id="a day that is none"),
        pytest.param("max_retries: 1", {"call_time_ranges": ["morning"]}, "", None, id="a window that is none"),
        pytest.param("max_retries: 1", {"timezone": "Mars/Olympus"}, "", None, id="a zone that is none"),
    ],
)
def test_a_schedule_is_whole_or_unknown(
    text: str, shown: Mapping[str, Value], without: str, expected: tuple[Schedule, Schedule] | None
) -> None:
    actual = found(text, shown, without)

    assert actual == expected
    assert from_json(to_json(actual)) == actual


def test_a_campaign_that_is_not_there_yet_has_hours_after_only() -> None:
    text = f"days_of_week: [1, 2, 3, 4, 5]\ntimezone: {NEW_YORK}\n{TWO_WINDOWS}"
    created = schedules(FIELDS, desired("a.yaml", text), None)

    assert created == (None, Schedule(WEEK, SPLIT, NEW_YORK))
    assert from_json(to_json(created)) == created
    assert schedules(FIELDS, desired("a.yaml", TWO_WINDOWS), None) is None


def test_schedules_as_they_stand_in_a_plan() -> None:
    assert to_json((SHOWN_SCHEDULE, Schedule(frozenset({7, 6}), SPLIT, "UTC"))) == {
        "before": {"days": [1, 2, 3, 4, 5], "windows": [{"start": "09:00", "end": "17:00"}], "timezone": NEW_YORK},
        "after": {
            "days": [6, 7],
            "windows": [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}],
            "timezone": "UTC",
        },
    }


@pytest.mark.parametrize(
    "side",
    [{"days": [8]}, {"windows": [{"start": "17:00", "end": "09:00"}]}, {"timezone": "Mars/Olympus"}, {"timezone": 3}],
    ids=["no weekday", "no window", "no zone", "no text"],
)
def test_what_is_no_schedule_is_not_read(side: dict[str, Any]) -> None:
    document = to_json((SHOWN_SCHEDULE, SHOWN_SCHEDULE))
    assert document is not None

    with pytest.raises(ValueError, match="no schedule"):
        from_json({**document, "after": {**document["after"], **side}})

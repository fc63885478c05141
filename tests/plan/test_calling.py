"""Whether a campaign that may pause calls at a plan's moment, and where nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.document import Value
from reconciler.plan.calling import with_calling_told
from reconciler.plan.document import to_json
from reconciler.plan.plan import Plan
from tests.support.plan_schema import broken_rules
from tests.support.plans import FIELDS, planned, read_plan

# 15:20 in New York, on a Wednesday.
AT = "2027-01-06T20:20:00+00:00"
LIVE: Mapping[str, Value] = {
    "status": "active",
    "timezone": "America/New_York",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "start_date": "2026-01-05",
    "end_date": None,
}
BOUNDS: Mapping[str, Value] = {"call_time_ranges": None, "earliest_call_time": "09:00", "latest_call_time": "17:00"}


def plan_of(file: str, at: str = AT, **live: Value) -> Plan:
    shown = {name: value for name, value in {**LIVE, **live}.items() if value != "hidden"}
    return with_calling_told(replace(planned({"c.yaml": file}, {"c.yaml": shown}), created_at=at))


@pytest.mark.parametrize(
    ("file", "live", "told"),
    [
        pytest.param("days_of_week: [1, 2]", {}, "calling now, closes 17:00 (in 1 h 40 min)", id="it calls"),
        pytest.param(
            'call_time_ranges: [{start: "09:00", end: "18:00"}]',
            {},
            "calling now, closes 18:00 (in 2 h 40 min)",
            id="the later of both",
        ),
        pytest.param(
            "days_of_week: [1, 2]",
            {"call_time_ranges": [{"start": "09:00", "end": "12:00"}]},
            "closed until tomorrow 09:00 America/New_York",
            id="closed until live opens",
        ),
        pytest.param(
            "timezone: America/Los_Angeles",
            {"call_time_ranges": [{"start": "09:00", "end": "13:00"}]},
            "not calling now, but open by the hours that will result, closes 13:00 (in 40 min)",
            id="the new hours call, on their clock",
        ),
        pytest.param("days_of_week: [1]", {"start_date": "2027-03-01"}, "closed until 2027-03-01", id="not begun"),
        pytest.param("days_of_week: [1]", {"end_date": "2027-01-05"}, "closed from now on", id="over"),
        pytest.param("end_date: '2027-06-30'", {"end_date": "2027-01-05"}, "not calling now, but open", id="longer"),
        pytest.param("days_of_week: [1]", {"end_date": "hidden"}, "calling now", id="its last day is not shown"),
        pytest.param(
            "days_of_week: [1]", {"start_date": "2026-02-30"}, "calling now", id="its first day does not exist"
        ),
        pytest.param(
            "days_of_week: [1, 2, 3, 4, 5, 6, 7]",
            {"days_of_week": [6], "end_date": "2027-01-01"},
            "closed from now on",
            id="it ended",
        ),
        pytest.param("days_of_week: [1]", {"start_date": "soon"}, "calling now", id="its first day is none"),
    ],
)
def test_what_may_pause_says_whether_it_calls(file: str, live: Mapping[str, Value], told: str) -> None:
    plan = plan_of(file, **live)
    (campaign,) = plan.campaigns
    document = to_json(plan)

    assert campaign.notices[-1].startswith(told)
    assert broken_rules(document) == []
    assert read_plan(json.dumps(document), "plan.json", FIELDS).campaigns[0].calling == campaign.calling


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param("days_of_week: [1]", BOUNDS, id="only the outer bounds are shown"),
        pytest.param('call_time_ranges: [{start: "10:00", end: "12:00"}]', BOUNDS, id="and other windows are wanted"),
        pytest.param("end_date: '2027-06-30'", {"timezone": None}, id="the zone is not shown"),
        pytest.param("end_date: '2027-06-30'", {"days_of_week": "Mon-Fri"}, id="the days are in no form that we know"),
        pytest.param("max_retries: 1", {"max_retries": 2}, id="it may not pause"),
        pytest.param("days_of_week: [1]", {"status": "paused"}, id="it does not call"),
        pytest.param("days_of_week: [1]\nstatus: paused", {}, id="its file wants it paused"),
    ],
)
def test_nothing_is_claimed(file: str, live: Mapping[str, Value]) -> None:
    plan = plan_of(file, **live)
    (campaign,) = plan.campaigns

    assert campaign.calling is None
    assert not [notice for notice in campaign.notices if "calling now" in notice or "closed " in notice]
    assert to_json(plan)["campaigns"][0]["calling"] is None


def test_the_time_of_a_plan_is_no_part_of_its_digest() -> None:
    by_day, at_night = (plan_of("days_of_week: [1, 2]", at) for at in (AT, "2027-01-07T03:00:00+00:00"))

    assert by_day.campaigns[0].notices != at_night.campaigns[0].notices
    assert by_day.digest == at_night.digest


def test_hours_are_those_of_both_sides() -> None:
    (campaign,) = plan_of("days_of_week: [1, 2]\nend_date: '2027-06-30'").campaigns

    assert campaign.call_times.hours
    assert (campaign.call_times.hours.before.schedule.days, campaign.call_times.hours.after.schedule.days) == (
        frozenset({1, 2, 3, 4, 5}),
        frozenset({1, 2}),
    )
    assert (campaign.call_times.hours.before.last, campaign.call_times.hours.after.last) == (None, date(2027, 6, 30))

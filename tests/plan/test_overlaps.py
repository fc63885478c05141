"""Campaigns of one agent whose hours overlap: counted by hand, and minute by minute."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.model.document import Value
from reconciler.plan.document import to_json
from reconciler.plan.overlaps import Overlap, changed, overlaps
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Agent
from reconciler.render import json, text
from reconciler.render.html import page
from reconciler.render.markdown import page as markdown
from tests.support.plans import FIELDS, planned, read_plan

AVA: Mapping[str, Value] = {"agent_id": "agent-1", "agent": {"id": "agent-1", "name": "Ava"}}
BEN: Mapping[str, Value] = {"agent_id": "agent-2", "agent": {"id": "agent-2", "name": None}}


def hours(start: str, end: str, *days: int) -> Mapping[str, Value]:
    return {"days_of_week": list(days), "call_time_ranges": [{"start": start, "end": end}]}


# Mon 9-17; Mon 15-19; Tue 9-12.
LIVE: Mapping[str, Mapping[str, Value]] = {
    "a.yaml": {**AVA, **hours("09:00", "17:00", 1)},
    "b.yaml": {**AVA, **hours("15:00", "19:00", 1)},
    "c.yaml": {**AVA, **hours("09:00", "12:00", 2)},
}


def plan_of(files: Mapping[str, str], live: Mapping[str, Mapping[str, Value]] = LIVE) -> Plan:
    return planned({name: files.get(name, "max_retries: 3") for name in live}, live)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, [Overlap(Agent("agent-1", "Ava"), 2, 120, 120)], id="two hours on Mondays"),
        pytest.param(
            {"c.yaml": "days_of_week: [1]"}, [Overlap(Agent("agent-1", "Ava"), 3, 120, 300)], id="a third joins them"
        ),
        pytest.param({"b.yaml": "status: paused"}, [], id="one stops"),
        pytest.param({"b.yaml": "agent_id: agent-2"}, [], id="one has another agent"),
        pytest.param({"b.yaml": "timezone: America/Los_Angeles"}, [], id="in another zone"),
    ],
)
def test_the_campaigns_that_overlap(files: Mapping[str, str], expected: list[Overlap]) -> None:
    assert [*overlaps(plan_of(files))] == expected


def test_a_campaign_that_gets_the_agent_overlaps_with_those_that_have_it() -> None:
    live = {**LIVE, "d.yaml": {**BEN, **hours("09:00", "10:00", 1)}}

    (found,) = overlaps(plan_of({"d.yaml": "agent_id: agent-1"}, live))

    assert found == Overlap(Agent("agent-1", "Ava"), 3, 120, 180)


def test_a_start_counts_and_what_does_not_call_does_not() -> None:
    live = {**LIVE, "b.yaml": {**LIVE["b.yaml"], "status": "paused"}}

    assert overlaps(plan_of({}, live)) == ()
    assert overlaps(plan_of({"b.yaml": "status: active"}, live)) == (Overlap(Agent("agent-1", "Ava"), 2, 0, 120),)


def test_what_is_not_known_is_left_out() -> None:
    live = {**LIVE, "b.yaml": {**LIVE["b.yaml"], "timezone": "Mars/Olympus"}}
    without: Mapping[str, Mapping[str, Value]] = {name: {**shown, "agent_id": None} for name, shown in LIVE.items()}

    assert overlaps(plan_of({}, live)) == ()
    assert overlaps(plan_of({}, without)) == ()


def test_only_what_the_plan_changes_is_told() -> None:
    assert changed(plan_of({})) == ()
    assert changed(plan_of({"a.yaml": "max_retries: 2"})) == ()
    assert len(changed(plan_of({"c.yaml": "days_of_week: [1]"}))) == 1


def test_it_is_told_in_words_and_pictures() -> None:
    plan, told = plan_of({"c.yaml": "days_of_week: [1]"}), "agent Ava: 3 campaigns overlap 5 h a week (was 2)"

    assert told in text.render(plan)
    assert told in markdown.render(plan)
    assert told in page.render(plan)
    assert "The week by agent" in page.render(plan)
    assert "The week by agent" not in page.render(plan_of({}, {"a.yaml": LIVE["a.yaml"]}))


def test_hours_and_minutes_are_said_whole() -> None:
    plan = plan_of({"a.yaml": "call_time_ranges: [{start: 9:00, end: 17:30}]"})

    assert "agent Ava: 2 campaigns overlap 2 h 30 min a week (was 2 h)" in text.render(plan)


def test_as_a_document() -> None:
    plan = plan_of({"c.yaml": "days_of_week: [1]"})

    assert to_json(plan)["overlaps"] == [
        {"agent": "agent-1", "name": "Ava", "campaigns": 3, "minutes": {"before": 120, "after": 300}}
    ]
    assert overlaps(read_plan(json.render(plan), "plan.json", FIELDS)) == overlaps(plan)

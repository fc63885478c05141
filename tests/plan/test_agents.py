"""Agents that a plan newly gives to campaigns are looked at, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Refused, Unreachable
from reconciler.plan.agents import with_agents_checked
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Agent
from tests.support.plans import planned

INBOUND = "agent a-1 is inbound: it takes calls, and makes none"


def checked(plan: Plan, answers: Mapping[str, ApiAnswer | ApiError]) -> tuple[Plan, list[str]]:
    """The plan with its agents checked, and the requests that were made for it."""
    asked: list[str] = []

    def fetch(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        asked.extend(map(str, requests))
        return [answers[request.path.rpartition("/")[2]] for request in requests]

    return with_agents_checked(plan, fetch), asked


def agent(status: str | None, direction: str | None = "outbound") -> ApiAnswer:
    shown = {"id": "a-1", "name": "Ada", "current_status": status, "direction": direction}
    return ApiAnswer({"success": True, "data": shown})


def test_nothing_is_asked_where_no_agent_changes() -> None:
    plan = planned({"a.yaml": {"agent_id": "a-1", "max_retries": 2}}, {"a.yaml": {"agent_id": "a-1"}})

    assert checked(plan, {}) == (plan, [])


def test_agents_of_whom_a_name_is_known_are_called_by_it_everywhere() -> None:
    plan = planned({"a.yaml": "status: active"}, {"a.yaml": {"agent_id": "a-1", "status": "draft"}})

    named = with_agents_checked(plan, lambda _: [], {"a-1": "Ava"})

    assert named.campaigns[0].agents == (Agent("a-1", "Ava"), Agent("a-1", "Ava"))
    assert named.digest == plan.digest


def test_each_agent_is_asked_for_once() -> None:
    files: Mapping[str, Mapping[str, Value]] = {
        "a.yaml": {"agent_id": "a-1"},
        "b.yaml": {"agent_id": "a-1"},
        "c.yaml": {"agent_id": "a-2"},
    }
    plan = planned(files, {file: {"agent_id": "a-0"} for file in files})

    after, asked = checked(plan, {"a-1": agent("published"), "a-2": agent(None)})

    assert asked == ["GET /agents/a-1", "GET /agents/a-2"]
    assert (after.campaigns, after.reads) == (plan.campaigns, plan.reads + 2)


def test_an_agent_that_does_not_exist_is_an_error_of_its_campaign_alone() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"agent_id": "a-9"}, "b.yaml": {"max_retries": 2}}
    plan = planned(files, {"a.yaml": {"agent_id": "a-0"}})

    after, _ = checked(plan, {"a-9": Refused("GET /agents/a-9", 404, "Agent not found")})

    assert [(str(c.action), c.changes, c.errors) for c in after.campaigns] == [
        ("error", (), ("a.yaml:1:1: agent_id: no agent has the id a-9 in this environment (HTTP 404)",)),
        ("update", plan.campaigns[1].changes, ()),
    ]


@pytest.mark.parametrize(
    ("answer", "notices"),
    [
        pytest.param(agent("draft"), ["agent a-1 is draft, not published"], id="not published"),
        pytest.param(agent("published", "inbound"), [INBOUND], id="inbound"),
        pytest.param(agent("draft", "inbound"), ["agent a-1 is draft, not published", INBOUND], id="both"),
        pytest.param(agent(None, None), [], id="neither is shown"),
        pytest.param(
            Unreachable("GET /agents/a-1", "no answer"),
            ["agent a-1 could not be looked at: GET /agents/a-1: no answer"],
            id="no answer",
        ),
    ],
)
def test_a_doubt_about_an_agent_is_a_notice_at_its_line(answer: ApiAnswer | ApiError, notices: list[str]) -> None:
    plan = planned({"a.yaml": {"agent_id": "a-1"}}, {"a.yaml": {"agent_id": "a-0"}})

    after, _ = checked(plan, {"a-1": answer})

    expected = tuple(f"a.yaml:1:1: agent_id: {notice}" for notice in notices)
    assert [(str(c.action), c.notices) for c in after.campaigns] == [("update", expected)]


def test_the_agent_of_a_new_campaign_is_looked_at() -> None:
    complete: Mapping[str, Value] = {
        "name": "New", "agent_id": "a-1", "campaign_type": "sales", "start_date": "2027-01-04", "timezone": "UTC",
        "days_of_week": [1], "call_time_ranges": [{"start": "09:00", "end": "10:00"}],
    }  # fmt: skip
    plan = planned({"a.yaml": complete}, {"a.yaml": NotFound("-", is_new=True)})

    assert checked(plan, {"a-1": agent("published")})[1] == ["GET /agents/a-1"]

"""What the API refuses is told where it stands in the file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.apply.failures import failure_of
from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.model.errors import Refused
from tests.support.plans import planned

NEW: Mapping[str, Value] = {
    "name": "New", "agent_id": "a-9", "campaign_type": "sales", "start_date": "2027-01-04", "timezone": "UTC",
    "days_of_week": [1], "call_time_ranges": [{"start": "09:00", "end": "10:00"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("Agent not found", ["a.yaml:1:1: agent_id: the API says: Agent not found"], id="the agent"),
        pytest.param("The route could not be found.", [], id="something else"),
    ],
)
def test_an_agent_that_a_creation_does_not_find_is_told_at_its_line(words: str, told: list[str]) -> None:
    (campaign,) = planned({"a.yaml": NEW}, {"a.yaml": NotFound("-", is_new=True)}).campaigns

    failure = failure_of(Refused("POST /campaigns", 404, words), campaign)

    assert [str(problem) for problem in failure.problems] == told


def test_a_campaign_that_an_update_does_not_find_is_no_fault_of_a_field() -> None:
    (campaign,) = planned({"a.yaml": {"agent_id": "a-9"}}, {"a.yaml": {"agent_id": "a-1"}}).campaigns

    assert failure_of(Refused("PUT /campaigns/c", 404, "Agent not found"), campaign).problems == ()

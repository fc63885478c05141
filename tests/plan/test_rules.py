"""The rules of a house, held against each campaign by itself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.document import Document, Mark, Value
from reconciler.plan.besides import Placed
from reconciler.plan.branch import branch, offline_plan
from reconciler.plan.context import PlanContext
from reconciler.plan.plan import Plan
from reconciler.plan.rules import held_to, none, rules
from reconciler.plan.steps import Action
from reconciler.plan.summary import summary
from tests.plan.test_attempts import CREATED, MORE, NEW, WHOLE
from tests.support.plans import FIELDS, HOST, desired, planned

LIMIT: Mapping[str, Value] = {"max_attempts_per_day": 3, "max_attempts_per_week": 7}
SOURCE = "_environment.yaml: max_attempts_per_day"
# Ten calls a day are live already.
OFTEN: Mapping[str, Value] = {**WHOLE, "max_retries": 9, "retry_cooldown_hours": 1, "description": "Old"}


def held(
    file: str, live: Mapping[str, Value] | NotFound, settings: Mapping[str, Value] = LIMIT, *, once: bool = False
) -> Plan:
    plan = planned({"c.yaml": file, "other.yaml": "max_retries: 2"}, {"c.yaml": live})
    return held_to(plan, lambda _: rules(settings, "_environment.yaml", None, lets_through=once))


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param(MORE, WHOLE, id="more than before"),
        pytest.param("description: New", OFTEN, id="what does not tighten, as often as before"),
        pytest.param("max_retries: 8\ndays_of_week: [1, 2, 3, 4, 5, 6, 7]", {**OFTEN, "days_of_week": [1]}, id="both"),
        pytest.param("status: active", {**OFTEN, "status": "paused"}, id="a start"),
        pytest.param(CREATED + MORE, NEW, id="a creation"),
    ],
)
def test_a_campaign_that_calls_one_person_too_often_is_refused_alone(
    file: str, live: Mapping[str, Value] | NotFound
) -> None:
    refused, other = held(file, live).campaigns

    assert (refused.action, refused.changes, refused.status, len(refused.errors)) == (Action.ERROR, (), None, 2)
    assert (other.action, other.errors) == (Action.UPDATE, ())


def test_the_error_says_how_often_and_where_the_limit_is() -> None:
    campaign = held(MORE, WHOLE, {"max_attempts_per_day": 3}).campaigns[0]

    assert [*campaign.errors] == [
        f"one person: up to 11 calls in 24 hours, and {SOURCE} allows 3; if that is meant, pass --over-limits once"
    ]


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param("max_retries: 8", OFTEN, id="fewer calls"),
        pytest.param("status: paused", OFTEN, id="it stops"),
        pytest.param("status: cancelled", {**OFTEN, "status": "paused"}, id="it ends"),
        pytest.param("max_retries: 9", OFTEN, id="nothing changes"),
        pytest.param("max_retries: 2", WHOLE, id="within the limit"),
        pytest.param(MORE, {**WHOLE, "timezone": "Mars/Olympus"}, id="nothing can be said"),
    ],
)
def test_what_only_tightens_and_what_stays_is_never_refused(file: str, live: Mapping[str, Value]) -> None:
    assert not held(file, live).has_errors


def test_it_is_let_through_once() -> None:
    campaign = held(MORE, WHOLE, once=True).campaigns[0]

    told = f"over a limit, and let through this once: one person: up to 11 calls in 24 hours, and {SOURCE} allows 3"
    assert (campaign.action, campaign.notices[0]) == (Action.UPDATE, told)


def test_without_rules_nothing_is_refused() -> None:
    plan = planned({"c.yaml": MORE}, {"c.yaml": WHOLE})

    assert held_to(plan, none) == plan


def test_of_a_branch_the_limits_of_its_base_hold() -> None:
    base = Document("_environment.yaml", {"max_attempts_per_day": 3}, {}, {})
    of_a_branch = rules({"max_attempts_per_day": 20}, "_environment.yaml", base, lets_through=False)
    plan = held_to(planned({"c.yaml": MORE}, {"c.yaml": WHOLE}), lambda _: of_a_branch)

    assert "max_attempts_per_day at the base (the branch sets 20) allows 3" in plan.campaigns[0].errors[0]


@pytest.mark.parametrize(
    ("now", "loosened"),
    [
        pytest.param({"max_attempts_per_day": 5}, 1, id="raised"),
        pytest.param({}, 1, id="removed"),
        pytest.param({"max_attempts_per_day": 2}, 0, id="lowered"),
    ],
)
def test_a_limit_on_calls_to_one_person_that_is_raised_or_removed_loosens(
    now: Mapping[str, Value], loosened: int
) -> None:
    campaign = desired("c.yaml", "max_retries: 3")
    before, after = (
        Placed(campaign, Document("_environment.yaml", values, {(): Mark(1, 1)}, {}))
        for values in ({"max_attempts_per_day": 3}, now)
    )
    plan = offline_plan(FIELDS, branch(FIELDS, "abc", [before], [after]), [campaign], PlanContext(HOST))

    assert summary(plan)["loosened"] == loosened

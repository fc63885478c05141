"""Plans of several environments as one document, and back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.model.errors import PlanFileError
from reconciler.model.fields import campaign_fields
from reconciler.plan.document import plans_to_json, to_json
from reconciler.plan.read import read_plans
from tests.support.plans import planned

ONE = replace(planned({"a.yaml": "max_retries: 4"}), environment="one")
TWO = replace(planned({}), environment="two", failure="no token")


def test_one_plan_is_its_document_and_several_are_a_list() -> None:
    assert plans_to_json([ONE]) == to_json(ONE)
    assert plans_to_json([ONE, TWO])["plans"] == [to_json(ONE), to_json(TWO)]


def test_the_plans_of_several_environments_are_read_again() -> None:
    read = read_plans(json.dumps(plans_to_json([ONE, TWO])), "plan.json", campaign_fields())

    assert [(plan.environment, plan.failure, plan.digest) for plan in read] == [
        ("one", "", ONE.digest),
        ("two", "no token", TWO.digest),
    ]


@pytest.mark.parametrize("plans", [[], [1], "one"], ids=["none", "no document", "no list"])
def test_what_holds_no_plans_is_no_saved_plan(plans: object) -> None:
    with pytest.raises(PlanFileError, match=r"plan\.json is no saved plan"):
        read_plans(json.dumps({"format_version": "1.0", "plans": plans}), "plan.json", campaign_fields())

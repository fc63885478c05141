"""Lists that nobody can see: when they are withheld, with the switch to them, and when they are sent."""

from __future__ import annotations

import pytest

from reconciler.model.document import Value
from reconciler.model.sensitive import SensitiveSet
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import body_of
from reconciler.plan.values import recorded
from tests.support.campaigns import FIELDS, HOST, KEY, plan_of, planned_one, shown, wanted

LIST, SOURCE, ENABLED = "do_not_call_custom_list", "do_not_call_list_source", "do_not_call_enabled"
ONE, TWO = "+12025550143", "+12025550144"
FILE = {ENABLED: True, SOURCE: "custom", LIST: [ONE]}


def sent_last(*numbers: str) -> dict[str, dict[str, str]]:
    value = SensitiveSet(frozenset(numbers))
    return {"c-1": {LIST: recorded(FIELDS.writable[LIST], value, "c-1", KEY)}}


def verdicts(plan: CampaignPlan) -> tuple[dict[str, Value], list[str]]:
    """What is sent, and what is withheld."""
    return body_of(plan.sent), [one.field.name for one in plan.withheld]


@pytest.mark.parametrize(
    "live",
    [
        pytest.param({ENABLED: True, SOURCE: "custom"}, id="the live source is the list itself"),
        pytest.param({ENABLED: True, SOURCE: "campaign"}, id="the live source is the documented word for it"),
        pytest.param({ENABLED: True, SOURCE: "custom", LIST: [{"phone": ONE}]}, id="the list is rows"),
        pytest.param({ENABLED: True, SOURCE: "environment", LIST: ONE}, id="the list is one text"),
    ],
)
def test_a_list_that_nobody_can_see_and_that_may_be_in_use_is_withheld(live: dict[str, Value]) -> None:
    sent, withheld = verdicts(planned_one(wanted(FILE), shown(live)))

    assert LIST in withheld
    assert not sent.keys() & {LIST, SOURCE}


@pytest.mark.parametrize("source", [None, "", "Environment", "unheard", 1])
def test_a_source_that_is_not_exactly_one_of_the_others_withholds_the_list_and_the_switch(source: Value) -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: False, SOURCE: source}))

    assert verdicts(plan) == ({ENABLED: True}, [LIST, SOURCE])


def test_a_source_that_is_not_shown_withholds_the_list_and_the_switch() -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: False}))

    assert verdicts(plan) == ({ENABLED: True}, [LIST, SOURCE])


@pytest.mark.parametrize("source", ["environment", "global"])
def test_where_another_list_is_in_use_list_and_switch_go_together(source: str) -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: True, SOURCE: source}))

    assert verdicts(plan) == ({SOURCE: "custom", LIST: [ONE]}, [])


def test_a_list_that_the_record_says_we_sent_last_is_unverified_and_not_sent_again() -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: True, SOURCE: "custom"}), sent_last(ONE))

    assert verdicts(plan) == ({}, [])
    assert [one.field.name for one in plan.unverified] == [LIST]


def test_another_list_than_the_one_that_we_sent_last_is_withheld() -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: True, SOURCE: "custom"}), sent_last(ONE, TWO))

    assert verdicts(plan) == ({}, [LIST])


def test_with_removals_allowed_nothing_is_withheld() -> None:
    allowed = PlanContext(HOST, key=KEY, allow_dnc_removals=True)
    plan = plan_of((wanted(FILE), shown({ENABLED: False})), terms=allowed).campaigns[0]

    assert verdicts(plan) == (FILE, [])


@pytest.mark.parametrize(
    "live", [[{"phone": ONE}], [[ONE]], f"{ONE},{TWO}", True], ids=["rows", "lists", "text", "true"]
)
@pytest.mark.parametrize("source", ["custom", "environment"])
def test_a_list_in_an_unknown_form_is_withheld_whatever_is_allowed(source: str, live: Value) -> None:
    allowed = PlanContext(HOST, key=KEY, allow_dnc_removals=True)
    plan = plan_of((wanted({LIST: [ONE], SOURCE: "custom"}), shown({SOURCE: source, LIST: live})), terms=allowed)

    (campaign,) = plan.campaigns
    assert (campaign.sent, [one.field.name for one in campaign.withheld][:1]) == ((), [LIST])
    assert campaign.withheld[0].reason == (
        "the API shows it in an unknown form, and such a list is never written: add the numbers by hand where "
        "campaigns are edited, or take the list out of the file"
    )


def test_a_list_that_we_sent_last_and_that_is_shown_in_an_unknown_form_is_unverified_and_not_sent() -> None:
    plan = planned_one(wanted(FILE), shown({ENABLED: True, SOURCE: "custom", LIST: [{"phone": ONE}]}), sent_last(ONE))

    assert verdicts(plan) == ({}, [])
    assert [one.field.name for one in plan.unverified] == [LIST]


@pytest.mark.parametrize("source", ["shared", "Custom"])
def test_a_word_of_live_that_nobody_knows_is_no_reason_to_call_the_file_wrong(source: str) -> None:
    plan = planned_one(wanted({ENABLED: True, LIST: [ONE]}), shown({ENABLED: True, SOURCE: source}))

    assert (verdicts(plan), plan.errors) == (({}, [LIST]), ())


def test_what_is_withheld_is_told_and_counted() -> None:
    plan = plan_of((wanted(FILE), shown({ENABLED: True, SOURCE: "custom"})))

    assert plan.has_withheld
    assert plan.campaigns[0].notices == (
        (
            f"{LIST} is withheld: the API does not show it, and it may be in use: sending it could drop people that "
            "nobody can see (--allow-dnc-removals, or do_not_call: replace in _environment.yaml, makes the file the "
            "whole truth)"
        ),
    )

"""A plan as a value: its digest, and what is counted in it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.sensitive import SensitiveSet
from reconciler.plan.context import PlanContext
from reconciler.plan.plan import Plan
from reconciler.plan.summary import summary
from reconciler.plan.values import recorded
from tests.support.campaigns import FIELDS, HOST, KEY, plan_of, planned_one, shown, wanted

ONE, TWO = "+15551230001", "+15551230002"
LIST = "do_not_call_custom_list"
RANGES = [{"start": "09:00", "end": "17:00"}]
LUNCH = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]


NEW = {
    "name": "Spring",
    "campaign_type": "sales",
    "agent_id": "a-1",
    "start_date": "2027-01-04",
    "days_of_week": [1],
    "call_time_ranges": RANGES,
    "timezone": "UTC",
}
ABSENT = NotFound("no live campaign is named 'Spring', and the file has no id", is_new=True)


# The digest


BASE = (wanted({"max_retries": 2}), shown({"max_retries": 3}))
OTHER = (
    wanted({"timezone": "UTC"}, "active", campaign="c-2", file="d.yaml"),
    shown({"timezone": "CET"}, campaign="c-2"),
)
DIGEST = plan_of(BASE, OTHER).digest

SAME: list[Any] = [
    pytest.param(plan_of(OTHER, BASE), id="the order of the files"),
    pytest.param(plan_of((wanted({"max_retries": 2}, file="z.yaml"), BASE[1]), OTHER), id="the name of a file"),
    pytest.param(plan_of((wanted({"max_retries": 2}), shown({"max_retries": "3"})), OTHER), id="a spelling"),
    pytest.param(
        plan_of(BASE, OTHER, terms=PlanContext(HOST, created_at="now", tool_version="2")), id="when and by what"
    ),
    pytest.param(
        plan_of(BASE, OTHER, (wanted({}, campaign="c-3", file="e.yaml"), shown({}, campaign="c-3"))),
        id="a campaign in sync besides",
    ),
    pytest.param(
        plan_of(BASE, OTHER, (wanted({}, campaign="c-3", file="e.yaml"), NotFound("gone"))),
        id="a campaign that cannot be planned besides",
    ),
    pytest.param(
        plan_of((wanted({"max_retries": 2, "name": "A"}), shown({"max_retries": 3, "name": "A"})), OTHER),
        id="a managed field in sync",
    ),
]
DIFFERENT: list[Any] = [
    pytest.param(plan_of(BASE), id="a campaign less"),
    pytest.param(plan_of(BASE, OTHER, terms=PlanContext("https://other.example")), id="another host"),
    pytest.param(plan_of((wanted({"max_retries": 1}), BASE[1]), OTHER), id="another value after"),
    pytest.param(plan_of((BASE[0], shown({"max_retries": 4})), OTHER), id="another value before"),
    pytest.param(plan_of((wanted({"max_retries": 2}, "active"), BASE[1]), OTHER), id="a step more"),
    pytest.param(
        plan_of((wanted({"max_retries": 2}, campaign="c-9"), shown({"max_retries": 3}, campaign="c-9")), OTHER),
        id="another campaign",
    ),
    pytest.param(
        plan_of((wanted({"max_retries": 2, "auto_complete": True}), BASE[1]), OTHER), id="an unverified value to send"
    ),
    pytest.param(
        plan_of(BASE, (wanted({"timezone": "UTC"}, campaign="c-2"), shown({"timezone": "CET"}, campaign="c-2"))),
        id="a step less",
    ),
]


@pytest.mark.parametrize("plan", SAME)
def test_the_digest_stays_where_the_same_would_be_done(plan: Plan) -> None:
    assert plan.digest == DIGEST


@pytest.mark.parametrize("plan", DIFFERENT)
def test_the_digest_changes_with_what_would_be_done(plan: Plan) -> None:
    assert plan.digest != DIGEST


def test_an_update_that_may_pause_has_another_digest_than_one_that_cannot() -> None:
    plans = [plan_of((wanted({"timezone": "UTC"}), shown({"timezone": "CET"}, s))) for s in ("active", "paused")]

    assert plans[0].digest != plans[1].digest


@pytest.mark.parametrize("retries", [2, 3], ids=["beside a change", "by itself"])
def test_what_was_sent_before_is_not_in_the_digest(retries: int) -> None:
    pair = (wanted({"max_retries": retries, "auto_complete": True}), BASE[1])
    sent = recorded(FIELDS.writable["auto_complete"], True, "c-1", KEY)
    records = [{"c-1": {"auto_complete": hashed}} for hashed in ("", sent, "0" * 64)]
    plans = [plan_of(pair, OTHER, terms=PlanContext(HOST, record=record, key=KEY)) for record in records]

    assert [plan.campaigns[0].unverified[0].send for plan in plans] == [True, False, True]
    assert len({plan.digest for plan in plans} | {DIGEST}) == 2

    assert plans[0].digest == plans[1].digest
    assert plans[0].digest != DIGEST


def test_a_value_that_is_not_sent_whatever_was_sent_before_is_not_in_the_digest() -> None:
    live = shown({"max_retries": 3, "do_not_call_list_source": "custom"})
    withheld = plan_of((wanted({"max_retries": 2, LIST: [ONE]}), live), OTHER)

    assert [one.field.name for one in withheld.campaigns[0].withheld] == [LIST]
    assert withheld.digest == DIGEST


def test_a_list_that_only_a_record_keeps_from_being_withheld_is_not_in_the_digest() -> None:
    pair = (wanted({"max_retries": 2, LIST: [ONE]}), shown({"max_retries": 3, "do_not_call_list_source": "custom"}))
    record = {"c-1": {LIST: recorded(FIELDS.writable[LIST], SensitiveSet(frozenset({ONE})), "c-1", KEY)}}
    known = plan_of(pair, OTHER, terms=PlanContext(HOST, record=record, key=KEY))

    assert ([u.send for u in known.campaigns[0].unverified], known.campaigns[0].withheld) == ([False], ())
    assert known.digest == DIGEST


def test_numbers_change_the_digest_without_being_in_it() -> None:
    live = shown({LIST: [], "do_not_call_list_source": "custom"})
    plans = [plan_of((wanted({LIST: [number]}), live)) for number in (ONE, TWO)]

    assert plans[0].digest != plans[1].digest


# Numbers


def test_a_summary_counts_every_kind_of_campaign_and_every_request() -> None:
    plan = plan_of(
        (wanted({"timezone": "UTC"}, file="1"), shown({"timezone": "CET"}, "active", "c-1")),
        (wanted({"auto_complete": True}, "active", file="2"), shown({}, campaign="c-2")),
        (wanted({"max_retries": 3}, file="3"), shown({"max_retries": 3}, campaign="c-3")),
        (wanted({"max_retries": 2}, file="4"), shown({"max_retries": 3}, "completed", "c-4")),
        (wanted({}, file="5"), NotFound("gone")),
        (wanted(NEW, campaign=None, file="6"), ABSENT),
    )

    assert summary(plan) == {
        "create": 1,
        "update": 1,
        "status": 1,
        "unchanged": 1,
        "unverified": 1,
        "finished": 1,
        "error": 1,
        "requests": 6 + 6 + 2 + 2,
        "started": 1,
        "loosened": 1,
        "may_pause": 1,
        "withheld": 0,
    }


def test_a_plan_loosens_where_one_of_its_changes_does() -> None:
    live = shown({"max_retries": 3, "retry_cooldown_hours": 12})
    plans = [
        planned_one(wanted(values), live)
        for values in ({"max_retries": 4, "retry_cooldown_hours": 24}, {"retry_cooldown_hours": 24})
    ]

    assert [plan.loosens for plan in plans] == [True, False]

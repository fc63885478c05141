"""Plans under holds: what is held is told and not pending, and the digest knows nothing of it."""

from __future__ import annotations

import json

import pytest

from reconciler.model.holds import Hold, Selected, Stopped
from reconciler.plan.document import to_json
from reconciler.plan.held import with_holds
from reconciler.plan.plan import Plan
from tests.support.plans import FIELDS, planned, read_plan

HOLD = Hold(
    "2027-01-05T03:00:00+00:00",
    "Priya",
    "wrong prompt",
    "https://api.example.com/v1",
    Selected(everything=True, names=("S *",)),
    until="2027-01-06",
    token_env="TALKOVER_TOKEN",
    stopped=(Stopped("c", "C", "active"),),
    released=Selected(ids=("d",)),
)


def plan_of(file: str, status: str) -> Plan:
    return planned({"c.yaml": file}, {"c.yaml": {"status": status, "max_retries": 3}})


def test_a_start_that_is_held_is_told_and_neither_pending_nor_counted() -> None:
    plan = plan_of("status: active\n", "paused")
    (campaign,) = (held := with_holds(plan, [HOLD], (HOLD,))).campaigns

    assert (campaign.is_pending, campaign.has_steps, campaign.starts, campaign.is_held_back) == (False,) * 3 + (True,)
    assert held.digest == plan.digest
    assert (campaign.notices[0], held.holds) == (HOLD.told(plan.created_at), (HOLD,))


def test_settings_are_changed_under_a_hold() -> None:
    (campaign,) = with_holds(plan_of("max_retries: 2\nstatus: active\n", "paused"), [HOLD], ()).campaigns

    assert (campaign.is_pending, campaign.has_steps) == (True, True)


def test_what_is_held_and_active_is_told_and_never_paused_for_a_change() -> None:
    (campaign,) = with_holds(plan_of('end_date: "2030-01-01"\n', "active"), [HOLD], ()).campaigns

    assert ("it is held, and active" in campaign.notices[1], campaign.may_pause) == (True, False)


def test_what_is_not_held_is_as_it_was() -> None:
    plan = plan_of("max_retries: 2\n", "active")

    assert with_holds(plan, [None], ()) == plan


@pytest.mark.parametrize("hold", [HOLD, None])
def test_a_saved_plan_holds_them(hold: Hold | None) -> None:
    plan = with_holds(plan_of("status: active\n", "paused"), [hold], (HOLD,))

    read = read_plan(json.dumps(to_json(plan)), "plan.json", FIELDS)

    assert ([one.hold for one in read.campaigns], read.holds) == ([hold], (HOLD,))

"""The journal of pauses over days without calls: what stays in it, and what is struck off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from reconciler.apply.campaign import apply
from reconciler.apply.closed_days import forget_what_is_over
from reconciler.apply.context import CLOSED, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Outcome, Result
from reconciler.plan.campaign_plan import CampaignPlan
from tests.support.plans import FIELDS, desired
from tests.support.trouble import FOR_EVER, Canned, Cut, Way
from tests.support.world import World, new_world

PAUSE = "PATCH /campaigns/c/status paused"
REFUSED = Canned(422, '{"success": false, "message": "Invalid.", "errors": {"status": ["no"]}}')
BECAUSE = "closed on 2027-11-25"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        world.put("c", status="active")
        yield world


def paused_over(world: World) -> tuple[Result, list[str]]:
    """Pause the campaign over a day without calls: the result, and the kinds that the journal holds then."""
    process, options = world.process(), ApplyOptions()
    plan = world.plan([desired("c.yaml", "id: c\nstatus: paused")], process, options)
    (campaign,) = plan.campaigns
    assert campaign.status is not None
    due = replace(campaign, status=replace(campaign.status, because=BECAUSE))
    (outcome,) = apply(replace(plan, campaigns=(due,)), FIELDS, process.context, options)
    return outcome.result, [entry.kind for entry in world.entries]


def test_the_pause_is_in_the_journal_with_its_reason(world: World) -> None:
    assert paused_over(world) == (Result.APPLIED, [CLOSED])
    assert (world.entries[0].reason, world.status("c")) == (BECAUSE, "paused")


def test_a_pause_that_was_surely_refused_is_struck_off(world: World) -> None:
    world.cuts = (Cut(REFUSED, call=PAUSE),)

    assert paused_over(world) == (Result.FAILED, [])


def test_a_pause_that_may_have_worked_stays_ours(world: World) -> None:
    world.cuts = (Cut(Way.TIMEOUT, call=None, tries=FOR_EVER, first=2),)

    assert paused_over(world) == (Result.FAILED, [CLOSED])


def test_a_pause_that_somebody_made_pointless_is_struck_off(world: World) -> None:
    process, options = world.process(), ApplyOptions()
    plan = world.plan([desired("c.yaml", "id: c\nstatus: paused")], process, options)
    (campaign,) = plan.campaigns
    assert campaign.status is not None
    late = replace(campaign, live_status="completed", status=replace(campaign.status, because=BECAUSE))
    (outcome,) = apply(replace(plan, campaigns=(late,)), FIELDS, process.context, options)

    assert (outcome.result, world.entries) == (Result.FAILED, ())


def entry(campaign: str = "c") -> PauseEntry:
    return PauseEntry(campaign, "https://x.example", "active", "", BECAUSE, kind=CLOSED)


def planned(text: str, live: str | None) -> CampaignPlan:
    with new_world() as world:
        world.put("c", status=live or "active")
        (campaign,) = world.plan([desired("c.yaml", f"id: c\n{text}")], world.process(), ApplyOptions()).campaigns
        return campaign


def ended(campaign: CampaignPlan) -> Outcome:
    """What becomes of a campaign whose step is made."""
    return Outcome(campaign.id, campaign.name, campaign.file, Result.APPLIED, status=campaign.status)


@pytest.mark.parametrize(
    ("text", "live", "stays"),
    [
        pytest.param("status: active", "active", False, id="somebody resumed it"),
        pytest.param("status: active", "paused", False, id="we resumed it"),
        pytest.param("status: paused", "paused", False, id="its file wants it paused now"),
        pytest.param("status: completed", "paused", False, id="its file ended it"),
    ],
)
def test_what_is_over_is_struck_off(world: World, text: str, live: str, *, stays: bool) -> None:
    world.entries = (entry(),)
    campaign = planned(text, live)
    forget_what_is_over(world.entries, [(campaign, ended(campaign))], world.process().context.journal)

    assert bool(world.entries) is stays


def test_what_is_not_over_or_of_another_campaign_stays(world: World) -> None:
    world.entries = (entry(), entry("d"))
    campaign = replace(planned("status: active", "paused"), status=None)
    forget_what_is_over(world.entries, [(campaign, ended(campaign))], world.process().context.journal)

    assert len(world.entries) == 2


def test_what_somebody_stopped_before_we_resumed_it_stays_ours(world: World) -> None:
    # Nobody else would: the release resumes what the stop paused, and this was paused already.
    world.entries = (entry(),)
    campaign = planned("status: active", "paused")
    stopped = replace(ended(campaign), status=None)
    forget_what_is_over(world.entries, [(campaign, stopped)], world.process().context.journal)

    assert [one.kind for one in world.entries] == [CLOSED]

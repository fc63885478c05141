"""What is told, and put back, of a campaign whose work is stuck in a request while the run is stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from reconciler.apply import resuming
from reconciler.apply.campaign import abandon, apply, rescue
from reconciler.apply.context import ApplyOptions, PauseEntry
from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.pause import Pause
from reconciler.apply.pause_state import State
from reconciler.apply.work import CampaignWork
from tests.support.plans import FIELDS, HOST, desired
from tests.support.trouble import FOR_EVER, FORBIDDEN, Cut, Meanwhile, stamp
from tests.support.world import World, new_world

RESUME, COMPLETE = "PATCH /campaigns/c/status active", "PATCH /campaigns/c/status completed"
STUCK = "stopped while a request had no answer yet"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        world.put("c", status="active", queued=3)
        yield world


def stuck(world: World, *, is_paused: bool = True) -> CampaignWork:
    """The work on a campaign, as it is when its request hangs: in the middle of a pause of ours, or before any."""
    process = world.process()
    works: list[CampaignWork] = []

    def never(_work: object, todo: Iterable[CampaignWork]) -> Iterator[Outcome]:
        works.extend(todo)
        return iter(())

    plan = world.plan([desired("c.yaml", "id: c\ntimezone: Europe/Paris")], process, ApplyOptions())
    list(apply(plan, FIELDS, process.context, ApplyOptions(), never))
    (work,) = works
    if is_paused:
        entry = PauseEntry("c", HOST, "active", stamp(0), "to change timezone", token=process.context.token)
        work.pause = Pause.planned(work.session, entry)
        work.pause.state = State.ACCEPTED
        process.announce(entry)
        world.put("c", status="paused")
    return work


def told(work: CampaignWork) -> tuple[Result, str]:
    outcome = rescue(work)
    assert outcome.failure is not None
    return outcome.result, outcome.failure.message


def test_what_is_stuck_in_a_pause_is_resumed(world: World) -> None:
    result, message = told(stuck(world))

    assert (result, world.status("c"), world.entries) == (Result.FAILED, "active", ())
    assert message.startswith(STUCK)


def test_what_is_stuck_before_a_pause_needs_nothing(world: World) -> None:
    result, message = told(stuck(world, is_paused=False))

    assert (result, message.startswith(STUCK)) == (Result.FAILED, True)


def test_what_cannot_be_resumed_is_left_paused_and_says_so(world: World) -> None:
    work = stuck(world)
    world.cuts = (Cut(FORBIDDEN, call=RESUME, tries=FOR_EVER),)

    result, message = told(work)

    assert (result, world.status("c"), len(world.entries)) == (Result.LEFT_PAUSED, "paused", 1)
    assert "it is left paused" in message


def test_where_only_the_end_that_the_file_wants_is_refused_it_calls_again(world: World) -> None:
    work = stuck(world)
    assert work.pause is not None
    work.pause.target = "completed"
    world.cuts = (Cut(FORBIDDEN, call=COMPLETE, tries=FOR_EVER),)

    result, message = told(work)

    assert (result, world.status("c"), world.entries) == (Result.FAILED, "active", ())
    assert "HTTP 403" in message


def test_two_threads_that_end_a_pause_end_it_once(world: World) -> None:
    # The worker that was stuck gets its answer just when it is rescued, and ends the pause as well.
    work = stuck(world)
    pause = work.pause
    assert pause is not None
    world.meanwhile = (Meanwhile(RESUME, lambda: resuming.end(pause)),)

    assert told(work)[0] is Result.FAILED
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize(("is_paused", "result"), [(True, Result.LEFT_PAUSED), (False, Result.FAILED)])
def test_a_rescue_that_is_stuck_too_tells_whether_the_campaign_is_paused(
    world: World, result: Result, *, is_paused: bool
) -> None:
    assert abandon(stuck(world, is_paused=is_paused)).result is result

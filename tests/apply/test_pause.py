"""The status of one campaign: paused for a change, and put back whatever happens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from reconciler.api.endpoints import get_campaign
from reconciler.apply.context import PauseEntry
from reconciler.apply.pause import CampaignSession, backoff
from reconciler.model.errors import (
    ApiError,
    Interrupted,
    LeftPaused,
    Refused,
    StateError,
    UnexpectedAnswer,
    Unreachable,
)
from tests.support.plans import HOST
from tests.support.world import (
    BROKEN,
    FOR_EVER,
    FORBIDDEN,
    NO_CREDITS,
    TOO_MANY,
    TRIES,
    TURNS,
    UNAUTHORIZED,
    Canned,
    Cut,
    Killed,
    Meanwhile,
    Process,
    Way,
    World,
    new_world,
)

LOOK = "GET /campaigns/c"
PAUSE, RESUME = "PATCH /campaigns/c/status paused", "PATCH /campaigns/c/status active"
ENTRY = PauseEntry("c", HOST, "active", "second 0", "to change timezone")
GONE = Canned(404, '{"success": false, "message": "Campaign not found"}')
BARE = Canned(200, '{"success": true}')


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        world.put("c", status="active")
        yield world


def session_in(world: World) -> tuple[CampaignSession, Process]:
    process = world.process()
    return CampaignSession("c", "Sales", process.context), process


def paused(world: World, *cuts: Cut) -> tuple[CampaignSession, Process]:
    """A campaign that we paused and that the journal holds; from here on the world is cut."""
    session, process = session_in(world)
    session.pause(ENTRY)
    world.cuts = cuts
    fresh, process = session_in(world)
    return fresh, process


def test_the_journal_is_written_before_the_pause_and_cleared_after_the_resume(world: World) -> None:
    session, process = session_in(world)
    session.pause(ENTRY)
    held = (world.status("c"), world.entries)
    session.put_back(ENTRY, "active")
    assert held == ("paused", (ENTRY,))
    assert (world.status("c"), world.entries) == ("active", ())
    assert process.events == ["announce c", PAUSE, LOOK, RESUME, "clear c"]
    assert process.told == ["Sales: pausing to change timezone, because calls are queued", "Sales: active again"]


def test_a_journal_that_cannot_be_written_forbids_the_pause(world: World) -> None:
    world.cuts = (Cut(Way.DISK_FULL),)
    session, process = session_in(world)
    with pytest.raises(StateError, match="no space left"):
        session.pause(ENTRY)
    assert (process.events, process.writes, world.status("c")) == (["announce c"], [], "active")


def test_a_journal_that_cannot_be_cleared_is_told_and_the_campaign_is_resumed(world: World) -> None:
    session, _ = paused(world, Cut(Way.DISK_FULL, call="clear c"))
    session.put_back(ENTRY, "active")
    assert (world.status("c"), world.entries) == ("active", (ENTRY,))
    assert session.notices == [
        "the journal still holds the campaign: journal.json cannot be written: no space left on device"
    ]


# Pausing


@pytest.mark.parametrize("canned", [FORBIDDEN, NO_CREDITS, UNAUTHORIZED], ids=lambda canned: canned.status)
def test_a_pause_that_is_refused_at_once_leaves_nothing_to_put_back(world: World, canned: Canned) -> None:
    world.cuts = (Cut(canned, call=PAUSE),)
    session, process = session_in(world)
    with pytest.raises(Refused):
        session.pause(ENTRY)
    assert (process.events, world.entries) == (["announce c", PAUSE, "clear c"], ())


def test_a_pause_that_somebody_else_made_first_is_theirs(world: World) -> None:
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("c", status="paused")),)
    session, process = session_in(world)
    with pytest.raises(Refused, match="Cannot transition from paused to paused"):
        session.pause(ENTRY)
    assert (process.events, world.status("c"), world.entries) == (["announce c", PAUSE, "clear c"], "paused", ())


def test_a_pause_whose_answer_was_lost_is_looked_at_before_it_is_judged(world: World) -> None:
    """Its repetition is answered "cannot transition from paused to paused", which means that it worked."""
    world.cuts = (Cut(Way.LOST, call=PAUSE),)
    session, process = session_in(world)
    session.pause(ENTRY)
    assert process.events == ["announce c", PAUSE, PAUSE, LOOK]
    assert (session.status, world.entries, session.requests, session.retries) == ("paused", (ENTRY,), 3, 1)


@pytest.mark.parametrize(
    ("way", "tries"),
    [(Way.LOST, TRIES), (Way.TIMEOUT, TRIES), (BROKEN, TRIES), (TOO_MANY, TURNS), (Way.FORGOTTEN, 1)],
    ids=["answers lost", "timeouts", "500", "429", "200 and not kept"],
)
def test_a_pause_that_may_have_worked_is_put_back(world: World, way: Way | Canned, tries: int) -> None:
    world.cuts = (Cut(way, call=PAUSE, tries=tries), Cut(UNAUTHORIZED, call=LOOK))
    session, _ = session_in(world)
    with pytest.raises(ApiError, match=PAUSE.removesuffix(" paused")):
        session.pause(ENTRY)
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("canned", [UNAUTHORIZED, FORBIDDEN, GONE], ids=lambda canned: canned.status)
def test_a_refused_look_does_not_prove_that_a_pause_failed(world: World, canned: Canned) -> None:
    world.cuts = (Cut(Way.LOST, call=PAUSE, tries=TRIES), Cut(canned, call=LOOK, tries=1))
    session, _ = session_in(world)
    with pytest.raises(Unreachable):
        session.pause(ENTRY)
    assert (world.status("c"), world.entries) == ("active", ())


def test_a_signal_while_a_pause_is_repeated_puts_it_back(world: World) -> None:
    process = world.process()
    world.cuts = (Cut(Way.LOST, call=PAUSE),)
    world.meanwhile = (Meanwhile(PAUSE, process.stop, is_after=True),)
    session = CampaignSession("c", "Sales", process.context)
    with pytest.raises(Interrupted):
        session.pause(ENTRY)
    assert (world.status("c"), world.entries) == ("active", ())


def test_a_killed_process_puts_nothing_back(world: World) -> None:
    world.cuts = (Cut(Way.KILLED_AFTER, call=PAUSE),)
    session, process = session_in(world)
    with pytest.raises(Killed):
        session.pause(ENTRY)
    assert (process.events, world.status("c"), world.entries) == (["announce c", PAUSE], "paused", (ENTRY,))


# Setting a status


def test_an_answer_that_shows_no_status_is_made_sure_of_by_a_look(world: World) -> None:
    session, process = session_in(world)
    world.hidden_on_write = frozenset({"status"})
    session.set_status("paused")
    assert (process.events, session.status) == ([PAUSE, LOOK], "paused")


def test_a_success_that_shows_nothing_is_none_until_it_is_seen(world: World) -> None:
    world.cuts = (Cut(BARE, call=PAUSE), Cut(BROKEN, call=LOOK, tries=TRIES))
    session, _ = session_in(world)
    with pytest.raises(UnexpectedAnswer, match="with success, but the status is not to be had"):
        session.set_status("paused")


def test_a_success_that_changed_nothing_is_an_error(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PAUSE),)
    session, _ = session_in(world)
    with pytest.raises(UnexpectedAnswer, match="with success, but the status is active"):
        session.set_status("paused")


@pytest.mark.parametrize("way", [Way.HTML, Way.BROKEN_AFTER], ids=["a proxy's page", "500"])
def test_a_change_that_was_made_but_answered_badly_counts(world: World, way: Way) -> None:
    world.cuts = (Cut(way, call=PAUSE, tries=TRIES),)
    session, _ = session_in(world)
    session.set_status("paused")
    assert (session.status, world.status("c")) == ("paused", "paused")


def test_a_campaign_without_a_status_is_not_taken_for_one_that_is_not_paused(world: World) -> None:
    world.hidden = frozenset({"status"})
    session, _ = session_in(world)
    with pytest.raises(UnexpectedAnswer, match="shows no status"):
        session.look()


# Putting back


def test_a_campaign_that_is_known_to_be_paused_is_not_looked_at(world: World) -> None:
    session, process = paused(world)
    session.put_back(ENTRY, "active", is_paused=True)
    assert process.events == [RESUME, "clear c"]


HARDSHIPS = {
    "500 for one request": (Cut(BROKEN, call=RESUME, tries=TRIES),),
    "500 for many requests": (Cut(BROKEN, tries=25),),
    "429 for many requests": (Cut(TOO_MANY, tries=60),),
    "answers lost": (Cut(Way.LOST, call=RESUME, tries=TRIES),),
    "answer lost once": (Cut(Way.LOST, call=RESUME),),
    "no connection": (Cut(Way.NO_CONNECTION, tries=30),),
    "timeouts": (Cut(Way.TIMEOUT, tries=TRIES),),
    "200 and not kept": (Cut(Way.FORGOTTEN, call=RESUME, tries=3),),
    "a proxy's page": (Cut(Way.HTML, tries=4),),
    "no status shown": (Cut(BARE, call=LOOK, tries=3),),
    "refused twice": (Cut(FORBIDDEN, call=RESUME, tries=2),),
}


@pytest.mark.parametrize("cuts", HARDSHIPS.values(), ids=HARDSHIPS)
def test_resuming_is_tried_harder_than_anything_else(world: World, cuts: tuple[Cut, ...]) -> None:
    session, _ = paused(world, *cuts)
    session.put_back(ENTRY, "active")
    assert (world.status("c"), world.entries, session.status, session.notices) == ("active", (), "active", [])


@pytest.mark.parametrize("canned", [NO_CREDITS, FORBIDDEN, UNAUTHORIZED], ids=lambda canned: canned.status)
def test_a_resume_that_is_refused_for_good_leaves_it_paused_and_in_the_journal(world: World, canned: Canned) -> None:
    session, process = paused(world, Cut(canned, call=RESUME, tries=FOR_EVER))
    with pytest.raises(LeftPaused, match=f"it is left paused: .*HTTP {canned.status}"):
        session.put_back(ENTRY, "active")
    assert (world.status("c"), world.entries, process.events.count(RESUME)) == ("paused", (ENTRY,), 3)


@pytest.mark.parametrize("way", [BROKEN, Way.NO_CONNECTION, Way.TIMEOUT], ids=["500", "no connection", "timeout"])
def test_an_api_that_stays_away_leaves_it_paused_and_in_the_journal(world: World, way: Way | Canned) -> None:
    session, _ = paused(world, Cut(way, tries=FOR_EVER))
    with pytest.raises(LeftPaused):
        session.put_back(ENTRY, "active")
    assert (world.status("c"), world.entries, world.seconds > 180) == ("paused", (ENTRY,), True)


def test_in_a_hurry_it_is_given_up_after_seconds(world: World) -> None:
    session, process = paused(world, Cut(Way.NO_CONNECTION, tries=FOR_EVER))
    process.stop()
    began = world.seconds
    with pytest.raises(LeftPaused):
        session.put_back(ENTRY, "active")
    assert 0 < world.seconds - began < 5


def test_a_wish_to_stop_does_not_stop_a_resume(world: World) -> None:
    session, process = paused(world, Cut(BROKEN, call=RESUME, tries=3))
    process.stop()
    session.put_back(ENTRY, "active")
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_campaign_that_somebody_ended_meanwhile_is_left_so(world: World, status: str) -> None:
    session, process = paused(world)
    world.put("c", status=status)
    session.put_back(ENTRY, "active")
    assert (process.events, world.status("c"), world.entries) == ([LOOK, "clear c"], status, ())
    assert session.notices == [f"somebody made the campaign {status} while we had paused it: it was left so"]


@pytest.mark.parametrize("status", ["completed", "cancelled", "active"])
def test_a_campaign_that_somebody_changes_before_the_resume_arrives_is_left_so(world: World, status: str) -> None:
    session, process = paused(world)
    world.meanwhile = (Meanwhile(RESUME, lambda: world.put("c", status=status)),)
    session.put_back(ENTRY, "active")
    assert (process.events, world.status("c"), world.entries) == ([LOOK, RESUME, LOOK, "clear c"], status, ())


def test_a_campaign_that_somebody_resumed_is_simply_resumed(world: World) -> None:
    session, process = paused(world)
    world.put("c", status="active")
    session.put_back(ENTRY, "active")
    assert (process.events, process.told, session.notices) == ([LOOK, "clear c"], ["Sales: active again"], [])


@pytest.mark.parametrize("call", [LOOK, RESUME])
def test_a_campaign_that_is_gone_is_told_and_forgotten(world: World, call: str) -> None:
    session, _ = paused(world)
    world.meanwhile = (Meanwhile(call, lambda: world.bench.remove_campaign("c")),)
    session.put_back(ENTRY, "active")
    assert world.entries == ()
    assert session.notices == ["the campaign is gone (HTTP 404): somebody deleted it, or the token sees another place"]


def test_a_final_status_is_reached_straight_from_the_pause(world: World) -> None:
    session, process = paused(world)
    session.put_back(ENTRY, "completed")
    assert process.events == [LOOK, "PATCH /campaigns/c/status completed", "clear c"]
    assert (session.done, world.status("c")) == (["status active -> completed"], "completed")


def test_where_a_final_status_is_refused_the_campaign_is_as_it_was(world: World) -> None:
    session, _ = paused(world, Cut(FORBIDDEN, call="PATCH /campaigns/c/status cancelled", tries=FOR_EVER))
    with pytest.raises(Refused, match="Cannot update campaign status"):
        session.put_back(ENTRY, "cancelled")
    assert (world.status("c"), world.entries, session.done) == ("active", (), [])


def test_where_a_final_status_gets_no_answer_nothing_else_is_tried(world: World) -> None:
    session, process = paused(world, Cut(Way.NO_CONNECTION, call="PATCH /campaigns/c/status cancelled", tries=FOR_EVER))
    with pytest.raises(LeftPaused):
        session.put_back(ENTRY, "cancelled")
    assert (RESUME in process.events, world.entries) == (False, (ENTRY,))


def test_waits_grow_by_half_up_to_the_longest() -> None:
    assert list(itertools.islice(backoff(1.0, 3.0), 5)) == [1.0, 1.5, 2.25, 3.0, 3.0]


def test_every_try_is_counted(world: World) -> None:
    world.cuts = (Cut(BROKEN, call=LOOK, tries=2),)
    session, _ = session_in(world)
    session.send(get_campaign("c"))
    world.cuts = (Cut(Way.NO_CONNECTION, call=LOOK, tries=FOR_EVER),)
    with pytest.raises(Unreachable):
        session.send(get_campaign("c"))
    assert (session.requests, session.retries) == (3 + TRIES, 2 + TRIES - 1)

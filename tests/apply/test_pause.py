"""The pause of one campaign: what proves that it is ours, and how it ends whatever happens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from reconciler.api.endpoints import get_campaign
from reconciler.apply import pausing, resuming
from reconciler.apply.context import PauseEntry
from reconciler.apply.failures import Overtaken
from reconciler.apply.pause import Pause
from reconciler.apply.pause_state import State
from reconciler.apply.session import CampaignSession, backoff
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
from tests.support.trouble import (
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
    Trouble,
    Way,
    stamp,
)
from tests.support.world import World, new_world
from tests.support.world_process import Process

LOOK = "GET /campaigns/c"
PAUSE, RESUME = "PATCH /campaigns/c/status paused", "PATCH /campaigns/c/status active"
COMPLETE, CANCEL = "PATCH /campaigns/c/status completed", "PATCH /campaigns/c/status cancelled"
ENTRY = PauseEntry("c", HOST, "active", stamp(0), "to change timezone")
BARE = Canned(200, '{"success": true}')
STALE = Canned(200, '{"success": true, "data": {"id": "c", "status": "active"}}')
STALE_PAUSED = Canned(200, '{"success": true, "data": {"id": "c", "status": "paused"}}')
PAUSING = Canned(200, '{"success": true, "data": {"id": "c", "status": "pausing"}}')
MISSING = {
    "the API's own": Canned(404, '{"success": false, "message": "Campaign not found"}'),
    "a route of Laravel": Canned(404, '{"message": "The route api/v1/campaigns/c could not be found."}'),
    "an ingress": Canned(404, "null"),
    "an empty object": Canned(404, "{}"),
}
DOUBTFUL = (403, 404, 408, 425, 499, 500, 502, 503, 504, 507, 520, 522, 524, 530, 599)


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        world.put("c", status="active")
        yield world


def session_in(world: World) -> tuple[CampaignSession, Process]:
    process = world.process()
    return CampaignSession("c", "Sales", process.context), process


def pause_in(world: World) -> tuple[Pause, Process]:
    session, process = session_in(world)
    return Pause.planned(session, ENTRY._replace(at=stamp(world.seconds))), process


def paused(world: World, *cuts: Cut, target: str = "active") -> tuple[Pause, Process]:
    """A campaign that we paused and that the journal holds; from here on the world is cut."""
    pause, process = pause_in(world)
    assert pausing.begin(pause)
    fresh, process = session_in(world)
    pause = Pause(fresh, pause.entry, target, pause.last_try, pause.began, pause.state)
    world.cuts = cuts
    return pause, process


def test_the_journal_is_written_before_the_pause_and_cleared_after_the_resume(world: World) -> None:
    pause, process = pause_in(world)
    assert pausing.begin(pause)
    held = (world.status("c"), world.entries, pause.state)
    resuming.end(pause)
    assert held == ("paused", (ENTRY,), State.ACCEPTED)
    assert (world.status("c"), world.entries, pause.state) == ("active", (), State.ENDED)
    assert process.events == ["announce c", PAUSE, LOOK, RESUME, "clear c"]
    assert process.told == ["Sales (id c): pausing to change timezone, because calls are queued", "Sales: active again"]


def test_an_end_comes_once(world: World) -> None:
    pause, process = paused(world)
    resuming.end(pause)
    events = list(process.events)
    resuming.end(pause)
    assert process.events == events


def test_a_journal_that_cannot_be_written_forbids_the_pause(world: World) -> None:
    world.cuts = (Cut(Way.DISK_FULL),)
    pause, process = pause_in(world)
    with pytest.raises(StateError, match="no space left"):
        pausing.begin(pause)
    assert (process.events, process.writes, world.status("c")) == (["announce c"], [], "active")


def test_a_journal_that_cannot_be_cleared_is_told_and_the_campaign_is_resumed(world: World) -> None:
    pause, _ = paused(world, Cut(Way.DISK_FULL, call="clear c"))
    resuming.end(pause)
    assert (world.status("c"), world.entries) == ("active", (ENTRY,))
    assert pause.session.notices == [
        "the journal still holds the campaign: journal.json cannot be written: no space left on device"
    ]


# What proves a pause


@pytest.mark.parametrize("canned", [FORBIDDEN, NO_CREDITS, UNAUTHORIZED], ids=lambda canned: canned.status)
def test_a_pause_that_is_refused_at_once_leaves_nothing_to_put_back(world: World, canned: Canned) -> None:
    world.cuts = (Cut(canned, call=PAUSE),)
    pause, process = pause_in(world)
    with pytest.raises(Refused):
        pausing.begin(pause)
    assert (process.events, world.entries) == (["announce c", PAUSE, "clear c"], ())


def test_a_pause_that_somebody_else_made_first_is_theirs(world: World) -> None:
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("c", status="paused")),)
    pause, process = pause_in(world)
    with pytest.raises(Refused, match="Cannot transition from paused to paused"):
        pausing.begin(pause)
    assert (process.events, world.status("c"), world.entries) == (["announce c", PAUSE, "clear c"], "paused", ())


@pytest.mark.parametrize("way", [TOO_MANY, Way.NO_CONNECTION], ids=["429", "no connection"])
def test_a_pause_that_somebody_made_while_ours_was_turned_away_is_theirs(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call=PAUSE),)
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("c", status="paused"), is_after=True),)
    pause, process = pause_in(world)
    assert not pausing.begin(pause)
    assert (process.events, world.status("c"), world.entries) == (["announce c", PAUSE, LOOK, "clear c"], "paused", ())


@pytest.mark.parametrize("way", [TOO_MANY, Way.NO_CONNECTION], ids=["429", "no connection"])
def test_a_pause_that_was_turned_away_is_tried_again(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call=PAUSE, tries=3),)
    pause, process = pause_in(world)
    assert pausing.begin(pause)
    assert (process.events.count(PAUSE), world.status("c")) == (4, "paused")


def test_a_pause_that_is_turned_away_for_ever_leaves_nothing_to_put_back(world: World) -> None:
    world.cuts = (Cut(TOO_MANY, call=PAUSE, tries=FOR_EVER),)
    pause, process = pause_in(world)
    with pytest.raises(Refused, match="HTTP 429"):
        pausing.begin(pause)
    assert (process.events.count(PAUSE), RESUME in process.events, world.entries) == (TURNS, False, ())


def test_a_pause_whose_answer_was_lost_is_looked_at_before_it_is_judged(world: World) -> None:
    world.cuts = (Cut(Way.LOST, call=PAUSE),)
    pause, process = pause_in(world)
    assert pausing.begin(pause)
    assert process.events == ["announce c", PAUSE, LOOK]
    assert (pause.state, world.entries) == (State.ACCEPTED, (ENTRY,))


@pytest.mark.parametrize("lag", [1, 3])
def test_a_read_that_lags_behind_a_lost_pause_is_no_proof_that_it_failed(world: World, lag: int) -> None:
    """The repetition is answered "cannot transition from paused to paused": after a doubtful try it proves nothing."""
    world.cuts = (Cut(Way.LOST, call=PAUSE), Cut(STALE, call=LOOK, tries=lag))
    pause, process = pause_in(world)
    assert pausing.begin(pause)
    assert (process.events.count(PAUSE), pause.state, world.status("c")) == (1 + lag, State.ACCEPTED, "paused")


@pytest.mark.parametrize("canned", [STALE, PAUSING, BARE, STALE_PAUSED], ids=["active", "pausing", "bare", "paused"])
def test_a_pause_that_was_accepted_counts_whatever_its_answer_shows(world: World, canned: Canned) -> None:
    world.cuts = (Cut(canned, call=PAUSE),)
    pause, process = pause_in(world)
    assert (pausing.begin(pause), process.events) == (True, ["announce c", PAUSE])


def test_a_status_in_between_counts_as_paused_by_us(world: World) -> None:
    world.cuts = (Cut(Way.LOST, call=PAUSE), Cut(PAUSING, call=LOOK))
    pause, process = pause_in(world)
    assert (pausing.begin(pause), process.events) == (True, ["announce c", PAUSE, LOOK])


def test_a_further_try_is_written_down_with_its_time(world: World) -> None:
    world.cuts = (Cut(Way.TIMEOUT, call=PAUSE),)
    pause, _ = pause_in(world)
    assert pausing.begin(pause)
    assert [entry.at > ENTRY.at for entry in world.entries] == [True]


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_what_somebody_ended_while_we_tried_to_pause_is_left_so(world: World, status: str) -> None:
    world.cuts = (Cut(BROKEN, call=PAUSE),)
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("c", status=status), is_after=True),)
    pause, _ = pause_in(world)
    with pytest.raises(Overtaken, match=f"somebody made the campaign {status} meanwhile"):
        pausing.begin(pause)
    assert (world.status("c"), world.entries) == (status, ())


@pytest.mark.parametrize("way", [Way.LOST, Way.TIMEOUT, BROKEN], ids=["answers lost", "timeouts", "500"])
def test_a_pause_that_may_have_worked_is_put_back(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call=PAUSE, tries=FOR_EVER), Cut(UNAUTHORIZED, call=LOOK))
    pause, _ = pause_in(world)
    with pytest.raises(ApiError, match=PAUSE.removesuffix(" paused")):
        pausing.begin(pause)
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("status", DOUBTFUL)
def test_no_answer_in_strange_words_proves_that_a_pause_failed(world: World, status: int) -> None:
    world.cuts = (Cut(Canned(status), call=PAUSE, tries=FOR_EVER),)
    world.meanwhile = tuple(
        Meanwhile(PAUSE, lambda: world.put("c", status="paused"), first, is_after=True) for first in (TRIES,)
    )
    pause, _ = pause_in(world)
    assert (pausing.begin(pause), world.entries != ()) == (True, True)


def test_a_pause_that_arrives_late_is_waited_for(world: World) -> None:
    """Every try times out, every look shows it active, and then a try takes effect after all."""
    world.cuts = (Cut(Way.TIMEOUT, call=PAUSE, tries=FOR_EVER),)
    world.meanwhile = (Meanwhile(RESUME, lambda: world.put("c", status="paused"), first=3, is_after=True),)
    pause, process = pause_in(world)
    with pytest.raises(Unreachable):
        pausing.begin(pause)
    assert (world.status("c"), world.entries, process.events.count(PAUSE)) == ("active", (), TRIES)


def test_a_signal_while_a_pause_is_repeated_puts_it_back(world: World) -> None:
    pause, process = pause_in(world)
    world.cuts = (Cut(Way.LOST, call=PAUSE),)
    world.meanwhile = (Meanwhile(PAUSE, process.stop, is_after=True),)
    with pytest.raises(Interrupted):
        pausing.begin(pause)
    assert (world.status("c"), world.entries) == ("active", ())


def test_a_signal_before_the_first_try_leaves_nothing_to_put_back(world: World) -> None:
    world.cuts = (Cut(Way.SIGNAL_AFTER, call="announce c"),)
    pause, process = pause_in(world)
    with pytest.raises(Interrupted):
        pausing.begin(pause)
    assert (process.events, world.entries) == (["announce c", "clear c"], ())


def test_a_killed_process_puts_nothing_back(world: World) -> None:
    world.cuts = (Cut(Way.KILLED_AFTER, call=PAUSE),)
    pause, process = pause_in(world)
    with pytest.raises(Killed):
        pausing.begin(pause)
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


# Its end


HARDSHIPS = {
    "500 for one request": (Cut(BROKEN, call=RESUME, tries=TRIES),),
    "500 for many requests": (Cut(BROKEN, tries=25),),
    "429 for many requests": (Cut(TOO_MANY, tries=60),),
    "answers lost": (Cut(Way.LOST, call=RESUME, tries=TRIES),),
    "answer lost once": (Cut(Way.LOST, call=RESUME),),
    "no connection": (Cut(Way.NO_CONNECTION, tries=30),),
    "timeouts": (Cut(Way.TIMEOUT, tries=4),),
    "200 and not kept": (Cut(Way.FORGOTTEN, call=RESUME, tries=3),),
    "200 and not kept, and a look without an answer": (
        Cut(Way.FORGOTTEN, call=RESUME),
        Cut(Way.TIMEOUT, first=2, call=LOOK),
    ),
    "nobody can look": (Cut(BROKEN, call=LOOK, tries=FOR_EVER), Cut(BARE, first=2, call=RESUME)),
    "a proxy's page": (Cut(Way.HTML, tries=4),),
    "no status shown": (Cut(BARE, call=LOOK, tries=3),),
    "refused for a while": (Cut(FORBIDDEN, call=RESUME, tries=20),),
    "reads that lag": (Cut(STALE, call=LOOK, tries=5),),
    "reads that lag behind the resume": (Cut(Way.LOST, call=RESUME), Cut(STALE_PAUSED, call=LOOK, tries=8)),
    "an answer that lags": (Cut(STALE_PAUSED, call=RESUME), Cut(STALE_PAUSED, call=LOOK, tries=3)),
    "a status in between": (Cut(PAUSING, call=LOOK, tries=3),),
    **{f"404 from {name}": (Cut(canned, tries=6),) for name, canned in MISSING.items()},
    **{f"{status} in strange words": (Cut(Canned(status), tries=12),) for status in DOUBTFUL},
}


@pytest.mark.parametrize("cuts", HARDSHIPS.values(), ids=HARDSHIPS)
def test_resuming_is_tried_harder_than_anything_else(world: World, cuts: tuple[Cut, ...]) -> None:
    pause, _ = paused(world, *cuts)
    resuming.end(pause)
    assert (world.status("c"), world.entries, pause.session.status) == ("active", (), "active")
    assert pause.session.notices == []


@pytest.mark.parametrize("canned", [NO_CREDITS, FORBIDDEN, UNAUTHORIZED], ids=lambda canned: canned.status)
def test_a_resume_that_is_refused_for_good_is_tried_as_long_as_any_other(world: World, canned: Canned) -> None:
    pause, _ = paused(world, Cut(canned, call=RESUME, tries=FOR_EVER))
    with pytest.raises(LeftPaused, match=f"it is left paused: .*HTTP {canned.status}"):
        resuming.end(pause)
    assert (world.status("c"), world.entries, world.seconds > 180) == ("paused", (ENTRY,), True)


@pytest.mark.parametrize("way", [BROKEN, Way.NO_CONNECTION, Way.TIMEOUT], ids=["500", "no connection", "timeout"])
def test_an_api_that_stays_away_leaves_it_paused_and_in_the_journal(world: World, way: Trouble) -> None:
    pause, _ = paused(world, Cut(way, tries=FOR_EVER))
    with pytest.raises(LeftPaused):
        resuming.end(pause)
    assert (world.status("c"), world.entries, world.seconds > 180) == ("paused", (ENTRY,), True)
    assert pause.state is State.LEFT


def test_a_look_that_may_be_older_than_the_pause_proves_no_resume(world: World) -> None:
    """The API accepts the resume and keeps nothing, and reads are two seconds behind: what shows active is the past."""
    pause, process = paused(world, Cut(Way.FORGOTTEN, call=RESUME))
    world.lag = 2.0
    resuming.end(pause)
    assert (world.status("c"), world.entries, process.events.count(RESUME)) == ("active", (), 2)


def test_a_resume_whose_answer_shows_no_status_is_proven_by_one_look(world: World) -> None:
    pause, process = paused(world, Cut(BARE, call=RESUME), Cut(STALE, first=2, call=LOOK))
    resuming.end(pause)
    assert process.events == [LOOK, RESUME, LOOK, "clear c"]


def test_a_resume_that_is_accepted_and_never_kept_is_told(world: World) -> None:
    pause, _ = paused(world, Cut(Way.FORGOTTEN, call=RESUME, tries=FOR_EVER))
    with pytest.raises(LeftPaused, match="the API accepts the resume, and the campaign stays as it is"):
        resuming.end(pause)
    assert world.entries == (ENTRY,)


@pytest.mark.parametrize("canned", MISSING.values(), ids=MISSING)
def test_a_404_proves_nothing_however_often(world: World, canned: Canned) -> None:
    pause, _ = paused(world, Cut(canned, tries=FOR_EVER))
    with pytest.raises(LeftPaused, match="if it is gone for good: `reconciler recover --forget c`"):
        resuming.end(pause)
    assert world.entries == (ENTRY,)


@pytest.mark.parametrize(
    ("canned", "seconds"), [(MISSING["the API's own"], 30), (MISSING["an ingress"], 180)], ids=["the API", "an ingress"]
)
def test_healing_does_not_wait_for_minutes_where_the_api_itself_knows_no_such_campaign(
    world: World, canned: Canned, seconds: float
) -> None:
    world.entries, world.cuts = (ENTRY,), (Cut(canned, tries=FOR_EVER),)
    world.put("c", status="paused")
    process, began = world.process(), world.seconds
    with pytest.raises(LeftPaused):
        resuming.end(Pause.of_journal(CampaignSession("c", "Sales", process.context), ENTRY))
    assert (seconds <= world.seconds - began < seconds + 10, world.entries) == (True, (ENTRY,))


def test_in_a_hurry_it_is_given_up_after_seconds(world: World) -> None:
    pause, process = paused(world, Cut(Way.NO_CONNECTION, tries=FOR_EVER))
    process.stop()
    began = world.seconds
    with pytest.raises(LeftPaused):
        resuming.end(pause)
    assert 0 < world.seconds - began < 5


def test_a_wish_to_stop_does_not_stop_a_resume(world: World) -> None:
    pause, process = paused(world, Cut(BROKEN, call=RESUME, tries=3))
    process.stop()
    resuming.end(pause)
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_campaign_that_somebody_ended_meanwhile_is_left_so(world: World, status: str) -> None:
    pause, process = paused(world)
    world.put("c", status=status)
    resuming.end(pause)
    assert (process.events, world.status("c"), world.entries) == ([LOOK, "clear c"], status, ())
    assert pause.session.notices == [f"somebody made the campaign {status} while we had paused it: it was left so"]


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_campaign_that_somebody_ends_before_the_resume_arrives_is_left_so(world: World, status: str) -> None:
    pause, process = paused(world)
    world.meanwhile = (Meanwhile(RESUME, lambda: world.put("c", status=status)),)
    resuming.end(pause)
    assert (process.events, world.status("c"), world.entries) == ([LOOK, RESUME, LOOK, "clear c"], status, ())


def test_a_campaign_that_somebody_resumed_is_simply_resumed(world: World) -> None:
    pause, process = paused(world)
    world.put("c", status="active")
    world.seconds += 60
    resuming.end(pause)
    assert (process.events, world.status("c")) == ([LOOK, RESUME, LOOK, "clear c"], "active")
    assert (process.told[-1], pause.session.notices) == ("Sales: active again", [])


def test_looks_that_are_older_than_an_answer_is_waited_for_do_not_end_a_pause_unsent(world: World) -> None:
    pause, process = paused(world, Cut(STALE, call=LOOK, tries=FOR_EVER))
    pause.state, pause.doubts = State.DOUBTFUL, 1
    world.seconds += 60
    resuming.end(pause)
    assert (process.events, world.status("c"), world.entries) == ([LOOK, RESUME, "clear c"], "active", ())


def test_a_read_that_shows_it_active_soon_after_the_pause_is_not_believed(world: World) -> None:
    pause, process = paused(world, Cut(STALE, call=LOOK))
    resuming.end(pause)
    assert (process.events, world.status("c")) == ([LOOK, RESUME, "clear c"], "active")


def test_a_pause_that_surely_does_not_hold_is_not_waited_for(world: World) -> None:
    pause, process = paused(world)
    world.put("c", status="active")
    pausing.check(pause)
    world.seconds += 60
    with pytest.raises(Overtaken, match="the API accepted the pause, but the campaign is active"):
        pausing.check(pause)
    assert process.events == [LOOK]


def test_a_pause_that_holds_is_waited_for(world: World) -> None:
    pause, _ = paused(world)
    world.seconds += 60
    pausing.check(pause)
    world.put("c", status="cancelled")
    with pytest.raises(Overtaken, match="somebody made the campaign cancelled"):
        pausing.check(pause)


def test_a_final_status_is_reached_straight_from_the_pause(world: World) -> None:
    pause, process = paused(world, target="completed")
    resuming.end(pause)
    assert process.events == [LOOK, COMPLETE, "clear c"]
    assert (pause.session.done, world.status("c")) == (["status active -> completed"], "completed")


def test_where_a_final_status_is_refused_the_campaign_is_as_it_was(world: World) -> None:
    pause, _ = paused(world, Cut(FORBIDDEN, call=CANCEL, tries=FOR_EVER), target="cancelled")
    with pytest.raises(Refused, match="Cannot update campaign status"):
        resuming.end(pause)
    assert (world.status("c"), world.entries, pause.session.done) == ("active", (), [])


def test_where_a_final_status_gets_no_answer_nothing_else_is_tried(world: World) -> None:
    pause, process = paused(world, Cut(Way.NO_CONNECTION, call=CANCEL, tries=FOR_EVER), target="cancelled")
    with pytest.raises(LeftPaused):
        resuming.end(pause)
    assert (RESUME in process.events, world.entries) == (False, (ENTRY,))


# A pause of another run


def test_a_pause_of_the_journal_that_may_arrive_yet_is_watched(world: World) -> None:
    """The other process was killed a second ago, while its pause was under way."""
    session, process = session_in(world)
    process.announce(ENTRY)
    world.seconds = 1.0
    world.meanwhile = (Meanwhile(RESUME, lambda: world.put("c", status="paused"), first=4, is_after=True),)
    resuming.end(Pause.of_journal(session, ENTRY))
    assert (world.status("c"), world.entries, process.events[-1]) == ("active", (), "clear c")


def test_a_pause_of_the_journal_that_is_long_over_is_cleared_at_a_look(world: World) -> None:
    session, process = session_in(world)
    process.announce(ENTRY)
    world.seconds = 86400.0
    resuming.end(Pause.of_journal(session, ENTRY))
    assert (process.events[1:], world.entries) == ([LOOK, "clear c"], ())


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

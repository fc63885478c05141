"""A stop pauses what calls and is meant, looks again, and lets nothing that it meets hold it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from reconciler.apply.outcome import Outcome
from reconciler.apply.stop import Stop
from reconciler.model.campaign import Live
from tests.support.trouble import (
    BROKEN,
    FORBIDDEN,
    NO_CREDITS,
    TOO_MANY,
    Canned,
    Cut,
    Killed,
    Meanwhile,
    Trouble,
    Way,
    stamp,
)
from tests.support.world import World, new_world

LIST = "GET /campaigns"
PAUSE = "PATCH /campaigns/a/status paused"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        for name, status in (("a", "active"), ("b", "active"), ("p", "paused"), ("d", "draft")):
            world.put(name, name=f"Campaign {name}", status=status)
        yield world


@dataclass
class Stopped:
    """What a stop did."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def stopped(world: World, ids: str = "abpd", *, drain_timeout: float = 300.0) -> Stopped:
    """Stop these campaigns in a world."""
    process = world.process()
    done = Stopped(events=process.events, told=process.told)

    def note(rows: Sequence[Live]) -> None:
        done.noted += [row.id for row in rows]

    stop = Stop(process.context, lambda row: row.id in ids, note, map, drain_timeout)
    try:
        for outcome in stop.carry_out():
            done.outcomes[str(outcome.id)] = outcome
    except Killed:
        pass
    done.errors = stop.errors
    return done


def test_what_is_active_and_meant_is_paused_and_nothing_else_is_touched(world: World) -> None:
    done = stopped(world, "apd")

    assert [world.status(one) for one in "abpd"] == ["paused", "active", "paused", "draft"]
    assert (list(done.outcomes), done.noted, done.errors) == (["a"], ["a"], [])
    assert [event for event in done.events if not event.startswith("GET")] == [PAUSE]


def test_nothing_is_read_that_need_not_be(world: World) -> None:
    done = stopped(world)

    # What is active, twice; what an apply may have paused; and once more what is active, when that has settled.
    assert [event.split("?")[0] for event in done.events if event.startswith("GET")] == [LIST] * 4


def test_ninety_campaigns_are_stopped_within_a_window(world: World) -> None:
    for number in range(88):
        world.put(f"m{number}", status="active")

    process = world.process()
    stop = Stop(process.context, lambda _: True, lambda _: None, map, 300.0)
    outcomes = [*stop.carry_out()]

    assert (len(outcomes), len(process.events) < 100) == (90, True)


def test_all_pages_are_read(world: World) -> None:
    for number in range(120):
        world.put(f"m{number}", status="active")

    process = world.process()
    stop = Stop(process.context, lambda _: True, lambda _: None, map, 300.0)

    assert len([*stop.carry_out()]) == 122


@pytest.mark.parametrize(
    "way",
    [Way.LOST, Way.HTML, Way.BROKEN_AFTER, TOO_MANY, BROKEN, Canned(404, "null"), FORBIDDEN],
    ids=lambda way: str(way)[:40],
)
def test_a_fault_does_not_keep_a_campaign_calling(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call=PAUSE, tries=2),)

    done = stopped(world)

    assert (world.status("a"), done.outcomes["a"].failure, done.errors) == ("paused", None, [])


def test_what_is_refused_for_good_is_told_and_the_others_are_stopped(world: World) -> None:
    world.cuts = (Cut(NO_CREDITS, call=PAUSE, tries=99),)

    done = stopped(world)

    assert (world.status("a"), world.status("b")) == ("active", "paused")
    assert "HTTP 402" in str(done.outcomes["a"].failure)


def test_a_pause_that_the_api_accepts_and_forgets_is_told(world: World) -> None:
    world.cuts = (
        Cut(Canned(200, '{"success": true, "data": {"id": "a", "status": "active"}}'), call=PAUSE, tries=999),
    )

    done = stopped(world)

    assert "accepts the pause" in str(done.outcomes["a"].failure)


def test_what_the_api_does_not_know_is_not_tried_for_ever(world: World) -> None:
    gone = Canned(404, '{"success": false, "message": "Campaign not found"}')
    world.cuts = (Cut(gone, call=PAUSE, tries=999), Cut(gone, call="GET /campaigns/a", tries=999))

    done = stopped(world)

    assert "404" in str(done.outcomes["a"].failure)


def test_what_somebody_ended_meanwhile_is_left(world: World) -> None:
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("a", status="completed")),)

    done = stopped(world)

    assert (world.status("a"), done.outcomes["a"].done) == ("completed", ("left: it is completed",))


def test_what_becomes_active_meanwhile_is_paused_too(world: World) -> None:
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("d", status="active")),)

    done = stopped(world)

    assert (world.status("d"), done.noted) == ("paused", ["a", "b", "d"])


def test_a_list_that_lags_is_not_taken_for_a_campaign_that_started_again(world: World) -> None:
    world.lag = 2.0

    done = stopped(world)

    assert [event for event in done.events if event == PAUSE] == [PAUSE]
    assert world.status("a") == "paused"


def test_what_is_started_again_and_again_is_told(world: World) -> None:
    def start() -> None:
        world.put("a", status="active")

    world.meanwhile = tuple(Meanwhile(PAUSE, start, first=number, is_after=True) for number in range(1, 12))

    done = stopped(world)

    assert "again and again" in str(done.outcomes["a"].failure)


def test_a_list_that_cannot_be_had_is_told(world: World) -> None:
    world.cuts = (Cut(BROKEN, call="GET", tries=999),)

    done = stopped(world)

    assert "nobody can tell whether more campaigns call" in done.errors[0]


def test_a_signal_ends_the_looking(world: World) -> None:
    with world.by_others():
        world.bench.put_campaign({"id": "p", "updated_at": stamp(world.seconds)})
    world.cuts = (Cut(Way.SIGNAL_AFTER, 4, call=LIST),)

    done = stopped(world)

    assert (world.status("a"), world.status("b")) == ("paused", "paused")
    assert "nobody looks any more" in done.errors[0]


@pytest.mark.parametrize("number", range(1, 7))
def test_whenever_it_is_killed_whatever_it_paused_was_noted_before(world: World, number: int) -> None:
    world.cuts = (Cut(Way.KILLED_AFTER, number),)

    done = stopped(world)

    assert {one for one in "ab" if world.status(one) == "paused"} <= set(done.noted)


def test_what_an_apply_elsewhere_paused_is_watched_until_it_resumes_it(world: World) -> None:
    world.put("p", status="active")
    world.seconds += 10
    with world.by_others():
        world.bench.put_campaign({"id": "p", "status": "paused", "updated_at": stamp(world.seconds)})
    world.meanwhile = (Meanwhile(None, lambda: world.put("p", status="active"), first=8),)

    done = stopped(world)

    assert (world.status("p"), done.noted) == ("paused", ["a", "b", "p"])
    assert "perhaps by an apply at work elsewhere" in done.told[0]


@pytest.mark.parametrize("shown", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "soon", "2099-01-01T00:00:00Z"])
def test_what_was_paused_long_ago_is_not_watched(world: World, shown: str) -> None:
    with world.by_others():
        world.bench.put_campaign({"id": "p", "updated_at": shown})

    assert stopped(world).told == []

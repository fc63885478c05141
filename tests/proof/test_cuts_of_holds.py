"""The proof for stops, releases and days without calls: wherever they are cut, nobody is called who should not be.

What a stop or a day without calls paused is known to somebody, whatever befalls the process, and active again in the
end; nothing that is held is started by anything but its release.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from reconciler.apply.campaign import apply
from reconciler.apply.closed_days import forget_what_is_over
from reconciler.apply.context import CLOSED, ApplyOptions
from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.recover import heal
from reconciler.apply.release import resume_stopped
from reconciler.apply.stop import Stop
from reconciler.model.campaign import Live
from reconciler.model.errors import ReconcilerError
from reconciler.model.holds import Hold, Selected, Stopped
from tests.proof.test_cuts import DURATIONS, SINGLE, WAYS, table
from tests.support.plans import FIELDS, HOST, desired
from tests.support.trouble import TIMEOUT, Cut, Killed
from tests.support.world import World, new_world
from tests.support.world_process import Process

pytestmark = [pytest.mark.no_cover, pytest.mark.thorough]

HOLD = Hold("2027-01-15T08:00:00+00:00", "Ana", "wrong prompt", HOST, Selected(everything=True))
CALLING, REST = ("a", "b"), ("p", "d")
HOURS = "id: c\nstatus: active\ncall_time_ranges: [{start: '09:00', end: '12:00'}, {start: '13:00', end: '17:00'}]"
# The events of a whole stop, of one resume by a release, of an apply that pauses, of a pause over days and its end.
STOP, RELEASE, APPLY, CLOSE = 6, 2, 11, 5


@dataclass
class Book:
    """A hold that begins at an event of a process, and what is written in it."""

    process: Process
    first: int
    stopped: dict[str, Stopped] = field(default_factory=dict)

    @property
    def has_begun(self) -> bool:
        return len(self.process.events) >= self.first

    def covering(self, _id: str, _name: str, _file: str) -> Hold | None:
        return HOLD if self.has_begun else None

    def take_over(self, _hold: Hold, stopped: Stopped) -> None:
        self.stopped[stopped.id] = stopped


def cuts(way: str, duration: str, events: int) -> Iterator[Cut]:
    return (Cut(WAYS[way], number, DURATIONS[duration][way]) for number in range(1, events + 1))


def filled(world: World) -> None:
    for name, status in (("a", "active"), ("b", "active"), ("p", "paused"), ("d", "draft")):
        world.put(name, name=f"Campaign {name}", status=status)


def stop(world: World, noted: dict[str, Stopped]) -> Process:
    """Stop everything; what is to be paused is noted before, as the command writes it into the hold."""
    process = world.process()

    def note(rows: Sequence[Live]) -> None:
        noted.update({row.id: Stopped(row.id, row.name, row.status or "active") for row in rows})

    with contextlib.suppress(Killed):
        list(Stop(process.context, lambda _: True, note, map, 300.0).carry_out())
    return process


def release(world: World, stopped: Mapping[str, Stopped]) -> list[Outcome]:
    """Resume what was stopped, as the command does; what fails stays held."""
    process = world.process()
    done: list[Outcome] = []
    with contextlib.suppress(Killed):
        done.extend(resume_stopped(one, process.context) for one in stopped.values())
    return done


def statuses(world: World) -> dict[str, str]:
    return {name: world.status(name) for name in (*CALLING, *REST)}


def settled(world: World) -> None:
    """From here on nothing is cut, and whatever was to arrive late has arrived."""
    world.cuts, world.seconds = (), world.seconds + 2 * TIMEOUT


@table(SINGLE)
def test_wherever_a_stop_is_cut_what_it_paused_is_noted_and_the_next_one_stops_the_rest(
    way: str, duration: str
) -> None:
    for cut in cuts(way, duration, STOP):
        with new_world() as world:
            filled(world)
            noted: dict[str, Stopped] = {}
            world.cuts = (cut,)
            stop(world, noted)
            assert {name for name in CALLING if world.status(name) == "paused"} <= noted.keys()

            settled(world)
            stop(world, noted)
            assert statuses(world) == {"a": "paused", "b": "paused", "p": "paused", "d": "draft"}
            assert {one.id: one.status_before for one in noted.values()} == {"a": "active", "b": "active"}

            release(world, noted)
            assert statuses(world) == {"a": "active", "b": "active", "p": "paused", "d": "draft"}


@table(SINGLE)
def test_wherever_a_release_is_cut_it_tells_what_it_did_and_the_next_one_resumes_the_rest(
    way: str, duration: str
) -> None:
    for cut in cuts(way, duration, RELEASE * len(CALLING)):
        with new_world() as world:
            filled(world)
            noted: dict[str, Stopped] = {}
            stop(world, noted)
            world.cuts = (cut,)
            done = release(world, noted)
            resumed = {str(one.id) for one in done if one.result is Result.APPLIED}
            assert {world.status(name) for name in resumed} <= {"active"}

            settled(world)
            release(world, {name: one for name, one in noted.items() if name not in resumed})
            assert statuses(world) == {"a": "active", "b": "active", "p": "paused", "d": "draft"}


def applied_under(world: World, book_at: int) -> tuple[Process, Book, list[str]]:
    """An apply that has to pause, in which a hold begins at an event: what it did, and what it started after that."""
    process = world.process()
    book = Book(process, book_at)
    context = process.context._replace(holds=book)
    try:
        for entry in process.mine():
            heal(entry, context, "active")
        plan = world.plan([desired("c.yaml", HOURS)], process, ApplyOptions())
        list(apply(plan, FIELDS, context, ApplyOptions()))
    except (Killed, ReconcilerError):
        pass
    # The one that is on its way when the hold begins had asked before.
    return process, book, [event for event in process.events[book_at:] if event.endswith(" active")]


@pytest.mark.parametrize("first", range(APPLY + 1))
@pytest.mark.parametrize("way", WAYS)
def test_a_hold_that_begins_while_an_apply_is_cut_keeps_and_loses_nothing(way: str, first: int) -> None:
    for cut in cuts(way, "once", APPLY):
        with new_world() as world:
            world.put("c", status="active", queued=2, call_time_ranges=[{"start": "09:00", "end": "17:00"}])
            world.cuts = (cut,)
            _, book, started = applied_under(world, first)
            assert started == []
            known = {*book.stopped, *(entry.campaign for entry in world.entries)}
            assert world.status("c") == "active" or "c" in known

            settled(world)
            _, after, started = applied_under(world, 0)
            stopped = {**book.stopped, **after.stopped}
            assert (started, world.entries) == ([], ())
            assert world.status("c") == "active" or "c" in stopped

            release(world, stopped)
            world.run([desired("c.yaml", HOURS)])
            assert (world.status("c"), world.entries) == ("active", ())


def over_days(world: World, *, is_closed: bool) -> Process:
    """What an apply does of a campaign on a day without calls, and on any other: its pause, and the end of it."""
    process, file = world.process(), desired("c.yaml", "id: c\nstatus: active")
    wanted = desired("c.yaml", "id: c\nstatus: paused") if is_closed else file
    try:
        plan = world.plan([wanted], process, ApplyOptions())
        (campaign,) = plan.campaigns
        if campaign.status:
            step = replace(campaign.status, because="closed on 2027-11-25", is_ours=not is_closed)
            campaign = replace(campaign, status=step)
        plan = replace(plan, campaigns=(campaign,))
        done = list(apply(plan, FIELDS, process.context, ApplyOptions(may_start=False)))
        well = [(campaign, one) for one in done if one.result in (Result.APPLIED, Result.UNCHANGED)]
        as_its_file = [(replace(one, desired=file), outcome) for one, outcome in well]
        forget_what_is_over([one for one in world.entries if one.kind == CLOSED], as_its_file, process)
    except (Killed, ReconcilerError):
        pass
    return process


@table([row for row in SINGLE if row[0] != "200 and nothing kept"])
def test_wherever_a_pause_over_days_without_calls_is_cut_it_is_ours_until_its_end(way: str, duration: str) -> None:
    for closing in (True, False):
        for cut in cuts(way, duration, CLOSE):
            with new_world() as world:
                world.put("c", status="active")
                for is_closed in (True, False):
                    world.cuts = (cut,) if is_closed is closing else ()
                    over_days(world, is_closed=is_closed)
                    assert world.status("c") == "active" or [one.kind for one in world.entries] == [CLOSED]
                    settled(world)
                    over_days(world, is_closed=is_closed)
                    assert world.status("c") == ("paused" if is_closed else "active")
                assert world.entries == ()


def test_a_run_that_nothing_cuts_has_so_many_events() -> None:
    with new_world() as world:
        filled(world)
        assert len(stop(world, {}).events) == STOP
    with new_world() as world:
        world.put("c", status="active", queued=2, call_time_ranges=[{"start": "09:00", "end": "17:00"}])
        assert len(applied_under(world, 99)[0].events) == APPLY
    with new_world() as world:
        world.put("c", status="active")
        assert len(over_days(world, is_closed=True).events) <= CLOSE
        assert len(over_days(world, is_closed=False).events) <= CLOSE

"""Campaigns that somebody stopped, while an apply is at work: never paused for a change, and never started."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions
from reconciler.apply.outcome import Outcome, Result
from reconciler.model.errors import StateError
from reconciler.model.holds import Hold, Selected, Stopped
from tests.support.plans import FIELDS, HOST, desired
from tests.support.trouble import BROKEN, Cut
from tests.support.world import World, new_world

HOLD = Hold("2026-11-25T03:00:00+00:00", "Ana", "wrong prompt", HOST, Selected(everything=True))
CHANGE = "id: c\ntimezone: Europe/Paris"


@dataclass
class Book:
    """Holds that begin once they were asked for so often; `taken` is what moved into them."""

    after: int = 0
    is_full: bool = False
    asked: int = 0
    taken: list[Stopped] = field(default_factory=list)

    def covering(self, _id: str, _name: str, _file: str) -> Hold | None:
        self.asked += 1
        return HOLD if self.asked > self.after else None

    def take_over(self, _hold: Hold, stopped: Stopped) -> None:
        if self.is_full:
            msg = "the disk is full"
            raise StateError(msg)
        self.taken.append(stopped)


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world


def applied(world: World, text: str, book: Book) -> Outcome:
    process, options = world.process(), ApplyOptions()
    plan = world.plan([desired("c.yaml", text)], process, options)
    context: ApplyContext = process.context._replace(holds=book)
    (outcome,) = apply(plan, FIELDS, context, options)
    return outcome


def test_it_is_never_paused_for_a_change(world: World) -> None:
    world.put("c", status="active", queued=1)
    outcome = applied(world, CHANGE, Book())

    assert (outcome.result, world.status("c"), world.entries) == (Result.DEFERRED, "active", ())
    assert outcome.failure is not None
    assert "it is not paused for this: held since" in outcome.failure.message


def test_a_start_that_is_held_is_told_and_no_failure(world: World) -> None:
    world.put("c", status="paused")
    outcome = applied(world, "id: c\nstatus: active", Book())

    assert (outcome.result, world.status("c")) == (Result.APPLIED, "paused")
    assert "wrong prompt" in outcome.notices[0]


def test_a_pause_of_ours_moves_into_a_hold_that_began_meanwhile(world: World) -> None:
    world.put("c", status="active", queued=1)
    book = Book(after=1)
    outcome = applied(world, CHANGE, book)

    assert (world.status("c"), world.entries, [one.id for one in book.taken]) == ("paused", (), ["c"])
    assert outcome.result is Result.APPLIED
    assert "it stays paused, until `reconciler release`" in outcome.notices[-1]


def test_a_hold_that_cannot_be_written_leaves_the_entry_in_the_journal(world: World) -> None:
    world.put("c", status="active", queued=1)
    outcome = applied(world, CHANGE, Book(after=1, is_full=True))

    assert (outcome.result, world.status("c"), len(world.entries)) == (Result.LEFT_PAUSED, "paused", 1)
    assert outcome.failure is not None
    assert "the hold cannot be written: the disk is full" in outcome.failure.message


def test_a_hold_that_begins_just_before_the_start_is_heeded(world: World) -> None:
    world.put("c", status="paused")
    outcome = applied(world, "id: c\nstatus: active", Book(after=1))

    assert (outcome.result, world.status("c")) == (Result.APPLIED, "paused")
    assert "wrong prompt" in outcome.notices[-1]


def test_a_hold_that_begins_between_two_tries_of_a_start_is_heeded(world: World) -> None:
    world.put("c", status="paused")
    world.cuts = (Cut(BROKEN, call="PATCH"),)
    outcome = applied(world, "id: c\nstatus: active", Book(after=2))

    assert (outcome.result, world.status("c")) == (Result.APPLIED, "paused")
    assert "wrong prompt" in outcome.notices[-1]

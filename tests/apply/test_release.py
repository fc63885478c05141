"""What of a hold is resumed, what stays held, and a resume that fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.apply.outcome import Result
from reconciler.apply.release import left_of, resume_stopped, to_resume
from reconciler.model.holds import Hold, Selected, Stopped
from tests.support.trouble import BROKEN, Cut
from tests.support.world import World, new_world

A, B = Stopped("a", "Sales US", "active"), Stopped("b", "Survey", "active")
ALL = Selected(everything=True)


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        world.put("a", name="Sales US", status="paused")
        yield world


def hold(selected: Selected, *stopped: Stopped) -> Hold:
    return Hold("2027-01-05", "Priya", "", "https://api.example.com/v1", selected, stopped=stopped)


@pytest.mark.parametrize(
    ("selected", "asked"),
    [
        pytest.param(ALL, ALL, id="everything"),
        pytest.param(Selected(names=("S*",)), Selected(names=("S*", "T")), id="the same name, and more"),
        pytest.param(Selected(ids=("a",)), Selected(names=("Sales US",)), id="an id, by its name"),
        pytest.param(Selected(paths=("x",)), Selected(paths=("x",)), id="the same path"),
    ],
)
def test_a_hold_that_is_asked_for_ends_as_a_whole(selected: Selected, asked: Selected) -> None:
    held = hold(selected, A)

    assert (left_of(held, asked), to_resume(held, asked)) == (None, (A,))


@pytest.mark.parametrize("asked", [Selected(ids=("a",)), Selected(names=("Sales *",))], ids=["id", "name"])
def test_a_part_of_a_hold_ends(asked: Selected) -> None:
    left = left_of(hold(ALL, A, B), asked)

    assert left is not None
    assert (left.stopped, left.released, to_resume(hold(ALL, A, B), asked)) == ((B,), asked, (A,))
    assert [left.covers("a", "Sales US"), left.covers("b", "Survey")] == [False, True]


def test_a_hold_of_something_else_stays() -> None:
    held = hold(Selected(ids=("b",)), B)

    assert (left_of(held, Selected(ids=("a",))), to_resume(held, Selected(ids=("a",)))) == (held, ())


def test_what_is_still_paused_is_resumed(world: World) -> None:
    outcome = resume_stopped(A, world.process().context)

    assert (world.status("a"), outcome.result) == ("active", Result.APPLIED)


@pytest.mark.parametrize(("before", "status"), [("active", "completed"), ("draft", "paused")])
def test_what_is_something_else_by_now_or_never_called_is_left(world: World, before: str, status: str) -> None:
    world.put("a", status=status)

    outcome = resume_stopped(Stopped("a", "Sales US", before), world.process().context)

    assert (world.status("a"), outcome.notices) == (status, (f"it is {status}: it was left so",))


def test_a_resume_that_fails_is_told_and_stays_held(world: World) -> None:
    world.cuts = (Cut(BROKEN, call="GET", tries=99),)

    outcome = resume_stopped(A, world.process().context)

    assert (outcome.result, world.status("a")) == (Result.FAILED, "paused")
    assert "it stays held" in str(outcome.failure)

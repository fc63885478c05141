"""The kinds of trouble in which a campaign was once left paused, or a person was not heeded: each has its test here.

What the command line adds to them (which token goes where, what is told, exit codes) is tested in `tests/cli`, what
proves what in `tests/api`, and single steps of a pause in `tests/apply`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.apply.outcome import Result
from reconciler.model.campaign import Desired
from reconciler.sandbox import SANDBOX_TOKEN, Fault
from tests.proof.invariants import broken
from tests.support.plans import desired
from tests.support.trouble import FOR_EVER, OTHER_TOKEN, TOO_MANY, Cut, Meanwhile, Trouble, Way
from tests.support.world import Run, World, new_world

ZONE = "timezone: Europe/Paris"
LOOK, PUT, PAUSE, RESUME = (
    "GET /campaigns/c",
    "PUT /campaigns/c",
    *(f"PATCH /campaigns/c/status {status}" for status in ("paused", "active")),
)
WORDS = ("404", "404-html", "404-text", "404-laravel", "404-empty")
DAY = 24 * 3600.0


@pytest.fixture
def world() -> Iterator[World]:
    """A world with a campaign that is calling, so that its next change needs a pause."""
    with new_world() as world:
        world.put("c", status="active", queued=3)
        yield world


def file(text: str = ZONE) -> list[Desired]:
    return [desired("c.yaml", f"id: c\n{text}")]


def applied(world: World, *cuts: Cut, text: str = ZONE, token: str = SANDBOX_TOKEN) -> Run:
    """One apply, after which the invariants hold; what befell it is over then."""
    world.cuts = cuts
    run = world.run(file(text), token=token)
    world.cuts, world.meanwhile = (), ()
    assert broken(world) == []
    return run


def killed_while_paused(world: World) -> None:
    applied(world, Cut(Way.KILLED_BEFORE, first=2, call=PUT))
    assert (world.status("c"), len(world.entries)) == ("paused", 1)


def fault(text: str) -> Fault:
    return Fault.parse(text)


# A 404


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("call", [LOOK, RESUME], ids=["look", "resume"])
def test_a_404_in_any_words_never_ends_a_pause(world: World, words: str, call: str) -> None:
    killed_while_paused(world)
    run = applied(world, Cut(fault(words), call=call, tries=FOR_EVER))
    left = (run.healed[0].result, world.status("c"), len(world.entries))
    applied(world)

    assert left == (Result.LEFT_PAUSED, "paused" if call == RESUME else "active", 1)
    assert (world.status("c"), world.entries) == ("active", ())


def test_another_environments_token_touches_and_forgets_nothing(world: World) -> None:
    killed_while_paused(world)
    before = world.entries
    run = applied(world, token=OTHER_TOKEN)

    assert (run.writes, world.entries, world.status("c")) == ((), before, "paused")
    assert (applied(world).healed[0].result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


# Reads that lag, and statuses in between


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1.0, 2.0])
def test_reads_that_lag_leave_nothing_paused(world: World, seconds: float) -> None:
    world.lag, world.seconds = seconds, 60.0
    run = applied(world)

    assert (run.outcomes[0].result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


@pytest.mark.parametrize("status", ["pausing", "stopping"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_status_in_between_is_a_pause_of_ours(world: World, status: str, method: str) -> None:
    run = applied(world, Cut(fault(f"{status}:2"), call=method, tries=FOR_EVER))

    assert (run.outcomes[0].result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


# What proves nothing


@pytest.mark.parametrize("status", [408, 425, 499, 507, *range(520, 528), 530, 599])
def test_what_proves_nothing_ends_neither_a_pause_nor_a_plan(world: World, status: int) -> None:
    doubt = fault(f"{status}-html")
    cuts = (Cut(doubt), Cut(fault(f"{status}-html-after"), call=PAUSE), Cut(doubt, call=RESUME, tries=6))
    run = applied(world, *cuts)

    assert (run.ended, world.status("c"), world.entries) == (None, "active", ())


def test_maintenance_is_waited_for(world: World) -> None:
    applied(world, Cut(fault("503-laravel:20"), call=RESUME, tries=3))

    assert (world.status("c"), world.entries, world.seconds > 60) == ("active", (), True)


# What the files and people want


@pytest.mark.parametrize("status", ["paused", "completed", "cancelled"])
def test_what_its_file_wants_otherwise_is_not_activated_on_the_way(world: World, status: str) -> None:
    killed_while_paused(world)
    run = applied(world, text=f"status: {status}")

    assert (RESUME in run.events, world.status("c"), world.entries) == (False, status, ())


def test_a_pause_that_a_person_makes_after_a_look_saw_it_active_stays(world: World) -> None:
    killed_while_paused(world)
    world.put("c", status="active")
    world.seconds += 60
    applied(world)
    world.put("c", status="paused")
    applied(world, text="timezone: Asia/Tokyo")

    assert (world.status("c"), world.entries) == ("paused", ())


# Pauses that arrive late, tries that were turned away, and old entries


@pytest.mark.parametrize("seconds", [1, 10, 29])
def test_a_pause_that_arrives_late_is_ended(world: World, seconds: int) -> None:
    applied(world, Cut(fault(f"drop-late:{seconds}"), call=PAUSE, tries=FOR_EVER))
    world.seconds += 60
    applied(world)

    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("way", [TOO_MANY, Way.NO_CONNECTION], ids=["429", "no connection"])
def test_a_persons_pause_is_not_taken_for_a_try_of_ours_that_was_not_carried_out(world: World, way: Trouble) -> None:
    person = Meanwhile(PAUSE, lambda: world.bench.put_campaign({"id": "c", "status": "paused"}), is_after=True)
    world.meanwhile = (person,)
    applied(world, Cut(way, call=PAUSE))

    assert (world.status("c"), world.entries) == ("paused", ())


def test_a_signal_while_the_put_hangs_announces_nothing_anew(world: World) -> None:
    run = applied(world, Cut(Way.LOST, first=2, call=PUT), Cut(Way.SIGNAL_AFTER, first=3, call=PUT))

    assert (run.events.count("announce c"), world.status("c"), world.entries) == (1, "active", ())


def test_an_entry_that_a_full_disk_left_is_not_obeyed_a_year_later(world: World) -> None:
    applied(world, Cut(Way.DISK_FULL, call="clear c"))
    world.seconds += 365 * DAY
    world.put("c", status="paused")
    run = applied(world, text="timezone: Asia/Tokyo")

    assert (run.healed[0].result, world.status("c"), len(world.entries)) == (Result.LEFT_PAUSED, "paused", 1)


@pytest.mark.parametrize("status", ["cancelled", "completed", "paused", "draft"])
def test_only_what_was_active_is_ever_put_back(world: World, status: str) -> None:
    killed_while_paused(world)
    world.entries = tuple(entry._replace(status_before=status) for entry in world.entries)
    world.cuts = ()
    world.run(file("max_retries: 3"))

    assert (world.status("c"), len(world.entries)) == ("paused", 1)


# A resume is tried for long


@pytest.mark.parametrize("words", ["403-html", "403", "401", "502-html", "404-text"])
def test_a_resume_outlives_refusals_of_some_seconds(world: World, words: str) -> None:
    began = world.seconds
    run = applied(world, Cut(fault(words), call=RESUME, tries=6))

    assert (run.outcomes[0].result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())
    assert world.seconds - began > 2


def test_a_body_that_drips_is_no_answer(world: World) -> None:
    run = applied(world, Cut(fault("drip:1"), call=RESUME))

    assert (run.outcomes[0].result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


# Two files that mean one campaign


def test_two_files_that_mean_one_campaign_are_both_refused(world: World) -> None:
    run = world.run([*file("max_retries: 5"), desired("other.yaml", "id: null\nname: c\nmax_retries: 7")])

    assert ([outcome.result for outcome in run.outcomes], run.writes) == ([Result.FAILED] * 2, ())

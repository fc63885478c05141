"""The proof: wherever an apply is cut, and however, the next one makes everything as the files say.

After every run the six invariants hold (see `invariants`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from reconciler.apply.outcome import Result
from reconciler.sandbox import Fault
from tests.proof.groups import GROUPS, differences, events, is_on_disk, start
from tests.proof.invariants import broken
from tests.support.trouble import (
    BROKEN,
    FOR_EVER,
    FORBIDDEN,
    TIMEOUT,
    TOO_MANY,
    TRIES,
    TURNS,
    UNAUTHORIZED,
    Cut,
    Trouble,
    Way,
)
from tests.support.world import new_world

# Thousands of runs of code that other tests cover line by line: measuring them would triple the time.
pytestmark = [pytest.mark.no_cover, pytest.mark.thorough]

# In how many ways the world is cut here; each is a run, the next run, and one more.
NUMBER_OF_CUTS = 4002

# Every way to cut a request of the process, or its answer.
WAYS: Mapping[str, Trouble] = {
    "killed before it is sent": Way.KILLED_BEFORE,
    "killed after the API acted": Way.KILLED_AFTER,
    "answer lost": Way.LOST,
    "timeout": Way.TIMEOUT,
    "connection refused": Way.NO_CONNECTION,
    "500": BROKEN,
    "500 though it acted": Way.BROKEN_AFTER,
    "429": TOO_MANY,
    "401": UNAUTHORIZED,
    "403": FORBIDDEN,
    "a proxy's page": Way.HTML,
    "200 and nothing kept": Way.FORGOTTEN,
    "signal before": Way.SIGNAL_BEFORE,
    "signal after": Way.SIGNAL_AFTER,
}
_LONG = ("answer lost", "timeout", "connection refused", "500", "500 though it acted", "429")
_FOR_GOOD = (*_LONG, "401", "403", "a proxy's page", "200 and nothing kept")
# For how many tries: one, all of one request, or all to the end of the run.
DURATIONS: Mapping[str, Mapping[str, int]] = {
    "once": dict.fromkeys(WAYS, 1),
    "for one request": {way: TURNS if way == "429" else TRIES for way in _LONG},
    "for good": dict.fromkeys(_FOR_GOOD, FOR_EVER),
}
SINGLE = [(way, duration) for duration, ways in DURATIONS.items() for way in ways]
# What says nothing about what happened, whoever says it, before and after the effect; and what was never there.
_DOUBTS = (
    *("404", "404-html", "404-text", "404-laravel", "404-empty", "403-html", "408-html", "425-empty", "499-html"),
    *("507", "520", "521", "522", "523", "524", "525", "526", "527", "530", "599", "302", "503-laravel:7"),
)
STRANGE = (
    *_DOUBTS,
    *(f"{doubt.partition(':')[0]}-after" for doubt in _DOUBTS),
    *("204-after", "200-empty-after", "200-text-after", "garbage-after", "notice", "drip:0.01", "drip:1", "slow:31"),
    *("drop-late:2", "504-late:2", "504-late:25", "pausing:2", "stopping:20", "lag:0.05", "lag:0.3", "lag:2"),
)
# What a whole run lives with: everything that a method asks for is answered so.
ALL_ALONG = [
    *(("GET", f"lag:{seconds}") for seconds in (0.05, 0.3, 1, 2)),
    *((method, fault) for method in ("PUT", "PATCH") for fault in ("lag:2", "204-after", "200-empty-after", "notice")),
    *((method, "504-late:2") for method in ("PUT", "PATCH")),
    *((method, f"{status}:5") for method in ("GET", "PATCH") for status in ("pausing", "stopping")),
]
ON_DISK = (Way.KILLED_BEFORE, Way.KILLED_AFTER, Way.DISK_FULL, Way.SIGNAL_BEFORE, Way.SIGNAL_AFTER)
BEFORE_KILLS = [row for row in SINGLE if not row[0].startswith("killed")]
WHILE_HEALING = [("killed before it is sent", "once"), ("answer lost", "for one request"), ("500", "for good")]
# How many events after a fault the process is killed at.
BOUND = 6
# What no answer shows, and an API that keeps nothing of what it says it took has not kept either: nobody can tell.
UNSEEN = {("unverified", "auto_complete")}
_SUCCESS = {Result.APPLIED, Result.UNCHANGED}


def prove(group: str, *runs: tuple[Cut, ...]) -> None:
    """Cut runs one after the other, run once more without a cut, and once more; all the time the invariants hold."""
    with new_world() as world:
        files = start(world, group)
        for cuts in runs:
            world.cuts = cuts
            world.run(files)
            assert broken(world) == []
        # Until whatever was to arrive late has arrived.
        world.cuts, world.seconds = (), world.seconds + 2 * TIMEOUT
        healing = world.run(files)
        assert broken(world) == []
        assert {outcome.result for outcome in healing.all_outcomes} <= _SUCCESS
        is_forgotten = any(cut.way is Way.FORGOTTEN for cuts in runs for cut in cuts)
        assert differences(world, group) <= (UNSEEN if is_forgotten else set())
        assert world.entries == ()
        last = world.run(files)
        assert (last.writes, last.ended, broken(world)) == ((), None, [])


def single_cuts(way: str, duration: str) -> Iterator[tuple[str, Cut]]:
    """At every request, in one way."""
    for group in ("calling", "changing"):
        for number, event in enumerate(events(group), 1):
            if not is_on_disk(event):
                yield group, Cut(WAYS[way], number, DURATIONS[duration][way])


def strange_cuts(fault: str, tries: int) -> Iterator[Cut]:
    """At every request, with one fault of the stand-in, for so many tries."""
    for number, event in enumerate(events("one"), 1):
        if not is_on_disk(event):
            yield Cut(Fault.parse(fault), number, tries)


def cuts_all_along() -> Iterator[tuple[str, str, Cut]]:
    """All requests of a method, with one fault of the stand-in."""
    for group in ("calling", "changing"):
        for method, fault in ALL_ALONG:
            yield group, f"{method} {fault}", Cut(Fault.parse(fault), tries=FOR_EVER, call=method)


def cuts_on_disk() -> Iterator[tuple[str, Cut]]:
    """At every write of the journal and the record, in every way, once and for good."""
    for group in ("calling", "changing"):
        for number, event in enumerate(events(group), 1):
            if is_on_disk(event):
                yield from ((group, Cut(way, number)) for way in ON_DISK)
                yield group, Cut(Way.DISK_FULL, number, FOR_EVER)


def later_kills(way: str, duration: str) -> Iterator[tuple[Cut, Cut]]:
    """A run that is cut in one way, at every request, and then killed at every event that follows within a bound."""
    for number, event in enumerate(events("one"), 1):
        if not is_on_disk(event):
            cut = Cut(WAYS[way], number, DURATIONS[duration][way])
            last = min(len(events("one", cut)), number + BOUND)
            yield from ((Cut(Way.KILLED_BEFORE, later), cut) for later in range(number + 1, last + 1))


def cuts_of_healing(way: str, duration: str) -> Iterator[tuple[Cut, Cut]]:
    """A run that is killed at every event, and the next one, which heals, cut in one way at every event of its own."""
    for number in range(1, len(events("one")) + 1):
        for later in range(1, len(events("one")) + 4):
            yield Cut(Way.KILLED_BEFORE, number), Cut(WAYS[way], later, DURATIONS[duration][way])


def table(rows: Sequence[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("way", "duration"), rows, ids=[f"{way}, {duration}" for way, duration in rows])


@pytest.mark.parametrize("group", GROUPS)
def test_uncut_everything_becomes_as_the_files_say(group: str) -> None:
    prove(group)


@table(SINGLE)
def test_cut_at_any_request_the_next_run_sets_everything_right(way: str, duration: str) -> None:
    for group, cut in single_cuts(way, duration):
        prove(group, (cut,))


@pytest.mark.parametrize("tries", [1, 3], ids=["once", "three times"])
@pytest.mark.parametrize("fault", STRANGE)
def test_whoever_answers_whatever_at_any_request_the_next_run_sets_everything_right(fault: str, tries: int) -> None:
    for cut in strange_cuts(fault, tries):
        prove("one", (cut,))


ROWS = [pytest.param(group, cut, id=f"{group}, {name}") for group, name, cut in cuts_all_along()]


@pytest.mark.parametrize(("group", "cut"), ROWS)
def test_whatever_a_whole_run_lives_with_the_next_run_sets_everything_right(group: str, cut: Cut) -> None:
    prove(group, (cut,))


def test_cut_at_any_write_of_the_journal_the_next_run_sets_everything_right() -> None:
    for group, cut in cuts_on_disk():
        prove(group, (cut,))


@table(BEFORE_KILLS)
def test_killed_at_any_moment_after_another_fault_the_next_run_sets_everything_right(way: str, duration: str) -> None:
    for kill, cut in later_kills(way, duration):
        prove("one", (kill, cut))


@table(WHILE_HEALING)
def test_cut_while_it_heals_the_run_after_sets_everything_right(way: str, duration: str) -> None:
    for kill, cut in cuts_of_healing(way, duration):
        prove("one", (kill,), (cut,))


def test_the_number_of_cuts_is_the_one_that_is_told() -> None:
    cuts = (
        *(cut for row in SINGLE for cut in single_cuts(*row)),
        *(cut for fault in STRANGE for tries in (1, 3) for cut in strange_cuts(fault, tries)),
        *cuts_all_along(),
        *cuts_on_disk(),
        *(cut for row in BEFORE_KILLS for cut in later_kills(*row)),
        *(cut for row in WHILE_HEALING for cut in cuts_of_healing(*row)),
    )
    assert len(cuts) == NUMBER_OF_CUTS

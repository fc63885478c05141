"""Work on several things at once, which ends well whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from reconciler.cli.shutdown import Shutdown
from reconciler.cli.workers import run_concurrently


@pytest.fixture
def shutdown() -> Shutdown:
    return Shutdown()


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What stuck work waits for; set at the end, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


def test_results_come_with_the_positions_of_their_items(shutdown: Shutdown) -> None:
    assert sorted(run_concurrently(str.upper, ["a", "b", "c"], 2, shutdown)) == [(0, "A"), (1, "B"), (2, "C")]


def test_without_items_nothing_is_done(shutdown: Shutdown) -> None:
    assert list(run_concurrently(str.upper, [], 8, shutdown)) == []


def test_more_come_to_work_once_there_may_be_more(shutdown: Shutdown) -> None:
    together = threading.Barrier(2, timeout=10)
    done: list[int] = []

    def work(item: str) -> str:
        # Alone nobody gets past the second item.
        if item != "first":
            together.wait()
        return item

    for number, _ in run_concurrently(work, ["first", "second", "third"], lambda: 2 if done else 1, shutdown):
        done.append(number)

    assert sorted(done) == [0, 1, 2]


def test_work_that_is_stuck_when_we_are_asked_to_stop_comes_with_none(
    shutdown: Shutdown, release: threading.Event
) -> None:
    began = threading.Event()

    def work(item: str) -> str:
        if item == "stuck":
            began.set()
            shutdown.stop("SIGTERM")
            release.wait()
        return item

    results = list(run_concurrently(work, ["stuck", "not begun"], 1, shutdown, grace=0.1))

    assert (began.is_set(), results) == (True, [(1, "not begun"), (0, None)])


@pytest.mark.thorough
def test_an_error_of_the_work_goes_on_after_what_has_begun_has_ended(shutdown: Shutdown) -> None:
    both, ended = threading.Barrier(2), []

    def work(item: str) -> None:
        both.wait()
        if item == "breaks":
            raise ZeroDivisionError
        while not shutdown.is_stopping:
            pass
        ended.append(item)

    with pytest.raises(ZeroDivisionError):
        list(run_concurrently(work, ["breaks", "puts back", "not begun"], 2, shutdown))

    assert ended == ["puts back"]


def test_an_error_where_results_are_used_lets_what_has_begun_end(shutdown: Shutdown) -> None:
    ended = []

    def work(item: str) -> str:
        while item == "puts back" and not shutdown.is_stopping:
            pass
        ended.append(item)
        return item

    def use() -> None:
        for _ in run_concurrently(work, ["quick", "puts back"], 2, shutdown):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()

    assert ended == ["quick", "puts back"]

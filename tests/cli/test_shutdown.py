"""The wish to stop: waits that heed it, and work side by side that ends well."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from reconciler.cli.shutdown import Shutdown, run_concurrently
from reconciler.model.errors import Interrupted


@pytest.fixture
def ends() -> Shutdown:
    return Shutdown(print)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What stuck work waits for; set at the end, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


def test_results_come_with_the_positions_of_their_items(ends: Shutdown) -> None:
    assert sorted(run_concurrently(str.upper, ["a", "b", "c"], 2, ends)) == [(0, "A"), (1, "B"), (2, "C")]


def test_without_items_nothing_is_done(ends: Shutdown) -> None:
    assert list(run_concurrently(str.upper, [], 8, ends)) == []


def test_work_that_is_stuck_when_we_are_asked_to_stop_comes_with_none(ends: Shutdown, release: threading.Event) -> None:
    began = threading.Event()

    def work(item: str) -> str:
        if item == "stuck":
            began.set()
            ends.stop("SIGTERM")
            release.wait()
        return item

    results = list(run_concurrently(work, ["stuck", "not begun"], 1, ends, grace=0.1))

    assert (began.is_set(), results) == (True, [(1, "not begun"), (0, None)])


def test_an_error_of_the_work_goes_on_after_what_has_begun_has_ended(ends: Shutdown) -> None:
    both, ended = threading.Barrier(2), []

    def work(item: str) -> None:
        both.wait()
        if item == "breaks":
            raise ZeroDivisionError
        while not ends.is_stopping:
            pass
        ended.append(item)

    with pytest.raises(ZeroDivisionError):
        list(run_concurrently(work, ["breaks", "puts back", "not begun"], 2, ends))

    assert ended == ["puts back"]


def test_an_error_where_results_are_used_lets_what_has_begun_end(ends: Shutdown) -> None:
    ended = []

    def work(item: str) -> str:
        while item == "puts back" and not ends.is_stopping:
            pass
        ended.append(item)
        return item

    def use() -> None:
        for _ in run_concurrently(work, ["quick", "puts back"], 2, ends):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()

    assert ended == ["quick", "puts back"]


def test_the_first_signal_is_the_reason_and_later_ones_change_nothing(ends: Shutdown) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with ends.handle_signals():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGHUP)
        with pytest.raises(Interrupted, match=r"^stopped by SIGTERM$"):
            ends.wait(60)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_without_a_signal_everything_is_as_before(ends: Shutdown) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with ends.handle_signals():
        during = signal.getsignal(signal.SIGTERM)

    assert (during == before, signal.getsignal(signal.SIGTERM)) == (False, before)


def test_there_is_little_time_once_we_are_asked_to_stop(ends: Shutdown) -> None:
    before = ends.seconds_left
    ends.stop("SIGTERM")

    assert (before, 3 < ends.seconds_left <= 4, ends.wait_while_resuming(0, ends.now())) == (4.0, True, True)

"""The wish to stop: signals, and waits that heed it."""

from __future__ import annotations

import signal

import pytest

from reconciler.cli.shutdown import Shutdown
from reconciler.model.errors import Interrupted


@pytest.fixture
def shutdown() -> Shutdown:
    return Shutdown()


def test_the_first_signal_is_the_reason_and_later_ones_change_nothing(shutdown: Shutdown) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with shutdown.handle_signals():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGHUP)
        with pytest.raises(Interrupted, match=r"^stopped by SIGTERM$"):
            shutdown.wait(60)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_without_a_signal_everything_is_as_before(shutdown: Shutdown) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with shutdown.handle_signals():
        during = signal.getsignal(signal.SIGTERM)

    assert (during == before, signal.getsignal(signal.SIGTERM)) == (False, before)


def test_there_is_little_time_once_we_are_asked_to_stop(shutdown: Shutdown) -> None:
    before = shutdown.seconds_left
    shutdown.stop("SIGTERM")

    assert (before, 3 < shutdown.seconds_left <= 4, shutdown.wait_while_resuming(0, shutdown.now())) == (
        4.0,
        True,
        True,
    )

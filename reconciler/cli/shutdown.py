"""The edge to the process: signals, the wish to stop, and waits that heed it."""

from __future__ import annotations

import contextlib
import datetime
import signal
import time
from collections.abc import Iterator
from types import FrameType

from reconciler.model.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A pipeline kills a cancelled step 7.5 s after the first signal: everything is put back well before.
SECONDS_TO_END = 4.0
# How long a resume is tried when nobody hurries us.
_PATIENCE = 180.0
_GLANCE = 0.05


class Shutdown:
    """Knows whether somebody asked us to stop. Its waits are the clock that apply is given.

    The handler only sets an attribute, and the waits look at it many times a second: a lock taken in a signal
    handler can be one that the interrupted code holds.
    """

    def __init__(self, deadline: float | None = None) -> None:
        """`deadline` is how many seconds from now it asks to stop by itself."""
        self._since: float | None = None
        self._name = ""
        self._until = time.monotonic() + deadline if deadline else None
        self._deadline = deadline
        self._is_asking = False

    @contextlib.contextmanager
    def handle_signals(self) -> Iterator[Shutdown]:
        """Within this block SIGINT, SIGTERM and SIGHUP ask to stop, once; later ones change nothing.

        A signal that is ignored, as `nohup` has it, stays ignored. Once we were asked to stop, the process is about
        to end, and signals change nothing until it has.
        """
        heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._asked) for number in heeded}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler if self._since is None else signal.SIG_IGN)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        self.stop(signal.Signals(number).name)
        if self._is_asking:
            self.check()

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Within this block, which waits for a person, a signal raises Interrupted at once."""
        self._is_asking = True
        try:
            yield
        finally:
            self._is_asking = False

    def stop(self, name: str) -> None:
        """Ask to stop."""
        if self._since is None:
            self._name = name
            self._since = time.monotonic()

    @property
    def is_stopping(self) -> bool:
        """Whether we were asked to stop, or the time for the whole run is over."""
        if self._since is None and self._until is not None and time.monotonic() > self._until:
            self.stop(f"the deadline of {self._deadline:g} s")
        return self._since is not None

    @property
    def seconds_stopping(self) -> float:
        """How long ago we were asked to stop; 0 if we were not."""
        return time.monotonic() - self._since if self.is_stopping and self._since is not None else 0.0

    @property
    def seconds_left(self) -> float:
        """Seconds in which everything has to be put back, once we were asked to stop."""
        return max(SECONDS_TO_END - self.seconds_stopping, 0.0)

    def now(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    def stamp(self) -> str:
        """The time of day in UTC."""
        return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

    def check(self) -> None:
        """Raise Interrupted if we were asked to stop."""
        if self.is_stopping:
            msg = f"stopped by {self._name}"
            raise Interrupted(msg)

    def wait(self, seconds: float) -> None:
        """Wait; raises Interrupted as soon as we are asked to stop."""
        until = time.monotonic() + seconds
        self.check()
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _GLANCE))
            self.check()

    def wait_while_resuming(self, seconds: float, since: float) -> bool:
        """Wait while something is put back that began at `since`; False when there is no time left for it."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._is_late(since):
                return False
            time.sleep(min(left, _GLANCE))
        return not self._is_late(since)

    def _is_late(self, since: float) -> bool:
        if self.is_stopping:
            return self.seconds_stopping > SECONDS_TO_END
        return time.monotonic() - since > _PATIENCE

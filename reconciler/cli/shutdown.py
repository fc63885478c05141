"""The edge to the process: signals, the wish to stop, and waits that heed it."""

from __future__ import annotations

import contextlib
import datetime
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Generic, TypeVar

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

    def __init__(self, tell: Callable[[str], None], deadline: float | None = None) -> None:
        self._tell = tell
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


_T = TypeVar("_T")
_R = TypeVar("_R")

# How long work that is stuck in a request is waited for after the wish to stop, and how long work that puts things
# back: longer than it may take by itself.
GRACE, LAST_GRACE = 2.0, SECONDS_TO_END + 0.3


def run_concurrently(
    work: Callable[[_T], _R], items: Sequence[_T], workers: int, ends: Shutdown, *, grace: float = GRACE
) -> Iterator[tuple[int, _R | None]]:
    """Do the work on all items, several at once; yields each item's position and result, as they come.

    After the wish to stop, work that does not end within the grace (seconds) is given up and comes with None: its
    thread, which waits for the network, dies with the process. Work that has not begun then is still called.

    When something else goes wrong, in the work or where its results are used, that counts as a wish to stop: what
    has begun gets the time to end well, before the error goes on.
    """
    crew = _WorkerPool(work, items, set(range(len(items))))
    crew.begin(workers)
    try:
        yield from crew.results(ends, grace)
    except Interrupted:
        raise
    except BaseException:
        ends.stop("an error")
        crew.dismiss(ends)
        raise


@dataclass(frozen=True, slots=True)
class _Raised:
    """An error that the work raised; errors that it returned are results like any other."""

    error: BaseException


@dataclass(slots=True)
class _WorkerPool(Generic[_T, _R]):
    """Threads at work on items; `left` are those without a result yet."""

    work: Callable[[_T], _R]
    items: Sequence[_T]
    left: set[int]
    waiting: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    finished: queue.SimpleQueue[tuple[int, _R | _Raised]] = field(default_factory=queue.SimpleQueue)

    def begin(self, workers: int) -> None:
        """Start the threads."""
        for number in range(len(self.items)):
            self.waiting.put(number)
        for _ in range(min(workers, len(self.items))):
            threading.Thread(target=self._take_turns, daemon=True).start()

    def _take_turns(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                number = self.waiting.get_nowait()
                self.finished.put((number, self._caught(number)))

    def _caught(self, number: int) -> _R | _Raised:
        try:
            return self.work(self.items[number])
        except BaseException as error:  # noqa: BLE001 - raised again where the result is waited for
            return _Raised(error)

    def results(self, ends: Shutdown, grace: float) -> Iterator[tuple[int, _R | None]]:
        """The results as they come; None for work that is given up."""
        while self.left:
            if came := self._next():
                self.left.discard(came[0])
                yield came[0], _raised(came[1])
            elif ends.seconds_stopping > grace:
                break
        for number in self._not_begun():
            yield number, self.work(self.items[number])
        for number in sorted(self.left):
            yield number, None

    def _next(self) -> tuple[int, _R | _Raised] | None:
        try:
            return self.finished.get(timeout=_GLANCE)
        except queue.Empty:
            return None

    def _not_begun(self) -> Iterator[int]:
        """Take away from the threads what none of them has begun."""
        with contextlib.suppress(queue.Empty):
            while self.left:
                number = self.waiting.get_nowait()
                self.left.discard(number)
                yield number

    def dismiss(self, ends: Shutdown) -> None:
        """Let what has begun end, as long as there is time for it."""
        for _ in self._not_begun():
            pass
        while self.left and ends.seconds_stopping < LAST_GRACE:
            if came := self._next():
                self.left.discard(came[0])


def _raised(result: _R | _Raised) -> _R:
    if isinstance(result, _Raised):
        raise result.error
    return result

"""Work on several things at once, which ends well whatever happens."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from reconciler.cli.shutdown import SECONDS_TO_END, Shutdown
from reconciler.model.errors import Interrupted

_GLANCE = 0.05

_T = TypeVar("_T")
_R = TypeVar("_R")

# How long work that is stuck in a request is waited for after the wish to stop, and how long work that puts things
# back: longer than it may take by itself.
GRACE, LAST_GRACE = 2.0, SECONDS_TO_END + 0.3


def run_concurrently(
    work: Callable[[_T], _R],
    items: Sequence[_T],
    workers: int | Callable[[], int],
    shutdown: Shutdown,
    *,
    grace: float = GRACE,
) -> Iterator[tuple[int, _R | None]]:
    """Do the work on all items, several at once; yields each item's position and result, as they come.

    How many `workers` there are may be asked for again whenever a result has come: more come then, none go.

    After the wish to stop, work that does not end within the grace (seconds) is given up and comes with None: its
    thread, which waits for the network, dies with the process. Work that has not begun then is still called.

    When something else goes wrong, in the work or where its results are used, that counts as a wish to stop: what
    has begun gets the time to end well, before the error goes on.
    """
    pool = _WorkerPool(work, items, workers if callable(workers) else lambda: workers)
    try:
        yield from pool.results(shutdown, grace)
    except Interrupted:
        raise
    except BaseException:
        shutdown.stop("an error")
        pool.dismiss(shutdown)
        raise


class _Raised(NamedTuple):
    """An error that the work raised; errors that it returned are results like any other."""

    error: BaseException


class _WorkerPool(Generic[_T, _R]):
    """Threads at work on items; `left` are those without a result yet."""

    def __init__(self, work: Callable[[_T], _R], items: Sequence[_T], workers: Callable[[], int]) -> None:
        self.work = work
        self.items = items
        self.workers = workers
        self.left = set(range(len(items)))
        self.begun = 0
        self.waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.finished: queue.SimpleQueue[tuple[int, _R | _Raised]] = queue.SimpleQueue()
        for number in range(len(items)):
            self.waiting.put(number)

    def _add_threads(self) -> None:
        while self.begun < min(self.workers(), len(self.items)):
            threading.Thread(target=self._take_turns, daemon=True).start()
            self.begun += 1

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

    def results(self, shutdown: Shutdown, grace: float) -> Iterator[tuple[int, _R | None]]:
        """The results as they come; None for work that is given up."""
        while self.left:
            self._add_threads()
            if came := self._next():
                self.left.discard(came[0])
                yield came[0], _raised(came[1])
            elif shutdown.seconds_stopping > grace:
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

    def dismiss(self, shutdown: Shutdown) -> None:
        """Let what has begun end, as long as there is time for it."""
        for _ in self._not_begun():
            pass
        while self.left and shutdown.seconds_stopping < LAST_GRACE:
            if came := self._next():
                self.left.discard(came[0])


def _raised(result: _R | _Raised) -> _R:
    if isinstance(result, _Raised):
        raise result.error
    return result

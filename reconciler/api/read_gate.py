"""How many reads go side by side: more while the API answers as fast as at first, fewer where it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable

# Reads at once: at first, and at most.
_AT_FIRST, MOST_READS = 8, 32
# How much slower than the first answers others may come, before it is we who make the API slow; and how much slower
# may still be chance, where no more go at once than at first.
_SLOWER, _CHANCE = 1.2, 1.5
# So many of the first answers are a sure measure, and more of them take time at every round.
_ENOUGH = 256
# Seconds between two looks whether somebody asked us to stop.
_GLANCE = 0.1


class ReadGate:
    """One for all workers: they enter it for each try of a read, and leave it with what came of it.

    A round is as many answers as reads went at once. After each the number doubles; it is halved as soon as one is
    refused (429), and where the median of a round is slower than that of the first answers, down to as many as went
    then. Few answers are no sure measure: the first are those of every round that was no larger, but for rounds in
    which the API itself has become slower. `most` is never exceeded.
    """

    def __init__(self, most: int = MOST_READS) -> None:
        self.most = most
        self.at_once = min(_AT_FIRST, most)
        self._inside = self._round = 0
        self._seconds: list[float] = []
        self._first: list[float] = []
        self._turn = threading.Condition()

    def enter(self, check: Callable[[], None]) -> int:
        """Wait until another read may go; the number of its round. `check` raises where we were asked to stop."""
        with self._turn:
            while self._inside >= self.at_once:
                self._turn.wait(_GLANCE)
                check()
            self._inside += 1
            return self._round

    def leave(self, of_round: int, seconds: float | None, *, is_refused: bool = False) -> None:
        """A read that entered in this round is over, after so many seconds; None where no answer came."""
        with self._turn:
            self._inside -= 1
            if of_round == self._round:
                self._learn(seconds, is_refused=is_refused)
            self._turn.notify(max(self.at_once - self._inside, 0))

    def _learn(self, seconds: float | None, *, is_refused: bool) -> None:
        if is_refused:
            self._next_round(self.at_once // 2)
            return
        if seconds is not None:
            self._seconds.append(seconds)
        if len(self._seconds) < self.at_once:
            return
        is_narrow = self.at_once <= _AT_FIRST
        if is_narrow and len(self._first) < _ENOUGH and self._is_within(_CHANCE):
            self._first.extend(self._seconds)
        if self._is_within(_SLOWER):
            self._next_round(self.at_once * 2)
        else:
            self._next_round(self.at_once if is_narrow else self.at_once // 2)

    def _is_within(self, share: float) -> bool:
        """Whether answers come as fast as at first, or at most so many times slower."""
        import statistics  # noqa: PLC0415 - few runs have a whole round of reads

        return not self._first or statistics.median(self._seconds) <= statistics.median(self._first) * share

    def _next_round(self, at_once: int) -> None:
        self.at_once = max(1, min(at_once, self.most))
        self._round += 1
        self._seconds.clear()


def reads_at_once(concurrency: int) -> int:
    """The most reads at once, where somebody wants so many requests side by side: who wants few, gets few."""
    return MOST_READS if concurrency >= _AT_FIRST else concurrency

"""How many reads go side by side."""

from __future__ import annotations

import threading

import pytest

from reconciler.api.read_gate import ReadGate, reads_at_once
from reconciler.model.errors import Interrupted


def go_on() -> None:
    """Nobody asked us to stop."""


def round_of(gate: ReadGate, seconds: float | None, *, is_refused: bool = False) -> int:
    """One round of reads that all take as long; how many go at once after it."""
    turns = [gate.enter(go_on) for _ in range(gate.at_once)]
    for turn in turns:
        gate.leave(turn, seconds, is_refused=is_refused)
    return gate.at_once


def test_reads_double_while_answers_come_as_fast_as_at_first() -> None:
    gate = ReadGate()

    assert [gate.at_once, *(round_of(gate, seconds) for seconds in (0.30, 0.31, 0.36, 0.30))] == [8, 16, 32, 32, 32]


def test_reads_never_halve_for_slowness_below_what_the_first_answers_were_measured_at() -> None:
    gate = ReadGate()
    round_of(gate, 0.30)

    assert [round_of(gate, 0.90) for _ in range(3)] == [8, 8, 8]
    assert round_of(gate, 0.30) == 16


def test_a_first_round_that_was_fast_by_chance_is_put_right_by_others_like_it() -> None:
    gate = ReadGate()
    round_of(gate, 0.22)

    assert [round_of(gate, 0.30) for _ in range(4)] == [8, 16, 32, 32]


@pytest.mark.parametrize("seconds", [0.37, 3.0])
def test_reads_halve_where_answers_come_slower(seconds: float) -> None:
    gate = ReadGate()
    round_of(gate, 0.30)

    assert [round_of(gate, seconds), round_of(gate, 0.30)] == [8, 16]


def test_reads_halve_at_the_first_that_is_refused_and_once_for_all_of_its_round() -> None:
    gate = ReadGate()

    assert [round_of(gate, 0.1, is_refused=True), round_of(gate, 0.1)] == [4, 8]


def test_one_read_always_goes() -> None:
    gate = ReadGate()
    for _ in range(5):
        round_of(gate, 0.1, is_refused=True)

    assert gate.at_once == 1


def test_a_read_without_an_answer_tells_nothing() -> None:
    gate = ReadGate()

    assert [round_of(gate, None), round_of(gate, 0.1)] == [8, 16]


def test_who_wants_few_requests_side_by_side_gets_few() -> None:
    gate = ReadGate(reads_at_once(2))

    assert [gate.at_once, round_of(gate, 0.1), reads_at_once(8), reads_at_once(32)] == [2, 2, 32, 32]


def test_who_waits_enters_when_another_leaves() -> None:
    gate = ReadGate(1)
    turn, entered = gate.enter(go_on), threading.Event()

    def wait() -> None:
        gate.enter(go_on)
        entered.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    was_in = entered.is_set()
    gate.leave(turn, 0.1)
    waiting.join(5)

    assert (was_in, entered.is_set()) == (False, True)


def test_who_waits_is_interrupted() -> None:
    gate = ReadGate(1)
    gate.enter(go_on)

    def stop() -> None:
        raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        gate.enter(stop)

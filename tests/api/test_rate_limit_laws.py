"""Laws of the limiter, against a server with a fixed window that starts at its first request."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_budget import Permit
from reconciler.api.rate_limit import Limiter
from reconciler.api.rate_limit_headers import RateLimitHeaders
from tests.support.limiter import World, learnt

# Seconds; short, because the clock of these tests goes in tenths of a second.
WINDOW = 4.0
# How long a drawn case takes says nothing here.
LAW = settings(deadline=None, max_examples=60)


@dataclass
class Server:
    """A fixed window, as the API has it; `form` is how it tells its state."""

    world: World
    limit: int
    window: float
    form: str
    began: float | None = None
    hits: int = 0
    windows: int = 0
    served: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)

    def answer(self) -> tuple[RateLimitHeaders, bool]:
        now = self.world.now
        if self.began is None or now >= self.began + self.window:
            self.began, self.hits, self.windows = now, 0, self.windows + 1
        self.hits += 1
        refused = self.hits > self.limit
        (self.refused if refused else self.served)[self.windows] += 1
        whole = math.floor if self.form == "rounded down" else math.ceil
        left, until = max(0, self.limit - self.hits), float(whole(self.began + self.window - now))
        if self.form == "on 429":
            return (RateLimitHeaders(self.limit, 0, until, until) if refused else RateLimitHeaders()), refused
        return RateLimitHeaders(
            self.limit, left, None if self.form == "no reset" else until, until if refused else None
        ), refused


@LAW
@given(
    limit=st.integers(1, 12),
    window=st.floats(1, 8),
    pace=st.floats(0, 3),
    form=st.sampled_from(["reset", "no reset", "on 429"]),
    count=st.integers(1, 60),
)
def test_one_worker_meets_at_most_one_429_a_window_and_none_where_the_reset_is_told(
    limit: int, window: float, pace: float, form: str, count: int
) -> None:
    world = World()
    server, limiter = Server(world, limit, window, form), world.limiter()
    for _ in range(count):
        permit = limiter.enter()
        answer, refused = server.answer()
        world.now += pace
        limiter.leave(permit, answer, refused=refused)

    assert max(server.refused.values(), default=0) <= (form != "reset")


@LAW
@given(limit=st.integers(1, 12), window=st.floats(3, 8), pace=st.floats(0, 3), count=st.integers(1, 120))
def test_a_reset_that_is_told_rounded_down_costs_one_429_and_not_one_a_window(
    limit: int, window: float, pace: float, count: int
) -> None:
    world = World()
    server, limiter = Server(world, limit, window, "rounded down"), world.limiter()
    for _ in range(count):
        permit = limiter.enter()
        answer, refused = server.answer()
        world.now += pace
        limiter.leave(permit, answer, refused=refused)

    assert server.refused.total() <= 1


@LAW
@given(
    limit=st.integers(2, 12),
    processes=st.integers(2, 4),
    turns=st.lists(st.integers(0, 3), min_size=1, max_size=120),
)
def test_processes_that_share_a_limit_meet_at_most_one_429_each_a_window(
    limit: int, processes: int, turns: list[int]
) -> None:
    world = World()
    server, limiters = Server(world, limit, WINDOW, "reset"), [world.limiter() for _ in range(processes)]
    for turn in turns:
        limiter = limiters[turn % processes]
        permit = limiter.enter()
        answer, refused = server.answer()
        limiter.leave(permit, answer, refused=refused)

    assert max(server.refused.values(), default=0) <= processes


@LAW
@given(limit=st.integers(1, 40), count=st.integers(1, 200))
def test_one_worker_uses_every_window_up(limit: int, count: int) -> None:
    world = World()
    server, limiter = Server(world, limit, WINDOW, "reset"), world.limiter()
    for _ in range(count):
        permit = limiter.enter()
        answer, refused = server.answer()
        limiter.leave(permit, answer, refused=refused)

    full = [served for window, served in server.served.items() if window < server.windows]
    assert full == [limit] * (server.windows - 1)
    assert world.now - 1000 == pytest.approx(WINDOW * (server.windows - 1), abs=0.1 * server.windows)


@dataclass
class Crew:
    """Workers on one thread: what is under way is acted on and answered in an order that is drawn."""

    server: Server
    limiter: Limiter
    chance: Iterator[int]
    sent: list[Permit] = field(default_factory=list)
    acted: list[tuple[Permit, RateLimitHeaders | None, bool]] = field(default_factory=list)

    def step(self) -> bool:
        """Something happens to a request that is under way; False if there is none."""
        if not self.sent and not self.acted:
            return False
        draw = next(self.chance)
        if self.sent and (draw % 2 or not self.acted):
            self._act(self.sent.pop(draw % len(self.sent)), draw)
        else:
            permit, answer, refused = self.acted.pop(draw % len(self.acted))
            self.limiter.leave(permit, answer, refused=refused)
        return True

    def _act(self, permit: Permit, draw: int) -> None:
        """One in ten is dropped before the server counts it, one in ten is lost after that; what is refused is told."""
        if draw % 10 == 7:
            self.acted.append((permit, None, False))
            return
        answer, refused = self.server.answer()
        is_lost = draw % 10 == 3 and not refused
        self.acted.append((permit, None, False) if is_lost else (permit, answer, refused))


def everlasting(draws: list[int]) -> Iterator[int]:
    while True:
        yield from draws


@LAW
@given(
    limit=st.integers(1, 30),
    workers=st.integers(1, 8),
    count=st.integers(1, 120),
    paused=st.integers(0, 3),
    draws=st.lists(st.integers(0, 1000), min_size=1, max_size=40),
)
def test_many_workers_meet_at_most_one_429_a_window_on_a_server_that_tells_what_is_left(
    limit: int, workers: int, count: int, paused: int, draws: list[int]
) -> None:
    world = World()
    server, limiter = Server(world, limit, WINDOW, "reset"), world.limiter()
    learnt(limiter, server.answer()[0])
    crew = Crew(server, limiter, everlasting(draws))
    world.while_resting = crew.step
    shares = [PauseShare(f"c-{number}", begins=True) for number in range(paused)] + [None] * count
    for share in shares:
        while len(crew.sent) + len(crew.acted) >= workers:
            crew.step()
        crew.sent.append(limiter.enter(share=share))
    while crew.step():
        pass

    assert max(server.refused.values(), default=0) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_one_request_in_ten_that_is_dropped_does_not_eat_the_window(seed: int) -> None:
    world, chance = World(), random.Random(seed)  # noqa: S311 - a drawn order, nothing secret
    server, limiter = Server(world, 100, WINDOW, "reset"), world.limiter()
    crew = Crew(server, limiter, iter(lambda: chance.randrange(1000), None))
    world.while_resting = crew.step
    while server.windows < 4:
        while len(crew.sent) + len(crew.acted) >= 8:
            crew.step()
        crew.sent.append(limiter.enter())

    # What is in doubt at the very end of a window is left: no more than the workers have under way.
    assert [server.served[window] >= 92 for window in (2, 3)] == [True, True]

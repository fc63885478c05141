"""The limiter: what headers tell, and when a request may go; laws against a server with a fixed window."""

from __future__ import annotations

import math
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.api.rate_limit import Limiter, Permit, RateLimitHeaders, rate_limit_headers
from reconciler.model.errors import Interrupted

NOW = 1_800_000_000.0
# Seconds; short, because the clock of these tests goes in tenths of a second.
WINDOW = 4.0
# How long a drawn case takes says nothing here.
LAW = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, RateLimitHeaders(), id="nothing told"),
        pytest.param(
            {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "7"}, RateLimitHeaders(100, 7), id="without a reset"
        ),
        pytest.param({"x-ratelimit-remaining": "0"}, RateLimitHeaders(remaining=0), id="nothing left"),
        pytest.param({"x-ratelimit-reset": "38"}, RateLimitHeaders(reset_in=38.0), id="reset in seconds"),
        pytest.param({"x-ratelimit-reset": "1800000038"}, RateLimitHeaders(reset_in=38.0), id="reset as an epoch"),
        pytest.param({"x-ratelimit-reset": "1799999990"}, RateLimitHeaders(reset_in=0.0), id="reset has passed"),
        pytest.param({"x-ratelimit-reset": "1.5"}, RateLimitHeaders(reset_in=1.5), id="reset with a fraction"),
        pytest.param(
            {"x-ratelimit-reset": "1800000038000"}, RateLimitHeaders(), id="reset in milliseconds is not believed"
        ),
        pytest.param({"retry-after": "12"}, RateLimitHeaders(retry_after=12.0), id="retry after seconds"),
        pytest.param({"retry-after": "0"}, RateLimitHeaders(retry_after=0.0), id="retry after 0"),
        pytest.param(
            {"retry-after": formatdate(NOW + 12, usegmt=True)},
            RateLimitHeaders(retry_after=12.0),
            id="retry after an HTTP date",
        ),
        pytest.param(
            {"retry-after": formatdate(NOW - 12, usegmt=True)},
            RateLimitHeaders(retry_after=0.0),
            id="a date that has passed",
        ),
        pytest.param(
            {"date": formatdate(NOW - 3600, usegmt=True), "x-ratelimit-reset": f"{NOW - 3600 + 20:.0f}"},
            RateLimitHeaders(reset_in=20.0),
            id="a server whose clock is an hour slow",
        ),
        pytest.param(
            {
                "date": formatdate(NOW + 3600, usegmt=True),
                "retry-after": formatdate(NOW + 3630, usegmt=True),
            },
            RateLimitHeaders(retry_after=30.0),
            id="a server whose clock is an hour fast",
        ),
        pytest.param(
            {"date": formatdate(NOW - 1, usegmt=True), "x-ratelimit-reset": f"{NOW + 20:.0f}"},
            RateLimitHeaders(reset_in=20.0),
            id="a second between two clocks is what the way takes",
        ),
        pytest.param({"retry-after": "soon", "x-ratelimit-limit": "many"}, RateLimitHeaders(), id="words"),
        pytest.param({"retry-after": "-3", "x-ratelimit-remaining": "-1"}, RateLimitHeaders(), id="less than nothing"),
        pytest.param(
            {"retry-after": "nan", "x-ratelimit-reset": "inf", "x-ratelimit-limit": ""},
            RateLimitHeaders(),
            id="no number",
        ),
    ],
)
def test_headers_are_read(headers: dict[str, str], expected: RateLimitHeaders) -> None:
    assert rate_limit_headers(headers, NOW) == expected


@dataclass
class World:
    """A clock that moves only when somebody rests, the wish to stop, and what was told."""

    now: float = 1000.0
    is_stopping: bool = False
    reserve: int = 0
    lines: list[str] = field(default_factory=list)
    while_resting: Callable[[], bool] = lambda: False

    def check(self) -> None:
        if self.is_stopping:
            raise Interrupted("stopped")

    def rest(self, _turn: threading.Condition, seconds: float) -> None:
        if not self.while_resting():
            self.now += seconds

    def limiter(self) -> Limiter:
        return Limiter(self.lines.append, self, lambda: self.reserve, lambda: self.now, self.rest)


@pytest.fixture
def world() -> World:
    return World()


def learnt(limiter: Limiter, answer: RateLimitHeaders | None, *, refused: bool = False) -> Permit:
    """One request that goes and comes back with this answer."""
    ticket = limiter.enter()
    limiter.leave(ticket, answer, refused=refused)
    return ticket


def waited(limiter: Limiter, *, urgent: bool = False) -> float:
    ticket = limiter.enter(urgent=urgent)
    limiter.leave(ticket, None)
    return round(ticket.waited, 3)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        pytest.param(RateLimitHeaders(retry_after=7.0), 7, id="as Retry-After says"),
        pytest.param(RateLimitHeaders(reset_in=38.0), 38, id="as Reset says where Retry-After is missing"),
        pytest.param(RateLimitHeaders(retry_after=7.0, reset_in=38.0), 7, id="Retry-After before Reset"),
        pytest.param(RateLimitHeaders(retry_after=0.0, reset_in=38.0), 38, id="Reset where Retry-After is 0"),
        pytest.param(
            RateLimitHeaders(retry_after=0.0), 1, id="a second where Retry-After is 0 and nothing else is told"
        ),
        pytest.param(RateLimitHeaders(), 60, id="a minute where nothing is told"),
        pytest.param(RateLimitHeaders(retry_after=7200.0), 300, id="never more than five minutes"),
    ],
)
def test_after_a_429_it_waits(world: World, answer: RateLimitHeaders, seconds: float) -> None:
    limiter = world.limiter()
    learnt(limiter, answer, refused=True)

    assert waited(limiter) == pytest.approx(seconds)


def test_waiting_is_told_once_with_how_long(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(retry_after=38.0), refused=True)
    for _ in range(3):
        learnt(limiter, RateLimitHeaders(limit=100, remaining=50, reset_in=60.0))

    assert world.lines == ["rate limited, waiting 38 s"]


def test_a_short_wait_is_not_worth_a_line(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=0.9))
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=0.9))

    assert world.lines == []


def test_zero_again_and_again_makes_the_waits_grow(world: World) -> None:
    limiter = world.limiter()
    waits = [round(learnt(limiter, RateLimitHeaders(retry_after=0.0), refused=True).waited) for _ in range(8)]

    assert waits == [0, 1, 2, 4, 8, 16, 32, 64]


def test_after_an_answer_the_waits_are_short_again(world: World) -> None:
    limiter = world.limiter()
    for _ in range(4):
        learnt(limiter, RateLimitHeaders(retry_after=0.0), refused=True)
    learnt(limiter, RateLimitHeaders())
    learnt(limiter, RateLimitHeaders(retry_after=0.0), refused=True)

    assert waited(limiter) == pytest.approx(1)


def test_refusals_of_requests_that_were_on_their_way_are_one_refusal(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders())
    tickets = [limiter.enter() for _ in range(8)]
    for ticket in tickets:
        limiter.leave(ticket, RateLimitHeaders(retry_after=0.0), refused=True)

    assert waited(limiter) == pytest.approx(1)


def test_near_its_end_it_waits_for_the_reset(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=2, reset_in=30.0))

    assert [waited(limiter), waited(limiter), waited(limiter)] == [0, 0, pytest.approx(30)]


def test_of_resets_in_whole_seconds_the_earliest_is_believed(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=9, reset_in=5.0))
    world.now += 0.5
    learnt(limiter, RateLimitHeaders(limit=10, remaining=0, reset_in=4.0))

    assert waited(limiter) == pytest.approx(4)


def test_the_limit_that_was_told_is_known(world: World) -> None:
    limiter = world.limiter()
    before = limiter.limit
    learnt(limiter, RateLimitHeaders(limit=100, remaining=2))

    assert (before, limiter.limit) == (None, 100)


def test_the_reserve_is_kept_for_what_is_urgent(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=6, reset_in=30.0))
    world.reserve = 6
    urgent = [waited(limiter, urgent=True) for _ in range(3)]

    assert [*urgent, waited(limiter)] == [0, 0, 0, pytest.approx(30)]


def test_the_reserve_is_never_more_than_half_a_window(world: World) -> None:
    limiter = world.limiter()
    world.reserve = 60
    learnt(limiter, RateLimitHeaders(limit=10, remaining=9, reset_in=30.0))

    assert [waited(limiter) for _ in range(4)] == [0, 0, 0, 0]
    assert waited(limiter) == pytest.approx(30)


def test_what_is_urgent_waits_for_the_reset_too(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=0, reset_in=30.0))

    assert waited(limiter, urgent=True) == pytest.approx(30)


def test_what_is_urgent_goes_at_once_when_we_are_asked_to_stop(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(retry_after=60.0), refused=True)
    world.is_stopping = True

    assert waited(limiter, urgent=True) == 0


def test_what_is_not_urgent_is_interrupted_in_its_wait(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(retry_after=60.0), refused=True)

    def ask_to_stop() -> bool:
        world.is_stopping = world.now > 1002
        return False

    world.while_resting = ask_to_stop
    with pytest.raises(Interrupted):
        limiter.enter()
    assert world.now == pytest.approx(1002.1)


def test_what_is_urgent_goes_before_those_who_wait(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=1, reset_in=30.0))
    order: list[str] = []
    holder = limiter.enter()

    def come() -> bool:
        """While one waits, an urgent one comes, and only then is there room for one."""
        world.while_resting = lambda: False
        limiter.leave(limiter.enter(urgent=True), RateLimitHeaders(limit=10, remaining=9, reset_in=60.0))
        order.append("urgent")
        return True

    world.while_resting = come
    limiter.leave(limiter.enter(), None)
    order.append("patient")
    limiter.leave(holder, None)

    assert order == ["urgent", "patient"]


def test_after_a_wait_one_goes_alone_until_its_answer_is_there(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(retry_after=5.0), refused=True)
    probe = limiter.enter()
    rests = 0

    def come_back_at_the_third() -> bool:
        nonlocal rests
        rests += 1
        if rests == 3:
            limiter.leave(probe, RateLimitHeaders(limit=10, remaining=9, reset_in=60.0))
        return True

    world.while_resting = come_back_at_the_third
    limiter.enter()
    assert rests == 3


def test_a_probe_that_is_lost_lets_the_next_one_go_alone(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(retry_after=5.0), refused=True)
    lost = limiter.enter()
    limiter.leave(lost, None)
    probe = limiter.enter()

    assert (lost.is_probe, probe.is_probe) == (True, True)


def test_where_nobody_refused_us_a_lost_first_request_holds_nobody_up(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, None)

    assert [limiter.enter().waited for _ in range(8)] == [0] * 8


def test_a_late_answer_of_the_last_window_is_not_believed(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=5, reset_in=10.0))
    late = limiter.enter()
    world.now += 11
    learnt(limiter, RateLimitHeaders(limit=10, remaining=9, reset_in=10.0))
    limiter.leave(late, RateLimitHeaders(limit=10, remaining=1, reset_in=0.0))

    assert [waited(limiter) for _ in range(9)] == [0] * 9


def test_requests_without_a_word_on_the_limit_count_until_an_answer_shows_that_they_did_not(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=4, reset_in=30.0))
    for _ in range(3):
        learnt(limiter, None)
    learnt(limiter, RateLimitHeaders(limit=10, remaining=3, reset_in=30.0))

    assert [waited(limiter) for _ in range(4)] == [0, 0, 0, pytest.approx(30)]


def test_with_headers_on_429_alone_it_counts_by_itself(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=5, remaining=0, reset_in=20.0), refused=True)
    tickets = [learnt(limiter, RateLimitHeaders()) for _ in range(6)]

    assert [ticket.is_probe for ticket in tickets] == [True, False, False, False, False, True]


# Laws, against a server with a fixed window that starts at its first request.


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
        left, until = max(0, self.limit - self.hits), float(math.ceil(self.began + self.window - now))
        if self.form == "on 429":
            return (RateLimitHeaders(self.limit, 0, until, until) if refused else RateLimitHeaders()), refused
        return RateLimitHeaders(
            self.limit, left, until if self.form == "reset" else None, until if refused else None
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
        ticket = limiter.enter()
        answer, refused = server.answer()
        world.now += pace
        limiter.leave(ticket, answer, refused=refused)

    assert max(server.refused.values(), default=0) <= (form != "reset")


@LAW
@given(limit=st.integers(1, 40), count=st.integers(1, 200))
def test_one_worker_uses_every_window_up(limit: int, count: int) -> None:
    world = World()
    server, limiter = Server(world, limit, WINDOW, "reset"), world.limiter()
    for _ in range(count):
        ticket = limiter.enter()
        answer, refused = server.answer()
        limiter.leave(ticket, answer, refused=refused)

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
            ticket, answer, refused = self.acted.pop(draw % len(self.acted))
            self.limiter.leave(ticket, answer, refused=refused)
        return True

    def _act(self, ticket: Permit, draw: int) -> None:
        """One in ten is dropped before the server counts it, one in ten is lost after that; what is refused is told."""
        if draw % 10 == 7:
            self.acted.append((ticket, None, False))
            return
        answer, refused = self.server.answer()
        is_lost = draw % 10 == 3 and not refused
        self.acted.append((ticket, None, False) if is_lost else (ticket, answer, refused))


def everlasting(draws: list[int]) -> Iterator[int]:
    while True:
        yield from draws


@LAW
@given(
    limit=st.integers(1, 30),
    workers=st.integers(1, 8),
    count=st.integers(1, 120),
    reserve=st.integers(0, 12),
    draws=st.lists(st.integers(0, 1000), min_size=1, max_size=40),
)
def test_many_workers_meet_at_most_one_429_a_window_on_a_server_that_tells_what_is_left(
    limit: int, workers: int, count: int, reserve: int, draws: list[int]
) -> None:
    world = World(reserve=reserve)
    server, limiter = Server(world, limit, WINDOW, "reset"), world.limiter()
    learnt(limiter, server.answer()[0])
    crew = Crew(server, limiter, everlasting(draws))
    world.while_resting = crew.step
    for _ in range(count):
        while len(crew.sent) + len(crew.acted) >= workers:
            crew.step()
        crew.sent.append(limiter.enter())
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


def test_windows_that_follow_each_other_are_told_apart_without_a_reset(world: World) -> None:
    limiter = world.limiter()
    remaining = [3, 2, 9, 8]
    for left in remaining:
        learnt(limiter, RateLimitHeaders(limit=10, remaining=left))

    assert [waited(limiter) for _ in range(8)] == [0] * 8
    assert [one > two for one, two in pairwise(remaining)] == [True, False, True]

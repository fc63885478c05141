"""The limiter: when a request may go, and who goes first."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_limit import TurnTooLate
from reconciler.api.rate_limit_headers import RateLimitHeaders
from reconciler.model.errors import Interrupted
from tests.support.limiter import World, learnt, waited


@pytest.fixture
def world() -> World:
    return World()


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
    permits = [limiter.enter() for _ in range(8)]
    for permit in permits:
        limiter.leave(permit, RateLimitHeaders(retry_after=0.0), refused=True)

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


def test_a_pause_begins_only_where_enough_is_left_for_all_that_comes_after_it(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=17, reset_in=30.0))
    pauses = [waited(limiter, share=PauseShare(name, begins=True)) for name in ("a", "b")]

    assert pauses == [0, pytest.approx(30)]


def test_what_is_kept_back_for_a_pause_is_for_its_campaign_and_at_last_for_its_end(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=9, reset_in=30.0))
    paused = [waited(limiter, share=PauseShare("a", begins=not number)) for number in range(7)]
    urgent = [waited(limiter, urgent=True) for _ in range(2)]

    assert [*paused, *urgent] == [0] * 9
    assert waited(limiter, share=PauseShare("a")) == pytest.approx(30)


def test_others_wait_while_requests_are_kept_back_and_go_when_the_pause_is_over(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=9, reset_in=30.0))
    assert waited(limiter, share=PauseShare("a", begins=True)) == 0
    with pytest.raises(TurnTooLate):
        limiter.enter(within=10)
    limiter.pause_ended("a")

    assert [waited(limiter) for _ in range(8)] == [0] * 8


def test_what_pauses_took_is_what_is_kept_back_for_the_next(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=60, reset_in=30.0))
    for number in range(6):
        waited(limiter, share=PauseShare(str(number), begins=True))
        waited(limiter, share=PauseShare(str(number)))
        limiter.pause_ended(str(number))
    left = 60 - 12
    waited(limiter, share=PauseShare("next", begins=True))
    others = 0
    while waited(limiter) == 0:
        others += 1

    assert others == left - 1 - 4


def test_the_same_pause_tried_again_keeps_back_no_more(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=20, reset_in=30.0))
    for _ in range(5):
        waited(limiter, share=PauseShare("a", begins=True))

    assert [waited(limiter) for _ in range(11)] == [0] * 11
    assert waited(limiter) == pytest.approx(30)


def test_the_reserve_is_never_more_than_half_a_window(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=9, reset_in=30.0))

    assert [waited(limiter, share=PauseShare(name, begins=True)) for name in "abcd"] == [0, 0, 0, 0]
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
    permits = [learnt(limiter, RateLimitHeaders()) for _ in range(6)]

    assert [permit.is_probe for permit in permits] == [True, False, False, False, False, True]


def test_windows_that_follow_each_other_are_told_apart_without_a_reset(world: World) -> None:
    limiter = world.limiter()
    remaining = [3, 2, 9, 8]
    for left in remaining:
        learnt(limiter, RateLimitHeaders(limit=10, remaining=left))

    assert [waited(limiter) for _ in range(8)] == [0] * 8
    assert [one > two for one, two in pairwise(remaining)] == [True, False, True]


def test_a_reset_is_waited_for_no_longer_than_five_minutes(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=100, remaining=0, reset_in=7200.0))

    assert waited(limiter) == pytest.approx(300)


def test_a_reset_that_was_told_rounded_down_is_waited_for_a_second_longer_from_then_on(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=4.0))
    too_early = learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=0.0, retry_after=1.0), refused=True)
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=4.0))

    assert [round(too_early.waited), waited(limiter)] == [4, pytest.approx(5)]


def test_a_window_that_another_process_used_up_says_nothing_of_how_resets_are_rounded(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=4.0))
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=60.0), refused=True)
    learnt(limiter, RateLimitHeaders(limit=1, remaining=0, reset_in=4.0))

    assert waited(limiter) == pytest.approx(4)


def test_a_late_answer_does_not_open_what_a_429_closed(world: World) -> None:
    limiter = world.limiter()
    learnt(limiter, RateLimitHeaders(limit=10, remaining=9, reset_in=60.0))
    late = limiter.enter()
    learnt(limiter, RateLimitHeaders(retry_after=5.0), refused=True)
    limiter.leave(late, RateLimitHeaders(limit=10, remaining=8, reset_in=60.0))

    assert waited(limiter) == pytest.approx(5)

"""How much of the rate limit is left, as far as answers tell: a small state machine without threads and clocks.

| state   | what is known                                          | who may go                             |
| ------- | ------------------------------------------------------ | -------------------------------------- |
| Unknown | nothing: at first, and when a window or a wait is over | one, alone: the probe; and urgent ones |
| Counted | how many requests are left, and perhaps until when     | all, while enough are left             |
| Free    | that the API tells nothing of a limit                  | all                                    |
| Closed  | that a request was turned away (429), and until when   | nobody                                 |

    Unknown --answer of the probe--> Counted, or Free where it tells nothing of a limit
    Counted --the reset, or nothing left and all are back--> Unknown
    Closed  --the wait is over--> Unknown
    any     --429--> Closed

Answers come back in another order than requests went, some never come, and other processes may use the same limit.
So what is left is the least that an answer of this window told, less what the API may have counted after that answer:
requests under way, and those that came back *untold*, without a word on what is left.
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.api.pause_share import PauseShare
from reconciler.api.rate_limit_headers import CLOCK_SKEW, LONGEST_WAIT, RateLimitHeaders

# The window of the limit as the API's page gives it, in seconds: how long to wait after a 429 that tells nothing.
WINDOW = 60.0
# The shortest wait after a 429: "0 seconds" is a part of a second, cut to whole ones.
_SHORTEST_WAIT = 1.0
# Waits double with each 429 in a row; so many doublings are more than LONGEST_WAIT.
_MOST_DOUBLINGS = 9
# When to look again where only an answer that is under way can tell more, in seconds.
GLANCE = 0.1
# Requests that a pause needs until it is over: a look, the PUT, the resume, and one to spare; how many of these are
# left to the look and the resume alone; and what is thought to be needed before any was over, since PUTs are refused
# while queues drain, and at most.
_OF_A_PAUSE, _OF_A_RESUME, _AT_FIRST, _AT_MOST = 4, 2, 8, 12


class Permit(NamedTuple):
    """A request that may go, with what was known when it went.

    `number` counts requests from 1. `returned` and `untold` count those that had come back by then, and those among
    them that did not tell what is left. `is_probe`: it goes alone, and its answer decides when the others follow.
    `waited` is in seconds.
    """

    number: int
    returned: int
    untold: int
    is_probe: bool
    waited: float = 0.0


class Unknown(NamedTuple):
    """Nothing is known. `probe` is the number of the request that finds out; `after` the reset that was waited for.

    `begins` where a new window must have begun, as far as we know: a probe that is lost then holds nobody up.
    """

    begins: bool
    after: float | None = None
    probe: int | None = None


class Counted(NamedTuple):
    """`remaining` requests until `reset_at`, where that is told; `untold` requests are contained in that already."""

    remaining: int
    reset_at: float | None
    untold: int


class Free:
    """The API tells nothing of a limit."""


class Closed(NamedTuple):
    """A request was turned away: nothing goes until then."""

    until: float


class RateBudget:
    """What is known of the limit. Not safe for threads: whoever shares it holds a lock. Times are in seconds."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self._state: Unknown | Counted | Free | Closed = Unknown(begins=True)
        self._refusals_in_a_row = 0
        # A second where resets turned out to be told rounded down; those rounded up need none.
        self._grace = 0.0
        self._sent = self._returned = self._untold = 0
        # Campaigns that are paused, for which requests are kept back, with how many each has used since; and how many
        # one is thought to need, which those that are over have shown.
        self._paused: dict[str, int] = {}
        self._needed = _AT_FIRST

    def seconds_to_wait(self, now: float, *, urgent: bool = False, share: PauseShare | None = None) -> float:
        """0 if a request may go now; else when to look again."""
        self._pass_time(now)
        state = self._state
        if isinstance(state, Closed):
            return state.until - now
        if isinstance(state, Free):
            return 0.0
        if isinstance(state, Unknown):
            return 0.0 if state.probe is None or urgent else GLANCE
        kept = 0 if urgent else self._kept_from(share)
        return 0.0 if self._left(state) > kept else self._wait_for_more(state, now)

    def _kept_from(self, share: PauseShare | None) -> int:
        """How many requests are kept back from one that is not urgent, for campaigns that are paused.

        Never more than half of a window, or the others could wait for ever.
        """
        most = (self.limit or 0) // 2
        if share and (share.campaign_id in self._paused or not share.begins):
            return min(_OF_A_RESUME * len(self._paused), most // 2)
        kept = sum(max(self._needed - used, _OF_A_RESUME) for used in self._paused.values())
        return min(kept + self._needed if share else kept, most)

    def pause_ended(self, campaign_id: str) -> None:
        """Nothing has to be kept back for this campaign any more."""
        used = self._paused.pop(campaign_id, None)
        if used is not None:
            self._needed = min(max(used + 1, self._needed - 1, _OF_A_PAUSE), _AT_MOST)

    def _wait_for_more(self, window: Counted, now: float) -> float:
        if window.reset_at is not None:
            return window.reset_at + self._grace - now
        if self._sent > self._returned:
            return GLANCE
        # Nobody said until when, and nobody is under way who could tell: one has to find out.
        self._state = Unknown(begins=False)
        return 0.0

    def permit(self, share: PauseShare | None = None) -> Permit:
        """A request goes now."""
        state = self._state
        if share and (share.begins or share.campaign_id in self._paused):
            self._paused[share.campaign_id] = self._paused.get(share.campaign_id, -1) + 1
        self._sent += 1
        is_probe = False
        if isinstance(state, Unknown) and state.probe is None:
            self._state = state._replace(probe=self._sent)
            is_probe = True
        return Permit(self._sent, self._returned, self._untold, is_probe)

    def answered(self, permit: Permit, told: RateLimitHeaders, now: float) -> None:
        """An answer came that is no 429."""
        self._come_back(told, now)
        state = self._state
        if isinstance(state, Closed) or (isinstance(state, Unknown) and permit.number != state.probe):
            return  # it belongs to a window that is over
        self._refusals_in_a_row = 0
        if told.remaining is not None:
            self._count(permit, told.remaining, told.reset_in, now)
        elif isinstance(state, Unknown):
            # Where the limit is known from a 429, a new window has begun, which only we count.
            self._state = Counted(self.limit - 1, None, self._untold) if self.limit is not None else Free()

    def refused(self, permit: Permit, told: RateLimitHeaders, now: float) -> None:
        """A 429 came: wait as long as it says, and longer each time when that does not help."""
        self._come_back(told, now)
        state = self._state
        if not isinstance(state, Closed):  # else it was on its way when another one was turned away
            self._refusals_in_a_row += 1
        if isinstance(state, Unknown) and permit.number == state.probe and _is_same_window(state.after, told, now):
            self._grace = 1.0
        shortest = _SHORTEST_WAIT * 2.0 ** min(self._refusals_in_a_row - 1, _MOST_DOUBLINGS)
        until = now + min(max(_told_wait(told), shortest), LONGEST_WAIT)
        self._state = Closed(max(until, state.until) if isinstance(state, Closed) else until)

    def lost(self, permit: Permit, now: float) -> None:
        """No answer came, and the API may have counted the request or not."""
        self._come_back(None, now)
        state = self._state
        if not isinstance(state, Unknown) or permit.number != state.probe:
            return
        if not state.begins:
            self._state = state._replace(probe=None)
        elif self.limit is None:
            self._state = Free()
        else:
            self._state = Counted(self.limit, None, self._untold - 1)

    def _pass_time(self, now: float) -> None:
        state = self._state
        if isinstance(state, Closed) and now >= state.until:
            self._state = Unknown(begins=False)
        elif isinstance(state, Counted) and state.reset_at is not None and now >= state.reset_at + self._grace:
            self._state = Unknown(begins=True, after=state.reset_at)

    def _come_back(self, told: RateLimitHeaders | None, now: float) -> None:
        self._pass_time(now)
        self._returned += 1
        if told is None or told.remaining is None:
            self._untold += 1
        if told is not None and told.limit:
            self.limit = told.limit

    def _left(self, window: Counted) -> int:
        return window.remaining - (self._sent - self._returned) - (self._untold - window.untold)

    def _count(self, permit: Permit, remaining: int, reset_in: float | None, now: float) -> None:
        """Take over what an answer tells, unless it is of an older window; within a window, the least counts."""
        reset_at = now + min(reset_in, LONGEST_WAIT) if reset_in is not None else None
        told, known = Counted(remaining, reset_at, permit.untold), self._state
        if not isinstance(known, Counted):
            self._state = told
            return
        # So many requests can have been counted after this one, and answered before it.
        overtaking = self._sent - permit.returned - 1
        if _is_later(told.reset_at, known.reset_at) or remaining > known.remaining + overtaking:
            self._state = told
        elif not _is_later(known.reset_at, told.reset_at):
            # Of resets in whole seconds the earliest is the nearest to the truth: it is told rounded up, or `_grace`
            # makes up for it.
            resets = [at for at in (known.reset_at, told.reset_at) if at is not None]
            self._state = Counted(
                min(known.remaining, remaining), min(resets, default=None), max(known.untold, permit.untold)
            )


def _told_wait(told: RateLimitHeaders) -> float:
    """The wait that a 429 asks for. A `Retry-After` of 0 is a part of a second: the reset tells more."""
    for seconds in (told.retry_after, told.reset_in):
        if seconds:
            return seconds
    return WINDOW if told.retry_after is None and told.reset_in is None else 0.0


def _is_same_window(reset_at: float | None, told: RateLimitHeaders, now: float) -> bool:
    """Whether a probe that went after a reset was turned away by the window before: its reset is rounded down."""
    if reset_at is None:
        return False
    again_in = told.reset_in if told.reset_in is not None else told.retry_after
    return again_in is None or not _is_later(now + again_in, reset_at)


def _is_later(one: float | None, other: float | None) -> bool:
    """Whether two resets are of different windows: whole seconds, and two clocks, leave some play."""
    return one is not None and other is not None and one > other + CLOCK_SKEW

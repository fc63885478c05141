"""What apply is given to act with: a way to send, a journal, a clock, and how to go about it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from reconciler.api.answers import Send
from reconciler.api.endpoints import SANDBOX_URL, TOKEN_VARIABLE
from reconciler.model.clock import Clock
from reconciler.model.holds import Hold, Stopped
from reconciler.model.sensitive import HashKey

if TYPE_CHECKING:
    from reconciler.live.verdicts import Shown

# What campaigns are paused for: a change while calls are queued, or days without calls.
CHANGE: Final = "change"
CLOSED: Final = "closed"


class PauseEntry(NamedTuple):
    """What the journal holds of one campaign: that we paused it, and what it was before.

    `at` is when the last try of the pause went (ISO 8601, UTC). `token_env` is the name of the variable with the token
    that sees the campaign, and `token` that token's fingerprint, never the token; empty in a journal of version 1.
    A pause of the `kind` closed is over days without calls: it has no age, and nothing but an apply ends it.
    """

    campaign: str
    base_url: str
    status_before: str
    at: str
    reason: str
    token_env: str = TOKEN_VARIABLE
    name: str = ""
    token: str = ""
    file: str = ""
    kind: str = CHANGE

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others: of one host, the token decides which campaigns are seen."""
        return self.campaign, self.base_url, self.token or self.token_env


def age(entry: PauseEntry, stamp: str) -> float | None:
    """Seconds since the last try of a pause of the journal, 0 where a clock is wrong; None where it does not tell."""
    return seconds_since(entry.at, stamp)


def seconds_since(then: str, stamp: str) -> float | None:
    """Seconds between two moments as text, 0 where a clock is wrong; None where one of them is none."""
    try:
        at, now = (datetime.datetime.fromisoformat(text) for text in (then, stamp))
        return max((now - at).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


class Journal(Protocol):
    """Where it is written down, safe from any crash, which campaigns we paused and what we sent last."""

    def announce(self, entry: PauseEntry) -> None:
        """Write that this campaign is about to be paused; on the disk when it returns. Raises StateError."""
        ...

    def clear(self, entry: PauseEntry) -> None:
        """Forget the campaign: it is no longer paused by us."""
        ...

    def remember(self, base_url: str, token: str, campaign_id: str, hashes: Mapping[str, str]) -> None:
        """Record the hashes of the unverified values that this token (its fingerprint) sent. Raises StateError."""
        ...


class HoldBook(Protocol):
    """What is written down of campaigns that somebody stopped, read anew at each look."""

    def covering(self, campaign_id: str, name: str, file: str) -> Hold | None:
        """The hold that a campaign is under now."""
        ...

    def take_over(self, hold: Hold, stopped: Stopped) -> None:
        """A campaign that we paused is the hold's from now on: on the disk when it returns. Raises StateError."""
        ...


class NoHolds:
    """Nobody stopped anything."""

    def covering(self, campaign_id: str, name: str, file: str) -> Hold | None:  # noqa: ARG002 - as the protocol has it
        """Never any."""
        return None

    def take_over(self, hold: Hold, stopped: Stopped) -> None:
        """There is none that could."""


class ApplyContext(NamedTuple):
    """What apply is given to act with; `tell` is told what happens while it happens, one line each.

    `token_env` names the variable that the token came from, for the journal, and `token` is the token's fingerprint,
    for the journal and the record. `timeout` is how long one answer is waited for, in seconds. `key` is what hashes of
    people's data are made with, for the record. `noted` is called after every step that belongs into the report,
    `pause_ended` when nothing has to be kept back for a campaign (its id) any more, and `stamp_shown` when a PUT
    to a campaign (its id) shows whether it moves the stamp. `holds` is asked just before every request that would
    start calls. `closed_by` says why no campaign is begun any more; nothing where they are.
    """

    send: Send
    journal: Journal
    clock: Clock
    tell: Callable[[str], None]
    token_env: str = TOKEN_VARIABLE
    token: str = ""
    timeout: float = 30.0
    key: HashKey | None = None
    noted: Callable[[], None] = lambda: None
    pause_ended: Callable[[str], None] = lambda _: None
    holds: HoldBook = NoHolds()
    stamp_shown: Callable[[str, Shown], None] = lambda _campaign, _shown: None
    closed_by: Callable[[], str] = str


class WhenClosed(NamedTuple):
    """What may pause is carried out only while nobody would be called: now, or in a gap that begins until a moment.

    With `spares_tightenings` what tightens is carried out at once all the same.
    """

    until: datetime.datetime
    spares_tightenings: bool = True


class ApplyOptions(NamedTuple):
    """How apply goes about it. `drain_timeout` is in seconds; with `may_start` somebody said yes to starting calls.

    With `when_closed` what may pause waits for closed hours; without it nothing does.
    """

    drain_timeout: float = 300.0
    may_pause: bool = True
    may_start: bool = True
    allow_dnc_removals: bool = False
    when_closed: WhenClosed | None = None


def recovers(base_url: str) -> str:
    """The command that resumes what an apply there left paused."""
    return "reconciler recover" + (" --sandbox" if base_url == SANDBOX_URL else "")

"""Faults on demand: which request goes wrong, and how."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class FaultKind(StrEnum):
    """The ways in which a request can go wrong.

    These answer, or don't, in place of the API, which has acted or not as the fault's `Effect` says: STATUS answers
    with any status, in the words of the API or of another; DROP closes the connection; GARBAGE answers 200 with half
    of an answer. With all others the API acts: SLOW answers late; DRIP sends the answer a byte at a time; NOTICE puts
    PHP's words before it; IGNORE keeps nothing of what was sent; LAG shows what was so many seconds ago; PAUSING and
    STOPPING show that status for so many seconds after a pause; OPT_OUT adds a number to the campaign's do-not-call
    list first, or to all lists where the path names no campaign.
    """

    STATUS = "status"
    DROP = "drop"
    GARBAGE = "garbage"
    SLOW = "slow"
    DRIP = "drip"
    NOTICE = "notice"
    IGNORE = "ignore"
    LAG = "lag"
    PAUSING = "pausing"
    STOPPING = "stopping"
    OPT_OUT = "opt-out"


class Words(StrEnum):
    """Whose words the body of an answer holds: the API's, a proxy's in HTML or text, the framework's, or none."""

    API = "api"
    HTML = "html"
    TEXT = "text"
    LARAVEL = "laravel"
    EMPTY = "empty"


class Effect(StrEnum):
    """Whether the API acts on a request that is answered by another: not at all, before the answer, or later."""

    NONE = ""
    AFTER = "after"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `status` and `words` are those of STATUS, `effect` that of whatever answers in place of the API.

    `seconds` is how late SLOW answers and a LATE effect comes, how far LAG is behind, how long PAUSING and STOPPING
    are shown, the time between two bytes of DRIP; for 429, and 503 of the framework, it is the `Retry-After`.
    """

    kind: FaultKind
    status: int = 200
    words: Words = Words.API
    effect: Effect = Effect.NONE
    seconds: float = 1.0

    @property
    def has_retry_after(self) -> bool:
        """Whether its answer says when to come again."""
        return self.kind is FaultKind.STATUS and (self.status, self.words) in _WITH_RETRY_AFTER

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `500`, `404-html-after` or `slow:2.5`. Raises ValueError for anything else."""
        rule = FaultRule.parse(text)
        if rule != FaultRule(rule.fault):
            raise ValueError(f"{text!r} names requests; only the kind of fault is allowed here")
        fault = rule.fault
        return cls(fault.kind, fault.status, fault.words, fault.effect, fault.seconds)


# Asked for each request: its number (from 1), its method, its path below /api/v1.
FaultFunction = Callable[[int, str, str], Fault | None]

_NAMES = {kind.value: Fault(kind) for kind in FaultKind if kind is not FaultKind.STATUS} | {
    "html": Fault(FaultKind.STATUS, 200, Words.HTML),
    "lost": Fault(FaultKind.DROP, effect=Effect.AFTER),
}
_WITH_EFFECT = (FaultKind.STATUS, FaultKind.DROP, FaultKind.GARBAGE)
_WITH_SECONDS = (FaultKind.SLOW, FaultKind.DRIP, FaultKind.LAG, FaultKind.PAUSING, FaultKind.STOPPING)
_WITH_RETRY_AFTER = ((429, Words.API), (503, Words.LARAVEL))
_FIRST_OF_PROXIES = 501
_SPECIFICATION = re.compile(
    rf"(?:(?P<method>[A-Z]+):)?"
    rf"(?:(?P<status>[2-5][0-9][0-9])(?:-(?P<words>{'|'.join(Words)}))?|(?P<name>{'|'.join(_NAMES)}))"
    r"(?:-(?P<effect>after|late))?(?::(?P<seconds>[0-9]+(?:\.[0-9]+)?))?"
    r"(?:@(?P<first>[0-9]+)(?P<range>-(?P<last>[0-9]*))?|%(?P<percent>[0-9]+(?:\.[0-9]+)?))?"
)
# What can be written, in the order in which it is written.
GRAMMAR = (
    "[METHOD:]KIND, then @N, @N-M, @N- or %PERCENT, with KIND a status (which may end in"
    f" {', '.join(f'-{words}' for words in Words)}) or one of {', '.join(sorted(_NAMES))};"
    " -after or -late behind a status, drop, html or garbage has the API act before, or :SECONDS later;"
    " slow, drip, lag, pausing, stopping, 429 and 503-laravel take :SECONDS"
)


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A fault and the requests that it hits: those of one method or all, by number or by chance.

    With a method, the numbers count the requests of that method alone.
    """

    fault: Fault
    method: str | None = None
    first: int = 1
    last: int | None = None
    percent: float = 100.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `500@3`, `500@2-4`, `lost@5-`, `404-html%10`, `PUT:500-after@1`, `slow:2.5@4`, or a kind alone.

        A status alone speaks as it usually does: the API up to 500, a proxy (HTML) beyond, nobody for 204.
        Raises ValueError, which says what is allowed.
        """
        match = _SPECIFICATION.fullmatch(text)
        fault = _fault(match) if match else None
        if match is None or fault is None:
            raise ValueError(f"fault {text!r} is not understood: write {GRAMMAR}")
        return cls(fault, match["method"], int(match["first"] or 1), _last(match), float(match["percent"] or 100))

    def hits(self, number: int, number_of_method: int, method: str, random_seed: int) -> bool:
        """Whether this request goes wrong; by chance means the same requests for the same seed."""
        if self.method is not None and self.method != method:
            return False
        counted = number if self.method is None else number_of_method
        if counted < self.first or (self.last is not None and counted > self.last):
            return False
        return self.percent >= random.Random(f"{random_seed}:{counted}").uniform(0, 100)  # noqa: S311 - not for secrets


def _fault(match: re.Match[str]) -> Fault | None:
    """The fault that is written; None where its parts don't fit each other."""
    fault = _NAMES[match["name"]] if match["name"] else _answered(int(match["status"]), match["words"])
    effect = Effect(match["effect"]) if match["effect"] else fault.effect
    if match["effect"] and (fault.kind not in _WITH_EFFECT or match["name"] == "lost"):
        return None
    if match["seconds"] and not (effect is Effect.LATE or _takes_seconds(fault)):
        return None
    return Fault(fault.kind, fault.status, fault.words, effect, float(match["seconds"] or 1))


def _answered(status: int, words: str | None) -> Fault:
    if words is None:
        words = Words.HTML if status >= _FIRST_OF_PROXIES else Words.API
    return Fault(FaultKind.STATUS, status, Words(words))


def _takes_seconds(fault: Fault) -> bool:
    return fault.kind in _WITH_SECONDS or fault.has_retry_after


def _last(match: re.Match[str]) -> int | None:
    if match["first"] is None:
        return None
    if match["range"] is None:
        return int(match["first"])
    return int(match["last"]) if match["last"] else None

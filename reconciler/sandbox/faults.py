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

    A status answers it without acting, in a shape of the documentation; `drop` closes the connection before acting,
    `lost` after it; `slow` acts, and answers late; `html` and `garbage` answer 200 with something that is no answer of
    the API; `ignore` lets a PUT or PATCH answer 200 and keeps nothing of it.
    """

    UNAUTHORIZED = "401"
    NO_CREDITS = "402"
    LIMIT_REACHED = "403"
    LOCKED = "409"
    TOO_MANY = "429"
    BROKEN = "500"
    BAD_GATEWAY = "502-html"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    DROP = "drop"
    LOST = "lost"
    SLOW = "slow"
    HTML = "html"
    GARBAGE = "garbage"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `seconds` is how late `slow` answers, and when `429` says to come again."""

    kind: FaultKind
    seconds: float = 1.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `500` or `slow:2.5`. Raises ValueError for anything else."""
        rule = FaultRule.parse(text)
        if rule != FaultRule(rule.fault):
            raise ValueError(f"{text!r} names requests; only the kind of fault is allowed here")
        return cls(rule.fault.kind, rule.fault.seconds)


# Asked for each request: its number (from 1), its method, its path below /api/v1.
FaultFunction = Callable[[int, str, str], Fault | None]

_WITH_SECONDS = (FaultKind.SLOW, FaultKind.TOO_MANY)
_SPECIFICATION = re.compile(
    r"(?:(?P<method>[A-Z]+):)?(?P<kind>[a-z0-9-]+?)(?::(?P<seconds>[0-9]+(?:\.[0-9]+)?))?"
    r"(?:@(?P<first>[0-9]+)(?P<range>-(?P<last>[0-9]*))?|%(?P<percent>[0-9]+(?:\.[0-9]+)?))?"
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
        """Read `500@3`, `500@2-4`, `lost@5-`, `500%10`, `PUT:500@1`, `slow:2.5@4`, or a kind alone: every request.

        Raises ValueError, which says what is allowed.
        """
        match = _SPECIFICATION.fullmatch(text)
        kinds = {kind.value for kind in FaultKind}
        if match is None or match["kind"] not in kinds or (match["seconds"] and match["kind"] not in _WITH_SECONDS):
            raise ValueError(
                f"fault {text!r} is not understood: write [METHOD:]KIND, then @N, @N-M, @N- or %PERCENT,"
                f" with KIND one of {', '.join(sorted(kinds))}; slow and 429 take :SECONDS"
            )
        fault = Fault(FaultKind(match["kind"]), float(match["seconds"] or 1))
        first = int(match["first"] or 1)
        return cls(fault, match["method"], first, _last(match), float(match["percent"] or 100))

    def hits(self, number: int, number_of_method: int, method: str, random_seed: int) -> bool:
        """Whether this request goes wrong; by chance means the same requests for the same seed."""
        if self.method is not None and self.method != method:
            return False
        counted = number if self.method is None else number_of_method
        if counted < self.first or (self.last is not None and counted > self.last):
            return False
        return self.percent >= random.Random(f"{random_seed}:{counted}").uniform(0, 100)  # noqa: S311 - not for secrets


def _last(match: re.Match[str]) -> int | None:
    if match["first"] is None:
        return None
    if match["range"] is None:
        return int(match["first"])
    return int(match["last"]) if match["last"] else None

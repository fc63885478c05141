"""What became of a campaign: the result, what was done, and why it is not as its file says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.document import Problem


class Result(StrEnum):
    """What became of a campaign."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    LEFT_PAUSED = "left paused"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a campaign is not as its file says, with the request that failed, and where in the files to look."""

    message: str
    request: str | None = None
    status: int | None = None
    code: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one campaign. `seconds_paused` is how long we kept it from calling."""

    id: str | None
    name: str
    file: str
    result: Result
    done: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    failure: Failure | None = None
    requests: int = 0
    retries: int = 0
    seconds_paused: float = 0.0
    is_created: bool = False

"""What became of a campaign: the result, what was done, and why it is not as its file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.document import Problem
from reconciler.model.sensitive import Salt
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.steps import StatusChange


class Result(StrEnum):
    """What became of a campaign."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    LEFT_PAUSED = "left paused"
    DEFERRED = "deferred"


class PutOff(NamedTuple):
    """What was put off because somebody would be called: the fields, until when at least, and why.

    `until` is None where no gap is long enough, or nobody can tell.
    """

    fields: tuple[str, ...]
    until: datetime | None
    reason: str


class Failure(NamedTuple):
    """Why a campaign is not as its file says, with the request that failed, and where in the files to look."""

    message: str
    request: str | None = None
    status: int | None = None
    code: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one campaign. `seconds_paused` is how long we kept it from calling.

    `changes`, `unverified` and `status` are what the API took, whatever the result; a pause that was ended by us is no
    change of status. `salt` is what the hashes of people's data among them are made with.
    """

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
    changes: tuple[Change, ...] = ()
    unverified: tuple[UnverifiedField, ...] = ()
    status: StatusChange | None = None
    put_off: PutOff | None = None
    salt: Salt = field(default=Salt(""), repr=False, compare=False)

"""The exceptions of the reconciler, each with the exit code that it ends the program with.

ReconcilerError                 1   something expected went wrong; the message is for people
├── UsageError                 64   the command line asks for something that cannot be
├── SchemaError                 1   a schema says of a field what nobody understands
├── FilesError                  1   problems in files, told one a line
├── StateError                  1   the state folder (journal, record, lock) cannot be used
├── PlanFileError               1   a saved plan that cannot be read, or that is not for this place
├── ReportFileError             1   a report that cannot be read, or that is not for this place
├── StalePlan                   4   the world moved since the plan was made: nothing was written
├── ReadOnly                    1   a write was tried where only reading is allowed
├── Interrupted                 1   a signal asked us to stop
├── LeftPaused                  3   a campaign that we paused could not be put back; the journal still holds it
└── ApiError                    1   a request failed; knows which one
    ├── Unreachable                 no answer came: connection, timeout, too many tries
    ├── Refused                     an answer that says no: status, code, message, field errors
    └── UnexpectedAnswer            an answer that is no JSON, or not of the expected shape
        └── Redirected              an answer that points elsewhere, where nothing is sent
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from reconciler.model.words import count

if TYPE_CHECKING:
    from reconciler.model.document import Problem


_UNAUTHORIZED, _NOT_FOUND = 401, 404


class Proof(StrEnum):
    """What the answer to a request, or its absence, proves of it; see `api.certainty`, which decides."""

    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNKNOWN = "unknown"


class ReconcilerError(Exception):
    """Something expected went wrong; the message says what, and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(ReconcilerError):
    """The command line asks for something that cannot be."""

    exit_code = 64


class SchemaError(ReconcilerError):
    """A schema says of a field what nobody understands: the schema, the field, what is allowed."""


class FilesError(ReconcilerError):
    """Problems in files; nothing was read from the API, nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = sum(problem.is_error for problem in self.problems)
        super().__init__(f"{count(errors, 'problem')} in files")


class StateError(ReconcilerError):
    """The state folder (journal, record, lock) cannot be used."""


class PlanFileError(ReconcilerError):
    """A saved plan that cannot be read, or that is not for this place."""


class ReportFileError(ReconcilerError):
    """A report that cannot be read, or that is not for this place."""


class StalePlan(ReconcilerError):
    """The world moved since the plan was made; nothing was written. `moves` tells what, one a line."""

    exit_code = 4

    def __init__(self, moves: Sequence[str]) -> None:
        self.moves = tuple(moves)
        super().__init__("the plan is stale, nothing was written: plan again")


class ReadOnly(ReconcilerError):
    """A write was tried where only reading is allowed."""


class Interrupted(ReconcilerError):
    """A signal asked us to stop."""


class LeftPaused(ReconcilerError):
    """A campaign that we paused could not be put back; the journal still holds it."""

    exit_code = 3


class ApiError(ReconcilerError):
    """A request failed. `request` is its method and path, such as `GET /campaigns/c-1`.

    `attempts` counts how many times it was sent. `proof` says what is proven of the last try, and `was_doubtful`
    whether an earlier one may have worked. `retry_after` is the wait in seconds that the answer asked for, if any.
    """

    attempts: int = 1
    proof: Proof = Proof.UNKNOWN
    was_doubtful: bool = False
    retry_after: float | None = None

    def __init__(self, request: str, message: str) -> None:
        self.request = request
        self.message = message
        super().__init__(f"{request}: {message}")

    @property
    def is_certain(self) -> bool:
        """It is certain that the API refused the request, and that no earlier try of it has worked."""
        return self.proof is Proof.REFUSED and not self.was_doubtful


class Unreachable(ApiError):
    """No answer came.

    `sent` is False only when it is certain that the request did not reach the server.
    """

    def __init__(self, request: str, message: str, *, sent: bool = True) -> None:
        self.sent = sent
        self.proof = Proof.UNKNOWN if sent else Proof.NOT_SENT
        super().__init__(request, message)


class Refused(ApiError):
    """An answer with an error: HTTP status, the API's own code if it gave one, and its words.

    `fields` maps dotted paths (`call_time_ranges.0.end`) to messages, as a 422 tells them. `is_of_the_api` says that
    the API itself speaks, and not whatever stands in front of it.
    """

    def __init__(  # noqa: PLR0913 - what an answer says
        self,
        request: str,
        status: int,
        message: str,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
        *,
        proof: Proof = Proof.UNKNOWN,
        is_of_the_api: bool = False,
    ) -> None:
        self.status = status
        self.proof = proof
        self.is_of_the_api = is_of_the_api
        self.code = code
        self.fields = dict(fields or {})
        self.words = message
        told = f"HTTP {status}" + (f" {code}" if code else "") + (f": {message}" if message else "")
        super().__init__(request, told)

    @property
    def is_missing(self) -> bool:
        """There is no such thing (404)."""
        return self.status == _NOT_FOUND

    @property
    def is_unauthorized(self) -> bool:
        """The token is not accepted (401), which every request would meet."""
        return self.status == _UNAUTHORIZED


class UnexpectedAnswer(ApiError):
    """An answer that is no JSON, or not of the expected shape."""


class Redirected(UnexpectedAnswer):
    """An answer that points elsewhere, where nothing is sent."""


def is_unknown_to_the_api(error: ReconcilerError | None) -> bool:
    """Whether it is the API itself that says 404, in its own words."""
    return isinstance(error, Refused) and error.is_missing and error.is_of_the_api

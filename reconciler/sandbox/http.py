"""What goes in and out of the stand-in, as values: a request, an answer, and the record of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# What `json.loads` gives; `rules` is the place that looks at what it is.
Json = Any

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` is without query; of the headers only those that matter are kept."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/json"
    authorization: str | None = field(default=None, repr=False)

    @property
    def token(self) -> str | None:
        """The token that it carries, if it does."""
        scheme, _, token = (self.authorization or "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class JsonResponse:
    """A status with its JSON content, before it is put into bytes."""

    status: int
    content: Json = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response, ready to be sent."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do with the connection: send `response` after `delay` seconds, or close it if there is none.

    `pace` is how many seconds pass between two bytes of the body.
    """

    response: Response | None
    delay: float = 0.0
    pace: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it was served.

    `number` counts from 1. `path` is what follows `/api/v1`. `body` is the JSON that was sent, None if there was none.
    `status` is None where the connection was closed without an answer. `time` is the epoch second of its arrival.
    `served` is what the API itself answered, None where it never saw the request; `token` is whose request it was.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    body: Json = field(repr=False)
    status: int | None
    time: float
    served: int | None = None
    token: str | None = field(default=None, repr=False)

    @property
    def call(self) -> str:
        """Method and path: `PUT /campaigns/c-1`."""
        return f"{self.method} {self.path}"


class RefusalError(Exception):
    """Ends the handling of a request with an answer."""

    def __init__(self, answer: JsonResponse) -> None:
        self.answer = answer
        super().__init__(answer.status)


def below_prefix(path: str) -> str:
    """The part of a path that follows `/api/v1`; the path itself where that is not its beginning."""
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else path


def moment(now: float) -> str:
    """An epoch second as the API writes it, without fractions: `2027-01-15T08:00:00Z`."""
    return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def failure(status: int, message: str, code: str | None = None) -> JsonResponse:
    """An error in the documented shape, with its code if it has one."""
    content = {"success": False, "message": message}
    return JsonResponse(status, content | ({"code": code} if code else {}))


def encoded(answer: JsonResponse) -> Response:
    """Put an answer into bytes; other than ASCII is escaped, as PHP does."""
    body = json.dumps(answer.content, separators=(",", ":")).encode()
    return Response(answer.status, body, headers=answer.headers)


def decoded(body: bytes) -> Json:
    """Read a JSON body; an empty one is None. Raises ValueError for anything that is no JSON."""
    if not body.strip():
        return None
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")

"""The API as data: the requests that can be made, and how their answers are read.

Nothing is sent here. An answer may come in the `{"success", "data"}` envelope or bare, and a list with its
paging under `pagination`, under `meta`, at the top, or with none: the API's pages contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, UsageError

PER_PAGE = 100
ACTIVE_CALLS = "CAMPAIGN_HAS_ACTIVE_CALLS"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A date is no number of anybody's, though it has as many digits.
_NUMBER = re.compile(r"(?P<date>\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b)|\+?\d(?:[ ().-]{0,2}\d){6,}")
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Request:
    """One request. The body is kept out of the repr, because it may hold people's numbers."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Value] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """`GET /campaigns?page=2`: what messages and logs call this request."""
        query = "&".join(f"{key}={value}" for key, value in self.query.items())
        return f"{self.method} {self.path}{'?' if query else ''}{query}"

    @property
    def is_write(self) -> bool:
        """Anything but a GET."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A successful answer: its JSON, and how many times the request had to be sent for it."""

    body: Value = field(repr=False)
    attempts: int = 1


class Send(Protocol):
    """Sends one request and returns its answer; raises ApiError. `urgent` goes before everything else."""

    def __call__(self, request: Request, *, urgent: bool = False) -> ApiAnswer:
        """Send it."""
        ...


# Sends several reads side by side; an error takes the place of its answer.
Fetch = Callable[[Sequence[Request]], Sequence[ApiAnswer | ApiError]]


def checked_id(text: str) -> str:
    """The id, if it may become part of a URL; raises UsageError otherwise."""
    if not _ID.fullmatch(text):
        msg = f"{text[:80]!r} cannot be an id: 1 to 64 letters, digits, - and _ are allowed"
        raise UsageError(msg)
    return text


def get_campaign(campaign: str) -> Request:
    """Read one campaign in full."""
    return Request("GET", f"/campaigns/{checked_id(campaign)}")


def list_campaigns(page: int) -> Request:
    """Read one page of campaigns, with as many rows as the API gives."""
    return Request("GET", "/campaigns", {"per_page": str(PER_PAGE), "page": str(page)})


def update_campaign(campaign: str, changes: Mapping[str, Value]) -> Request:
    """Change these fields and no others. An update without a change is a bug, never a request."""
    if not changes:
        msg = f"an empty update of campaign {campaign} must not be made"
        raise AssertionError(msg)
    return Request("PUT", f"/campaigns/{checked_id(campaign)}", body=dict(changes))


def create_campaign(fields: Mapping[str, Value]) -> Request:
    """Create a campaign, which begins as a draft."""
    return Request("POST", "/campaigns", body=dict(fields))


def get_agent(agent: str) -> Request:
    """Read one agent."""
    return Request("GET", f"/agents/{checked_id(agent)}")


def set_status(campaign: str, status: str) -> Request:
    """Change the status, which no other call can."""
    return Request("PATCH", f"/campaigns/{checked_id(campaign)}/status", body={"status": status})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `last` is the number of the last page, `total` the number of rows, where told."""

    rows: tuple[Live, ...]
    last: int | None = None
    total: int | None = None


def read_campaign(request: Request, answer: ApiAnswer) -> Live:
    """One campaign out of the answer to a read or a write; raises UnexpectedAnswer for another shape."""
    return _live(request, _unwrapped(answer.body, ("campaign",)))


def read_status(answer: ApiAnswer) -> str | None:
    """The status that an answer shows, if it shows one."""
    shown = _unwrapped(answer.body, ("campaign",))
    status = shown.get("status") if isinstance(shown, Mapping) else None
    return status if isinstance(status, str) else None


def read_agent_status(answer: ApiAnswer) -> str | None:
    """Whether an agent is `draft` or `published`, where the answer tells."""
    shown = _unwrapped(answer.body, ("agent",))
    status = shown.get("current_status") if isinstance(shown, Mapping) else None
    return status if isinstance(status, str) else None


def shown_fields(answer: ApiAnswer) -> Mapping[str, Value]:
    """The fields that the answer to a write shows; none if it shows no campaign."""
    shown = _unwrapped(answer.body, ("campaign",))
    return shown if isinstance(shown, Mapping) else {}


def read_page(request: Request, answer: ApiAnswer) -> Page:
    """One page of campaigns; raises UnexpectedAnswer where no list of campaigns is found in the answer."""
    body = answer.body
    rows = _unwrapped(body, ("data", "campaigns", "items"))
    if isinstance(rows, Mapping) and all(str(key).isdecimal() for key in rows):
        rows = list(rows.values())
    if not isinstance(rows, list):
        raise UnexpectedAnswer(str(request), "the answer holds no list of campaigns")
    paging = _paging(body)
    return Page(tuple(_live(request, row) for row in rows), _count(paging, "last_page"), _count(paging, "total"))


def _unwrapped(body: Value, inner: Sequence[str]) -> Value:
    """What is inside the envelope: `data`, and once more one of the inner names. A bare campaign may have `data`."""
    if isinstance(body, Mapping) and "data" in body and ("success" in body or "id" not in body):
        body = body["data"]
    for name in inner:
        if isinstance(body, Mapping) and isinstance(body.get(name), (Mapping, list)) and "id" not in body:
            return body[name]
    return body


def _paging(body: Value) -> Mapping[str, Value]:
    places = [body, body.get("data")] if isinstance(body, Mapping) else []
    for place in places:
        if isinstance(place, Mapping):
            for paging in (place.get("pagination"), place.get("meta"), place):
                if isinstance(paging, Mapping) and ("last_page" in paging or "total" in paging):
                    return paging
    return {}


def _count(paging: Mapping[str, Value], name: str) -> int | None:
    value = paging.get(name)
    return int(value) if isinstance(value, (int, str)) and str(value).isdecimal() else None


def _live(request: Request, shown: Value) -> Live:
    if not isinstance(shown, Mapping) or not isinstance(shown.get("id"), (str, int)):
        raise UnexpectedAnswer(str(request), "the answer holds no campaign: no object with an id")
    name, status = shown.get("name"), shown.get("status")
    return Live(
        id=str(shown["id"]),
        name=name.strip() if isinstance(name, str) else "",
        status=status if isinstance(status, str) else None,
        values=shown,
    )


def refusal(request: Request, status: int, body: Value) -> Refused:
    """Read an error answer in any of the documented shapes. Numbers that look like people's are cut out."""
    if not isinstance(body, Mapping):
        return Refused(str(request), status, "")
    error = body.get("error")
    inner = error if isinstance(error, Mapping) else {}
    code = body.get("code") or body.get("error_code") or inner.get("code") or (error if error is not inner else None)
    message = body.get("message") or inner.get("message") or ""
    return Refused(
        str(request),
        status,
        without_numbers(str(message)),
        code=str(code) if code else None,
        fields={str(key): _first(messages) for key, messages in _errors(body).items()},
    )


def retry_after(body: Value) -> float | None:
    """The seconds to wait that a 429 tells in its body (`error.details.retry_after`)."""
    try:
        seconds = float(body["error"]["details"]["retry_after"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None  # neither nan nor the past


def _errors(body: Mapping[str, Value]) -> Mapping[str, Value]:
    errors = body.get("errors")
    return errors if isinstance(errors, Mapping) else {}


def _first(messages: Value) -> str:
    return without_numbers(str(messages[0] if isinstance(messages, list) and messages else messages))


def without_numbers(text: str) -> str:
    """The text, with everything that could be a phone number cut out, and not too long."""
    text = _NUMBER.sub(lambda found: found["date"] or "<number>", text)
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"

"""The API as data: the requests that can be made. Nothing is sent here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from reconciler.model.document import Value
from reconciler.model.errors import UsageError

PER_PAGE = 100
ACTIVE_CALLS = "CAMPAIGN_HAS_ACTIVE_CALLS"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# The variable with the token, where no file names another.
TOKEN_VARIABLE: Final = "TALKOVER_TOKEN"

# The embedded stand-in gets another port each time, so plans and journals know it by a name that stays.
SANDBOX_URL: Final = "http://sandbox.localhost/api/v1"


class Request(NamedTuple):
    """One request. The body is kept out of the repr, because it may hold people's numbers."""

    method: str
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    body: Mapping[str, Value] | None = None

    def __repr__(self) -> str:
        return f"Request({self})"

    def __str__(self) -> str:
        """`GET /campaigns?page=2`: what messages and logs call this request."""
        query = "&".join(f"{key}={value}" for key, value in self.query.items())
        return f"{self.method} {self.path}{'?' if query else ''}{query}"

    @property
    def is_write(self) -> bool:
        """Anything but a GET."""
        return self.method != "GET"


def checked_id(text: str) -> str:
    """The id, if it may become part of a URL; raises UsageError otherwise."""
    if not _ID.fullmatch(text):
        msg = f"{text[:80]!r} cannot be an id: 1 to 64 letters, digits, - and _ are allowed"
        raise UsageError(msg)
    return text


def get_campaign(campaign_id: str) -> Request:
    """Read one campaign in full."""
    return Request("GET", f"/campaigns/{checked_id(campaign_id)}")


def list_campaigns(page: int, search: str = "", status: str = "") -> Request:
    """Read one page of campaigns, with as many rows as the API gives.

    Only those whose name holds `search`, or that have this `status`, if any is given.
    """
    only = {key: value for key, value in (("search", search), ("status", status)) if value}
    return Request("GET", "/campaigns", {"per_page": str(PER_PAGE), "page": str(page), **only})


def update_campaign(campaign_id: str, changes: Mapping[str, Value]) -> Request:
    """Change these fields and no others. An update without a change is a bug, never a request."""
    if not changes:
        msg = f"an empty update of campaign {campaign_id} must not be made"
        raise AssertionError(msg)
    return Request("PUT", f"/campaigns/{checked_id(campaign_id)}", body=dict(changes))


def create_campaign(fields: Mapping[str, Value]) -> Request:
    """Create a campaign, which begins as a draft."""
    return Request("POST", "/campaigns", body=dict(fields))


def get_agent(agent_id: str) -> Request:
    """Read one agent."""
    return Request("GET", f"/agents/{checked_id(agent_id)}")


def set_status(campaign_id: str, status: str) -> Request:
    """Change the status, which no other call can."""
    return Request("PATCH", f"/campaigns/{checked_id(campaign_id)}/status", body={"status": status})

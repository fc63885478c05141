"""An API of some campaigns in memory, with a journal and a clock for whoever applies to it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.api.pause_share import PauseShare
from reconciler.api.responses import refusal
from reconciler.apply.context import PauseEntry
from reconciler.model.campaign import may_become
from reconciler.model.document import Value
from reconciler.model.errors import ApiError
from tests.support.campaigns import FIELDS, HOST


@dataclass
class Api:
    """Shows its campaigns as they are spelled, and takes writes as the documented API does."""

    campaigns: dict[str, dict[str, Value]]
    queued: set[str]
    hidden: frozenset[str]
    hidden_in_list: frozenset[str]
    asked: list[Any] = field(default_factory=list)

    def send(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        request: Request,
        *,
        urgent: bool = False,
        once: bool = False,
        fresh_for: float | None = None,
        share: PauseShare | None = None,
        goes: Callable[[], None] | None = None,
    ) -> ApiAnswer:
        """Answer one request, whatever its manner."""
        del urgent, once, fresh_for, share
        if goes:
            goes()
        self.asked.append({str(request): request.body} if request.is_write else str(request))
        _, _, campaign, *rest = f"{request.path}//".split("/")
        if not campaign:
            rows = [shown(found, self.hidden | self.hidden_in_list) for found in self.campaigns.values()]
            return ApiAnswer({"success": True, "data": rows, "pagination": {"last_page": 1, "total": len(rows)}})
        if campaign not in self.campaigns:
            raise refusal(request, 404, {"success": False, "message": "Campaign not found"})
        if request.is_write:
            self._write(request, campaign, to_status=rest[0] == "status")
        return ApiAnswer({"success": True, "data": shown(self.campaigns[campaign], self.hidden)})

    def fetch(self, requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        """Answer several reads; an error takes the place of its answer."""
        return [self._result(request) for request in requests]

    def _result(self, request: Request) -> ApiAnswer | ApiError:
        try:
            return self.send(request)
        except ApiError as error:
            return error

    def _write(self, request: Request, campaign: str, *, to_status: bool) -> None:
        found, body = self.campaigns[campaign], dict(request.body or {})
        if to_status:
            assert may_become(found["status"], body["status"])
        elif campaign in self.queued and any(FIELDS.writable[name].may_conflict for name in body):
            if found["status"] == "active":
                raise refusal(request, 409, {"success": False, "code": "CAMPAIGN_HAS_ACTIVE_CALLS"})
            self.queued.discard(campaign)
        assert found["status"] not in ("completed", "cancelled")
        found |= body


def shown(campaign: Mapping[str, Value], hidden: frozenset[str]) -> dict[str, Value]:
    """What an answer shows of a campaign."""
    return {name: value for name, value in campaign.items() if name not in hidden}


@dataclass
class Memory:
    """A journal and a record that forget nothing."""

    announced: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    record: dict[str, dict[str, str]] = field(default_factory=dict)

    def announce(self, entry: PauseEntry) -> None:
        self.announced.append(entry.campaign)

    def clear(self, entry: PauseEntry) -> None:
        self.cleared.append(entry.campaign)

    def remember(self, base_url: str, token: str, campaign: str, hashes: Mapping[str, str]) -> None:  # noqa: ARG002 - one token
        assert base_url == HOST
        self.record.setdefault(campaign, {}).update(hashes)


class Clock:
    """Waits take no time, and nobody asks to stop."""

    is_stopping = False
    seconds_left = 4.0

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def now(self) -> float:
        return float(next(self._seconds))

    def stamp(self) -> str:
        return "2026-06-01T00:00:00+00:00"

    def check(self) -> None:
        """Go on."""

    def wait(self, seconds: float) -> None:
        assert seconds > 0

    def wait_while_resuming(self, seconds: float, since: float) -> bool:
        return seconds + since > 0

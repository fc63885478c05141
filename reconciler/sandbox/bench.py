"""The stand-in with a tester's hands on it: its state and what it received, without a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from reconciler.sandbox import sample_data as samples
from reconciler.sandbox.application import Application
from reconciler.sandbox.faults import FaultFunction, FaultRule
from reconciler.sandbox.http import Json, RecordedRequest, Reply, Request, moment
from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings
from reconciler.sandbox.store import Store, Stored, Tables

# What a campaign that a test puts has where the test says nothing.
_PLAIN: Mapping[str, Json] = {
    "status": "draft",
    "campaign_type": "sales",
    "agent_id": samples.AGENT_SALES,
    "start_date": "2027-01-04",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
}


class Bench:
    """The API and its state, from `with` to the end of the block.

    `database` is a file, or None for memory. `sample_data` puts the campaigns of the module of that name into a
    database that never had any; its agents are there in any case. `fault` is a function that is asked for each
    request (its number, method, path below /api/v1), or a rule, which may be written as in `FaultRule.parse`.
    """

    def __init__(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        database: Path | None = None,
        *,
        token: str = SANDBOX_TOKEN,
        settings: SandboxSettings | None = None,
        fault: FaultFunction | FaultRule | str | None = None,
        sample_data: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._sample_data = sample_data
        self._clock = clock
        self._store: Store
        self._application: Application
        self._given = (settings or SandboxSettings(), token, _fault(fault))

    def __enter__(self) -> Self:
        self._store = Store(self._database)
        settings, token, fault = self._given
        self._application = Application(self._store, settings, token=token, fault=fault, clock=self._clock)
        with self._store.transaction() as tables:
            tables.fill(samples.AGENTS, samples.campaigns() if self._sample_data else ())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def handle(self, request: Request) -> Reply:
        """Serve one request without HTTP."""
        return self._application.handle(request)

    @property
    def settings(self) -> SandboxSettings:
        """The settings; they may be set anew at any time."""
        return self._application.settings

    @settings.setter
    def settings(self, settings: SandboxSettings) -> None:
        self._application.settings = settings

    @property
    def fault(self) -> FaultFunction | FaultRule | None:
        """What goes wrong: a function, or a rule such as "PUT:500@1"; it may be set anew at any time."""
        return self._application.fault

    @fault.setter
    def fault(self, fault: FaultFunction | FaultRule | str | None) -> None:
        self._application.fault = _fault(fault)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """All requests that were served, in order."""
        return self._application.requests

    @property
    def writes(self) -> tuple[RecordedRequest, ...]:
        """The requests that were served and are no GET, in order."""
        return tuple(record for record in self.requests if record.method != "GET")

    def clear_requests(self) -> None:
        """Forget the requests that were served; their numbers, which faults go by, start from 1 again."""
        self._application.clear_requests()

    def campaign(self, identifier: str) -> dict[str, Json]:
        """The stored state of one campaign, with `queued`; KeyError if there is none."""
        with self._store.transaction() as tables:
            campaign = tables.campaign(identifier)
        if campaign is None:
            raise KeyError(identifier)
        return _state(campaign)

    def campaigns(self) -> dict[str, dict[str, Json]]:
        """The stored state of all campaigns, by id."""
        with self._store.transaction() as tables:
            return {campaign.id: _state(campaign) for campaign in tables.campaigns({})}

    def put_campaign(self, state: Mapping[str, Json]) -> dict[str, Json]:
        """Set raw state by hand, without any rule: keys that are given replace those of the campaign with this `id`.

        A new campaign has plain values where nothing is given. `queued` is how many calls are queued while it is
        active. Returns the stored state.
        """
        with self._store.transaction() as tables:
            campaign = self._merged(tables, state)
            tables.put(campaign)
        return _state(campaign)

    def _merged(self, tables: Tables, state: Mapping[str, Json]) -> Stored:
        stamp = moment(self._clock())
        identifier = state["id"]
        new = {"id": identifier, "name": identifier, **_PLAIN, "created_at": stamp, "updated_at": stamp}
        campaign = tables.campaign(identifier) or Stored(identifier, new)
        given = {name: value for name, value in state.items() if name != "queued"}
        merged = replace(campaign, data={**campaign.data, **given}, queued=state.get("queued", campaign.queued))
        if "status" not in given:
            return merged
        return replace(merged, paused_at=self._clock() if merged.status == "paused" else None, refused=0)

    def remove_campaign(self, identifier: str) -> None:
        """Take a campaign away by hand."""
        with self._store.transaction() as tables:
            tables.delete(identifier)

    def put_agent(self, agent: Mapping[str, Json]) -> None:
        """Put an agent by hand, in the place of the one with its `id`."""
        with self._store.transaction() as tables:
            tables.put_agent(agent)


def _state(campaign: Stored) -> dict[str, Json]:
    return {**campaign.data, "queued": campaign.queued}


def _fault(fault: FaultFunction | FaultRule | str | None) -> FaultFunction | FaultRule | None:
    return FaultRule.parse(fault) if isinstance(fault, str) else fault

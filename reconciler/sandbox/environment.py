"""One environment of the API, as one token opens it: its state, with a tester's hands on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

from reconciler.sandbox import sample_data as samples
from reconciler.sandbox.history import ALWAYS
from reconciler.sandbox.http import Json, moment
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
_LIST = "do_not_call_custom_list"
# Numbers that are kept for fiction: +1 201 555 0100 to 0199, then those of the next area.
_FIRST_AREA, _IN_AN_AREA = 201, 100


class Environment:
    """The state behind one token. `clock` gives epoch seconds; `settle` is called before each look at the state."""

    def __init__(self, store: Store, clock: Callable[[], float], settle: Callable[[], None]) -> None:
        self.store = store
        self._clock = clock
        self._settle = settle
        self._opt_outs = itertools.count()

    def campaign(self, identifier: str) -> dict[str, Json]:
        """The stored state of one campaign, with `queued`; KeyError if there is none."""
        self._settle()
        with self.store.transaction() as tables:
            campaign = tables.campaign(identifier)
        if campaign is None:
            raise KeyError(identifier)
        return _state(campaign)

    def campaigns(self) -> dict[str, dict[str, Json]]:
        """The stored state of all campaigns, by id."""
        self._settle()
        with self.store.transaction() as tables:
            return {campaign.id: _state(campaign) for campaign in tables.campaigns({})}

    def put_campaign(self, state: Mapping[str, Json]) -> dict[str, Json]:
        """Set raw state by hand, without any rule: keys that are given replace those of the campaign with this `id`.

        A new campaign has plain values where nothing is given, and has always been there. `queued` is how many calls
        are queued while it is active. Returns the stored state.
        """
        self._settle()
        with self.store.transaction() as tables:
            is_new = tables.campaign(state["id"]) is None
            campaign = self._merged(tables, state)
            tables.put(campaign, ALWAYS if is_new else self._clock())
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

    def add_opt_out(self, identifier: str | None = None) -> str:
        """Somebody asks not to be called again: a new number comes onto one campaign's list, or all. Returns it."""
        area, line = divmod(next(self._opt_outs), _IN_AN_AREA)
        number = f"+1{_FIRST_AREA + area}55501{line:02}"
        with self.store.transaction() as tables:
            for campaign in tables.campaigns({}):
                if identifier in (None, campaign.id):
                    numbers = [*(campaign.data.get(_LIST) or []), number]
                    tables.put(replace(campaign, data={**campaign.data, _LIST: numbers}), self._clock())
        return number

    def remove_campaign(self, identifier: str) -> None:
        """Take a campaign away by hand."""
        with self.store.transaction() as tables:
            tables.delete(identifier)

    def put_agent(self, agent: Mapping[str, Json]) -> None:
        """Put an agent by hand, in the place of the one with its `id`."""
        with self.store.transaction() as tables:
            tables.put_agent(agent)


def _state(campaign: Stored) -> dict[str, Json]:
    return {**campaign.data, "queued": campaign.queued}

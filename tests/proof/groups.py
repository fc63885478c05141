"""The campaigns that the proof applies, in groups: what is live, what their files say, what must be at the end."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.sandbox.sample_data import AGENT_SALES
from tests.support.plans import desired
from tests.support.trouble import Cut
from tests.support.world import World, new_world

_DAY = [{"start": "09:00", "end": "17:00"}]
_LUNCH = "call_time_ranges: [{start: '09:00', end: '12:00'}, {start: '13:00', end: '17:00'}]"
_LUNCH_VALUE = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
_MADE = f"""
name: made
campaign_type: sales
agent_id: {AGENT_SALES}
start_date: 2027-01-04
days_of_week: [1, 2, 3]
timezone: Europe/London
auto_complete: true
status: active
id: null
{_LUNCH}
"""


@dataclass(frozen=True)
class Case:
    """One campaign: what is live, what its file says, and what must have changed at the end."""

    id: str
    file: str
    live: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)

    @functools.cached_property
    def desired(self) -> Desired:
        """The campaign as its file wants it."""
        return desired(f"{self.id}.yaml", self.file if "id: null" in self.file else f"id: {self.id}\n{self.file}")


CREATED = {
    "name": "made",
    "campaign_type": "sales",
    "agent_id": AGENT_SALES,
    "start_date": "2027-01-04",
    "days_of_week": [1, 2, 3],
    "timezone": "Europe/London",
    "auto_complete": True,
    "call_time_ranges": _LUNCH_VALUE,
    "status": "active",
}
CONFLICT = Case(
    "conflict",
    f"max_retries: 5\n{_LUNCH}",
    {"status": "active", "queued": 4, "max_retries": 3, "call_time_ranges": _DAY},
    {"max_retries": 5, "call_time_ranges": _LUNCH_VALUE},
)
PAUSES = Case(
    "pauses",
    "status: paused\ndays_of_week: [6, 7]",
    {"status": "active", "queued": 1},
    {"status": "paused", "days_of_week": [6, 7]},
)
ENDS = Case(
    "ends",
    "status: completed\nend_date: 2027-03-01",
    {"status": "active", "queued": 2},
    {"status": "completed", "end_date": "2027-03-01"},
)
PLAIN = Case(
    "plain",
    "retry_cooldown_hours: 12\nname: plain",
    {"status": "active", "queued": 6},
    {"retry_cooldown_hours": 12},
)
STARTS = Case(
    "starts",
    "status: active\ntimezone: Europe/Paris",
    {"status": "draft"},
    {"status": "active", "timezone": "Europe/Paris"},
)
UNVERIFIED = Case(
    "unverified",
    "auto_complete: true\ndescription: new words",
    {"status": "active", "queued": 1},
    {"auto_complete": True, "description": "new words"},
)
NUMBERS = Case(
    "numbers",
    "do_not_call_custom_list: ['+12025550119']",
    {"do_not_call_list_source": "custom", "do_not_call_custom_list": ["+12025550164"]},
    {"do_not_call_custom_list": ["+12025550164", "+12025550119"]},
)
FINISHED = Case("finished", "status: active\nmax_retries: 9", {"status": "completed"})
IN_SYNC = Case("in-sync", "status: active\nmax_retries: 2", {"status": "active", "queued": 3, "max_retries": 2})
CREATION = Case("made", _MADE)

# What is applied together. The files of the second group have one without an id, so the whole list is read.
GROUPS: Mapping[str, tuple[Case, ...]] = {
    "calling": (CONFLICT, ENDS, FINISHED, IN_SYNC, PLAIN),
    "changing": (CREATION, NUMBERS, PAUSES, STARTS, UNVERIFIED),
    "one": (CONFLICT,),
}
_OF_NO_FILE = ("id", "created_at", "updated_at", "queued")


def start(world: World, group: str) -> list[Desired]:
    """Put the campaigns of a group, and return what their files want."""
    world.hidden = frozenset({"auto_complete"})
    world.hidden_on_write = frozenset({"retry_cooldown_hours"})
    for case in GROUPS[group]:
        if case is not CREATION:
            world.put(case.id, **case.live)
    return [case.desired for case in GROUPS[group]]


def found(world: World) -> dict[str, dict[str, Value]]:
    """The state of every campaign by its name; the names of one that was made twice would be two."""
    states: dict[str, dict[str, Value]] = {}
    for stored in world.bench.campaigns().values():
        name = f"{stored['name']} again" if stored["name"] in states else str(stored["name"])
        states[name] = {key: value for key, value in stored.items() if key not in _OF_NO_FILE}
    return states


@functools.cache
def expected(group: str) -> Mapping[str, Mapping[str, Value]]:
    with new_world() as world:
        start(world, group)
        before = {"made": CREATED} if CREATION in GROUPS[group] else {}
        before |= found(world)
        return {case.id: {**before[case.id], **case.after} for case in GROUPS[group]}


def differences(world: World, group: str) -> set[tuple[str, str]]:
    """Which fields of which campaigns are not as they must be at the end; what was made twice is a difference, too."""
    now, wanted = found(world), expected(group)
    pairs = {(name, key) for states in (now, wanted) for name, state in states.items() for key in state}
    return {(name, key) for name, key in pairs if now.get(name, {}).get(key) != wanted.get(name, {}).get(key)}


@functools.cache
def events(group: str, *cuts: Cut) -> tuple[str, ...]:
    """The events of a run that is cut so."""
    with new_world() as world:
        files = start(world, group)
        world.cuts = cuts
        return world.run(files).events


def is_on_disk(event: str) -> bool:
    """Whether an event is a write of the journal or the record, and no request."""
    return event.startswith(("announce", "clear", "remember"))

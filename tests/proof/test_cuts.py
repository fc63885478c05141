"""The proof: wherever an apply is cut, and however, the next one makes everything as the files say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from reconciler.api.endpoints import create_campaign, set_status, update_campaign
from reconciler.apply.outcome import Result
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.plan import diff
from reconciler.plan.plan import Action, CampaignPlan
from reconciler.sandbox.sample_data import AGENT_SALES
from tests.support.plans import desired
from tests.support.world import (
    BROKEN,
    FOR_EVER,
    FORBIDDEN,
    TOO_MANY,
    TRIES,
    TURNS,
    UNAUTHORIZED,
    Canned,
    Cut,
    Killed,
    Run,
    Way,
    World,
    Write,
    new_world,
)

# Thousands of runs of code that other tests cover line by line: measuring them would triple the time.
pytestmark = [pytest.mark.no_cover, pytest.mark.thorough]

# In how many ways the world is cut here; each is a run, the next run, and one more.
NUMBER_OF_CUTS = 2792

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
    {"do_not_call_custom_list": ["+12025550119", "+12025550164"]},
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

# Every way to cut a request.
WAYS: Mapping[str, Way | Canned] = {
    "killed before it is sent": Way.KILLED_BEFORE,
    "killed after the API acted": Way.KILLED_AFTER,
    "answer lost": Way.LOST,
    "timeout": Way.TIMEOUT,
    "connection refused": Way.NO_CONNECTION,
    "500": BROKEN,
    "500 though it acted": Way.BROKEN_AFTER,
    "429": TOO_MANY,
    "401": UNAUTHORIZED,
    "403": FORBIDDEN,
    "a proxy's page": Way.HTML,
    "200 and nothing kept": Way.FORGOTTEN,
    "signal before": Way.SIGNAL_BEFORE,
    "signal after": Way.SIGNAL_AFTER,
}
_LONG = ("answer lost", "timeout", "connection refused", "500", "500 though it acted", "429")
_FOR_GOOD = (*_LONG, "401", "403", "a proxy's page", "200 and nothing kept")
# For how many tries: one, all of one request, or all to the end of the run.
DURATIONS: Mapping[str, Mapping[str, int]] = {
    "once": dict.fromkeys(WAYS, 1),
    "for one request": {way: TURNS if way == "429" else TRIES for way in _LONG},
    "for good": dict.fromkeys(_FOR_GOOD, FOR_EVER),
}
SINGLE = [(way, duration) for duration, ways in DURATIONS.items() for way in ways]
ON_DISK = (Way.KILLED_BEFORE, Way.KILLED_AFTER, Way.DISK_FULL, Way.SIGNAL_BEFORE, Way.SIGNAL_AFTER)
BEFORE_KILLS = [row for row in SINGLE if not row[0].startswith("killed")]
WHILE_HEALING = [("killed before it is sent", "once"), ("answer lost", "for one request"), ("500", "for good")]
# How many events after a fault the process is killed at.
BOUND = 6
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


@functools.cache
def events(group: str, *cuts: Cut) -> tuple[str, ...]:
    """The events of a run that is cut so."""
    with new_world() as world:
        files = start(world, group)
        world.cuts = cuts
        return world.run(files).events


def held(run: Run, made: Sequence[str]) -> set[Write]:
    """Every write that the plan and the journal of a run allow; `made` are the ids of what was created."""
    writes = {Write.of(set_status(entry.campaign, entry.status_before)) for entry in run.entries}
    return writes.union(*(_held(campaign, made) for campaign in (run.plan.campaigns if run.plan else ())))


def _held(campaign: CampaignPlan, made: Sequence[str]) -> Iterator[Write]:
    if campaign.action is Action.CREATE:
        yield Write.of(create_campaign(diff.body_of(campaign.sent)))
    elif campaign.sent:
        # The changes and what nobody can verify are sent apart.
        bodies = [diff.body_of(campaign.changes), diff.body_of(tuple(one for one in campaign.unverified if one.send))]
        yield from (Write.of(update_campaign(str(campaign.id), body)) for body in bodies if body)
    statuses = ["paused", "active"] if campaign.may_pause else []
    statuses += [campaign.status.after] if campaign.status else []
    for identifier in [campaign.id] if campaign.id else made:
        yield from (Write.of(set_status(identifier, status)) for status in statuses)


def prove(group: str, *runs: tuple[Cut, ...]) -> None:
    """Cut runs one after the other, run once more without a cut, and once more."""
    with new_world() as world:
        files = start(world, group)
        done = []
        for cuts in runs:
            world.cuts = cuts
            done.append(world.run(files))
            _is_left_in_order(world, done[-1])
        world.cuts = ()
        done.append(world.run(files))
        assert {outcome.result for outcome in done[-1].outcomes} <= {Result.APPLIED, Result.UNCHANGED}
        assert (found(world), world.entries) == (expected(group), ())
        done.append(world.run(files))
        assert (done[-1].writes, done[-1].ended) == ((), None)
        made = [identifier for identifier, stored in world.bench.campaigns().items() if stored["name"] == "made"]
        assert [set(run.writes) - held(run, made) for run in done] == [set()] * len(done)


def _is_left_in_order(world: World, run: Run) -> None:
    """Whatever is left paused is in the journal, and a process that lives tells it."""
    left = {name for name, state in found(world).items() if state["status"] == "paused"} - {"pauses"}
    assert left <= {entry.campaign for entry in world.entries}
    told = {outcome.id for outcome in (*run.healed, *run.outcomes) if outcome.result is Result.LEFT_PAUSED}
    assert isinstance(run.ended, Killed) or left <= told


def single_cuts(way: str, duration: str) -> Iterator[tuple[str, Cut]]:
    """At every request, in one way."""
    for group in ("calling", "changing"):
        before = ""
        for number, event in enumerate(events(group), 1):
            # That a value which no answer shows was not kept, in a PUT of its own: nobody can know that.
            is_blind = WAYS[way] is Way.FORGOTTEN and event == before == "PUT /campaigns/unverified"
            if not _is_on_disk(event) and not is_blind:
                yield group, Cut(WAYS[way], number, DURATIONS[duration][way])
            before = event


def cuts_on_disk() -> Iterator[tuple[str, Cut]]:
    """At every write of the journal and the record, in every way, once and for good."""
    for group in ("calling", "changing"):
        for number, event in enumerate(events(group), 1):
            if _is_on_disk(event):
                yield from ((group, Cut(way, number)) for way in ON_DISK)
                yield group, Cut(Way.DISK_FULL, number, FOR_EVER)


def later_kills(way: str, duration: str) -> Iterator[tuple[Cut, Cut]]:
    """A run that is cut in one way, at every request, and then killed at every event that follows within a bound."""
    for number, event in enumerate(events("one"), 1):
        if not _is_on_disk(event):
            cut = Cut(WAYS[way], number, DURATIONS[duration][way])
            last = min(len(events("one", cut)), number + BOUND)
            yield from ((Cut(Way.KILLED_BEFORE, later), cut) for later in range(number + 1, last + 1))


def cuts_of_healing(way: str, duration: str) -> Iterator[tuple[Cut, Cut]]:
    """A run that is killed at every event, and the next one, which heals, cut in one way at every event of its own."""
    for number in range(1, len(events("one")) + 1):
        for later in range(1, len(events("one")) + 4):
            yield Cut(Way.KILLED_BEFORE, number), Cut(WAYS[way], later, DURATIONS[duration][way])


def _is_on_disk(event: str) -> bool:
    return event.startswith(("announce", "clear", "remember"))


def table(rows: Sequence[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("way", "duration"), rows, ids=[f"{way}, {duration}" for way, duration in rows])


@pytest.mark.parametrize("group", GROUPS)
def test_uncut_everything_becomes_as_the_files_say(group: str) -> None:
    prove(group)


@table(SINGLE)
def test_cut_at_any_request_the_next_run_sets_everything_right(way: str, duration: str) -> None:
    for group, cut in single_cuts(way, duration):
        prove(group, (cut,))


def test_cut_at_any_write_of_the_journal_the_next_run_sets_everything_right() -> None:
    for group, cut in cuts_on_disk():
        prove(group, (cut,))


@table(BEFORE_KILLS)
def test_killed_at_any_moment_after_another_fault_the_next_run_sets_everything_right(way: str, duration: str) -> None:
    for kill, cut in later_kills(way, duration):
        prove("one", (kill, cut))


@table(WHILE_HEALING)
def test_cut_while_it_heals_the_run_after_sets_everything_right(way: str, duration: str) -> None:
    for kill, cut in cuts_of_healing(way, duration):
        prove("one", (kill,), (cut,))


def test_the_number_of_cuts_is_the_one_that_is_told() -> None:
    cuts = (
        *(cut for row in SINGLE for cut in single_cuts(*row)),
        *cuts_on_disk(),
        *(cut for row in BEFORE_KILLS for cut in later_kills(*row)),
        *(cut for row in WHILE_HEALING for cut in cuts_of_healing(*row)),
    )
    assert len(cuts) == NUMBER_OF_CUTS

"""What may pause waits until nobody would be called: at once, in each campaign's own next gap, or put off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.apply.campaign import apply, so_far
from reconciler.apply.context import ApplyOptions, WhenClosed
from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.holds import Hold, Selected
from reconciler.plan.calling import with_calling_told
from reconciler.sandbox import AnswerShape
from tests.support.office import HOURS, LUNCH, NIGHT
from tests.support.plans import FIELDS, HOST, desired
from tests.support.trouble import stamp
from tests.support.world import World, new_world
from tests.support.world_process import Process

# The clock of worlds begins on a Friday, 08:00 in UTC.
BEGIN = datetime(2027, 1, 15, 8, tzinfo=UTC)
HOUR = 3600.0
OFFICE = {"call_time_ranges": [{"start": "07:00", "end": "17:00"}]}
LATER = "end_date: '2027-12-31'\nmax_retries: 5"
CHANGE = f"id: c\n{LATER}"


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world


@dataclass
class Clock:
    """The clock of a process, and what somebody does after an hour."""

    process: Process
    do: Callable[[], object] = lambda: None
    waits: list[float] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.process, name)

    def wait(self, seconds: float) -> None:
        self.process.wait(seconds)
        self.waits.append(seconds)
        if self.process.world.seconds >= HOUR:
            do, self.do = self.do, lambda: None
            do()


@dataclass
class Applied:
    """What an apply did: outcomes in the order in which they came, what was told, and its calls."""

    outcomes: list[Outcome]
    told: list[str]
    calls: list[str]
    waits: list[float]

    @property
    def one(self) -> Outcome:
        (outcome,) = self.outcomes
        return outcome


def applied(
    world: World,
    *wanted: Desired,
    wait: float = 0.0,
    do: Callable[[Process], object] = lambda _: None,
    closed_by: Callable[[], str] = str,
    spares: bool = True,
    **options: float,
) -> Applied:
    process = world.process()
    when = WhenClosed(BEGIN + timedelta(seconds=world.seconds + wait), spares)
    how = ApplyOptions(when_closed=when, **options)  # type: ignore[arg-type]  # one of its numbers
    plan = with_calling_told(replace(world.plan(wanted, process, how), created_at=stamp(world.seconds)))
    read = len(process.events)
    clock = Clock(process, lambda: do(process))
    context = process.context._replace(clock=clock, closed_by=closed_by)  # type: ignore[arg-type]  # all of a clock
    outcomes = list(apply(plan, FIELDS, context, how))
    return Applied(
        outcomes, list(process.told), [event.split(" ", 1)[0] for event in process.events[read:]], clock.waits
    )


def retries(world: World, campaign: str = "c") -> Value:
    return world.bench.campaign(campaign)["max_retries"]


def test_what_is_closed_now_is_carried_out_with_its_pause(world: World) -> None:
    world.put("c", **HOURS, **NIGHT)
    found = applied(world, desired("c.yaml", CHANGE))

    assert (found.one.result, found.one.put_off, retries(world), world.status("c")) == (
        Result.APPLIED,
        None,
        5,
        "active",
    )
    assert found.one.seconds_paused > 0


def test_what_calls_now_is_put_off_and_told(world: World) -> None:
    world.put("c", **HOURS, **OFFICE)
    found = applied(world, desired("c.yaml", CHANGE), wait=8 * HOUR)

    assert (found.one.result, retries(world), found.calls) == (Result.DEFERRED, 3, [])
    assert found.one.put_off
    assert found.one.put_off.fields == ("end_date", "max_retries")
    assert found.one.put_off.until == BEGIN.replace(hour=17)
    assert found.one.failure
    assert found.one.failure.message == (
        "put off: calling now, closes 17:00 (in 9 h); it is closed for 300 s or more from 17:00 UTC on"
    )


@pytest.mark.parametrize(
    ("live", "timeout", "told"),
    [
        pytest.param(
            {**HOURS, **NIGHT},
            5 * HOUR,
            "closed until 12:00 UTC; it is closed for 18000 s or more from 17:00 UTC on",
            id="too short",
        ),
        pytest.param({**HOURS, **OFFICE, "timezone": None}, 300, "nobody can tell when it calls", id="no zone"),
        pytest.param(
            {**HOURS, "days_of_week": [*range(1, 8)], "call_time_ranges": [{"start": "00:00", "end": "23:59"}]},
            300,
            "closes 23:59 (in 15 h 59 min); it is never closed for 300 s in a row",
            id="never closed",
        ),
    ],
)
def test_what_is_not_closed_for_long_enough_is_put_off(
    world: World, live: dict[str, Value], timeout: float, told: str
) -> None:
    world.put("c", **live)
    found = applied(world, desired("c.yaml", CHANGE), drain_timeout=timeout)

    assert found.one.result is Result.DEFERRED
    assert found.one.failure
    assert told in found.one.failure.message


def test_closed_is_closed_by_the_new_hours_too(world: World) -> None:
    world.put("c", **HOURS, **NIGHT)
    wider = 'id: c\ncall_time_ranges: [{start: "07:00", end: "17:00"}]'
    found = applied(world, desired("c.yaml", wider))

    assert found.one.result is Result.DEFERRED


def test_each_waits_for_its_own_next_gap_in_their_order(world: World) -> None:
    world.put("office", **HOURS, **OFFICE)
    world.put("lunch", **HOURS, **LUNCH)
    world.put("night", **HOURS, **NIGHT)
    files = [desired(f"{name}.yaml", f"id: {name}\n{LATER}") for name in ("office", "lunch", "night")]
    found = applied(world, *files, wait=10 * HOUR)

    assert [(one.file, one.result) for one in found.outcomes] == [
        ("night.yaml", Result.APPLIED),
        ("lunch.yaml", Result.APPLIED),
        ("office.yaml", Result.APPLIED),
    ]
    assert [line for line in found.told if "waits:" in line] == [
        "lunch waits: calling now, closes 10:00 (in 2 h); it is closed for 300 s or more from 10:00 UTC on",
        "office waits: calling now, closes 17:00 (in 9 h); it is closed for 300 s or more from 17:00 UTC on",
    ]
    assert sum(found.waits) >= 9 * HOUR
    assert [line for line in found.told if "lunch still" in line][:2] == [
        "lunch still waits, 1 h 50 min to go",
        "lunch still waits, 1 h 40 min to go",
    ]


def test_a_gap_that_is_just_long_enough_is_taken_though_a_look_takes_time(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(world, desired("c.yaml", CHANGE), wait=3 * HOUR, drain_timeout=HOUR)

    assert (found.one.result, world.seconds < 3 * HOUR) == (Result.APPLIED, True)


def test_of_many_that_wait_the_first_are_named(world: World) -> None:
    files = []
    for number in range(12):
        world.put(f"c{number}", **HOURS, **LUNCH)
        files.append(desired(f"c{number}.yaml", f"id: c{number}\n{LATER}"))
    found = applied(world, *files, wait=3 * HOUR)

    assert "and 2 more wait" in found.told
    assert {one.result for one in found.outcomes} == {Result.APPLIED}


TIGHTER = 'call_time_ranges: [{start: "08:00", end: "16:00"}]'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{TIGHTER}\nmax_retries: 2", id="all of it tightens"),
        pytest.param(f"{TIGHTER}\nmax_retries: 5", id="only what cannot pause loosens"),
        pytest.param("status: paused\nend_date: '2027-12-31'\nmax_retries: 2", id="the file wants it paused"),
        pytest.param("status: cancelled\ntimezone: Europe/Paris", id="it ends"),
        pytest.param("max_retries: 5", id="nothing of it may pause"),
    ],
)
def test_what_tightens_or_stops_calls_or_cannot_pause_is_never_put_off(world: World, text: str) -> None:
    world.put("c", **HOURS, **OFFICE)
    found = applied(world, desired("c.yaml", f"id: c\n{text}"))

    assert (found.one.result, found.one.put_off, found.waits == [] or max(found.waits) < 60) == (
        Result.APPLIED,
        None,
        True,
    )


def test_what_tightens_besides_goes_at_once_and_the_rest_is_put_off(world: World) -> None:
    world.put("c", **HOURS, **OFFICE, do_not_call_enabled=False)
    text = "id: c\ntimezone: Europe/Paris\nmax_retries: 2\nretry_cooldown_hours: 1"
    found = applied(world, desired("c.yaml", text))

    assert found.one.result is Result.DEFERRED
    assert found.one.put_off
    assert found.one.put_off.fields == ("timezone", "retry_cooldown_hours")
    assert [one.field.name for one in found.one.changes] == ["max_retries"]
    assert (retries(world), world.bench.campaign("c")["timezone"]) == (2, "UTC")


def test_what_tightens_goes_before_the_wait_and_the_rest_in_the_gap(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    early: list[Value] = []
    found = applied(
        world,
        desired("c.yaml", "id: c\ndays_of_week: [1, 2, 3, 4, 5, 6]\nmax_retries: 2"),
        wait=4 * HOUR,
        do=lambda _: early.append(retries(world)),
    )

    assert early == [2]
    assert (found.one.result, [one.field.name for one in found.one.changes]) == (
        Result.APPLIED,
        ["max_retries", "days_of_week"],
    )
    assert found.one.done == ("updated 2 fields",)


def test_nothing_is_excepted_where_that_is_asked_for(world: World) -> None:
    world.put("c", **HOURS, **OFFICE)
    found = applied(world, desired("c.yaml", f"id: c\n{TIGHTER}\nmax_retries: 2"), spares=False)

    assert (found.one.result, retries(world)) == (Result.DEFERRED, 3)


def test_outside_of_outer_bounds_nobody_is_called(world: World) -> None:
    world.bench.settings = replace(world.bench.settings, answers=AnswerShape.parse("legacy"))
    world.put("c", **HOURS, **OFFICE)
    text = desired("c.yaml", "id: c\ntimezone: Europe/Paris\ndays_of_week: [1, 2, 3, 4, 5, 6]")
    by_day = applied(world, text)
    world.seconds += 10 * HOUR
    at_night = applied(world, text)

    assert by_day.one.failure
    assert "only the outer bounds of its windows are shown" in by_day.one.failure.message
    assert (by_day.one.result, at_night.one.result) == (Result.DEFERRED, Result.APPLIED)


def test_what_the_list_does_not_show_is_looked_up(world: World) -> None:
    shown = world.bench.settings
    world.bench.settings = replace(shown, answers=AnswerShape.parse("legacy"))
    world.put("c", **HOURS, **LUNCH)
    world.seconds = 2.5 * HOUR
    process, how = world.process(), ApplyOptions(when_closed=WhenClosed(BEGIN))
    plan = world.plan([desired("c.yaml", CHANGE)], process, how)
    world.bench.settings = shown
    (outcome,) = apply(plan, FIELDS, process.context, how)

    assert (outcome.result, retries(world)) == (Result.APPLIED, 5)


# While it waits


@pytest.mark.parametrize(
    ("state", "told"),
    [
        pytest.param({"status": "paused"}, "somebody made it paused meanwhile: plan again", id="paused"),
        pytest.param({"status": "cancelled"}, "somebody made it cancelled meanwhile", id="cancelled"),
        pytest.param({"max_retries": 1}, "somebody changed max_retries meanwhile: plan again", id="changed"),
    ],
)
def test_what_moved_while_it_waited_is_not_written(world: World, state: dict[str, Value], told: str) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(
        world,
        desired("c.yaml", CHANGE),
        wait=3 * HOUR,
        do=lambda _: world.put("c", **{**world.bench.campaign("c"), **state}),
    )

    assert found.one.result is Result.FAILED
    assert found.one.failure
    assert told in found.one.failure.message
    assert world.bench.campaign("c")["end_date"] == "2027-06-30"


def test_what_somebody_did_already_is_no_reason_to_stop(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(
        world,
        desired("c.yaml", CHANGE),
        wait=3 * HOUR,
        do=lambda _: world.put("c", **{**world.bench.campaign("c"), "max_retries": 5}),
    )

    assert (found.one.result, world.bench.campaign("c")["end_date"]) == (Result.APPLIED, "2027-12-31")


def test_hours_that_were_moved_while_it_waited_are_heeded(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(
        world,
        desired("c.yaml", CHANGE),
        wait=3 * HOUR,
        do=lambda _: world.put("c", **{**world.bench.campaign("c"), **OFFICE}),
    )

    assert (found.one.result, retries(world)) == (Result.DEFERRED, 3)
    assert found.one.failure
    assert "its gap was over before its turn came: calling now, closes 17:00" in found.one.failure.message


def test_a_machine_that_slept_over_the_gap_puts_it_off(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(world, desired("c.yaml", CHANGE), wait=3 * HOUR, do=lambda _: setattr(world, "seconds", 3.2 * HOUR))

    assert (found.one.result, retries(world)) == (Result.DEFERRED, 3)
    assert found.one.put_off
    assert found.one.put_off.until == BEGIN.replace(hour=17)


def test_a_signal_ends_the_wait_at_once(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    found = applied(world, desired("c.yaml", CHANGE), wait=3 * HOUR, do=lambda process: process.stop())

    assert (found.one.result, retries(world), int(world.seconds)) == (Result.DEFERRED, 3, HOUR)
    assert found.one.failure
    assert found.one.failure.message.startswith(
        "put off, stopped by SIGTERM while it waited: calling now, closes 10:00"
    )


def test_nothing_is_begun_after_the_wait_once_the_run_is_closed(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    why = []
    found = applied(
        world,
        desired("c.yaml", CHANGE),
        wait=3 * HOUR,
        do=lambda _: why.append("B failed"),
        closed_by=lambda: "".join(why),
    )

    assert (found.one.result, retries(world)) == (Result.DEFERRED, 3)
    assert found.one.failure
    assert found.one.failure.message == "put off while it waited: B failed"


def test_a_report_under_way_says_what_waits(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    works: list[CampaignWork] = []
    seen: list[Outcome] = []

    def run(work: Callable[[CampaignWork], Outcome], those: Sequence[CampaignWork]) -> Iterator[Outcome]:
        works[:] = those
        seen.extend(map(so_far, works))
        return map(work, works)

    process = world.process()
    how = ApplyOptions(when_closed=WhenClosed(BEGIN + timedelta(hours=3)))
    plan = world.plan([desired("c.yaml", CHANGE)], process, how)
    list(apply(plan, FIELDS, process.context, how, run))  # type: ignore[arg-type]  # these are sequences

    assert [one.result for one in seen] == [Result.FAILED, Result.DEFERRED]
    assert seen[1].put_off


def test_a_hold_that_begins_while_it_waits_is_heeded(world: World) -> None:
    world.put("c", **HOURS, **LUNCH)
    hold = Hold("2026-11-25T03:00:00+00:00", "Ana", "wrong prompt", HOST, Selected(everything=True))
    holds: list[Hold] = []

    class Book:
        def covering(self, *_: str) -> Hold | None:
            return holds[0] if holds else None

    process = world.process()
    how = ApplyOptions(when_closed=WhenClosed(BEGIN + timedelta(hours=3)))
    plan = world.plan([desired("c.yaml", CHANGE)], process, how)
    clock = Clock(process, lambda: holds.append(hold))
    context = process.context._replace(clock=clock, holds=Book())  # type: ignore[arg-type]  # all that is asked of them
    (outcome,) = apply(plan, FIELDS, context, how)

    assert (outcome.result, world.status("c")) == (Result.DEFERRED, "active")
    assert outcome.failure
    assert "calls are queued, and it is not paused for this" in outcome.failure.message


# An API that refuses any change while calls are queued


@pytest.mark.parametrize(
    ("text", "hours", "result"),
    [
        pytest.param("max_retries: 5", OFFICE, Result.DEFERRED, id="it calls"),
        pytest.param("max_retries: 5", NIGHT, Result.APPLIED, id="it is closed"),
        pytest.param("max_retries: 2", OFFICE, Result.APPLIED, id="it tightens"),
        pytest.param("max_retries: 5\nstatus: cancelled", OFFICE, Result.APPLIED, id="it ends"),
        pytest.param(f"{TIGHTER}\nmax_retries: 5", OFFICE, Result.APPLIED, id="it goes with what tightens"),
    ],
)
def test_a_pause_that_nobody_expected_waits_too(text: str, hours: dict[str, Value], result: Result) -> None:
    with new_world(conflicts="all") as world:
        world.put("c", **HOURS, **hours)
        outcome = applied(world, desired("c.yaml", f"id: c\n{text}")).one

    assert outcome.result is result
    assert (outcome.put_off and outcome.put_off.fields) == (("max_retries",) if result is Result.DEFERRED else None)


def test_what_a_pause_would_have_to_wait_for_is_told(world: World) -> None:
    world.bench.settings = replace(world.bench.settings, conflicts="all")
    world.put("c", **HOURS, **OFFICE)
    outcome = applied(world, desired("c.yaml", "id: c\nmax_retries: 5")).one

    assert outcome.failure
    assert outcome.failure.message == (
        "calls are queued, and it is not paused for this now: calling now, closes 17:00 (in 9 h); it is closed for "
        "300 s or more from 17:00 UTC on"
    )

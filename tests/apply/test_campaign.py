"""Carrying out a plan, campaign by campaign: what is sent, in which order, and what is told about it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reconciler.apply.context import ApplyOptions, PauseEntry
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.recover import heal, recover, resume, settle
from reconciler.model.document import Value
from reconciler.model.errors import UsageError
from reconciler.sandbox.sample_data import AGENT_SALES
from tests.support.plans import HOST, desired
from tests.support.trouble import (
    BROKEN,
    FOR_EVER,
    FORBIDDEN,
    TOO_MANY,
    TRIES,
    TURNS,
    Canned,
    Cut,
    Meanwhile,
    Trouble,
    Way,
    stamp,
)
from tests.support.world import Run, World, new_world

LOOK, PUT = "GET /campaigns/c", "PUT /campaigns/c"
PAUSE, RESUME = "PATCH /campaigns/c/status paused", "PATCH /campaigns/c/status active"
COMPLETE, CANCEL = "PATCH /campaigns/c/status completed", "PATCH /campaigns/c/status cancelled"
ENTRY = PauseEntry("c", HOST, "active", stamp(0), "to change timezone")
ZONE = "timezone: Europe/Paris"
CONFLICT = Canned(
    409, '{"success": false, "code": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "Pause the campaign first."}'
)
ALWAYS_IN_CONFLICT = Cut(CONFLICT, call=PUT, tries=FOR_EVER)


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world


def applied(world: World, file: str, options: ApplyOptions | None = None, **live: Value) -> Run:
    """Apply one file to one campaign, which is active and has calls queued unless told otherwise."""
    if live or "c" not in world.bench.campaigns():
        world.put("c", **{"status": "active", "queued": 3, **live})
    return world.run([desired("c.yaml", f"id: c\n{file}")], options)


def outcome(run: Run) -> Outcome:
    (only,) = run.outcomes
    return only


def failure(run: Run) -> Failure:
    told = outcome(run).failure
    assert told is not None
    return told


def steps(run: Run) -> tuple[str, ...]:
    """What happened after the campaign was read for the plan."""
    assert run.events[0] == LOOK
    return run.events[1:]


def bodies(run: Run) -> list[Value]:
    return [json.loads(write.body) for write in run.writes]


# The update


def test_the_put_carries_exactly_what_differs(world: World) -> None:
    file = "max_retries: 5\nretry_cooldown_hours: 24\nname: c\ndescription: new"
    run = applied(world, file, max_retries=3, retry_cooldown_hours=24)
    assert (steps(run), bodies(run)) == ((PUT,), [{"description": "new", "max_retries": 5}])
    told = outcome(run)
    assert [change.field.name for change in told.changes] == ["description", "max_retries"]
    assert replace(told, changes=()) == Outcome("c", "c", "c.yaml", Result.APPLIED, ("updated 2 fields",), requests=1)


def test_a_campaign_in_sync_costs_no_request(world: World) -> None:
    run = applied(world, "max_retries: 3\nstatus: active", max_retries=3)
    assert (steps(run), outcome(run)) == ((), Outcome("c", "c", "c.yaml", Result.UNCHANGED))


def test_a_finished_campaign_is_left_alone(world: World) -> None:
    run = applied(world, "max_retries: 5\nstatus: active", status="completed")
    assert (steps(run), outcome(run).result) == ((), Result.UNCHANGED)


def test_what_cannot_be_planned_fails_in_the_words_of_the_plan(world: World) -> None:
    run = applied(world, "status: draft", status="active")
    assert (outcome(run).result, run.writes) == (Result.FAILED, ())
    assert failure(run).message.startswith("status cannot become draft: the campaign is active")


def test_one_campaign_that_fails_does_not_stop_the_others(world: World) -> None:
    for name in ("a", "b", "c"):
        world.put(name, status="active")
    world.cuts = (Cut(FORBIDDEN, call="PUT /campaigns/b"),)
    run = world.run([desired(f"{name}.yaml", f"id: {name}\nmax_retries: 5") for name in ("a", "b", "c")])
    assert [one.result for one in run.outcomes] == [Result.APPLIED, Result.FAILED, Result.APPLIED]
    assert run.outcomes[1].failure == Failure(
        "PUT /campaigns/b: HTTP 403: Cannot update campaign status", "PUT /campaigns/b", 403
    )


def test_tries_are_counted(world: World) -> None:
    world.cuts = (Cut(BROKEN, call=PUT, tries=2),)
    done = outcome(applied(world, "max_retries: 5"))
    assert (done.result, done.requests, done.retries) == (Result.APPLIED, 3, 2)


# The conflict


def test_a_conflict_is_paused_drained_changed_and_resumed(world: World) -> None:
    run = applied(world, ZONE)
    assert steps(run) == (PUT, LOOK, "announce c", PAUSE, PUT, PUT, PUT, LOOK, RESUME, "clear c")
    done = outcome(run)
    assert (done.result, done.done, done.notices, done.requests) == (Result.APPLIED, ("updated 1 field",), (), 8)
    assert (world.status("c"), world.entries, round(done.seconds_paused, 1)) == ("active", (), 1.3)


def test_the_journal_says_what_for(world: World) -> None:
    world.cuts = (Cut(Way.KILLED_BEFORE, call=PAUSE),)
    applied(world, f"{ZONE}\ndays_of_week: [6]")
    (entry,) = world.entries
    reason, token = "to change days_of_week, timezone", world.process().context.token
    assert entry == PauseEntry("c", HOST, "active", stamp(0.03), reason, name="c", token=token, file="c.yaml")


def test_the_waits_for_the_drain_grow(world: World) -> None:
    world.bench.settings = type(world.bench.settings)(rate_limit=FOR_EVER, drain_after_puts=6)
    applied(world, ZONE)
    times = [request.time for request in world.bench.writes if request.method == "PUT"][1:]
    waits = [round(after - before, 1) for before, after in itertools.pairwise(times)]
    assert waits == [0.5, 0.8, 1.1, 1.7, 2.5, 3.8]


def test_waiting_for_queued_calls_is_told_every_ten_seconds(world: World) -> None:
    world.cuts = (ALWAYS_IN_CONFLICT,)
    run = applied(world, ZONE, ApplyOptions(drain_timeout=40))

    assert [line for line in run.lines if line.startswith("waiting")] == [
        "waiting for queued calls of c, 10 s of 40 s",
        "waiting for queued calls of c, 25 s of 40 s",
        "waiting for queued calls of c, 35 s of 40 s",
    ]


@pytest.mark.parametrize("seconds", [0.0, 1.0, 20.0])
def test_calls_that_do_not_drain_in_time_put_the_change_off(world: World, seconds: float) -> None:
    world.cuts = (ALWAYS_IN_CONFLICT,)
    run = applied(world, ZONE, ApplyOptions(drain_timeout=seconds))
    assert (outcome(run).result, outcome(run).done, world.status("c"), world.entries) == (
        Result.DEFERRED,
        (),
        "active",
        (),
    )
    message = f"calls were still queued after {seconds:g} s of waiting: nothing was updated"
    assert failure(run) == Failure(message, PUT, 409, "CAMPAIGN_HAS_ACTIVE_CALLS")
    assert seconds <= outcome(run).seconds_paused < seconds + 1


@pytest.mark.parametrize(
    "body",
    [
        '{"success": false, "code": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "Cannot update."}',
        '{"error": {"code": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "Cannot update."}}',
        '{"error": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "Cannot update.", "status_code": 409}',
    ],
    ids=["at the top", "in an error object", "as the error"],
)
def test_the_code_is_found_wherever_the_pages_put_it(world: World, body: str) -> None:
    world.cuts = (Cut(Canned(409, body), call=PUT),)
    run = applied(world, ZONE, queued=0)
    assert steps(run) == (PUT, LOOK, "announce c", PAUSE, PUT, LOOK, RESUME, "clear c")


@pytest.mark.parametrize(
    "canned",
    [
        Canned(409, '{"success": false, "code": "CAMPAIGN_LOCKED", "message": "Locked"}'),
        Canned(409, '{"success": false, "message": "Campaign has active calls in progress"}'),
        Canned(403, '{"success": false, "code": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "No"}'),
        Canned(409, '{"success": false, "code": "campaign_has_active_calls", "message": "No"}'),
    ],
    ids=["another code", "no code", "another status", "another spelling"],
)
def test_any_other_refusal_is_a_failure_without_a_pause(world: World, canned: Canned) -> None:
    world.cuts = (Cut(canned, call=PUT, tries=FOR_EVER),)
    run = applied(world, ZONE)
    assert (steps(run), outcome(run).result, failure(run).status) == ((PUT,), Result.FAILED, canned.status)


def test_a_draft_is_never_paused(world: World) -> None:
    world.cuts = (ALWAYS_IN_CONFLICT,)
    run = applied(world, ZONE, status="draft")
    assert (steps(run), outcome(run).result) == ((PUT,), Result.FAILED)


def test_a_campaign_that_is_paused_already_is_waited_for_and_stays_paused(world: World) -> None:
    run = applied(world, ZONE, status="paused")
    assert (steps(run), outcome(run).result) == ((PUT, PUT, PUT), Result.APPLIED)
    assert (world.status("c"), outcome(run).seconds_paused) == ("paused", 0.0)


def test_without_leave_to_pause_the_change_is_put_off(world: World) -> None:
    run = applied(world, f"{ZONE}\nstatus: completed", ApplyOptions(may_pause=False))
    assert (steps(run), outcome(run).result) == ((PUT,), Result.DEFERRED)
    assert failure(run).message == "calls are queued, and pausing is not allowed here (--no-pause)"


def test_without_a_journal_nothing_is_paused_and_nothing_is_changed(world: World) -> None:
    world.cuts = (Cut(Way.DISK_FULL, call="announce c"),)
    run = applied(world, ZONE)
    assert (steps(run), outcome(run).result) == ((PUT, LOOK, "announce c"), Result.FAILED)
    assert failure(run) == Failure("journal.json cannot be written: no space left on device")
    assert (world.status("c"), world.bench.campaign("c")["timezone"]) == ("active", "America/New_York")


def test_a_pause_that_is_refused_is_a_failure(world: World) -> None:
    world.cuts = (Cut(FORBIDDEN, call=PAUSE),)
    run = applied(world, ZONE)
    assert (steps(run)[-2:], outcome(run).result) == ((PAUSE, "clear c"), Result.FAILED)


def test_a_refusal_during_the_pause_is_told_where_the_field_stands_and_the_campaign_resumed(world: World) -> None:
    invalid = Canned(422, '{"message": "The given data was invalid.", "errors": {"timezone": ["No such zone."]}}')
    world.cuts = (Cut(invalid, first=2, call=PUT),)
    run = applied(world, ZONE)
    assert (outcome(run).result, world.status("c"), world.entries) == (Result.FAILED, "active", ())
    assert [str(problem) for problem in failure(run).problems] == ["c.yaml:2:11: timezone: the API says: No such zone."]


def test_what_failed_first_is_told_where_the_campaign_is_left_paused(world: World) -> None:
    world.cuts = (Cut(BROKEN, first=2, call=PUT, tries=TRIES), Cut(FORBIDDEN, call=RESUME, tries=FOR_EVER))
    run = applied(world, ZONE)
    refused = "PATCH /campaigns/c/status: HTTP 403: Cannot update campaign status"
    broken = "PUT /campaigns/c: HTTP 500: Internal server error."
    assert outcome(run).result is Result.LEFT_PAUSED
    assert failure(run) == Failure(
        f"it is left paused: {refused}; before that: {broken}", "PATCH /campaigns/c/status", 403
    )
    assert (world.entries[0].campaign, outcome(run).seconds_paused > 0) == ("c", True)


def test_an_update_that_worked_is_told_where_the_campaign_is_left_paused(world: World) -> None:
    world.cuts = (Cut(FORBIDDEN, call=RESUME, tries=FOR_EVER),)
    run = applied(world, ZONE)
    assert (outcome(run).result, outcome(run).done) == (Result.LEFT_PAUSED, ("updated 1 field",))
    assert failure(run).message == (
        "it is left paused: PATCH /campaigns/c/status: HTTP 403: Cannot update campaign status"
    )


def test_a_put_that_shows_another_status_is_not_believed(world: World) -> None:
    """A stale answer must not end in a campaign that stays paused."""
    answer = Canned(200, '{"success": true, "data": {"id": "c", "status": "active", "timezone": "Europe/Paris"}}')
    world.cuts = (Cut(answer, first=2, call=PUT),)
    run = applied(world, ZONE)
    assert (steps(run)[-4:], world.status("c")) == ((PUT, LOOK, RESUME, "clear c"), "active")


# The status


def test_a_campaign_starts_with_its_new_settings(world: World) -> None:
    run = applied(world, f"{ZONE}\nstatus: active", status="draft")
    assert (steps(run), outcome(run).done) == ((PUT, RESUME), ("updated 1 field", "status draft -> active"))


def test_a_status_alone_is_one_request(world: World) -> None:
    assert steps(applied(world, "status: cancelled")) == (CANCEL,)


def test_a_pause_that_the_file_wants_comes_first_and_lasts(world: World) -> None:
    run = applied(world, f"{ZONE}\nstatus: paused")
    assert (steps(run), world.entries) == ((PAUSE, PUT, PUT, PUT), ())
    assert (outcome(run).done, world.status("c")) == (("status active -> paused", "updated 1 field"), "paused")


def test_an_end_follows_straight_on_our_pause(world: World) -> None:
    run = applied(world, f"{ZONE}\nstatus: completed")
    assert steps(run) == (PUT, LOOK, "announce c", PAUSE, PUT, PUT, PUT, LOOK, COMPLETE, "clear c")
    assert outcome(run).done == ("updated 1 field", "status active -> completed")


def test_an_end_comes_only_after_the_api_kept_the_update(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, first=4, call=PUT),)
    run = applied(world, f"{ZONE}\nstatus: completed")
    assert (COMPLETE in steps(run), outcome(run).result, world.status("c")) == (False, Result.FAILED, "active")


def test_a_campaign_does_not_start_with_settings_that_the_api_did_not_keep(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PUT),)
    run = applied(world, f"{ZONE}\nstatus: active", status="draft")
    assert (steps(run)[:2], RESUME in steps(run), outcome(run).result) == ((PUT, LOOK), False, Result.FAILED)


def test_an_end_that_is_refused_after_our_pause_leaves_the_campaign_as_it_was(world: World) -> None:
    world.cuts = (Cut(FORBIDDEN, call=CANCEL, tries=FOR_EVER),)
    run = applied(world, f"{ZONE}\nstatus: cancelled")
    assert (outcome(run).result, failure(run).status, world.status("c"), world.entries) == (
        Result.FAILED,
        403,
        "active",
        (),
    )


# Somebody else


TOUCHED = "somebody made the campaign {} meanwhile: it was not touched"
LEFT = "somebody made the campaign {} while we had paused it: it was left so"
MEANWHILE = {
    "cancelled before we look": ((LOOK, 2), "cancelled", Result.FAILED, TOUCHED),
    "paused before we look": ((LOOK, 2), "paused", Result.FAILED, TOUCHED),
    "paused just before our pause": ((PAUSE, 1), "paused", Result.FAILED, None),
    "cancelled just before our pause": ((PAUSE, 1), "cancelled", Result.FAILED, None),
    "cancelled while it drains": ((PUT, 3), "cancelled", Result.FAILED, LEFT),
    "completed while it drains": ((PUT, 3), "completed", Result.FAILED, LEFT),
    "completed before we resume": ((RESUME, 1), "completed", Result.APPLIED, LEFT),
    "resumed before we resume": ((RESUME, 1), "active", Result.APPLIED, None),
    "paused after we resumed": (("clear c", 1), "paused", Result.APPLIED, None),
}


@pytest.mark.parametrize(("at", "status", "result", "notice"), MEANWHILE.values(), ids=MEANWHILE)
def test_what_somebody_makes_of_it_meanwhile_is_left_so_and_told(
    world: World, at: tuple[str, int], status: str, result: Result, notice: str | None
) -> None:
    world.meanwhile = (Meanwhile(at[0], lambda: world.put("c", status=status), at[1]),)
    run = applied(world, ZONE)
    assert (outcome(run).result, world.status("c"), world.entries) == (result, status, ())
    assert outcome(run).notices == ((notice.format(status),) if notice else ())


def test_a_campaign_that_somebody_resumes_while_it_drains_is_put_off(world: World) -> None:
    world.meanwhile = (Meanwhile(PUT, lambda: world.put("c", status="active"), first=3),)
    run = applied(world, ZONE, ApplyOptions(drain_timeout=5))
    assert (outcome(run).result, world.status("c"), world.entries) == (Result.DEFERRED, "active", ())


def test_a_campaign_that_is_deleted_while_it_drains_is_told(world: World) -> None:
    world.meanwhile = (Meanwhile(PUT, lambda: world.bench.remove_campaign("c"), first=3),)
    run = applied(world, ZONE)
    assert (outcome(run).result, failure(run).status, len(world.entries)) == (Result.LEFT_PAUSED, 404, 1)
    assert "if it is gone for good: `reconciler recover --forget c`" in failure(run).message


def test_an_end_comes_even_if_somebody_resumed_the_campaign(world: World) -> None:
    world.meanwhile = (Meanwhile(PUT, lambda: world.put("c", status="active", queued=0), first=4),)
    run = applied(world, f"{ZONE}\nstatus: completed")
    assert (outcome(run).result, outcome(run).notices, world.status("c")) == (Result.APPLIED, (), "completed")


def test_an_end_is_not_tried_on_what_somebody_ended_otherwise(world: World) -> None:
    world.meanwhile = (Meanwhile(COMPLETE, lambda: world.put("c", status="cancelled")),)
    run = applied(world, f"{ZONE}\nstatus: completed")
    assert (steps(run)[-3:], outcome(run).result) == ((COMPLETE, LOOK, "clear c"), Result.FAILED)
    assert failure(run).message == "the file wants it completed, but somebody made it cancelled meanwhile: plan again"


def test_a_step_that_somebody_made_impossible_fails_in_the_words_of_the_api(world: World) -> None:
    world.meanwhile = (Meanwhile(RESUME, lambda: world.put("c", status="cancelled")),)
    run = applied(world, "status: active", status="draft")
    assert (outcome(run).result, world.status("c")) == (Result.FAILED, "cancelled")
    assert "Cannot transition from cancelled to active" in failure(run).message


def test_a_wanted_pause_that_somebody_ended_fails(world: World) -> None:
    world.meanwhile = (Meanwhile(PAUSE, lambda: world.put("c", status="completed")),)
    run = applied(world, f"{ZONE}\nstatus: paused")
    assert (steps(run), outcome(run).result) == ((PAUSE,), Result.FAILED)


# Fields that nobody can verify


def test_an_unverified_value_is_sent_once_and_remembered(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    runs = [applied(world, f"auto_complete: {value}") for value in ("true", "true", "false")]
    assert [bodies(run) for run in runs] == [[{"auto_complete": True}], [], [{"auto_complete": False}]]


def test_no_older_value_stays_in_the_record_of_a_field_that_is_seen_for_a_while(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    applied(world, "auto_complete: true")
    world.hidden = frozenset()
    applied(world, "auto_complete: false")
    world.hidden = frozenset({"auto_complete"})
    assert bodies(applied(world, "auto_complete: false")) == []


def test_a_schedule_that_is_put_off_holds_up_nothing_else_that_nobody_can_verify(world: World) -> None:
    world.hidden = frozenset({"auto_complete", "end_date"})
    run = applied(world, "auto_complete: true\nend_date: 2027-03-01")
    assert (bodies(run), outcome(run).notices) == ([{"auto_complete": True}, {"end_date": "2027-03-01"}], (PUT_OFF,))
    assert [one.field.name for one in outcome(run).unverified] == ["auto_complete"]


def test_a_value_that_cannot_be_remembered_is_told(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    world.cuts = (Cut(Way.DISK_FULL, call="remember c"),)
    run = applied(world, "auto_complete: true")
    assert outcome(run).result is Result.APPLIED
    assert outcome(run).notices == (
        "auto_complete will be sent again next time: journal.json cannot be written: no space left on device",
    )


PUT_OFF = (
    "calls are queued: end_date was put off, since nobody can tell whether it is live already "
    "(--force-unverified sends it all the same)"
)


def test_an_update_of_nothing_but_unverified_fields_never_pauses_and_is_no_failure(world: World) -> None:
    world.hidden = frozenset({"end_date"})
    run = applied(world, "end_date: 2027-03-01")
    assert (steps(run), outcome(run).result, world.record) == ((PUT,), Result.APPLIED, {})
    assert outcome(run).notices == (PUT_OFF,)


def test_an_unverified_field_that_is_known_to_be_new_pauses_as_any_change_does(world: World) -> None:
    world.hidden = frozenset({"end_date"})
    applied(world, "end_date: 2027-02-01", queued=0)
    world.put("c", queued=3)
    run = applied(world, "end_date: 2027-03-01")
    assert (outcome(run).result, world.status("c"), world.bench.campaign("c")["end_date"]) == (
        Result.APPLIED,
        "active",
        "2027-03-01",
    )
    assert PAUSE in steps(run)


def test_what_the_answer_to_a_put_shows_is_remembered_and_not_sent_for_being_unknown(world: World) -> None:
    # Reads hide the field; the answer to the PUT of something else shows it, with another value than the file's.
    world.hidden_on_read = frozenset({"end_date"})
    world.put("c", status="active", queued=3, end_date="2027-02-01")
    first = applied(world, "end_date: 2027-03-01\nmax_retries: 5")
    again = applied(world, "end_date: 2027-03-01\nmax_retries: 5")
    assert (outcome(first).notices, PAUSE in steps(first), PAUSE in steps(again)) == ((PUT_OFF,), False, True)
    assert world.bench.campaign("c")["end_date"] == "2027-03-01"


def test_unverified_fields_go_in_a_put_of_their_own_after_a_change_that_pauses(world: World) -> None:
    world.hidden = frozenset({"end_date"})
    run = applied(world, f"end_date: 2027-03-01\n{ZONE}")
    assert (outcome(run).result, bodies(run)[0], bodies(run)[-2]) == (
        Result.APPLIED,
        {"timezone": "Europe/Paris"},
        {"end_date": "2027-03-01"},
    )
    assert outcome(run).done == ("updated 2 fields",)


def test_an_unverified_field_does_not_make_a_harmless_change_pause(world: World) -> None:
    world.hidden = frozenset({"end_date"})
    run = applied(world, "end_date: 2027-03-01\nmax_retries: 5")
    assert (steps(run), outcome(run).result, outcome(run).notices) == ((PUT, PUT), Result.APPLIED, (PUT_OFF,))


@pytest.mark.parametrize(("status", "step"), [("completed", COMPLETE), ("active", RESUME)])
def test_a_step_does_not_wait_for_unverified_fields(world: World, status: str, step: str) -> None:
    world.hidden = frozenset({"end_date"})
    before = "paused" if status == "active" else "active"
    run = applied(world, f"end_date: 2027-03-01\nstatus: {status}", status=before)
    assert (steps(run), outcome(run).result, world.status("c")) == ((PUT, step), Result.APPLIED, status)
    assert outcome(run).notices == (PUT_OFF,)


# Verification


def test_an_answer_that_shows_what_was_sent_is_enough(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    assert steps(applied(world, "max_retries: 5\nauto_complete: true")) == (PUT, PUT, "remember c")


def test_an_answer_that_does_not_costs_one_look(world: World) -> None:
    world.hidden_on_write = frozenset({"max_retries", "retry_cooldown_hours"})
    assert steps(applied(world, "max_retries: 5\nretry_cooldown_hours: 2")) == (PUT, LOOK)


def test_what_the_api_did_not_keep_is_a_failure_with_both_values(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PUT),)
    run = applied(world, "max_retries: 10\ndays_of_week: [7, 6]", max_retries=3, queued=0)
    assert outcome(run).result is Result.FAILED
    assert failure(run) == Failure(
        "the API did not keep days_of_week: sent Sat-Sun, has Mon-Fri; the API did not keep max_retries: sent 10, has 3"
    )


def test_an_answer_without_a_campaign_is_no_verification(world: World) -> None:
    world.cuts = (Cut(Canned(200, '{"success": true}'), call=PUT),)
    run = applied(world, "max_retries: 10", max_retries=3)
    assert (steps(run)[:2], failure(run).message) == ((PUT, LOOK), "the API did not keep max_retries: sent 10, has 3")


def test_a_read_that_lags_behind_the_put_is_asked_again_before_it_is_believed(world: World) -> None:
    world.hidden_on_write = frozenset({"max_retries"})
    stale = Canned(200, '{"success": true, "data": {"id": "c", "max_retries": 3}}')
    world.cuts = (Cut(stale, call=LOOK, first=2, tries=3),)
    run = applied(world, "max_retries: 10", max_retries=3)
    assert (steps(run), outcome(run).result) == ((PUT, LOOK, LOOK, LOOK, LOOK), Result.APPLIED)


@pytest.mark.parametrize("way", [Way.HTML, Way.BROKEN_AFTER, Way.LOST], ids=["no JSON", "500", "lost"])
def test_an_update_that_was_answered_badly_is_looked_at(world: World, way: Way) -> None:
    world.cuts = (Cut(way, call=PUT, tries=TRIES),)
    run = applied(world, "max_retries: 10", max_retries=3)
    assert (steps(run)[-1], outcome(run).result, outcome(run).done) == (LOOK, Result.APPLIED, ("updated 1 field",))


@pytest.mark.parametrize("way", [BROKEN, Way.TIMEOUT], ids=["500", "timeout"])
def test_an_update_that_no_look_shows_failed(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call=PUT, tries=TRIES),)
    run = applied(world, "max_retries: 10", max_retries=3)
    assert (steps(run)[-1], outcome(run).result, failure(run).request) == (LOOK, Result.FAILED, PUT)


def test_what_was_taken_in_no_words_and_is_never_shown_is_told_and_sent_again_next_time(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    world.cuts = (Cut(Way.HTML, call=PUT),)
    run = applied(world, "auto_complete: true")
    assert (outcome(run).result, world.record) == (Result.APPLIED, {})
    told = "PUT /campaigns/c: HTTP 200, but the answer is no JSON: is a proxy in between?"
    assert outcome(run).notices == (f"nobody can tell whether auto_complete was taken: {told}",)


def test_what_got_no_answer_and_is_never_shown_is_a_failure(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    world.cuts = (Cut(Way.LOST, call=PUT, tries=TRIES),)
    run = applied(world, "auto_complete: true")
    assert (outcome(run).result, world.record) == (Result.FAILED, {})


# Refusals of fields


FIELDS_FILE = """\
days_of_week:
  - 7
  - 3
call_time_ranges:
  - {start: "13:00", end: "17:00"}
  - {start: "09:00", end: "12:00"}
max_retries: 5
do_not_call_custom_list:
  - "+12025550143"
"""


@pytest.mark.parametrize(
    ("key", "position"),
    [
        ("max_retries", "c.yaml:8:14: max_retries"),
        ("days_of_week.0", "c.yaml:4:5: days_of_week[1]"),
        ("days_of_week.9", "c.yaml:3:3: days_of_week"),
        ("days_of_week.first", "c.yaml:3:3: days_of_week.first"),
        ("call_time_ranges.0.end", "c.yaml:7:27: call_time_ranges[1].end"),
        ("do_not_call_custom_list.0", "c.yaml:10:3: do_not_call_custom_list"),
        ("do_not_call_custom_list.1", "c.yaml:10:5: do_not_call_custom_list[0]"),
        ("agent_id", "c.yaml:1:1: agent_id"),
        ("agent_id.0", "c.yaml:1:1: agent_id[0]"),
    ],
    ids=lambda text: text.partition(":")[0],
)
def test_a_refused_field_is_told_where_it_stands_in_the_file(world: World, key: str, position: str) -> None:
    """Lists are sent sorted, so their positions are others in the file."""
    body = {"message": "The given data was invalid.", "errors": {key: ["No."]}}
    world.cuts = (Cut(Canned(422, json.dumps(body)), call=PUT),)
    run = applied(world, FIELDS_FILE, do_not_call_list_source="custom", do_not_call_custom_list=["+12025550119"])
    assert [str(problem) for problem in failure(run).problems] == [f"{position}: the API says: No."]
    assert (outcome(run).result, failure(run).status) == (Result.FAILED, 422)


# The wish to stop


def test_after_a_signal_nothing_is_begun(world: World) -> None:
    world.cuts = (Cut(Way.SIGNAL_AFTER, call=LOOK),)
    run = applied(world, ZONE)
    assert (steps(run), outcome(run).result) == ((), Result.NOT_ATTEMPTED)
    assert failure(run) == Failure("stopped by SIGTERM")


@pytest.mark.parametrize("first", [2, 3])
def test_a_signal_during_the_drain_resumes(world: World, first: int) -> None:
    world.cuts = (Cut(Way.SIGNAL_AFTER, first=first, call=PUT),)
    run = applied(world, ZONE)
    assert (steps(run)[-3:], outcome(run).result) == ((LOOK, RESUME, "clear c"), Result.FAILED)
    assert (failure(run).message, world.status("c")) == ("stopped by SIGTERM", "active")


def test_a_signal_and_no_connection_leave_it_paused_and_tell_both(world: World) -> None:
    world.cuts = (
        Cut(Way.SIGNAL_AFTER, first=2, call=PUT),
        Cut(Way.NO_CONNECTION, call=RESUME, tries=FOR_EVER),
    )
    run = applied(world, ZONE)
    assert outcome(run).result is Result.LEFT_PAUSED
    assert failure(run).message == (
        "it is left paused: PATCH /campaigns/c/status: no connection; before that: stopped by SIGTERM"
    )


# Recovering


def recovered(world: World, *entries: PauseEntry) -> list[Outcome]:
    world.entries = entries
    return list(recover(entries, world.process().context))


def test_what_the_journal_holds_is_resumed_if_it_is_still_paused(world: World) -> None:
    world.put("c", status="paused")
    done = f"it is active again (paused at {stamp(0)} to change timezone)"
    assert recovered(world, ENTRY) == [Outcome("c", "c", "", Result.APPLIED, (done,), requests=2)]
    assert (world.status("c"), world.entries) == ("active", ())


@pytest.mark.parametrize("status", ["completed", "cancelled", "draft"])
def test_what_is_not_paused_any_more_is_told_and_cleared(world: World, status: str) -> None:
    world.put("c", status=status)
    notice = f"somebody made the campaign {status} while we had paused it: it was left so"
    assert recovered(world, ENTRY) == [Outcome("c", "c", "", Result.APPLIED, notices=(notice,), requests=1)]
    assert (world.status("c"), world.entries) == (status, ())


def test_what_is_active_is_cleared_and_what_is_gone_is_kept(world: World) -> None:
    world.put("c", status="active")
    gone = PauseEntry("d", HOST, "active", "second 0", "to change timezone")
    assert [one.result for one in recovered(world, ENTRY, gone)] == [Result.APPLIED, Result.LEFT_PAUSED]
    assert (world.entries, world.status("c")) == ((gone,), "active")


@pytest.mark.parametrize("status", ["cancelled", "completed", "paused", "draft"])
def test_nothing_but_active_is_ever_obeyed(world: World, status: str) -> None:
    world.put("c", status="paused")
    odd = ENTRY._replace(status_before=status)
    (told,) = recovered(world, odd)
    assert (told.result, world.entries, world.bench.requests) == (Result.LEFT_PAUSED, (odd,), ())
    assert told.failure == Failure(
        f"the journal says that it was {status} before, which we never pause: it is not obeyed; "
        "look into it, then `reconciler recover --forget c`"
    )


# Healing before an apply


def healed(world: World, wanted: str | None = None, days: float = 0.0) -> Outcome | None:
    world.entries = (ENTRY._replace(at=stamp(0)),)
    world.seconds = days * 86400
    return heal(world.entries[0], world.process().context, wanted)


@pytest.mark.parametrize("wanted", [None, "active"])
def test_before_an_apply_what_the_journal_holds_is_resumed(world: World, wanted: str | None) -> None:
    world.put("c", status="paused")
    told = healed(world, wanted)
    assert told is not None
    assert (told.result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


def test_what_its_file_wants_paused_stays_so_and_the_journal_forgets_it(world: World) -> None:
    world.put("c", status="paused")
    told = healed(world, "paused")
    assert told is not None
    assert (told.result, told.done) == (Result.APPLIED, ("it stays paused, as its file wants it",))
    assert (world.status("c"), world.entries, world.bench.writes) == ("paused", (), ())


def test_what_somebody_ended_meanwhile_is_not_said_to_stay_paused(world: World) -> None:
    world.put("c", status="completed")
    told = healed(world, "paused")
    assert told is not None
    assert (told.result, told.done, world.entries) == (Result.APPLIED, (), ())


def test_a_campaign_that_a_person_names_is_put_back_as_the_journal_has_it(world: World) -> None:
    world.put("c", status="paused")
    world.entries = (ENTRY._replace(status_before="cancelled"),)
    told = resume("c", world.process().context, world.entries[0])
    assert (told.result, world.status("c"), len(world.entries)) == (Result.APPLIED, "active", 0)


@pytest.mark.parametrize("wanted", ["completed", "cancelled"])
def test_what_its_file_wants_ended_is_not_resumed_on_the_way(world: World, wanted: str) -> None:
    world.put("c", status="paused")
    assert healed(world, wanted) is None
    assert (world.bench.requests, len(world.entries)) == ((), 1)
    (entry,) = world.entries

    left = settle(entry, world.process().context)
    assert left is not None
    assert (left.result, len(world.entries)) == (Result.LEFT_PAUSED, 1)

    world.put("c", status=wanted)
    assert (settle(entry, world.process().context), world.entries) == (None, ())


@pytest.mark.parametrize(("status", "result"), [("paused", Result.LEFT_PAUSED), ("active", Result.APPLIED)])
def test_what_is_older_than_a_week_is_told_and_not_acted_upon(world: World, status: str, result: Result) -> None:
    world.put("c", status=status)
    told = healed(world, days=8.0)
    assert told is not None
    assert (told.result, world.status("c"), world.bench.writes) == (result, status, ())
    assert (len(world.entries) == 1) is (status == "paused")


def test_what_is_older_than_a_week_is_resumed_when_somebody_says_so(world: World) -> None:
    world.put("c", status="paused")
    world.seconds = 8 * 86400.0
    (told,) = recovered(world, ENTRY._replace(at=stamp(0)))
    assert (told.result, world.status("c"), world.entries) == (Result.APPLIED, "active", ())


def test_recovering_twice_does_nothing_more(world: World) -> None:
    world.put("c", status="paused")
    recovered(world, ENTRY)
    world.seconds += 60
    before = world.bench.writes
    recovered(world, ENTRY)
    assert (world.bench.writes, world.status("c")) == (before, "active")


def test_one_that_cannot_be_resumed_does_not_stop_the_others(world: World) -> None:
    world.put("b", status="paused")
    world.put("c", status="paused")
    world.cuts = (Cut(FORBIDDEN, call="PATCH /campaigns/b/status active", tries=FOR_EVER),)
    stuck = PauseEntry("b", HOST, "active", "second 0", "to change timezone")
    first, second = recovered(world, stuck, ENTRY)
    assert (first.result, second.result, world.entries) == (Result.LEFT_PAUSED, Result.APPLIED, (stuck,))
    request = "PATCH /campaigns/b/status"
    assert first.failure == Failure(
        f"it is left paused: {request}: HTTP 403: Cannot update campaign status", request, 403
    )


def test_an_apply_begins_with_what_the_journal_holds(world: World) -> None:
    world.entries = (ENTRY,)
    run = applied(world, ZONE, status="paused")
    assert (run.events[:3], [one.result for one in run.healed]) == ((LOOK, RESUME, "clear c"), [Result.APPLIED])
    assert (outcome(run).result, world.status("c")) == (Result.APPLIED, "active")


# Creation


def created(world: World, more: str = "status: active") -> Run:
    required = "campaign_type: sales\nstart_date: 2027-01-04\ndays_of_week: [1]\ntimezone: Europe/Paris"
    windows = "call_time_ranges: [{start: '09:00', end: '12:00'}]"
    file = f"id: null\nname: New\nagent_id: {AGENT_SALES}\n{required}\n{windows}\n{more}"
    return world.run([desired("new.yaml", file)])


def named(world: World) -> list[str]:
    return [str(stored["status"]) for stored in world.bench.campaigns().values() if stored["name"] == "New"]


def methods(run: Run) -> list[str]:
    return [event.partition(" ")[0] for event in run.events]


def test_a_campaign_is_created_and_then_started(world: World) -> None:
    run = created(world)
    (identifier,) = world.bench.campaigns()
    assert (methods(run), named(world)) == (["GET", "GET", "POST", "remember", "PATCH"], ["active"])
    assert (outcome(run).id, outcome(run).is_created) == (identifier, True)
    assert outcome(run).done == (f"created as draft, id {identifier}", "status draft -> active")


@pytest.mark.parametrize("way", [Way.LOST, Way.HTML, Way.BROKEN_AFTER], ids=["lost", "a proxy's page", "500"])
def test_a_campaign_whose_creation_got_no_answer_is_looked_for_not_made_again(world: World, way: Way) -> None:
    world.cuts = (Cut(way, call="POST /campaigns"),)
    run = created(world)
    looks = ["GET", "GET"]
    assert (methods(run), named(world)) == ([*looks, "POST", *looks, "remember", "PATCH"], ["active"])
    assert outcome(run).result is Result.APPLIED


@pytest.mark.parametrize("way", [Way.TIMEOUT, BROKEN], ids=["timeout", "500"])
def test_a_creation_that_failed_and_is_not_found_is_a_failure(world: World, way: Trouble) -> None:
    world.cuts = (Cut(way, call="POST /campaigns"),)
    run = created(world)
    assert (methods(run)[:3], set(methods(run)[3:])) == (["GET", "GET", "POST"], {"GET"})
    assert (named(world), outcome(run).result) == ([], Result.FAILED)
    assert (failure(run).request, outcome(run).id, outcome(run).is_created) == ("POST /campaigns", None, False)


@pytest.mark.parametrize(("way", "tries"), [(FORBIDDEN, 1), (Way.NO_CONNECTION, TURNS)], ids=["403", "no connection"])
def test_every_try_of_a_creation_comes_after_a_look(world: World, way: Trouble, tries: int) -> None:
    world.cuts = (Cut(way, call="POST /campaigns", tries=tries),)
    run = created(world)
    assert (methods(run), named(world), outcome(run).result) == (["GET", *["GET", "POST"] * tries], [], Result.FAILED)


def test_a_creation_that_was_turned_away_is_not_made_beside_that_of_somebody_else(
    world: World,
) -> None:
    world.cuts = (Cut(TOO_MANY, call="POST /campaigns"),)
    world.meanwhile = (Meanwhile("POST /campaigns", lambda: world.put("by-hand", name="New")),)
    run = created(world)
    assert (outcome(run).result, named(world)) == (Result.FAILED, ["draft"])
    told = "somebody created a campaign of this name meanwhile (id by-hand): nothing was sent, plan again"
    assert failure(run).message == told


def test_a_creation_is_looked_for_as_long_as_reads_may_lag(world: World) -> None:
    world.lag = 2.0
    world.cuts = (Cut(Way.LOST, call="POST /campaigns"),)
    run = created(world)
    assert (outcome(run).result, outcome(run).is_created, named(world)) == (Result.APPLIED, True, ["active"])


def test_a_creation_whose_answer_is_lost_is_told_as_that_when_we_are_stopped(world: World) -> None:
    world.cuts = (Cut(Way.TIMEOUT, call="POST /campaigns"), Cut(Way.SIGNAL_AFTER, 3, call="GET /campaigns"))
    run = created(world)
    assert (failure(run).request, outcome(run).id) == ("POST /campaigns", None)


def test_a_list_that_cannot_be_had_is_asked_again_after_a_creation(world: World) -> None:
    world.cuts = (Cut(Way.LOST, call="POST /campaigns"), Cut(BROKEN, 3, call="GET /campaigns"))
    run = created(world)
    assert (outcome(run).result, named(world)) == (Result.APPLIED, ["active"])


def test_a_creation_that_leaves_two_of_the_name_names_both(world: World) -> None:
    world.cuts = (Cut(Way.LOST, call="POST /campaigns"),)
    world.meanwhile = (Meanwhile("POST /campaigns", lambda: world.put("by-hand", name="New")),)
    run = created(world)
    assert (outcome(run).result, named(world)) == (Result.FAILED, ["draft", "draft"])
    assert "2 live campaigns bear its name by now" in failure(run).message


def test_a_creation_is_remembered_so_that_the_next_apply_sends_nothing(world: World) -> None:
    world.hidden = frozenset({"auto_complete"})
    created(world, "auto_complete: true")
    assert created(world, "auto_complete: true").writes == ()


# Bounds


def test_an_id_that_cannot_be_part_of_a_url_is_never_sent(world: World) -> None:
    with pytest.raises(UsageError):
        recovered(world, PauseEntry("../health", HOST, "active", "", ""))
    assert world.bench.requests == ()

"""The PUT of a list of people: whatever others do meanwhile, nobody is lost from it, and nobody is written over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from reconciler.apply.context import ApplyOptions
from reconciler.apply.outcome import Outcome, Result
from reconciler.model.canonical import canonical
from reconciler.model.document import Value
from reconciler.plan.values import recorded
from reconciler.sandbox import AnswerShape, Fault
from tests.support.plans import FIELDS, desired
from tests.support.trouble import BROKEN, FOR_EVER, TOO_MANY, TRIES, TURNS, Canned, Cut, Meanwhile, Way
from tests.support.world import Run, World, new_world

LOOK, PUT = "GET /campaigns/c", "PUT /campaigns/c"
PAUSE, RESUME = "PATCH /campaigns/c/status paused", "PATCH /campaigns/c/status active"
LIST, SOURCE = "do_not_call_custom_list", "do_not_call_list_source"
A, B, C, D = (f"+1202555{number}" for number in ("0119", "0143", "0164", "0182"))
FILE = f"{LIST}: ['{B}']"
SWITCHED = f"{SOURCE}: custom\n{FILE}"
REMOVES = ApplyOptions(allow_dnc_removals=True)
CONFLICT = Canned(409, '{"success": false, "code": "CAMPAIGN_HAS_ACTIVE_CALLS", "message": "Pause it first."}')
REFUSED = Canned(422, '{"success": false, "message": "Invalid.", "errors": {"do_not_call_custom_list": ["no"]}}')


@pytest.fixture
def world() -> Iterator[World]:
    with new_world() as world:
        yield world


def live(*numbers: Value, **more: Value) -> dict[str, Value]:
    return {"status": "active", "queued": 0, SOURCE: "custom", LIST: list(numbers), **more}


def applied(world: World, file: str, options: ApplyOptions | None = None, **state: Value) -> Run:
    """Apply one file to a campaign that is calling, and has no calls queued unless told otherwise."""
    world.put("c", **(state or live(A)))
    return world.run([desired("c.yaml", f"id: c\n{file}")], options)


def only(run: Run) -> Outcome:
    (outcome,) = run.outcomes
    return outcome


def message(run: Run) -> str:
    failure = only(run).failure
    assert failure is not None
    return failure.message


def steps(run: Run) -> tuple[str, ...]:
    """What happened after the campaign was read for the plan."""
    return run.events[1:]


def bodies(run: Run) -> list[Value]:
    return [json.loads(write.body) for write in run.writes if write.method == "PUT"]


def lists(run: Run) -> list[Value]:
    """The lists that were sent."""
    return [body[LIST] for body in bodies(run) if LIST in body]


def on_the_list(world: World) -> Value:
    return world.bench.campaign("c")[LIST]


def comes(world: World, *numbers: str) -> Callable[[], None]:
    """Somebody asks not to be called any more, at some moment."""
    return lambda: world.put("c", **{LIST: [*on_the_list(world), *numbers]})


def hides(world: World, *names: str, **state: Value) -> Callable[[], None]:
    """From some moment on answers do not show these fields."""

    def hide() -> None:
        world.hidden = frozenset(names)
        if state:
            world.put("c", **state)

    return hide


# Made from a look just before it


def test_numbers_are_added_to_the_live_ones_and_verified(world: World) -> None:
    run = applied(world, FILE)
    assert (bodies(run), steps(run)) == ([{LIST: [A, B]}], (LOOK, PUT, LOOK))
    assert only(run).result is Result.APPLIED


def test_a_number_that_the_api_adds_between_plan_and_put_stays_on_the_list(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, comes(world, C), first=2),)
    run = applied(world, f"{LIST}: ['{B}', '{A}']")
    assert (bodies(run), only(run).result) == ([{LIST: [A, C, B]}], Result.APPLIED)


def test_a_number_that_somebody_added_by_himself_is_not_sent_once_more(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, comes(world, B), first=2),)
    run = applied(world, FILE)
    assert (steps(run), only(run).result) == ((LOOK,), Result.APPLIED)


def test_who_comes_while_a_queue_drains_is_on_every_list_that_is_sent(world: World) -> None:
    world.cuts = (Cut(CONFLICT, call=PUT, tries=3),)
    world.meanwhile = (
        Meanwhile(PAUSE, comes(world, C)),
        Meanwhile(PUT, comes(world, D), first=2, is_after=True),
    )
    run = applied(world, FILE)
    assert lists(run) == [[A, B], [A, C, B], [A, C, D, B], [A, C, D, B]]
    assert (on_the_list(world), world.status("c"), only(run).result) == ([A, C, D, B], "active", Result.APPLIED)


def test_who_comes_while_the_schedule_waits_is_not_touched_by_it(world: World) -> None:
    world.meanwhile = (Meanwhile(PUT, comes(world, C), first=2), Meanwhile(PUT, comes(world, D), first=3))
    run = applied(world, f"timezone: Europe/Paris\n{FILE}", **live(A, queued=3))
    assert (lists(run), bodies(run)[1:]) == ([[A, B]], [{"timezone": "Europe/Paris"}] * (len(bodies(run)) - 1))
    assert on_the_list(world) == [A, B, C, D]


@pytest.mark.parametrize(
    "way", [TOO_MANY, BROKEN, Way.TIMEOUT, Way.NO_CONNECTION], ids=["429", "500", "lost", "offline"]
)
def test_after_an_answer_that_proves_nothing_the_list_is_made_anew(world: World, way: Canned | Way) -> None:
    world.cuts = (Cut(way, call=PUT),)
    world.meanwhile = (Meanwhile(PUT, comes(world, C), is_after=True),)
    run = applied(world, FILE)
    assert lists(run)[0] == [A, B]
    assert lists(run)[-1] == [A, C, B]
    assert all(before == LOOK for before, step in zip(steps(run), steps(run)[1:], strict=False) if step == PUT)
    assert (on_the_list(world), only(run).result) == ([A, C, B], Result.APPLIED)


def test_a_list_that_was_taken_without_an_answer_is_not_sent_again_and_told_as_sent(world: World) -> None:
    world.cuts = (Cut(Way.LOST, call=PUT),)
    run = applied(world, FILE)
    assert (lists(run), only(run).result, only(run).done) == ([[A, B]], Result.APPLIED, ("updated 1 field",))


@pytest.mark.parametrize(("way", "tries"), [(BROKEN, TRIES), (TOO_MANY, TURNS)], ids=["500", "429"])
def test_a_list_that_never_gets_an_answer_fails_after_as_many_tries_as_any_request(
    world: World, way: Canned, tries: int
) -> None:
    world.cuts = (Cut(way, call=PUT, tries=FOR_EVER),)
    run = applied(world, FILE)
    assert (only(run).result, on_the_list(world), len(lists(run))) == (Result.FAILED, [A], tries)


def test_maintenance_is_waited_for_before_the_list_is_made_anew(world: World) -> None:
    world.cuts = (Cut(Fault.parse("503-laravel:7"), call=PUT),)
    world.meanwhile = (Meanwhile(PUT, comes(world, C), is_after=True),)
    run = applied(world, FILE)
    assert (lists(run), only(run).result) == ([[A, B], [A, C, B]], Result.APPLIED)
    assert world.seconds >= 7


@pytest.mark.parametrize(
    ("way", "told"),
    [(Way.LOST, "PUT /campaigns/c: no answer"), (TOO_MANY, "stopped by SIGTERM")],
    ids=["it may have worked", "it was turned away"],
)
def test_a_signal_between_two_tries_tells_what_is_known_of_the_first(
    world: World, way: Way | Canned, told: str
) -> None:
    world.cuts = (Cut(way, call=PUT), Cut(Way.SIGNAL_BEFORE, call=LOOK, first=3))
    run = applied(world, FILE)
    assert (only(run).result, message(run)) == (Result.FAILED, told)


def test_a_refusal_is_told_and_the_switch_to_the_list_is_not_sent(world: World) -> None:
    world.cuts = (Cut(REFUSED, call=PUT),)
    run = applied(world, f"max_retries: 9\n{SWITCHED}", **live(**{SOURCE: "environment"}))
    assert (bodies(run), only(run).result) == ([{LIST: [B]}], Result.FAILED)
    assert world.bench.campaign("c")[SOURCE] == "environment"


def test_a_refused_entry_is_told_at_the_number_that_stood_there_in_what_was_sent(world: World) -> None:
    errors = {f"{LIST}.{place}": ["no"] for place in (0, 1, 2)}
    world.cuts = (Cut(Canned(422, json.dumps({"success": False, "errors": errors})), call=PUT),)
    run = applied(world, f"{LIST}:\n  - '{A}'\n  - '{B}'", **live(C))
    failure = only(run).failure
    assert failure
    assert (lists(run), [str(one).partition(": the")[0] for one in failure.problems]) == (
        [[C, A, B]],
        [f"c.yaml:3:3: {LIST}", f"c.yaml:3:5: {LIST}[0]", f"c.yaml:4:5: {LIST}[1]"],
    )


def test_numbers_that_were_not_kept_are_counted_never_shown(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PUT),)
    run = applied(world, FILE)
    assert message(run) == f"the API did not keep {LIST}: sent 2 numbers, 1 missing"


def test_a_list_that_is_shown_in_an_unknown_form_after_its_put_was_not_kept_as_far_as_anybody_can_tell(
    world: World,
) -> None:
    world.meanwhile = (Meanwhile(PUT, lambda: world.put("c", **{LIST: f"{A},{B}"}), is_after=True),)
    run = applied(world, FILE)
    assert message(run) == f"the API did not keep {LIST}: sent 2 numbers, 2 missing"


# As live spells them


SPELT: dict[str, Value] = {
    "blanks": "+1 202 555 0119",
    "dashes": "1-202-555-0119",
    "an integer": 12025550119,
    "parentheses": "+1 (202) 555.0119",
}


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_an_entry_that_only_live_has_is_sent_back_exactly_as_it_stands(world: World, spelt: Value) -> None:
    assert lists(applied(world, FILE, **live(spelt))) == [[spelt, B]]


def test_a_number_that_live_spells_otherwise_is_not_sent_twice(world: World) -> None:
    run = applied(world, f"{LIST}: ['{A}', '{B}']", **live(12025550119))
    assert lists(run) == [[12025550119, B]]


def test_a_list_that_php_made_an_object_of_is_a_list(world: World) -> None:
    world.bench.settings = replace(world.bench.settings, answers=AnswerShape.parse("objects"))
    run = applied(world, FILE, **live(A, C))
    assert (lists(run), only(run).result) == ([[A, C, B]], Result.APPLIED)


@pytest.mark.parametrize("empty", [None, []], ids=["null", "empty"])
def test_an_empty_list_is_added_to(world: World, empty: Value) -> None:
    run = applied(world, FILE, **live(**{LIST: empty}))
    assert (lists(run), only(run).result) == ([[B]], Result.APPLIED)


# Where nobody sees it


def test_a_list_that_is_hidden_since_it_was_planned_is_not_written(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, hides(world, LIST), first=2),)
    run = applied(world, FILE)
    assert (bodies(run), only(run).result) == ([], Result.FAILED)
    assert message(run) == f"{LIST} cannot be seen any more, so that nothing is written to it: plan again"


def test_with_leave_to_remove_it_is_not_written_either_as_others_may_have_come(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, hides(world, LIST), first=2),)
    run = applied(world, FILE, REMOVES)
    assert (bodies(run), only(run).result, on_the_list(world)) == ([], Result.FAILED, [A])


@pytest.mark.parametrize("source", ["custom", "shared", None])
def test_a_hidden_list_that_somebody_switched_to_since_it_was_planned_is_not_written(
    world: World, source: str | None
) -> None:
    world.hidden = frozenset({LIST})
    world.meanwhile = (Meanwhile(LOOK, lambda: world.put("c", **{SOURCE: source}), first=2),)
    run = applied(world, SWITCHED, **live(A, **{SOURCE: "environment"}))
    assert (bodies(run), on_the_list(world)) == ([], [A])
    assert message(run) == f"{LIST} may be in use by now, and cannot be seen: plan again"


def test_a_hidden_list_that_is_not_in_use_is_sent_before_the_switch_to_it_and_remembered(world: World) -> None:
    world.hidden = frozenset({LIST})
    run = applied(world, SWITCHED, **live(A, **{SOURCE: "global"}))
    assert (bodies(run), only(run).result) == ([{LIST: [B]}, {SOURCE: "custom"}], Result.APPLIED)
    again = world.run([desired("c.yaml", f"id: c\n{SWITCHED}")])
    assert (again.writes, only(again).result) == ((), Result.UNCHANGED)


def test_a_hidden_list_that_is_shown_by_now_is_added_to(world: World) -> None:
    world.hidden = frozenset({LIST})
    world.meanwhile = (Meanwhile(LOOK, hides(world), first=2),)
    run = applied(world, SWITCHED, **live(A, **{SOURCE: "global"}))
    assert (bodies(run), only(run).result) == ([{LIST: [A, B]}, {SOURCE: "custom"}], Result.APPLIED)


@pytest.mark.parametrize("options", [ApplyOptions(), REMOVES], ids=["", "removals are allowed"])
def test_a_list_in_an_unknown_form_is_never_written_whatever_is_allowed(world: World, options: ApplyOptions) -> None:
    world.meanwhile = (Meanwhile(LOOK, lambda: world.put("c", **{LIST: f"{A},{C}"}), first=2),)
    run = applied(world, FILE, options)
    assert (bodies(run), on_the_list(world)) == ([], f"{A},{C}")
    assert message(run) == (
        f"the API shows {LIST} in an unknown form by now, and such a list is never written: add the numbers by hand "
        "where campaigns are edited, or take the list out of the file"
    )


# Where the file is the whole truth


def test_with_leave_to_remove_the_file_is_the_whole_truth(world: World) -> None:
    run = applied(world, FILE, REMOVES, **live(A, C))
    assert (lists(run), only(run).result, only(run).notices) == ([[B]], Result.APPLIED, ())


def test_who_is_in_the_file_stays_as_live_spells_it(world: World) -> None:
    run = applied(world, FILE, REMOVES, **live(12025550119, "+1 202 555 0143"))
    assert lists(run) == [["+1 202 555 0143"]]


def test_who_comes_since_the_plan_that_removes_is_not_removed_and_told(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, comes(world, C), first=2),)
    run = applied(world, FILE, REMOVES)
    assert (lists(run), only(run).result) == ([[C, B]], Result.APPLIED)
    assert only(run).notices == (f"{LIST}: 1 number that came since the plan stayed: plan again to see",)


def test_somebody_else_may_have_removed_them_already(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, lambda: world.put("c", **{LIST: [B]}), first=2),)
    assert applied(world, FILE, REMOVES).writes == ()


def test_numbers_that_the_api_did_not_take_off_are_counted(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PUT),)
    run = applied(world, FILE, REMOVES, **live(A, C))
    assert message(run) == f"the API did not keep {LIST}: sent 1 number, 1 missing, 2 still there"


def test_where_only_numbers_go_and_none_went_that_is_told(world: World) -> None:
    world.cuts = (Cut(Way.FORGOTTEN, call=PUT),)
    run = applied(world, FILE, REMOVES, **live(A, B))
    assert message(run) == f"the API did not keep {LIST}: sent 1 number, 1 still there"


def test_a_list_that_nobody_sees_is_replaced(world: World) -> None:
    world.hidden = frozenset({LIST})
    run = applied(world, FILE, REMOVES, **live(A, C))
    assert (lists(run), on_the_list(world), only(run).result) == ([[B]], [B], Result.APPLIED)


def test_a_list_that_nobody_saw_and_that_is_shown_by_now_is_replaced_all_the_same(world: World) -> None:
    world.hidden = frozenset({LIST})
    world.meanwhile = (Meanwhile(LOOK, hides(world), first=2),)
    assert lists(applied(world, FILE, REMOVES, **live(A, C))) == [[B]]


# What is withheld


def test_a_campaign_does_not_start_while_its_list_is_withheld(world: World) -> None:
    world.hidden = frozenset({LIST})
    run = applied(world, f"status: active\nmax_retries: 9\n{FILE}", **live(A, status="paused"))
    assert (bodies(run), world.status("c"), only(run).result) == ([{"max_retries": 9}], "paused", Result.DEFERRED)
    assert message(run).startswith(f"its calls are not started: {LIST} is withheld: ")


def test_what_is_withheld_makes_a_campaign_without_other_steps_put_off(world: World) -> None:
    world.hidden = frozenset({LIST})
    run = applied(world, FILE)
    assert (run.writes, only(run).result) == ((), Result.DEFERRED)
    assert message(run).startswith(f"{LIST} is withheld: the API does not show it")


def test_a_hidden_list_that_we_sent_last_is_not_withheld(world: World) -> None:
    world.hidden = frozenset({LIST})
    field, process = FIELDS.writable[LIST], world.process()
    hashed = recorded(field, canonical(field, [B]), "c", process.context.key)
    world.record = {"c": {LIST: hashed}}
    run = applied(world, f"status: active\n{FILE}", **live(A, status="paused"))
    assert (bodies(run), world.status("c"), only(run).result) == ([], "active", Result.APPLIED)


# Who ends a campaign meanwhile


def ends(world: World) -> Callable[[], object]:
    return lambda: world.put("c", **{**live(A), "status": "cancelled"})


def test_a_list_of_a_campaign_that_is_finished_by_now_is_not_written(world: World) -> None:
    world.meanwhile = (Meanwhile(LOOK, ends(world), first=2),)
    run = applied(world, FILE)

    assert (steps(run), only(run).result) == ((LOOK,), Result.FAILED)
    assert "somebody made it cancelled meanwhile: nothing can change it any more" in message(run)


def test_what_comes_after_the_list_is_not_written_either(world: World) -> None:
    world.meanwhile = (Meanwhile(PUT, ends(world), is_after=True),)
    run = applied(world, f"max_retries: 9\n{FILE}")

    assert (lists(run), bodies(run), only(run).result) == ([[A, B]], [{LIST: [A, B]}], Result.FAILED)

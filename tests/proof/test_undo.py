"""Undo is the way back: what an apply changed is as it was, or is told; and undoing that is the way forth."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions
from reconciler.apply.outcome import Outcome
from reconciler.apply.report import Report, read_reports
from reconciler.apply.undo import UndoContext, WayBack, way_back
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, is_shown, live_canonical
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change
from reconciler.plan.plan import Plan
from reconciler.render.json import report
from tests.proof.test_laws import LIST, SOURCE, pairs
from tests.support.api import Api, Clock, Memory
from tests.support.campaigns import FIELDS, HOST, KEY, planned_one
from tests.support.strategies import Meanings, Shown

some = settings(max_examples=40, deadline=None)
_SWITCHES = {SOURCE, "do_not_call_enabled"}


def applied(plan: CampaignPlan, live: Live, hidden: frozenset[str]) -> tuple[Live, Outcome]:
    """The campaign as it is stored after an apply, and the outcome as its report holds it."""
    api = Api({live.id: {**live.values, "id": live.id, "status": live.status}}, set(), hidden, frozenset())
    context = ApplyContext(api.send, Memory(), Clock(), lambda _: None, key=KEY)
    (outcome,) = apply(Plan(HOST, "", "", (plan,), key=KEY), FIELDS, context, ApplyOptions())
    text = report(Report(HOST, None, "0.1.0", "2027-01-04T09:00:00Z", outcomes=(outcome,)))
    (read,) = read_reports(text, "report.json", FIELDS)
    return live._replace(values=api.campaigns[live.id]), read.outcomes[0]


def shown_of(live: Live, hidden: frozenset[str]) -> Live:
    """What answers show of a stored campaign."""
    return live._replace(values={name: value for name, value in live.values.items() if name not in hidden})


def undone(outcome: Outcome, live: Live, hidden: frozenset[str]) -> tuple[WayBack, Live, Outcome]:
    """What is put back, the campaign afterwards, and the outcome of that."""
    seen = shown_of(live, hidden)
    way = way_back(FIELDS, outcome, seen, UndoContext(HOST, KEY))
    after, back = applied(planned_one(way.desired, seen), live, hidden)
    return way, after, back


def meant(live: Live) -> Mapping[str, Canonical]:
    """What a campaign means, field by field."""
    return {
        name: live_canonical(field, live.values)
        for name, field in FIELDS.writable.items()
        if is_shown(field, live.values)
    }


def is_left(change: Change, way: WayBack) -> bool:
    return any(told.startswith((f"{change.field.name}:", f"{change.field.name} ")) for told in way.left)


@some
@given(pairs())
def test_what_was_changed_is_as_it_was_or_is_told(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    before = shown.live
    after, outcome = applied(planned_one(one, shown_of(before, shown.hidden)), before, shown.hidden)

    way, back, _ = undone(outcome, after, shown.hidden)

    was, now, then = meant(before), meant(back), meant(after)
    for change in outcome.changes:
        name = change.field.name
        assert now[name] == (then[name] if is_left(change, way) else was[name]), name
    untouched = (
        was.keys() - {change.field.name for change in outcome.changes} - {u.field.name for u in outcome.unverified}
    )
    assert {name: now[name] for name in untouched} == {name: was[name] for name in untouched}


@some
@given(pairs())
def test_nobody_loses_protection_by_it(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    after, outcome = applied(planned_one(one, shown_of(shown.live, shown.hidden)), shown.live, shown.hidden)

    _, back, _ = undone(outcome, after, shown.hidden)

    now, then = meant(back), meant(after)
    assert {LIST: now.get(LIST), SOURCE: now.get(SOURCE)} == {LIST: then.get(LIST), SOURCE: then.get(SOURCE)}
    assert now.get("do_not_call_enabled") is True or then.get("do_not_call_enabled") is not True


@some
@given(pairs())
def test_undoing_it_twice_is_the_state_after(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    after, outcome = applied(planned_one(one, shown_of(shown.live, shown.hidden)), shown.live, shown.hidden)
    _, back, undo = undone(outcome, after, shown.hidden)

    way, again, _ = undone(undo, back, shown.hidden)

    now, then = meant(again), meant(after)
    left = {change.field.name for change in undo.changes if is_left(change, way)}
    assert {name: now[name] for name in now.keys() - left} == {name: then[name] for name in now.keys() - left}
    assert left <= _SWITCHES | {change.field.name for change in undo.changes if change.after is None}


@some
@given(pairs())
def test_a_second_undo_changes_nothing(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    after, outcome = applied(planned_one(one, shown_of(shown.live, shown.hidden)), shown.live, shown.hidden)
    _, back, _ = undone(outcome, after, shown.hidden)

    _, again, second = undone(outcome, back, shown.hidden)

    assert (meant(again), second.changes) == (meant(back), ())

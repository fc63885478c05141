"""What holds for any file, any live state, and any way in which the two are written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions
from reconciler.live.lookup import LiveRead
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.canonical import canonical
from reconciler.model.document import Value
from reconciler.model.fields import Compare
from reconciler.model.written import to_api
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import Difference, Direction, body_of, compare, direction
from reconciler.plan.document import to_json
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from tests.support.api import Api, Clock, Memory
from tests.support.campaigns import FIELDS, HOST, KEY, planned_one
from tests.support.plan_schema import broken_rules
from tests.support.strategies import Meaning, Meanings, Shown, answers, desired, meaning, meanings, spelled, written

LIST, SOURCE = "do_not_call_custom_list", "do_not_call_list_source"
some = settings(max_examples=40, deadline=None)
few = settings(max_examples=20, deadline=None)  # of several campaigns each
names = st.sampled_from(sorted(FIELDS.writable))


@st.composite
def pairs(draw: st.DrawFn, campaign: str = "c-1", file: str = "c.yaml") -> tuple[Meanings, Desired, Shown]:
    """A file, what it means, and a live campaign, which agree in about half of the fields."""
    live = draw(meanings(whole=True))
    other = draw(meanings())
    means = {name: draw(st.sampled_from([live[name], value])) for name, value in other.items()}
    means |= {n: v for name in means for n, v in FIELDS.writable[name].needs.items()}
    return means, draw(desired(means, campaign, file)), draw(answers(live, campaign))


def sent_as(name: str, means: Meaning) -> Value:
    """A meaning as the API documents it."""
    of = FIELDS.writable[name]
    if isinstance(means, frozenset):
        ordered = sorted(means)
        return [{"start": a, "end": b} for a, b in ordered] if of.compare is Compare.WINDOWS else ordered
    return "" if means is None and not of.is_nullable else means


def expected_withheld(means: Meanings, shown: Shown) -> set[str]:
    """A list that nobody sees and that may be in use, and the switch to it, decided on what both sides mean."""
    source = None if SOURCE in shown.hidden else shown.means[SOURCE]
    if LIST not in means or LIST not in shown.hidden or source in ("environment", "global"):
        return set()
    return {LIST} if source == "custom" else {LIST, SOURCE}


def expected_body(means: Meanings, shown: Shown) -> dict[str, Value]:
    """The managed fields that differ, decided on what both sides mean."""
    body = {}
    for name, value in means.items():
        if name in shown.hidden | expected_withheld(means, shown):
            continue
        before, after = shown.means[name], value
        if FIELDS.writable[name].adds_to_live:
            assert isinstance(before, frozenset)
            assert isinstance(after, frozenset)
            after |= before
        if (type(before), before) != (type(after), after):
            body[name] = sent_as(name, after)
    return body


@some
@given(pairs())
def test_the_put_holds_exactly_the_managed_fields_that_differ(pair: tuple[Meanings, Desired, Shown]) -> None:
    means, one, shown = pair
    plan = planned_one(one, shown.live)
    unverified = {u.field.name for u in plan.unverified}
    withheld = expected_withheld(means, shown)

    assert plan.errors == ()
    assert {one.field.name for one in plan.withheld} == withheld
    assert body_of(plan.changes) == expected_body(means, shown)
    assert unverified == (means.keys() & shown.hidden) - withheld
    assert body_of(plan.sent).keys() == body_of(plan.changes).keys() | unverified


def applied(shown: Shown, plan: CampaignPlan) -> tuple[Live, Memory]:
    """The campaign as it is stored after an apply, and what apply remembers."""
    live, memory = shown.live, Memory()
    api = Api({live.id: {**live.values, "id": live.id, "status": live.status}}, set(), shown.hidden, frozenset())
    context = ApplyContext(api.send, memory, Clock(), lambda _: None, key=KEY)
    (_,) = apply(Plan(HOST, "", "", (plan,), key=KEY), FIELDS, context, ApplyOptions())
    return live._replace(values=api.campaigns[live.id]), memory


@some
@given(pairs())
def test_after_an_apply_the_plan_is_empty_but_for_what_is_withheld(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    plan = planned_one(one, shown.live)
    again = planned_one(one, applied(shown, plan)[0], {"c-1": {}})
    withheld = {verdict.field.name for verdict in plan.withheld}

    assert (again.is_pending, again.has_steps, again.changes) == (False, False, ())
    assert {verdict.field.name for verdict in again.withheld} == withheld


@some
@given(pairs())
def test_after_an_apply_that_no_answer_shows_nothing_is_sent_again(pair: tuple[Meanings, Desired, Shown]) -> None:
    _, one, shown = pair
    plan = planned_one(one, shown.live)
    live, memory = applied(shown, plan)
    values = {name: value for name, value in live.values.items() if name not in shown.hidden}
    again = planned_one(one, live._replace(values=values), memory.record)

    assert (again.has_steps, again.changes) == (False, ())
    assert len(again.unverified) == len(plan.unverified)


@some
@given(st.data())
def test_a_campaign_that_means_the_same_in_any_spelling_has_no_changes(data: st.DataObject) -> None:
    means = data.draw(meanings(whole=True))
    kept = data.draw(st.frozensets(names))
    one = data.draw(desired({name: value for name, value in means.items() if name in kept}))
    shown = data.draw(answers(means, hides=False))

    assert compare(FIELDS, one, shown.live) == Difference()


@some
@given(st.data(), names)
def test_a_value_has_one_spelling_whoever_wrote_it(data: st.DataObject, name: str) -> None:
    of = FIELDS.writable[name]
    means = data.draw(meaning(of))
    one, other = canonical(of, data.draw(written(of, means))), canonical(of, data.draw(spelled(of, means)))

    assert (type(one), one) == (type(other), other)
    assert canonical(of, to_api(of, one)) == one


# Plans of several campaigns


def shuffled(draw: st.DrawFn, one: Desired) -> Desired:
    """The same file, with the entries of its lists in another order."""
    values = {n: draw(st.permutations(v)) if isinstance(v, list) else v for n, v in one.values.items()}
    return one._replace(values=values)


def plan_of(campaigns: Sequence[tuple[Desired, Live]], **terms: Any) -> Plan:  # noqa: ANN401 - the fields of Terms
    found = {one.file: live for one, live in campaigns}
    return make_plan(
        FIELDS, [one for one, _ in campaigns], LiveRead(found, len(found)), PlanContext(HOST, key=KEY, **terms)
    )


@st.composite
def several(draw: st.DrawFn) -> list[tuple[Desired, Live]]:
    found = [draw(pairs(f"c-{number}", f"{number}.yaml")) for number in range(draw(st.integers(1, 3)))]
    statuses = st.none() | st.sampled_from(Status)
    return [(one._replace(status=draw(statuses)), s.live._replace(status=draw(statuses))) for _, one, s in found]


@few
@given(st.data(), several(), st.booleans())
def test_the_order_of_files_and_of_list_entries_changes_nothing(
    data: st.DataObject,
    campaigns: list[tuple[Desired, Live]],
    removals: bool,  # noqa: FBT001 - drawn
) -> None:
    @st.composite
    def others(draw: st.DrawFn) -> list[tuple[Desired, Live]]:
        return draw(st.permutations([(shuffled(draw, one), live) for one, live in campaigns]))

    plans = [plan_of(some, allow_dnc_removals=removals) for some in (campaigns, data.draw(others()))]

    assert to_json(plans[0]) == to_json(plans[1])


@few
@given(several(), st.booleans())
def test_every_plan_keeps_to_its_schema_and_holds_no_number(
    campaigns: list[tuple[Desired, Live]],
    removals: bool,  # noqa: FBT001 - drawn
) -> None:
    plan = plan_of(campaigns, allow_dnc_removals=removals)
    document = to_json(plan)
    text = json.dumps(document) + repr(plan)

    assert broken_rules(document) == []
    assert [n for n in range(15_551_230_000, 15_551_230_006) if str(n) in text] == []
    assert json.loads(json.dumps(document)) == document


def would_do(plan: Plan) -> dict[str, Any]:
    """What apply would do, read off the requests that it would make."""
    return {
        campaign.id or campaign.name: (
            body_of(campaign.sent),
            [(c.field.name, to_api(c.field, c.before)) for c in campaign.changes],
            campaign.status,
            campaign.may_pause,
        )
        for campaign in plan.campaigns
        if campaign.has_steps
    }


@few
@given(st.data(), several())
def test_the_digest_changes_if_and_only_if_what_would_be_done_changes(
    data: st.DataObject, campaigns: list[tuple[Desired, Live]]
) -> None:
    @st.composite
    def nearly_the_same(draw: st.DrawFn) -> list[tuple[Desired, Live]]:
        """The same campaigns, some of them with another file or another live state, some gone."""
        found = []
        for one, live in campaigns:
            match draw(st.sampled_from(["same", "shuffled", "other file", "other status", "gone"])):
                case "other file":
                    found.append((draw(desired(draw(meanings()), live.id, one.file)), live))
                case "other status":
                    found.append((one, live._replace(status=draw(st.sampled_from(Status)))))
                case "shuffled":
                    found.append((shuffled(draw, one), live))
                case "same":
                    found.append((one, live))
                case _:
                    pass
        return found

    one, other = plan_of(campaigns), plan_of(data.draw(nearly_the_same()))

    assert (one.digest == other.digest) is (would_do(one) == would_do(other))


# Directions


@settings(max_examples=150, deadline=None)
@given(st.data(), names)
def test_what_tightens_loosens_when_it_is_taken_back(data: st.DataObject, name: str) -> None:
    of = FIELDS.writable[name]
    before, after = (canonical(of, data.draw(written(of, data.draw(meaning(of))))) for _ in range(2))
    assume(before != after)
    there, back = direction(of, before, after), direction(of, after, before)

    assert (there is None) is (back is None)
    assert (there, back) != (Direction.TIGHTENS, Direction.TIGHTENS)
    if of.loosens in ("higher", "lower", "true", "false") or isinstance(of.loosens, tuple):
        assert {there, back} == {Direction.LOOSENS, Direction.TIGHTENS}


@some
@given(st.data(), st.sampled_from(["days_of_week", "call_time_ranges", LIST, "auto_dnc_trigger_statuses"]))
def test_more_people_called_loosens_and_fewer_tightens(data: st.DataObject, name: str) -> None:
    of = FIELDS.writable[name]
    one, other = (data.draw(meaning(of)) for _ in range(2))
    assert isinstance(one, frozenset)
    assert isinstance(other, frozenset)
    assume(not other <= one)
    less, more = (canonical(of, sent_as(name, side)) for side in (one, one | other))
    grows = direction(of, less, more)

    # Windows inside others add no minute, and so have no direction.
    allowed = {None, Direction.LOOSENS} if of.compare is Compare.WINDOWS else {Direction.LOOSENS}
    assert grows in (allowed if of.loosens == "added" else {Direction.TIGHTENS})


# The older pair of times


@some
@given(st.data())
def test_from_the_bounds_alone_one_window_can_be_told_and_several_cannot(data: st.DataObject) -> None:
    of = FIELDS.writable["call_time_ranges"]
    live, file = (data.draw(meaning(of)) for _ in range(2))
    assert isinstance(live, frozenset)
    assert isinstance(file, frozenset)
    file = data.draw(st.sampled_from([live, file]))
    bounds = tuple((min(w[0] for w in side), max(w[1] for w in side)) for side in (live, file))
    pair: Mapping[str, Value] = {
        "earliest_call_time": f"{bounds[0][0]}:00",
        "latest_call_time": f"{bounds[0][1]}:00",
        "call_time_ranges": data.draw(st.sampled_from([None, [], {}])),
    }
    found = compare(FIELDS, data.draw(desired({"call_time_ranges": file})), Live("c-1", "", "draft", pair))

    assert bool(found.changes) is (bounds[0] != bounds[1])
    assert bool(found.unverified) is (bounds[0] == bounds[1] and len(file) > 1)

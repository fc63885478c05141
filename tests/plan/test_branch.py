"""What a branch changes, apart from what differs live."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Value
from reconciler.plan.besides import Placed
from reconciler.plan.branch import Branch, branch, offline_plan, only_the_branch
from reconciler.plan.context import PlanContext, Record
from reconciler.plan.document import to_json
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.plan.values import recorded
from tests.support.plans import FIELDS, HOST, KEY, SHOWN, desired

COMMIT = "0123456789abcdef"
Files = Mapping[str, Mapping[str, Value]]


def campaigns(files: Files) -> list[Desired]:
    return [desired(file, content) for file, content in files.items()]


def between(base: Files, now: Files) -> Branch:
    return branch(FIELDS, COMMIT, [Placed(one) for one in campaigns(base)], [Placed(one) for one in campaigns(now)])


def offline(base: Files, now: Files) -> Plan:
    return offline_plan(FIELDS, between(base, now), campaigns(now), PlanContext(HOST))


def against_live(base: Files, now: Files, live: Mapping[str, Value | NotFound], record: Record | None = None) -> Plan:
    wanted = campaigns(now)
    shown = {one.file: {**SHOWN, "name": "Live", **live} for one in wanted}
    found: dict[str, Live | NotFound] = {
        one.file: Live(one.id or "", "Live", str(shown[one.file]["status"]), shown[one.file]) for one in wanted
    }
    plan = make_plan(FIELDS, wanted, LiveRead(found, 1), PlanContext(HOST, record=record or {}, key=KEY))
    return only_the_branch(FIELDS, plan, between(base, now), found)


def changes(plan: Plan) -> list[tuple[str, str, Value, Value]]:
    return [
        (row["file"], change["field"], change["before"], change["after"])
        for row in to_json(plan)["campaigns"]
        for change in row["changes"]
    ]


def notices(plan: Plan) -> tuple[str, ...]:
    return tuple(note for campaign in plan.campaigns for note in campaign.notices)


def test_a_campaign_that_the_branch_does_not_touch_is_left_out() -> None:
    files: Files = {"a.yaml": {"max_retries": 2}}

    assert offline(files, files).campaigns == ()
    assert against_live(files, files, {}).campaigns == ()


def test_another_spelling_is_no_change() -> None:
    base: Files = {"a.yaml": {"days_of_week": [1, 2], "call_time_ranges": [{"start": "9:00", "end": "10:00"}]}}
    now: Files = {"a.yaml": {"days_of_week": [2, 1, 1], "call_time_ranges": [{"start": "09:00", "end": "10:00"}]}}

    assert offline(base, now).campaigns == ()


def test_offline_before_is_what_the_file_said() -> None:
    plan = offline({"a.yaml": {"max_retries": 5, "name": "A"}}, {"a.yaml": {"max_retries": 2, "name": "A"}})

    assert changes(plan) == [("a.yaml", "max_retries", 5, 2)]
    assert plan.basis == "files only, against 0123456789ab: live campaigns were not read"


def test_a_field_that_was_not_managed_before_has_no_before() -> None:
    assert changes(offline({"a.yaml": {"name": "A"}}, {"a.yaml": {"name": "A", "max_retries": 2}})) == [
        ("a.yaml", "max_retries", None, 2)
    ]


def test_a_new_file_with_an_id_takes_a_campaign_over() -> None:
    plan = offline({}, {"a.yaml": {"max_retries": 2}})

    assert [(str(c.action), c.changes[0].field.name) for c in plan.campaigns] == [("update", "max_retries")]


def test_a_new_file_without_an_id_creates_a_campaign() -> None:
    plan = offline({}, {"a.yaml": {"id": None, "name": "New", "status": "active"}})

    assert [str(c.action) for c in plan.campaigns] == ["create"]
    assert plan.campaigns[0].status is not None
    assert plan.campaigns[0].status.before == "draft"


def test_a_status_that_the_branch_changes_is_a_step() -> None:
    plan = offline({"a.yaml": {"status": "active"}}, {"a.yaml": {"status": "paused"}})

    assert [(str(c.action), c.status and (c.status.before, c.status.after)) for c in plan.campaigns] == [
        ("none", ("active", "paused"))
    ]


def test_a_file_that_moved_is_the_same_campaign() -> None:
    base: Files = {"old.yaml": {"id": "c-1", "max_retries": 5}}
    now: Files = {"new.yaml": {"id": "c-1", "max_retries": 2}}

    assert changes(offline(base, now)) == [("new.yaml", "max_retries", 5, 2)]
    assert offline(base, now).notices == ()


def test_a_deleted_file_is_told() -> None:
    plan = offline({"a.yaml": {"name": "A"}}, {})

    assert plan.notices == ("a.yaml is gone: campaign 'A' is no longer managed and stays as it is",)


def unmanaged(plan: Plan) -> list[str]:
    return [str(one) for campaign in plan.campaigns for one in campaign.besides]


def test_a_key_that_is_removed_stays_at_its_live_value() -> None:
    base: Files = {"a.yaml": {"max_retries": 5, "retry_cooldown_hours": 24}}
    now: Files = {"a.yaml": {"max_retries": 2}}

    told = "retry_cooldown_hours was 24, now no longer managed: it stays at"
    assert unmanaged(against_live(base, now, {"retry_cooldown_hours": 9})) == [f"{told} 9"]
    assert unmanaged(offline(base, now)) == [f"{told} 24"]


def test_numbers_that_are_removed_are_not_told() -> None:
    base: Files = {"a.yaml": {"max_retries": 5, "do_not_call_custom_list": ["+12025550143"]}}

    assert unmanaged(offline(base, {"a.yaml": {"max_retries": 5}})) == [
        "do_not_call_custom_list was managed, now no longer managed: it stays what it is"
    ]


def test_drift_that_the_branch_did_not_cause_is_told_and_not_applied() -> None:
    base: Files = {"a.yaml": {"max_retries": 5, "retry_cooldown_hours": 12, "status": "paused"}}
    now: Files = {"a.yaml": {"max_retries": 2, "retry_cooldown_hours": 12, "status": "paused"}}

    plan = against_live(base, now, {})

    assert changes(plan) == [("a.yaml", "max_retries", 3, 2)]
    assert plan.campaigns[0].status is None
    assert notices(plan) == (
        "drift, not caused by this branch: retry_cooldown_hours is 24, the file says 12",
        "drift, not caused by this branch: status is active, the file says paused",
        "max_retries: 5 at the base, now 2; live has 3, changed by somebody else",
    )


def test_the_calling_hours_are_those_that_the_branch_brings_with_what_drifted_as_it_is() -> None:
    hours = {"call_time_ranges": [{"start": "10:00", "end": "12:00"}], "days_of_week": [1, 2], "timezone": "UTC"}
    longer = {**hours, "call_time_ranges": [{"start": "10:00", "end": "20:00"}]}
    live = {**hours, "days_of_week": [1, 2, 6]}

    (campaign,) = against_live({"a.yaml": {"id": "a", **hours}}, {"a.yaml": {"id": "a", **longer}}, live).campaigns

    assert [change.field.name for change in campaign.changes] == ["call_time_ranges"]
    assert campaign.schedules is not None
    assert [one and sorted(one.days) for one in campaign.schedules] == [[1, 2, 6], [1, 2, 6]]
    assert [one and sorted(one.windows) for one in campaign.schedules] == [[("10:00", "12:00")], [("10:00", "20:00")]]


def test_what_is_worth_knowing_of_drift_is_not_told_of_the_branch() -> None:
    base: Files = {"a.yaml": {"id": "a", "status": "cancelled", "timezone": "Europe/Paris", "max_retries": 3}}
    now: Files = {"a.yaml": {**base["a.yaml"], "max_retries": 2}}

    assert [told.partition(":")[0] for told in notices(against_live(base, now, {"max_retries": 3}))] == [
        "drift, not caused by this branch",
        "drift, not caused by this branch",
    ]


def test_drift_of_numbers_is_not_told_in_numbers() -> None:
    listed: Mapping[str, Value] = {"do_not_call_list_source": "custom", "do_not_call_custom_list": ["+12025550143"]}
    base: Files = {"a.yaml": {"max_retries": 5, **listed}}
    now: Files = {"a.yaml": {"max_retries": 2, **listed}}

    told = notices(against_live(base, now, {"do_not_call_list_source": "custom", "do_not_call_custom_list": []}))

    assert told[0] == "drift, not caused by this branch: do_not_call_custom_list differs"


def test_a_branch_whose_change_is_live_already_changes_nothing() -> None:
    plan = against_live({"a.yaml": {"max_retries": 5}}, {"a.yaml": {"max_retries": 3}}, {})

    assert [(str(c.action), c.changes) for c in plan.campaigns] == [("none", ())]


def test_an_unverified_field_is_sent_only_if_the_branch_touches_it() -> None:
    base: Files = {"a.yaml": {"max_retries": 5, "end_date": "2027-05-01"}}
    now: Files = {"a.yaml": {"max_retries": 2, "end_date": "2027-05-01"}}

    assert [u.send for u in against_live(base, now, {}).campaigns[0].unverified] == [False]


def test_an_unverified_value_that_was_sent_before_is_not_sent_again_by_the_branch_that_wrote_it() -> None:
    # The branch was applied, or its value was sent by hand: nobody can see it, and every further PUT may meet calls.
    base: Files = {"a.yaml": {"max_retries": 3}}
    now: Files = {"a.yaml": {"max_retries": 3, "end_date": "2027-05-01"}}
    sent = against_live(base, now, {}).campaigns[0].unverified

    again = (
        against_live(base, now, {}, {"id-of-a": {"end_date": recorded(sent[0].field, sent[0].value, "id-of-a", KEY)}})
        .campaigns[0]
        .unverified
    )

    assert [u.send for u in (*sent, *again)] == [True, False]


def test_what_cannot_be_planned_stays_an_error() -> None:
    plan = against_live({"a.yaml": {"status": "active"}}, {"a.yaml": {"status": "draft"}}, {})

    assert [str(c.action) for c in plan.campaigns] == ["error"]


LISTED: Mapping[str, Value] = {"do_not_call_enabled": True, "do_not_call_list_source": "custom"}


@pytest.mark.parametrize(
    ("base", "now", "live", "told"),
    [
        ({"max_retries": 3}, {"max_retries": 4}, {"max_retries": 9}, True),
        ({"max_retries": 3}, {"max_retries": 4}, {"max_retries": 3}, False),
        ({"name": "Live"}, {"name": "Live", "max_retries": 4}, {"max_retries": 9}, False),
    ],
    ids=["live is neither", "live is as at the base", "not managed at the base"],
)
def test_three_values_are_told_where_there_are_three(
    base: Mapping[str, Value], now: Mapping[str, Value], live: Mapping[str, Value], *, told: bool
) -> None:
    words = "max_retries: 3 at the base, now 4; live has 9, changed by somebody else"

    plan = against_live({"a.yaml": base}, {"a.yaml": now}, live)

    assert (words in notices(plan)) is told
    assert [change.note for change in plan.campaigns[0].changes] == ([words] if told else [""])


def test_people_who_came_onto_a_list_by_the_api_are_nobodys_change() -> None:
    lists = [[f"+1202555014{number}" for number in numbers] for numbers in ((1, 2), (1, 2, 3), (1, 2, 4))]
    base, now = ({"a.yaml": {**LISTED, "do_not_call_custom_list": one}} for one in lists[:2])

    told = notices(against_live(base, now, {**LISTED, "do_not_call_custom_list": lists[2]}))

    assert not any("somebody else" in one for one in told)


def test_three_lists_of_numbers_are_told_without_numbers() -> None:
    lists = [[f"+1202555014{number}"] for number in (1, 2, 3)]
    base, now = ({"a.yaml": {**LISTED, "do_not_call_custom_list": one}} for one in lists[:2])

    told = notices(against_live(base, now, {**LISTED, "do_not_call_custom_list": lists[2]}))

    assert any("do_not_call_custom_list was changed by somebody else, too" in one for one in told)
    assert not any("+1202" in one for one in told)


def test_what_the_branch_changed_is_known_to_be_new_and_what_it_takes_over_is_not() -> None:
    base: Files = {"a.yaml": {"max_retries": 5, "end_date": "2027-05-01"}}
    now: Files = {"a.yaml": {"max_retries": 2, "end_date": "2027-05-01"}, "b.yaml": {"max_retries": 1}}

    assert between(base, now).known_to_be_new == {"a.yaml": {"max_retries"}}


def test_what_a_branch_says_of_another_campaign_is_not_known_to_be_new() -> None:
    base: Files = {"a.yaml": {"id": "c-1", "end_date": "2027-05-01"}}

    assert between(base, {"a.yaml": {"id": "c-2", "end_date": "2027-06-01"}}).known_to_be_new == {}


@pytest.mark.parametrize(
    ("now", "told"),
    [({"b.yaml": {"name": "B", "max_retries": 4}}, True), ({}, False)],
    ids=["another file is new", "no file is new"],
)
def test_what_git_has_to_know_is_told_where_a_file_is_gone_and_another_is_new(now: Files, *, told: bool) -> None:
    plan = offline(
        {"a.yaml": {"name": "A", "max_retries": 3}, "c.yaml": {"name": "C"}}, {"c.yaml": {"name": "C"}, **now}
    )

    assert any("`git add` both" in notice for notice in plan.notices) is told

"""What is planned for each campaign: fields, status, pauses, what is not shown, and what is told of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.canonical import UNSET
from reconciler.model.document import Position, Value
from reconciler.model.errors import StalePlan
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import body_of
from reconciler.plan.document import to_json
from reconciler.plan.make import plan_campaign
from reconciler.plan.stale import still_valid
from reconciler.plan.steps import Action, StatusChange
from reconciler.plan.values import recorded
from tests.support.campaigns import FIELDS, HOST, KEY, plan_of, planned_one, shown, wanted

ONE, TWO = "+15551230001", "+15551230002"
LIST = "do_not_call_custom_list"
RANGES = [{"start": "09:00", "end": "17:00"}]
LUNCH = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
PLACE = Position("c.yaml", 1, 1)


def names(plan: CampaignPlan) -> list[str]:
    return [change.field.name for change in plan.changes]


# Status


FINAL = {"completed", "cancelled"}
WAYS = {
    "draft": "from where it may become active or cancelled",
    "active": "from where it may become paused or completed or cancelled",
    "paused": "from where it may become active or completed or cancelled",
    "completed": "which is final",
    "cancelled": "which is final",
}
STEPS = {
    ("draft", "active"),
    ("draft", "cancelled"),
    ("active", "paused"),
    ("active", "completed"),
    ("active", "cancelled"),
    ("paused", "active"),
    ("paused", "completed"),
    ("paused", "cancelled"),
}


def expected_status(live: str, file: str) -> tuple[Action, StatusChange | None, tuple[str, ...]]:
    if live == file:
        return Action.NONE, None, ()
    if (live, file) in STEPS:
        return Action.NONE, StatusChange(live, file, PLACE), ()
    if live in FINAL and file not in FINAL:
        return Action.FINISHED, None, ()
    return Action.ERROR, None, (f"status cannot become {file}: the campaign is {live}, {WAYS[live]}",)


@pytest.mark.parametrize(("live", "file"), list(itertools.product(Status, Status)))
def test_every_pair_of_statuses_is_in_sync_a_step_a_notice_or_an_error(live: Status, file: Status) -> None:
    plan = planned_one(wanted({}, file), shown({}, live))

    assert (plan.action, plan.status, plan.errors) == expected_status(live, file)


@pytest.mark.parametrize("live", [*Status, "archived", None])
def test_a_file_without_a_status_leaves_any_status_alone(live: str | None) -> None:
    plan = planned_one(wanted({"max_retries": 3}), shown({"max_retries": 3}, live))

    assert (plan.action, plan.status, plan.errors, plan.live_status) == (Action.NONE, None, (), live)


@pytest.mark.parametrize("file", Status)
def test_a_status_that_is_not_known_here_leads_nowhere_and_is_not_called_final(file: Status) -> None:
    plan = planned_one(wanted({}, file), shown({}, "archived"))

    assert plan.errors == (f"status cannot become {file}: the campaign is archived, a status that is not known here",)


def test_fields_of_a_campaign_with_a_status_that_is_not_known_are_changed_all_the_same() -> None:
    assert names(planned_one(wanted({"max_retries": 2}), shown({"max_retries": 3}, "archived"))) == ["max_retries"]


def test_a_status_that_is_not_shown_cannot_be_changed() -> None:
    plan = planned_one(wanted({}, "active"), shown({}, None))

    assert plan.errors == ("the file wants status active, but the API shows no status",)


def test_no_step_passes_through_active_on_the_way_to_something_else() -> None:
    plan = planned_one(wanted({"max_retries": 2}, "paused"), shown({"max_retries": 3}, "draft"))

    assert (plan.action, plan.has_steps) == (Action.ERROR, False)


@pytest.mark.parametrize(
    ("live", "file", "pauses_first"),
    [
        ("active", "paused", True),
        ("draft", "active", False),
        ("paused", "active", False),
        ("active", "completed", False),
    ],
)
def test_a_pause_comes_before_the_changes_and_any_other_step_after(live: str, file: str, *, pauses_first: bool) -> None:
    assert planned_one(wanted({"max_retries": 2}, file), shown({"max_retries": 3}, live)).pauses_first is pauses_first


def test_the_status_is_never_part_of_the_put() -> None:
    plan = planned_one(wanted({"max_retries": 2}, "active"), shown({"max_retries": 3, "status": "draft"}, "draft"))

    assert body_of(plan.sent) == {"max_retries": 2}


@pytest.mark.parametrize("final", sorted(FINAL))
def test_becoming_final_is_noticed(final: str) -> None:
    plan = planned_one(wanted({}, final), shown({}, "paused"))

    assert plan.notices == (f"becoming {final} is final: it cannot be undone",)


# Finished campaigns


@pytest.mark.parametrize("final", sorted(FINAL))
@pytest.mark.parametrize("file", ["active", "paused", "draft"])
def test_nothing_is_written_to_a_finished_campaign_whose_file_wants_more(final: str, file: str) -> None:
    plan = planned_one(wanted({"max_retries": 2}, file), shown({"max_retries": 3}, final))

    assert (plan.action, plan.has_steps, plan.is_pending, plan.errors) == (Action.FINISHED, False, False, ())
    assert plan.notices == (
        f"the campaign is {final}, which is final: the file's status {file} is not applied",
        (
            f"the campaign is {final}, which is final: 1 field differs, nothing is written "
            f"(with `status: {final}` in the file this is told no more)"
        ),
    )


def test_a_finished_campaign_that_is_as_its_file_says_needs_no_word() -> None:
    plan = planned_one(wanted({"max_retries": 3}, "completed"), shown({"max_retries": "3"}, "completed"))

    assert (plan.action, plan.notices, plan.in_sync) == (Action.NONE, (), 1)


def test_a_finished_campaign_whose_file_knows_it_is_told_no_more_though_fields_differ() -> None:
    plan = planned_one(wanted({"max_retries": 2}, "completed"), shown({"max_retries": 3}, "completed"))

    assert (plan.action, plan.notices) == (Action.FINISHED, ())


def test_fields_that_differ_on_a_finished_campaign_are_counted() -> None:
    live = shown({"max_retries": 3, "name": "A", "timezone": "UTC"}, "cancelled")
    plan = planned_one(wanted({"max_retries": 2, "name": "B", "timezone": "UTC", "end_date": None}), live)

    assert plan.notices == (
        (
            "the campaign is cancelled, which is final: 2 fields differ, nothing is written "
            "(with `status: cancelled` in the file this is told no more)"
        ),
    )
    assert (plan.in_sync, plan.unverified) == (1, ())


# Unverified fields and the record


def record_of(name: str, value: Value) -> Mapping[str, Mapping[str, str]]:
    return {"c-1": {name: recorded(FIELDS.writable[name], value, "c-1", KEY)}}


@pytest.mark.parametrize(
    ("record", "send"),
    [
        pytest.param({}, True, id="nothing was sent yet"),
        pytest.param(record_of("auto_complete", True), False, id="the same value was sent"),
        pytest.param(record_of("auto_complete", False), True, id="another value was sent"),
        pytest.param({"c-2": record_of("auto_complete", True)["c-1"]}, True, id="it was sent to another campaign"),
        pytest.param(record_of("retry_on_no_conversion", True), True, id="another field was sent"),
    ],
)
def test_an_unverified_value_is_sent_where_the_record_says_that_it_is_new(
    record: Mapping[str, Mapping[str, str]], *, send: bool
) -> None:
    plan = planned_one(wanted({"auto_complete": True}), shown({}), record)

    assert [(u.field.name, u.send) for u in plan.unverified] == [("auto_complete", send)]
    assert (body_of(plan.sent), plan.has_steps) == ({"auto_complete": True} if send else {}, send)


def test_unverified_fields_are_no_drift() -> None:
    plan = plan_of((wanted({"auto_complete": True}), shown({})))

    assert (plan.is_pending, plan.has_steps, plan.campaigns[0].action) == (False, True, Action.NONE)


def test_unverified_values_have_a_put_of_their_own_beside_changes() -> None:
    plan = planned_one(wanted({"auto_complete": True, "max_retries": 2}), shown({"max_retries": 3}))

    assert (body_of(plan.sent), plan.requests) == ({"max_retries": 2, "auto_complete": True}, 2)


@pytest.mark.parametrize(
    ("record", "known", "force", "is_new"),
    [
        pytest.param({}, {}, False, False, id="nobody knows"),
        pytest.param(record_of("end_date", "2026-12-01"), {}, False, True, id="another value was sent before"),
        pytest.param(record_of("end_date", "2027-01-01"), {}, True, False, id="this very value was sent"),
        pytest.param({}, {"c.yaml": {"end_date"}}, False, True, id="the branch changed it"),
        pytest.param({}, {"c.yaml": {"max_retries"}}, False, False, id="the branch changed something else"),
        pytest.param({}, {}, True, True, id="somebody forces it"),
    ],
)
def test_only_what_is_known_to_be_new_may_pause_though_nobody_can_verify_it(
    record: Mapping[str, Mapping[str, str]], known: Mapping[str, set[str]], *, force: bool, is_new: bool
) -> None:
    context = PlanContext(
        HOST,
        record=record,
        known_to_be_new={file: frozenset(names) for file, names in known.items()},
        force_unverified=force,
        key=KEY,
    )
    one = wanted({"end_date": "2027-01-01", "max_retries": 2}, file="c.yaml")
    plan = plan_campaign(FIELDS, one, shown({"max_retries": 3}, "active"), context)

    assert [unverified.is_new for unverified in plan.unverified] == [is_new]
    assert plan.may_pause is is_new


def test_what_was_sent_before_is_no_part_of_the_digest_though_it_may_pause() -> None:
    pair = (wanted({"end_date": "2027-01-01", "max_retries": 2}), shown({"max_retries": 3}, "active"))
    new, unknown = (
        plan_of(pair, terms=PlanContext(HOST, record=record, key=KEY))
        for record in (record_of("end_date", "2026-12-01"), {})
    )

    assert (new.campaigns[0].may_pause, unknown.campaigns[0].may_pause) == (True, False)
    assert new.digest == unknown.digest


def test_a_schedule_that_may_be_put_off_holds_up_nothing_else_that_nobody_can_verify() -> None:
    files = {"end_date": "2027-01-01", "auto_complete": True, "max_retries": 2}
    plan = planned_one(wanted(files), shown({"max_retries": 3}, "active"))

    assert [body_of(put) for put in plan.puts] == [
        {"max_retries": 2},
        {"auto_complete": True},
        {"end_date": "2027-01-01"},
    ]
    assert plan.requests == 3


def test_a_put_of_unverified_fields_alone_pauses_nobody() -> None:
    plan = planned_one(wanted({"end_date": "2027-01-01"}), shown({}, "active"))

    assert (plan.has_steps, plan.may_pause) == (True, False)


# Pauses


@pytest.mark.parametrize(
    ("values", "live", "file", "may_pause"),
    [
        pytest.param({"timezone": "UTC"}, "active", None, True, id="a schedule field of an active campaign"),
        pytest.param({"timezone": "UTC"}, "active", "completed", True, id="one that is completed afterwards"),
        pytest.param({"timezone": "UTC"}, "paused", None, False, id="a paused campaign"),
        pytest.param({"timezone": "UTC"}, "draft", "active", False, id="a draft that is started"),
        pytest.param({"timezone": "UTC"}, "active", "paused", False, id="one that its file pauses"),
        pytest.param({"max_retries": 2}, "active", None, False, id="no schedule field"),
    ],
)
def test_a_change_of_the_schedule_may_pause_an_active_campaign(
    values: Mapping[str, Value], live: str, file: str | None, *, may_pause: bool
) -> None:
    before = {"timezone": "Europe/London", "max_retries": 3}

    assert planned_one(wanted(values, file), shown(before, live)).may_pause is may_pause


def test_a_new_schedule_may_make_queued_calls_wait() -> None:
    live = {"timezone": "Europe/London"}
    told = "queued calls may wait until they fall into the new calling hours"

    assert planned_one(wanted({"timezone": "UTC"}), shown(live, "active")).notices == (told,)
    assert planned_one(wanted({"timezone": "UTC"}), shown(live, "paused")).notices == ()


@pytest.mark.parametrize(
    ("desired", "live", "requests"),
    [
        pytest.param(wanted({"max_retries": 3}), shown({"max_retries": 3}), 0, id="in sync"),
        pytest.param(wanted({"max_retries": 2}), shown({"max_retries": 3}), 1, id="an update"),
        pytest.param(wanted({}, "active"), shown({}), 1, id="a status"),
        pytest.param(wanted({"max_retries": 2}, "active"), shown({"max_retries": 3}), 2, id="both"),
        pytest.param(wanted({"timezone": "UTC"}), shown({"timezone": "CET"}, "active"), 6, id="a pause, perhaps"),
        pytest.param(
            wanted({LIST: [ONE]}), shown({LIST: [], "do_not_call_list_source": "custom"}), 3, id="a list of people"
        ),
    ],
)
def test_requests_are_counted_with_what_a_pause_would_cost(desired: Desired, live: Live, requests: int) -> None:
    assert planned_one(desired, live).requests == requests


# Do-not-call numbers


@pytest.mark.parametrize(
    ("live", "told"),
    [
        ([ONE, TWO], "1 live entry that the file does not name is kept (remove with --allow-dnc-removals)"),
        (
            [TWO, "+15551230003"],
            "2 live entries that the file does not name are kept (remove with --allow-dnc-removals)",
        ),
    ],
)
def test_numbers_that_are_kept_are_counted_in_a_notice(live: list[str], told: str) -> None:
    plan = planned_one(wanted({LIST: [ONE]}), shown({LIST: live, "do_not_call_list_source": "custom"}))

    assert plan.notices == (f"{LIST}: {told}",)


def test_the_put_sends_the_union_or_with_removals_allowed_the_file_alone() -> None:
    desired, live = wanted({LIST: [ONE]}), shown({LIST: [TWO], "do_not_call_list_source": "custom"})
    plans = [plan_of((desired, live), terms=PlanContext(HOST, allow_dnc_removals=allowed)) for allowed in (False, True)]

    assert [body_of(plan.campaigns[0].sent) for plan in plans] == [{LIST: [ONE, TWO]}, {LIST: [ONE]}]
    assert [to_json(plan)["allow_dnc_removals"] for plan in plans] == [False, True]


def test_who_makes_the_files_the_whole_truth_is_told_by_the_plan_and_makes_it_stale_when_he_changes_his_mind() -> None:
    pair = wanted({LIST: [ONE]}), shown({LIST: [TWO], "do_not_call_list_source": "custom"})
    settings = "campaigns/_environment.yaml"
    by_option, by_file = (
        plan_of(pair, terms=PlanContext(HOST, allow_dnc_removals=True, replaces_in=file)) for file in ("", settings)
    )

    told = f"of {LIST} the files are the whole truth, and others are removed"
    assert by_option.notices == (f"--allow-dnc-removals: {told}",)
    assert by_file.notices == (f"{settings}: do_not_call is replace: {told}",)
    with pytest.raises(StalePlan) as stale:
        still_valid(by_file, by_option)
    assert stale.value.moves == ("c.yaml: the file says something else about do_not_call than when it was planned",)


def test_nothing_is_told_of_lists_that_no_file_names() -> None:
    pair = wanted({"max_retries": 2}), shown({"max_retries": 3})
    plan = plan_of(pair, terms=PlanContext(HOST, allow_dnc_removals=True, replaces_in="_environment.yaml"))

    assert (plan.notices, list(plan.campaigns[0].managed)) == ((), ["max_retries"])


# Errors


def test_a_campaign_that_was_not_found_is_an_error_and_the_others_are_planned() -> None:
    plan = plan_of(
        (wanted({"max_retries": 2}, file="b.yaml"), shown({"max_retries": 3})),
        (wanted({"name": "Spring"}, file="a.yaml", campaign="c-9"), NotFound("no campaign has the id c-9")),
    )

    assert [(c.file, c.id, c.name, c.action, c.errors) for c in plan.campaigns] == [
        ("a.yaml", "c-9", "Spring", Action.ERROR, ("no campaign has the id c-9",)),
        ("b.yaml", "c-1", "c-1", Action.UPDATE, ()),
    ]
    assert (plan.has_errors, plan.is_pending, plan.has_steps) == (True, True, True)


def test_nothing_is_applied_of_a_campaign_that_several_files_mean() -> None:
    live = shown({"max_retries": 3}, campaign="c-1")
    files = {"a.yaml": "c-1", "b.yaml": None, "c.yaml": "C-1"}
    meant = [(wanted({"max_retries": 2}, campaign=campaign, file=file), live) for file, campaign in files.items()]
    other = (wanted({"max_retries": 2}, campaign="c-2", file="d.yaml"), shown({"max_retries": 3}, campaign="c-2"))

    plan = plan_of(*meant, other)

    this, keep = "this campaign (id c-1) is also meant by", "keep one file, nothing of it is applied"
    assert [(campaign.action, campaign.changes == (), campaign.errors) for campaign in plan.campaigns] == [
        (Action.ERROR, True, (f"{this} b.yaml, c.yaml: {keep}",)),
        (Action.ERROR, True, (f"{this} a.yaml, c.yaml: {keep}",)),
        (Action.ERROR, True, (f"{this} a.yaml, b.yaml: {keep}",)),
        (Action.UPDATE, False, ()),
    ]


def test_a_rule_that_the_file_breaks_only_over_live_values_is_an_error() -> None:
    plan = planned_one(wanted({"end_date": "2026-01-01"}), shown({"start_date": "2026-02-01"}))

    assert (plan.action, plan.has_steps, plan.errors) == (
        Action.ERROR,
        False,
        ("c.yaml:1:1: end_date: 2026-01-01 is not after start_date 2026-02-01 (live)",),
    )


def test_a_plan_without_campaigns_does_nothing() -> None:
    plan = plan_of()

    assert (plan.is_pending, plan.has_steps, plan.has_errors) == (False, False, False)


# Creation


NEW = {
    "name": "Spring",
    "campaign_type": "sales",
    "agent_id": "a-1",
    "start_date": "2027-01-04",
    "days_of_week": [1],
    "call_time_ranges": RANGES,
    "timezone": "UTC",
    "do_not_call_enabled": True,
}
ABSENT = NotFound("no live campaign is named 'Spring', and the file has no id", is_new=True)


def creation(values: Mapping[str, Value], status: str | None = None, listed: Sequence[Live] = ()) -> CampaignPlan:
    return plan_of((wanted(values, status, campaign=None), ABSENT), listed=listed).campaigns[0]


def test_a_campaign_that_is_not_there_is_created_with_all_that_its_file_says() -> None:
    plan = creation({**NEW, "end_date": None})

    assert (plan.id, plan.name, plan.action, plan.status) == (None, "Spring", Action.CREATE, None)
    assert {change.before for change in plan.changes} == {UNSET}
    assert body_of(plan.sent) == NEW


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (None, None),
        ("draft", None),
        ("active", StatusChange("draft", "active", PLACE)),
        ("cancelled", StatusChange("draft", "cancelled", PLACE)),
    ],
)
def test_a_campaign_is_created_as_draft_and_gets_its_status_then(status: str | None, step: StatusChange | None) -> None:
    assert creation(NEW, status).status == step


@pytest.mark.parametrize("status", ["paused", "completed"])
def test_a_status_that_no_draft_can_get_is_an_error_before_anything_is_created(status: str) -> None:
    plan = creation(NEW, status)

    assert (plan.action, plan.has_steps) == (Action.ERROR, False)
    assert plan.errors == (
        f"a campaign is created as draft, from where it may become active or cancelled, not {status}",
    )


def test_what_the_api_requires_of_a_new_campaign_is_named() -> None:
    plan = creation({"name": "Spring", "timezone": "UTC", "days_of_week": [1], "call_time_ranges": RANGES})

    assert plan.errors == (
        (
            "the API requires campaign_type, agent_id, start_date to create a campaign: add what is missing, or the id "
            "if the campaign is there already"
        ),
    )


def test_a_rule_that_a_new_campaign_breaks_is_an_error_before_anything_is_created() -> None:
    plan = creation({**NEW, LIST: [ONE]})

    assert plan.action is Action.ERROR
    assert [error.partition(": ")[2] for error in plan.errors] == [
        f"{LIST}: has no effect alone: add `do_not_call_list_source: custom`"
    ]


def test_a_new_name_that_is_near_a_live_campaign_without_a_file_is_noticed() -> None:
    others = [shown({}, campaign="c-7", name="Sprint"), shown({}, campaign="c-8", name="Autumn")]

    assert creation(NEW, listed=others).notices == (
        (
            "live campaign 'Sprint' (id c-7) has no file: if this is its new name, put its id into the file "
            "(`reconciler pin` does that before a rename)"
        ),
    )
    assert creation(NEW, listed=others[1:]).notices == ()


def test_live_campaigns_without_a_file_are_told_where_the_whole_list_was_read() -> None:
    mine = shown({}, campaign="c-1", name="Mine")
    others = [shown({}, "active", campaign="c-3", name="B"), shown({}, campaign="c-2", name="A")]
    plan = plan_of((wanted({}), mine), listed=[*others, mine])

    assert to_json(plan)["unmanaged"] == [
        {"id": "c-2", "name": "A", "status": "draft"},
        {"id": "c-3", "name": "B", "status": "active"},
    ]
    assert to_json(plan_of((wanted({}), mine)))["unmanaged"] is None


# Names


def test_the_name_is_that_of_live_and_else_what_the_file_says() -> None:
    desired = wanted({"name": "New"})

    assert [planned_one(desired, shown({"name": n}, name=n)).name for n in ("Old", "")] == ["Old", "New"]

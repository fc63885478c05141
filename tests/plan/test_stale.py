"""A saved plan held against the world: what keeps it good, and what makes it stale."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.model.errors import StalePlan
from reconciler.model.sensitive import HashKey
from reconciler.plan.document import to_json
from reconciler.plan.plan import Plan
from reconciler.plan.stale import still_valid
from reconciler.plan.values import recorded
from tests.support.plans import FIELDS, HOST, KEY, SHOWN, planned, read_plan

NEW = NotFound("no live campaign is named 'x'", is_new=True)
COMPLETE = {
    "name": "Spring",
    "agent_id": "a-1",
    **{name: SHOWN[name] for name in ("campaign_type", "start_date", "days_of_week", "call_time_ranges", "timezone")},
}
NUMBERS = ["+12025550143", "+12025550144"]


def written(plan: Plan) -> str:
    return json.dumps(to_json(plan))


def read(text: str) -> Plan:
    return read_plan(text, "plan.json", FIELDS)


def test_a_plan_is_agreed_on_when_nothing_moved() -> None:
    fresh = planned({"a.yaml": {"max_retries": 2}, "b.yaml": {"status": "paused"}})

    plan, notices = still_valid(read(written(fresh)), fresh)

    assert (plan.digest, plan.campaigns, notices) == (fresh.digest, fresh.campaigns, ())


def test_steps_that_were_not_planned_are_left_out_and_told() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"max_retries": 2, "retry_cooldown_hours": 24}}
    was = planned(files)
    now = planned(files, {"a.yaml": {"retry_cooldown_hours": 12}})

    plan, notices = still_valid(read(written(was)), now)

    assert [change.field.name for change in plan.campaigns[0].changes] == ["max_retries"]
    assert notices == ("Campaign A: retry_cooldown_hours differs from the file by now; the plan does not touch it",)


@pytest.mark.parametrize(
    ("was", "now", "moved"),
    [
        pytest.param(
            planned({"a.yaml": {"max_retries": 2}}),
            planned({"a.yaml": {"max_retries": 2}}, {"a.yaml": {"max_retries": 4}}),
            "Campaign A (a.yaml): max_retries was 3 when planned, is 4 now",
            id="a field moved",
        ),
        pytest.param(
            planned({"a.yaml": {"max_retries": 2}}),
            planned({"a.yaml": {"max_retries": 2}}, {"a.yaml": {"status": "paused"}}),
            "Campaign A (a.yaml): status was active when planned, is paused now",
            id="the status moved",
        ),
        pytest.param(
            planned({"a.yaml": {"max_retries": 2}}),
            planned({"a.yaml": {"max_retries": 1}}),
            "a.yaml: the file says something else about max_retries than when it was planned",
            id="the file changed",
        ),
        pytest.param(
            planned({"a.yaml": {"max_retries": 2}}),
            planned({"a.yaml": {"max_retries": 2, "name": "New"}}),
            "a.yaml: the file says something else about name than when it was planned",
            id="the file names more",
        ),
        pytest.param(
            planned({"a.yaml": {"max_retries": 2}}),
            planned({"a.yaml": {"max_retries": 2}}, {"a.yaml": NotFound("no campaign has the id")}),
            "a.yaml: no campaign has the id",
            id="the campaign is gone",
        ),
        pytest.param(
            planned({"a.yaml": COMPLETE}, {"a.yaml": NEW}),
            planned({"a.yaml": COMPLETE}, {"a.yaml": {"name": "Spring"}}),
            "a.yaml: no live campaign of this name when planned, campaign id-of-a now",
            id="somebody created it",
        ),
    ],
)
def test_a_plan_is_stale_when(was: Plan, now: Plan, moved: str) -> None:
    with pytest.raises(StalePlan) as stale:
        still_valid(read(written(was)), now)

    assert stale.value.moves == (moved,)


def test_an_unverified_value_is_sent_only_if_both_plans_send_it() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"end_date": "2027-05-01"}}
    was = planned(files)
    (one,) = was.campaigns[0].unverified
    sent = {"id-of-a": {"end_date": recorded(one.field, one.value, "id-of-a", KEY)}}

    plan, _ = still_valid(read(written(was)), planned(files, record=sent))

    assert [unshown.send for unshown in plan.campaigns[0].unverified] == [False]


def test_what_a_branch_showed_to_be_new_is_known_to_a_saved_plan() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"end_date": "2027-05-01"}}
    fresh = planned(files)
    (campaign,) = fresh.campaigns
    new = replace(campaign, unverified=(campaign.unverified[0]._replace(is_new=True),))

    plan, _ = still_valid(read(written(replace(fresh, campaigns=(new,)))), fresh)

    assert [unshown.is_new for unshown in plan.campaigns[0].unverified] == [True]


def test_a_field_that_is_withheld_by_now_is_told_as_that() -> None:
    files = {"a.yaml": {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}}
    was = planned(files, {"a.yaml": {"do_not_call_list_source": "environment"}})
    now = planned(files, {"a.yaml": {"do_not_call_list_source": "environment", "do_not_call_custom_list": [{"x": 1}]}})

    with pytest.raises(StalePlan) as stale:
        still_valid(read(written(was)), now)

    assert [move.partition(": it goes")[0] for move in stale.value.moves] == [
        "Campaign A (a.yaml): do_not_call_list_source is withheld by now"
    ]


def test_a_campaign_that_could_not_be_planned_and_can_by_now_makes_no_plan_stale() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"max_retries": 2}, "b.yaml": {"max_retries": 2}}
    was = planned(files, {"b.yaml": NotFound("no campaign has the id")})

    plan, notices = still_valid(read(written(was)), planned(files))

    assert [campaign.has_steps for campaign in plan.campaigns] == [True, False]
    assert notices == ("id-of-b: max_retries differs from the file by now; the plan does not touch it",)


def test_a_plan_that_moves_numbers_is_good_although_the_campaign_has_another_name_by_now() -> None:
    # Numbers are known by hashes that are salted with the campaign. Were they salted with its name, a rename by hand
    # would make every approved plan of numbers stale.
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"do_not_call_custom_list": NUMBERS}}
    live: Mapping[str, Value] = {"do_not_call_custom_list": NUMBERS[:1], "do_not_call_list_source": "custom"}
    now = planned(files, {"a.yaml": {**live, "name": "Renamed by hand"}})

    plan, _ = still_valid(read(written(planned(files, {"a.yaml": live}))), now)

    assert [change.field.name for change in plan.campaigns[0].changes] == ["do_not_call_custom_list"]


def test_what_is_at_its_after_already_is_done_as_a_run_that_was_cut_off_is_repeated() -> None:
    files: Mapping[str, Mapping[str, Value]] = {
        "a.yaml": {"max_retries": 2, "retry_cooldown_hours": 48, "status": "paused"}
    }
    now = planned(files, {"a.yaml": {"max_retries": 2, "status": "paused"}})

    plan, notices = still_valid(read(written(planned(files))), now)

    (campaign,) = plan.campaigns
    assert ([change.field.name for change in campaign.changes], campaign.status) == (["retry_cooldown_hours"], None)
    assert notices == ()


def test_a_whole_run_that_is_repeated_has_nothing_to_do() -> None:
    files = {"a.yaml": {"max_retries": 2}}

    plan, _ = still_valid(read(written(planned(files))), planned(files, {"a.yaml": {"max_retries": 2}}))

    assert (plan.has_steps, [str(campaign.action) for campaign in plan.campaigns]) == (False, ["none"])


def test_an_unverified_value_that_is_shown_by_now_and_differs_is_sent_and_told() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"end_date": "2027-05-01"}}
    now = planned(files, {"a.yaml": {"end_date": "2027-06-01"}})

    plan, notices = still_valid(read(written(planned(files))), now)

    assert [(str(one.action), [c.field.name for c in one.changes]) for one in plan.campaigns] == [
        ("update", ["end_date"])
    ]
    assert notices == ("Campaign A: end_date is shown by now, and differs from the file: it is sent, as planned",)


def test_a_field_that_is_not_shown_any_more_makes_the_plan_stale() -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"end_date": "2027-05-01"}}
    was = planned(files, {"a.yaml": {"end_date": "2027-06-01"}})

    with pytest.raises(StalePlan) as stale:
        still_valid(read(written(was)), planned(files))

    assert stale.value.moves == ("Campaign A (a.yaml): end_date was shown when planned, and is not by now",)


def test_a_status_that_moved_blocks_no_plan_that_does_nothing_to_the_campaign() -> None:
    # Somebody pauses a campaign that the plan leaves alone: the approved steps of the others still do what they say.
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"max_retries": 2}, "b.yaml": {"max_retries": 3}}
    now = planned(files, {"b.yaml": {"status": "paused"}})

    plan, notices = still_valid(read(written(planned(files))), now)

    assert ([campaign.has_steps for campaign in plan.campaigns], notices) == ([True, False], ())


@pytest.mark.parametrize(
    "now",
    [
        pytest.param({"status": "completed"}, id="it completed by itself"),
        pytest.param({"status": "completed", "max_retries": 9}, id="it completed, and differs"),
        pytest.param(NEW, id="it is gone"),
    ],
)
def test_nothing_that_becomes_of_a_campaign_without_steps_makes_a_plan_stale(
    now: Mapping[str, Value] | NotFound,
) -> None:
    files: Mapping[str, Mapping[str, Value]] = {"a.yaml": {"max_retries": 2}, "b.yaml": {"max_retries": 3}}

    plan, _ = still_valid(read(written(planned(files))), planned(files, {"b.yaml": now}))

    assert ([campaign.has_steps for campaign in plan.campaigns], plan.has_errors) == ([True, False], False)


def test_a_plan_about_people_that_was_made_with_another_token_is_stale_and_says_so() -> None:
    files = {"a.yaml": {"do_not_call_custom_list": ["+15551230001"], "do_not_call_list_source": "custom"}}
    now = planned(files)
    another = HashKey(b"another token's key")

    with pytest.raises(StalePlan) as caught:
        still_valid(read(written(now)), replace(now, key=another, key_name=another.name))

    assert [move[:30] for move in caught.value.moves] == ["it was made with another token"]


def test_a_plan_about_nobody_is_good_for_another_token() -> None:
    now = planned({"a.yaml": {"max_retries": 2}})

    assert still_valid(read(written(now)), replace(now, key=HashKey(b"another token's key")))[1] == ()


def test_nobody_can_turn_the_hashes_of_a_saved_plan_back_without_the_token() -> None:
    text = written(planned({"a.yaml": {"do_not_call_custom_list": ["+12025550147"], "max_retries": 2}}))
    hashes = set(re.findall(r"[0-9a-f]{16,64}", text))
    tried = [f"+120255501{n:02}" for n in range(100)]
    prefixes = ["", f"{HOST} id-of-a\n", "id-of-a\n", f"{HOST}\n"]
    made = {hashlib.sha256(f"{prefix}{number}".encode()).hexdigest() for prefix in prefixes for number in tried}

    assert "12025550147" not in text
    assert hashes
    assert not hashes & (made | {digest[:16] for digest in made})


def test_numbers_that_were_added_or_removed_meanwhile_make_no_plan_stale_and_are_no_part_of_the_digest() -> None:
    of_all = "do_not_call_custom_list"
    files = {"a.yaml": {of_all: [NUMBERS[0]], "do_not_call_list_source": "custom"}}
    live = [{of_all: shown, "do_not_call_list_source": "custom"} for shown in ([], [NUMBERS[1]])]
    was, now = (planned(files, {"a.yaml": values}) for values in live)

    assert was.digest == now.digest
    assert still_valid(read(written(was)), now)[0].campaigns[0].changes == now.campaigns[0].changes
    assert still_valid(read(written(now)), was)[0].campaigns[0].changes == was.campaigns[0].changes


def test_a_list_that_nobody_can_see_any_more_makes_the_plan_stale() -> None:
    files = {"a.yaml": {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}}
    was = planned(files, {"a.yaml": {"do_not_call_custom_list": [], "do_not_call_list_source": "custom"}})

    with pytest.raises(StalePlan):
        still_valid(read(written(was)), planned(files, {"a.yaml": {"do_not_call_list_source": "custom"}}))


def test_a_list_that_moved_under_a_plan_that_removes_is_told_without_its_numbers() -> None:
    files = {"a.yaml": {"do_not_call_custom_list": NUMBERS[:1], "do_not_call_list_source": "custom"}}
    was, now = (
        planned(
            files,
            {"a.yaml": {"do_not_call_custom_list": live, "do_not_call_list_source": "custom"}},
            allow_dnc_removals=True,
        )
        for live in (NUMBERS, [*NUMBERS, "+12025550199"])
    )

    with pytest.raises(StalePlan) as stale:
        still_valid(read(written(was)), now)

    assert stale.value.moves == ("Campaign A (a.yaml): do_not_call_custom_list is not what it was when planned",)

"""A saved plan: what it can be made from, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.errors import PlanFileError, StalePlan
from reconciler.plan.document import checksum, read_plan, to_json
from reconciler.plan.plan import Plan
from reconciler.plan.stale import still_valid
from tests.support.plans import FIELDS, SHOWN, planned

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


@pytest.mark.parametrize(
    ("files", "live"),
    [
        pytest.param({"a.yaml": {"max_retries": 3}}, {}, id="in sync"),
        pytest.param({"a.yaml": {"max_retries": 2, "name": "Other"}}, {}, id="fields change"),
        pytest.param({"a.yaml": {"status": "paused"}}, {}, id="status changes"),
        pytest.param({"a.yaml": {"end_date": "2027-05-01"}}, {}, id="unverified"),
        pytest.param({"a.yaml": {"max_retries": 2}}, {"a.yaml": {"status": "completed"}}, id="finished"),
        pytest.param({"a.yaml": {"status": "draft"}}, {}, id="error"),
        pytest.param({"a.yaml": COMPLETE}, {"a.yaml": NEW}, id="creation"),
        pytest.param(
            {"a.yaml": {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}},
            {"a.yaml": {"do_not_call_custom_list": NUMBERS[:1], "do_not_call_list_source": "custom"}},
            id="numbers",
        ),
        pytest.param(
            {"a.yaml": {"call_time_ranges": [{"start": "09:00", "end": "12:00"}], "end_date": None}},
            {"a.yaml": {"end_date": "2027-03-01"}},
            id="windows and dates",
        ),
    ],
)
def test_a_plan_read_back_is_written_the_same(
    files: Mapping[str, Mapping[str, Value]], live: Mapping[str, Mapping[str, Value] | NotFound]
) -> None:
    text = written(planned(files, live))

    assert written(read(text)) == text


def test_a_saved_plan_holds_no_number() -> None:
    fields: Mapping[str, Value] = {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}

    text = written(planned({"a.yaml": fields}, {"a.yaml": {"do_not_call_custom_list": []}}))

    assert "5550143" not in text


def _edited(edit: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(written(planned({"a.yaml": {"max_retries": 2}})))
    edit(document)
    return json.dumps(document)


def _signed_anew(edit: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(_edited(edit))
    return json.dumps(document | {"checksum": checksum(document)})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "not JSON, or was cut short", id="empty"),
        pytest.param(written(planned({"a.yaml": {"max_retries": 2}}))[:-30], "cut short", id="truncated"),
        pytest.param("[" * 100_000, "not JSON", id="deep"),
        pytest.param("[1]", "is no saved plan", id="a list"),
        pytest.param('{"resources": {}}', "is no saved plan", id="foreign"),
        pytest.param(_edited(lambda d: d["campaigns"][0]["changes"][0].update(after=9)), "was changed", id="edited"),
        pytest.param(_edited(lambda d: d.update(base_url="https://other.example")), "was changed", id="other host"),
        pytest.param(_edited(lambda d: d.update(format_version="0.9")), "has format 0.9", id="older format"),
        pytest.param(
            _signed_anew(lambda d: d["campaigns"][0]["changes"][0].update(after=9)),
            "its digest does not fit",
            id="forged",
        ),
        pytest.param(_signed_anew(lambda d: d["campaigns"][0].pop("file")), "KeyError: 'file'", id="a key is missing"),
        pytest.param(
            _signed_anew(lambda d: d["campaigns"][0]["changes"][0].update(field="no_such")),
            "KeyError: 'no_such'",
            id="a field that is not known",
        ),
    ],
)
def test_a_spoilt_plan_is_refused_with_a_reason(text: str, told: str) -> None:
    with pytest.raises(PlanFileError, match=told):
        read(text)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    )
)
def test_any_json_is_refused_without_a_traceback(document: Value) -> None:
    with pytest.raises(PlanFileError):
        read(json.dumps(document))


@given(st.data())
def test_a_plan_with_any_value_replaced_is_refused(data: st.DataObject) -> None:
    document = json.loads(written(planned({"a.yaml": {"max_retries": 2}})))
    key = data.draw(st.sampled_from(sorted(document)))
    value: Value = data.draw(
        (st.none() | st.integers() | st.text(max_size=5) | st.just([])).filter(lambda v: v != document[key])
    )

    with pytest.raises(PlanFileError):
        read(json.dumps(document | {key: value}))


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
            planned({"a.yaml": {"max_retries": 2}}, {"a.yaml": {"max_retries": 2}}),
            "Campaign A (a.yaml): max_retries was 3 when planned, is 2 now",
            id="somebody did it by hand",
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
        pytest.param(
            planned(
                {"a.yaml": {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}},
                {"a.yaml": {"do_not_call_custom_list": [], "do_not_call_list_source": "custom"}},
            ),
            planned(
                {"a.yaml": {"do_not_call_custom_list": NUMBERS, "do_not_call_list_source": "custom"}},
                {"a.yaml": {"do_not_call_custom_list": NUMBERS[1:], "do_not_call_list_source": "custom"}},
            ),
            "Campaign A (a.yaml): do_not_call_custom_list is not what it was when planned",
            id="numbers moved, and are not told",
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
    sent = {"id-of-a": {"end_date": was.campaigns[0].unverified[0].sha256}}

    plan, _ = still_valid(read(written(was)), planned(files, record=sent))

    assert [unshown.send for unshown in plan.campaigns[0].unverified] == [False]


def test_live_campaigns_without_a_file_are_read_back() -> None:
    plan = planned({"a.yaml": {"max_retries": 3}})
    document = to_json(plan) | {"unmanaged": [{"id": "c-9", "name": "By hand", "status": "active"}]}

    assert read(json.dumps(document | {"checksum": checksum(document)})).unmanaged == (
        Live("c-9", "By hand", "active", {}),
    )

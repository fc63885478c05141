"""A plan as a document, and back: what it says, what it can be made from, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Live
from reconciler.model.document import Position, Value
from reconciler.model.errors import PlanFileError
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.written import fingerprint
from reconciler.plan.besides import Besides
from reconciler.plan.context import PlanContext
from reconciler.plan.document import checksum, to_json
from reconciler.plan.plan import Plan
from reconciler.plan.summary import summary
from reconciler.plan.values import salt
from tests.support.campaigns import HOST, KEY, plan_of, shown, wanted
from tests.support.plans import FIELDS, SHOWN, planned, read_plan

ONE, TWO = "+15551230001", "+15551230002"
LIST = "do_not_call_custom_list"
RANGES = [{"start": "09:00", "end": "17:00"}]
LUNCH = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]


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


# Written


BASE = (wanted({"max_retries": 2}), shown({"max_retries": 3}))
OTHER = (
    wanted({"timezone": "UTC"}, "active", campaign="c-2", file="d.yaml"),
    shown({"timezone": "CET"}, campaign="c-2"),
)


def test_a_plan_as_json_is_the_whole_plan() -> None:
    desired = wanted(
        {"max_retries": 2, LIST: [ONE, TWO], "do_not_call_list_source": "custom", "auto_complete": True}, "paused"
    )
    live = shown({"max_retries": 3, LIST: [ONE], "do_not_call_list_source": "campaign"}, "active", name="Spring")
    plan = plan_of(
        (desired, live), terms=PlanContext(HOST, created_at="2027-01-01T00:00:00Z", tool_version="0.1.0", key=KEY)
    )
    document = to_json(plan)
    campaign = document["campaigns"][0]
    salted = salt(HOST, "c-1", KEY)

    assert document == {
        "format_version": "1.0",
        "tool_version": "0.1.0",
        "created_at": "2027-01-01T00:00:00Z",
        "base_url": HOST,
        "digest": plan.digest,
        "summary": summary(plan),
        "campaigns": [campaign],
        "allow_dnc_removals": False,
        "rate_limit": None,
        "among": 1,
        "minutes": None,
        "basis": None,
        "environment": "",
        "failure": None,
        "refused": [],
        "notices": [],
        "overlaps": [],
        "left_paused": [],
        "holds": [],
        "unmanaged": None,
        "key_name": KEY.name,
        "checksum": checksum(document),
    }
    assert campaign == {
        "besides": [],
        "id": "c-1",
        "name": "Spring",
        "file": "c.yaml",
        "action": "update",
        "changes": [
            {"field": "max_retries", "before": 3, "after": 2, "line": 1, "file": "c.yaml", "direction": "tightens"},
            {
                "field": LIST,
                "before": {
                    "count": 1,
                    "added": 0,
                    "removed": 0,
                    "hash": SensitiveSet(frozenset({ONE})).digest(salted),
                },
                "after": {
                    "count": 2,
                    "added": 1,
                    "removed": 0,
                    "hash": SensitiveSet(frozenset({ONE, TWO})).digest(salted),
                },
                "line": 2,
                "file": "c.yaml",
                "direction": "tightens",
            },
        ],
        "status": {"before": "active", "after": "paused", "file": "c.yaml", "line": 1},
        "may_pause": False,
        "unverified": [
            {
                "field": "auto_complete",
                "reason": "the API does not show it",
                "value": True,
                "may_send": True,
                "send": True,
                "is_new": False,
                "hash": fingerprint(FIELDS.writable["auto_complete"], value=True, salt=salted),
                "file": "c.yaml",
                "line": 4,
            }
        ],
        "kept": [],
        "withheld": [],
        "starts": False,
        "hold": None,
        "calling": None,
        "final": False,
        "notices": [],
        "errors": [],
        "live_status": "active",
        "managed": campaign["managed"],
        "schedules": None,
        "attempts": None,
        "reach": None,
        "legal": [],
        "agents": {"before": None, "after": None},
    }
    assert sorted(campaign["managed"]) == sorted([*desired.values, "status"])


@pytest.mark.parametrize(
    ("live", "file", "starts", "final"),
    [
        ("draft", "active", True, False),
        ("paused", "active", True, False),
        ("active", "active", False, False),
        ("active", "paused", False, False),
        ("active", "completed", False, True),
        ("draft", "cancelled", False, True),
    ],
)
def test_a_plan_says_what_starts_and_what_is_final(live: str, file: str, *, starts: bool, final: bool) -> None:
    document = to_json(plan_of((wanted({}, file), shown({}, live))))
    campaign = document["campaigns"][0]

    assert (campaign["starts"], campaign["final"], document["summary"]["started"]) == (starts, final, int(starts))


def test_a_plan_as_json_can_be_written() -> None:
    document = to_json(plan_of(BASE, OTHER))

    assert json.loads(json.dumps(document)) == document


def test_a_checksum_covers_the_whole_document_but_itself() -> None:
    document = to_json(plan_of(BASE))

    assert checksum(document) == document["checksum"]
    assert checksum({**document, "created_at": "later"}) != document["checksum"]


def test_a_change_in_the_defaults_is_told_in_their_file() -> None:
    assert to_json(plan_of(BASE))["campaigns"][0]["changes"][0]["file"] == "c.yaml"


def test_the_hours_of_a_week_before_and_after_are_part_of_the_plan() -> None:
    values = {"days_of_week": [1], "timezone": "UTC"}
    plan = plan_of((wanted({"call_time_ranges": LUNCH}), shown({**values, "call_time_ranges": RANGES})))

    assert to_json(plan)["campaigns"][0]["schedules"] == {
        "before": {"days": [1], "windows": RANGES, "timezone": "UTC"},
        "after": {"days": [1], "windows": LUNCH, "timezone": "UTC"},
    }


# Read back


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


def test_live_campaigns_without_a_file_are_read_back() -> None:
    plan = planned({"a.yaml": {"max_retries": 3}})
    document = to_json(plan) | {"unmanaged": [{"id": "c-9", "name": "By hand", "status": "active"}]}

    assert read(json.dumps(document | {"checksum": checksum(document)})).unmanaged == (
        Live("c-9", "By hand", "active", {}),
    )


def test_what_a_branch_changes_besides_fields_is_read_back() -> None:
    plan = planned({"a.yaml": {"max_retries": 2}})
    raised = Besides("max_changes", "5", "50", "the branch raises a limit", Position("_environment.yaml", 2, 1), True)
    plan = replace(plan, campaigns=(replace(plan.campaigns[0], besides=(raised,)),))

    assert read(written(plan)).campaigns[0].besides == (raised,)

"""A new field of the API is supported by saying so in the schema: no code knows any field by its name."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest

from reconciler.api.endpoints import Request, update_campaign
from reconciler.desired.validate import validate
from reconciler.model.campaign import Live
from reconciler.model.document import Problem, Value
from reconciler.model.fields import Fields, fields_of
from reconciler.plan.besides import Placed
from reconciler.plan.branch import branch
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import Direction, body_of, inner_differences
from reconciler.plan.document import to_json
from reconciler.plan.make import plan_campaign
from reconciler.plan.plan import Plan as WholePlan
from reconciler.render.campaign import as_yaml
from tests.support.campaigns import FIELDS, HOST
from tests.support.documents import document
from tests.support.plan_schema import broken_rules

TODAY = datetime.date(2026, 1, 1)
NUMBER = "+15551230001"

# One invented field of each kind, with the annotations that its kind can have.
INVENTED: dict[str, dict[str, Any]] = {
    "greeting": {"type": "string", "maxLength": 20, "x-read-aliases": {"hello": "hi"}},
    "voice": {"type": "string", "enum": ["calm", "lively"], "x-loosens": ["calm", "lively"]},
    "priority": {"type": "integer", "minimum": 1, "maximum": 9, "x-loosens": "higher"},
    "share": {"type": "number", "minimum": 0, "maximum": 1, "x-loosens": "higher"},
    "records_calls": {"type": "boolean", "x-loosens": "true"},
    "review_date": {"type": ["string", "null"], "format": "date", "x-compare": "date", "x-loosens": "higher"},
    "languages": {"type": "array", "items": {"type": "string"}, "x-loosens": "added"},
    "floors": {"type": "array", "items": {"type": "integer"}, "x-may-conflict": True},
    "friends": {"type": "array", "items": {"type": "string"}, "x-sensitive": True, "x-loosens": "added"},
    "quiet_times": {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["start", "end"],
            "properties": {"start": {"type": "string"}, "end": {"type": "string"}},
        },
        "x-compare": "windows",
        "x-loosens": "removed",
    },
    "handover": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"after_s": {"type": "integer"}, "to": {"type": "array", "items": {"type": "string"}}},
    },
}


def with_invented() -> Fields:
    schema = copy.deepcopy(dict(FIELDS.schema))
    schema["properties"] |= INVENTED
    return fields_of(schema)


EXTENDED = with_invented()


def planned(text: str, live: dict[str, Value]) -> CampaignPlan:
    desired, problems = validate([document(f"id: c-1\n{text}\n")], EXTENDED, TODAY)
    assert problems == ()
    return plan_campaign(EXTENDED, desired[0], Live("c-1", "Spring", "active", live), PlanContext(HOST))


CHANGES: list[Any] = [
    pytest.param("greeting: hey", {"greeting": "hello"}, {"greeting": "hey"}, None, id="text"),
    pytest.param("voice: lively", {"voice": "calm"}, {"voice": "lively"}, Direction.LOOSENS, id="one of some words"),
    pytest.param("priority: 3", {"priority": "2"}, {"priority": 3}, Direction.LOOSENS, id="a whole number"),
    pytest.param("share: 0.5", {"share": "1"}, {"share": 0.5}, Direction.TIGHTENS, id="a number"),
    pytest.param(
        "records_calls: false", {"records_calls": 1}, {"records_calls": False}, Direction.TIGHTENS, id="boolean"
    ),
    pytest.param(
        "review_date: 2026-03-02",
        {"review_date": "2026-02-28T23:00:00Z"},
        {"review_date": "2026-03-02"},
        Direction.LOOSENS,
        id="a date",
    ),
    pytest.param(
        "languages: [en, de]", {"languages": ["de"]}, {"languages": ["de", "en"]}, Direction.LOOSENS, id="words"
    ),
    pytest.param("floors: [2, 1]", {"floors": {"0": "3"}}, {"floors": [1, 2]}, None, id="numbers"),
    pytest.param(
        f'friends: ["{NUMBER}"]', {"friends": []}, {"friends": [NUMBER]}, Direction.LOOSENS, id="what is sensitive"
    ),
    pytest.param(
        "quiet_times: [{start: 9:00, end: 10:00}]",
        {"quiet_times": None},
        {"quiet_times": [{"start": "09:00", "end": "10:00"}]},
        Direction.TIGHTENS,
        id="windows",
    ),
    pytest.param(
        "handover: {after_s: 30, to: [a, b]}",
        {"handover": {"to": ["a", "c"], "after_s": 20}},
        {"handover": {"after_s": 30, "to": ["a", "b"]}},
        None,
        id="an object",
    ),
    pytest.param("handover: {}", {"handover": {"after_s": 1}}, {"handover": {}}, None, id="an emptied object"),
]


@pytest.mark.parametrize(("text", "live", "body", "direction"), CHANGES)
def test_an_invented_field_is_compared_planned_and_put(
    text: str, live: dict[str, Value], body: dict[str, Value], direction: Direction | None
) -> None:
    plan = planned(text, live)

    assert update_campaign("c-1", body_of(plan.sent)) == Request("PUT", "/campaigns/c-1", body=body)
    assert [change.direction for change in plan.changes] == [direction]
    assert planned(text, {**live, **body}).has_steps is False


@pytest.mark.parametrize("text", [row.values[0] for row in CHANGES], ids=[str(row.id) for row in CHANGES])
def test_an_invented_field_that_is_not_shown_is_unverified(text: str) -> None:
    plan = planned(str(text), {})

    assert ([u.field.name for u in plan.unverified], plan.changes) == ([str(text).partition(":")[0]], ())


@pytest.mark.parametrize(("text", "live"), [row.values[:2] for row in CHANGES], ids=[str(row.id) for row in CHANGES])
def test_a_plan_with_an_invented_field_keeps_to_its_schema(text: str, live: dict[str, Value]) -> None:
    document_ = to_json(WholePlan(HOST, "", "", (planned(text, live),)))

    assert broken_rules(document_) == []
    assert NUMBER not in str(document_)


def test_an_invented_schedule_field_may_pause() -> None:
    assert planned("floors: [1]", {"floors": [2]}).may_pause


def test_what_differs_inside_an_invented_object_is_told_by_path() -> None:
    change = planned("handover: {after_s: 30, to: [a, b]}", {"handover": {"to": ["a", "c"], "after_s": 20}}).changes[0]

    assert inner_differences(change.before, change.after) == [("after_s", 20, 30), ("to[1]", "c", "b")]


WRONG: list[Any] = [
    pytest.param("greeting: this is far longer than twenty", "greeting", id="text"),
    pytest.param("voice: loud", "voice", id="one of some words"),
    pytest.param("priority: 10", "priority", id="a whole number"),
    pytest.param("share: 2", "share", id="a number"),
    pytest.param("records_calls: yes", "records_calls", id="boolean"),
    pytest.param("review_date: 2026-02-30", "review_date", id="a date"),
    pytest.param("languages: [1]", "languages", id="words"),
    pytest.param("floors: [one]", "floors", id="numbers"),
    pytest.param("friends: [5]", "friends", id="what is sensitive"),
    pytest.param("quiet_times: [{start: 10:00, end: 09:00}]", "quiet_times", id="windows"),
    pytest.param("handover: {after: 30}", "handover", id="an object"),
]


def problems_of(text: str, fields: Fields) -> tuple[Problem, ...]:
    return validate([document(f"id: c-1\n{text}\n")], fields, TODAY)[1]


@pytest.mark.parametrize(("text", "name"), WRONG)
def test_an_invented_field_is_validated(text: str, name: str) -> None:
    assert [problem.path[0] for problem in problems_of(text, EXTENDED)] == [name]


@pytest.mark.parametrize("name", INVENTED)
def test_without_the_schema_nobody_knows_it(name: str) -> None:
    assert [problem.path for problem in problems_of(f"{name}: 1", FIELDS)] == [(name,)]


OURS: dict[str, Any] = {"region": {"type": "array", "items": {"type": "string"}, "x-local": True}}


def with_ours() -> Fields:
    schema = copy.deepcopy(dict(FIELDS.schema))
    schema["properties"] |= OURS
    return fields_of(schema)


def test_a_key_of_our_own_is_validated_and_neither_compared_nor_sent() -> None:
    fields = with_ours()
    text = document("id: c-1\nregion: [north]\nmax_retries: 3\n")
    (desired,), problems = validate([text], fields, TODAY)
    plan = plan_campaign(fields, desired, Live("c-1", "Spring", "active", {"max_retries": 2}), PlanContext(HOST))

    assert (problems, desired.values, "region" in fields.local) == ((), {"max_retries": 3}, True)
    assert (body_of(plan.sent), plan.unverified) == ({"max_retries": 3}, ())
    assert "region:" in as_yaml([text], fields, with_numbers=False)
    assert [problem.path for problem in problems_of("region: [1]", fields)] == [("region", 0)]


def test_a_key_of_our_own_that_a_branch_changes_is_told() -> None:
    fields = with_ours()
    texts = ("id: c-1\nregion: [north]\n", "id: c-1\nregion: [north, south]\n", "id: c-1\n")
    one, other, without = (Placed(validate([document(text)], fields, TODAY)[0][0]) for text in texts)

    told = [branch(fields, "abc", [one], [now]).changed["c.yaml"].besides for now in (other, without)]
    assert [(one.key, one.before, one.after, one.position.line, one.is_grave) for (one,) in told] == [
        ("region", "north", "north, south", 2, True),
        ("region", "north", "not set", 1, True),
    ]

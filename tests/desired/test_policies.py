"""House rules: what campaigns and plans break, where it is told, and what is no rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.desired.policies import Policy, PolicyError, broken_plan_policies, broken_policies, read_policy
from tests.support.campaigns import FIELDS
from tests.support.documents import document

FILE = "policies/house.schema.json"
NUMBER = "+12025550119"
Rule = dict[str, Any]


def policy(schema: Rule) -> Policy:
    return read_policy(json.dumps(schema).encode(), FILE)


def broken(schema: Rule, text: str) -> list[str]:
    return [str(problem) for problem in broken_policies(policy(schema), document(text), FIELDS)]


def field(rule: dict[str, Any], name: str = "max_retries", **more: object) -> dict[str, Any]:
    return {"properties": {name: rule}, **more}


@pytest.mark.parametrize(
    ("schema", "text", "told"),
    [
        pytest.param(field({"maximum": 3}), "name: A\nmax_retries: 3\n", [], id="kept"),
        pytest.param(
            field({"maximum": 3}),
            "name: A\nmax_retries: 5\n",
            [f"c.yaml:2:14: max_retries: 5 is too much: 3 or less is allowed (house rule, {FILE})"],
            id="at the value",
        ),
        pytest.param(
            field({"maximum": 3, "x-message": "retries at most 3"}),
            "max_retries: 5\n",
            [f"c.yaml:1:14: max_retries: retries at most 3 (house rule, {FILE})"],
            id="in the house's words",
        ),
        pytest.param(
            field({"maximum": 3, "x-severity": "warn"}, **{"x-message": "see the handbook"}),
            "max_retries: 5\n",
            [f"c.yaml:1:14: warning: max_retries: see the handbook (house rule, {FILE})"],
            id="words of the whole, a warning of the part",
        ),
        pytest.param(
            {"required": ["retry_cooldown_h", "timezone"]},
            "max_retries: 5\n",
            [
                f"c.yaml:1:1: retry_cooldown_h: retry_cooldown_h is missing (house rule, {FILE})",
                f"c.yaml:1:1: timezone: timezone is missing (house rule, {FILE})",
            ],
            id="what is missing, at the file",
        ),
        pytest.param(
            {
                "if": field({"const": "sales"}, "campaign_type"),
                "then": field({"maximum": 3, "x-message": "sales: 3 at most"}),
            },
            "campaign_type: sales\nmax_retries: 5\n",
            [f"c.yaml:2:14: max_retries: sales: 3 at most (house rule, {FILE})"],
            id="under a condition",
        ),
        pytest.param(
            {**field({"$ref": "#/$defs/a~1few"}), "$defs": {"a/few": {"maximum": 3, "x-message": "a few"}}},
            "max_retries: 5\n",
            [f"c.yaml:1:14: max_retries: a few (house rule, {FILE})"],
            id="by a reference",
        ),
        pytest.param(
            field({"items": {"enum": [1, 2, 3]}}, "days_of_week"),
            "days_of_week: [1, 6]\n",
            [f"c.yaml:1:19: days_of_week[1]: 6 is not one of 1, 2, 3 (house rule, {FILE})"],
            id="inside of a list",
        ),
    ],
)
def test_what_is_broken_is_told_at_its_place(schema: Rule, text: str, told: list[str]) -> None:
    assert broken(schema, text) == told


def test_every_rule_that_is_broken_is_told() -> None:
    schema = {"allOf": [field({"maximum": 3}), field({"multipleOf": 2}), {"required": ["timezone"]}]}

    assert len(broken(schema, "max_retries: 5\n")) == 3


def test_numbers_of_people_are_not_told() -> None:
    rule = {"items": {"pattern": "^x"}, "maxItems": 0, "contains": {"const": 1}}
    told = broken(field(rule, "do_not_call_custom_list"), f"do_not_call_custom_list: ['{NUMBER}']\n")

    assert told
    assert NUMBER not in str(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no JSON: "),
        ("[" * 100_000, "is no JSON: "),
        ("[]", "is no JSON Schema: it has to be an object"),
        ('{"type": "text"}', "is no JSON Schema: $.type: 'text' is not valid"),
        (
            '{"properties": {"a": {"x-severity": "warning"}}}',
            "$.properties.a: x-severity is 'warning': warn or error is",
        ),
        ('{"allOf": [{"x-message": 1}]}', "$.allOf[0]: x-message has to be text"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        read_policy(text.encode(), FILE)

    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (
            {"$ref": "https://example.com/x.json"},
            "refers to https://example.com/x.json, which is not in it: nothing is",
        ),
        ({"$ref": "#/$defs/none"}, "refers to /$defs/none, which is not in it"),
        ({"$ref": "#"}, "cannot be judged: "),
    ],
)
def test_what_cannot_be_judged_is_an_error_and_nothing_is_fetched(schema: Rule, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        broken(schema, "name: A\n")

    assert told in str(raised.value)


PLAN = {
    "context": {"weekday": "Friday"},
    "summary": {"started": 1},
    "campaigns": [
        {"file": "a.yaml", "starts": True, "changes": [{"field": "max_retries", "file": "d.yaml", "line": 7}]}
    ],
}


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        (field({"properties": {"started": {"maximum": 0}}}, "summary"), "e.yaml:1:1"),
        (field({"items": {"properties": {"starts": {"const": False}}}}, "campaigns"), "a.yaml:1:1"),
        (
            field(
                {
                    "items": {
                        "properties": {
                            "changes": {"items": {"properties": {"field": {"not": {"const": "max_retries"}}}}}
                        }
                    }
                },
                "campaigns",
            ),
            "d.yaml:7:1",
        ),
        ({"required": ["nothing"]}, "e.yaml:1:1"),
    ],
)
def test_what_a_plan_breaks_is_told_where_the_change_is_written(schema: Rule, place: str) -> None:
    (problem,) = broken_plan_policies(policy(schema), PLAN, "e.yaml")

    assert str(problem.position) == place

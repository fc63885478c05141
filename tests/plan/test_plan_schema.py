"""The published schema of plan documents: sound itself, described, and strict about what it names."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import Live
from reconciler.plan.context import PlanContext
from reconciler.plan.document import to_json
from reconciler.plan.make import make_plan
from tests.support.campaigns import FIELDS, HOST, KEY, shown, wanted
from tests.support.plan_schema import SCHEMA, broken_rules

NUMBER = "+15551230001"


def document() -> dict[str, Any]:
    """A plan with a bit of everything."""
    hours = {"days_of_week": [1], "timezone": "UTC", "call_time_ranges": [{"start": "09:00", "end": "17:00"}]}
    one = wanted(
        {"max_retries": 2, "do_not_call_custom_list": [NUMBER], "auto_complete": True, "timezone": "CET"}, "paused"
    )
    live = {**hours, "max_retries": 3, "do_not_call_custom_list": [], "do_not_call_list_source": "custom"}
    found: dict[str, Live | NotFound] = {"a.yaml": NotFound("gone"), "c.yaml": shown(live, "active", name="Spring")}
    reading = LiveRead(found, 2, (shown({}, campaign="c-9"),))
    lost = wanted({}, campaign="c-2", file="a.yaml")
    context = PlanContext(HOST, "2027-01-01T00:00:00+00:00", "0.1.0", key=KEY)
    return to_json(make_plan(FIELDS, [one, lost], reading, context))


def objects(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - JSON
    """The path of every key in a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        if isinstance(node, dict):
            yield (*path, key)
        yield from objects(child, (*path, key))


# Keys that need not be there: of whatever was managed, and the hash by which a count is told from other objects.
FREE = {"managed"}
KEYS = [
    path
    for path in objects(document())
    if not FREE & set(path[:-1]) and path[-2:] not in {("before", "hash"), ("after", "hash")}
]


def without(path: tuple[str | int, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(document())
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return changed


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_plan_with_a_bit_of_everything_keeps_to_it() -> None:
    assert broken_rules(document()) == []


@pytest.mark.parametrize("path", KEYS, ids=lambda path: ".".join(map(str, path)))
def test_every_key_has_to_be_there(path: tuple[str | int, ...]) -> None:
    assert broken_rules(without(path)) != []


def test_keys_may_be_added_anywhere() -> None:
    plan = document()
    campaign = plan["campaigns"][1]
    for node in (plan, plan["summary"], campaign, campaign["changes"][0], campaign["unverified"][0]):
        node["added"] = {"later": True}

    assert broken_rules(plan) == []


WRONG: list[Any] = [
    pytest.param({"format_version": "2.0"}, id="another format"),
    pytest.param({"digest": "sha256:abc"}, id="a short digest"),
    pytest.param({"campaigns": {}}, id="campaigns that are no list"),
    pytest.param({"summary": {**document()["summary"], "update": -1}}, id="a negative count"),
    pytest.param({"notices": [""]}, id="an empty notice"),
    pytest.param({"unmanaged": [{"id": "c-1"}]}, id="an unmanaged campaign without a name"),
]
WRONG_CAMPAIGN: list[Any] = [
    pytest.param({"action": "delete"}, id="an unknown action"),
    pytest.param({"action": "none"}, id="changes without an update"),
    pytest.param({"changes": []}, id="an update without changes"),
    pytest.param({"action": "error", "changes": [], "status": None}, id="an error without a word"),
    pytest.param({"errors": ["wrong"]}, id="a word of error without one"),
    pytest.param({"status": {"before": "active", "after": "archived"}}, id="a step to an unknown status"),
    pytest.param({"may_pause": "no"}, id="a text for a boolean"),
    pytest.param({"id": 5}, id="a number for an id"),
]
WRONG_CHANGE: list[Any] = [
    pytest.param({"direction": "sideways"}, id="an unknown direction"),
    pytest.param({"line": 0}, id="a line before the first"),
    pytest.param({"after": [NUMBER]}, id="a phone number"),
    pytest.param({"before": ["x", NUMBER]}, id="a phone number among others"),
    pytest.param({"after": {"count": 1, "added": 1, "removed": -1, "hash": "0" * 64}}, id="a negative count"),
    pytest.param({"after": {"hash": "0" * 64}}, id="a hash without a count"),
]


@pytest.mark.parametrize("part", WRONG)
def test_a_plan_with_a_wrong_part_is_refused(part: Mapping[str, Any]) -> None:
    assert broken_rules({**document(), **part}) != []


@pytest.mark.parametrize("part", WRONG_CAMPAIGN)
def test_a_campaign_with_a_wrong_part_is_refused(part: Mapping[str, Any]) -> None:
    plan = document()
    plan["campaigns"][1] |= part

    assert broken_rules(plan) != []


@pytest.mark.parametrize("part", WRONG_CHANGE)
def test_a_change_with_a_wrong_part_is_refused(part: Mapping[str, Any]) -> None:
    plan = document()
    plan["campaigns"][1]["changes"][0] |= part

    assert broken_rules(plan) != []


def test_every_key_at_the_top_and_of_a_campaign_is_described() -> None:
    parts = SCHEMA["properties"] | SCHEMA["$defs"]["campaign"]["properties"] | SCHEMA["$defs"]["change"]["properties"]
    silent = {name for name, part in parts.items() if "description" not in part}

    assert silent == {"summary"}
    assert "description" in SCHEMA["$defs"]["summary"]

"""Fields are read from a schema, and from nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.fields import (
    Calendar,
    Compare,
    Field,
    Role,
    campaign_fields,
    environment_fields,
    fields_of,
    schema_folder,
)

FIELDS = campaign_fields()


def of(schema: dict[str, Any]) -> Field:
    return fields_of({"properties": {"it": schema}}).writable["it"]


@pytest.mark.parametrize(
    ("schema", "compare"),
    [
        pytest.param({"type": "string"}, Compare.TEXT, id="text"),
        pytest.param({"type": ["string", "null"]}, Compare.TEXT, id="text or null"),
        pytest.param({"type": "integer"}, Compare.NUMBER, id="whole number"),
        pytest.param({"type": "number"}, Compare.NUMBER, id="number"),
        pytest.param({"type": "boolean"}, Compare.BOOLEAN, id="boolean"),
        pytest.param({"type": "array"}, Compare.SET, id="list"),
        pytest.param({"type": "object"}, Compare.NESTED, id="object"),
        pytest.param({}, Compare.TEXT, id="no type"),
        pytest.param({"type": "string", "x-compare": "date"}, Compare.DATE, id="as annotated"),
        pytest.param({"type": "array", "x-compare": "windows"}, Compare.WINDOWS, id="windows"),
    ],
)
def test_a_field_is_compared_as_annotated_or_else_by_its_type(schema: dict[str, Any], compare: Compare) -> None:
    assert of(schema).compare is compare


PLAIN = of({"type": "string"})
ANNOTATED = of(
    {
        "title": "the title",
        "type": ["array", "null"],
        "items": {"type": "integer"},
        "x-may-conflict": True,
        "x-calendar": "days",
        "x-sensitive": True,
        "x-required": True,
        "x-unit": "h",
        "x-loosens": "higher",
        "x-null-means": "highest",
        "x-legacy-bounds": ["first", "last"],
        "x-read-aliases": {"old": "new"},
        "x-after": "other",
        "x-needs": {"other": True},
        "x-adds-to-live": True,
        "x-grows-with": "switch",
        "x-refers-to": "agent",
        "x-stands-for": "other",
        "x-say": "weekdays",
        "x-role": "name",
        "x-ends-calling": True,
        "x-protects": True,
        "format": "timezone",
    }
)


@pytest.mark.parametrize(
    ("name", "plain", "annotated"),
    [
        ("title", "it", "the title"),
        ("may_conflict", False, True),
        ("calendar", None, Calendar.DAYS),
        ("is_sensitive", False, True),
        ("is_required", False, True),
        ("is_nullable", False, True),
        ("unit", "", "h"),
        ("loosens", None, "higher"),
        ("null_is_highest", False, True),
        ("holds_numbers", False, True),
        ("legacy_bounds", None, ("first", "last")),
        ("read_aliases", {}, {"old": "new"}),
        ("after", None, "other"),
        ("needs", {}, {"other": True}),
        ("adds_to_live", False, True),
        ("grows_with", None, "switch"),
        ("refers_to", None, "agent"),
        ("stands_for", None, "other"),
        ("says_weekdays", False, True),
        ("role", None, Role.NAME),
        ("ends_calling", False, True),
        ("protects", False, True),
        ("is_timezone", False, True),
    ],
)
def test_every_annotation_is_read(name: str, plain: object, annotated: object) -> None:
    assert (getattr(PLAIN, name), getattr(ANNOTATED, name)) == (plain, annotated)


def test_entries_may_be_added_to_live_without_a_switch_for_it() -> None:
    field = of({"type": "array", "x-adds-to-live": True})

    assert (field.adds_to_live, field.grows_with) == (True, None)


def test_a_field_without_a_title_is_called_by_its_name_in_words() -> None:
    assert fields_of({"properties": {"max_retries": {}}}).writable["max_retries"].title == "max retries"


def test_the_schema_says_which_field_has_which_role() -> None:
    assert [FIELDS.named(role) for role in Role] == ["id", "status", "name", "from"]


def test_a_role_that_no_field_has_is_played_by_none() -> None:
    assert environment_fields().named(Role.STATUS) == ""


def test_id_and_status_may_stand_in_a_file_and_are_not_put() -> None:
    assert set(FIELDS.names) - set(FIELDS.writable) - set(FIELDS.local) == {"id", "status"}


def test_what_an_environment_may_set_is_read_the_same_way() -> None:
    assert {"base_url", "token_env"} <= set(environment_fields().names)


def test_every_sensitive_field_is_a_set_which_can_be_hidden() -> None:
    sensitive = {name: field.compare for name, field in FIELDS.writable.items() if field.is_sensitive}

    assert sensitive == {"do_not_call_custom_list": Compare.SET}


@pytest.mark.parametrize("reference", ["legacy_bounds", "after", "grows_with", "needs"])
def test_fields_refer_to_fields_that_exist(reference: str) -> None:
    older = {"earliest_call_time", "latest_call_time"}
    names: set[str] = set()
    for field in FIELDS.writable.values():
        found = getattr(field, reference)
        names.update([found] if isinstance(found, str) else found or ())

    assert names
    assert names <= set(FIELDS.writable) | older


def test_the_schemas_stand_beside_the_package_in_a_checkout() -> None:
    assert schema_folder() == Path(__file__).parents[2] / "schemas"

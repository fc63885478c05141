"""Annotations of a schema: each is described beside the schema, read in one place, and refused where it is misspelt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.model.annotations import error_hint
from reconciler.model.errors import SchemaError
from reconciler.model.fields import Loosens, fields_of, schema_folder

DESCRIBED: Mapping[str, Any] = json.loads((schema_folder() / "annotations.schema.json").read_text(encoding="utf-8"))
ANNOTATIONS: Mapping[str, Any] = {
    name: part for name, part in DESCRIBED["$defs"]["field"]["properties"].items() if name.startswith("x-")
}
VALIDATOR = Draft202012Validator(DESCRIBED)
ROOMS = Path(__file__).parents[2] / "reconciler"

EXAMPLES = [
    pytest.param(name, value, id=f"{name} {value}") for name, part in ANNOTATIONS.items() for value in part["examples"]
]


def schema(part: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"it": part}}


@pytest.mark.parametrize("name", ["campaign.schema.json", "environment.schema.json"])
def test_what_is_shipped_keeps_to_the_description(name: str) -> None:
    shipped = json.loads((schema_folder() / name).read_text(encoding="utf-8"))

    assert list(VALIDATOR.iter_errors(shipped)) == []


def test_the_description_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(DESCRIBED)


def test_the_fields_read_every_annotation_that_is_described_and_no_other_room_reads_any() -> None:
    found = {
        (str(path.relative_to(ROOMS)), name)
        for path in ROOMS.rglob("*.py")
        for name in re.findall(r'"(x-[a-z-]+)"', path.read_text(encoding="utf-8"))
        if not name.startswith("x-ratelimit") and path.name != "policies.py"  # its keywords are of the user's schemas
    }

    places = dict.fromkeys(ANNOTATIONS, "model/fields.py") | {"x-error-hint": "model/annotations.py"}
    assert found == {(place, name) for name, place in places.items()}


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_every_annotation_says_what_it_means(name: str) -> None:
    assert ANNOTATIONS[name]["description"].endswith(".")


@pytest.mark.parametrize(("name", "value"), EXAMPLES)
def test_an_annotation_is_read_as_it_is_described(name: str, value: object) -> None:
    annotated = schema({"type": "string", name: value})

    assert fields_of(annotated).names == ("it",)
    assert VALIDATOR.is_valid(annotated)


def test_every_direction_is_described() -> None:
    assert ANNOTATIONS["x-loosens"]["oneOf"][0]["enum"] == list(Loosens)


@pytest.mark.parametrize("name", [name for name in ANNOTATIONS if name != "x-error-hint"])
@pytest.mark.parametrize("value", [5, None, "", [], ["one", 2], {"a": 5}], ids=repr)
def test_an_annotation_that_says_what_it_cannot_say_is_refused(name: str, value: object) -> None:
    if name == "x-needs" and isinstance(value, dict):
        return  # needs may be of any kind
    annotated = schema({name: value})

    with pytest.raises(SchemaError, match=f"^the schema: it: {name} says "):
        fields_of(annotated)
    assert not VALIDATOR.is_valid(annotated)


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_a_misspelt_annotation_is_refused_with_the_right_spelling(name: str) -> None:
    misspelt = f"{name[:-1]}{name[-1] * 2}"
    annotated = schema({misspelt: True})

    with pytest.raises(SchemaError, match=f"^a.json: it: no such annotation: {misspelt}: did you mean {name}\\?$"):
        fields_of(annotated, "a.json")
    assert not VALIDATOR.is_valid(annotated)


def test_an_annotation_like_none_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SchemaError, match=r"no such annotation: x-zz: x-error-hint, .*x-compare, .* are known$"):
        fields_of(schema({"x-zz": True}))


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        pytest.param({"properties": {}, "x-unit": "h"}, "the schema: x-unit", id="around the fields"),
        pytest.param({"properties": {}, "$defs": {"a": {"x-unit": "h"}}}, r"\$defs.a: x-unit", id="in a shared part"),
        pytest.param(schema({"items": {"x-unit": "h"}}), "properties.it.items: x-unit", id="in the entries of a list"),
        pytest.param(
            schema({"anyOf": [{}, {"x-unit": "h"}]}), r"properties.it.anyOf\[1\]: x-unit", id="in one of several"
        ),
        pytest.param(
            schema({"properties": {"x": {"x-loosen": "higher"}}}),
            "properties.it.properties.x: x-loosen",
            id="in a part of a field, misspelt",
        ),
    ],
)
def test_an_annotation_where_nobody_reads_it_is_refused(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(SchemaError, match=f"{where} says nothing here: it belongs to a field"):
        fields_of(wrong)


def test_values_are_not_taken_for_annotations() -> None:
    innocent = {"enum": [{"x-a": 1}], "default": {"x-b": 1}, "properties": {"x-c": {}}, "items": True, "type": ["null"]}

    assert fields_of(schema(innocent)).names == ("it",)


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        pytest.param({"x-error-hint": "a date"}, "a date", id="said"),
        pytest.param({}, None, id="not said"),
    ],
)
def test_any_part_may_say_what_a_text_has_to_be(part: dict[str, Any], hint: str | None) -> None:
    assert (error_hint(part), fields_of(schema({"items": part})).names) == (hint, ("it",))

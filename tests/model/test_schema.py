from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.desired.validate import validate
from reconciler.model.campaign import Status
from reconciler.model.canonical import canonical
from reconciler.model.document import Document, Mark
from reconciler.model.fields import Compare, campaign_fields, schema_folder
from reconciler.model.zone_names import accepted_zone

FIELDS = campaign_fields()
SCHEMA = FIELDS.schema
PROPERTIES: Mapping[str, Mapping[str, Any]] = SCHEMA["properties"]

ANNOTATIONS = {
    name
    for name in json.loads((schema_folder() / "annotations.schema.json").read_text(encoding="utf-8"))["$defs"]["field"][
        "properties"
    ]
    if name.startswith("x-")
}

# What editors show, and yaml-language-server knows beside JSON Schema.
FOR_EDITORS = {"examples", "patternErrorMessage", "defaultSnippets"}

# The API's table of the fields that a client may write.
HOURS = {"type": "integer", "minimum": 1, "maximum": 168}
FLAG = {"type": "boolean"}
API: Mapping[str, Mapping[str, Any]] = {
    "name": {"type": "string", "maxLength": 255},
    "description": {"type": "string"},
    "campaign_type": {"type": "string", "enum": ["sales", "follow_up", "reminder", "custom"]},
    "agent_id": {"type": "string"},
    "start_date": {"type": "string", "format": "date"},
    "end_date": {"type": ["string", "null"], "format": "date"},
    "days_of_week": {"type": "array", "minItems": 1},
    "call_time_ranges": {"type": "array", "minItems": 1},
    "timezone": {"type": "string", "format": "timezone", "maxLength": 50},
    "initial_call_delay": {"type": "integer", "minimum": 0},
    "max_retries": {"type": "integer", "minimum": 0, "maximum": 10},
    "retry_cooldown_hours": HOURS,
    "auto_complete": FLAG,
    "retry_on_no_conversion": FLAG,
    "enable_post_completion_cooldown": FLAG,
    "post_completion_cooldown_hours": HOURS,
    "success_cooldown_hours": HOURS,
    "voicemail_cooldown_hours": HOURS,
    "no_answer_cooldown_hours": HOURS,
    "busy_cooldown_hours": HOURS,
    "failed_cooldown_hours": HOURS,
    "do_not_call_enabled": FLAG,
    "do_not_call_list_source": {"type": "string", "enum": ["environment", "global", "custom"]},
    "do_not_call_custom_list": {"type": "array"},
    "auto_add_to_dnc_enabled": FLAG,
    "auto_dnc_trigger_statuses": {"type": "array"},
    "auto_dnc_trigger_errors": {"type": "array"},
}
TOLD_BY_THE_API = {"type", "enum", "format", "minimum", "maximum", "maxLength", "minItems"}
WANTED_AT_CREATION = [
    "name",
    "campaign_type",
    "agent_id",
    "start_date",
    "days_of_week",
    "call_time_ranges",
    "timezone",
]


def parts(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A schema and all schemas inside it, each with its path."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from parts(inner, f"{path}/{name}")
    if isinstance(schema.get("items"), Mapping):
        yield from parts(schema["items"], f"{path}/items")


ALL_PARTS = dict(parts(SCHEMA))


def is_accepted(name: str, value: object) -> bool:
    one = Document("c.yaml", {"id": "c-1", name: value}, {(): Mark(1, 1)})
    return bool(validate([one], FIELDS, date(2026, 11, 23))[0])


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_campaign_has_no_other_fields() -> None:
    assert SCHEMA["additionalProperties"] is False


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_field_says_what_it_is(name: str) -> None:
    part = PROPERTIES[name]

    assert {"title", "description", "type"} <= part.keys()
    assert part["description"].endswith(".")
    assert ("x-compare" in part) is (name in FIELDS.writable)


@pytest.mark.parametrize("path", ALL_PARTS)
def test_every_keyword_is_known(path: str) -> None:
    known = Draft202012Validator.VALIDATORS.keys() | ANNOTATIONS | {"$schema", "title", "description"} | FOR_EDITORS

    assert ALL_PARTS[path].keys() - known == set()


def test_every_annotation_is_used() -> None:
    assert {key for part in ALL_PARTS.values() for key in part if key.startswith("x-")} | {
        "x-local",
        "x-names-files",
    } == ANNOTATIONS


@pytest.mark.parametrize("path", [path for path, part in ALL_PARTS.items() if "pattern" in part])
def test_every_pattern_is_about_the_whole_text_and_is_told_in_words(path: str) -> None:
    part = ALL_PARTS[path]

    assert (part["pattern"][0], part["pattern"][-1]) == ("^", "$")
    assert part["x-error-hint"].startswith(("a ", "an "))


@pytest.mark.parametrize("path", [path for path, part in ALL_PARTS.items() if "pattern" in part])
def test_editors_say_the_same_of_a_pattern(path: str) -> None:
    part = ALL_PARTS[path]

    assert part["patternErrorMessage"] == f"not {part['x-error-hint']}"


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_example_is_right(name: str) -> None:
    part = PROPERTIES[name]
    inner = [[example] for example in part.get("items", {}).get("examples", ())]

    assert [value for value in [*part.get("examples", ()), *inner] if not is_accepted(name, value)] == []


@pytest.mark.parametrize("path", ALL_PARTS)
def test_no_default_is_claimed_that_the_api_does_not_promise(path: str) -> None:
    assert "default" not in ALL_PARTS[path]


def test_the_zones_that_editors_suggest_are_known_by_the_names_that_are_sent() -> None:
    suggested = [one["label"] for one in PROPERTIES["timezone"]["defaultSnippets"]]

    assert suggested == [one["body"] for one in PROPERTIES["timezone"]["defaultSnippets"]]
    assert [zone for zone in suggested if not is_accepted("timezone", zone) or accepted_zone(zone) != zone] == []


@pytest.mark.parametrize("path", [path for path, part in ALL_PARTS.items() if part.get("type") == "object" and path])
def test_every_object_is_closed(path: str) -> None:
    assert ALL_PARTS[path]["additionalProperties"] is False


def test_annotations_name_fields_that_exist() -> None:
    named = [
        name for of in FIELDS.writable.values() for name in (of.after, of.grows_with, *of.needs) if name is not None
    ]

    assert named == ["start_date", "auto_add_to_dnc_enabled", "do_not_call_list_source"]
    assert set(named) <= FIELDS.writable.keys()


@pytest.mark.parametrize("name", [name for name, of in FIELDS.writable.items() if of.needs])
def test_what_a_field_needs_is_a_value_that_the_other_field_may_have(name: str) -> None:
    for other, wanted in FIELDS.writable[name].needs.items():
        assert is_accepted(other, wanted)
        assert canonical(FIELDS.writable[other], wanted) == wanted


def test_every_status_is_a_status_of_the_api() -> None:
    assert PROPERTIES["status"]["enum"] == list(Status)


def test_only_phone_numbers_are_sensitive() -> None:
    assert [name for name, of in FIELDS.writable.items() if of.is_sensitive] == ["do_not_call_custom_list"]


def test_windows_and_sets_are_the_lists() -> None:
    lists = {name: of.compare for name, of in FIELDS.writable.items() if of.schema["type"] == "array"}

    assert lists == {
        "days_of_week": Compare.SET,
        "call_time_ranges": Compare.WINDOWS,
        "do_not_call_custom_list": Compare.SET,
        "auto_dnc_trigger_statuses": Compare.SET,
        "auto_dnc_trigger_errors": Compare.SET,
    }


# The API's own words


def test_the_fields_that_a_client_may_write_are_the_apis_in_its_order() -> None:
    assert list(FIELDS.writable) == list(API)


@pytest.mark.parametrize("name", API)
def test_a_field_has_the_rules_of_the_api(name: str) -> None:
    assert {key: value for key, value in PROPERTIES[name].items() if key in TOLD_BY_THE_API} == API[name]


def test_creation_wants_what_the_api_wants() -> None:
    assert [name for name, of in FIELDS.writable.items() if of.is_required] == WANTED_AT_CREATION


@pytest.mark.parametrize("name", [name for name, rule in API.items() if rule["type"] == "integer"])
def test_numbers_are_accepted_up_to_their_bounds_and_no_further(name: str) -> None:
    low, high = API[name]["minimum"], API[name].get("maximum", 10**9)
    beyond = [low - 1, *([high + 1] if "maximum" in API[name] else [])]

    assert [is_accepted(name, value) for value in (low, high)] == [True, True]
    assert [is_accepted(name, value) for value in beyond] == [False for _ in beyond]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("days_of_week", [1, 7], True),
        ("days_of_week", [0], False),
        ("days_of_week", [8], False),
        ("do_not_call_custom_list", ["+15551234567"], True),
        ("do_not_call_custom_list", ["15551234567"], False),
        ("do_not_call_custom_list", [], True),
        ("timezone", "America/Argentina/ComodRivadavia", True),
        ("timezone", "US/Eastern", True),
        ("agent_id", "7c2f6c1e-7a0e-4b60-9f3e-000000000001", True),
        ("agent_id", "../agents", False),
        ("id", "a" * 64, True),
        ("id", "a" * 65, False),
        ("name", "x" * 255, True),
        ("name", "x" * 256, False),
        ("end_date", None, True),
        ("start_date", None, False),
        ("start_date", "2028-02-29", True),
        ("start_date", "2027-02-29", False),
    ],
)
def test_edges_of_other_fields(name: str, value: object, *, expected: bool) -> None:
    assert is_accepted(name, value) is expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+1234567", True),
        ("+123456789012345", True),
        ("+123456", False),
        ("+1234567890123456", False),
        ("+0234567", False),
        ("1234567", False),
        ("+1234567\n", False),
        ("+١٢٣٤٥٦٧", False),
        ("+1 234 567", False),
        ("", False),
    ],
)
def test_phone_numbers_are_e164(number: str, *, expected: bool) -> None:
    values = {"id": "c-1", "do_not_call_list_source": "custom", "do_not_call_custom_list": [number]}
    one = Document("c.yaml", values, {(): Mark(1, 1)})

    assert bool(validate([one], FIELDS, date(2026, 11, 23))[0]) is expected


# Editors read the same schema, with a validator of their own.

_EDITOR = Draft202012Validator(SCHEMA)
_SCALAR = st.none() | st.booleans() | st.integers(-1, 200) | st.floats(allow_nan=False) | st.text(max_size=20)
_TIMES = st.sampled_from(["09:00", "9:00", "24:00", "10:00:00", "17:30", "", "9"])
_WINDOW = st.dictionaries(st.sampled_from(["start", "end", "strat"]), _TIMES)
_VALUE = (
    _SCALAR
    | st.sampled_from([word for part in PROPERTIES.values() for word in part.get("enum", ())])
    | st.lists(_SCALAR | _WINDOW | st.from_regex(r"\A\+[0-9]{5,17}\Z"), max_size=3)
)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(list(PROPERTIES)), value=_VALUE)
def test_what_an_editor_refuses_is_refused(name: str, value: object) -> None:
    if not _EDITOR.is_valid({"id": "c-1", name: value}):
        assert not is_accepted(name, value)

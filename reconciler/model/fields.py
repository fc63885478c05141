"""What each field of a campaign means, read from the schema: the only place that knows is the schema itself."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from reconciler.model.annotations import Annotations, refuse_misplaced


class Compare(StrEnum):
    """How two values of a field are compared."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    SET = "set"
    WINDOWS = "windows"
    NESTED = "nested"


class Calendar(StrEnum):
    """The parts that say when calls are allowed."""

    DAYS = "days"
    WINDOWS = "windows"
    ZONE = "zone"


class Role(StrEnum):
    """What a field is for the campaign as a whole. Identity and status are not among the fields that PUT takes.

    Parts are the files that a campaign takes the rest from.
    """

    IDENTITY = "identity"
    STATUS = "status"
    NAME = "name"
    PARTS = "parts"


class Loosens(StrEnum):
    """The direction of change that lets more be done to the people called."""

    HIGHER = "higher"
    LOWER = "lower"
    TRUE = "true"
    FALSE = "false"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class NullMeans(StrEnum):
    """What null stands for when directions are judged."""

    HIGHEST = "highest"


class Retry(StrEnum):
    """What a field says of the calls to one person: how many more there are, which results have them, and when."""

    COUNT = "count"
    WAIT = "wait"
    WAIT_OF_OUTCOME = "wait-of-outcome"
    AFTER_SUCCESS = "after-success"
    WAIT_OF_SUCCESS = "wait-of-success"


class Say(StrEnum):
    """What the numbers of a list are, and are shown as."""

    WEEKDAYS = "weekdays"


class Reference(StrEnum):
    """What a value is the id of."""

    AGENT = "agent"


class Field(NamedTuple):
    """One field that a file may have: its schema, and what the annotations in it say, as plain values."""

    name: str
    title: str
    schema: Mapping[str, Any]
    compare: Compare
    role: Role | None
    # A key of our own: read here, never sent, and nothing that the API shows is compared with it.
    is_local: bool
    # Its entries are paths of files, relative to the file that says them.
    names_files: bool
    # The field that the entries of these files are added to.
    adds_to: str | None
    # The API wants it when a campaign is created.
    is_required: bool
    # A file may say null, which clears it.
    is_nullable: bool
    # The API may refuse a change of it while calls are queued.
    may_conflict: bool
    # Which part of the calling hours it is, if it is one.
    calendar: Calendar | None
    # Which part it has in calling a person again, if it has one.
    retry: Retry | None
    # After the day that it says nobody is called any more.
    ends_calling: bool
    # People are unprotected where it is not true, so that a creation without it loosens.
    protects: bool
    # Its values are people's data, and are never shown.
    is_sensitive: bool
    # For an enum: its values, from the tightest to the loosest. None for a field that has no direction.
    loosens: Loosens | tuple[str, ...] | None
    # Null stands for "without end" when directions are judged.
    null_is_highest: bool
    # The field whose value this one has to lie after.
    after: str | None
    # Other fields, with the values that they must have for this one to make sense.
    needs: Mapping[str, Any]
    # Its entries are added to the live ones; live entries that the file does not name are kept.
    adds_to_live: bool
    # What several files say of it is united: the nearer does not win.
    is_united: bool
    # The boolean field that says whether the API adds entries to this one by itself.
    grows_with: str | None
    # The older pair of fields that shows only the outer bounds of the windows.
    legacy_bounds: tuple[str, str] | None
    # Words that answers use for a value that has another name when it is written.
    read_aliases: Mapping[str, str]
    refers_to: Reference | None
    # The field that it says by name, where that one says an id.
    stands_for: str | None
    # The unit to write behind a number: `h`, `s`, or nothing.
    unit: str
    # Its numbers are days of the week, and are shown by name.
    says_weekdays: bool
    # The entries of its list are numbers.
    holds_numbers: bool
    # Its text is the name of a time zone.
    is_timezone: bool


class Fields(NamedTuple):
    """Every field of a file, in the schema's order, with the schema that they come from.

    `writable` are those that a PUT takes, `local` those that only we read.
    """

    schema: Mapping[str, Any]
    every: Mapping[str, Field]
    writable: Mapping[str, Field]
    local: Mapping[str, Field]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a file may use, `id` and `status` among them."""
        return tuple(self.every)

    def named(self, role: Role) -> str:
        """The name of the field with this role; empty where the schema gives it to none."""
        return next((one.name for one in self.every.values() if one.role is role), "")


_BY_TYPE: Final = {
    "string": Compare.TEXT,
    "integer": Compare.NUMBER,
    "number": Compare.NUMBER,
    "boolean": Compare.BOOLEAN,
    "array": Compare.SET,
}
_NOT_PUT: Final = frozenset({Role.IDENTITY, Role.STATUS})


def fields_of(schema: Mapping[str, Any], source: str = "the schema") -> Fields:
    """Read the fields out of a schema.

    Raises SchemaError for an annotation that is not known, that stands where nobody reads it, or that says what it
    cannot say; `source` is what that calls the schema.
    """
    refuse_misplaced(schema, source)
    every = {name: _field(name, part, source) for name, part in schema["properties"].items()}
    local = {name: one for name, one in every.items() if one.is_local}
    writable = {name: one for name, one in every.items() if one.role not in _NOT_PUT and name not in local}
    return Fields(schema, every, writable, local)


def _field(name: str, part: Mapping[str, Any], source: str) -> Field:
    """Read one field; every annotation that there is stands here, and in `schemas/annotations.schema.json`."""
    said = Annotations(part, f"{source}: {name}")
    found = Field(
        name=name,
        title=part.get("title", name.replace("_", " ")),
        schema=part,
        compare=said.word("x-compare", Compare) or _BY_TYPE.get(_kinds(part)[0], Compare.NESTED),
        role=said.word("x-role", Role),
        is_local=said.flag("x-local"),
        names_files=said.flag("x-names-files"),
        adds_to=said.text("x-adds-to") or None,
        is_required=said.flag("x-required"),
        is_nullable="null" in _kinds(part),
        may_conflict=said.flag("x-may-conflict"),
        calendar=said.word("x-calendar", Calendar),
        retry=said.word("x-retry", Retry),
        ends_calling=said.flag("x-ends-calling"),
        protects=said.flag("x-protects"),
        is_sensitive=said.flag("x-sensitive"),
        loosens=said.order("x-loosens", Loosens),
        null_is_highest=said.word("x-null-means", NullMeans) is NullMeans.HIGHEST,
        after=said.text("x-after") or None,
        needs=said.mapping("x-needs"),
        adds_to_live=said.flag("x-adds-to-live"),
        is_united=said.flag("x-united"),
        grows_with=said.text("x-grows-with") or None,
        legacy_bounds=said.pair("x-legacy-bounds"),
        read_aliases=said.aliases("x-read-aliases"),
        refers_to=said.word("x-refers-to", Reference),
        stands_for=said.text("x-stands-for") or None,
        unit=said.text("x-unit"),
        says_weekdays=said.word("x-say", Say) is Say.WEEKDAYS,
        holds_numbers=not {"integer", "number"}.isdisjoint(_kinds(part.get("items", {}))),
        is_timezone=part.get("format") == "timezone",
    )
    said.refuse_others()
    return found


def _kinds(part: Any) -> list[str]:  # noqa: ANN401 - a schema is a mapping, true or false
    """The JSON types that a schema allows; text where it says nothing."""
    kinds = part.get("type", "string") if isinstance(part, Mapping) else "string"
    return kinds if isinstance(kinds, list) else [kinds]


def schema_folder() -> Path:
    """Where the schemas are: inside the package when installed, beside it in a source checkout."""
    package = Path(__file__).parent.parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@functools.cache
def campaign_fields() -> Fields:
    """The fields of `schemas/campaign.schema.json`."""
    return _shipped("campaign.schema.json")


@functools.cache
def environment_fields() -> Fields:
    """What `_environment.yaml` may set: `schemas/environment.schema.json`."""
    return _shipped("environment.schema.json")


@functools.cache
def legal_fields() -> Fields:
    """What a file of rules on calls may say: `schemas/legal.schema.json`."""
    return _shipped("legal.schema.json")


@functools.cache
def holds_fields() -> Fields:
    """What `_holds.yaml` may say: `schemas/holds.schema.json`."""
    return _shipped("holds.schema.json")


def _shipped(name: str) -> Fields:
    return fields_of(json.loads((schema_folder() / name).read_text(encoding="utf-8")), name)

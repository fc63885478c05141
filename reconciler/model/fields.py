"""What each field of a campaign means, read from the schema: the only place that knows is the schema itself."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


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


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a client may write, and the annotations (`x-…`) that the schema gives it."""

    name: str
    schema: Mapping[str, Any]
    compare: Compare
    title: str

    @property
    def is_schedule(self) -> bool:
        """The API may refuse a change of it while calls are queued."""
        return bool(self.schema.get("x-schedule"))

    @property
    def calendar(self) -> Calendar | None:
        """Which part of the calling hours it is, if it is one."""
        part = self.schema.get("x-calendar")
        return Calendar(part) if part else None

    @property
    def is_sensitive(self) -> bool:
        """Its values are people's data, and are never shown."""
        return bool(self.schema.get("x-sensitive"))

    @property
    def is_required(self) -> bool:
        """The API wants it when a campaign is created."""
        return bool(self.schema.get("x-required"))

    @property
    def is_nullable(self) -> bool:
        """A file may say null, which clears it."""
        kinds = self.schema.get("type")
        return isinstance(kinds, list) and "null" in kinds

    @property
    def unit(self) -> str:
        """The unit to write behind a number: `h`, `s`, or nothing."""
        return str(self.schema.get("x-unit", ""))

    @property
    def loosens(self) -> str | list[str] | None:
        """Which direction of change lets more be done to the people called.

        `higher`, `lower`, `true`, `false`, `added`, `removed`, `changed`, or, for an enum, its values
        from the tightest to the loosest. None for a field that has no direction.
        """
        return self.schema.get("x-loosens")

    @property
    def null_is_highest(self) -> bool:
        """Null stands for "without end" when directions are judged."""
        return self.schema.get("x-null-is") == "highest"

    @property
    def holds_numbers(self) -> bool:
        """The entries of its list are numbers."""
        return self.schema.get("items", {}).get("type") in ("integer", "number")

    @property
    def bounds(self) -> tuple[str, str] | None:
        """The older pair of fields that shows only the outer bounds of the windows."""
        pair = self.schema.get("x-bounds")
        return (pair[0], pair[1]) if pair else None

    @property
    def meanings(self) -> Mapping[str, str]:
        """Words that answers use for a value that has another name when it is written."""
        return dict(self.schema.get("x-means", {}))

    @property
    def after(self) -> str | None:
        """The field whose value this one has to lie after."""
        return self._name("x-after")

    @property
    def needs(self) -> Mapping[str, Any]:
        """Other fields with the values that they must have for this one to make sense."""
        return dict(self.schema.get("x-needs", {}))

    @property
    def adds_to_live(self) -> bool:
        """Its entries are added to the live ones; live entries that the file does not name are kept."""
        return "x-adds-to-live" in self.schema

    @property
    def grows_with(self) -> str | None:
        """The boolean field that says whether the API adds entries to this one by itself."""
        name = self.schema.get("x-adds-to-live", {}).get("grows-with")
        return str(name) if name else None

    @property
    def refers_to(self) -> str | None:
        """The kind of thing that its value is the id of: `agent`."""
        return self._name("x-refers-to")

    def _name(self, annotation: str) -> str | None:
        name = self.schema.get(annotation)
        return str(name) if name else None

    @property
    def says_weekdays(self) -> bool:
        """Its numbers are days of the week, and are shown by name."""
        return self.schema.get("x-say") == "weekdays"


@dataclass(frozen=True, slots=True)
class Fields:
    """Every field of a campaign, in the schema's order, with the schema that they come from."""

    schema: Mapping[str, Any]
    writable: Mapping[str, Field]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a campaign file may use, `id` and `status` among them."""
        return tuple(self.schema["properties"])


_BY_TYPE = {
    "string": Compare.TEXT,
    "integer": Compare.NUMBER,
    "number": Compare.NUMBER,
    "boolean": Compare.BOOLEAN,
    "array": Compare.SET,
}


def _compare(schema: Mapping[str, Any]) -> Compare:
    kinds = schema.get("type", "string")
    first = kinds[0] if isinstance(kinds, list) else kinds
    return Compare(schema.get("x-compare") or _BY_TYPE.get(first, Compare.NESTED))


def fields_of(schema: Mapping[str, Any]) -> Fields:
    """Read the fields out of a campaign schema; properties with an `x-role` (id, status) are not written by PUT."""
    writable = {
        name: Field(name, part, _compare(part), part.get("title", name.replace("_", " ")))
        for name, part in schema["properties"].items()
        if "x-role" not in part
    }
    return Fields(schema, writable)


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


def _shipped(name: str) -> Fields:
    return fields_of(json.loads((schema_folder() / name).read_text(encoding="utf-8")))

"""JSON Schema, stricter where YAML files need it: the only place that knows jsonschema."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from reconciler.desired.messages import RuleViolation
from reconciler.hours.zones import is_known_zone
from reconciler.model.document import Path, Value
from reconciler.model.trimmed import trimmed

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


def validators(schema: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Validator]:
    """Make the maker of validators for parts of a schema."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  0.1 s, spent only where files are checked
    from jsonschema.validators import extend  # noqa: PLC0415  as above

    inside = _Inside()
    rules = {**_STRICTER, "items": inside.items, "properties": inside.properties}
    made = extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]  # in its stubs
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return lambda part: made({**part, **shared})


def violations(validator: Validator, value: Value) -> Iterator[tuple[Path, list[RuleViolation]]]:
    """The rules that a value breaks, each place inside of it with all of its own."""
    for path, errors in groupby(validator.iter_errors(value), key=lambda error: tuple(error.absolute_path)):
        yield path, [_violation(error) for error in errors]


def _violation(error: ValidationError) -> RuleViolation:
    """What the library says of a broken rule; of each branch of a choice, its first error."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    branches = {inner.schema_path[0]: inner for inner in reversed(error.context or ())}
    return RuleViolation(
        str(error.validator),
        error.validator_value,
        error.instance,
        schema,
        tuple(_violation(branches[index]) for index in sorted(branches)),
    )


class _Inside:
    """The keywords that lead into lists and mappings.

    The library makes a new validator for every entry of every list; here one is kept for each part of the schema.
    """

    def __init__(self) -> None:
        # By identity: a part of a schema cannot be hashed, and its validator keeps it from being another's.
        self._kept: dict[int, Validator] = {}

    def _part(self, validator: Validator, part: Any) -> Validator:  # noqa: ANN401  a schema is a mapping, true or false
        if id(part) not in self._kept:
            self._kept[id(part)] = validator.evolve(schema=part)
        return self._kept[id(part)]

    def items(self, validator: Validator, part: Any, value: Value, around: Any) -> Iterator[ValidationError]:  # noqa: ANN401
        """The keyword for what entries may be."""
        if isinstance(value, list):
            entry = self._part(validator, part)
            for index in range(len(around.get("prefixItems", ())), len(value)):
                for error in entry.iter_errors(value[index]):
                    error.path.appendleft(index)
                    yield error

    def properties(self, validator: Validator, parts: Any, value: Value, _: object) -> Iterator[ValidationError]:  # noqa: ANN401
        """The keyword for what members may be."""
        if isinstance(value, dict):
            for name in filter(value.__contains__, parts):
                for error in self._part(validator, parts[name]).iter_errors(value[name]):
                    error.path.appendleft(name)
                    yield error


# Stricter than JSON Schema: 3.0 is no whole number.
_KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"number"}),
    list: frozenset({"array"}),
    dict: frozenset({"object"}),
    type(None): frozenset({"null"}),
}


def _is_kind(allowed: str | list[str], value: Value) -> bool:
    kinds = _KINDS[type(value)]
    return allowed in kinds if isinstance(allowed, str) else not kinds.isdisjoint(allowed)


def _keyword(holds: Callable[[Any, Any], bool], kind: type = str) -> Callable[..., Sequence[ValidationError]]:
    """Make a keyword of JSON Schema out of a question about what it allows and a value of a kind."""

    def keyword(_validator: Validator, allowed: Any, value: Value, _: object) -> Sequence[ValidationError]:  # noqa: ANN401
        if not isinstance(value, kind) or holds(allowed, value):
            return ()
        from jsonschema.exceptions import ValidationError  # noqa: PLC0415  as above

        return [ValidationError("")]

    return keyword


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _matches(pattern: str, text: str) -> bool:
    """From the first to the last character: `$` alone would let a line break pass."""
    return _compiled(pattern).fullmatch(text) is not None


def _has_form(form: str, text: str) -> bool:
    match form:
        case "date":
            return _is_date(text)
        case "timezone":
            return is_known_zone(text)
        case _:
            return True


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# Text is compared and sent trimmed, so blanks are no text.
_STRICTER: Final = {
    "type": _keyword(_is_kind, object),
    "pattern": _keyword(_matches),
    "format": _keyword(_has_form),
    "minLength": _keyword(lambda least, text: len(trimmed(text)) >= least),
}

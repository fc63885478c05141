"""JSON Schema, stricter where YAML files need it: the only place that knows jsonschema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from reconciler.desired.findings import RuleViolation
from reconciler.desired.stricter import has_form, is_kind, is_long_enough, matches
from reconciler.model.document import Path, Value

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


def validators(schema: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Validator]:
    """Make the maker of validators for parts of a schema. The library is loaded here, and nowhere before."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  0.1 s, spent only where something may be wrong
    from jsonschema.validators import extend  # noqa: PLC0415  as above

    inside = _Inside()
    rules = {**_STRICTER, "items": inside.items, "properties": inside.properties}
    made = extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]  # in its stubs
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return lambda part: made({**part, **shared})


def violations(validator: Validator, value: Value) -> Iterator[tuple[Path, list[RuleViolation]]]:
    """The rules that a value breaks, each place inside of it with all of its own."""
    for path, errors in groupby(validator.iter_errors(value), key=lambda error: tuple(error.absolute_path)):
        yield path, [violation(error) for error in errors]


def violation(error: ValidationError) -> RuleViolation:
    """What the library says of a broken rule; of each branch of a choice, its first error."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    branches = {inner.schema_path[0]: inner for inner in reversed(error.context or ())}
    return RuleViolation(
        str(error.validator),
        error.validator_value,
        error.instance,
        schema,
        tuple(violation(branches[index]) for index in sorted(branches)),
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


def _keyword(holds: Callable[[Any, Any], bool], kind: type = str) -> Callable[..., Sequence[ValidationError]]:
    """Make a keyword of JSON Schema out of a question about what it allows and a value of a kind."""

    def keyword(_validator: Validator, allowed: Any, value: Value, _: object) -> Sequence[ValidationError]:  # noqa: ANN401
        if not isinstance(value, kind) or holds(allowed, value):
            return ()
        from jsonschema.exceptions import ValidationError  # noqa: PLC0415  as above

        return [ValidationError("")]

    return keyword


_STRICTER: Final = {
    "type": _keyword(is_kind, object),
    "pattern": _keyword(matches),
    "format": _keyword(has_form),
    "minLength": _keyword(is_long_enough),
}

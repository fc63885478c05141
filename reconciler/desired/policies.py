"""House rules: JSON Schemas of the user's own, on what campaign files say in effect, and on what a plan would do.

A rule is plain JSON Schema (2020-12). `x-message` says what is wrong in the house's words, `x-severity: warn` makes it
a warning; both hold for everything below the part of the schema that they stand in. No code is run, nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from reconciler.desired.json_schema import violation
from reconciler.desired.messages import words
from reconciler.model.document import Document, Path, Position, Problem, Value
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MESSAGE: Final = "x-message"
SEVERITY: Final = "x-severity"
_SEVERITIES: Final = ("warn", "error")


class PolicyError(ReconcilerError):
    """A file of house rules that is none; the message says what is wrong with it, and not which file it is."""


class Policy(NamedTuple):
    """House rules, and the file that they stand in."""

    file: str
    schema: Mapping[str, Any]
    validator: Validator


class Breach(NamedTuple):
    """A house rule that a value breaks: where the value is, what to say, and a key that is missing there."""

    path: Path
    message: str
    missing: bool
    is_warning: bool


def read_policy(text: bytes, file: str) -> Policy:
    """The house rules in a file; raises PolicyError for what is no JSON Schema, or asks for something outside of it."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  only where there are house rules
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415  as above
    from referencing.jsonschema import EMPTY_REGISTRY  # noqa: PLC0415  as above

    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"is no JSON: {error}") from None
    if not isinstance(schema, dict):
        raise PolicyError("is no JSON Schema: it has to be an object")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise PolicyError(f"is no JSON Schema: {error.json_path}: {error.message[:200]}") from None
    _check_annotations(schema, "$")
    return Policy(file, schema, Draft202012Validator(schema, registry=EMPTY_REGISTRY))


def _check_annotations(part: Any, where: str) -> None:  # noqa: ANN401  any part of a schema
    """Raise PolicyError where the severity or the message of a rule is none: misspelt, an error would be a warning."""
    if isinstance(part, list):
        for number, inner in enumerate(part):
            _check_annotations(inner, f"{where}[{number}]")
    if not isinstance(part, dict):
        return
    if part.get(SEVERITY, "error") not in _SEVERITIES:
        raise PolicyError(f"{where}: {SEVERITY} is {part[SEVERITY]!r}: {' or '.join(_SEVERITIES)} is allowed")
    if not isinstance(part.get(MESSAGE, ""), str):
        raise PolicyError(f"{where}: {MESSAGE} has to be text")
    for key, inner in part.items():
        if key not in ("const", "enum", "default", "examples"):
            _check_annotations(inner, f"{where}.{key}")


def breaches(policy: Policy, value: Value, subject_of: Mapping[str, str] | None = None) -> Iterator[Breach]:
    """Every rule that a value breaks. Raises PolicyError where a rule cannot be judged.

    `subject_of` gives, for fields whose values may not be told, what to call them.
    """
    from referencing.exceptions import Unresolvable  # noqa: PLC0415  as above

    try:
        for error in policy.validator.iter_errors(value):
            yield from _breach(policy, error, subject_of or {})
    except Unresolvable as error:
        raise PolicyError(f"refers to {error.ref}, which is not in it: nothing is fetched") from None
    except (re.error, RecursionError) as error:
        raise PolicyError(f"cannot be judged: {error}") from None


def _breach(policy: Policy, error: ValidationError, subject_of: Mapping[str, str]) -> Iterator[Breach]:
    path = tuple(error.absolute_path)
    notes = _notes(policy.schema, error)
    is_warning = notes.get(SEVERITY) == "warn"
    subject = subject_of.get(str(path[0])) if path else None
    if error.validator == "required":
        needed: Any = error.validator_value
        # The library tells each missing key by itself; here it is one of them.
        told = [key for key in needed if error.message.startswith(f"{key!r} is ")]
        message = str(notes.get(MESSAGE) or f"{told[0]} is missing")
        yield Breach((*path, told[0]), message, missing=True, is_warning=is_warning)
        return
    message = str(notes.get(MESSAGE) or words(violation(error), subject))
    yield Breach(path, message, missing=False, is_warning=is_warning)


def _notes(schema: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    """What the parts of the schema on the way to the broken rule say of it: the nearest counts."""
    found: dict[str, Any] = {}
    for part in _way(schema, tuple(error.absolute_schema_path)):
        found |= {key: part[key] for key in (MESSAGE, SEVERITY) if key in part}
    return found


def _way(schema: Mapping[str, Any], steps: Sequence[str | int]) -> Iterator[Mapping[str, Any]]:
    """The parts of a schema from its top to a rule; references are followed, as the library does without a word."""
    part: Any = schema
    for step in steps:
        while isinstance(part, dict):
            yield part
            if step in part or "$ref" not in part:
                break
            part = _referred(schema, str(part["$ref"]))
        part = part[int(step)] if isinstance(part, list) else part.get(step) if isinstance(part, dict) else None


def _referred(schema: Mapping[str, Any], reference: str) -> Any:  # noqa: ANN401  any part of a schema
    """What a reference into the same file means; nothing where it is none of the plain ones."""
    part: Any = schema
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        part = part.get(name) if isinstance(part, dict) else None
    return part


def broken_policies(policy: Policy, document: Document, fields: Fields) -> Iterator[Problem]:
    """The house rules that a campaign breaks, at the places of its values; raises PolicyError as `breaches`."""
    hidden = {name: "a value that is not shown" for name, field in fields.every.items() if field.is_sensitive}
    for breach in breaches(policy, dict(document.values), hidden):
        at = breach.path[:-1] if breach.missing else breach.path
        shown = breach.path[:1] if breach.path and breach.path[0] in hidden else breach.path
        message = f"{breach.message} (house rule, {policy.file})"
        yield Problem(document.position(at), message, shown, is_warning=breach.is_warning)


def broken_plan_policies(policy: Policy, plan: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """The house rules that a plan breaks, its JSON with the `context`; at the file and line of the change it is about.

    What is about the whole plan is told at `file`. Raises PolicyError as `breaches`.
    """
    for breach in breaches(policy, plan):
        message = f"{breach.message} (house rule, {policy.file})"
        yield Problem(_place(plan, breach.path, file), message, is_warning=breach.is_warning)


def _place(plan: Mapping[str, Any], path: Path, file: str) -> Position:
    """Where the innermost part of a plan that knows its file and line stands."""
    found = Position(file, 1, 1)
    part: Any = plan
    for step in path:
        part = part[int(step)] if isinstance(part, list) else part.get(step) if isinstance(part, Mapping) else None
        if isinstance(part, Mapping) and part.get("file"):
            found = Position(str(part["file"]), int(part.get("line") or 1), 1)
    return found

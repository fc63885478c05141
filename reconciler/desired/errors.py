"""The rules that one value breaks, in words: those of the schema, and that windows end after they start."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.desired.findings import Finding, RuleViolation
from reconciler.desired.json_schema import violations
from reconciler.desired.messages import missing_key, unknown_key, words
from reconciler.model.canonical import time_of_day
from reconciler.model.document import Path, Value
from reconciler.model.fields import Compare, Field

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def errors(validator: Validator, field: Field | None, value: Value) -> Iterator[Finding]:
    """The rules of the schema that a value breaks; for windows also those that end before they start."""
    broken: set[object] = set()
    for path, rules in violations(validator, value):
        broken.add(path[0] if path else None)
        subject = _subject(path) if field and field.is_sensitive else None
        for rule in _worth_telling(rules):
            yield from _worded(rule, path, subject)
    yield from backwards(field, value, broken)


def _subject(path: Path) -> str:
    """What to call a value that must not be shown."""
    return f"entry {path[0] + 1}" if path and isinstance(path[0], int) else "the value"


# A value of the wrong kind breaks the other rules as well, and one sentence about a scalar is enough.
_RANK: Final = {"type": 0, "const": 1, "enum": 2, "minLength": 3, "maxLength": 4, "pattern": 5}


def _worth_telling(rules: Sequence[RuleViolation]) -> Iterable[RuleViolation]:
    first = min(rules, key=lambda rule: _RANK.get(rule.keyword, len(_RANK)))
    if first.keyword == "type" or not isinstance(first.value, (list, dict)):
        return [first]
    return {rule.keyword: rule for rule in rules}.values()


def _worded(rule: RuleViolation, path: Path, subject: str | None) -> Iterator[Finding]:
    if rule.keyword == "required":
        for key in rule.allowed:
            if key not in rule.value:
                yield Finding(path, missing_key(key, rule.allowed), absent=key)
    elif rule.keyword == "additionalProperties":
        known = list(rule.schema.get("properties", {}))
        patterns = rule.schema.get("patternProperties", {})
        for key in rule.value:
            if key not in known and not any(re.search(pattern, key) for pattern in patterns):
                yield Finding((*path, key), unknown_key(key, known), at_key=True)
    else:
        yield Finding(path, words(rule, subject))


def backwards(field: Field | None, value: Value, broken: Container[object] = ()) -> Iterator[Finding]:
    """The windows that end before they start; entries at the places in `broken` are told of already."""
    is_windows = field is not None and field.compare is Compare.WINDOWS and isinstance(value, list)
    for index, entry in enumerate(value if is_windows else ()):
        is_looked_at = isinstance(entry, dict) and index not in broken
        start, end = (entry.get("start"), entry.get("end")) if is_looked_at else (None, None)
        if isinstance(start, str) and isinstance(end, str) and time_of_day(end) <= time_of_day(start):
            yield Finding((index, "end"), f"{end} is not after start {start}")

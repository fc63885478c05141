"""What is wrong with a value and what is allowed instead, in plain words: one sentence per rule of JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.desired.advice import days_meant, invisible_in, is_none_meant, window_meant
from reconciler.desired.findings import RuleViolation
from reconciler.desired.shown import LONGEST, cut, shown
from reconciler.model.annotations import error_hint
from reconciler.model.document import Value
from reconciler.strict_yaml.scalars import JSON_NUMBER

_MEANT_AS_NUMBER = re.compile(r"[+-]?[0-9][0-9_,' ]*")
_YES = frozenset({"true", "yes", "y", "on", "1"})
_OTHER_WORDS = {"from": "start", "begin": "start", "to": "end", "until": "end", "stop": "end"}
_NO = frozenset({"false", "no", "n", "off", "0"})


def near(word: str, known: Iterable[Value]) -> str:
    """`: did you mean max_retries?`, or nothing where no known word is near."""
    from difflib import get_close_matches  # noqa: PLC0415  only mistakes need it

    wanted = re.sub(r"[-\s]+", "_", word[:LONGEST].strip()).casefold()
    spellings = {name.casefold(): name for name in known if isinstance(name, str)}
    matches = get_close_matches(wanted, spellings, n=1, cutoff=0.65)
    return f": did you mean {spellings[matches[0]]}?" if matches else ""


def unknown_key(key: str, known: Sequence[str]) -> str:
    """What to say of a key that the schema does not have."""
    if key.casefold() in _OTHER_WORDS and _OTHER_WORDS[key.casefold()] in known:
        return f"no such key: write {_OTHER_WORDS[key.casefold()]}"
    return f"no such key{near(key, known) or f': {_listed(known)} can stand here'}"


def missing_key(key: str, needed: Sequence[str]) -> str:
    """What to say of a key that has to be there."""
    return f"{key} is missing" + (f": {_listed(needed)} are needed" if len(needed) > 1 else "")


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) or "nothing"


def words(broken: RuleViolation, subject: str | None = None) -> str:
    """One sentence about a broken rule. With `subject` (`entry 3`), the value itself is not told, nor is any of it."""
    what = subject or shown(broken.value)
    allowed, schema = broken.allowed, broken.schema
    match broken.keyword:
        case "type":
            return _type(broken, subject)
        case "enum":
            is_text = isinstance(broken.value, str) and not subject
            return f"{what} is not one of {_choices(allowed)}{near(broken.value, allowed) if is_text else ''}"
        case "const":
            return f"{what} is not allowed: write {shown(allowed)}"
        case "minimum" | "exclusiveMinimum":
            return f"{what} is too little: {_range(schema)} is allowed"
        case "maximum" | "exclusiveMaximum":
            return f"{what} is too much: {_range(schema)} is allowed"
        case "multipleOf":
            return f"{what} is not a multiple of {shown(allowed)}"
        case "pattern" | "format":
            return _form(broken, what, subject)
        case "anyOf" | "oneOf" if broken.branches:
            return "; or ".join(dict.fromkeys(words(branch, subject) for branch in broken.branches))
        case "None":  # where the schema is just `false`
            return "is not allowed here"
        case keyword:
            return _size(broken) or f"{what} breaks the rule {keyword}: {cut(json.dumps(allowed), LONGEST)}"


def _choices(allowed: Iterable[Value]) -> str:
    return ", ".join(choice if isinstance(choice, str) else shown(choice) for choice in allowed)


def _range(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    parts = [
        ("{} or more", low),
        ("more than {}", schema.get("exclusiveMinimum")),
        ("{} or less", high),
        ("less than {}", schema.get("exclusiveMaximum")),
    ]
    return " and ".join(form.format(bound) for form, bound in parts if bound is not None)


def _size(broken: RuleViolation) -> str | None:
    """Words for the rules about how much there is; None for any other rule."""
    allowed = broken.allowed
    match broken.keyword:
        case "minLength":
            return "has no text: write some" if allowed == 1 else f"too short: {allowed} characters or more are needed"
        case "maxLength":
            return f"{len(broken.value)} characters are too many: at most {allowed} are allowed"
        case "minItems":
            if not broken.value:
                return f"the list is empty: at least {_entries(allowed)} needed"
            return f"{_entries(len(broken.value))} too few: at least {_entries(allowed)} needed"
        case "maxItems":
            return f"{_entries(len(broken.value))} too many: at most {_entries(allowed)} allowed"
        case "uniqueItems":
            return "entries are repeated: write each once"
        case _:
            return None


def _entries(count: int) -> str:
    return "one entry is" if count == 1 else f"{count} entries are"


def _form(broken: RuleViolation, what: str, subject: str | None) -> str:
    """Words for text that does not have the form of what it should be."""
    expected = error_hint(broken.schema)
    if broken.keyword == "format" and broken.allowed == "date":
        return f"{what} is not a date that exists"
    if broken.keyword == "format" and broken.allowed == "timezone" and not subject:
        from reconciler.hours.zones import near_zones  # noqa: PLC0415  only mistakes need it

        if found := near_zones(broken.value):
            return (
                f"{what} is not {str(expected or 'a time zone').partition(':')[0]}: did you mean {' or '.join(found)}?"
            )
    if broken.keyword == "format" and broken.allowed == "place":
        from reconciler.hours.places import near_places  # noqa: PLC0415  only mistakes need it

        if meant := near_places(broken.value):
            return f"{what} is not a code of ISO 3166: did you mean {meant[0]}?"
    if not subject and is_none_meant(broken.schema, broken.value):
        return f"{what} is not {str(expected or 'allowed').partition(':')[0]}: write null where there is none"
    if expected:
        return f"{what} is not {expected}{invisible_in(broken.value)}"
    return f"{what} is not in the form that is allowed: {broken.schema.get('description', broken.allowed)}"


# Types

_QUOTES = "put it in quotes"

_KINDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


def _type(broken: RuleViolation, subject: str | None) -> str:
    """Words for a value of the wrong kind, with what YAML made of it."""
    kinds = [broken.allowed] if isinstance(broken.allowed, str) else list(broken.allowed)
    schema, found = broken.schema, _found(broken.value, subject)
    advice = _advice(kinds[0], broken.value, schema, subject)
    hint = error_hint(schema)
    if hint and advice != _QUOTES:
        what = f"{subject} is {found}, not" if subject else f"{found} is not"
        return f"{what} {hint}{', or null' if 'null' in kinds else ''}"
    allowed = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    if "enum" in schema:
        allowed = f"one of {_choices(schema['enum'])}"
    elif bounds := _range(schema):
        allowed = f"{allowed}, {bounds}"
    return f"expected {allowed}, found {found}" + (f": {advice}" if advice else "")


def _found(value: Value, subject: str | None) -> str:
    match value:
        case str():
            return "text" if subject else f"the text {shown(value)}"
        case bool() | None | list() | dict():
            return shown(value)
        case _:
            return "a number" if subject else f"the number {shown(value)}"


def _advice(kind: str, value: Value, schema: Mapping[str, Any], subject: str | None) -> str:
    """What to write instead, where that can be told from what was written."""
    if value is None:
        return "to leave the field alone, remove the line"
    if isinstance(value, str) and (unseen := invisible_in(value)):
        return unseen.removeprefix("; ")
    match kind:
        case "boolean":
            word = str(value).strip().lower()
            return "write true" if word in _YES else "write false" if word in _NO else ""
        case "integer" | "number":
            days = "" if subject else days_meant(schema, value)
            return f"write {days}" if days else _number_advice(kind, value)
        case "string" if not isinstance(value, (list, dict)) and _may_be(str(value), schema):
            return _QUOTES
        case "array":
            return _list_advice(value, schema, subject)
        case "object" if not subject and (window := window_meant(schema, value)):
            return f"write {window}"
        case "object" if names := list(schema.get("properties", {})):
            return f"write {_listed([f'`{name}:`' for name in names])}"
        case _:
            return ""


def _may_be(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether a value that YAML took for something else would do as text."""
    return "enum" not in schema and "format" not in schema and bool(re.fullmatch(schema.get("pattern", ".*"), text))


def _number_advice(kind: str, value: Value) -> str:
    if isinstance(value, float) and value.is_integer() and kind == "integer":
        return f"write {cut(str(int(value)), LONGEST)}"
    if not isinstance(value, str):
        return ""
    if JSON_NUMBER.fullmatch(value.strip()):
        return "take away the quotes"
    if _MEANT_AS_NUMBER.fullmatch(value.strip()):
        return "write it with digits alone, without a zero before them"
    return ""


def _list_advice(value: Value, schema: Mapping[str, Any], subject: str | None) -> str:
    if isinstance(value, dict):
        return "put a dash before each entry"
    if isinstance(value, str) and value.startswith("-"):
        return "put a space after each dash"
    parts = re.split(r"[,\s]+", str(value).strip())
    entry = schema.get("items", {})
    if not subject and (meant := days_meant(entry, value) or window_meant(entry, value)):
        return f"write [{meant}]"
    holds_numbers = entry.get("type") in ("integer", "number")
    if not subject and holds_numbers and all(map(JSON_NUMBER.fullmatch, parts)):
        return f"write {cut('[' + ', '.join(parts) + ']', LONGEST)}"
    return "write one entry a line, each after a dash and a space"

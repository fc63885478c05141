"""Whether a value surely keeps the rules of a schema: closures, made by walking it, that say so or leave it open.

A check answers true only where `json_schema.violations` would find nothing. That is all it may ever say: where it is
not sure, the library is asked, which knows every keyword and says what is wrong. So the schema stays the one source.
A keyword that is not in the tables below is never surely kept, and works from the day on which the schema has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from reconciler.desired.stricter import KINDS, compiled, has_form, is_long_enough
from reconciler.model.document import Value

# True or something like it where a value is surely right; anything else is no answer.
Check: TypeAlias = Callable[[Value], object]

# What a schema says for people and editors, and about no value; nor do our own annotations (`x-…`).
_SAYS_NOTHING: Final = frozenset({"title", "description", "examples", "defaultSnippets", "patternErrorMessage"})
_NUMBERS: Final = (int, float)


def surely(part: Any) -> Check:  # noqa: ANN401 - a schema is a mapping, true or false
    """What says of a value that it surely keeps this part of a schema."""
    if not isinstance(part, Mapping) or not all(map(_is_known, part)):
        return _never
    allowed = part.get("type", [*frozenset.union(*KINDS.values())])
    names = {allowed} if isinstance(allowed, str) else set(allowed)
    checks = {kind: all_of([*_rules(part, kind)]) for kind, called in KINDS.items() if called & names}
    if len(checks) == 1:
        [(only, check)] = checks.items()
        return lambda value: type(value) is only and check(value)
    return lambda value: checks.get(type(value), _never)(value)


def _is_known(keyword: str) -> bool:
    return keyword == "type" or keyword in _SAYS_NOTHING or keyword in _RULES or keyword.startswith("x-")


def _never(_: Value) -> bool:
    return False


def _always(_: Value) -> bool:
    return True


def _rules(part: Mapping[str, Any], kind: type) -> Iterator[Check]:
    """The rules of a part that say something about values of a kind."""
    for keyword, allowed in part.items():
        kinds, rule = _RULES.get(keyword, ((), None))
        if rule and kind in kinds:
            yield rule(allowed, kind)
    if kind is dict and not {"properties", "additionalProperties"}.isdisjoint(part):
        yield _members(part.get("properties", {}), part.get("additionalProperties", True))


def all_of(checks: Sequence[Check]) -> Check:
    """What is sure only where all of some checks are."""
    checks = [check for check in checks if check is not _always]
    if not checks:
        return _always
    first, *others = checks
    if not others:
        return first
    rest = all_of(others)
    return lambda value: first(value) and rest(value)


def _one_of(allowed: list[Value], kind: type) -> Check:
    """Equal and of the same type: True is not 1, and 1.0 is left to the library."""
    if kind in (list, dict):
        return _never
    return frozenset(value for value in allowed if type(value) is kind).__contains__


def _members(parts: Mapping[str, Any], others: Any) -> Check:  # noqa: ANN401 - as above
    """What each member of a mapping has to be: one that has a part of its own, and all others."""
    known = {name: surely(part) for name, part in parts.items()}
    other = _always if others is True else surely(others)
    return lambda value: all(known.get(name, other)(inner) for name, inner in value.items())


def _entries(part: Any) -> Check:  # noqa: ANN401 - as above
    check = surely(part)
    return lambda value: all(map(check, value))


def _sized(holds: Callable[[int, Any], bool], bound: Any) -> Check:  # noqa: ANN401 - as above
    return lambda value: holds(len(value), bound)


def _holding(names: frozenset[str]) -> Check:
    return lambda value: value.keys() >= names


# The keywords that are known, each with the types that it says something about; of values of other types it says
# nothing. `properties` and `additionalProperties` mean something together only: `_members`.
_RULES: Final[Mapping[str, tuple[tuple[type, ...], Callable[[Any, type], Check]]]] = {
    "enum": (tuple(KINDS), _one_of),
    "const": (tuple(KINDS), lambda allowed, kind: _one_of([allowed], kind)),
    "minimum": (_NUMBERS, lambda bound, _: partial(le, bound)),
    "maximum": (_NUMBERS, lambda bound, _: partial(ge, bound)),
    "exclusiveMinimum": (_NUMBERS, lambda bound, _: partial(lt, bound)),
    "exclusiveMaximum": (_NUMBERS, lambda bound, _: partial(gt, bound)),
    "pattern": ((str,), lambda pattern, _: compiled(pattern).fullmatch),
    "format": ((str,), lambda form, _: partial(has_form, form)),
    "minLength": ((str,), lambda least, _: partial(is_long_enough, least)),
    "maxLength": ((str,), lambda most, _: _sized(le, most)),
    "minItems": ((list,), lambda least, _: _sized(ge, least)),
    "maxItems": ((list,), lambda most, _: _sized(le, most)),
    "items": ((list,), lambda part, _: _entries(part)),
    "required": ((dict,), lambda names, _: _holding(frozenset(names))),
    "properties": ((), lambda _, __: _always),
    "additionalProperties": ((), lambda _, __: _always),
}

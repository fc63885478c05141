"""Whether the fields of a file surely break no rule between them: a closure, that says so or leaves it open.

As `sure` is to `json_schema`, this is to `cross_field`: true only where that would tell of nothing, for the values of
a file by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reconciler.desired.sure import Check, all_of
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field, Fields

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def compatible(fields: Fields) -> Check:
    """What says of the values of a file that no rule between them is broken."""
    checks: list[Check] = []
    for field in fields.writable.values():
        if field.after:
            checks.append(_in_order(field, field.after))
        if field.needs:
            checks.append(_has_company(field.name, field.needs))
    checks += [_is_said_once(name, field.stands_for) for name, field in fields.local.items() if field.stands_for]
    return all_of(checks)


def _is_said_once(name: str, other: str) -> Check:
    return lambda values: name not in values or other not in values


def _in_order(field: Field, before: str) -> Check:
    """One value lies after another, where both are written as they are compared, and both are there."""

    def check(values: Mapping[str, Value]) -> bool:
        later, earlier = values.get(field.name), values.get(before)
        if later is None or earlier is None:
            return True
        return field.compare is Compare.DATE and _is_day(later) and _is_day(earlier) and bool(later > earlier)

    return check


def _is_day(value: Value) -> bool:
    return type(value) is str and _DAY.fullmatch(value) is not None


def _has_company(name: str, needs: Mapping[str, Any]) -> Check:
    """A field is not there, or each field that it needs is as it has to be, to the letter, or not there."""

    def check(values: Mapping[str, Value]) -> bool:
        return name not in values or all(
            other not in values or (type(values[other]) is str and values[other] == wanted)
            for other, wanted in needs.items()
        )

    return check

"""Which PUT carries which field."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.plan.diff import Change, UnverifiedField


def in_puts(sent: Iterable[Change | UnverifiedField]) -> tuple[tuple[Change | UnverifiedField, ...], ...]:
    """What each PUT carries, in their order, of all that is sent; lists of people have PUTs of their own.

    The changes, what is known to be new, and the rest, where a schedule that is put off must not hold up what no
    queued call has a say in.
    """
    puts: dict[tuple[bool, bool, bool], list[Change | UnverifiedField]] = {}
    for one in sent:
        if not one.field.adds_to_live:
            is_change = isinstance(one, Change)
            is_new = isinstance(one, UnverifiedField) and one.is_new
            conflicts = not is_change and not is_new and one.field.may_conflict
            puts.setdefault((not is_change, not is_new, conflicts), []).append(one)
    return tuple(tuple(puts[kind]) for kind in sorted(puts))

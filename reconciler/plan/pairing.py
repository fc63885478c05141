"""Which campaign of the past is which of today: by its id, without one by its name, else by where its file is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from reconciler.model.trimmed import trimmed
from reconciler.plan.besides import Placed

# What a file is found by; None where it cannot be found in this way.
_Key = Callable[[Placed], Hashable]


def paired(base: Sequence[Placed], now: Sequence[Placed], renamed: Mapping[str, str]) -> dict[str, Placed]:
    """The campaign of the past, by the file of today, for all that have one. No two files have the same.

    An id or a name counts within its environment; a file that moved to another host, or means another id, is found
    by its path, or by the one that git takes it for (`renamed`, from the path of today to that of then).
    """
    ways: tuple[tuple[_Key, _Key], ...] = (
        (_by_id, _by_id),
        (_by_name, _by_name),
        (_by_file, _by_file),
        (_by_file, lambda one: renamed.get(one.desired.file)),
        (_by_name, _by_any_name),
        (_by_any_name, _by_name),
    )
    found: dict[str, Placed] = {}
    for of_then, of_today in ways:
        taken = {before.desired.file for before in found.values()}
        left = [before for before in base if before.desired.file not in taken]
        known = _unique(left, of_then)
        for one in now:
            key = of_today(one)
            if one.desired.file not in found and key in known:
                found[one.desired.file] = known.pop(key)
    return found


def _unique(campaigns: Iterable[Placed], key: _Key) -> dict[Hashable, Placed]:
    """The campaigns by their keys, as far as they have one."""
    return {which: one for one in campaigns if (which := key(one)) is not None}


def _by_id(one: Placed) -> Hashable:
    return (one.environment, one.desired.id.casefold()) if one.desired.id else None


def _by_name(one: Placed) -> Hashable:
    """The name, which means the campaign only without an id."""
    return None if one.desired.id else _by_any_name(one)


def _by_any_name(one: Placed) -> Hashable:
    return (one.environment, trimmed(one.desired.name)) if one.desired.name else None


def _by_file(one: Placed) -> Hashable:
    return one.desired.file

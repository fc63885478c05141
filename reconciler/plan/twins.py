"""Campaigns of one environment beside those of another: which are twins, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.model.campaign import Desired
from reconciler.model.canonical import UNSET, Canonical, canonical, same
from reconciler.model.fields import Field, Fields, Role
from reconciler.model.trimmed import trimmed
from reconciler.plan.diff import Change


@dataclass(frozen=True, slots=True)
class Twins:
    """A campaign in both environments, and what the second says otherwise."""

    first: Desired
    second: Desired
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The twins, and the campaigns without one in the other environment."""

    twins: tuple[Twins, ...]
    only_first: tuple[Desired, ...]
    only_second: tuple[Desired, ...]

    @property
    def differing(self) -> tuple[Twins, ...]:
        """The twins that differ."""
        return tuple(one for one in self.twins if one.changes)

    @property
    def is_same(self) -> bool:
        """Every campaign has a twin, and no two differ."""
        return not (self.differing or self.only_first or self.only_second)


def name_of(campaign: Desired) -> str:
    """What a campaign and its twin are called."""
    return trimmed(campaign.name or "")


def compared(fields: Fields, first: Sequence[Desired], second: Sequence[Desired]) -> Comparison:
    """Twins are campaigns of the same name. Ids, the status and the agents' ids are not compared: they differ."""
    there = {name: one for one in second if (name := name_of(one))}
    pairs = [(one, there[name]) for one in first if (name := name_of(one)) in there]
    found = {name_of(one) for one, _ in pairs}
    return Comparison(
        tuple(Twins(one, other, tuple(_changes(fields, one, other))) for one, other in pairs),
        tuple(one for one in first if name_of(one) not in found),
        tuple(one for one in second if name_of(one) not in found),
    )


def _changes(fields: Fields, one: Desired, other: Desired) -> list[Change]:
    found = []
    for name, field in fields.every.items():
        if field.role in (Role.IDENTITY, Role.STATUS, Role.PARTS) or field.refers_to:
            continue
        before, after = _value(field, one), _value(field, other)
        if before is not after and not same(before, after):
            says = other if name in other.document.values else one
            found.append(Change(field, before, after, says.document.key_position((name,))))
    return found


def _value(field: Field, campaign: Desired) -> Canonical:
    values = campaign.document.values
    return canonical(field, values[field.name]) if field.name in values else UNSET

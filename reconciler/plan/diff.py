"""Desired and live in, a verdict for every managed field out: in sync, changed, unverified, or kept.

Equality is decided on canonical values. Only fields that the file names are looked at.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from reconciler.hours.spans import earliest, latest, merged, without
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import (
    Canonical,
    Entry,
    Nested,
    OuterBounds,
    Unset,
    canonical,
    is_plainly_same,
    is_window,
    live_canonical,
    same,
)
from reconciler.model.document import Position, Value, dotted
from reconciler.model.fields import Compare, Field, Fields, Loosens
from reconciler.model.known_form import is_known_form
from reconciler.model.sensitive import SensitiveCount, SensitiveSet
from reconciler.model.written import to_api


class Direction(StrEnum):
    """What a change means for the people who are called."""

    LOOSENS = "loosens"
    TIGHTENS = "tightens"


@dataclass(frozen=True)
class Change:
    """One field that differs, with where its new value stands. `after` is what the PUT sends.

    `names` are what the ids are called that it was and becomes, where the field holds ids and that is known; `note` is
    what else is to be said of it, as that somebody else changed it, too.
    It has no slots, so that its direction is kept once it was found.
    """

    field: Field
    before: Canonical
    after: Canonical
    position: Position
    names: tuple[str, str] = dataclasses.field(default=("", ""), compare=False)
    note: str = dataclasses.field(default="", compare=False)

    @cached_property
    def direction(self) -> Direction | None:
        """Loosens, tightens, or None where the change has no direction."""
        return direction(self.field, self.before, self.after)


class UnverifiedField(NamedTuple):
    """A managed field that no answer shows, so that nobody can tell whether it differs.

    `may_send` is False where sending it blindly could take protection from people. A plan says besides whether
    apply sends it, because no record holds this value as sent, and knows the value by its hash; what the plan has no
    say in has none. `is_new` where it is known that somebody wants it now: another value was sent before, or the
    branch changed it. Only then may it pause a campaign.
    """

    field: Field
    reason: str
    value: Canonical
    position: Position
    may_send: bool = True
    send: bool = False
    is_new: bool = False
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Entries that only the live list has, and that stay there: how many."""

    field: Field
    count: int


class Difference(NamedTuple):
    """The verdicts on one campaign; every managed field that is in none of the three is in sync."""

    changes: tuple[Change, ...] = ()
    unverified: tuple[UnverifiedField, ...] = ()
    kept: tuple[Kept, ...] = ()


def compare(fields: Fields, desired: Desired, live: Live, *, allow_dnc_removals: bool = False) -> Difference:
    """Compare the managed fields of a campaign with its live state, in the schema's order.

    With `allow_dnc_removals` the file is the whole truth about the do-not-call numbers, too.
    """
    every, shown = fields.writable, live.values
    doubtful = {
        name for name, value in desired.values.items() if not is_plainly_same(every[name], value, shown.get(name))
    }
    if not doubtful:
        return Difference()
    verdicts = [
        verdict
        for name, field in every.items()
        if name in doubtful
        for verdict in _verdicts(field, desired, live, allow_dnc_removals=allow_dnc_removals)
    ]
    return Difference(
        tuple(v for v in verdicts if isinstance(v, Change)),
        tuple(v for v in verdicts if isinstance(v, UnverifiedField)),
        tuple(v for v in verdicts if isinstance(v, Kept)),
    )


def _verdicts(
    field: Field, desired: Desired, live: Live, *, allow_dnc_removals: bool
) -> Iterator[Change | UnverifiedField | Kept]:
    """What there is to say of one managed field; nothing where it is in sync."""
    wanted = canonical(field, desired.values[field.name])

    def place() -> Position:
        return desired.document.key_position((field.name,))

    try:
        shown = live_canonical(field, live.values)
    except KeyError:
        # What the API adds by itself nobody can see here.
        may_send = not field.adds_to_live or allow_dnc_removals
        yield UnverifiedField(field, "the API does not show it", wanted, place(), may_send=may_send)
        return
    if not is_known_form(field, shown):
        # Who stands there in a form of its own must not be overwritten, whatever is allowed.
        may_send = not field.adds_to_live
        yield UnverifiedField(field, "the API shows it in an unknown form", wanted, place(), may_send=may_send)
        return
    if isinstance(shown, OuterBounds) and isinstance(wanted, frozenset):
        if not _reach(shown, wanted):
            yield Change(field, frozenset({(shown.start, shown.end)}), wanted, place())
        elif len(wanted) > 1:
            reason = f"the API shows only the outer bounds {shown.start}-{shown.end}, not the windows between them"
            yield UnverifiedField(field, reason, wanted, place())
        return
    if field.adds_to_live and not allow_dnc_removals:
        kept, wanted = _with_live(shown, wanted)
        if kept:
            yield Kept(field, kept)
    if not same(shown, wanted):
        yield Change(field, shown, wanted, place())


def _reach(bounds: OuterBounds, entries: frozenset[Entry]) -> bool:
    """Whether the windows reach exactly from one bound to the other."""
    windows = [entry for entry in entries if is_window(entry)]
    return (bounds.start, bounds.end) == (earliest(windows), latest(windows))


def _with_live(shown: Canonical, wanted: Canonical) -> tuple[int, Canonical]:
    """How many entries only live has, and the file's entries together with those."""
    if isinstance(shown, SensitiveSet) and isinstance(wanted, SensitiveSet):
        return len(shown - wanted), shown | wanted
    if isinstance(shown, frozenset) and isinstance(wanted, frozenset):
        return len(shown - wanted), shown | wanted
    return 0, wanted


def direction(field: Field, before: Canonical, after: Canonical) -> Direction | None:
    """Whether a change loosens or tightens what may be done to people, by the schema's annotation.

    What both adds and takes away loosens: somebody may be called who was not called before.
    """
    if isinstance(before, Unset):  # a creation loosens where it leaves a protection off that could be on
        return Direction.LOOSENS if field.protects and after is not True else None
    if isinstance(after, Unset):
        return None
    match field.loosens:
        case None:
            return None
        case tuple() as order:
            return _by_rank(order, before, after)
        case Loosens.CHANGED:
            return Direction.LOOSENS
        case Loosens.ADDED | Loosens.REMOVED as which:
            more, less = _moved(field, before, after)
            loosens, tightens = (more, less) if which is Loosens.ADDED else (less, more)
            return Direction.LOOSENS if loosens else Direction.TIGHTENS if tightens else None
        case Loosens.TRUE | Loosens.FALSE as which:
            return _toward(after is (which is Loosens.TRUE)) if isinstance(after, bool) else None
        case Loosens.HIGHER | Loosens.LOWER as which:  # pragma: no branch - there are no others
            return _by_size(field, before, after, rising=which is Loosens.HIGHER)


def _toward(loosens: object) -> Direction:
    return Direction.LOOSENS if loosens else Direction.TIGHTENS


def _by_rank(order: tuple[str, ...], before: Canonical, after: Canonical) -> Direction | None:
    if before not in order or after not in order:
        return None
    return _toward(order.index(str(after)) > order.index(str(before)))


def _by_size(field: Field, before: Canonical, after: Canonical, *, rising: bool) -> Direction | None:
    if field.null_is_highest and None in (before, after):
        return _toward((after is None) is rising)
    if {type(before), type(after)} <= {int, float} or type(before) is type(after) is str:
        return _toward((after > before) is rising)  # type: ignore[operator]  # two numbers, or two texts
    return None


def _moved(field: Field, before: Canonical, after: Canonical) -> tuple[object, object]:
    """What came and what went; empty is false."""
    if isinstance(after, SensitiveCount):
        return after.added, after.removed
    return _grown(field, before, after), _grown(field, after, before)


def _grown(field: Field, before: Canonical, after: Canonical) -> object:
    """What `after` has that `before` has not: entries, or minutes of calling windows."""
    if field.compare is Compare.WINDOWS:
        spans = [
            merged(w for w in side if is_window(w)) if isinstance(side, frozenset) else () for side in (before, after)
        ]
        return without(spans[1], spans[0])
    if isinstance(before, SensitiveSet) and isinstance(after, SensitiveSet):
        return after - before
    return _set(after) - _set(before)


def _set(value: Canonical) -> frozenset[object]:
    return value if isinstance(value, frozenset) else frozenset()


def inner_differences(before: Canonical, after: Canonical) -> list[tuple[str, Value, Value]]:
    """What differs inside a nested value: path, before, after, for a plan to describe it in."""
    # deepdiff costs 0.2 s to import and is 500 times slower than a comparison: it only describes.
    from deepdiff import DeepDiff  # noqa: PLC0415 - see above

    one, other = (side.value if isinstance(side, Nested) else {} for side in (before, after))
    tree = DeepDiff(one, other, view="tree", threshold_to_diff_deeper=0)
    rows = [
        (dotted(tuple(level.path(output_format="list"))), _present(level.t1), _present(level.t2))
        for levels in tree.values()
        for level in levels
    ]
    return sorted(rows, key=lambda row: row[0])


def _present(value: object) -> Value:
    return None if type(value).__name__ == "NotPresent" else value


def body_of(sent: tuple[Change | UnverifiedField, ...]) -> dict[str, Value]:
    """The JSON body of a PUT that carries these fields and nothing else."""
    return {one.field.name: to_api(one.field, one.after if isinstance(one, Change) else one.value) for one in sent}

"""Plans from verdicts of earlier ones: which campaigns need not be read by id. Any doubt is a read."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from reconciler.live.listing import Row
from reconciler.live.verdicts import SIMPLE, Verdict, Verdicts, kind_of, moment
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import OuterBounds, is_shown, live_canonical
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import HashKey, Salt, SensitiveSet

# Seconds that a stamp must be older than a read: stamps count whole seconds, and reads may lag behind writes.
SETTLED = 60.0
# One of so many campaigns is read all the same.
_SAMPLE = 100


@dataclass(slots=True)
class Reuse:
    """Which campaigns are taken from verdicts, and what a plan then teaches.

    `said` is what verdicts rest upon beside file and row: version, schema, options. `longest` is in seconds. `taken`
    are the files that were, with how old their verdict is in seconds, and `sampled` those that were read all the same.
    `outdated` are those whose verdict held but for its age: they are read, and show whether it was right, too.
    """

    fields: Fields
    key: HashKey
    verdicts: Verdicts
    said: str
    longest: float
    draw: Callable[[Sequence[str], int], Sequence[str]] = random.SystemRandom().sample
    taken: dict[str, float] = field(default_factory=dict)
    sampled: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()

    def take(self, rows: Sequence[tuple[Desired, Row]]) -> dict[str, Live]:
        """The campaigns that are surely as their files say, by file, shown so; without the sample, which is read."""
        ages = {desired.file: self._age(desired, row) for desired, row in rows}
        held = {file: age for file, age in ages.items() if age is not None}
        sure = {file: age for file, age in held.items() if 0 <= age <= self.longest}
        self.outdated = frozenset(held.keys() - sure.keys())
        self.sampled = frozenset(self.draw(sorted(sure), math.ceil(len(sure) / _SAMPLE)))
        self.taken = {file: age for file, age in sure.items() if file not in self.sampled}
        return {
            desired.file: _as_the_file_says(desired, row.live) for desired, row in rows if desired.file in self.taken
        }

    def _age(self, desired: Desired, row: Row) -> float | None:
        """How old the verdict is that holds for this campaign; None where there is any other doubt."""
        verdict = self.verdicts.campaigns.get(row.live.id)
        if verdict is None or row.date is None or self.verdicts.missed or moment(row.live.stamp or "") is None:
            return None
        if verdict.hash != self._hash(desired, row.live):
            return None
        if any(_is_hidden(one, row.live) for one in self._of_all(desired)):
            return None
        if desired.status and not row.live.status:
            return None
        managed = [self.fields.writable[name] for name in desired.values]
        kinds = {kind_of(one) for one in managed if _is_hidden(one, row.live)}
        kinds |= {SIMPLE for one in managed if one.grows_with}
        return row.date - verdict.read_at if all(self.verdicts.moves.get(kind) for kind in kinds) else None

    def _of_all(self, desired: Desired) -> Iterable[Field]:
        """What campaigns are judged together by, and this file does not say: when they call, and who."""
        return (
            f for f in self.fields.writable.values() if (f.calendar or f.refers_to) and f.name not in desired.values
        )

    def miss(self, at: str) -> None:
        """A campaign had changed without its stamp: nothing is taken from verdicts of this environment any more."""
        self.verdicts = Verdicts({}, self.verdicts.moves, at)

    def learn(self, read: Iterable[tuple[Desired, Row, Live, bool]]) -> None:
        """What reading campaigns by id taught: file, the row that was read before, the campaign, whether in sync."""
        campaigns = dict(self.verdicts.campaigns)
        for desired, row, live, is_in_sync in read:
            campaigns.pop(live.id, None)
            if is_in_sync and row.date is not None and self._is_settled(desired, row, live):
                campaigns[live.id] = Verdict(self._hash(desired, row.live), row.date)
        self.verdicts = replace(self.verdicts, campaigns=campaigns)

    def _is_settled(self, desired: Desired, row: Row, live: Live) -> bool:
        """Whether the stamp is the same before and after, and old enough that no change of its second is missing."""
        changed = moment(row.live.stamp or "")
        if self.verdicts.missed or row.date is None or changed is None or row.live.stamp != live.stamp:
            return False
        grown = [self.fields.writable[name].grows_with for name in desired.values]
        switches = [self.fields.writable[name] for name in grown if name]
        return row.date - changed >= SETTLED and all(_is_off(one, live) for one in switches)

    def _hash(self, desired: Desired, row: Live) -> str:
        said = [desired.values, desired.status, row.id, row.name, row.status, row.values, self.said]
        return self.key.hash(json.dumps(said, sort_keys=True, default=self._digest))

    def _digest(self, numbers: SensitiveSet) -> str:
        """What people's numbers are told by, where a file names them in a list: as text they are no more than a count.

        Raises AttributeError for whatever else is no JSON: nothing may stand in a hash for what it does not tell.
        """
        return numbers.digest(Salt("", self.key))


def is_told(row: Row, live: Live) -> bool:
    """Whether the stamp of a row tells of what changed before: it may be that it changed only since the row was read.

    A row that still shows the stamp of before a minute later, when the campaign itself shows another, does not follow.
    """
    changed = moment(live.stamp or "")
    if changed is None or row.date is None or changed == moment(row.live.stamp or ""):
        return False
    return row.date - changed < SETTLED


def _is_off(switch: Field, live: Live) -> bool:
    """Whether it is known that the API adds nothing by itself."""
    return is_shown(switch, live.values) and live_canonical(switch, live.values) is False


def _is_hidden(one: Field, row: Live) -> bool:
    """Whether a row leaves a field unknown; of windows it may show no more than the outer bounds."""
    return one.name not in row.values or isinstance(live_canonical(one, row.values), OuterBounds)


def _as_the_file_says(desired: Desired, row: Live) -> Live:
    return row._replace(values={**desired.values, **row.values})

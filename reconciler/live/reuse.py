"""Plans from verdicts of earlier ones: which campaigns need not be read by id. Any doubt is a read."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.live.listing import CampaignList, Row
from reconciler.live.verdicts import SETTLED, SIMPLE, Verdict, Verdicts, kind_of, moment
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import OuterBounds, is_shown, live_canonical
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import HashKey, Salt, SensitiveSet

# One of so many campaigns is read all the same.
_SAMPLE = 100


class Read(NamedTuple):
    """A campaign that was read by its id after its row in the list, and whether it is as its file says."""

    desired: Desired
    row: Row
    live: Live
    is_in_sync: bool


@dataclass(slots=True)
class Reuse:
    """Which campaigns are taken from verdicts, and what a plan then teaches.

    `said` is what verdicts rest upon beside file and row: version, schema, options. `longest` is in seconds. `taken`
    are the files that were, with how old their verdict is in seconds, and `sampled` those that were read all the same.
    `outdated` are those whose verdict held but for its age: they are read, and show whether it was right, too.
    `unproven` are the kinds of field that keep a verdict from being used, since no PUT of ours moved the stamp with
    them, or one did not.
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
    unproven: set[str] = field(default_factory=set)

    def take(self, rows: Sequence[tuple[Desired, Row]], listed: CampaignList) -> dict[str, Live]:
        """The campaigns that are surely as their files say, by file, shown so; without the sample, which is read.

        `rows` are those of campaigns that would have to be read by id, out of what is `listed`.
        """
        self.verdicts = self.verdicts.with_rows(listed)
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
        if verdict is None or row.date is None or self.verdicts.missed or moment(row.live.stamp) is None:
            return None
        if verdict.hash != self._hash(desired, row.live):
            return None
        if desired.status and not row.live.status:
            return None
        managed = [self.fields.writable[name] for name in desired.values]
        kinds = {kind_of(one) for one in managed if _is_hidden(one, row.live)}
        kinds |= {SIMPLE for one in managed if one.grows_with}
        unproven = {kind for kind in kinds if not self.verdicts.moves.get(kind)}
        self.unproven |= unproven
        return None if unproven else row.date - verdict.read_at

    def leaves_open(self, desired: Desired, row: Row) -> bool:
        """Whether neither file nor row says what campaigns are judged together by: when they call, and who."""
        shared = (one for one in self.fields.writable.values() if one.calendar or one.refers_to)
        return any(one.name not in desired.values and _is_hidden(one, row.live) for one in shared)

    def is_missed(self, read: Read) -> bool:
        """Whether a campaign that was read had changed, and its row did not tell: it has the stamp of before.

        Where a verdict held, that is what differs from its file. Any other campaign tells by its own stamp, if that is
        another than a minute before its row was read.
        """
        changed, shown = moment(read.live.stamp), moment(read.row.live.stamp)
        if changed is None or shown is None or read.row.date is None or math.floor(changed) == math.floor(shown):
            return not read.is_in_sync and read.desired.file in (self.sampled | self.outdated)
        return changed > shown and read.row.date - changed >= SETTLED

    def miss(self, at: str) -> None:
        """A campaign had changed without its stamp: nothing is taken from verdicts of this environment any more."""
        self.verdicts = self.verdicts._replace(campaigns={}, missed=at)

    def learn(self, read: Iterable[Read]) -> None:
        """Keep verdicts on campaigns that were read by id, and drop those that hold no more."""
        campaigns = dict(self.verdicts.campaigns)
        for desired, row, live, is_in_sync in read:
            campaigns.pop(live.id, None)
            if is_in_sync and row.date is not None and self._is_settled(desired, row, live):
                campaigns[live.id] = Verdict(self._hash(desired, row.live), row.date)
        self.verdicts = self.verdicts._replace(campaigns=campaigns)

    def _is_settled(self, desired: Desired, row: Row, live: Live) -> bool:
        """Whether the stamp is the same before and after, and old enough that no change of its second is missing."""
        changed, same = moment(row.live.stamp), moment(live.stamp)
        if self.verdicts.missed or row.date is None or changed is None or same is None:
            return False
        # A list may count whole seconds where a page counts parts of them.
        if math.floor(changed) != math.floor(same):
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


def _is_off(switch: Field, live: Live) -> bool:
    """Whether it is known that the API adds nothing by itself."""
    return is_shown(switch, live.values) and live_canonical(switch, live.values) is False


def _is_hidden(one: Field, row: Live) -> bool:
    """Whether a row leaves a field unknown; of windows it may show no more than the outer bounds."""
    return one.name not in row.values or isinstance(live_canonical(one, row.values), OuterBounds)


def _as_the_file_says(desired: Desired, row: Live) -> Live:
    return row._replace(values={**desired.values, **row.values})

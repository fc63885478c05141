"""What earlier plans found of campaigns: verdicts, which say "as its file says" and nothing else.

A verdict is kept of a campaign that was read by its id and found exactly in sync: a keyed hash of what its file said,
of its row in the list, and of the schema and version that judged; and when that was, by the server's own clock. It
holds as long as all of these are the same, as far as it is known that a change moves the stamp in the row: PUTs of ours
show that, in their answers, and in the rows of the campaigns that they went to.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from reconciler.live.listing import CampaignList
from reconciler.model.fields import Compare, Field

# Simple fields are columns of one table, and changes of them move its stamp alike; others may be in tables of their
# own.
SIMPLE = "simple"
_SIMPLE = frozenset({Compare.TEXT, Compare.NUMBER, Compare.BOOLEAN, Compare.DATE})
# Seconds that a stamp must be older than a read: stamps count whole seconds, and reads may lag behind writes.
SETTLED = 60.0


class Verdict(NamedTuple):
    """That a campaign was as its file says: a hash of all that this rests upon, and when (its epoch second there)."""

    hash: str
    read_at: float


class Shown(NamedTuple):
    """What the answer to a PUT of ours showed: the kinds of field that it changed, and the stamp that it moved to.

    That is an epoch second; None where it did not move the stamp. Where it `must_rest`, calls may have moved it.
    """

    kinds: frozenset[str]
    moved_to: float | None
    must_rest: bool = False


class Awaited(NamedTuple):
    """A campaign whose row in the list has to show a stamp (epoch second) yet, or a later one.

    Where it `must_rest`, it has to show that very stamp, a minute later or more.
    """

    campaign: str
    stamp: float
    must_rest: bool


class Verdicts(NamedTuple):
    """What is known of an environment.

    `campaigns` are verdicts by id. `moves` says of each kind of field whether PUTs of ours moved the stamp in the row,
    and `awaited` what a row has to show before that is known. `missed` says when a campaign was found changed without
    its stamp, if ever: nothing is taken from verdicts then.
    """

    campaigns: Mapping[str, Verdict] = MappingProxyType({})
    moves: Mapping[str, bool] = MappingProxyType({})
    awaited: Mapping[str, Awaited] = MappingProxyType({})
    missed: str = ""

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        parts = {"campaigns": self.campaigns, "moves": self.moves, "awaited": self.awaited}
        return {**{name: dict(rows) for name, rows in parts.items()}, "missed": self.missed}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Verdicts:
        """From JSON; raises ValueError, TypeError, KeyError or AttributeError for what we never wrote."""
        rows = {str(key): Verdict(str(hashed), float(at)) for key, (hashed, at) in data["campaigns"].items()}
        awaited = {
            str(kind): Awaited(str(key), float(stamp), rests is not False)
            for kind, (key, stamp, rests) in data["awaited"].items()
        }
        moves = {str(kind): moves is True for kind, moves in data["moves"].items()}
        return cls(rows, moves, awaited, str(data["missed"]))

    def with_put(self, campaign_id: str, shown: Shown) -> Verdicts:
        """With what the answer to a PUT showed, which a row has to show, too, where it moved the stamp."""
        if shown.moved_to is None:
            return self._with_moves(dict.fromkeys(shown.kinds, False))
        one = Awaited(campaign_id, shown.moved_to, shown.must_rest)
        new = {kind: one for kind in shown.kinds if kind not in self.moves}
        return self._replace(awaited={**self.awaited, **new})

    def with_rows(self, listed: CampaignList) -> Verdicts:
        """With what rows show of PUTs of ours: each has moved the stamp there, or has not for a minute."""
        found = {kind: _is_shown(one, listed) for kind, one in self.awaited.items()}
        return self._with_moves({kind: is_shown for kind, is_shown in found.items() if is_shown is not None})

    def united(self, other: Verdicts) -> Verdicts:
        """These, and what another process has found out of stamps meanwhile."""
        missed = self.missed or other.missed
        both = Verdicts({} if missed else self.campaigns, self.moves, {**self.awaited, **other.awaited}, missed)
        return both._with_moves(other.moves)

    def without(self, campaigns: Collection[str]) -> Verdicts:
        """Without the verdicts on these campaigns (their ids)."""
        return self._replace(campaigns={key: one for key, one in self.campaigns.items() if key not in campaigns})

    def _with_moves(self, found: Mapping[str, bool]) -> Verdicts:
        """With what is known of kinds of field; that a PUT did not move the stamp is never forgotten."""
        moves = {**self.moves, **{kind: moved and self.moves.get(kind, True) for kind, moved in found.items()}}
        return self._replace(
            moves=moves, awaited={kind: one for kind, one in self.awaited.items() if kind not in moves}
        )


def _is_shown(awaited: Awaited, listed: CampaignList) -> bool | None:
    """Whether a row shows what it has to; None where nobody can tell yet."""
    row, date = listed.rows.get(awaited.campaign), listed.dates.get(awaited.campaign)
    if row is None or date is None:
        return None
    shown, is_later = moment(row.stamp), date - awaited.stamp >= SETTLED
    if shown is None or math.floor(shown) < math.floor(awaited.stamp):
        return False if is_later else None
    if awaited.must_rest and (not is_later or math.floor(shown) > math.floor(awaited.stamp)):
        return None
    return True


def kind_of(one: Field) -> str:
    """The fields that share what is learnt of their stamp."""
    return SIMPLE if one.compare in _SIMPLE else one.name


def moment(stamp: str | None) -> float | None:
    """The epoch second of a stamp; None where there is none, or it does not say in which zone."""
    try:
        at = datetime.datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None

"""What earlier plans found of campaigns: verdicts, which say "as its file says" and nothing else.

A verdict is kept of a campaign that was read by its id and found exactly in sync: a keyed hash of what its file said,
of its row in the list, and of the schema and version that judged; and when that was, by the server's own clock. It
holds as long as all of these are the same, as far as it is known that a change moves the stamp in the row.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.fields import Compare, Field

# Simple fields are columns of one table, and changes of them move its stamp alike; others may be in tables of their
# own.
SIMPLE = "simple"
_SIMPLE = frozenset({Compare.TEXT, Compare.NUMBER, Compare.BOOLEAN, Compare.DATE})


@dataclass(frozen=True, slots=True)
class Verdict:
    """That a campaign was as its file says: a hash of all that this rests upon, and when (its epoch second there)."""

    hash: str
    read_at: float


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is known of an environment.

    `campaigns` are verdicts by id. `moves` says of each kind of field whether PUTs of ours moved the stamp. `missed`
    says when a campaign was found changed without its stamp, if ever: nothing is taken from verdicts then.
    """

    campaigns: Mapping[str, Verdict] = field(default_factory=dict)
    moves: Mapping[str, bool] = field(default_factory=dict)
    missed: str = ""

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        rows = {campaign_id: [one.hash, one.read_at] for campaign_id, one in self.campaigns.items()}
        return {"campaigns": rows, "moves": dict(self.moves), "missed": self.missed}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Verdicts:
        """From JSON; raises ValueError, TypeError, KeyError or AttributeError for what we never wrote."""
        rows = {str(key): Verdict(str(hashed), float(at)) for key, (hashed, at) in data["campaigns"].items()}
        return cls(rows, {str(kind): moves is True for kind, moves in data["moves"].items()}, str(data["missed"]))

    def with_move(self, kind: str, *, moved: bool) -> Verdicts:
        """With what a PUT showed; one that did not move the stamp is never forgotten."""
        return Verdicts(self.campaigns, {**self.moves, kind: moved and self.moves.get(kind, True)}, self.missed)


def kind_of(one: Field) -> str:
    """The fields that share what is learnt of their stamp."""
    return SIMPLE if one.compare in _SIMPLE else one.name


def moment(stamp: str) -> float | None:
    """The epoch second of a stamp; None where it does not say in which zone."""
    try:
        at = datetime.datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None

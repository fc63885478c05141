"""Learns from the PUTs of apply whether a change moves the stamp that the list shows of a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.live.verdicts import SETTLED, Shown, kind_of, moment
from reconciler.plan.diff import Change, UnverifiedField

# Seconds between the stamp of a change and the server's own clock; whole seconds leave some play.
_PLAY = 2.0
# Seconds for which a stamp that was seen to rest is thought to rest still.
_JUST = 30.0


def shown_by(
    sent: Sequence[Change | UnverifiedField],
    before: str | None,
    after: str | None,
    date: float | None,
    unseen_for: float | None,
) -> Shown | None:
    """What the answer to a PUT shows: whether what it changed moved the stamp.

    `before` and `after` are the stamps that answers showed just before it and for it, `date` when the server answered
    (epoch second). `unseen_for` is how many seconds before the PUT the first was seen, of a campaign that may have been
    calling: calls move it perhaps, so that it has to have rested just before, or has to rest after. None where a PUT
    shows nothing: values that may have been there already, a stamp of the same second, several kinds of field of which
    one moved it, and one that moved at another time, for another reason.
    """
    kinds = frozenset(kind_of(one.field) for one in sent if isinstance(one, Change))
    then, now = moment(before), moment(after)
    if not kinds or then is None or now is None or date is None or abs(date - then) < _PLAY:
        return None
    if after == before:
        return Shown(kinds, None)
    is_ours = len(kinds) == 1 and all(isinstance(one, Change) for one in sent)
    if not is_ours or abs(date - now) > _PLAY:
        return None
    has_rested = unseen_for is None or (unseen_for < _JUST and date - unseen_for - then >= SETTLED)
    return Shown(kinds, now, must_rest=not has_rested)

"""Learns from the PUTs of apply whether a change moves the stamp that the list shows of a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.live.verdicts import kind_of, moment
from reconciler.plan.diff import Change, UnverifiedField

# Seconds between the stamp of a change and the server's own clock; whole seconds leave some play.
_PLAY = 2.0
# Seconds for which the stamp of a campaign that calls must have rested: what counts its calls may move it, too.
_REST = 60.0


def shown_by(
    sent: Sequence[Change | UnverifiedField],
    before: str | None,
    after: str | None,
    date: float | None,
    *,
    may_call: bool,
) -> tuple[str, bool] | None:
    """What a PUT shows of the kind of field that it carried: the kind, and whether it moved the stamp.

    `before` and `after` are the stamps that answers showed just before it and for it, `date` when the server answered
    (epoch second). `may_call` is whether the campaign may have been calling. None where it shows nothing: several kinds
    at once, values that may have been there already, a stamp of the same second, one that moved at another time, for
    another reason, and one that calls may have moved: it had moved shortly before, too.
    """
    kinds = {kind_of(one.field) for one in sent}
    if before is None or after is None or date is None or len(kinds) != 1:
        return None
    if not all(isinstance(one, Change) for one in sent):
        return None
    then, now = moment(before), moment(after)
    if then is None or now is None or abs(date - then) < _PLAY:
        return None
    if after != before and (abs(date - now) > _PLAY or (may_call and date - then < _REST)):
        return None
    return kinds.pop(), after != before

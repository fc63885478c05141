"""The PUTs that a campaign takes, in their order: lists of people, the changes, then what nobody can verify."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.apply.people import people_update
from reconciler.apply.update import Update
from reconciler.apply.work import CampaignWork
from reconciler.plan import diff
from reconciler.plan.diff import Change, UnverifiedField


def updates_of(work: CampaignWork) -> Iterator[Update]:
    """The updates of a campaign, in the order in which they are sent."""
    campaign = work.campaign
    yield from (people_update(work, step) for step in campaign.sent if step.field.adds_to_live)
    changes = [change for change in campaign.changes if not change.field.adds_to_live]
    if changes:
        yield _update(work, changes, may_pause=True)
    unverified = [one for one in campaign.unverified if one.send and not one.field.adds_to_live]
    for is_new in (True, False):
        if some := [one for one in unverified if one.is_new is is_new]:
            yield _update(work, some, may_pause=is_new)


def _update(work: CampaignWork, fields: Sequence[Change | UnverifiedField], *, may_pause: bool) -> Update:
    """A PUT of values that are known beforehand."""
    body = diff.body_of(tuple(fields))
    return Update(tuple(fields), lambda: body, work.verify, may_pause)

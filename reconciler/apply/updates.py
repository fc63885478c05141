"""The PUTs that a campaign takes, in their order: lists of people, the changes, then what nobody can verify."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.apply.people import people_update
from reconciler.apply.update import Update
from reconciler.apply.work import CampaignWork
from reconciler.plan import diff
from reconciler.plan.diff import Change, UnverifiedField


def updates_of(work: CampaignWork) -> Iterator[Update]:
    """The updates of a campaign, in the order in which they are sent."""
    campaign = work.campaign
    yield from (people_update(work, step) for step in campaign.sent if step.field.adds_to_live)
    yield from (_update(work, fields) for fields in campaign.puts)


def _update(work: CampaignWork, fields: tuple[Change | UnverifiedField, ...]) -> Update:
    """A PUT of values that are known beforehand."""
    body = diff.body_of(fields)
    may_pause = all(isinstance(one, Change) or one.is_new for one in fields)
    return Update(fields, lambda: body, work.verify, may_pause)

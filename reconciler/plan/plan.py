"""Everything that apply would do, as a value, and the digest over it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.model.campaign import Live, Status
from reconciler.model.document import Value
from reconciler.model.holds import Hold
from reconciler.model.sensitive import HashKey
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.steps import PausedCampaign
from reconciler.plan.values import before_and_after, salt


@dataclass(frozen=True)
class Plan:
    """Everything that apply would do. It has no slots, so that its digest is kept once it was computed.

    `unmanaged` are the live campaigns without a file, where the whole list was read. `basis` says what the plan was
    made from where that is not simply live against files; `refused` says why apply does nothing of it, which are
    limits and house rules; `notices` belong to no single campaign; `environment` tells it from the others of a run,
    and `failure` is why of several environments this one could not be planned; `left_paused` is what the journal of
    this machine holds, and `holds` what somebody stopped: no part of the digest; `rate_limit` is how many requests
    a minute the API allows, where it told. `key` is what hashes of people's data are made with, and `key_name`
    tells it from others where the plan holds such hashes. `among` is how many campaigns were at hand, where the plan
    is of some of them, as those that a branch touches: a limit in percent is of these. `is_way_back` where it is made
    from a report, and not from files.
    """

    base_url: str
    created_at: str
    tool_version: str
    campaigns: tuple[CampaignPlan, ...]
    reads: int = 0
    allow_dnc_removals: bool = False
    unmanaged: tuple[Live, ...] | None = None
    basis: str | None = None
    environment: str = ""
    failure: str = ""
    refused: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    left_paused: tuple[PausedCampaign, ...] = ()
    holds: tuple[Hold, ...] = field(default=(), compare=False)
    rate_limit: int | None = None
    key: HashKey | None = field(default=None, compare=False)
    key_name: str | None = field(default=None, compare=False)
    is_way_back: bool = False
    among: int = 0

    @property
    def is_pending(self) -> bool:
        """Some campaign differs from its file."""
        return any(campaign.is_pending for campaign in self.campaigns)

    @property
    def is_changed(self) -> bool:
        """Some campaign differs from its file, or the branch changes something besides its fields."""
        return any(campaign.is_changed for campaign in self.campaigns)

    @property
    def has_steps(self) -> bool:
        """Apply would send something."""
        return any(campaign.has_steps for campaign in self.campaigns)

    @property
    def has_errors(self) -> bool:
        """Some campaign cannot be planned, or none."""
        return bool(self.failure) or any(campaign.errors for campaign in self.campaigns)

    @property
    def has_withheld(self) -> bool:
        """Protection that some file asks for is missing, and stays so."""
        return any(campaign.withheld for campaign in self.campaigns)

    @property
    def requests(self) -> int:
        """The requests that apply needs if nothing goes wrong, reading included."""
        return self.reads + sum(campaign.requests for campaign in self.campaigns)

    @property
    def minutes(self) -> int | None:
        """About how many whole minutes the rate limit makes apply take; None where the limit is not known."""
        return self.requests // self.rate_limit if self.rate_limit else None

    @cached_property
    def digest(self) -> str:
        """`sha256:…` over what would be done and to what: it changes if and only if that does.

        What was sent before is known to one machine and not to another, and so is no part of it: unverified values
        are in it whether they are sent once more or not.
        """
        steps = [_essence(campaign, self) for campaign in self.campaigns if _may_have_steps(campaign)]
        text = json.dumps([self.base_url, sorted(steps, key=json.dumps)], sort_keys=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _sendable(campaign: CampaignPlan) -> tuple[UnverifiedField, ...]:
    """The unverified fields that apply sends if no record says that it did."""
    return tuple(unverified for unverified in campaign.unverified if unverified.may_send)


def _may_have_steps(campaign: CampaignPlan) -> bool:
    return bool(campaign.changes or campaign.status or _sendable(campaign))


def _change_essence(change: Change, campaign: CampaignPlan, plan: Plan) -> list[Value]:
    """What is approved: of a list that is added to the live one, the file's entries; what live has may grow."""
    field = change.field
    if field.adds_to_live and not plan.allow_dnc_removals:
        return [field.name, campaign.managed.get(field.name)]
    salted = salt(plan.base_url, campaign.id or campaign.name, plan.key)
    return [field.name, *before_and_after(field, change.before, change.after, salted)]


def _essence(campaign: CampaignPlan, plan: Plan) -> list[Value]:
    pauses = campaign.live_status == Status.ACTIVE and not campaign.pauses_first
    return [
        campaign.id,
        campaign.id is None and campaign.name,
        str(campaign.action),
        [_change_essence(change, campaign, plan) for change in campaign.changes],
        [campaign.status.before, campaign.status.after] if campaign.status else None,
        pauses and any(change.field.may_conflict for change in campaign.changes),
        [[unverified.field.name, unverified.hash] for unverified in _sendable(campaign)],
    ]

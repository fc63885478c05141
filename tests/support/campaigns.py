"""Desired and live campaigns made from plain values, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Mark, Path, Value
from reconciler.model.fields import Fields, campaign_fields
from reconciler.plan.diff import Difference, compare
from reconciler.plan.make import PlanContext, Record, plan_campaign
from reconciler.plan.plan import CampaignPlan

FIELDS = campaign_fields()
HOST = "https://talkover.example/api/v1"


def wanted(
    values: Mapping[str, Value], status: str | None = None, campaign: str | None = "c-1", file: str = "c.yaml"
) -> Desired:
    """A campaign as its file wants it; each field stands on a line of its own, in the order given."""
    marks: dict[Path, Mark] = {(name,): Mark(line, 1) for line, name in enumerate(values, start=1)}
    document = Document(file, values, marks, marks)
    return Desired(document, campaign, Status(status) if status else None, values)


def shown(values: Mapping[str, Value], status: str | None = "draft", campaign: str = "c-1", name: str = "") -> Live:
    """A campaign as the API shows it."""
    return Live(campaign, name, status, values)


def compared(
    desired: Mapping[str, Value],
    live: Mapping[str, Value],
    *,
    allow_dnc_removals: bool = False,
    fields: Fields = FIELDS,
) -> Difference:
    """The verdicts on these values."""
    return compare(fields, wanted(desired), shown(live), allow_dnc_removals=allow_dnc_removals)


def planned_one(desired: Desired, live: Live, record: Record | None = None) -> CampaignPlan:
    """The plan of one campaign that was read."""
    return plan_campaign(FIELDS, desired, live, PlanContext(HOST, record=record or {}))

"""Desired and live campaigns made from plain values, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Mark, Path, Value
from reconciler.model.fields import Fields, campaign_fields
from reconciler.model.sensitive import HashKey
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext, Record
from reconciler.plan.diff import Difference, compare
from reconciler.plan.make import make_plan, plan_campaign
from reconciler.plan.plan import Plan

FIELDS = campaign_fields()
KEY = HashKey(b"k" * 32)
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
    return plan_campaign(FIELDS, desired, live, PlanContext(HOST, record=record or {}, key=KEY))


def plan_of(
    *pairs: tuple[Desired, Live | NotFound], terms: PlanContext | None = None, listed: Sequence[Live] | None = None
) -> Plan:
    """The plan of these campaigns, each with what is live; `listed` is the whole list where it was read."""
    found = {one.file: live for one, live in pairs}
    reading = LiveRead(found, requests=len(pairs), listed=None if listed is None else tuple(listed))
    return make_plan(FIELDS, [one for one, _ in pairs], reading, terms or PlanContext(HOST, key=KEY))

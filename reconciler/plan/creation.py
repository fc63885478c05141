"""Plans of campaigns that are not there yet."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.desired.validate import check_new
from reconciler.model.campaign import Desired, Status, may_become
from reconciler.model.canonical import UNSET, canonical
from reconciler.model.fields import Fields
from reconciler.plan.call_times import CallTimesOf
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import Change
from reconciler.plan.facts import agents_of, campaign_type, managed, not_planned
from reconciler.plan.renames import Renames
from reconciler.plan.status_step import step, ways_from
from reconciler.plan.steps import Action
from reconciler.plan.values import salt


def plan_creation(fields: Fields, desired: Desired, context: PlanContext, renames: Renames) -> CampaignPlan:
    """Plan a campaign that no live one bears the name of: all its fields, then its status."""
    required = (name for name, field in fields.writable.items() if field.is_required)
    if missing := ", ".join(name for name in required if name not in desired.values):
        add = "add what is missing, or the id if the campaign is there already"
        return not_planned(
            desired, None, f"the API requires {missing} to create a campaign: {add}", *_renamed(desired, renames)
        )
    if problems := check_new(fields, desired):
        return not_planned(desired, None, *map(str, problems))
    if desired.status not in (None, Status.DRAFT) and not may_become(Status.DRAFT, desired.status):
        ways = f"as draft{ways_from(Status.DRAFT)}"
        return not_planned(desired, None, f"a campaign is created {ways}, not {desired.status}")
    return CampaignPlan(
        id=None,
        name=desired.label,
        file=desired.file,
        action=Action.CREATE,
        desired=desired,
        changes=tuple(_created(fields, desired)),
        status=step(Status.DRAFT, desired.status, desired) if desired.status not in (None, Status.DRAFT) else None,
        notices=(*_unprotected(fields, desired), *_renamed(desired, renames)),
        call_times=CallTimesOf(fields, desired, None),
        campaign_type=campaign_type(desired, None),
        agents=agents_of(fields, desired, None),
        managed=managed(fields, desired, salt(context.base_url, desired.label, context.key), context),
    )


def _created(fields: Fields, desired: Desired) -> Iterable[Change]:
    """All that the file says. What is null there clears something, and a new campaign has nothing to clear."""
    for name, field in fields.writable.items():
        value = canonical(field, desired.values[name]) if name in desired.values else None
        if value is not None:
            yield Change(field, UNSET, value, desired.document.key_position((name,)))


def _unprotected(fields: Fields, desired: Desired) -> Iterable[str]:
    """The protections that the campaign is created without: the API leaves off what nobody asks for."""
    for name, field in fields.writable.items():
        if field.protects and desired.values.get(name) is not True:
            yield f"it is created with {name} off: whoever is on a do-not-call list is called (on with `{name}: true`)"


def _renamed(desired: Desired, renames: Renames) -> Iterable[str]:
    """A changed name reads as a creation where the file has no id: say which live campaign may be meant."""
    if live := renames.likeliest(desired.label):
        yield (
            f"live campaign {live.name!r} (id {live.id}) has no file: if this is its new name, put its id into the "
            "file (`reconciler pin` does that before a rename)"
        )

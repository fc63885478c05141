"""What a plan holds of a campaign whatever is done to it: who calls, its type, hashes of what its file says."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import canonical
from reconciler.model.fields import Fields
from reconciler.model.sensitive import Salt
from reconciler.model.written import fingerprint
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.protection import REPLACE, SETTING
from reconciler.plan.steps import Action, Agent
from reconciler.plan.values import Hashes

_SHORT = 16


def agents_of(fields: Fields, desired: Desired, live: Live | None) -> tuple[Agent | None, Agent | None]:
    """Who calls as live is, and with the file over that; None where nobody is known. A name is one that live shows."""
    name = next((one.name for one in fields.writable.values() if one.refers_to), "")
    shown, row = (live.values.get(key) if live else None for key in (name, "agent"))
    told = row.get("name") if isinstance(row, Mapping) else None
    before = Agent(shown, told if isinstance(told, str) else "") if isinstance(shown, str) else None
    wanted = desired.values.get(name)
    if not isinstance(wanted, str) or (before and before.id == wanted):
        return before, before
    return before, Agent(wanted)


def campaign_type(desired: Desired, live: Live | None) -> str | None:
    """The type that the campaign will have; None where neither side says one."""
    said = desired.values.get("campaign_type") or (live.values.get("campaign_type") if live else None)
    return said if isinstance(said, str) else None


def managed(fields: Fields, desired: Desired, salted: Salt, context: PlanContext) -> Hashes:
    """Everything that files say of a campaign, the setting of its environment that says what its lists mean, too."""
    return Hashes(functools.partial(_hashes, fields, desired, salted, context))


def _hashes(fields: Fields, desired: Desired, salted: Salt, context: PlanContext) -> dict[str, str]:
    said = {
        name: fingerprint(fields.writable[name], canonical(fields.writable[name], value), salted)[:_SHORT]
        for name, value in desired.values.items()
    }
    said = {name: hashed for name, hashed in said.items() if hashed}
    if context.replaces_in and any(fields.writable[name].adds_to_live for name in desired.values):
        said[SETTING] = REPLACE
    return said | ({"status": str(desired.status)} if desired.status else {})


def not_planned(desired: Desired, live: Live | None, *reasons: str) -> CampaignPlan:
    """The plan of a campaign for which nothing can be done, and why."""
    return CampaignPlan(
        id=live.id if live else desired.id,
        name=(live.name if live else "") or desired.label,
        file=desired.file,
        action=Action.ERROR,
        live_status=live.status if live else None,
        errors=reasons,
        desired=desired,
    )

"""A plan as a JSON document: what `plan --format json` and `--out` write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.model.canonical import UNSET
from reconciler.model.sensitive import Salt
from reconciler.plan import attempts, calling, overlaps
from reconciler.plan.besides import Besides
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.held_json import hold_json
from reconciler.plan.plan import Plan
from reconciler.plan.schedules import to_json as schedules_json
from reconciler.plan.steps import Agent, StatusChange
from reconciler.plan.summary import summary
from reconciler.plan.values import before_and_after, salt

FORMAT_VERSION = "1.0"


def to_json(plan: Plan) -> dict[str, Any]:
    """The document that `plan --format json` and `--out` write; see `schemas/plan.schema.json`."""
    document = {
        "format_version": FORMAT_VERSION,
        "tool_version": plan.tool_version,
        "created_at": plan.created_at,
        "base_url": plan.base_url,
        "digest": plan.digest,
        "summary": summary(plan),
        "campaigns": [_campaign_json(campaign, plan) for campaign in plan.campaigns],
        "allow_dnc_removals": plan.allow_dnc_removals,
        "rate_limit": plan.rate_limit,
        "among": max(len(plan.campaigns), plan.among),
        "minutes": plan.minutes,
        "basis": plan.basis,
        "environment": plan.environment,
        "failure": plan.failure or None,
        "refused": list(plan.refused),
        "notices": list(plan.notices),
        "overlaps": overlaps.to_json(plan),
        "left_paused": [one._asdict() for one in plan.left_paused],
        "holds": [hold_json(one) for one in plan.holds],
        "key_name": plan.key_name,
        "unmanaged": None
        if plan.unmanaged is None
        else [{"id": live.id, "name": live.name, "status": live.status} for live in plan.unmanaged],
    }
    return document | {"checksum": checksum(document)}


def plans_to_json(plans: Sequence[Plan]) -> dict[str, Any]:
    """One plan as its document; plans of several environments as a list of documents under `plans`."""
    if len(plans) == 1:
        return to_json(plans[0])
    return {"format_version": FORMAT_VERSION, "plans": [to_json(plan) for plan in plans]}


def checksum(document: Mapping[str, Any]) -> str:
    """A hash over all of a plan document but itself: whoever changes a saved plan has to make a new one."""
    rest = {key: value for key, value in document.items() if key != "checksum"}
    return "sha256:" + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _campaign_json(campaign: CampaignPlan, plan: Plan) -> dict[str, Any]:
    """One campaign as it stands in the document."""
    salted = salt(plan.base_url, campaign.id or campaign.name, plan.key)
    return {
        "id": campaign.id,
        "name": campaign.name,
        "file": campaign.file,
        "action": str(campaign.action),
        "changes": [change_json(change, salted) for change in campaign.changes],
        "status": status_json(campaign.status) if campaign.status else None,
        "may_pause": campaign.may_pause,
        "unverified": [_unverified_json(one, salted) for one in campaign.unverified],
        "kept": [{"field": kept.field.name, "count": kept.count} for kept in campaign.kept],
        "withheld": [
            {"field": one.field.name, "reason": one.reason, "file": one.position.file, "line": one.position.line}
            for one in campaign.withheld
        ],
        "starts": campaign.starts,
        "hold": hold_json(campaign.hold) if campaign.hold else None,
        "calling": calling.to_json(campaign.calling),
        "final": campaign.final,
        "besides": [_besides_json(one) for one in campaign.besides],
        "notices": list(campaign.notices),
        "errors": list(campaign.errors),
        "live_status": campaign.live_status,
        "managed": dict(campaign.managed),
        "schedules": schedules_json(campaign.schedules),
        "attempts": attempts.to_json(campaign.attempts),
        "reach": attempts.reach_json(campaign.attempts),
        "legal": list(campaign.legal),
        "agents": {side: _agent_json(one) for side, one in zip(("before", "after"), campaign.agents, strict=True)},
    }


def _agent_json(one: Agent | None) -> dict[str, str] | None:
    return {"id": one.id, "name": one.name} if one else None


def _unverified_json(one: UnverifiedField, salted: Salt) -> dict[str, Any]:
    """A field that nobody can check, with the value that its file says, numbers of people only counted."""
    return {
        "field": one.field.name,
        "reason": one.reason,
        "value": before_and_after(one.field, UNSET, one.value, salted)[1],
        "may_send": one.may_send,
        "send": one.send,
        "is_new": one.is_new,
        "hash": one.hash,
        "file": one.position.file,
        "line": one.position.line,
    }


def _besides_json(one: Besides) -> dict[str, Any]:
    return {
        "key": one.key,
        "before": one.before,
        "after": one.after,
        "meaning": one.meaning,
        "is_grave": one.is_grave,
        "loosens": one.loosens,
        "file": one.position.file,
        "line": one.position.line,
    }


def status_json(status: StatusChange) -> dict[str, Any]:
    """A change of status as plans and reports hold it, with its place in the files."""
    file, line, _ = status.position
    why = {"because": status.because, "is_ours": status.is_ours} if status.because else {}
    return {"before": status.before, "after": status.after, "file": file, "line": line, **why}


def change_json(change: Change, salted: Salt) -> dict[str, Any]:
    """A change of a field as plans and reports hold it, with its place in the files."""
    before, after = before_and_after(change.field, change.before, change.after, salted)
    return {
        "field": change.field.name,
        "before": before,
        "after": after,
        "line": change.position.line,
        "file": change.position.file,
        "direction": str(change.direction) if change.direction else None,
        **({"names": dict(zip(("before", "after"), change.names, strict=True))} if any(change.names) else {}),
        **({"note": change.note} if change.note else {}),
    }

"""What a branch changes: files at its merge base against files now, apart from what differs live."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import UNSET, canonical, same
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields
from reconciler.plan.diff import Change
from reconciler.plan.make import PlanContext
from reconciler.plan.plan import Action, CampaignPlan, Plan, StatusChange
from reconciler.plan.schedules import schedules
from reconciler.plan.values import as_text

_NOT_CAUSED = "drift, not caused by this branch"


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a branch does to one campaign file. `base` is the file before, None for a new one."""

    base: Desired | None
    fields: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()
    status: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """What a branch does to campaign files: what became of each changed one, by file, and those that it deletes."""

    commit: str
    changed: Mapping[str, FileChange] = dataclasses.field(default_factory=dict)
    deleted: tuple[Desired, ...] = ()


def branch(fields: Fields, commit: str, base: Sequence[Desired], now: Sequence[Desired]) -> Branch:
    """Compare the files at the merge base with the files now. A file that only moved is the same campaign."""
    by_id = {before.id: before for before in base if before.id}
    by_file = {before.file: before for before in base}
    pairs = [(by_id.get(desired.id or "") or by_file.get(desired.file), desired) for desired in now]
    found = {desired.file: _file_change(fields, before, desired) for before, desired in pairs}
    still_there = {before.file for before, _ in pairs if before}
    return Branch(
        commit,
        {file: change for file, change in found.items() if change},
        tuple(before for before in base if before.file not in still_there),
    )


def _file_change(fields: Fields, base: Desired | None, now: Desired) -> FileChange | None:
    """What became of a file; None where nothing did."""
    if base is None:
        return FileChange(None, frozenset(now.values), (), status=now.status is not None)
    changed = frozenset(name for name in now.values if not _is_same(fields.writable[name], base, now))
    removed = tuple(name for name in fields.writable if name in base.values and name not in now.values)
    status = now.status is not None and now.status != base.status
    return FileChange(base, changed, removed, status) if changed or removed or status else None


def _is_same(field: Field, base: Desired, now: Desired) -> bool:
    if field.name not in base.values:
        return False
    return same(canonical(field, base.values[field.name]), canonical(field, now.values[field.name]))


def only_the_branch(fields: Fields, plan: Plan, branch: Branch, found: Mapping[str, Live | NotFound]) -> Plan:
    """The part of a live plan that the branch causes; what differs live without it is told as drift."""
    campaigns = tuple(
        _restricted(fields, campaign, branch.changed[campaign.file], found.get(campaign.file))
        for campaign in plan.campaigns
        if campaign.file in branch.changed
    )
    basis = f"only what changed since {branch.commit[:12]}"
    return replace(plan, campaigns=campaigns, basis=basis, notices=_deleted(branch))


def _restricted(
    fields: Fields, campaign: CampaignPlan, change: FileChange, live: Live | NotFound | None
) -> CampaignPlan:
    """The campaign with the steps that the branch causes, and notices of the others."""
    if campaign.action not in (Action.UPDATE, Action.NONE):
        return campaign
    caused = tuple(step for step in campaign.changes if step.field.name in change.fields)
    notices = [_drift(step) for step in campaign.changes if step.field.name not in change.fields]
    if campaign.status and not change.status:
        before, after = campaign.status.before, campaign.status.after
        notices.append(f"{_NOT_CAUSED}: status is {before}, the file says {after}")
    shown = live.values if isinstance(live, Live) else {}
    return replace(
        campaign,
        action=Action.UPDATE if caused else Action.NONE,
        changes=caused,
        status=campaign.status if change.status else None,
        # A value that was sent before stays unsent, whoever wrote it into the file.
        unverified=tuple(
            u if u.field.name in change.fields else replace(u, may_send=False, send=False, hash="")
            for u in campaign.unverified
        ),
        notices=(*campaign.notices, *notices, *_unmanaged(fields, change, shown)),
    )


def _drift(change: Change) -> str:
    if change.field.is_sensitive:
        return f"{_NOT_CAUSED}: {change.field.name} differs"
    is_now, said = (as_text(change.field, value) for value in (change.before, change.after))
    return f"{_NOT_CAUSED}: {change.field.name} is {is_now}, the file says {said}"


def _unmanaged(fields: Fields, change: FileChange, shown: Mapping[str, Value]) -> Iterator[str]:
    """What becomes of the keys that the branch takes out of a file: nothing, and that is worth saying."""
    for name in change.removed:
        said = change.base.values[name] if change.base else None
        is_told = not fields.writable[name].is_sensitive
        stays = json.dumps(shown.get(name, said), ensure_ascii=False) if is_told else "what it is"
        yield f"no longer managed: {name} stays at {stays}"


def _deleted(branch: Branch) -> tuple[str, ...]:
    return tuple(
        f"{gone.file} is gone: campaign {gone.label!r} is no longer managed and stays as it is"
        for gone in branch.deleted
    )


def offline_plan(fields: Fields, branch: Branch, now: Sequence[Desired], context: PlanContext) -> Plan:
    """What the branch changes, from files alone: `before` is what the files said, not what is live."""
    campaigns = tuple(
        _offline(fields, branch.changed[desired.file], desired)
        for desired in sorted(now, key=lambda desired: desired.file)
        if desired.file in branch.changed
    )
    return Plan(
        context.base_url,
        context.created_at,
        context.tool_version,
        campaigns,
        basis=f"files only, against {branch.commit[:12]}: live campaigns were not read",
        notices=_deleted(branch),
    )


def _offline(fields: Fields, change: FileChange, now: Desired) -> CampaignPlan:
    """What the branch does to one campaign, as far as files tell."""
    is_new = change.base is None and now.id is None
    writable = fields.writable.items()
    changes = tuple(_change(field, change.base, now) for name, field in writable if name in change.fields)
    before = "draft" if is_new else str(change.base.status) if change.base and change.base.status else "unknown"
    said = Live(now.id or "", now.label, None, change.base.values if change.base else {})
    return CampaignPlan(
        id=now.id,
        name=now.label,
        file=now.file,
        action=Action.CREATE if is_new else Action.UPDATE if changes else Action.NONE,
        desired=now,
        live_status=None,
        changes=changes,
        status=StatusChange(before, str(now.status), now.document.position(("status",))) if change.status else None,
        schedules=schedules(fields, now, None if is_new else said),
        in_sync=len(now.values) - len(changes),
        notices=tuple(_unmanaged(fields, change, {})),
    )


def _change(field: Field, base: Desired | None, now: Desired) -> Change:
    was = canonical(field, base.values[field.name]) if base and field.name in base.values else UNSET
    return Change(field, was, canonical(field, now.values[field.name]), now.document.key_position((field.name,)))

"""What a branch changes: files at its merge base against files now, apart from what differs live."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import UNSET, canonical, same
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields
from reconciler.plan.diff import Change
from reconciler.plan.make import PlanContext
from reconciler.plan.plan import Action, CampaignPlan, Plan, StatusChange
from reconciler.plan.values import as_text


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a branch does to one campaign file. `base` is the file before, None for a new one."""

    base: Desired | None
    fields: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()
    status: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """What a branch does to campaign files: touched ones by file, and the files that it deletes."""

    commit: str
    touches: Mapping[str, FileChange] = field(default_factory=dict)
    deleted: tuple[Desired, ...] = ()


def branch(fields: Fields, commit: str, base: Sequence[Desired], now: Sequence[Desired]) -> Branch:
    """Compare the files at the merge base with the files now. A file that only moved is the same campaign."""
    by_id = {one.id: one for one in base if one.id}
    by_file = {one.file: one for one in base}
    before = {one.file: by_id.get(one.id or "") or by_file.get(one.file) for one in now}
    touches = {one.file: touch for one in now if (touch := _touch(fields, before[one.file], one))}
    kept = {id(was) for was in before.values() if was is not None}
    return Branch(commit, touches, tuple(one for one in base if id(one) not in kept))


def _touch(fields: Fields, base: Desired | None, now: Desired) -> FileChange | None:
    if base is None:
        return FileChange(None, frozenset(now.values), (), status=now.status is not None)
    changed = frozenset(name for name in now.values if not _is_same(fields.writable[name], base, now))
    removed = tuple(name for name in fields.writable if name in base.values and name not in now.values)
    status = now.status is not None and now.status != base.status
    return FileChange(base, changed, removed, status) if changed or removed or status else None


def _is_same(of: Field, base: Desired, now: Desired) -> bool:
    return of.name in base.values and same(canonical(of, base.values[of.name]), canonical(of, now.values[of.name]))


def only_the_branch(fields: Fields, plan: Plan, of: Branch, found: Mapping[str, Live | NotFound]) -> Plan:
    """The part of a live plan that the branch causes; what differs live without it is told as drift."""
    campaigns = tuple(
        _restricted(fields, campaign, of.touches[campaign.file], found.get(campaign.file))
        for campaign in plan.campaigns
        if campaign.file in of.touches
    )
    return replace(plan, campaigns=campaigns, basis=f"only what changed since {of.commit[:12]}", notices=_deleted(of))


def _restricted(
    fields: Fields, campaign: CampaignPlan, touch: FileChange, live: Live | NotFound | None
) -> CampaignPlan:
    if campaign.action not in (Action.UPDATE, Action.NONE):
        return campaign
    caused = tuple(change for change in campaign.changes if change.field.name in touch.fields)
    drift = [change for change in campaign.changes if change not in caused]
    notices = [_drift(change) for change in drift]
    if campaign.status and not touch.status:
        before, after = campaign.status.before, campaign.status.after
        notices.append(f"drift, not caused by this branch: status is {before}, the file says {after}")
    shown = live.values if isinstance(live, Live) else {}
    return replace(
        campaign,
        action=Action.UPDATE if caused else Action.NONE,
        changes=caused,
        status=campaign.status if touch.status else None,
        unverified=tuple(replace(u, send=u.send and u.field.name in touch.fields) for u in campaign.unverified),
        notices=(*campaign.notices, *notices, *_unmanaged(fields, touch, shown)),
    )


def _drift(change: Change) -> str:
    told = "drift, not caused by this branch"
    if change.field.is_sensitive:
        return f"{told}: {change.field.name} differs"
    is_now, said = (as_text(change.field, value) for value in (change.before, change.after))
    return f"{told}: {change.field.name} is {is_now}, the file says {said}"


def _unmanaged(fields: Fields, touch: FileChange, shown: Mapping[str, Value]) -> Iterator[str]:
    """What becomes of the keys that the branch takes out of a file: nothing, and that is worth saying."""
    for name in touch.removed:
        said = touch.base.values[name] if touch.base else None
        stays = (
            "what it is"
            if fields.writable[name].is_sensitive
            else json.dumps(shown.get(name, said), ensure_ascii=False)
        )
        yield f"no longer managed: {name} stays at {stays}"


def _deleted(of: Branch) -> tuple[str, ...]:
    return tuple(
        f"{one.file} is gone: campaign {one.label!r} is no longer managed and stays as it is" for one in of.deleted
    )


def offline_plan(fields: Fields, of: Branch, now: Sequence[Desired], terms: PlanContext) -> Plan:
    """What the branch changes, from files alone: `before` is what the files said, not what is live."""
    campaigns = tuple(
        _offline(fields, of.touches[one.file], one)
        for one in sorted(now, key=lambda d: d.file)
        if one.file in of.touches
    )
    return Plan(
        terms.base_url,
        terms.created_at,
        terms.tool_version,
        campaigns,
        basis=f"files only, against {of.commit[:12]}: live campaigns were not read",
        notices=_deleted(of),
    )


def _offline(fields: Fields, touch: FileChange, now: Desired) -> CampaignPlan:
    is_new = touch.base is None and now.id is None
    changes = tuple(_change(of, touch.base, now) for name, of in fields.writable.items() if name in touch.fields)
    before = str(touch.base.status) if touch.base and touch.base.status else "unknown"
    return CampaignPlan(
        id=now.id,
        name=now.label,
        file=now.file,
        action=Action.CREATE if is_new else Action.UPDATE if changes else Action.NONE,
        desired=now,
        live_status=None,
        changes=changes,
        status=StatusChange("draft" if is_new else before, str(now.status)) if touch.status else None,
        in_sync=len(now.values) - len(changes),
        notices=tuple(_unmanaged(fields, touch, {})),
    )


def _change(of: Field, base: Desired | None, now: Desired) -> Change:
    was = canonical(of, base.values[of.name]) if base and of.name in base.values else UNSET
    return Change(of, was, canonical(of, now.values[of.name]), now.document.key_position((of.name,)))

"""What a branch changes: files at its merge base against files now, apart from what differs live."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import UNSET, Canonical, canonical, same
from reconciler.model.document import Document, Value
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import SensitiveSet
from reconciler.plan.besides import Besides, Placed, besides, is_another, no_longer_managed, together
from reconciler.plan.call_times import CallTimesOf
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.diff import Change
from reconciler.plan.facts import agents_of, campaign_type
from reconciler.plan.make import notices_of_steps
from reconciler.plan.pairing import paired
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action, StatusChange
from reconciler.plan.values import as_text

_NOT_CAUSED = "drift, not caused by this branch"


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a branch does to one campaign file. `base` is the file before, None for a new one.

    With `is_another` the file meant another campaign at the base.
    """

    base: Desired | None
    fields: frozenset[str] = frozenset()
    removed: tuple[str, ...] = ()
    status: bool = False
    besides: tuple[Besides, ...] = ()
    is_another: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """What a branch does to campaign files: what became of each changed one, by file, and those that it deletes.

    `settings` are those that each file of today had at the base, or that its folder had where it is new. `among` is
    how many campaigns are at hand, those that it does not touch, too.
    """

    commit: str
    changed: Mapping[str, FileChange] = dataclasses.field(default_factory=dict)
    deleted: tuple[Placed, ...] = ()
    settings: Mapping[str, Document] = dataclasses.field(default_factory=dict)
    among: int = 0

    @property
    def bases(self) -> tuple[Desired, ...]:
        """The changed campaigns as their files had them."""
        return tuple(one.base for one in self.changed.values() if one.base)

    def with_bases(self, made: Callable[[Desired], Desired]) -> Branch:
        """The same, with something done to the campaigns as their files had them."""
        changed = {file: replace(one, base=one.base and made(one.base)) for file, one in self.changed.items()}
        return replace(self, changed=changed)

    @property
    def known_to_be_new(self) -> Mapping[str, frozenset[str]]:
        """The fields, by file, that somebody wants now: the branch changed them in a campaign that had a file."""
        return {file: one.fields for file, one in self.changed.items() if one.base and not one.is_another}


def branch(
    fields: Fields,
    commit: str,
    base: Sequence[Placed],
    now: Sequence[Placed],
    renamed: Mapping[str, str] | None = None,
) -> Branch:
    """Compare the files at the merge base with the files now. A file that only moved is the same campaign.

    `renamed` leads from files of today to those that git takes them for; a file that is there under the same name
    has the same spelling in both.
    """
    befores = paired(base, now, renamed or {})
    found = {one.desired.file: _file_change(fields, befores.get(one.desired.file), one) for one in now}
    still_there = {before.desired.file for before in befores.values()}
    return Branch(
        commit,
        {file: change for file, change in found.items() if change},
        tuple(before for before in base if before.desired.file not in still_there),
        {file: before.settings for file, before in befores.items() if before.settings},
    )


def _file_change(fields: Fields, before: Placed | None, now: Placed) -> FileChange | None:
    """What became of a file; None where nothing did."""
    if before is None:
        return FileChange(None, frozenset(now.desired.values), (), status=now.desired.status is not None)
    if before == now:
        return None
    base, desired = before.desired, now.desired
    found = tuple(besides(before, now, fields.local))
    if is_another(before, now):
        # Whatever differs from that campaign's live state, it is this branch that brings it there.
        return FileChange(base, frozenset(desired.values), (), desired.status is not None, found, is_another=True)
    changed = frozenset(name for name in desired.values if not _is_same(fields.writable[name], base, desired))
    removed = tuple(name for name in fields.writable if name in base.values and name not in desired.values)
    status = desired.status is not None and desired.status != base.status
    if base.status and not desired.status:
        found += (no_longer_managed("status", base.status, "what it is live", desired),)
    return FileChange(base, changed, removed, status, found) if changed or removed or status or found else None


def _is_same(field: Field, base: Desired | None, now: Desired) -> bool:
    if base is None or field.name not in base.values:
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
    notices = (*plan.notices, *_notices(branch, campaigns))
    return replace(plan, campaigns=campaigns, basis=basis, notices=notices, among=branch.among)


def _restricted(
    fields: Fields, campaign: CampaignPlan, change: FileChange, live: Live | NotFound | None
) -> CampaignPlan:
    """The campaign with the steps that the branch causes, and notices of the others."""
    shown = live.values if isinstance(live, Live) else {}
    campaign = replace(campaign, besides=(*change.besides, *_unmanaged(fields, change, shown, campaign.desired)))
    if campaign.action not in (Action.UPDATE, Action.NONE):
        return campaign
    caused = tuple(step for step in campaign.changes if step.field.name in change.fields)
    notices = [_drift(step) for step in campaign.changes if step.field.name not in change.fields]
    if campaign.status and not change.status:
        before, after = campaign.status.before, campaign.status.after
        notices.append(f"{_NOT_CAUSED}: status is {before}, the file says {after}")
    caused = tuple(replace(step, note=_moved_twice(step, change.base) or "") for step in caused)
    notices += [step.note for step in caused if step.note]
    drifted = {step.field.name for step in campaign.changes} - change.fields
    status = campaign.status if change.status else None
    of_all = {*notices_of_steps(campaign.changes, campaign.status, campaign.live_status)}
    of_others = of_all - {*notices_of_steps(caused, status, campaign.live_status)}
    brought = _brought(fields, campaign, drifted, live) if drifted else campaign
    return replace(
        brought,
        action=Action.UPDATE if caused else Action.NONE,
        changes=caused,
        status=status,
        # A value that was sent before stays unsent, whoever wrote it into the file.
        unverified=tuple(
            u if u.field.name in change.fields else u._replace(may_send=False, send=False, is_new=False, hash="")
            for u in campaign.unverified
        ),
        notices=(*(notice for notice in campaign.notices if notice not in of_others), *notices),
    )


def _brought(
    fields: Fields, campaign: CampaignPlan, drifted: Collection[str], live: Live | NotFound | None
) -> CampaignPlan:
    """The campaign with the calling hours that the branch brings: what drifted stays as it is."""
    values = {name: value for name, value in campaign.desired.values.items() if name not in drifted}
    desired, shown = campaign.desired._replace(values=values), live if isinstance(live, Live) else None
    return replace(campaign, call_times=CallTimesOf(fields, desired, shown))


def _drift(change: Change) -> str:
    if change.field.is_sensitive:
        return f"{_NOT_CAUSED}: {change.field.name} differs"
    is_now, said = (as_text(change.field, value) for value in (change.before, change.after))
    return f"{_NOT_CAUSED}: {change.field.name} is {is_now}, the file says {said}"


def _moved_twice(step: Change, base: Desired | None) -> str | None:
    """What the field was at the base, is now, and is live, where live is neither: somebody else changed it."""
    if base is None or step.field.name not in base.values:
        return None
    field, was = step.field, canonical(step.field, base.values[step.field.name])
    if same(was, step.before) or same(was, step.after) or _is_only_added_to(field, was, step.before):
        return None
    if field.is_sensitive:
        return f"{field.name} was changed by somebody else, too: live is neither as at the base nor as it is now"
    at_base, now, live = (as_text(field, value) for value in (was, step.after, step.before))
    return f"{field.name}: {at_base} at the base, now {now}; live has {live}, changed by somebody else"


def _is_only_added_to(field: Field, was: Canonical, live: Canonical) -> bool:
    """Whether live has all that the base had: the API adds people by itself, which is kept, and told as that."""
    if not (isinstance(was, SensitiveSet) and isinstance(live, SensitiveSet)):
        return False
    return field.adds_to_live and not len(was - live)


def _unmanaged(fields: Fields, change: FileChange, shown: Mapping[str, Value], now: Desired) -> Iterator[Besides]:
    """What becomes of the keys that the branch takes out of a file."""
    for name in change.removed:
        said = change.base.values[name] if change.base else None
        if fields.writable[name].is_sensitive:
            yield no_longer_managed(name, "managed", "what it is", now)
        else:
            field = fields.writable[name]
            was, stays = (as_text(field, canonical(field, value)) for value in (said, shown.get(name, said)))
            yield no_longer_managed(name, was, f"at {stays}", now)


def _notices(branch: Branch, campaigns: Sequence[CampaignPlan]) -> tuple[str, ...]:
    """What the branch changes besides fields, each once, and the files that it deletes."""
    return (
        *together([one for campaign in campaigns for one in campaign.besides]),
        *told_of_deleted(branch),
        *_unknown_to_git(branch),
    )


def _unknown_to_git(branch: Branch) -> Iterator[str]:
    """What to do where a new file may be one that is gone: git tells that of files which it knows."""
    if branch.deleted and any(change.base is None for change in branch.changed.values()):
        yield "if a new file is one that is gone, moved or renamed, `git add` both: then it is the same campaign"


def told_of_deleted(branch: Branch) -> tuple[str, ...]:
    """What becomes of the campaigns whose files are gone."""
    return tuple(
        f"{gone.desired.file} is gone{_went(gone.moved_to)}: campaign {gone.desired.label!r} is no longer managed and "
        "stays as it is"
        for gone in branch.deleted
    )


def _went(to: str) -> str:
    return f" (it moved to {to}, which is not read with what is here)" if to else ""


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
        notices=_notices(branch, campaigns),
        among=branch.among,
    )


def _offline(fields: Fields, change: FileChange, now: Desired) -> CampaignPlan:
    """What the branch does to one campaign, as far as files tell."""
    is_new = change.base is None and now.id is None
    writable = fields.writable.items()
    # Of another campaign than before nobody knows what is live: only what the files say differently is told.
    caused = [field for name, field in writable if name in change.fields and not _is_same(field, change.base, now)]
    changes = tuple(_change(field, change.base, now) for field in caused)
    before = "draft" if is_new else str(change.base.status) if change.base and change.base.status else "unknown"
    said = None if is_new else Live(now.id or "", now.label, None, change.base.values if change.base else {})
    return CampaignPlan(
        id=now.id,
        name=now.label,
        file=now.file,
        action=Action.CREATE if is_new else Action.UPDATE if changes else Action.NONE,
        desired=now,
        live_status=None,
        changes=changes,
        status=StatusChange(before, str(now.status), now.document.position(("status",))) if change.status else None,
        call_times=CallTimesOf(fields, now, said),
        campaign_type=campaign_type(now, said),
        agents=agents_of(fields, now, said),
        in_sync=len(now.values) - len(changes),
        besides=(*change.besides, *_unmanaged(fields, change, {}, now)),
    )


def _change(field: Field, base: Desired | None, now: Desired) -> Change:
    was = canonical(field, base.values[field.name]) if base and field.name in base.values else UNSET
    return Change(field, was, canonical(field, now.values[field.name]), now.document.key_position((field.name,)))

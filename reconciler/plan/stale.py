"""A saved plan held against the world before anything is written: whether its steps still do what was approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.canonical import Canonical
from reconciler.model.errors import StalePlan
from reconciler.model.fields import Field
from reconciler.model.sensitive import Salt
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import UnverifiedField
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action
from reconciler.plan.values import as_text, before_and_after, salt

_OTHER_TOKEN = "it was made with another token, and people's numbers are known by hashes that only that token makes"


def still_valid(saved: Plan, fresh: Plan) -> tuple[Plan, tuple[str, ...]]:
    """Exactly the steps of the saved plan, with values from the files, and notices of what else moved.

    `fresh` is a plan of the same files made just now. Raises StalePlan if any step of the saved plan would no
    longer do what was approved: a field is not at its `before`, a status moved, a file says something else.
    """
    if saved.key_name and saved.key_name != fresh.key_name:
        raise StalePlan([_OTHER_TOKEN])
    now = {campaign.file: campaign for campaign in fresh.campaigns}
    moves = [
        move
        for was in saved.campaigns
        for move in _moves(was, now[was.file], _salt(was, fresh), removes=saved.allow_dnc_removals)
    ]
    if moves:
        raise StalePlan(moves)
    steps = tuple(_only(was, now[was.file]) for was in saved.campaigns)
    notices = [note for was in saved.campaigns for note in _elsewhere(was, now[was.file])]
    return replace(saved, campaigns=steps), tuple(notices)


def _salt(was: CampaignPlan, fresh: Plan) -> Salt:
    return salt(fresh.base_url, was.id or was.name, fresh.key)


def _moves(was: CampaignPlan, now: CampaignPlan, salted: Salt, *, removes: bool) -> Iterator[str]:
    """What moved since the plan was made, and matters to its steps; where there are none, only the file does."""
    if not was.has_steps and (was.errors or now.errors or was.id != now.id):
        return
    if now.errors and not was.errors:
        yield from (f"{was.file}: {error}" for error in now.errors)
        return
    if was.id != now.id:
        yield f"{was.file}: {_identity(was)} when planned, {_identity(now)} now"
        return
    for name in sorted(was.managed.keys() | now.managed.keys()):
        if was.managed.get(name) != now.managed.get(name):
            yield f"{was.file}: the file says something else about {name} than when it was planned"
    if was.has_steps and was.live_status != now.live_status and not _is_reached(was, now):
        yield f"{was.name} ({was.file}): status was {was.live_status} when planned, is {now.live_status} now"
    yield from _moved_fields(was, now, salted, removes=removes)


def _is_reached(was: CampaignPlan, now: CampaignPlan) -> bool:
    """Whether the status is at its `after` already: a run that was cut off is repeated."""
    return was.status is not None and now.live_status == was.status.after


def _moved_fields(was: CampaignPlan, now: CampaignPlan, salted: Salt, *, removes: bool) -> Iterator[str]:
    """The fields to be changed that are neither at their `before` any more, nor at their `after` already."""
    found = {change.field.name: change for change in now.changes}
    withheld = {one.field.name: one.reason for one in now.withheld}
    hidden = {one.field.name for one in now.unverified}
    for change in was.changes:
        field, is_now = change.field, found.get(change.field.name)
        if field.adds_to_live and not removes and field.name not in withheld:
            continue  # more people on it than planned is fine, and nobody is taken off
        before = before_and_after(field, change.before, change.after, salted)[0]
        if is_now is None:
            if field.name in withheld:
                yield f"{was.name} ({was.file}): {field.name} is withheld by now: {withheld[field.name]}"
            elif field.name in hidden:
                yield f"{was.name} ({was.file}): {field.name} was shown when planned, and is not by now"
        elif before_and_after(field, is_now.before, is_now.after, salted)[0] != before:
            yield _moved(was, field, change.before, is_now.before)


def _identity(campaign: CampaignPlan) -> str:
    return f"campaign {campaign.id}" if campaign.id else "no live campaign of this name"


def _moved(was: CampaignPlan, field: Field, before: Canonical, current: Canonical) -> str:
    if field.is_sensitive:
        return f"{was.name} ({was.file}): {field.name} is not what it was when planned"
    told = (as_text(field, value) for value in (before, current))
    return "{} ({}): {} was {} when planned, is {} now".format(was.name, was.file, field.name, *told)


def _only(was: CampaignPlan, now: CampaignPlan) -> CampaignPlan:
    """The campaign as it is now, cut down to the steps that were planned."""
    planned = _planned(was)
    changes = tuple(change for change in now.changes if change.field.name in planned)
    is_update = was.action in (Action.UPDATE, Action.NONE)
    return replace(
        now,
        action=(Action.UPDATE if changes else Action.NONE) if is_update else was.action,
        changes=changes,
        status=None if _is_reached(was, now) else was.status,
        unverified=_unverified(was, now),
        errors=now.errors if was.has_steps else was.errors,
    )


def _planned(was: CampaignPlan) -> frozenset[str]:
    """The fields whose values were to be sent: changes, and what nobody could verify and may see by now."""
    sent = [unverified.field.name for unverified in was.unverified if unverified.may_send]
    return frozenset([change.field.name for change in was.changes] + sent)


def _unverified(was: CampaignPlan, now: CampaignPlan) -> tuple[UnverifiedField, ...]:
    """The fields that nobody can check now; sent are those that were to be sent, and were not sent meanwhile."""
    planned = {unverified.field.name: unverified for unverified in was.unverified if unverified.hash}
    return tuple(
        _as_planned(planned[one.field.name], one)
        if one.field.name in planned
        else one._replace(may_send=False, send=False, is_new=False, hash="")
        for one in now.unverified
    )


def _as_planned(was: UnverifiedField, now: UnverifiedField) -> UnverifiedField:
    """A field that nobody can check, now as then; what is new because of a branch was known only then."""
    send = was.send and now.send
    return now._replace(send=send, is_new=send and (was.is_new or now.is_new))


def _elsewhere(was: CampaignPlan, now: CampaignPlan) -> Iterator[str]:
    """What else differs by now, and what nobody could see when the plan was made."""
    planned, changed = _planned(was), {change.field.name for change in was.changes}
    for change in now.changes:
        name = change.field.name
        if name not in planned:
            yield f"{was.name}: {name} differs from the file by now; the plan does not touch it"
        elif name not in changed:
            yield f"{was.name}: {name} is shown by now, and differs from the file: it is sent, as planned"

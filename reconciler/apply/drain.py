"""Updates a campaign: its PUTs, and the pause that they take where calls are queued."""

from __future__ import annotations

from reconciler.api.base_url import canonical_base_url
from reconciler.apply import pausing, resuming
from reconciler.apply.context import PauseEntry
from reconciler.apply.failures import Deferred
from reconciler.apply.pause import Pause
from reconciler.apply.update import UpdateQueue
from reconciler.apply.updates import updates_of
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.errors import Refused
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change


def update(work: CampaignWork) -> None:
    """Every PUT of the campaign, with whatever a conflict takes, and a look at what the API kept.

    Raises Deferred where it has to wait, the conflict itself where a pause cannot help, Overtaken, and NotKept.
    """
    queue = UpdateQueue(work, list(updates_of(work)))
    conflict = queue.send()
    if conflict is None:
        return
    if work.session.status == Status.PAUSED:
        queue.drain()
    else:
        _check_pause(work, conflict)
        _while_paused(work, queue)
    queue.verify()


def _check_pause(work: CampaignWork, conflict: Refused) -> None:
    """Whether the campaign may be paused for its update; raises Deferred, or the conflict."""
    session = work.session
    if session.status != Status.ACTIVE:
        raise conflict
    if not work.options.may_pause:
        msg = "calls are queued, and pausing is not allowed here (--no-pause)"
        raise Deferred(msg) from conflict
    if hold := session.hold:
        msg = f"calls are queued, and it is not paused for this: {hold.told(session.clock.stamp())}"
        raise Deferred(msg) from conflict
    if found := work.pause_waits():
        work.put_off = found
        msg = f"calls are queued, and it is not paused for this now: {found.reason}"
        raise Deferred(msg) from conflict
    if session.look() != Status.ACTIVE:
        session.notices.append(f"somebody made the campaign {session.status} meanwhile: it was not touched")
        raise conflict


def _while_paused(work: CampaignWork, queue: UpdateQueue) -> None:
    """Pause, send, put back. Whatever happens after the journal was written, the status is put back."""
    session = work.session
    work.pause = pause = Pause.planned(session, _entry(work))
    if not pausing.begin(pause):
        session.notices.append("somebody paused the campaign meanwhile: it stays so")
        work.pause = None
        queue.drain()
        return
    wanted = Status(work.campaign.status.after) if work.campaign.status else Status.ACTIVE
    try:
        queue.drain(lambda: pausing.check(pause))
        if wanted in FINISHED:
            queue.verify()  # nothing can be mended once it has ended
        pause.target = wanted
    finally:
        resuming.end(pause)


def _entry(work: CampaignWork) -> PauseEntry:
    """What the journal is to hold of this campaign, which is active, from now on."""
    context = work.session.context
    return PauseEntry(
        work.session.id,
        canonical_base_url(work.base_url),
        Status.ACTIVE,
        context.clock.stamp(),
        "to change " + ", ".join(_wanted_now(work.campaign)),
        context.token_env,
        work.campaign.name,
        context.token,
        work.campaign.file,
    )


def _wanted_now(campaign: CampaignPlan) -> list[str]:
    """The fields that a pause is for: what changes, and what nobody can verify but is known to be new."""
    return [one.field.name for one in campaign.sent if isinstance(one, Change) or one.is_new]

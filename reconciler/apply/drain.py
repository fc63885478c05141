"""Updates a campaign: its PUTs, and the pause that they take where calls are queued."""

from __future__ import annotations

from reconciler.apply.failures import Deferred
from reconciler.apply.update import UpdateQueue
from reconciler.apply.updates import updates_of
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.errors import Refused
from reconciler.plan.plan import CampaignPlan


def update(work: CampaignWork) -> None:
    """Every PUT of the campaign, with whatever a conflict takes, and a look at what the API kept.

    Raises Deferred where it has to wait, the conflict itself where a pause cannot help, and NotKept.
    """
    queue = UpdateQueue(work, list(updates_of(work)))
    conflict = queue.send()
    if conflict is None:
        return
    session = work.session
    if session.status == Status.PAUSED:
        queue.drain()
        queue.verify()
        return
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
    if session.look() != Status.ACTIVE:
        session.notices.append(f"somebody made the campaign {session.status} meanwhile: it was not touched")
        raise conflict


def _while_paused(work: CampaignWork, queue: UpdateQueue) -> None:
    """Pause, send, put back. Whatever happens after the journal was written, the status is put back."""
    session, clock = work.session, work.session.clock
    entry = session.entry(work.base_url, _reason(work.campaign))
    wanted = Status(work.campaign.status.after) if work.campaign.status else Status.ACTIVE
    target, began = Status.ACTIVE, clock.now()
    try:
        session.pause(entry)
        try:
            queue.drain()
            if wanted in FINISHED:
                queue.verify()  # nothing can be mended once it has ended
            target = wanted
        finally:
            session.put_back(entry, target)
    finally:
        work.seconds_paused = clock.now() - began


def _reason(campaign: CampaignPlan) -> str:
    return "to change " + ", ".join(change.field.name for change in campaign.changes)

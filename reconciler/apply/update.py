"""Updates a campaign: the PUT, and the pause that it takes where calls are queued."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.api.answers import ApiAnswer, read_status
from reconciler.api.endpoints import ACTIVE_CALLS, update_campaign
from reconciler.apply.failures import Deferred
from reconciler.apply.pause import backoff
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.document import Value
from reconciler.model.errors import Refused
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.plan.diff import UnverifiedField
from reconciler.plan.plan import CampaignPlan

_CONFLICT = 409


def update_if_possible(work: CampaignWork) -> None:
    """The update; the end of a campaign does not wait for fields that nobody can verify."""
    status = work.campaign.status
    try:
        _update(work)
    except Deferred as deferred:
        if work.campaign.changes or not (status and status.after in FINISHED):
            raise
        work.session.notices.append(f"not updated: {deferred}")


def _update(work: CampaignWork) -> None:
    """The PUT, with whatever a conflict takes, and a look at what the API kept."""
    body = diff.body_of(work.campaign.sent)
    answer = _put(work, body)
    if isinstance(answer, ApiAnswer):
        work.verify(body, answer)
    else:
        _after_conflict(work, body, answer)
    work.remember([c for c in work.campaign.sent if isinstance(c, UnverifiedField) or c.field.name in work.unseen])


def _after_conflict(work: CampaignWork, body: Mapping[str, Value], conflict: Refused) -> None:
    """Wait for queued calls, with a pause where there is none yet. Raises Deferred, or the conflict itself."""
    session = work.session
    if not work.campaign.changes:
        msg = "calls are queued, and the update holds nothing but unverified fields: it is not worth a pause"
        raise Deferred(msg) from conflict
    if session.status == Status.PAUSED:
        work.verify(body, _put_until_drained(work, body))
        return
    if session.status != Status.ACTIVE:
        raise conflict
    if not work.options.may_pause:
        msg = "calls are queued, and pausing is not allowed here (--no-pause)"
        raise Deferred(msg) from conflict
    if session.look() != Status.ACTIVE:
        session.notices.append(f"somebody made the campaign {session.status} meanwhile: it was not touched")
        raise conflict
    _put_while_paused(work, body)


def _put_while_paused(work: CampaignWork, body: Mapping[str, Value]) -> None:
    """Pause, change, put back. Whatever happens after the journal was written, the status is put back."""
    session, clock = work.session, work.session.clock
    entry = session.entry(work.base_url, _reason(work.campaign))
    wanted = _wanted(work)
    target, is_paused = Status.ACTIVE, False
    began = clock.now()
    try:
        session.pause(entry)
        try:
            answer = _put_until_drained(work, body)
            if wanted in FINISHED:
                work.verify(body, answer)  # nothing can be mended once it has ended
            target, is_paused = wanted, read_status(answer) == Status.PAUSED
        finally:
            session.put_back(entry, target, is_paused=is_paused)
    finally:
        work.seconds_paused = clock.now() - began
    if wanted not in FINISHED:
        work.verify(body, answer)


def _wanted(work: CampaignWork) -> Status:
    """The status that the campaign ends with when all went well."""
    return Status(work.campaign.status.after) if work.campaign.status else Status.ACTIVE


def _put_until_drained(work: CampaignWork, body: Mapping[str, Value]) -> ApiAnswer:
    """Repeat the PUT to a paused campaign, with growing waits, until its queue is empty or the time is over."""
    clock = work.session.clock
    deadline = clock.now() + work.options.drain_timeout
    for wait in backoff(0.5, 10.0):
        answer = _put(work, body)
        if isinstance(answer, ApiAnswer):
            return answer
        left = deadline - clock.now()
        if left <= 0:
            msg = f"calls were still queued after {work.options.drain_timeout:g} s of waiting: nothing was updated"
            raise Deferred(msg) from answer
        clock.wait(min(wait, left))
    raise AssertionError  # pragma: no cover - the waits never end


def _put(work: CampaignWork, body: Mapping[str, Value]) -> ApiAnswer | Refused:
    """The PUT: its answer, or the one refusal that a pause can help with. Anything else is raised."""
    try:
        answer = work.session.send(update_campaign(work.session.id, body))
    except Refused as refused:
        if not _is_conflict(refused):
            raise
        return refused
    work.session.done.append(f"updated {count(len(body), 'field')}")
    return answer


def _is_conflict(refused: Refused) -> bool:
    """The one refusal that a pause can help with; every other 409 is a failure."""
    return refused.status == _CONFLICT and refused.code == ACTIVE_CALLS


def _reason(campaign: CampaignPlan) -> str:
    return "to change " + ", ".join(change.field.name for change in campaign.changes)

"""Ends holds: what of them is resumed, what stays held, and the resume itself."""

from __future__ import annotations

from dataclasses import replace

from reconciler.apply.context import ApplyContext, NoHolds
from reconciler.apply.failures import failure_of
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.session import CampaignSession
from reconciler.model.campaign import Status
from reconciler.model.errors import ApiError, Interrupted
from reconciler.model.holds import Hold, Selected, Stopped, both


def to_resume(hold: Hold, asked: Selected) -> tuple[Stopped, ...]:
    """What of a hold is to be resumed: what its stop paused, as far as it is asked for."""
    if left_of(hold, asked) is None:
        return hold.stopped
    return tuple(one for one in hold.stopped if asked.covers(one.id, one.name))


def left_of(hold: Hold, asked: Selected) -> Hold | None:
    """What is left of a hold once what is asked for is released: nothing, a part, or all of it."""
    selected = hold.selected
    names, ids, paths = (set(getattr(selected, key)) - set(getattr(asked, key)) for key in ("names", "ids", "paths"))
    ids = {one for one in ids if not any(s.id == one and asked.covers(s.id, s.name) for s in hold.stopped)}
    if asked.everything or not (selected.everything or names or ids or paths):
        return None
    stopped = tuple(one for one in hold.stopped if not asked.covers(one.id, one.name))
    touches = (
        len(stopped) < len(hold.stopped)
        or any(selected.covers(one, "") for one in asked.ids)
        or any(selected.covers(None, one) for one in asked.names)
        or any(selected.covers(None, "", one) for one in asked.paths)
    )
    return replace(hold, stopped=stopped, released=both(hold.released, asked)) if touches else hold


def resume_stopped(one: Stopped, context: ApplyContext) -> Outcome:
    """Resume what a stop paused, after a look: only what is still paused. Nothing is raised."""
    session = CampaignSession(one.id, one.name or one.id, context._replace(holds=NoHolds()))
    failure = None
    try:
        seen = session.look()
        if seen == Status.PAUSED and one.status_before == Status.ACTIVE:
            session.set_status(Status.ACTIVE)
            session.did("it is active again")
        else:
            session.notices.append(f"it is {seen}: it was left so")
    except (ApiError, Interrupted) as error:
        failure = Failure(f"{failure_of(error).message}; it stays held: run this again")
    return session.outcome(Result.FAILED if failure else Result.APPLIED, failure)

"""Puts back what an interrupted run left paused, as the journal says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.apply.context import ApplyContext, PauseEntry
from reconciler.apply.failures import failure_of
from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.pause import CampaignSession
from reconciler.model.errors import LeftPaused


def recover(entries: Iterable[PauseEntry], context: ApplyContext) -> Iterator[Outcome]:
    """Resume what the journal says that we paused, if it is still paused; anything else is reported and cleared."""
    for entry in entries:
        yield _put_back(entry, CampaignSession(entry.campaign, entry.campaign, context))


def _put_back(entry: PauseEntry, session: CampaignSession) -> Outcome:
    """Put one campaign back as it was before our pause; what became of it."""
    result, failure = Result.APPLIED, None
    try:
        session.put_back(entry, entry.status_before)
    except LeftPaused as error:
        result, failure = Result.LEFT_PAUSED, failure_of(error)
    if session.status == entry.status_before:
        session.done.append(f"it is {session.status} again (paused at {entry.at} {entry.reason})")
    return Outcome(
        id=entry.campaign,
        name=session.name,
        file="",
        result=result,
        done=tuple(session.done),
        notices=tuple(session.notices),
        failure=failure,
        requests=session.requests,
        retries=session.retries,
    )

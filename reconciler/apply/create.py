"""Creates a campaign: one POST, never twice.

Names are all that a file without an id has, and other pipelines may have the same file: the name is looked up just
before the POST, and after every answer that leaves it open whether the campaign was made.
"""

from __future__ import annotations

import functools

from reconciler.api.answers import ApiAnswer, read_campaign
from reconciler.api.endpoints import Request, create_campaign
from reconciler.apply.failures import Overtaken
from reconciler.apply.session import LAG, backoff
from reconciler.apply.update import verified
from reconciler.apply.work import CampaignWork
from reconciler.live.lookup import find_by_name, search_by_name
from reconciler.model.campaign import Live, Status
from reconciler.model.errors import ApiError, Interrupted, Proof, UnexpectedAnswer
from reconciler.plan import diff

# Tries of a creation that are turned away (429, no connection) before it is given up.
_MOST_TURNS = 10


def create(work: CampaignWork) -> None:
    """The POST, and a look at what the API kept.

    Raises Overtaken where somebody made a campaign of this name since it was planned, ApiError where none was made or
    nobody can tell, and NotKept.
    """
    body = diff.body_of(work.campaign.changes)
    answer, live = _posted(work, create_campaign(body))
    session = work.session
    session.id, session.status = live.id, live.status or Status.DRAFT
    work.is_created = True
    work.carried_out.extend(work.campaign.changes)
    session.did(f"created as {session.status}, id {live.id}")
    verified(session.clock, functools.partial(work.verify, body), answer)
    work.remember(work.campaign.changes)


def _posted(work: CampaignWork, request: Request) -> tuple[ApiAnswer, Live]:
    """The POST, each try after a look, until it is known whether there is a campaign: its answer, and the campaign."""
    session = work.session
    for left, wait in zip(range(_MOST_TURNS, 0, -1), backoff(0.5, 5.0), strict=False):  # pragma: no branch - see below
        _check_name(work)
        try:
            answer = session.send(request, once=True)
            return answer, read_campaign(request, answer)
        except ApiError as error:
            if error.proof is Proof.UNKNOWN:
                return ApiAnswer({}), _looked_up(work, error)
            if error.proof is Proof.REFUSED or left == 1:
                raise
        session.clock.wait(wait)
    raise AssertionError  # pragma: no cover - the last try ends it


def _check_name(work: CampaignWork) -> None:
    """Raise Overtaken where a live campaign bears the name by now: whoever made it, it is not made again."""
    send = work.session.send
    found = search_by_name(work.campaign.name, lambda requests: [send(request) for request in requests])
    if found:
        ids = ", ".join(sorted(live.id for live in found))
        msg = f"somebody created a campaign of this name meanwhile (id {ids}): nothing was sent, plan again"
        raise Overtaken(msg)


def _looked_up(work: CampaignWork, error: ApiError) -> Live:
    """The campaign that a POST without a proof made, looked for some seconds, since reads may lag behind writes.

    Raises `error` where there is none: the POST may arrive yet, and is not sent again.
    """
    clock = work.session.clock
    until = clock.now() + LAG
    for wait in backoff(0.2, 1.0):  # pragma: no branch - the waits never end
        found = _named(work)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(sorted(live.id for live in found))
            msg = f"{error}; {len(found)} live campaigns bear its name by now ({ids}): put the right id into the file"
            raise UnexpectedAnswer(error.request, msg) from error
        if clock.now() >= until:
            raise error
        try:
            clock.wait(wait)
        except Interrupted:
            raise error from None
    raise AssertionError  # pragma: no cover - see above


def _named(work: CampaignWork) -> tuple[Live, ...]:
    """The live campaigns of this name; none where the list cannot be had now. Sent even when we were asked to stop."""
    send = work.session.send
    try:
        return find_by_name(work.campaign.name, lambda pages: [send(page, urgent=True, once=True) for page in pages])
    except ApiError:
        return ()

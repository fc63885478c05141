"""Creates a campaign: one POST, never twice."""

from __future__ import annotations

from reconciler.api.answers import ApiAnswer, read_campaign
from reconciler.api.endpoints import create_campaign
from reconciler.apply.work import CampaignWork
from reconciler.live.lookup import find_by_name
from reconciler.model.campaign import Live, Status
from reconciler.model.errors import ApiError, Proof, UnexpectedAnswer
from reconciler.plan import diff


def create(work: CampaignWork) -> None:
    """The POST, never twice: after a lost answer the campaign is looked up by its name."""
    body = diff.body_of(work.campaign.changes)
    request = create_campaign(body)
    session = work.session
    try:
        answer = session.send(request)
        live = read_campaign(request, answer)
    except ApiError as error:
        if error.is_certain or error.proof is Proof.NOT_SENT:
            raise
        answer, live = ApiAnswer({}), _looked_up(work, error)
    session.id, session.status = live.id, live.status or Status.DRAFT
    work.is_created = True
    work.carried_out.extend(work.campaign.changes)
    session.done.append(f"created as {session.status}, id {live.id}")
    work.verify(body, answer)
    work.remember(work.campaign.changes)


def _looked_up(work: CampaignWork, error: ApiError) -> Live:
    """The campaign that a POST without an answer made; raises `error` where there is none."""
    send = work.session.send
    found = find_by_name(work.campaign.name, lambda requests: [send(request) for request in requests])
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(live.id for live in found))
        msg = f"{error}; {len(found)} live campaigns bear its name by now ({ids}): put the right id into the file"
        raise UnexpectedAnswer(error.request, msg) from error
    raise error

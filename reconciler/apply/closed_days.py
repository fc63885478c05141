"""Pauses over days without calls: ours, with an entry of their own in the journal, so that their end is ours, too.

Such an entry has no age, and nothing heals it: it stays until the days are over, or until the pause is somebody
else's affair. What a person paused has no entry, and is not resumed by us.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import CLOSED, Journal, PauseEntry
from reconciler.apply.failures import Overtaken
from reconciler.apply.outcome import Outcome
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import Status
from reconciler.model.errors import ApiError
from reconciler.plan.campaign_plan import CampaignPlan


def pause_over_them(work: CampaignWork, because: str) -> None:
    """Pause the campaign, which is active, over days without calls. Raises what `CampaignWork.step_to` does."""
    session = work.session
    entry = PauseEntry(
        session.id,
        canonical_base_url(work.base_url),
        Status.ACTIVE,
        session.clock.stamp(),
        because,
        session.context.token_env,
        work.campaign.name,
        session.context.token,
        work.campaign.file,
        CLOSED,
    )
    session.context.journal.announce(entry)
    try:
        work.step_to(Status.PAUSED)
    except Overtaken:
        session.context.journal.clear(entry)
        raise
    except ApiError as error:
        if error.is_certain:
            session.context.journal.clear(entry)
        raise


def forget_what_is_over(
    entries: Iterable[PauseEntry], done: Iterable[tuple[CampaignPlan, Outcome]], journal: Journal
) -> None:
    """Strike off the pauses that are no more ours to end: the campaign is not paused, or its file does not want calls.

    `done` are campaigns as they were planned, and what became of them. A start that was planned and not made, since
    somebody stopped the campaign meanwhile, ends no pause: it stays ours, and an apply after the release ends it.
    """
    by_id = {one.id.casefold(): (one, outcome) for one, outcome in done if one.id and not one.errors}
    for entry in entries:
        if (found := by_id.get(entry.campaign.casefold())) is None:
            continue
        campaign, outcome = found
        status = outcome.status.after if outcome.status else campaign.live_status
        wanted = campaign.desired.document.values.get("status", Status.ACTIVE)  # without a status: what it was before
        if status != Status.PAUSED or wanted != Status.ACTIVE:
            journal.clear(entry)

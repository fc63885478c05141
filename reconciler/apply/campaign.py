"""Carries a plan out with the `send`, the journal and the clock that it is given; yields outcomes.

A campaign that we pause is put back on every way out: after success, failure, a timeout or a signal. The
journal is on the disk before the pause and cleared after the resume, so that the next run can do it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.apply.context import ApplyContext, ApplyOptions
from reconciler.apply.create import create
from reconciler.apply.drain import update
from reconciler.apply.failures import Deferred, failure_of
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.pause import CampaignSession
from reconciler.apply.work import CampaignWork
from reconciler.model.errors import Interrupted, LeftPaused, ReconcilerError
from reconciler.model.fields import Fields
from reconciler.plan.plan import Action, CampaignPlan, Plan

START_PUT_OFF = (
    "its calls are not started: nobody has said yes to that; type yes at apply's question, apply a saved plan with "
    "--plan, name what was seen with --expect, or pass --allow-start"
)

Run = Callable[[Callable[[CampaignPlan], Outcome], Iterable[CampaignPlan]], Iterable[Outcome]]


def apply(
    plan: Plan, fields: Fields, context: ApplyContext, options: ApplyOptions, run: Run = map
) -> Iterator[Outcome]:
    """Carry out every campaign of the plan with `run`, which may do several at once; outcomes as they come."""
    yield from run(lambda campaign: apply_campaign(campaign, plan.base_url, fields, context, options), plan.campaigns)


def apply_campaign(
    campaign: CampaignPlan, base_url: str, fields: Fields, context: ApplyContext, options: ApplyOptions
) -> Outcome:
    """Carry out one campaign. What goes wrong is in the outcome; only what ends the process is raised."""
    session = CampaignSession(campaign.id or "", campaign.name, context)
    work = CampaignWork(campaign, base_url, fields, options, session)
    if campaign.action is Action.ERROR:
        return work.outcome(Result.FAILED, Failure("; ".join(campaign.errors)))
    if not campaign.has_steps:
        return work.outcome(Result.UNCHANGED)
    try:
        _carry_out(work)
    except LeftPaused as error:
        return work.outcome(Result.LEFT_PAUSED, failure_of(error, campaign))
    except Deferred as error:
        return work.outcome(Result.DEFERRED, failure_of(error, campaign))
    except Interrupted as error:
        return work.outcome(Result.FAILED if session.requests else Result.NOT_ATTEMPTED, Failure(str(error)))
    except ReconcilerError as error:
        return work.outcome(Result.FAILED, failure_of(error, campaign))
    return work.outcome(Result.APPLIED)


def _carry_out(work: CampaignWork) -> None:
    """Every step of this campaign: creation, or a pause that the file wants and the PUT; then the status."""
    campaign, session = work.campaign, work.session
    wanted = campaign.status
    session.status = campaign.live_status
    if wanted and campaign.pauses_first:
        work.step_to(wanted.after)
    if campaign.action is Action.CREATE:
        create(work)
    elif campaign.sent:
        update(work)
    if wanted and session.status != wanted.after:
        if campaign.starts and not work.options.may_start:
            raise Deferred(START_PUT_OFF)
        work.step_to(wanted.after)

"""Carries a plan out with the `send`, the journal and the clock that it is given; yields outcomes.

A campaign that we pause is put back on every way out: after success, failure, a timeout or a signal. The
journal is on the disk before the pause and cleared after the resume, so that the next run can do it otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

from reconciler.apply import closed_days, resuming, when_closed
from reconciler.apply.context import ApplyContext, ApplyOptions, seconds_since
from reconciler.apply.create import create
from reconciler.apply.drain import update
from reconciler.apply.failures import Deferred, failure_of
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.session import CampaignSession, Held
from reconciler.apply.when_closed import CarryOut
from reconciler.apply.work import CampaignWork
from reconciler.model.campaign import Status
from reconciler.model.errors import Interrupted, LeftPaused, ReconcilerError
from reconciler.model.fields import Fields
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Direction
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action

START_PUT_OFF = (
    "its calls are not started: nobody has said yes to that; type yes at apply's question, apply a saved plan with "
    "--plan, name what was seen with --expect, or pass --allow-start"
)

Run = Callable[[Callable[[CampaignWork], Outcome], Iterable[CampaignWork]], Iterable[Outcome]]
_UNDER_WAY = "the work on it was under way when this was written, and no end of it was written since"
_WAITED = "it waited when this was written, and no end of that was written since"
_STUCK = "stopped while a request had no answer yet: it may have worked; plan again to see"


def apply(
    plan: Plan, fields: Fields, context: ApplyContext, options: ApplyOptions, run: Run = map
) -> Iterator[Outcome]:
    """Carry out every campaign of the plan with `run`, which may do several at once; outcomes as they come.

    What stops calls comes first, then what tightens; what loosens and what starts calls comes last. What may pause may
    have to wait for closed hours.
    """
    planned_for = seconds_since(plan.created_at, context.clock.stamp())
    seen = -math.inf if planned_for is None else context.clock.now() - planned_for

    def session(one: CampaignPlan) -> CampaignSession:
        return CampaignSession(one.id or "", one.name, context, file=one.file, stamp=one.stamp, stamp_seen=seen)

    works = [
        CampaignWork(campaign, plan.base_url, fields, options, session(campaign))
        for campaign in sorted(plan.campaigns, key=_urgency)
    ]
    if options.when_closed is None:
        yield from run(apply_campaign, works)
        return

    def as_outcomes(carry_out: CarryOut, those: Iterable[CampaignWork]) -> Iterable[Outcome]:
        return run(lambda work: apply_campaign(work, carry_out), those)

    yield from when_closed.in_gaps(works, as_outcomes, _carry_out, options.when_closed)


def _urgency(campaign: CampaignPlan) -> int:
    """How early a campaign is to be begun: of hundreds, those that spare people go before those that reach more."""
    status = campaign.status
    answers = (
        status is not None and status.before == Status.ACTIVE and status.after != Status.ACTIVE,
        not campaign.loosens and any(change.direction is Direction.TIGHTENS for change in campaign.changes),
        not (campaign.loosens or campaign.starts or campaign.action is Action.CREATE),
        not campaign.starts,
    )
    return next((rank for rank, answer in enumerate(answers) if answer), len(answers))


def apply_campaign(work: CampaignWork, carry_out: CarryOut | None = None) -> Outcome:
    """Carry out one campaign. What goes wrong is in the outcome; only what ends the process is raised."""
    campaign, session = work.campaign, work.session
    if campaign.action is Action.ERROR:
        return work.outcome(Result.FAILED, Failure("; ".join(campaign.errors)))
    if not campaign.has_steps and not campaign.withheld:
        return work.outcome(Result.UNCHANGED)
    try:
        (carry_out or _carry_out)(work)
    except LeftPaused as error:
        return work.outcome(Result.LEFT_PAUSED, failure_of(error, campaign, work.body))
    except Deferred as error:
        return work.outcome(Result.DEFERRED, failure_of(error, campaign, work.body))
    except Interrupted as error:
        return work.outcome(Result.FAILED if session.requests else Result.NOT_ATTEMPTED, Failure(str(error)))
    except ReconcilerError as error:
        return work.outcome(Result.FAILED, failure_of(error, campaign, work.body))
    return work.outcome(Result.APPLIED)


def rescue(work: CampaignWork) -> Outcome:
    """Put back a campaign whose work is stuck in a request while the run is stopped, and tell what was done of it."""
    try:
        if work.pause:
            resuming.end(work.pause)
    except LeftPaused as error:
        return work.outcome(Result.LEFT_PAUSED, Failure(f"{_STUCK}; {error}"))
    except ReconcilerError as error:
        return work.outcome(Result.FAILED, Failure(f"{_STUCK}; {error}"))
    return work.outcome(Result.FAILED, Failure(_STUCK))


def abandon(work: CampaignWork) -> Outcome:
    """What is told of a campaign whose rescue is stuck, too: what the journal holds is left paused."""
    is_open = work.pause is not None and work.pause.is_open
    return work.outcome(Result.LEFT_PAUSED if is_open else Result.FAILED, Failure(_STUCK))


def so_far(work: CampaignWork) -> Outcome:
    """What a report says of a campaign while the work on it goes on: what stays if the machine ends it here."""
    if work.put_off:
        return work.outcome(Result.DEFERRED, Failure(f"{_WAITED}: {work.put_off.reason}"))
    is_open = work.pause is not None and work.pause.is_open
    return work.outcome(Result.LEFT_PAUSED if is_open else Result.FAILED, Failure(_UNDER_WAY))


def _carry_out(work: CampaignWork) -> None:
    """Every step of this campaign: creation, or a pause that the file wants and the PUT; then the status."""
    campaign, session = work.campaign, work.session
    wanted = campaign.status
    session.status = campaign.live_status
    if wanted and campaign.pauses_first:
        if wanted.because:
            closed_days.pause_over_them(work, wanted.because)
        else:
            work.step_to(wanted.after)
    if campaign.action is Action.CREATE:
        create(work)
    elif campaign.sent:
        update(work)
    if wanted and session.status != wanted.after:
        _end(work, wanted.after)
    if campaign.withheld:
        raise Deferred(_withheld(campaign))


def _end(work: CampaignWork, status: str) -> None:
    """The status at the end. A start that somebody stopped is told, and no failure; raises Deferred."""
    campaign, session = work.campaign, work.session
    is_start = status == Status.ACTIVE
    try:
        if is_start and (hold := session.hold):
            session.notices.append(str(Held(hold, session.clock.stamp())))
            return
        needs_yes = is_start and not (campaign.status and campaign.status.is_ours)
        if needs_yes and campaign.withheld:
            raise Deferred(f"its calls are not started: {_withheld(campaign)}")
        if needs_yes and not work.options.may_start:
            raise Deferred(START_PUT_OFF)
        work.step_to(status)
    except Held as error:
        session.notices.append(str(error))


def _withheld(campaign: CampaignPlan) -> str:
    return "; ".join(map(str, campaign.withheld))

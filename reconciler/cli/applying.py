"""Acting on the campaigns of an environment, several at once: carrying a plan out, and putting back."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.recover import recover
from reconciler.cli.connection import Connection
from reconciler.cli.terminal import say
from reconciler.cli.workers import LAST_GRACE, run_concurrently
from reconciler.model.errors import StateError
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.render import text


def context_of(connection: Connection) -> ApplyContext:
    """What apply and recover act with."""
    return ApplyContext(connection.client.send, connection.state, connection.shutdown, say, connection.token_env)


def is_of(entry: PauseEntry, connection: Connection) -> bool:
    """Whether a campaign of the journal is one of this environment."""
    return (entry.base_url, entry.token_env) == (connection.base_url, connection.token_env)


def resumed(entries: Sequence[PauseEntry], connection: Connection) -> tuple[Outcome, ...]:
    """Put back what these entries say that we paused, and tell what became of it."""

    def work(entry: PauseEntry) -> Outcome:
        return next(recover([entry], context_of(connection)))

    outcomes = []
    workers = connection.client.settings.concurrency
    for number, done in run_concurrently(work, entries, workers, connection.shutdown, grace=LAST_GRACE):
        outcome = done or _stuck(entries[number].campaign, entries[number].campaign, "", Result.LEFT_PAUSED)
        say(text.outcome(outcome))
        outcomes.append(outcome)
    return tuple(outcomes)


def heal(connection: Connection) -> tuple[Outcome, ...]:
    """Resume what an earlier run paused and could not resume; entries of other environments are told and left."""
    entries = connection.state.entries()
    for entry in entries:
        if not is_of(entry, connection):
            where = f"{entry.base_url} ({entry.token_env})"
            say(f"the journal holds campaign {entry.campaign} of {where}: run `reconciler recover` for it")
    return resumed([entry for entry in entries if is_of(entry, connection)], connection)


def carried_out(
    plan: Plan, connection: Connection, options: ApplyOptions, tell: Callable[[Outcome], object], *, fail_fast: bool
) -> tuple[Outcome, ...]:
    """Apply the plan and tell the outcomes as they come; they are returned in the plan's order."""
    outcomes: dict[str, Outcome] = {}
    gate = _Gate()
    run = functools.partial(_run, connection, gate)
    for outcome in apply(plan, campaign_fields(), context_of(connection), options, run):
        outcomes[outcome.file] = outcome
        tell(outcome)
        if fail_fast and outcome.result not in (Result.APPLIED, Result.UNCHANGED):
            gate.closed_by = f"{outcome.name} {outcome.result}, and --fail-fast was given"
    return tuple(outcomes[campaign.file] for campaign in plan.campaigns)


@dataclass(slots=True)
class _Gate:
    """Whether further campaigns may begin."""

    closed_by: str = ""


def _run(
    connection: Connection, gate: _Gate, work: Callable[[CampaignPlan], Outcome], campaigns: Iterable[CampaignPlan]
) -> Iterator[Outcome]:
    """Several campaigns at once. One that is stuck in a request when we are asked to stop is put back from here."""
    todo = tuple(campaigns)

    def begun(campaign: CampaignPlan) -> Outcome:
        if gate.closed_by and campaign.has_steps:
            reason = Failure(gate.closed_by)
            return Outcome(campaign.id, campaign.name, campaign.file, Result.NOT_ATTEMPTED, failure=reason)
        return work(campaign)

    stuck = []
    for number, outcome in run_concurrently(begun, todo, connection.client.settings.concurrency, connection.shutdown):
        if outcome:
            yield outcome
        else:
            stuck.append(todo[number])
    rescue = functools.partial(_abandoned, connection)
    for number, outcome in run_concurrently(rescue, stuck, len(stuck), connection.shutdown, grace=LAST_GRACE):
        yield outcome or _stuck(stuck[number].id, stuck[number].name, stuck[number].file, Result.LEFT_PAUSED)


def _abandoned(connection: Connection, campaign: CampaignPlan) -> Outcome:
    """Put back a campaign that is stuck in a request; one that was not paused by then may still become so."""
    try:
        paused = [entry for entry in connection.state.entries() if is_of(entry, connection)]
    except StateError as error:
        say(str(error))
        return _stuck(campaign.id, campaign.name, campaign.file, Result.LEFT_PAUSED)
    entries = [entry for entry in paused if entry.campaign == campaign.id]
    put_back = [next(recover([entry], context_of(connection))) for entry in entries]
    left = any(outcome.result is Result.LEFT_PAUSED for outcome in put_back)
    stuck = _stuck(campaign.id, campaign.name, campaign.file, Result.LEFT_PAUSED if left else Result.FAILED)
    with contextlib.suppress(StateError):
        for entry in entries:
            # The request without an answer may be the pause, and reach the API late: the next run looks again.
            connection.state.announce(entry)
    return replace(
        stuck,
        done=tuple(line for outcome in put_back for line in outcome.done),
        requests=sum(outcome.requests for outcome in put_back),
    )


def _stuck(campaign_id: str | None, name: str, file: str, result: Result) -> Outcome:
    message = "stopped while a request had no answer yet: it may have worked; plan again to see"
    return Outcome(campaign_id, name, file, result, failure=Failure(message))

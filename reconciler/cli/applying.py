"""Acting on the campaigns of an environment, several at once: carrying a plan out, and putting back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.campaign import abandon, apply, rescue
from reconciler.apply.context import ApplyContext, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.work import CampaignWork
from reconciler.cli.connection import Connection
from reconciler.cli.terminal import say, say_lines
from reconciler.cli.workers import LAST_GRACE, run_concurrently
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import Plan
from reconciler.render import text


def context_of(connection: Connection) -> ApplyContext:
    """What apply and recover act with."""
    return ApplyContext(
        connection.client.send,
        connection.state,
        connection.shutdown,
        say,
        connection.token_env,
        connection.token,
        connection.client.settings.timeout,
        connection.key,
    )


def is_of(entry: PauseEntry, connection: Connection) -> bool:
    """Whether a campaign of the journal is seen with the token of this environment."""
    if entry.base_url != canonical_base_url(connection.base_url):
        return False
    return entry.token == connection.token if entry.token else entry.token_env == connection.token_env


def resumed(
    entries: Sequence[PauseEntry],
    connection: Connection,
    put_back: Callable[[PauseEntry, ApplyContext], Outcome | None],
) -> tuple[Outcome, ...]:
    """Put back what these entries say that we paused, and tell what became of it."""
    context = context_of(connection)

    def work(entry: PauseEntry) -> tuple[Outcome | None]:
        return (put_back(entry, context),)

    outcomes = []
    workers = connection.client.settings.concurrency
    for number, done in run_concurrently(work, entries, workers, connection.shutdown, grace=LAST_GRACE):
        outcome = done[0] if done else _stuck(entries[number])
        if outcome:
            say_lines(text.outcome(outcome))
            outcomes.append(outcome)
    return tuple(outcomes)


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
    connection: Connection, gate: _Gate, work: Callable[[CampaignWork], Outcome], works: Iterable[CampaignWork]
) -> Iterator[Outcome]:
    """Several campaigns at once. One that is stuck in a request when we are asked to stop is put back from here."""
    todo = tuple(works)

    def begun(one: CampaignWork) -> Outcome:
        if gate.closed_by and one.campaign.has_steps:
            return one.outcome(Result.NOT_ATTEMPTED, Failure(gate.closed_by))
        return work(one)

    stuck = []
    for number, outcome in run_concurrently(begun, todo, connection.client.settings.concurrency, connection.shutdown):
        if outcome:
            yield outcome
        else:
            stuck.append(todo[number])
    for number, outcome in run_concurrently(rescue, stuck, len(stuck), connection.shutdown, grace=LAST_GRACE):
        yield outcome or abandon(stuck[number])


def _stuck(entry: PauseEntry) -> Outcome:
    name = entry.name or entry.campaign
    failure = Failure("stopped while a request had no answer yet: it may have worked")
    return Outcome(entry.campaign, name, entry.file, Result.LEFT_PAUSED, failure=failure)

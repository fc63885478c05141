"""Acting on the campaigns of an environment, several at once: carrying a plan out, and putting back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.campaign import abandon, apply, rescue, so_far
from reconciler.apply.closed_days import forget_what_is_over
from reconciler.apply.context import ApplyContext, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.work import CampaignWork
from reconciler.cli.connection import Connection
from reconciler.cli.terminal import say, say_lines
from reconciler.cli.workers import LAST_GRACE, run_concurrently
from reconciler.model.errors import StateError
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import Plan
from reconciler.render.outcomes import outcome_told


def _nothing() -> None:
    """Nobody wants to know."""


def context_of(connection: Connection, noted: Callable[[], None] = _nothing) -> ApplyContext:
    """What apply and recover act with; `noted` is called after every step that belongs into a report."""
    return ApplyContext(
        connection.client.send,
        connection.state,
        connection.shutdown,
        say,
        connection.token_env,
        connection.token,
        connection.client.settings.timeout,
        connection.key,
        noted,
        connection.client.limiter.pause_ended,
        connection.holds,
        connection.verdicts.note,
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
            say_lines(outcome_told(outcome))
            outcomes.append(outcome)
    return tuple(outcomes)


@dataclass(slots=True)
class PlanRun:
    """A plan that is being carried out: what became of campaigns, by their files, and what is at work on others.

    `noted` is called after every step that belongs into the report, by whoever made it.
    """

    plan: Plan
    connection: Connection
    options: ApplyOptions
    noted: Callable[[], None] = _nothing
    ended: dict[str, Outcome] = field(default_factory=dict)
    begun: dict[str, CampaignWork] = field(default_factory=dict)
    closed_by: str = ""

    def outcomes(self, tell: Callable[[Outcome], object], *, fail_fast: bool) -> tuple[Outcome, ...]:
        """Apply the plan and tell the outcomes as they come; they are returned in the plan's order."""
        context = context_of(self.connection, self.noted)._replace(closed_by=lambda: self.closed_by)
        self.connection.verdicts.forget(
            {campaign.id for campaign in self.plan.campaigns if campaign.id and campaign.sent}
        )
        for outcome in apply(self.plan, campaign_fields(), context, self.options, self._run):
            self.ended[outcome.file] = outcome
            self.noted()
            tell(outcome)
            if fail_fast and not outcome.put_off and outcome.result not in (Result.APPLIED, Result.UNCHANGED):
                self.closed_by = f"{outcome.name} {outcome.result}, and --fail-fast was given"
        self._forget_closed_days()
        return tuple(self.ended[campaign.file] for campaign in self.plan.campaigns)

    def _forget_closed_days(self) -> None:
        """Strike off the pauses over days without calls that were carried to their end, or became somebody else's."""
        well = {file: one for file, one in self.ended.items() if one.result in (Result.APPLIED, Result.UNCHANGED)}
        done = [(campaign, well[campaign.file]) for campaign in self.plan.campaigns if campaign.file in well]
        ours = [entry for entry in self.connection.state.closed() if is_of(entry, self.connection)]
        try:
            forget_what_is_over(ours, done, self.connection.state)
        except StateError as error:
            say(str(error))

    def so_far(self) -> tuple[Outcome, ...]:
        """What is done by now, of the campaigns that were begun, in the plan's order; for a report under way."""
        files = [campaign.file for campaign in self.plan.campaigns]
        begun = {file: so_far(work) for file, work in dict(self.begun).items()} | dict(self.ended)
        return tuple(begun[file] for file in files if file in begun)

    def _run(self, work: Callable[[CampaignWork], Outcome], works: Iterable[CampaignWork]) -> Iterator[Outcome]:
        """Several campaigns at once. One that is stuck in a request when we are to stop is put back from here."""
        todo = tuple(works)

        def begun(one: CampaignWork) -> Outcome:
            if self.closed_by and one.campaign.has_steps:
                return one.outcome(Result.NOT_ATTEMPTED, Failure(self.closed_by))
            if one.campaign.has_steps:
                self.begun[one.campaign.file] = one
            return work(one)

        shutdown, stuck = self.connection.shutdown, []
        for number, outcome in run_concurrently(begun, todo, self.connection.client.settings.concurrency, shutdown):
            if outcome:
                yield outcome
            else:
                stuck.append(todo[number])
        for number, outcome in run_concurrently(rescue, stuck, len(stuck), shutdown, grace=LAST_GRACE):
            yield outcome or abandon(stuck[number])


def _stuck(entry: PauseEntry) -> Outcome:
    name = entry.name or entry.campaign
    failure = Failure("stopped while a request had no answer yet: it may have worked")
    return Outcome(entry.campaign, name, entry.file, Result.LEFT_PAUSED, failure=failure)

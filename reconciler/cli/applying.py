"""What apply and recover share: acting on several campaigns at once, healing, and the report."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import __version__
from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions, PauseEntry
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.recover import recover
from reconciler.cli.planning import Connection, EnvironmentCampaigns
from reconciler.cli.shutdown import LAST_GRACE, run_concurrently
from reconciler.cli.terminal import has_colour, say, show
from reconciler.model.errors import LeftPaused, ReconcilerError, StateError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import CampaignPlan, Plan
from reconciler.render import json, text


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How apply shows itself and when it gives up."""

    form: str
    report: Path | None = None
    auto_approve: bool = False
    fail_fast: bool = False


def hands(place: Connection) -> ApplyContext:
    """What apply and recover act with."""
    return ApplyContext(place.client.send, place.state, place.ends, say, place.token_env)


def is_of(entry: PauseEntry, place: Connection) -> bool:
    """Whether a campaign of the journal is one of this environment."""
    return (entry.base_url, entry.token_env) == (place.base_url, place.token_env)


def resumed(entries: Sequence[PauseEntry], place: Connection) -> tuple[Outcome, ...]:
    """Put back what these entries say that we paused, and tell what became of it."""

    def work(entry: PauseEntry) -> Outcome:
        return next(recover([entry], hands(place)))

    outcomes = []
    workers = place.client.settings.concurrency
    for number, done in run_concurrently(work, entries, workers, place.ends, grace=LAST_GRACE):
        outcome = done or _stuck(entries[number].campaign, entries[number].campaign, "", Result.LEFT_PAUSED)
        say(text.outcome(outcome))
        outcomes.append(outcome)
    return tuple(outcomes)


def carried_out(plan: Plan, place: Connection, how: ApplyOptions, manner: ReportOptions) -> tuple[Outcome, ...]:
    """Apply the plan and show the outcomes as they come; they are returned in the plan's order."""
    outcomes: dict[str, Outcome] = {}
    gate = _Gate()
    for outcome in apply(plan, campaign_fields(), hands(place), how, functools.partial(_run, place, gate)):
        outcomes[outcome.file] = outcome
        if manner.form == "text" and outcome.result is not Result.UNCHANGED:
            show(text.outcome(outcome, colour=has_colour()))
        if manner.fail_fast and outcome.result not in (Result.APPLIED, Result.UNCHANGED):
            gate.closed_by = f"{outcome.name} {outcome.result}, and --fail-fast was given"
    return tuple(outcomes[campaign.file] for campaign in plan.campaigns)


@dataclass(slots=True)
class _Gate:
    """Whether further campaigns may begin."""

    closed_by: str = ""


def _run(
    place: Connection, gate: _Gate, work: Callable[[CampaignPlan], Outcome], campaigns: Iterable[CampaignPlan]
) -> Iterator[Outcome]:
    """Several campaigns at once. One that is stuck in a request when we are asked to stop is put back from here."""
    todo = tuple(campaigns)

    def begun(campaign: CampaignPlan) -> Outcome:
        if gate.closed_by and campaign.has_steps:
            reason = Failure(gate.closed_by)
            return Outcome(campaign.id, campaign.name, campaign.file, Result.NOT_ATTEMPTED, failure=reason)
        return work(campaign)

    stuck = []
    for number, outcome in run_concurrently(begun, todo, place.client.settings.concurrency, place.ends):
        if outcome:
            yield outcome
        else:
            stuck.append(todo[number])
    rescue = functools.partial(_abandoned, place)
    for number, outcome in run_concurrently(rescue, stuck, len(stuck), place.ends, grace=LAST_GRACE):
        yield outcome or _stuck(stuck[number].id, stuck[number].name, stuck[number].file, Result.LEFT_PAUSED)


def _abandoned(place: Connection, campaign: CampaignPlan) -> Outcome:
    """Put back a campaign that is stuck in a request; one that was not paused by then may still become so."""
    try:
        entries = [entry for entry in place.state.entries() if entry.campaign == campaign.id and is_of(entry, place)]
    except StateError as error:
        say(str(error))
        return _stuck(campaign.id, campaign.name, campaign.file, Result.LEFT_PAUSED)
    put_back = [next(recover([entry], hands(place))) for entry in entries]
    left = any(outcome.result is Result.LEFT_PAUSED for outcome in put_back)
    stuck = _stuck(campaign.id, campaign.name, campaign.file, Result.LEFT_PAUSED if left else Result.FAILED)
    with contextlib.suppress(StateError):
        for entry in entries:
            # The request without an answer may be the pause, and reach the API late: the next run looks again.
            place.state.announce(entry)
    return replace(
        stuck,
        done=tuple(line for outcome in put_back for line in outcome.done),
        requests=sum(outcome.requests for outcome in put_back),
    )


def _stuck(campaign: str | None, name: str, file: str, result: Result) -> Outcome:
    message = "stopped while a request had no answer yet: it may have worked; plan again to see"
    return Outcome(campaign, name, file, result, failure=Failure(message))


@dataclass(frozen=True, slots=True)
class EnvironmentRun:
    """What was done in one environment."""

    base_url: str
    began: str
    outcomes: tuple[Outcome, ...]
    digest: str | None = None
    error: ReconcilerError | None = None
    title: str = ""

    @property
    def exit_code(self) -> int:
        """3 where a campaign is left paused, 1 where something is not done, else 0."""
        results = {outcome.result for outcome in self.outcomes}
        if Result.LEFT_PAUSED in results:
            return LeftPaused.exit_code
        if self.error:
            return self.error.exit_code
        return 0 if results <= {Result.APPLIED, Result.UNCHANGED} else 1

    @property
    def is_begun(self) -> bool:
        """Whether anything was done at all."""
        return any(outcome.result is not Result.NOT_ATTEMPTED for outcome in self.outcomes)


def not_attempted(
    group: EnvironmentCampaigns, began: str, error: ReconcilerError, healed: Sequence[Outcome] = ()
) -> EnvironmentRun:
    """What is reported of an environment where an error came before anything was applied."""
    failure = Failure(str(error))
    left = [Outcome(one.id, one.label, one.file, Result.NOT_ATTEMPTED, failure=failure) for one in group.desired]
    return EnvironmentRun(
        group.environment.base_url, began, (*healed, *left), error=error, title=str(group.environment)
    )


def begin_report(manner: ReportOptions) -> None:
    """Make sure, before anything is written, that the report can be; raises UsageError."""
    if manner.report is None:
        return
    try:
        manner.report.write_text("", encoding="utf-8")
    except OSError as error:
        msg = f"the report cannot be written to {manner.report}: {error.strerror}"
        raise UsageError(msg) from None


def finish(runs: Sequence[EnvironmentRun], ended: str, manner: ReportOptions) -> int:
    """Write and show the report; returns the worst exit code of all environments, and at least 1 if that fails."""
    reports = [
        json.Report(run.base_url, run.digest, __version__, run.began, ended, run.exit_code, run.outcomes)
        for run in runs
    ]
    document = json.reports(reports)
    code = _worst(run.exit_code for run in runs)
    if manner.report:
        try:
            manner.report.write_text(document + "\n", encoding="utf-8")
        except OSError as error:
            say(f"the report cannot be written to {manner.report}: {error.strerror}")
            code = code or 1
    outcomes = [outcome for run in runs for outcome in run.outcomes]
    is_shown = manner.form == "json" or any(run.is_begun or not run.error for run in runs)
    told = document if manner.form == "json" else text.report(outcomes, colour=has_colour())
    return code if not is_shown or show(told) else code or 1


def _worst(codes: Iterable[int]) -> int:
    """A campaign that is left paused before everything else; 1, in part, where environments ended differently."""
    every = set(codes)
    if LeftPaused.exit_code in every:
        return LeftPaused.exit_code
    return every.pop() if len(every) == 1 else int(any(every))

"""`reconciler apply`: shows the plan, asks, carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.apply.context import ApplyOptions
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Outcome, Result
from reconciler.cli import approval, metrics, options
from reconciler.cli.applying import PlanRun
from reconciler.cli.approval import Terms, agreed_plan
from reconciler.cli.branching import BranchChanges
from reconciler.cli.closed_on import scope_of
from reconciler.cli.connection import Connection, connect
from reconciler.cli.environments import Environment, EnvironmentCampaigns, by_environment
from reconciler.cli.healing import FilesAtHand, JournalFirst, with_healed
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.option_groups import (
    CalendarOptions,
    CarryOutOptions,
    ClosedOptions,
    LimitOptions,
    Network,
    ReportOptions,
    Selection,
)
from reconciler.cli.output import saved_plans
from reconciler.cli.pinning import pin_file
from reconciler.cli.planning import PlanScope, planned, rules_of
from reconciler.cli.report import EnvironmentRun, ReportFile, RunsSoFar, not_attempted, not_begun
from reconciler.cli.shared_lists import ListsApplied
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, line_width, say, show
from reconciler.model.document import Problem
from reconciler.model.errors import Interrupted, LeftPaused, ReconcilerError, UsageError
from reconciler.plan import stale
from reconciler.plan.plan import Plan
from reconciler.render.outcomes import outcome_told


@options.values
class ApplyRequest:
    """What is applied, what was approved beforehand, and how it is done."""

    paths: tuple[str, ...] = options.paths()
    report: ReportOptions = options.group(ReportOptions)
    plan_file: Path | None = options.file("--plan", help="Apply exactly this saved plan, if nothing moved since.")
    expect: str | None = options.option(
        "--expect",
        metavar="DIGEST",
        help="Apply only if the plan has this digest; of several environments one for each, with commas between.",
    )
    base: str | None = options.option(
        "--base", metavar="REV", help="Apply only what this branch changes since it left REV."
    )
    carry_out: CarryOutOptions = options.group(CarryOutOptions)
    force_unverified: bool = options.flag(
        "--force-unverified", help="Pause, where calls are queued, also for fields that nobody can verify."
    )
    closed: ClosedOptions = options.group(ClosedOptions)
    pin: bool = options.flag("--pin", help="Write the ids of created campaigns into their files.")
    selection: Selection = options.group(Selection)
    live_status: tuple[str, ...] = options.live_status()
    allow_dnc_removals: bool = options.allow_dnc_removals()
    limits: LimitOptions = options.group(LimitOptions)
    calendar: CalendarOptions = options.group(CalendarOptions)
    metrics: Path | None = options.file("--metrics", help=metrics.HELP)
    network: Network = options.group(Network)


@options.command(ApplyRequest, short_help="Bring live campaigns to what their files say.")
def command(given: ApplyRequest) -> int:
    """Show the plan, ask, and bring the live campaigns to what their files say.

    When the API refuses a change because calls are queued, the campaign is paused, changed and resumed; it is
    resumed whatever goes wrong on the way. Campaigns that an earlier run left paused are resumed first.
    Calls are started after your yes, with --plan or --expect, or with --allow-start; else a start is put off.

    \b
    Examples:
      reconciler apply --sandbox
      reconciler apply campaigns/production --auto-approve --report report.json
      reconciler apply --plan plan.json
      reconciler apply --when closed --wait 3h
    """
    _check_usage(given)
    return metrics.measured(given.metrics, "apply", lambda found: _run(given, found))


def _run(given: ApplyRequest, found: list[metrics.EnvironmentMetrics]) -> int:
    """Heal what the journal holds, then apply; the exit code. `found` is filled with what it comes to."""
    shutdown = Shutdown(given.network.deadline)
    state = StateFolder(given.network.state_dir)
    with shutdown.handle_signals(), state.locked(), ReportFile(given.report, "apply") as report:
        at_hand = FilesAtHand.read(given.paths or ["campaigns"], state.entries())
        report.begin()
        journal = JournalFirst(given.network, shutdown, state, at_hand)
        healed = journal.heal()
        runs, error = _applied(given, shutdown, report, healed)
        if given.pin:
            _pin(runs)
        runs = with_healed(runs, journal.settle(healed), shutdown.stamp(), error)
        found += map(metrics.of_run, runs)
        for run in runs:
            if run.error and not error:
                say(f"{run.title}: {run.error}")
        quiet = given.calendar.only_calendar
        code = report.finish(runs, shutdown.stamp(), quiet=quiet) if runs else 0
    if error and code != LeftPaused.exit_code:
        raise error
    if error:
        say(str(error))
    return code


def _applied(
    given: ApplyRequest, shutdown: Shutdown, report: ReportFile, healed: Mapping[Environment, Sequence[Outcome]]
) -> tuple[list[EnvironmentRun], ReconcilerError | None]:
    """Read, plan and apply, environment by environment; the error that ended it all, or the only environment."""
    try:
        saved = saved_plans(given.plan_file) if given.plan_file else ()
        if saved and not any(plan.campaigns or plan.failure for plan in saved):
            say("the saved plan holds no campaign: nothing to do")
            return [], None
        loaded = _loaded(given, saved)
        environments = by_environment(loaded, given.network)
        approved = approval.by_environment_of_today(saved, environments) if saved else {}
        began = shutdown.stamp()
        so_far = RunsSoFar(ahead=[not_begun(one.environment, began) for one in environments])
        report.begin(lambda: with_healed(so_far(), healed, began))
        given.closed.check_one(environments)
        changes = _changes(given, loaded)
        applying = _Applying(given, approved, shutdown, changes, report, so_far, loaded.problems)
        if error := applying.check_all(environments):
            return [not_attempted(one, began, error) for one in environments], error
        runs = _runs(applying, environments)
        if all(run.error is None for run in runs):
            ListsApplied(given.network.state_dir).remember(loaded.lists)
    except ReconcilerError as error:
        return [], error
    return runs, runs[0].error if len(runs) == 1 and runs[0].exit_code != LeftPaused.exit_code else None


def _changes(given: ApplyRequest, loaded: LoadedCampaigns) -> BranchChanges | None:
    """What the branch changed, where that is asked for."""
    if not given.base:
        return None
    return BranchChanges.since(given.base, given.paths, loaded, may_shrink=given.allow_dnc_removals)


def _loaded(given: ApplyRequest, saved: Sequence[Plan]) -> LoadedCampaigns:
    """The campaigns that are meant, as their files say them now."""
    # On a terminal the plan tells what its files are warned of, before the question.
    tells = not approval.is_seen_on_a_terminal(given.report.form)
    if saved:
        return approval.campaigns_of(saved, tells=tells)
    return without_errors(
        given.paths,
        given.selection,
        may_shrink=given.allow_dnc_removals,
        state_dir=given.network.state_dir,
        tells=tells,
    )


def _check_usage(given: ApplyRequest) -> None:
    """Raises UsageError where a saved plan is given, and something else is said, too, or an option means nothing."""
    selection = given.selection
    others = (selection.names, selection.types, given.live_status, given.base, given.allow_dnc_removals)
    if given.plan_file and (given.paths or any(others)):
        msg = "--plan says by itself which campaigns and what: give no PATH, --base or other selection with it"
        raise UsageError(msg)
    given.closed.check()


def _runs(applying: _Applying, environments: Sequence[EnvironmentCampaigns]) -> list[EnvironmentRun]:
    """Apply to one environment after the other. An error of one is its own; the wish to stop is for all."""
    so_far = applying.so_far
    for campaigns in environments:
        error = so_far.ended[-1].error if so_far.ended else None
        is_over = isinstance(error, Interrupted)
        stamp = applying.shutdown.stamp()
        so_far.end(not_attempted(campaigns, stamp, error) if error and is_over else applying.run(campaigns))
    return so_far.ended


def _pin(runs: Sequence[EnvironmentRun]) -> None:
    """Write the ids of campaigns that were created into their files."""
    for outcome in (outcome for run in runs for outcome in run.outcomes):
        if outcome.id and outcome.is_created:
            pin_file(outcome.file, outcome.id)
            say(f"{outcome.file}: id {outcome.id} written")


@dataclass(frozen=True, slots=True)
class _Applying:
    """Applying to environments what was asked for; `approved` are their saved plans, where there are some."""

    given: ApplyRequest
    approved: Mapping[Environment, Plan]
    shutdown: Shutdown
    changes: BranchChanges | None
    report: ReportFile
    so_far: RunsSoFar
    problems: Sequence[Problem]

    def check_all(self, environments: Sequence[EnvironmentCampaigns]) -> ReconcilerError | None:
        """Look at every one of several environments before the first is written to; why one saved plan is stale."""
        try:
            for campaigns in environments if len(self.approved) > 1 else ():
                approval.check_digest(self.given.expect, self.approved[campaigns.environment])
                with connect(self.given.network, campaigns.environment, self.shutdown, read_only=True) as connection:
                    self._plan(connection, campaigns, self._scope(campaigns))
        except ReconcilerError as error:
            return error
        return None

    def run(self, campaigns: EnvironmentCampaigns) -> EnvironmentRun:
        """Plan, show, ask, carry out. An error, as long as nothing was written, is in the result."""
        given, environment, began = self.given, campaigns.environment, self.shutdown.stamp()
        approved = self.approved.get(environment)
        try:
            scope = self._scope(campaigns)
            with connect(given.network, environment, self.shutdown, read_only=False) as connection:
                quiet = given.calendar.only_calendar
                terms = Terms(
                    environment,
                    given.report.form,
                    given.limits,
                    given.carry_out.auto_approve,
                    given.expect,
                    quiet,
                    self.problems,
                )
                plan = agreed_plan(
                    lambda: self._plan(connection, campaigns, scope), terms, self.shutdown, approved, scope.branch
                )
                run = PlanRun(plan, connection, self._how(scope), self.report.note)
                facts = replace(
                    not_begun(environment, began),
                    digest=(approved or plan).digest,
                    approval=terms.approval(plan, approved),
                    key_name=connection.key.name,
                )
                self.so_far.under_way = lambda: replace(facts, outcomes=run.so_far())
                return replace(facts, outcomes=run.outcomes(self._tell, fail_fast=given.carry_out.fail_fast))
        except ReconcilerError as error:
            return not_attempted(campaigns, began, error)

    def _how(self, scope: PlanScope) -> ApplyOptions:
        """How to go about it. Somebody saw a saved plan, a digest, or the question: then calls may start."""
        given = self.given
        was_seen = bool(self.approved) or given.expect is not None or not given.carry_out.auto_approve
        return ApplyOptions(
            drain_timeout=given.carry_out.drain_timeout,
            may_pause=not given.carry_out.no_pause,
            may_start=was_seen or given.carry_out.allow_start,
            allow_dnc_removals=scope.allow_dnc_removals,
            when_closed=given.closed.from_now(self.shutdown.stamp()),
        )

    def _scope(self, campaigns: EnvironmentCampaigns) -> PlanScope:
        """What the plan is to cover: what the saved one says, else what the options say."""
        given, environment = self.given, campaigns.environment
        branch = self.changes.of(campaigns.desired) if self.changes else None
        removals = given.allow_dnc_removals or environment.replaces_people
        if approved := self.approved.get(environment):
            removals = approved.allow_dnc_removals
        replaces_in = environment.replaces_in if environment.replaces_people else ""
        rules = rules_of(environment, given.limits, branch)
        calendar = None if branch else scope_of(campaigns.closings, given.calendar)
        return PlanScope(
            removals, given.live_status, False, branch, replaces_in, given.force_unverified, rules, calendar
        )

    def _plan(self, connection: Connection, campaigns: EnvironmentCampaigns, scope: PlanScope) -> Plan:
        """What is to be done now: exactly the saved plan's steps, if there is one."""
        plan = planned(connection, campaigns.desired, scope)
        approved = self.approved.get(campaigns.environment)
        if approved is None:
            return plan
        plan, notices = stale.still_valid(approved, plan)
        for notice in notices:
            say(notice)
        return plan

    def _tell(self, outcome: Outcome) -> None:
        """Tell what became of a campaign as soon as it is known."""
        if self.given.report.form == "text" and outcome.result is not Result.UNCHANGED:
            show(outcome_told(outcome, colour=has_colour(), width=line_width()))

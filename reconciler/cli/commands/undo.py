"""`reconciler undo REPORT`: plans the way back of one apply, shows it, asks, carries it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from reconciler.apply.context import ApplyOptions
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.undo import UndoContext, WayBack
from reconciler.cli import options
from reconciler.cli.applying import PlanRun
from reconciler.cli.approval import Terms, agreed_plan
from reconciler.cli.connection import Connection, connect
from reconciler.cli.environments import Environment
from reconciler.cli.healing import FilesAtHand, JournalFirst, with_healed
from reconciler.cli.option_groups import CarryOutOptions, LimitOptions, Network, ReportOptions
from reconciler.cli.output import saved_reports
from reconciler.cli.planning import rules_of
from reconciler.cli.report import EnvironmentRun, ReportFile, RunsSoFar, not_begun
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, line_width, say, show
from reconciler.cli.undoing import Undoing, with_left
from reconciler.model.errors import Interrupted, LeftPaused, ReconcilerError, ReportFileError
from reconciler.plan.plan import Plan
from reconciler.render.outcomes import outcome_told


@options.values
class UndoRequest:
    """Which apply is undone, and how."""

    file: Path = options.argument(metavar="REPORT", type=click.Path(path_type=Path, dir_okay=False))
    carry_out: CarryOutOptions = options.group(CarryOutOptions)
    cancel_created: bool = options.flag(
        "--cancel-created", help="Cancel what that apply created, which is final; else it is paused."
    )
    allow_dnc_removals: bool = options.flag(
        "--allow-dnc-removals", help="Take from people the protection that they got by that apply."
    )
    report: ReportOptions = options.group(ReportOptions)
    limits: LimitOptions = options.group(LimitOptions)
    network: Network = options.group(Network)


@options.command(UndoRequest, short_help="Take back what one apply did, as its report says.")
def command(given: UndoRequest) -> int:
    """Plan the way back of the apply that wrote this report, show it, ask, and carry it out.

    Fields that are still as that apply left them go back to what they were, whatever the files say now, also those
    that the files did not name before. What somebody changed since is left, and told, and makes the exit code 1. What
    that apply created is paused. No do-not-call number goes, and protection stays on. At the end it says what to
    revert in git. Its own report can be undone, too.

    \b
    Examples:
      reconciler undo report.json
      reconciler undo report.json --auto-approve --report undone.json
      reconciler undo report.json --cancel-created
    """
    shutdown = Shutdown(given.network.deadline)
    state = StateFolder(given.network.state_dir)
    reports = saved_reports(given.file)
    if reports is None:
        msg = f"{given.file} is no report of an apply: `reconciler apply --report FILE` writes one"
        raise ReportFileError(msg)
    with shutdown.handle_signals(), state.locked(), ReportFile(given.report, "undo") as report:
        files = [outcome.file for one in reports for outcome in one.outcomes if outcome.file]
        at_hand = FilesAtHand.read(files, state.entries())
        undoing = [Undoing(one, given.file, given.network, at_hand) for one in reports]
        undoing = [one for one in undoing if one.outcomes]
        places = [one.environment() for one in undoing]
        report.begin()
        journal = JournalFirst(given.network, shutdown, state, at_hand)
        healed = journal.heal()
        run = _UndoRun(given, shutdown, report)
        run.all(undoing, places, healed)
        runs = with_healed(run.so_far.ended, journal.settle(healed), shutdown.stamp())
        return _ended(given, report, runs, shutdown)


def _ended(given: UndoRequest, report: ReportFile, runs: Sequence[EnvironmentRun], shutdown: Shutdown) -> int:
    """Tell the end; raises the error of the only environment."""
    if not runs:
        say(f"{given.file}: that run did nothing that could be undone")
        return 0
    code = report.finish(runs, shutdown.stamp())
    errors = [run.error for run in runs if run.error]
    if len(runs) == 1 and errors and code != LeftPaused.exit_code:
        raise errors[0]
    for run in runs:
        if run.error:
            say(f"{run.title}: {run.error}")
    return code


@dataclass(slots=True)
class _UndoRun:
    """Going back, environment by environment; `left` is what is not put back, by file."""

    given: UndoRequest
    shutdown: Shutdown
    report: ReportFile
    so_far: RunsSoFar = field(default_factory=RunsSoFar)
    left: Mapping[str, WayBack] = field(default_factory=dict)

    def all(
        self,
        undoing: Sequence[Undoing],
        places: Sequence[Environment],
        healed: Mapping[Environment, Sequence[Outcome]],
    ) -> None:
        """Each on its own: an error of one stops no other, but for the wish to stop."""
        began = self.shutdown.stamp()
        self.so_far.ahead = [not_begun(place, began) for place in places]
        self.report.begin(lambda: with_healed(self.so_far(), healed, began))
        stopped: ReconcilerError | None = None
        for one, place in zip(undoing, places, strict=True):
            try:
                run = _not_done(one, place, began, stopped) if stopped else self._one(one, place)
            except ReconcilerError as error:
                stopped = error if isinstance(error, Interrupted) else None
                run = _not_done(one, place, began, error)
            self.so_far.end(run)

    def _one(self, undoing: Undoing, place: Environment) -> EnvironmentRun:
        """Plan the way back, show it, ask, carry it out."""
        given, began = self.given, self.shutdown.stamp()
        terms = Terms(place, given.report.form, given.limits, given.carry_out.auto_approve)
        with connect(given.network, place, self.shutdown, read_only=False) as connection:
            undoing.check_token(connection)
            plan = agreed_plan(lambda: self._plan(undoing, connection, place), terms, self.shutdown)
            how = ApplyOptions(
                drain_timeout=given.carry_out.drain_timeout,
                may_pause=not given.carry_out.no_pause,
                may_start=not given.carry_out.auto_approve or given.carry_out.allow_start,
                allow_dnc_removals=given.allow_dnc_removals,
            )
            run = PlanRun(plan, connection, how, self.report.note)
            facts = replace(
                not_begun(place, began),
                digest=plan.digest,
                approval=terms.approval(plan),
                key_name=connection.key.name,
            )
            self.so_far.under_way = lambda: replace(facts, outcomes=run.so_far())
            outcomes = run.outcomes(self._tell, fail_fast=given.carry_out.fail_fast)
        for line in undoing.told_of_files(outcomes):
            say(line)
        return replace(facts, outcomes=tuple(with_left(one, self.left.get(one.file)) for one in outcomes))

    def _plan(self, undoing: Undoing, connection: Connection, place: Environment) -> Plan:
        given = self.given
        context = UndoContext(connection.base_url, connection.key, given.allow_dnc_removals, given.cancel_created)
        plan, self.left = undoing.plan(connection, context, rules_of(place, given.limits, None))
        return plan

    def _tell(self, outcome: Outcome) -> None:
        """Tell what became of a campaign as soon as it is known."""
        told = with_left(outcome, self.left.get(outcome.file))
        if self.given.report.form == "text" and told.result is not Result.UNCHANGED:
            show(outcome_told(told, colour=has_colour(), width=line_width()))


def _not_done(undoing: Undoing, place: Environment, began: str, error: ReconcilerError) -> EnvironmentRun:
    """What is reported of an environment where an error came before anything was put back."""
    failure = Failure(str(error))
    left = [Outcome(o.id, o.name, o.file, Result.NOT_ATTEMPTED, failure=failure) for o in undoing.outcomes]
    return replace(not_begun(place, began), outcomes=tuple(left), error=error)

"""`reconciler apply`: shows the plan, asks, carries it out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.apply.context import ApplyOptions
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Outcome
from reconciler.cli import options
from reconciler.cli.applying import (
    EnvironmentRun,
    ReportOptions,
    begin_report,
    carried_out,
    finish,
    is_of,
    not_attempted,
    resumed,
)
from reconciler.cli.changes import branch_of, over_limits
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.options import LimitOptions, Network, Selection
from reconciler.cli.output import saved_plan
from reconciler.cli.planning import Connection, EnvironmentCampaigns, PlanRequest, connect, grouped, planned
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, is_terminal, say, show, width
from reconciler.model.errors import Interrupted, LeftPaused, PlanFileError, ReconcilerError, StalePlan, UsageError
from reconciler.plan import stale
from reconciler.plan.plan import Plan
from reconciler.render import text

_SHORTEST_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved beforehand: a saved plan, a digest, or what a branch changes."""

    plan_file: Path | None
    expect: str | None
    base: str | None


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """How campaigns are applied; `drain_timeout` is in seconds."""

    drain_timeout: float
    no_pause: bool
    allow_dnc_removals: bool


@click.command(short_help="Bring live campaigns to what their files say.")
@options.paths
@options.forms("text", "json")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Apply exactly this saved plan, if nothing moved since.",
)
@click.option("--expect", metavar="DIGEST", help="Apply only if the plan has this digest.")
@click.option("--base", metavar="REV", help="Apply only what this branch changes since it left REV.")
@click.option("--auto-approve", is_flag=True, help="Don't ask: apply at once.")
@click.option(
    "--drain-timeout",
    type=click.FloatRange(0, 86400),
    default=300.0,
    show_default=True,
    metavar="S",
    help="Seconds to wait for queued calls after a pause.",
)
@click.option("--no-pause", is_flag=True, help="Never pause a campaign: put off what needs it.")
@click.option("--fail-fast", is_flag=True, help="Begin no further campaign after one that failed.")
@click.option("--pin", is_flag=True, help="Write the ids of created campaigns into their files.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the JSON report there, too.",
)
@options.selection
@options.allow_dnc_removals
@options.limits
@options.network
def command(paths: Sequence[str], **given: object) -> int:
    """Show the plan, ask, and bring the live campaigns to what their files say.

    When the API refuses a change because calls are queued, the campaign is paused, changed and resumed; it is
    resumed whatever goes wrong on the way. Campaigns that an earlier run left paused are resumed first.

    \b
    Examples:
      reconciler apply --sandbox
      reconciler apply campaigns/production --auto-approve --report report.json
      reconciler apply --plan plan.json
    """
    network, selection = options.options_from(Network, given), options.options_from(Selection, given)
    approval, manner = options.options_from(Approval, given), options.options_from(ReportOptions, given)
    approved = _saved(approval, paths, given)
    if approved and not approved.campaigns:
        say("the saved plan holds no campaign: nothing to do")
        return 0
    found = _found(approved, paths, selection)
    groups = grouped(found, network)
    _fits(approved, groups)
    begin_report(manner)
    ends = Shutdown(say, network.deadline)
    with ends.handle_signals(), StateFolder(network.state_dir).locked():
        way, limits = options.options_from(ApplyRequest, given), options.options_from(LimitOptions, given)
        applying = [_Applying(group, network, ends, manner, approval, way, limits) for group in groups]
        runs = _runs(applying, approved, paths, selection)
        if given["pin"]:
            _pin(runs)
        error = runs[0].error if len(runs) == 1 and runs[0].exit_code != LeftPaused.exit_code else None
        for run in runs:
            if run.error and not error:
                say(f"{run.title}: {run.error}")
        code = finish(runs, ends.stamp(), manner)
    if error:
        raise error
    return code


def _runs(
    environments: Sequence[_Applying], approved: Plan | None, paths: Sequence[str], selection: Selection
) -> list[EnvironmentRun]:
    """Apply to one environment after the other. An error of one is its own; the wish to stop is for all."""
    runs: list[EnvironmentRun] = []
    for applying in environments:
        error = runs[-1].error if runs else None
        if isinstance(error, Interrupted):
            runs.append(not_attempted(applying.group, applying.ends.stamp(), error))
        else:
            runs.append(applying.run(approved, paths, selection))
    return runs


@dataclass(frozen=True, slots=True)
class _Applying:
    """The application to one environment."""

    group: EnvironmentCampaigns
    network: Network
    ends: Shutdown
    manner: ReportOptions
    approval: Approval
    way: ApplyRequest
    limits: LimitOptions

    def run(self, approved: Plan | None, paths: Sequence[str], selection: Selection) -> EnvironmentRun:
        """Heal, plan, show, ask, carry out. An error, as long as nothing was written, is in the result."""
        began = self.ends.stamp()
        healed: list[Outcome] = []
        try:
            wish = self._wish(approved, paths, selection)
            with connect(self.network, self.group.environment, self.ends, read_only=False) as place:
                healed += heal(place)
                plan = self._approved(place, wish, approved)
                how = ApplyOptions(self.way.drain_timeout, not self.way.no_pause, wish.allow_removals)
                done = carried_out(plan, place, how, self.manner)
        except ReconcilerError as error:
            return not_attempted(self.group, began, error, healed)
        return EnvironmentRun(place.base_url, began, (*healed, *done), plan.digest, title=str(self.group.environment))

    def _wish(self, approved: Plan | None, paths: Sequence[str], selection: Selection) -> PlanRequest:
        branch = branch_of(self.approval.base, paths, self.group.desired) if self.approval.base else None
        removals = approved.allow_removals if approved else self.way.allow_dnc_removals
        return PlanRequest(removals, selection.live_status, branch=branch)

    def _approved(self, place: Connection, wish: PlanRequest, approved: Plan | None) -> Plan:
        """The plan that is to be carried out, once everybody agrees on it; raises ReconcilerError otherwise."""
        plan = self._plan(place, wish, approved)
        self._agree_on(plan)
        if plan.has_steps and not self.manner.auto_approve:
            self._ask()
            if self._plan(place, wish, approved).digest != plan.digest:
                raise StalePlan(["something moved while the question stood there"])
        return plan

    def _plan(self, place: Connection, wish: PlanRequest, approved: Plan | None) -> Plan:
        """What is to be done now: exactly the saved plan's steps, if there is one."""
        plan = planned(place, self.group.desired, wish)
        if approved is None:
            return plan
        plan, notices = stale.still_valid(approved, plan)
        for notice in notices:
            say(notice)
        return plan

    def _agree_on(self, plan: Plan) -> None:
        """Show the plan, and refuse it where it is not the expected one or goes over a limit."""
        shown = text.plan(plan, width=width(), colour=has_colour())
        if self.manner.form == "json":
            click.echo(shown, err=True)
        elif not show(shown):
            msg = "the plan cannot be shown, because nobody reads the output: nothing was written"
            raise ReconcilerError(msg)
        expected = self.approval.expect
        if expected is not None and not _is_digest(expected, plan.digest):
            raise StalePlan([f"the digest is {plan.digest}, and {expected} was expected"])
        if over_limits(plan, self.group.environment, self.limits):
            msg = "the plan is over a limit: nothing was written"
            raise ReconcilerError(msg)

    def _ask(self) -> None:
        """Ask; raises Interrupted unless the answer is `yes`, and UsageError where nobody can be asked."""
        if not is_terminal(sys.stdin):
            msg = "nothing was written: there is no terminal to ask on, so pass --auto-approve to apply this plan"
            raise UsageError(msg)
        with self.ends.asking():
            click.echo("Apply this plan? Only `yes` does: ", err=True, nl=False)
            answer = sys.stdin.readline().strip()
        if answer != "yes":
            msg = "not approved: nothing was written"
            raise Interrupted(msg)


def _is_digest(expected: str, digest: str) -> bool:
    """Whether a digest is the expected one, which may be given short, as plans print it."""
    short = expected.removeprefix("sha256:")
    return len(short) >= _SHORTEST_DIGEST and digest.removeprefix("sha256:").startswith(short)


def _saved(approval: Approval, paths: Sequence[str], given: Mapping[str, object]) -> Plan | None:
    if approval.plan_file is None:
        return None
    others = [name for name in ("names", "types", "live_status", "base", "allow_dnc_removals") if given[name]]
    if paths or others:
        msg = "--plan says by itself which campaigns and what: give no PATH, --base or other selection with it"
        raise UsageError(msg)
    return saved_plan(approval.plan_file)


def _found(approved: Plan | None, paths: Sequence[str], selection: Selection) -> LoadedCampaigns:
    if approved is None:
        return without_errors(paths, selection)
    files = [campaign.file for campaign in approved.campaigns]
    if gone := [file for file in files if not Path(file).is_file()]:
        raise StalePlan([f"{file} is gone" for file in gone])
    return without_errors(files)


def _fits(approved: Plan | None, groups: Sequence[EnvironmentCampaigns]) -> None:
    """A plan is for one host; raises PlanFileError before anything is sent to another."""
    if approved is None:
        return
    hosts = {group.environment.base_url for group in groups}
    if hosts != {approved.base_url}:
        msg = f"the plan was made for {approved.base_url}, and this is {', '.join(sorted(hosts))}: plan again for it"
        raise PlanFileError(msg)


def heal(place: Connection) -> tuple[Outcome, ...]:
    """Resume what an earlier run paused and could not resume; entries of other environments are told and left."""
    entries = place.state.entries()
    for entry in entries:
        if not is_of(entry, place):
            where = f"{entry.base_url} ({entry.token_env})"
            say(f"the journal holds campaign {entry.campaign} of {where}: run `reconciler recover` for it")
    return resumed([entry for entry in entries if is_of(entry, place)], place)


def _pin(runs: Sequence[EnvironmentRun]) -> None:
    """Write the ids of campaigns that were created into their files."""
    from reconciler.cli.commands.pin import pin_file  # noqa: PLC0415 - only with --pin

    for outcome in (outcome for run in runs for outcome in run.outcomes):
        if outcome.id and outcome.is_created:
            pin_file(outcome.file, outcome.id)
            say(f"{outcome.file}: id {outcome.id} written")

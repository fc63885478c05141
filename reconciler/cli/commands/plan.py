"""`reconciler plan`: what apply would do, and nothing done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import PauseEntry, recovers
from reconciler.apply.journal import StateFolder
from reconciler.cli import metrics, options
from reconciler.cli.closed_on import scope_of
from reconciler.cli.collection import without_collection
from reconciler.cli.environments import Environment, EnvironmentCampaigns, by_environment, has_token
from reconciler.cli.holding import EnvironmentHolds, HoldFiles
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.option_groups import CalendarOptions, LimitOptions, Network, Selection
from reconciler.cli.output import rendered
from reconciler.cli.planning import (
    PlanScope,
    held_to_limits,
    plan_context,
    planned,
    rules_of,
    under_holds,
    with_warnings,
)
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import is_terminal, out, say, write
from reconciler.model.errors import LeftPaused, ReconcilerError, StateError
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import Plan
from reconciler.plan.rules import held_to
from reconciler.plan.steps import PausedCampaign

if TYPE_CHECKING:
    from reconciler.cli.branching import BranchChanges


@options.values
class PlanRequest:
    """What is to be planned and how it is shown."""

    paths: tuple[str, ...] = options.paths()
    form: str = options.forms("text", "json", "markdown", "html", "github")
    detailed_exitcode: bool = options.flag(
        "--detailed-exitcode", help="Exit with 2 when changes are pending, with 3 when a campaign is left paused."
    )
    saved: Path | None = options.file("--out", help="Save the plan, for `apply --plan FILE`.")
    base: str | None = options.option(
        "--base",
        metavar="REV",
        help="Only what this branch changes since it left REV. Without a token: from the files alone.",
    )
    list_unmanaged: bool = options.flag("--list-unmanaged", help="Name the live campaigns that have no file.")
    selection: Selection = options.group(Selection)
    live_status: tuple[str, ...] = options.live_status()
    allow_dnc_removals: bool = options.allow_dnc_removals()
    limits: LimitOptions = options.group(LimitOptions)
    calendar: CalendarOptions = options.group(CalendarOptions)
    reuse: float | None = options.option(
        "--reuse",
        type=options.Duration(),
        metavar="AGE",
        help="Don't read again what a plan found in sync, so long ago at most (24h, 90m, 7d), and no stamp has moved.",
    )
    metrics: Path | None = options.file("--metrics", help=metrics.HELP)
    network: Network = options.group(Network)


@options.command(PlanRequest, short_help="Show what apply would change for the people who are called.")
def command(given: PlanRequest) -> int:
    """Compare campaign files with the live campaigns and show what apply would do. Sends nothing but GET.

    The token comes from the variable TALKOVER_TOKEN, or from the one that `_environment.yaml` names.

    \b
    Examples:
      reconciler plan --sandbox
      reconciler plan campaigns/production --detailed-exitcode
      reconciler plan --base origin/main --format markdown
      reconciler plan --out plan.json
    """
    return metrics.measured(given.metrics, "plan", lambda found: _planned(given, found))


def _planned(given: PlanRequest, found: list[metrics.EnvironmentMetrics]) -> int:
    """Plan every environment, and show it; the exit code. `found` is filled with what it comes to."""
    journal = _journal(given)
    # On a terminal the plan tells all that is to be told.
    is_shown = given.form == "text" and is_terminal(sys.stdout)
    with _left_paused_told(journal or (), is_shown=is_shown) as hosts:
        loaded = without_errors(
            given.paths,
            given.selection,
            may_shrink=given.allow_dnc_removals,
            state_dir=given.network.state_dir,
            tells=not is_shown,
        )
        environments = by_environment(loaded, given.network)
        changes = _changes(given, loaded)
        planned = _plans(given, environments, changes)
        hosts |= {canonical_base_url(plan.base_url) for _, plan in planned if not plan.failure}
    held = [
        held_to_limits(
            plan, c.environment, given.limits, changes.of(c.desired) if changes else None, tells=not is_shown
        )
        for c, plan in planned
    ]
    plans = [with_warnings(_with_left_paused(plan, journal or ()), loaded.problems) for plan in held]
    made = {
        campaigns.environment: plan for (campaigns, _), plan in zip(planned, plans, strict=True) if not plan.failure
    }
    found += [metrics.of_plan(campaigns, made.get(campaigns.environment)) for campaigns in environments]
    if not given.calendar.only_calendar or any(plan.has_steps or plan.has_errors for plan in plans):
        out(rendered(plans, given.form, lists_unmanaged=given.list_unmanaged), holds_commands=given.form == "github")
    if given.saved:
        _save(given.saved, plans)
    if journal != () and given.detailed_exitcode:
        return LeftPaused.exit_code
    if any(plan.refused or plan.has_errors or plan.has_withheld for plan in plans):
        return 1
    return 2 if given.detailed_exitcode and any(plan.is_changed for plan in plans) else 0


def _save(file: Path, plans: Sequence[Plan]) -> None:
    """Save the plans, for `show` and for `apply --plan`."""
    from reconciler.render import json  # noqa: PLC0415 - only saving needs it

    write(file, json.plans(plans) + "\n")


def _changes(given: PlanRequest, loaded: LoadedCampaigns) -> BranchChanges | None:
    """What the branch changes, where that is asked for."""
    if not given.base:
        return None
    from reconciler.cli.branching import BranchChanges  # noqa: PLC0415 - it knows git, which most plans don't need

    return BranchChanges.since(given.base, given.paths, loaded, may_shrink=given.allow_dnc_removals)


def _journal(given: PlanRequest) -> tuple[PauseEntry, ...] | None:
    """What an earlier apply left paused; None where the journal is damaged."""
    try:
        entries = StateFolder(given.network.state_dir).entries()
    except StateError as error:
        say(str(error))
        return None
    files = HoldFiles(given.network.state_dir)
    return tuple(entry for entry in entries if not _is_held(entry, files))


@contextlib.contextmanager
def _left_paused_told(entries: Sequence[PauseEntry], *, is_shown: bool) -> Iterator[set[str]]:
    """Tell what is left paused at once, first of all; where plans are shown, only what none of them says."""
    hosts: set[str] = set()
    if not is_shown:
        _tell_left_paused(entries)
    try:
        yield hosts
    finally:
        if is_shown:
            _tell_left_paused([entry for entry in entries if entry.base_url not in hosts])


def _tell_left_paused(entries: Sequence[PauseEntry]) -> None:
    for entry in entries:
        name = f"{entry.name} (id {entry.campaign})" if entry.name else entry.campaign
        say(f"LEFT PAUSED: {name} at {entry.base_url}, since {entry.at or 'nobody knows when'} {entry.reason}")
    if entries:
        say(f"resume with: {recovers(entries[0].base_url)} (the next apply does so, too)")


def _is_held(entry: PauseEntry, files: HoldFiles) -> bool:
    """Whether a campaign of the journal is held: the next apply moves its entry into the hold."""
    holds = EnvironmentHolds(files, entry.base_url, entry.token_env, entry.token)
    hold = holds.covering(entry.campaign, entry.name, entry.file)
    if hold:
        say(f"{entry.name or entry.campaign}: paused {entry.reason}, and {hold.told()}")
    return hold is not None


def _with_left_paused(plan: Plan, entries: Sequence[PauseEntry]) -> Plan:
    """The plan with what is left paused at its host."""
    here = [entry for entry in entries if entry.base_url == canonical_base_url(plan.base_url)]
    left = tuple(PausedCampaign(one.campaign, one.name, one.file, one.at, one.reason) for one in here)
    return replace(plan, left_paused=left)


def _plans(
    given: PlanRequest, environments: Sequence[EnvironmentCampaigns], changes: BranchChanges | None
) -> list[tuple[EnvironmentCampaigns, Plan]]:
    """The plan of each environment. Of several, one that cannot be planned is told, and its plan says why."""
    shutdown = Shutdown(given.network.deadline)
    plans = []
    with shutdown.handle_signals():
        for campaigns in environments:
            try:
                plan = _plan(given, campaigns, changes, shutdown)
                plans.append((campaigns, replace(plan, environment=str(campaigns.environment))))
            except ReconcilerError as error:
                if len(environments) == 1:
                    raise
                say(f"{campaigns.environment}: {error}")
                plans.append((campaigns, _no_plan(campaigns, str(error), shutdown)))
    return plans


def _no_plan(campaigns: EnvironmentCampaigns, reason: str, shutdown: Shutdown) -> Plan:
    environment = campaigns.environment
    context = plan_context(environment.base_url, shutdown)
    return Plan(
        context.base_url, context.created_at, context.tool_version, (), environment=str(environment), failure=reason
    )


def _reuse(given: PlanRequest, environment: Environment) -> float | None:
    """How old verdicts may be; None where house rules ask for more of unchanged campaigns than verdicts say."""
    if given.reuse is not None and environment.plan_policies:
        say("--reuse is of no use here: house rules are held against all that a plan shows, and everything is read")
        return None
    return given.reuse


def _plan(
    given: PlanRequest, campaigns: EnvironmentCampaigns, changes: BranchChanges | None, shutdown: Shutdown
) -> Plan:
    """The plan of one environment."""
    environment, desired = campaigns.environment, campaigns.desired
    branch = changes.of(desired) if changes else None
    rules = rules_of(environment, given.limits, branch)
    if branch and not has_token(environment, given.network):
        say("no token: the plan is made from the files alone, and live campaigns are not read")
        from reconciler.plan.branch import offline_plan  # noqa: PLC0415 - as above

        offline = offline_plan(campaign_fields(), branch, desired, plan_context(environment.base_url, shutdown))
        files = HoldFiles(given.network.state_dir)
        holds = EnvironmentHolds(files, environment.base_url, environment.token_env, "")
        return held_to(under_holds(offline, holds), rules)
    removals = given.allow_dnc_removals or environment.replaces_people
    replaces_in = environment.replaces_in if environment.replaces_people else ""
    calendar = None if branch else scope_of(campaigns.closings, given.calendar)
    scope = PlanScope(
        removals,
        given.live_status,
        given.list_unmanaged,
        branch,
        replaces_in,
        rules_of=rules,
        calendar=calendar,
        reuse=_reuse(given, environment),
    )
    touched = tuple(one for one in desired if branch is None or one.file in branch.changed)
    with without_collection():
        from reconciler.cli.connection import connect  # noqa: PLC0415 - files alone need no network

    with connect(given.network, environment, shutdown, read_only=True) as connection:
        return planned(connection, touched, scope)

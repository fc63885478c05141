"""`reconciler plan`: what apply would do, and nothing done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.changes import branch_of, over_limits
from reconciler.cli.load import without_errors
from reconciler.cli.options import LimitOptions, Network, Selection
from reconciler.cli.output import rendered
from reconciler.cli.planning import EnvironmentCampaigns, PlanRequest, connect, grouped, has_token, planned, terms_of
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import out, say, write
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.plan.branch import offline_plan
from reconciler.plan.plan import Plan
from reconciler.render import json


@click.command(short_help="Show what apply would change for the people who are called.")
@options.paths
@options.forms("text", "json", "markdown", "html", "github")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@click.option(
    "--out",
    "saved",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan, for `apply --plan FILE`.",
)
@click.option(
    "--base",
    metavar="REV",
    help="Only what this branch changes since it left REV. Without a token: from the files alone.",
)
@click.option("--list-unmanaged", is_flag=True, help="Name the live campaigns that have no file.")
@options.selection
@options.allow_dnc_removals
@options.limits
@options.network
def command(paths: Sequence[str], **given: object) -> int:
    """Compare campaign files with the live campaigns and show what apply would do. Sends nothing but GET.

    The token comes from the variable TALKOVER_TOKEN, or from the one that `_environment.yaml` names.

    \b
    Examples:
      reconciler plan --sandbox
      reconciler plan campaigns/production --detailed-exitcode
      reconciler plan --base origin/main --format markdown
      reconciler plan --out plan.json
    """
    network, selection = options.options_from(Network, given), options.options_from(Selection, given)
    show = options.options_from(_Show, given)
    found = without_errors(paths, selection)
    groups = grouped(found, network)
    if len(groups) > 1 and (show.saved or show.form in ("html", "markdown")):
        msg = "these campaigns belong to several environments: a saved plan or a page is for one, so name its folder"
        raise UsageError(msg)
    ends = Shutdown(say, network.deadline)
    planning = _Planning(network, selection, show, paths, ends)
    code = 0
    plans: list[tuple[EnvironmentCampaigns, Plan]] = []
    with ends.handle_signals():
        for group in groups:
            try:
                plans.append((group, planning.plan(group)))
            except ReconcilerError as error:
                if len(groups) == 1:
                    raise
                say(f"{group.environment}: {error}")
                code = 1
    titles = [str(group.environment) for group, _ in plans]
    out(rendered([plan for _, plan in plans], show.form, titles, lists_unmanaged=show.list_unmanaged))
    if show.saved:
        write(show.saved, json.plan(plans[0][1]) + "\n")
    limits = options.options_from(LimitOptions, given)
    are_over = [over_limits(plan, group.environment, limits) for group, plan in plans]
    if any(are_over) or any(plan.has_errors for _, plan in plans):
        return 1
    return code or (2 if show.detailed_exitcode and any(plan.is_pending for _, plan in plans) else 0)


@dataclass(frozen=True, slots=True)
class _Show:
    """What is to be planned and how it is shown."""

    form: str
    detailed_exitcode: bool
    saved: Path | None
    base: str | None
    list_unmanaged: bool
    allow_dnc_removals: bool


@dataclass(frozen=True, slots=True)
class _Planning:
    """Planning with what the command line says."""

    network: Network
    selection: Selection
    show: _Show
    paths: Sequence[str]
    ends: Shutdown

    def plan(self, group: EnvironmentCampaigns) -> Plan:
        """The plan of one environment."""
        of = branch_of(self.show.base, self.paths, group.desired) if self.show.base else None
        if of and not has_token(group.environment, self.network):
            say("no token: the plan is made from the files alone, and live campaigns are not read")
            terms = terms_of(group.environment.base_url, self.ends)
            return offline_plan(campaign_fields(), of, group.desired, terms)
        wish = PlanRequest(self.show.allow_dnc_removals, self.selection.live_status, self.show.list_unmanaged, of)
        desired = tuple(one for one in group.desired if of is None or one.file in of.touches)
        with connect(self.network, group.environment, self.ends, read_only=True) as place:
            return planned(place, desired, wish)

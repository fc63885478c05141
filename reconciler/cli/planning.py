"""Plans: what they are asked to cover, the revision and the limits that they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from reconciler import __version__
from reconciler.cli.connection import Connection, fetcher
from reconciler.cli.environments import Environment
from reconciler.cli.load import today
from reconciler.cli.option_groups import LimitOptions
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.cli.whole_folder import without_other_files
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.files.git import BaseRevision, merge_base
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Desired
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.plan import guardrails
from reconciler.plan.agents import with_agents_checked
from reconciler.plan.branch import Branch, branch, only_the_branch
from reconciler.plan.make import PlanContext, make_plan
from reconciler.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class PlanScope:
    """What a plan is asked to cover. `live_status` keeps only campaigns that have one of these now."""

    allow_dnc_removals: bool = False
    live_status: tuple[str, ...] = ()
    list_unmanaged: bool = False
    branch: Branch | None = None


def planned(connection: Connection, desired: Sequence[Desired], scope: PlanScope) -> Plan:
    """Read the live side and plan."""
    fields = campaign_fields()
    fetch = fetcher(connection)
    context = plan_context(connection.base_url, connection.shutdown, allow_dnc_removals=scope.allow_dnc_removals)
    context = replace(context, record=connection.state.record(connection.base_url), key=connection.key)
    reading = read_live(fields, desired, fetch, whole_list=scope.list_unmanaged)
    if reading.listed is not None:
        reading = replace(reading, listed=without_other_files(reading.listed, desired))
    plan = with_agents_checked(make_plan(fields, desired, reading, context), fetch)
    plan = replace(plan, rate_limit=connection.client.limiter.limit)
    if scope.branch:
        plan = only_the_branch(fields, plan, scope.branch, reading.found)
    if scope.live_status:
        campaigns = tuple(c for c in plan.campaigns if c.live_status in scope.live_status)
        plan = replace(plan, campaigns=campaigns)
    return plan


def plan_context(base_url: str, shutdown: Shutdown, *, allow_dnc_removals: bool = False) -> PlanContext:
    """What a plan that is made now is made for."""
    return PlanContext(
        base_url, created_at=shutdown.stamp(), tool_version=__version__, allow_dnc_removals=allow_dnc_removals
    )


def branch_of(revision: str, paths: Sequence[str], desired: Sequence[Desired]) -> Branch:
    """What this branch changed since it left a revision."""
    with merge_base(revision) as past:
        return branch(campaign_fields(), past.commit, _base(past, paths), desired)


def _base(past: BaseRevision, paths: Sequence[str]) -> tuple[Desired, ...]:
    """The campaigns of the past under the same paths; files that were broken then count as not there."""
    found: list[Desired] = []
    for path in paths or ["campaigns"]:
        try:
            reading = files.read([past.path_of(path)])
        except ReconcilerError:
            continue  # no campaigns were there yet
        desired, _ = validate(reading.documents, campaign_fields(), today())
        found += [replace(was, document=replace(was.document, file=past.name_of(was.document.file))) for was in desired]
    return tuple(found)


def held_to_limits(plan: Plan, environment: Environment, given: LimitOptions) -> tuple[Plan, bool]:
    """Tell every limit that the plan of an environment is over, and whether it is refused for that.

    Where it is let through this once, the plan itself says so, in every form.
    """
    options = {name: value for name, value in asdict(given).items() if name != "over_limits"}
    limits = guardrails.limits(options, dict(environment.limits), environment.file)
    if given.over_limits:
        return replace(plan, notices=(*plan.notices, *guardrails.let_through([plan], limits))), False
    told = guardrails.exceeded([plan], limits)
    for line in told:
        say(line)
    return plan, bool(told)

"""Plans: what they are asked to cover, the revision and the limits that they are held against."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconciler import __version__
from reconciler.cli.closed_on import CalendarScope, around_closed_days, scope_of_pauses
from reconciler.cli.collection import without_collection
from reconciler.cli.environments import Environment
from reconciler.cli.holding import EnvironmentHolds
from reconciler.cli.house_rules import plan_problems
from reconciler.cli.legal_profiles import legal_book
from reconciler.cli.option_groups import LimitOptions
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.cli.whole_folder import without_other_files
from reconciler.files.names import is_campaign
from reconciler.live.agents import names_of, names_shown, read_agents, with_ids
from reconciler.live.lookup import LiveRead, LongReading, read_live
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Problem
from reconciler.model.fields import campaign_fields
from reconciler.model.holds import Hold, Holds, united
from reconciler.model.words import count
from reconciler.plan import guardrails, rules
from reconciler.plan.agents import with_agents_checked
from reconciler.plan.calling import with_calling_told
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.held import with_holds
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan

if TYPE_CHECKING:
    from reconciler.api.answers import Fetch
    from reconciler.cli.connection import Connection
    from reconciler.live.reuse import Reuse
    from reconciler.plan.branch import Branch


# Requests from which reading is long, where the API tells no limit.
_MANY = 1000


class PlanScope(NamedTuple):
    """What a plan is asked to cover. `live_status` keeps only campaigns that have one of these now.

    `replaces_in` is the file, if there is one, that makes the campaigns' files the whole truth about lists of people.
    `rules_of` gives the rules that hold for the campaign of a file, and `calendar` the days without calls. `reuse` is
    how old a verdict of an earlier plan may be, in seconds; None reads everything. `fetch` is what reads, if it is not
    the connection by itself.
    """

    allow_dnc_removals: bool = False
    live_status: tuple[str, ...] = ()
    list_unmanaged: bool = False
    branch: Branch | None = None
    replaces_in: str = ""
    force_unverified: bool = False
    rules_of: Callable[[str], rules.Rules] = rules.none
    calendar: CalendarScope | None = None
    reuse: float | None = None
    fetch: Fetch | None = None


def planned(connection: Connection, desired: Sequence[Desired], scope: PlanScope) -> Plan:
    """Read the live side and plan."""
    fields = campaign_fields()
    fetch = _fetch(connection, scope)
    branch = scope.branch
    agents = read_agents(names_of([*desired, *(branch.bases if branch else ())]), fetch)
    desired, broken = with_ids(desired, agents)
    branch = branch.with_bases(lambda base: with_ids([base], agents)[0][0]) if branch else None
    context = plan_context(connection.base_url, connection.shutdown)._replace(
        record=connection.state.record(connection.base_url, connection.token),
        allow_dnc_removals=scope.allow_dnc_removals,
        replaces_in=scope.replaces_in,
        key=connection.key,
        known_to_be_new=branch.known_to_be_new if branch else {},
        force_unverified=scope.force_unverified,
        broken=broken,
    )
    reading, plan = _read_and_planned(connection, desired, context, scope)
    names = {**names_shown(fields, reading.found.values()), **agents.names}
    plan = with_agents_checked(replace(plan, reads=plan.reads + agents.requests), fetch, names, agents.ids.values())
    plan = replace(plan, rate_limit=connection.client.limiter.limit)
    if branch:
        from reconciler.plan.branch import only_the_branch  # noqa: PLC0415 - most plans are not of a branch

        plan = only_the_branch(fields, plan, branch, reading.found)
    if scope.live_status:
        campaigns = tuple(c for c in plan.campaigns if c.live_status in scope.live_status)
        plan = replace(plan, campaigns=campaigns)
    plan = with_calling_told(under_holds(plan, connection.holds))
    return rules.held_to(plan, scope.rules_of)


def _fetch(connection: Connection, scope: PlanScope) -> Fetch:
    from reconciler.cli.connection import fetcher  # noqa: PLC0415 - plans of files alone need no network

    return scope.fetch or fetcher(connection)


def _read_and_planned(
    connection: Connection, desired: Sequence[Desired], context: PlanContext, scope: PlanScope
) -> tuple[LiveRead, Plan]:
    """The live side of these campaigns, and their plan."""
    fields, fetch = campaign_fields(), _fetch(connection, scope)

    def read(reuse: Reuse | None) -> LiveRead:
        tell = functools.partial(_tell_long, connection)
        found = read_live(fields, desired, fetch, whole_list=scope.list_unmanaged, reuse=reuse, tell=tell)
        if not found.listed:
            return found
        managed = {live.id for live in found.found.values() if isinstance(live, Live)}
        rest = tuple(live for live in found.listed if live.id not in managed)
        return found._replace(listed=without_other_files(rest, desired) if rest else rest)

    @without_collection()
    def plan(reading: LiveRead) -> Plan:
        make = functools.partial(make_plan, fields, reading=reading, context=context)
        return around_closed_days(connection, desired, reading, calendar, make) if calendar else make(desired)

    # What a file says is not what is to be on a day without calls: no verdict holds over such days.
    calendar = scope.calendar or scope_of_pauses(connection)
    if scope.reuse is None or calendar:
        if scope.reuse is not None:
            say("--reuse is of no use here: on days without calls campaigns have steps, and what has steps is read")
        reading = read(None)
        return reading, plan(reading)
    from reconciler.cli.reusing import planned_from_verdicts  # noqa: PLC0415 - few plans reuse anything

    return planned_from_verdicts(connection, desired, context, scope.reuse, read, plan)


def _tell_long(connection: Connection, reading: LongReading) -> None:
    """Say how long reading takes, before it does, and what for."""
    limit = connection.client.limiter.limit
    if reading.requests <= (limit or _MANY):
        return
    minutes = f", about {count(round(reading.requests / limit), 'minute')} at {limit:,} a minute" if limit else ""
    lacking = ", ".join(reading.fields)
    fields = "this field is" if len(reading.fields) == 1 else "these fields are"
    say(f"{reading.requests:,} requests{minutes}, because {fields} in no list row: {lacking}")


def rules_of(environment: Environment, given: LimitOptions, branch: Branch | None) -> Callable[[str], rules.Rules]:
    """The rules that hold for the campaign of each file; of a `branch` those of its base."""
    then = branch.settings if branch else {}
    settings = {**dict(environment.limits), rules.LEGAL: environment.legal}
    legal, lets_through = legal_book(environment.legal_profiles), given.over_limits
    return lambda file: rules.rules(settings, environment.file, then.get(file), lets_through=lets_through, legal=legal)


def under_holds(plan: Plan, holds: EnvironmentHolds) -> Plan:
    """The plan with what is held in its environment; the files are read once for each folder."""
    by_folder: dict[str, Holds] = {}

    def hold_of(campaign: CampaignPlan) -> Hold | None:
        folder = os.path.dirname(campaign.file)  # noqa: PTH120  thousands of them
        if folder not in by_folder:
            by_folder[folder] = holds.now(campaign.file)
        return by_folder[folder].covering(campaign.id, campaign.name, campaign.file)

    held = [hold_of(campaign) for campaign in plan.campaigns]
    known = united(hold for one in by_folder.values() for hold in one.holds)
    return with_holds(plan, held, known)


def plan_context(base_url: str, shutdown: Shutdown) -> PlanContext:
    """What a plan that is made now is made for."""
    return PlanContext(base_url, created_at=shutdown.stamp(), tool_version=__version__)


def held_to_limits(
    plan: Plan, environment: Environment, given: LimitOptions, branch: Branch | None = None, *, tells: bool = True
) -> Plan:
    """Tell the limits and house rules that the plan of an environment is against; the plan says that it is refused.

    Of a `branch` the limits of its base hold. Where a plan is over one, or let through this once, the plan itself says
    so, in every form; unless it `tells`, nothing else does. House rules let nothing through, but for those that only
    warn, which it tells, too.
    """
    plan = _held_to_rules(plan, environment)
    options = {name: value for name, value in asdict(given).items() if name != "over_limits"}
    then = [branch.settings.get(campaign.file) if branch else None for campaign in plan.campaigns]
    bases = {one.file: one for one in then if one}
    limits = [
        guardrails.limits(options, dict(environment.limits), environment.file, base)
        for base in (bases.values() or [None])
    ]
    if given.over_limits:
        passed = dict.fromkeys(told for each in limits for told in guardrails.let_through([plan], each))
        return replace(plan, notices=(*plan.notices, *passed))
    told = dict.fromkeys(line for each in limits for line in guardrails.exceeded([plan], each))
    for line in told if tells else ():
        say(line)
    return replace(plan, refused=(*plan.refused, *told))


def with_warnings(plan: Plan, problems: Sequence[Problem]) -> Plan:
    """The plan with what checking its files warned of, so that whoever approves it reads that, too.

    What a shared file says is told of the plan as a whole.
    """
    if not problems:
        return plan
    own: dict[str, tuple[Problem, ...]] = {}
    folders = {folder for campaign in plan.campaigns for folder in Path(campaign.file).parents}
    shared = []
    for problem in problems:
        file = Path(problem.position.file)
        if is_campaign(file.name):
            own[str(file)] = (*own.get(str(file), ()), problem)
        elif file.parent in folders:
            shared.append(str(problem))
    campaigns = tuple(
        replace(campaign, notices=(*_warned(campaign, own.get(str(Path(campaign.file)), ())), *campaign.notices))
        for campaign in plan.campaigns
    )
    return replace(plan, campaigns=campaigns, notices=tuple(dict.fromkeys((*plan.notices, *shared))))


def _warned(campaign: CampaignPlan, problems: Sequence[Problem]) -> Iterator[str]:
    """What was warned of, and is not told by the plan itself: what rules on calls say of the hours that result."""
    told = (*campaign.legal, *campaign.errors)
    for problem in problems:
        rule = problem.message.partition(" is outside ")[2]
        if not rule or not any(rule in text for text in told):
            yield str(problem)


def _held_to_rules(plan: Plan, environment: Environment) -> Plan:
    """Tell the house rules that a plan breaks; the plan says so, too."""
    problems = plan_problems(plan, environment.plan_policies)
    for problem in problems:
        say(str(problem))
    refused, warned = (
        tuple(f"{one.position.file}:{one.position.line}: {one.message}" for one in problems if one.is_error is is_error)
        for is_error in (True, False)
    )
    return replace(plan, refused=refused, notices=(*plan.notices, *warned))

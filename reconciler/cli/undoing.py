"""The way back of an apply: its environment, its plan, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.report import Report
from reconciler.apply.undo import UndoContext, WayBack, asked_for, is_done, way_back
from reconciler.cli.connection import Connection, fetcher
from reconciler.cli.environments import Environment, default_environment, environment_of
from reconciler.cli.healing import FilesAtHand
from reconciler.cli.option_groups import Network
from reconciler.cli.planning import plan_context, under_holds
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Live
from reconciler.model.canonical import canonical, same
from reconciler.model.document import Document
from reconciler.model.errors import ReportFileError
from reconciler.model.fields import campaign_fields
from reconciler.plan import rules
from reconciler.plan.agents import with_agents_checked
from reconciler.plan.calling import with_calling_told
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.plan.values import as_text

_SHORT_COMMIT = 12


@dataclass(frozen=True, slots=True)
class Undoing:
    """The report of an apply in one environment, whose way back is looked for; `file` is where the report is."""

    report: Report
    file: Path
    network: Network
    at_hand: FilesAtHand

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The campaigns that anything was done to."""
        return tuple(outcome for outcome in self.report.outcomes if is_done(outcome))

    def environment(self) -> Environment:
        """Where it was, with the limits that its file sets now; raises ReportFileError where this is another host."""
        here = environment_of(self._settings, self.network, default_environment(self.network))
        there = self.report.base_url
        if canonical_base_url(here.base_url) != canonical_base_url(there):
            option = "--sandbox" if there.startswith("http://sandbox.") else f"--base-url {there}"
            msg = f"{self.file} is of {there}, and this is {here.base_url}: nothing was written"
            raise ReportFileError(f"{msg}; pass {option} if that is right")
        return replace(here, token_env=self.report.token_env or here.token_env)

    @property
    def _settings(self) -> Document | None:
        """The environment that the first of the campaigns whose files can be read belongs to now."""
        found = (self.at_hand.environments.get(outcome.file) for outcome in self.report.outcomes)
        return next(filter(None, found), None)

    def check_token(self, connection: Connection) -> None:
        """Raises ReportFileError where the report was written with another token."""
        if self.report.key_name and self.report.key_name != connection.key.name:
            msg = f"{self.file} was written with another token than the one in {connection.token_env}"
            raise ReportFileError(f"{msg}: nothing was written")

    def plan(
        self, connection: Connection, options: UndoContext, rules_of: Callable[[str], rules.Rules]
    ) -> tuple[Plan, Mapping[str, WayBack]]:
        """The way back as a plan, made from the live campaigns as they are now, and what is left, by file."""
        fields, fetch = campaign_fields(), fetcher(connection)
        asked = {one.file: (outcome, one) for outcome in self.outcomes for one in [asked_for(outcome)]}
        reading = read_live(fields, [desired for _, desired in asked.values()], fetch)
        ways = {}
        for file, (outcome, desired) in asked.items():
            live = reading.found[file]
            nothing = WayBack(desired._replace(status=None))
            ways[file] = way_back(fields, outcome, live, options) if isinstance(live, Live) else nothing
        context = plan_context(connection.base_url, connection.shutdown)._replace(
            record=connection.state.record(connection.base_url, connection.token),
            allow_dnc_removals=options.allow_dnc_removals,
            key=connection.key,
        )
        plan = make_plan(fields, [way.desired for way in ways.values()], reading, context)
        plan = with_agents_checked(plan, fetch)
        campaigns = tuple(_with_left(campaign, ways[campaign.file]) for campaign in plan.campaigns)
        limit = connection.client.limiter.limit
        plan = replace(plan, campaigns=campaigns, basis=self._basis, rate_limit=limit, is_way_back=True)
        plan = with_calling_told(under_holds(plan, connection.holds))
        return rules.held_to(plan, rules_of), ways

    @property
    def _basis(self) -> str:
        """What the plan is the way back of."""
        origin = self.report.origin
        told = [f"commit {origin.commit[:_SHORT_COMMIT]}"] if origin.commit else []
        told += [f"by {origin.actor}"] if origin.actor else []
        when = f"{self.report.command} of {self.report.started_at}"
        return f"the way back of {self.file}: {', '.join([when, *told])}"

    def told_of_files(self, outcomes: Sequence[Outcome]) -> Iterator[str]:
        """What to do in git so that the files agree with what was put back."""
        lines = [line for outcome in outcomes for line in self._disagreements(outcome)]
        if not lines:
            if any(outcome.changes or outcome.status for outcome in outcomes):
                yield "the files agree with what was put back"
            return
        commit = (self.report.origin.commit or "")[:_SHORT_COMMIT]
        revert = f"revert its commit (git revert {commit})" if commit else "revert the commit that was applied"
        yield f"the next apply would do it again: {revert} so that the files agree. They still say:"
        yield from (f"  {line}" for line in lines)

    def _disagreements(self, outcome: Outcome) -> Iterator[str]:
        """Where the files of a campaign still say what was undone."""
        document = self.at_hand.document_at(outcome.file)
        if document is None:
            return
        for change in outcome.changes:
            one = change.field
            if one.name in document.values and not same(canonical(one, document.values[one.name]), change.after):
                place = document.key_position((one.name,))
                said = as_text(one, canonical(one, document.values[one.name]))
                yield f"{place.file}:{place.line}: {one.name}: {said}, and live is {as_text(one, change.after)}"
            for key, name in _said_by_name(document, change):
                place = document.key_position((key,))
                yield f"{place.file}:{place.line}: {key}: {name}, and live is {_called(change)}"
        wanted = document.values.get("status")
        if outcome.status and wanted not in (None, outcome.status.after):
            place = document.position(("status",))
            yield f"{place.file}:{place.line}: status: {wanted}, and live is {outcome.status.after}"


def _said_by_name(document: Document, change: Change) -> Iterator[tuple[str, str]]:
    """The keys with which a file says a field by name, such as an agent, where that is not what is live now."""
    for key, local in campaign_fields().local.items():
        name = document.values.get(key)
        if local.stands_for == change.field.name and isinstance(name, str) and name != change.names[1]:
            yield key, name


def _called(change: Change) -> str:
    """What the new value is called, with its id."""
    told = as_text(change.field, change.after)
    return f"{change.names[1]} ({told})" if change.names[1] else told


def _with_left(campaign: CampaignPlan, way: WayBack) -> CampaignPlan:
    """A campaign of the plan with what is not put back, told as its notices."""
    told = [f"not put back: {one}" for one in way.left]
    return replace(campaign, notices=(*told, *way.notices, *campaign.notices))


def with_left(outcome: Outcome, way: WayBack | None) -> Outcome:
    """What became of a campaign of which something is left as it was: that needs a decision."""
    if way is None or not way.left:
        return outcome
    left = f"not put back: {'; '.join(way.left)}"
    if outcome.result in (Result.APPLIED, Result.UNCHANGED):
        return replace(outcome, result=Result.DEFERRED, failure=Failure(left))
    return replace(outcome, notices=(*outcome.notices, left))

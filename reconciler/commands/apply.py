"""`reconciler apply`: shows the plan, asks, carries it out."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reconciler import __version__
from reconciler.apply import Failure, Options, Outcome, Result, apply, recover
from reconciler.commands import options
from reconciler.commands.options import Network
from reconciler.commands.planning import Place, environment_of, planned, reached
from reconciler.commands.reading import without_errors
from reconciler.commands.terminal import has_colour, out, say, width
from reconciler.ends import Ends, side_by_side
from reconciler.errors import Interrupted, UsageError
from reconciler.fields import campaign_fields
from reconciler.pause import Entry, Hands
from reconciler.plan import CampaignPlan, Plan
from reconciler.render import json, text


@dataclass(frozen=True, slots=True)
class Manner:
    """How apply shows itself and when it gives up."""

    form: str
    report: Path | None = None
    auto_approve: bool = False
    fail_fast: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What a report needs to know besides the outcomes."""

    manner: Manner
    began: str
    digest: str | None = None


@click.command(short_help="Bring live campaigns to what their files say.")
@options.paths
@options.network
@options.allow_dnc_removals
@options.forms("text", "json")
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
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the JSON report there, too.",
)
def command(  # noqa: PLR0913 - an option each
    paths: Sequence[str],
    *,
    allow_dnc_removals: bool,
    drain_timeout: float,
    no_pause: bool,
    form: str,
    report: Path | None,
    auto_approve: bool,
    fail_fast: bool,
    **network: object,
) -> int:
    """Show the plan, ask, and bring the live campaigns to what their files say.

    When the API refuses a change because calls are queued, the campaign is paused, changed and resumed; it is
    resumed whatever goes wrong on the way. Campaigns that an earlier run left paused are resumed first.

    \b
    Examples:
      reconciler apply --sandbox
      reconciler apply campaigns/production --auto-approve --report report.json
    """
    manner = Manner(form, report, auto_approve, fail_fast)
    reach = Network(**network)  # type: ignore[arg-type]  # click has checked the types
    found = without_errors(paths)
    ends = Ends(say, reach.deadline)
    with (
        ends.heeding_signals(),
        reached(reach, environment_of(found), ends, read_only=False) as place,
        place.state.locked(),
    ):
        began = ends.stamp()
        healed = heal(place)
        plan = planned(place, found.desired, allow_removals=allow_dnc_removals)
        click.echo(text.plan(plan, width=width(), colour=has_colour()), err=manner.form == "json")
        if plan.has_steps and not manner.auto_approve:
            _ask(ends)
        how = Options(drain_timeout, may_pause=not no_pause, allow_removals=allow_dnc_removals)
        outcomes = (*healed, *_carried_out(plan, place, how, manner))
        return finish(outcomes, place, Ending(manner, began, plan.digest))


def heal(place: Place) -> tuple[Outcome, ...]:
    """Resume what an earlier run paused and could not resume; entries of other hosts are told and left."""
    entries = place.state.entries()
    foreign = [entry for entry in entries if entry.base_url != place.base_url]
    for entry in foreign:
        say(f"the journal holds campaign {entry.campaign} of another host, {entry.base_url}: run recover for that host")
    return resumed([entry for entry in entries if entry.base_url == place.base_url], place)


def resumed(entries: Sequence[Entry], place: Place) -> tuple[Outcome, ...]:
    """Put back what these entries say that we paused, and tell what became of it."""

    def work(entry: Entry) -> Outcome:
        return next(recover([entry], hands(place)))

    outcomes = []
    for number, done in side_by_side(work, entries, place.client.settings.concurrency, place.ends):
        outcome = done or _stuck(entries[number].campaign, entries[number].campaign, "", Result.LEFT_PAUSED)
        say(text.outcome(outcome))
        outcomes.append(outcome)
    return tuple(outcomes)


def hands(place: Place) -> Hands:
    """What apply and recover act with."""
    return Hands(place.client.send, place.state, place.ends, say)


def _ask(ends: Ends) -> None:
    """Ask; raises Interrupted unless the answer is `yes`, and UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        msg = "nothing was written: there is no terminal to ask on, so pass --auto-approve to apply this plan"
        raise UsageError(msg)
    with ends.asking():
        click.echo("Apply this plan? Only `yes` does: ", err=True, nl=False)
        answer = sys.stdin.readline().strip()
    if answer != "yes":
        msg = "not approved: nothing was written"
        raise Interrupted(msg)


def _carried_out(plan: Plan, place: Place, how: Options, manner: Manner) -> tuple[Outcome, ...]:
    """Apply the plan and show the outcomes as they come; they are returned in the plan's order."""
    outcomes: dict[str, Outcome] = {}
    gate = _Gate()
    run = functools.partial(_run, place, gate)
    for outcome in apply(plan, campaign_fields(), hands(place), how, run):
        outcomes[outcome.file] = outcome
        if manner.form == "text" and outcome.result is not Result.UNCHANGED:
            out(text.outcome(outcome, colour=has_colour()))
        if manner.fail_fast and outcome.result not in (Result.APPLIED, Result.UNCHANGED):
            gate.closed_by = f"{outcome.name} {outcome.result}, and --fail-fast was given"
    return tuple(outcomes[campaign.file] for campaign in plan.campaigns)


@dataclass(slots=True)
class _Gate:
    """Whether further campaigns may begin."""

    closed_by: str = ""


def _run(
    place: Place, gate: _Gate, work: Callable[[CampaignPlan], Outcome], campaigns: Iterable[CampaignPlan]
) -> Iterator[Outcome]:
    """Several campaigns at once. One that is stuck in a request when we are asked to stop is put back from here."""
    todo = tuple(campaigns)

    def begun(campaign: CampaignPlan) -> Outcome:
        if gate.closed_by and campaign.has_steps:
            return Outcome(
                campaign.id, campaign.name, campaign.file, Result.NOT_ATTEMPTED, failure=Failure(gate.closed_by)
            )
        return work(campaign)

    for number, outcome in side_by_side(begun, todo, place.client.settings.concurrency, place.ends):
        yield outcome or _abandoned(todo[number], place)


def _abandoned(campaign: CampaignPlan, place: Place) -> Outcome:
    entries = [entry for entry in place.state.entries() if entry.campaign == campaign.id]
    put_back = [next(recover([entry], hands(place))) for entry in entries]
    left = any(outcome.result is Result.LEFT_PAUSED for outcome in put_back)
    stuck = _stuck(campaign.id, campaign.name, campaign.file, Result.LEFT_PAUSED if left else Result.FAILED)
    return replace(stuck, done=tuple(line for outcome in put_back for line in outcome.done))


def _stuck(campaign: str | None, name: str, file: str, result: Result) -> Outcome:
    message = "stopped while a request had no answer yet: it may have worked; plan again to see"
    return Outcome(campaign, name, file, result, failure=Failure(message))


def finish(outcomes: Sequence[Outcome], place: Place, ending: Ending) -> int:
    """Show and write the report; returns the exit code: 3 left paused, 1 failed in part, 0 done."""
    results = {outcome.result for outcome in outcomes}
    code = 3 if Result.LEFT_PAUSED in results else 0 if results <= {Result.APPLIED, Result.UNCHANGED} else 1
    report = json.report(
        json.Report(
            base_url=place.base_url,
            digest=ending.digest,
            tool_version=__version__,
            started_at=ending.began,
            finished_at=place.ends.stamp(),
            exit_code=code,
            outcomes=tuple(outcomes),
        )
    )
    out(report if ending.manner.form == "json" else text.report(outcomes, colour=has_colour()))
    if ending.manner.report:
        ending.manner.report.write_text(report + "\n", encoding="utf-8")
    return code

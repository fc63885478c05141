"""What is to be applied was seen by somebody: in a saved plan, as a digest, or at the question."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from reconciler.apply.report import Approval
from reconciler.cli.environments import Environment, EnvironmentCampaigns
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.option_groups import LimitOptions
from reconciler.cli.planning import held_to_limits, with_warnings
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, is_terminal, prompt, say, show, tell, width
from reconciler.model.document import Problem
from reconciler.model.errors import Interrupted, PlanFileError, ReconcilerError, StalePlan, UsageError
from reconciler.model.words import count
from reconciler.plan.branch import Branch
from reconciler.plan.guardrails import is_about_limit
from reconciler.plan.plan import Plan
from reconciler.render import text

_SHORTEST_DIGEST = 12


def campaigns_of(approved: Sequence[Plan], *, tells: bool = True) -> LoadedCampaigns:
    """The campaigns of saved plans, as their files say them now; raises StalePlan where a file is gone.

    Raises PlanFileError where an environment had no plan. Unless it `tells` warnings, whoever asks does.
    """
    for plan in approved:
        if plan.failure:
            raise PlanFileError(f"{plan.environment} had no plan, so that nothing is applied: {plan.failure}")
    files = [campaign.file for plan in approved for campaign in plan.campaigns]
    if gone := [file for file in files if not Path(file).is_file()]:
        raise StalePlan([f"{file} is gone" for file in gone])
    return without_errors(files, may_shrink=any(plan.allow_dnc_removals for plan in approved), tells=tells)


def by_environment_of_today(
    approved: Sequence[Plan], environments: Sequence[EnvironmentCampaigns]
) -> dict[Environment, Plan]:
    """The saved plan of each environment.

    A plan is for one host: raises PlanFileError before anything is sent to another. Raises StalePlan where other
    campaigns belong together than when it was planned.
    """
    found = {}
    for campaigns in environments:
        files = {desired.file for desired in campaigns.desired}
        theirs = [plan for plan in approved if any(campaign.file in files for campaign in plan.campaigns)]
        here = campaigns.environment.base_url
        if others := [plan.base_url for plan in theirs if plan.base_url != here]:
            raise PlanFileError(f"the plan was made for {others[0]}, and this is {here}: plan again for it")
        if files != {campaign.file for plan in theirs[:1] for campaign in plan.campaigns}:
            raise StalePlan([f"{campaigns.environment}: other campaigns belong to it than when it was planned"])
        found[campaigns.environment] = theirs[0]
    return found


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a plan is carried out in an environment; `form` is that of the output.

    With `is_quiet` a plan that has nothing to do is not shown. `problems` are those that its files were warned of.
    """

    environment: Environment
    form: str
    limits: LimitOptions
    auto_approve: bool
    expect: str | None = None
    is_quiet: bool = False
    problems: Sequence[Problem] = ()

    def approval(self, plan: Plan, approved: Plan | None = None) -> Approval | None:
        """How somebody said yes to a plan; None where there was nothing to say yes to."""
        if approved:
            return Approval.SAVED_PLAN
        if self.expect:
            return Approval.DIGEST
        if not plan.has_steps:
            return None
        return Approval.NOT_ASKED if self.auto_approve else Approval.ANSWER


def agreed_plan(
    make: Callable[[], Plan],
    terms: Terms,
    shutdown: Shutdown,
    approved: Plan | None = None,
    branch: Branch | None = None,
) -> Plan:
    """The plan that is to be carried out, once it was shown and everybody agrees on it; raises ReconcilerError else.

    `make` makes it, anew after the question. `approved` is the saved one, if there is one.
    """
    tells = not is_seen_on_a_terminal(terms.form)
    made = make()
    # A limit in percent is one of the campaigns that were at hand when the plan was saved.
    plan = held_to_limits(
        replace(made, among=approved.among) if approved else made, terms.environment, terms.limits, branch, tells=tells
    )
    plan = with_warnings(_refused_as_saved(plan, approved, terms.limits, tells=tells), terms.problems)
    if plan.has_steps or plan.has_errors or not terms.is_quiet:
        _show(plan, terms.form)
    check_digest(terms.expect, approved or plan)
    if plan.refused:
        msg = "the plan is over a limit, or breaks a house rule: nothing was written"
        raise ReconcilerError(msg)
    if plan.has_steps and not terms.auto_approve:
        ask(plan, shutdown)
        if make().digest != plan.digest:
            raise StalePlan(["something moved while the question stood there"])
    return plan


def _refused_as_saved(plan: Plan, approved: Plan | None, limits: LimitOptions, *, tells: bool) -> Plan:
    """The plan with why it was refused when it was saved: limits of the base that it was made with hold on.

    They may be let through here as there, house rules may not.
    """
    lets_through = any(asdict(limits).values())
    saved = approved.refused if approved else ()
    found = [told for told in saved if not (lets_through and is_about_limit(told)) and told not in plan.refused]
    for told in found if tells else ():
        say(f"the saved plan was refused when it was made: {told}")
    return replace(plan, refused=(*plan.refused, *found))


def is_seen_on_a_terminal(form: str) -> bool:
    """Whether the plan is shown where people read it, so that nothing has to be told besides."""
    return form != "json" and is_terminal(sys.stdout)


def _show(plan: Plan, form: str) -> None:
    """Show the plan; raises ReconcilerError where nobody reads it."""
    shown = text.render(plan, width=width(), colour=has_colour())
    if form == "json":
        tell(shown)
    elif not show(shown):
        msg = "the plan cannot be shown, because nobody reads the output: nothing was written"
        raise ReconcilerError(msg)


def check_digest(expected: str | None, plan: Plan) -> None:
    """A digest may be given short, as plans print it, and for several environments with commas between.

    Raises StalePlan where the plan has another.
    """
    if expected is None:
        return
    digest = plan.digest.removeprefix("sha256:")
    short = [one.strip().removeprefix("sha256:") for one in expected.split(",")]
    if not any(len(one) >= _SHORTEST_DIGEST and digest.startswith(one) for one in short):
        raise StalePlan([f"the digest is {plan.digest}, and {expected} was expected"])


def ask(plan: Plan, shutdown: Shutdown) -> None:
    """Ask, and say which calls start and what is final.

    Raises Interrupted unless the answer is `yes`, UsageError where nobody can be asked.
    """
    if not is_terminal(sys.stdin):
        msg = "nothing was written: there is no terminal to ask on, so pass --auto-approve to apply this plan"
        raise UsageError(msg)
    starts = sum(campaign.starts for campaign in plan.campaigns)
    calls = f" It starts the calls of {count(starts, 'campaign')}." if starts else ""
    with shutdown.asking():
        for told in text.before_yes(plan):
            say(told)
        prompt(f"Apply this plan?{calls} Only `yes` does: ")
        answer = sys.stdin.readline().strip()
    if answer != "yes":
        msg = "not approved: nothing was written"
        raise Interrupted(msg)

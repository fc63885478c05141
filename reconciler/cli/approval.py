"""What is to be applied was seen by somebody: in a saved plan, as a digest, or at the question."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.apply.report import Approval
from reconciler.cli.environments import Environment, EnvironmentCampaigns
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.option_groups import LimitOptions
from reconciler.cli.planning import held_to_limits
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, is_terminal, prompt, show, tell, width
from reconciler.model.errors import Interrupted, PlanFileError, ReconcilerError, StalePlan, UsageError
from reconciler.model.words import count
from reconciler.plan.branch import Branch
from reconciler.plan.plan import Plan
from reconciler.render import text

_SHORTEST_DIGEST = 12


def campaigns_of(approved: Plan) -> LoadedCampaigns:
    """The campaigns of a saved plan, as their files say them now; raises StalePlan where a file is gone."""
    files = [campaign.file for campaign in approved.campaigns]
    if gone := [file for file in files if not Path(file).is_file()]:
        raise StalePlan([f"{file} is gone" for file in gone])
    return without_errors(files, may_shrink=approved.allow_dnc_removals)


def check_host(approved: Plan, environments: Sequence[EnvironmentCampaigns]) -> None:
    """A plan is for one host; raises PlanFileError before anything is sent to another."""
    hosts = {campaigns.environment.base_url for campaigns in environments}
    if hosts != {approved.base_url}:
        msg = f"the plan was made for {approved.base_url}, and this is {', '.join(sorted(hosts))}: plan again for it"
        raise PlanFileError(msg)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a plan is carried out in an environment; `form` is that of the output.

    With `is_quiet` a plan that has nothing to do is not shown.
    """

    environment: Environment
    form: str
    limits: LimitOptions
    auto_approve: bool
    expect: str | None = None
    is_quiet: bool = False

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
    plan, is_over = held_to_limits(
        make(), terms.environment, terms.limits, branch, tells=terms.form == "json" or not is_terminal(sys.stdout)
    )
    if plan.has_steps or plan.has_errors or not terms.is_quiet:
        _show(plan, terms.form)
    check_digest(terms.expect, approved or plan)
    if is_over:
        msg = "the plan is over a limit, or breaks a house rule: nothing was written"
        raise ReconcilerError(msg)
    if plan.has_steps and not terms.auto_approve:
        ask(plan, shutdown)
        if make().digest != plan.digest:
            raise StalePlan(["something moved while the question stood there"])
    return plan


def _show(plan: Plan, form: str) -> None:
    """Show the plan; raises ReconcilerError where nobody reads it."""
    shown = text.render(plan, width=width(), colour=has_colour())
    if form == "json":
        tell(shown)
    elif not show(shown):
        msg = "the plan cannot be shown, because nobody reads the output: nothing was written"
        raise ReconcilerError(msg)


def check_digest(expected: str | None, plan: Plan) -> None:
    """A digest may be given short, as plans print it; raises StalePlan where the plan has another."""
    if expected is None:
        return
    short = expected.removeprefix("sha256:")
    if len(short) < _SHORTEST_DIGEST or not plan.digest.removeprefix("sha256:").startswith(short):
        raise StalePlan([f"the digest is {plan.digest}, and {expected} was expected"])


def ask(plan: Plan, shutdown: Shutdown) -> None:
    """Ask, and say if calls start; raises Interrupted unless it is `yes`, UsageError where nobody can be asked."""
    if not is_terminal(sys.stdin):
        msg = "nothing was written: there is no terminal to ask on, so pass --auto-approve to apply this plan"
        raise UsageError(msg)
    starts = sum(campaign.starts for campaign in plan.campaigns)
    calls = f" It starts the calls of {count(starts, 'campaign')}." if starts else ""
    with shutdown.asking():
        prompt(f"Apply this plan?{calls} Only `yes` does: ")
        answer = sys.stdin.readline().strip()
    if answer != "yes":
        msg = "not approved: nothing was written"
        raise Interrupted(msg)

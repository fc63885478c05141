"""What is to be applied was seen by somebody: in a saved plan, as a digest, or at the question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from reconciler.cli.environments import EnvironmentCampaigns
from reconciler.cli.load import LoadedCampaigns, without_errors
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import is_terminal, prompt
from reconciler.model.errors import Interrupted, PlanFileError, StalePlan, UsageError
from reconciler.model.words import count
from reconciler.plan.plan import Plan

_SHORTEST_DIGEST = 12


def campaigns_of(approved: Plan) -> LoadedCampaigns:
    """The campaigns of a saved plan, as their files say them now; raises StalePlan where a file is gone."""
    files = [campaign.file for campaign in approved.campaigns]
    if gone := [file for file in files if not Path(file).is_file()]:
        raise StalePlan([f"{file} is gone" for file in gone])
    return without_errors(files)


def check_host(approved: Plan, environments: Sequence[EnvironmentCampaigns]) -> None:
    """A plan is for one host; raises PlanFileError before anything is sent to another."""
    hosts = {campaigns.environment.base_url for campaigns in environments}
    if hosts != {approved.base_url}:
        msg = f"the plan was made for {approved.base_url}, and this is {', '.join(sorted(hosts))}: plan again for it"
        raise PlanFileError(msg)


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

"""`--metrics FILE`: what a run came to, written at its end, however it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.terminal import say
from reconciler.files import disk
from reconciler.model.errors import ReconcilerError
from reconciler.render import openmetrics
from reconciler.render.openmetrics import EnvironmentMetrics as EnvironmentMetrics  # noqa: PLC0414
from reconciler.render.openmetrics import RunMetrics

if TYPE_CHECKING:
    from reconciler.apply.outcome import Outcome
    from reconciler.cli.environments import Environment, EnvironmentCampaigns
    from reconciler.cli.report import EnvironmentRun
    from reconciler.plan.plan import Plan

HELP = "Write what the run came to there, as OpenMetrics text."


def measured(path: Path | None, command: str, run: Callable[[list[EnvironmentMetrics]], int]) -> int:
    """Run a command, which fills the list that it is given, and write the metrics; returns its exit code.

    Where they cannot be written, that is told, and the exit code is 1 at least.
    """
    found: list[EnvironmentMetrics] = []
    try:
        code = run(found)
    except ReconcilerError as error:
        _write(path, command, error.exit_code, found)
        raise
    return code if _write(path, command, code, found) else code or 1


def _write(path: Path | None, command: str, code: int, found: Sequence[EnvironmentMetrics]) -> bool:
    if path is None:
        return True
    try:
        disk.write(path, openmetrics.render(RunMetrics(command, time.time(), code, _united(found))))
    except OSError as error:
        say(f"the metrics cannot be written to {path}: {error.strerror}")
        return False
    return True


def _united(found: Sequence[EnvironmentMetrics]) -> tuple[EnvironmentMetrics, ...]:
    """One of each name: what was healed of an environment stands beside what was applied there."""
    by_name: dict[str, EnvironmentMetrics] = {}
    for one in found:
        by_name[one.environment] = by_name[one.environment].and_also(one) if one.environment in by_name else one
    return tuple(by_name.values())


def of_run(run: EnvironmentRun) -> EnvironmentMetrics:
    """What an apply came to. What it did not bring to where its file wants it differs still."""
    from reconciler.apply.outcome import Result  # noqa: PLC0415 - plans have no outcomes

    done = {Result.APPLIED, Result.UNCHANGED}
    failed = {Result.FAILED, Result.NOT_ATTEMPTED, Result.LEFT_PAUSED}
    found = run.outcomes
    return EnvironmentMetrics(
        run.label or run.base_url,
        changes=sum(bool(one.changes or one.status or one.is_created) for one in found),
        failures=sum(one.result in failed for one in found),
        put_off=sum(one.result is Result.DEFERRED for one in found),
        paused_seconds=sum(one.seconds_paused for one in found),
        left_paused=sum(one.result is Result.LEFT_PAUSED for one in found),
        drift=sum(one.result not in done for one in found),
    )


def of_stop(environment: Environment, outcomes: Iterable[Outcome], errors: Sequence[str]) -> EnvironmentMetrics:
    """What a stop came to: campaigns that it paused, and those, and what else, that it failed at."""
    failed = [outcome.failure is not None for outcome in outcomes]
    return EnvironmentMetrics(environment.label, changes=failed.count(False), failures=failed.count(True) + len(errors))


def of_plan(campaigns: EnvironmentCampaigns, plan: Plan | None) -> EnvironmentMetrics:
    """What a plan found, which changes nothing; None where none could be made."""
    name = campaigns.environment.label
    if plan is None:
        return EnvironmentMetrics(name, failures=len(campaigns.desired))
    return EnvironmentMetrics(
        name,
        failures=sum(bool(campaign.errors) for campaign in plan.campaigns),
        left_paused=len(plan.left_paused),
        drift=sum(campaign.is_pending for campaign in plan.campaigns),
    )

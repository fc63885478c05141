"""What was done in each environment, told and written as the report of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler import __version__
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.cli.ci import run_origin
from reconciler.cli.environments import EnvironmentCampaigns
from reconciler.cli.option_groups import ReportOptions
from reconciler.cli.terminal import has_colour, line_width, say, show
from reconciler.files import disk
from reconciler.model.errors import LeftPaused, ReconcilerError, UsageError
from reconciler.render import json, text


@dataclass(frozen=True, slots=True)
class EnvironmentRun:
    """What was done in one environment."""

    base_url: str
    began: str
    outcomes: tuple[Outcome, ...]
    digest: str | None = None
    error: ReconcilerError | None = None
    title: str = ""

    @property
    def exit_code(self) -> int:
        """3 where a campaign is left paused, 1 where something is not done, else 0."""
        results = {outcome.result for outcome in self.outcomes}
        if Result.LEFT_PAUSED in results:
            return LeftPaused.exit_code
        if self.error:
            return self.error.exit_code
        return 0 if results <= {Result.APPLIED, Result.UNCHANGED} else 1

    @property
    def is_begun(self) -> bool:
        """Whether anything was done at all."""
        return any(outcome.result is not Result.NOT_ATTEMPTED for outcome in self.outcomes)


def not_attempted(
    campaigns: EnvironmentCampaigns, began: str, error: ReconcilerError, healed: Sequence[Outcome] = ()
) -> EnvironmentRun:
    """What is reported of an environment where an error came before anything was applied."""
    failure = Failure(str(error))
    left = [Outcome(d.id, d.label, d.file, Result.NOT_ATTEMPTED, failure=failure) for d in campaigns.desired]
    return EnvironmentRun(
        campaigns.environment.base_url, began, (*healed, *left), error=error, title=str(campaigns.environment)
    )


def begin_report(options: ReportOptions, base_urls: Iterable[str] = (), began: str = "") -> None:
    """Write a report without an end for each of these environments: what stays of a run that the machine kills.

    Raises UsageError where the report cannot be written, before anything else is.
    """
    if options.report is None:
        return
    origin = run_origin(os.environ)
    reports = [json.Report(base_url, None, __version__, began, origin=origin) for base_url in base_urls]
    try:
        disk.write(options.report, json.reports(reports) + "\n")
    except OSError as error:
        msg = f"the report cannot be written to {options.report}: {error.strerror}"
        raise UsageError(msg) from None


def finish(runs: Sequence[EnvironmentRun], ended: str, options: ReportOptions) -> int:
    """Write and show the report; returns the worst exit code of all environments, and at least 1 if that fails."""
    origin = run_origin(os.environ)
    reports = [
        json.Report(run.base_url, run.digest, __version__, run.began, ended, run.exit_code, run.outcomes, origin)
        for run in runs
    ]
    document = json.reports(reports)
    code = _worst(run.exit_code for run in runs)
    if options.report:
        try:
            disk.write(options.report, document + "\n")
        except OSError as error:
            say(f"the report cannot be written to {options.report}: {error.strerror}")
            code = code or 1
    outcomes = [outcome for run in runs for outcome in run.outcomes]
    is_shown = options.form == "json" or any(run.is_begun or not run.error for run in runs)
    shown = document if options.form == "json" else text.report(outcomes, colour=has_colour(), width=line_width())
    return code if not is_shown or show(shown) else code or 1


def _worst(codes: Iterable[int]) -> int:
    """A campaign that is left paused before everything else; 1, in part, where environments ended differently."""
    every = set(codes)
    if LeftPaused.exit_code in every:
        return LeftPaused.exit_code
    return every.pop() if len(every) == 1 else int(any(every))

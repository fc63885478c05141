"""What was done in each environment, told and written as the report of a run: at its end, and as it goes."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from reconciler import __version__
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.report import Approval, Report
from reconciler.cli.ci import run_origin
from reconciler.cli.environments import Environment, EnvironmentCampaigns
from reconciler.cli.option_groups import ReportOptions
from reconciler.cli.terminal import has_colour, line_width, say, show
from reconciler.files import disk
from reconciler.model.errors import LeftPaused, ReconcilerError, UsageError
from reconciler.render import json
from reconciler.render.outcomes import outcomes_told

# While a run goes on, its report is written this many times slower than it could be: it must not be in the way.
_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class EnvironmentRun:
    """What was done in one environment."""

    base_url: str
    began: str
    outcomes: tuple[Outcome, ...] = ()
    digest: str | None = None
    error: ReconcilerError | None = None
    title: str = ""
    approval: Approval | None = None
    token_env: str | None = None
    key_name: str | None = None
    label: str = ""

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


def not_begun(environment: Environment, began: str) -> EnvironmentRun:
    """What is known of a run before anything is done in an environment."""
    return EnvironmentRun(
        environment.base_url,
        began,
        title=str(environment),
        token_env=environment.token_env,
        label=environment.label,
    )


def not_attempted(
    campaigns: EnvironmentCampaigns, began: str, error: ReconcilerError, healed: Sequence[Outcome] = ()
) -> EnvironmentRun:
    """What is reported of an environment where an error came before anything was applied."""
    failure = Failure(str(error))
    left = [Outcome(d.id, d.label, d.file, Result.NOT_ATTEMPTED, failure=failure) for d in campaigns.desired]
    return replace(not_begun(campaigns.environment, began), outcomes=(*healed, *left), error=error)


@dataclass(slots=True)
class RunsSoFar:
    """What is done by now in each environment of a run: those that ended, the one under way, and those ahead."""

    ended: list[EnvironmentRun] = field(default_factory=list)
    ahead: list[EnvironmentRun] = field(default_factory=list)
    under_way: Callable[[], EnvironmentRun] | None = None

    def __call__(self) -> list[EnvironmentRun]:
        """All of them."""
        under_way = self.under_way
        return [*self.ended, *([under_way()] if under_way else self.ahead[:1]), *self.ahead[1:]]

    def end(self, run: EnvironmentRun) -> None:
        """The first of those ahead is over."""
        self.under_way = None
        self.ended.append(run)
        del self.ahead[:1]


@dataclass(slots=True)
class ReportFile:
    """The report of a run, which is written as it goes: whenever the machine ends it, the file is a whole document.

    `runs` tells what is done by now, for each environment. A pipe or a terminal is written to once, at the end.
    """

    options: ReportOptions
    command: str
    runs: Callable[[], Sequence[EnvironmentRun]] = tuple
    _noted: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _writer: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_writing()

    def begin(self, runs: Callable[[], Sequence[EnvironmentRun]] = tuple) -> None:
        """Write what is done by now, and again whenever something is noted.

        Raises UsageError where the report cannot be written, before anything else is.
        """
        self.runs, path = runs, self.options.report
        if path is None:
            return
        try:
            if not _is_kept(path):
                return
            disk.write(path, self._document() + "\n")
        except OSError as error:
            msg = f"the report cannot be written to {path}: {error.strerror}"
            raise UsageError(msg) from None
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_on, args=(path,), daemon=True)
            self._writer.start()

    def note(self) -> None:
        """Something was done that belongs into the report."""
        self._noted.set()

    def finish(self, runs: Sequence[EnvironmentRun], ended: str, *, quiet: bool = False) -> int:
        """Write and show the report; returns the worst exit code of all environments, and at least 1 if that fails."""
        self._stop_writing()
        document = json.reports([self._report(run, ended) for run in runs])
        code = _worst(run.exit_code for run in runs)
        if self.options.report:
            try:
                disk.write(self.options.report, document + "\n")
            except OSError as error:
                say(f"the report cannot be written to {self.options.report}: {error.strerror}")
                code = code or 1
        outcomes = [outcome for run in runs for outcome in run.outcomes]
        is_json = self.options.form == "json"
        is_shown = is_json or any(run.is_begun or not run.error for run in runs if run.outcomes or not quiet)
        base_url = runs[0].base_url if runs else ""
        shown = (
            document if is_json else outcomes_told(outcomes, base_url=base_url, colour=has_colour(), width=line_width())
        )
        return code if not is_shown or show(shown) else code or 1

    def _stop_writing(self) -> None:
        self._ended.set()
        self._noted.set()
        if self._writer:
            self._writer.join()

    def _write_on(self, path: Path) -> None:
        """Write whenever something was noted, and rest in between for as long as it takes not to be in the way."""
        while not self._ended.is_set():
            self._noted.wait()
            self._noted.clear()
            began = time.monotonic()
            with contextlib.suppress(OSError):  # told at the end
                disk.write(path, self._document() + "\n")
            self._ended.wait(_PATIENCE * (time.monotonic() - began))

    def _document(self) -> str:
        return json.reports([self._report(run) for run in self.runs()])

    def _report(self, run: EnvironmentRun, ended: str | None = None) -> Report:
        return Report(
            run.base_url,
            run.digest,
            __version__,
            run.began,
            ended,
            run.exit_code if ended else None,
            run.outcomes,
            run_origin(os.environ),
            self.command,
            run.approval,
            run.token_env,
            run.key_name,
        )


def _is_kept(path: Path) -> bool:
    """Whether what is written there can be written over; a pipe or a terminal is read as it comes."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True


def _worst(codes: Iterable[int]) -> int:
    """A campaign that is left paused before everything else; 1, in part, where environments ended differently."""
    every = set(codes)
    if LeftPaused.exit_code in every:
        return LeftPaused.exit_code
    return every.pop() if len(every) == 1 else int(any(every))

"""`reconciler stop`: pauses what calls, at once, and holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.outcome import Outcome
from reconciler.apply.stop import Stop
from reconciler.cli import metrics, options
from reconciler.cli.applying import context_of
from reconciler.cli.connection import Connection, connect
from reconciler.cli.holding import HoldFiles, hold_file
from reconciler.cli.option_groups import Network
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.stopping import Asked, Target, targets, who
from reconciler.cli.terminal import say, show
from reconciler.cli.workers import LAST_GRACE, run_concurrently
from reconciler.files.find import CAMPAIGNS
from reconciler.model.campaign import Live
from reconciler.model.errors import ReconcilerError
from reconciler.model.holds import Hold, Stopped, is_moment, united
from reconciler.model.words import count
from reconciler.render.printable import clean
from reconciler.render.words import seconds


def _checked_until(_: click.Context, __: click.Parameter, until: str | None) -> str | None:
    if until is not None and not is_moment(until):
        raise click.BadParameter("write a date or a time like 2027-01-05 or 2027-01-05T09:00+01:00")
    return until


@options.values
class StopRequest:
    """What is stopped, why, and until when that is meant; `drain_timeout` is in seconds."""

    paths: tuple[str, ...] = options.paths()
    everything: bool = options.flag("--all", help="Every campaign of the environments below PATH.")
    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="NAME", help="Campaigns with this name, or one like it as in 'Sales *'; repeatable."
    )
    ids: tuple[str, ...] = options.repeatable("--id", metavar="ID", help="The campaign with this id; repeatable.")
    reason: str = options.option(
        "--reason", default="", metavar="TEXT", help="Why, for everybody who finds it stopped."
    )
    until: str | None = options.option(
        "--until",
        metavar="TIME",
        callback=_checked_until,
        help="Until when that is meant, which is told and ends nothing: only `release` does.",
    )
    dry_run: bool = options.flag("--dry-run", help="Show what would be paused, and write nothing.")
    drain_timeout: float = options.drain_timeout(
        "Seconds that an apply at work elsewhere may keep a campaign paused: so long is looked for its resume."
    )
    metrics: Path | None = options.file("--metrics", help=metrics.HELP)
    network: Network = options.group(Network)


@options.command(StopRequest, short_help="Pause what calls, at once, and keep it so.")
def command(given: StopRequest) -> int:
    """Pause every active campaign that is meant, without a question, and hold it until `reconciler release`.

    It needs a token, and nothing else. Campaigns without a file are paused, too. What is meant is held, whatever its
    status is: nothing else starts it. Commit `_holds.yaml`, so that every pipeline knows.

    \b
    Examples:
      reconciler stop --all --reason "wrong prompt went live"
      reconciler stop campaigns/production --name 'Sales *' --reason complaints
      reconciler stop --id 9f1c2d3e
    """
    asked = Asked.checked(given.everything, given.names, given.ids, given.paths)
    return metrics.measured(given.metrics, "stop", lambda found: _stopped(given, asked, found))


def _stopped(given: StopRequest, asked: Asked, found: list[metrics.EnvironmentMetrics]) -> int:
    """Stop every environment that is meant, and tell; the exit code. `found` is filled with what it comes to."""
    shutdown = Shutdown(given.network.deadline)
    began = shutdown.now()
    with shutdown.handle_signals():
        meant, is_whole = targets(asked, given.network)
        stops = [_EnvironmentStop(given, target, shutdown) for target in meant]
        for number, done in run_concurrently(lambda one: one.run(), stops, len(stops), shutdown, grace=LAST_GRACE):
            if done is None:
                stops[number].errors.append("stopped while a request had no answer yet: look what is active")
    for stop in stops:
        found.append(metrics.of_stop(stop.target.environment, stop.outcomes.values(), stop.errors))
        for error in stop.errors:
            say(f"{stop.target.environment}: {error}")
    outcomes = [outcome for stop in stops for outcome in stop.outcomes.values()]
    failed = [outcome for outcome in outcomes if outcome.failure]
    for outcome in failed:
        show(clean(f"NOT STOPPED: {outcome.name} (id {outcome.id}): {outcome.failure and outcome.failure.message}"))
    if given.dry_run:
        show("nothing was written: this was a dry run")
    else:
        ended = max((stop.ended_at or began for stop in stops), default=began)
        show(f"{count(len(outcomes) - len(failed), 'campaign')} stopped in {seconds(ended - began)}")
        _tell_of_files(stops)
    return 0 if is_whole and not failed and not any(stop.errors for stop in stops) else 1


def _tell_of_files(stops: Sequence[_EnvironmentStop]) -> None:
    """Which files hold them, and what to do with those."""
    files = sorted({str(file) for stop in stops for file in stop.written})
    if files:
        say(f"held in {', '.join(files)}: commit that, so that every pipeline holds them, too")
    if any(stop.is_held for stop in stops):
        say("nothing but `reconciler release` starts them again")


@dataclass(slots=True)
class _EnvironmentStop:
    """The stop of one environment: what was done, and what went wrong."""

    given: StopRequest
    target: Target
    shutdown: Shutdown
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    is_held: bool = False
    ended_at: float | None = None

    def run(self) -> bool:
        """Hold, pause, look again; errors are kept, so that other environments are stopped all the same."""
        try:
            with connect(
                self.given.network, self.target.environment, self.shutdown, read_only=self.given.dry_run
            ) as connection:
                self._stop(connection)
        except ReconcilerError as error:
            self.errors.append(str(error))
        return True

    def _stop(self, connection: Connection) -> None:
        hold = self._hold(connection)
        if not self.given.dry_run:
            self._write(hold)

        def note(rows: Sequence[Live]) -> None:
            stopped = tuple(Stopped(row.id, row.name, row.status or "active") for row in rows)
            if rows and not self.given.dry_run:
                self._write(replace(hold, stopped=stopped))

        def is_meant(row: Live) -> bool:
            return hold.selected.covers(row.id, row.name)

        stop = Stop(context_of(connection), is_meant, note, self._run(connection), self.given.drain_timeout)
        if self.given.dry_run:
            for row in stop.active():
                show(clean(f"would be stopped: {row.name} (id {row.id})"))
            return
        for outcome in stop.carry_out():
            self.outcomes[str(outcome.id)], self.ended_at = outcome, stop.ended_at
            if not outcome.failure:
                show(clean(f"stopped: {outcome.name} (id {outcome.id})"))
        self.errors += stop.errors

    def _hold(self, connection: Connection) -> Hold:
        given = self.given
        return Hold(
            since=self.shutdown.stamp(),
            by=who(),
            reason=given.reason,
            base_url=canonical_base_url(connection.base_url),
            selected=self.target.selected,
            token_env=connection.token_env,
            token=connection.token,
            until=given.until or "",
        )

    def _write(self, hold: Hold) -> None:
        """Hold it in every place; where that cannot be written is told, and what calls is paused all the same."""
        paths = self.given.paths or (CAMPAIGNS,)
        files = [file for path in paths if (file := hold_file(Path(path)))]
        failures = HoldFiles(self.given.network.state_dir).change(files, lambda held: united([*held, hold]))
        self.errors += [failure for failure in failures if failure not in self.errors]
        self.is_held = len(failures) <= len(files)
        self.written = [] if failures else files

    def _run(self, connection: Connection) -> Callable[[Callable[[Live], Outcome], Sequence[Live]], Iterable[Outcome]]:
        workers = connection.client.settings.concurrency

        def run(work: Callable[[Live], Outcome], rows: Sequence[Live]) -> Iterator[Outcome]:
            for number, outcome in run_concurrently(work, rows, workers, self.shutdown, grace=LAST_GRACE):
                if outcome:
                    yield outcome
                else:
                    row = rows[number]
                    self.errors.append(f"{row.name} (id {row.id}): no answer yet, so it may call")

        return run

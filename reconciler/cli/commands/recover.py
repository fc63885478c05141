"""`reconciler recover`: resumes what an interrupted apply left paused, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.api.endpoints import checked_id
from reconciler.apply.context import PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.cli import options
from reconciler.cli.applying import resumed
from reconciler.cli.connection import connect
from reconciler.cli.environments import Environment, default_environment
from reconciler.cli.option_groups import Network, ReportOptions
from reconciler.cli.report import EnvironmentRun, begin_report, finish
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.files import read as files
from reconciler.model.campaign import Status
from reconciler.model.errors import ReconcilerError


@options.values
class RecoverRequest:
    """What is resumed: what the journal holds, or the campaigns that are named."""

    ids: tuple[str, ...] = options.repeatable(
        "--id", metavar="ID", help="Resume this campaign, without a journal; repeatable."
    )
    report: ReportOptions = options.group(ReportOptions)
    network: Network = options.group(Network)


@options.command(RecoverRequest, short_help="Resume campaigns that an interrupted apply left paused.")
def command(given: RecoverRequest) -> int:
    """Resume the campaigns that the journal says we paused, if they are still paused.

    Anything else is reported and struck from the journal. It can be run any number of times. Where there is no
    journal (the machine is gone), name the campaigns with --id.

    \b
    Examples:
      reconciler recover
      reconciler recover --id 9f1c2d3e
    """
    campaign_ids = [checked_id(campaign_id) for campaign_id in given.ids]
    begin_report(given.report)
    shutdown = Shutdown(given.network.deadline)
    state = StateFolder(given.network.state_dir)
    recovering = _Recovering(given.network, shutdown)
    with shutdown.handle_signals(), state.locked():
        runs = [recovering.named(campaign_ids)] if campaign_ids else recovering.journal(state.entries())
        if not runs:
            say("the journal is empty: nothing was left paused")
            return 0
        return finish(runs, shutdown.stamp(), given.report)


@dataclass(frozen=True, slots=True)
class _Recovering:
    network: Network
    shutdown: Shutdown

    def named(self, campaign_ids: Sequence[str]) -> EnvironmentRun:
        """Resume these campaigns, whatever a journal says."""
        environment = default_environment(self.network)
        stamp = self.shutdown.stamp()
        entries = [
            PauseEntry(campaign_id, environment.base_url, Status.ACTIVE, stamp, "as --id says", environment.token_env)
            for campaign_id in campaign_ids
        ]
        return self._in(environment, entries)

    def journal(self, entries: Sequence[PauseEntry]) -> list[EnvironmentRun]:
        """Resume what the journal holds, environment by environment."""
        by_place: dict[Environment, list[PauseEntry]] = {}
        for entry in entries:
            by_place.setdefault(Environment(entry.base_url, entry.token_env), []).append(entry)
        return [self._in(environment, of_it) for environment, of_it in by_place.items()]

    def _in(self, environment: Environment, entries: Sequence[PauseEntry]) -> EnvironmentRun:
        """Resume campaigns of one environment; what cannot be reached is left paused."""
        began = self.shutdown.stamp()
        try:
            self._known(environment)
            with connect(self.network, environment, self.shutdown, read_only=False) as connection:
                outcomes = resumed(entries, connection)
        except ReconcilerError as error:
            say(f"{', '.join(entry.campaign for entry in entries)}: {error}")
            outcomes = tuple(
                Outcome(entry.campaign, entry.campaign, "", Result.LEFT_PAUSED, failure=Failure(str(error)))
                for entry in entries
            )
        return EnvironmentRun(environment.base_url, began, outcomes)

    def _known(self, environment: Environment) -> None:
        """A token goes to no host just because a journal names it; raises ReconcilerError."""
        hosts = {default_environment(self.network).base_url} | _hosts_of_files()
        if environment.base_url not in hosts:
            option = (
                "--sandbox"
                if environment.base_url.startswith("http://sandbox.")
                else f"--base-url {environment.base_url}"
            )
            msg = f"it is of {environment.base_url}, which is not the host of this run: pass {option} if it is right"
            raise ReconcilerError(msg)


def _hosts_of_files() -> set[str]:
    """The hosts that environment files under `campaigns` name; none where there are no such files."""
    try:
        environments = files.read(["campaigns"]).environments.values()
    except ReconcilerError:
        return set()
    return {str(document.values.get("base_url", "")).rstrip("/") for document in environments}

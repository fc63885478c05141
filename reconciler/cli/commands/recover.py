"""`reconciler recover`: resumes what an interrupted apply left paused, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.api.endpoints import checked_id
from reconciler.apply.context import PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.cli import options
from reconciler.cli.applying import EnvironmentRun, ReportOptions, begin_report, finish, resumed
from reconciler.cli.options import Network
from reconciler.cli.planning import Environment, connect, default_environment
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.files import read as files
from reconciler.model.campaign import Status
from reconciler.model.errors import ReconcilerError


@click.command(short_help="Resume campaigns that an interrupted apply left paused.")
@options.network
@options.forms("text", "json")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Resume this campaign, without a journal; repeatable.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the JSON report there, too.",
)
def command(*, form: str, ids: Sequence[str], report: Path | None, **given: object) -> int:
    """Resume the campaigns that the journal says we paused, if they are still paused.

    Anything else is reported and struck from the journal. It can be run any number of times. Where there is no
    journal (the machine is gone), name the campaigns with --id.

    \b
    Examples:
      reconciler recover
      reconciler recover --id 9f1c2d3e
    """
    network = options.options_from(Network, given)
    wanted = [checked_id(campaign) for campaign in ids]
    manner = ReportOptions(form, report)
    begin_report(manner)
    ends = Shutdown(say, network.deadline)
    state = StateFolder(network.state_dir)
    recovering = _Recovering(network, ends)
    with ends.handle_signals(), state.locked():
        runs = [recovering.named(wanted)] if wanted else recovering.journal(state.entries())
        if not runs:
            say("the journal is empty: nothing was left paused")
            return 0
        return finish(runs, ends.stamp(), manner)


@dataclass(frozen=True, slots=True)
class _Recovering:
    network: Network
    ends: Shutdown

    def named(self, campaigns: Sequence[str]) -> EnvironmentRun:
        """Resume these campaigns, whatever a journal says."""
        environment = default_environment(self.network)
        stamp = self.ends.stamp()
        entries = [
            PauseEntry(campaign, environment.base_url, Status.ACTIVE, stamp, "as --id says", environment.token_env)
            for campaign in campaigns
        ]
        return self._in(environment, entries)

    def journal(self, entries: Sequence[PauseEntry]) -> list[EnvironmentRun]:
        """Resume what the journal holds, environment by environment."""
        groups: dict[Environment, list[PauseEntry]] = {}
        for entry in entries:
            groups.setdefault(Environment(entry.base_url, entry.token_env), []).append(entry)
        return [self._in(environment, group) for environment, group in groups.items()]

    def _in(self, environment: Environment, entries: Sequence[PauseEntry]) -> EnvironmentRun:
        began = self.ends.stamp()
        try:
            self._known(environment)
            with connect(self.network, environment, self.ends, read_only=False) as place:
                outcomes = resumed(entries, place)
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

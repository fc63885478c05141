"""`reconciler recover`: resumes what an interrupted apply left paused, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reconciler.api.base_url import canonical_base_url, checked_base_url
from reconciler.api.endpoints import TOKEN_VARIABLE, checked_id
from reconciler.apply.context import ApplyContext, PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Outcome
from reconciler.apply.recover import recover, resume
from reconciler.cli import options
from reconciler.cli.applying import context_of, is_of
from reconciler.cli.connection import Connection, connect
from reconciler.cli.environments import Environment, default_environment
from reconciler.cli.healing import FilesAtHand, Healing
from reconciler.cli.option_groups import Network, ReportOptions
from reconciler.cli.report import EnvironmentRun, ReportFile, not_begun
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say, say_lines
from reconciler.model.errors import UsageError
from reconciler.render.outcomes import outcome_told


@options.values
class RecoverRequest:
    """What is resumed: what the journal holds, or the campaigns that are named."""

    ids: tuple[str, ...] = options.repeatable(
        "--id", metavar="ID", help="Resume this campaign, without a journal; repeatable."
    )
    forget: tuple[str, ...] = options.repeatable(
        "--forget", metavar="ID", help="Strike this campaign from the journal, because it is gone; repeatable."
    )
    report: ReportOptions = options.group(ReportOptions)
    network: Network = options.group(Network)


@options.command(RecoverRequest, short_help="Resume campaigns that an interrupted apply left paused.")
def command(given: RecoverRequest) -> int:
    """Resume the campaigns that the journal says we paused, if they are still paused.

    Anything else is reported and struck from the journal. It can be run any number of times. Where there is no
    journal (the machine is gone), name the campaigns with --id. What is gone for good is struck off with --forget,
    which sends nothing.

    \b
    Examples:
      reconciler recover
      reconciler recover --id 9f1c2d3e
      reconciler recover --forget 9f1c2d3e
    """
    ids, forgotten = [[checked_id(one) for one in texts] for texts in (given.ids, given.forget)]
    if ids and forgotten:
        msg = "--id resumes and --forget strikes off: give one of the two"
        raise UsageError(msg)
    shutdown = Shutdown(given.network.deadline)
    state = StateFolder(given.network.state_dir)
    with shutdown.handle_signals(), state.locked(), ReportFile(given.report, "recover") as report:
        entries = state.entries()
        report.begin()
        if forgotten:
            return _forget(state, forgotten)
        if not ids and not entries:
            say("the journal is empty: nothing was left paused")
            return 0
        return report.finish(_recovered(given.network, shutdown, entries, ids, report), shutdown.stamp())


def _forget(state: StateFolder, ids: Sequence[str]) -> int:
    """Strike campaigns from the journal; 1 where it does not hold one of them."""
    code = 0
    for campaign_id in ids:
        held = [entry for entry in (*state.entries(), *state.closed()) if entry.campaign == campaign_id]
        for entry in held:
            state.clear(entry)
            say(f"{entry.name or campaign_id}: struck from the journal, and left as it is")
        if not held:
            say(f"the journal does not hold {campaign_id}")
            code = 1
    return code


def _recovered(
    network: Network, shutdown: Shutdown, entries: Sequence[PauseEntry], ids: Sequence[str], report: ReportFile
) -> list[EnvironmentRun]:
    """Resume what is named, or else all that the journal holds, environment by environment; written as it goes."""
    at_hand = FilesAtHand.read(["campaigns"], entries)
    healing = Healing(network, shutdown, at_hand.hosts)
    began = shutdown.stamp()
    done: list[tuple[Environment, Outcome]] = []
    report.begin(lambda: _runs(began, done))

    def put_back(entry: PauseEntry, context: ApplyContext) -> Outcome:
        outcome = next(recover([entry], context))
        done.append((Environment(entry.base_url, entry.token_env), outcome))
        report.note()
        return outcome

    if not ids:
        found = healing.run(entries, put_back)
        return _runs(began, [(place, one) for place, outcomes in found.items() for one in outcomes])
    named = _Named(network, at_hand, {entry.campaign: entry for entry in entries})
    for campaign_id in ids:
        environment = named.environment(campaign_id)
        with connect(network, environment, shutdown, read_only=False) as connection:
            context = context_of(connection)
            outcome = resume(campaign_id, context, named.entry(campaign_id, connection))
            if outcome.failure is None:
                _strike_closed(campaign_id, connection)
        say_lines(outcome_told(outcome))
        done.append((environment, outcome))
        report.note()
    return _runs(began, done)


def _strike_closed(campaign_id: str, connection: Connection) -> None:
    """A person ended a pause over days without calls: whatever pauses the campaign from now on is not ours to end."""
    for entry in connection.state.closed():
        if entry.campaign.casefold() == campaign_id.casefold() and is_of(entry, connection):
            connection.state.clear(entry)


def _runs(began: str, done: Iterable[tuple[Environment, Outcome]]) -> list[EnvironmentRun]:
    """What was done, environment by environment."""
    by_place: dict[Environment, list[Outcome]] = {}
    for place, outcome in tuple(done):
        by_place.setdefault(place, []).append(outcome)
    return [replace(not_begun(place, began), outcomes=tuple(outcomes)) for place, outcomes in by_place.items()]


@dataclass(frozen=True, slots=True)
class _Named:
    """Campaigns that are named: where each is, by its file, else by the journal, else as the options say."""

    network: Network
    at_hand: FilesAtHand
    entries: dict[str, PauseEntry]

    def environment(self, campaign_id: str) -> Environment:
        """The environment of a campaign: its token goes to no other host."""
        default = default_environment(self.network)
        if self.network.sandbox:
            return default
        entry, settings = self.entries.get(campaign_id), self.at_hand.environment_of(campaign_id)
        token_env = entry.token_env if entry else TOKEN_VARIABLE
        if settings:
            token_env = str(settings.values.get("token_env", TOKEN_VARIABLE))
        base_url = default.base_url
        if not self.network.base_url:
            told = settings.values.get("base_url") if settings else entry.base_url if entry else None
            base_url = checked_base_url(str(told)) if told else base_url
        return Environment(base_url, token_env)

    def entry(self, campaign_id: str, connection: Connection) -> PauseEntry | None:
        """What the journal holds of it, as far as it is of this place."""
        entry = self.entries.get(campaign_id)
        is_here = entry is not None and entry.base_url == canonical_base_url(connection.base_url)
        return entry if is_here else None

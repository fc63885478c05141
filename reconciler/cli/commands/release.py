"""`reconciler release`: ends holds, and resumes what they stopped."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import ApplyContext
from reconciler.apply.outcome import Outcome
from reconciler.apply.release import left_of, resume_stopped, to_resume
from reconciler.cli import options
from reconciler.cli.applying import context_of
from reconciler.cli.closed_holds import closed_days, hand_to_calendar
from reconciler.cli.connection import Connection, connect
from reconciler.cli.healing import FilesAtHand, status_in
from reconciler.cli.holding import HoldFiles, hold_file
from reconciler.cli.option_groups import Network
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.stopping import Asked, Target, targets
from reconciler.cli.terminal import is_terminal, prompt, say, show
from reconciler.cli.workers import LAST_GRACE, run_concurrently
from reconciler.files.find import CAMPAIGNS, folder_of
from reconciler.files.hold_files import files_above
from reconciler.model.campaign import Status
from reconciler.model.document import Document
from reconciler.model.errors import Interrupted, ReconcilerError, UsageError
from reconciler.model.holds import Hold, Selected, Stopped
from reconciler.model.words import count
from reconciler.render.outcomes import outcome_told
from reconciler.render.printable import clean


@options.values
class ReleaseRequest:
    """Which holds end."""

    paths: tuple[str, ...] = options.paths()
    everything: bool = options.flag("--all", help="Every hold of the environments below PATH.")
    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="NAME", help="What is held with this name, or one like it as in 'Sales *'; repeatable."
    )
    ids: tuple[str, ...] = options.repeatable("--id", metavar="ID", help="What is held with this id; repeatable.")
    auto_approve: bool = options.flag("--auto-approve", help="Don't ask: release at once.")
    network: Network = options.group(Network)


@options.command(ReleaseRequest, short_help="End holds, and resume what they stopped.")
def command(given: ReleaseRequest) -> int:
    """End holds, and resume what their stop paused and is still paused; only your yes does it.

    Where the file wants a campaign paused, completed or cancelled, the hold ends, and nothing is started. What others
    paused stays paused.

    \b
    Examples:
      reconciler release --all
      reconciler release --name 'Sales *'
      reconciler release --id 9f1c2d3e --auto-approve
    """
    asked = Asked.checked(given.everything, given.names, given.ids, given.paths)
    shutdown = Shutdown(given.network.deadline)
    files = HoldFiles(given.network.state_dir)
    with shutdown.handle_signals():
        meant, is_whole = targets(asked, given.network)
        known = files.read([folder_of(path) for path in given.paths])
        for told in known.unreadable:
            say(f"{told}: mend it, or take it away; until then everything is held")
        at_hand = FilesAtHand.read(given.paths or [CAMPAIGNS])
        is_alone = len(meant) == 1
        releases = [_EnvironmentRelease(given, target, shutdown, files, at_hand, is_alone) for target in meant]
        codes = [one.run() for one in releases]
    if not any(one.ended for one in releases) and not any(codes):
        show("nothing that was asked for is held: there is nothing to do")
    return 0 if is_whole and not known.unreadable and not any(codes) else 1


@dataclass(slots=True)
class _EnvironmentRelease:
    """The release in one environment; `ended` are the holds that are not any more what they were."""

    given: ReleaseRequest
    target: Target
    shutdown: Shutdown
    files: HoldFiles
    at_hand: FilesAtHand
    is_alone: bool
    ended: list[Hold] = field(default_factory=list)

    def run(self) -> int:
        """Ask, resume, take out; 1 where something is not done."""
        try:
            with connect(self.given.network, self.target.environment, self.shutdown, read_only=False) as connection:
                return self._release(connection)
        except Interrupted:
            raise
        except ReconcilerError as error:
            if isinstance(error, UsageError) and (self.is_alone or self.ended):
                raise
            say(f"{self.target.environment}: {error}")
            return 1

    def _release(self, connection: Connection) -> int:
        folders = [folder_of(path) for path in self.given.paths]
        known = self.files.read(folders)
        here = known.of(canonical_base_url(connection.base_url), connection.token_env, connection.token)
        asked = self.target.selected
        holds = [hold for hold in here.holds if left_of(hold, asked) != hold]
        if not holds:
            return 0
        self.ended = holds
        stopped = {one.id: one for hold in holds for one in to_resume(hold, asked)}
        others = [hold for hold in here.holds if hold not in holds]
        there = {one.id: self.at_hand.document_of(one.id, one.name) for one in stopped.values()}
        wanted = {one.id: _wanted(one, there[one.id], others) for one in stopped.values()}
        closed = closed_days({key: file for key, file in there.items() if file and not wanted[key]}, connection)
        todo = [one for one in stopped.values() if not wanted[one.id] and one.id not in closed]
        self._ask(holds, todo)
        for one in stopped.values():
            if why := wanted[one.id] or closed.get(one.id):
                show(clean(f"{one.name} (id {one.id}): left as it is: {why}"))
        hand_to_calendar([one for one in stopped.values() if one.id in closed], closed, connection)
        failed = self._resume(todo, connection)
        return self._write(holds, asked, failed) or int(bool(failed))

    def _ask(self, holds: Sequence[Hold], todo: Sequence[Stopped]) -> None:
        """Tell what ends and what starts, and ask; raises Interrupted unless it is `yes`, UsageError else."""
        for hold in holds:
            show(clean(hold.told(self.shutdown.stamp())))
        for one in todo:
            show(clean(f"  {one.name} (id {one.id}): starts again, if it is still paused"))
        if self.given.auto_approve:
            return
        if not is_terminal(sys.stdin):
            msg = "nothing was released: there is no terminal to ask on, so pass --auto-approve"
            raise UsageError(msg)
        with self.shutdown.asking():
            prompt(f"Release this? It starts the calls of {count(len(todo), 'campaign')}. Only `yes` does: ")
            answer = sys.stdin.readline().strip()
        if answer != "yes":
            msg = "not approved: nothing was released"
            raise Interrupted(msg)

    def _resume(self, todo: Sequence[Stopped], connection: Connection) -> list[Stopped]:
        """Resume what is still paused; those of which nobody knows that they are done."""
        context: ApplyContext = context_of(connection)
        failed = []

        def work(one: Stopped) -> Outcome:
            return resume_stopped(one, context)

        workers = connection.client.settings.concurrency
        for number, outcome in run_concurrently(work, todo, workers, self.shutdown, grace=LAST_GRACE):
            if outcome is None or outcome.failure:
                failed.append(todo[number])
            if outcome:
                show(outcome_told(outcome))
            else:
                say(f"{todo[number].name}: no answer yet: run this again")
        return failed

    def _write(self, holds: Sequence[Hold], asked: Selected, failed: Sequence[Stopped]) -> int:
        """Take out what ended, in every place; what could not be resumed stays held."""
        known = {hold.key: hold for hold in holds}

        def left(held: tuple[Hold, ...]) -> list[Hold]:
            kept: list[Hold] = []
            for hold in held:
                if hold.key not in known:
                    kept.append(hold)
                    continue
                if (rest := left_of(hold, asked)) is not None:
                    kept.append(rest)
                mine = tuple(one for one in failed if one in known[hold.key].stopped)
                if mine:
                    kept.append(replace(hold, selected=Selected(ids=tuple(one.id for one in mine)), stopped=mine))
            return kept

        paths = self.given.paths or (CAMPAIGNS,)
        tops = [file for path in paths if (file := hold_file(Path(path)))]
        above = [file for path in paths for file in files_above(folder_of(path))]
        places = {file.resolve(): file for file in (*above, *tops) if file.exists()}
        aside = [file for file in (self.files.taken_over,) if file.exists()]
        failures = self.files.change([*places.values(), *aside], left)
        for failure in failures:
            say(failure)
        for file in places.values():
            say(f"taken out of {file}: commit that, so that every pipeline knows")
        return int(bool(failures))


def _wanted(one: Stopped, file: Document | None, others: Sequence[Hold]) -> str:
    """Why it is not started, though its hold ends; empty where it is."""
    still = next((hold for hold in others if hold.covers(one.id, one.name)), None)
    if still:
        return f"it is still {still.told()}"
    status = status_in(file)
    return f"its file wants it {status}" if status and status != Status.ACTIVE else ""

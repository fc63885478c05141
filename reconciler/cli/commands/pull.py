"""`reconciler pull`: writes what was changed by hand into the files that say otherwise."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reconciler import __version__
from reconciler.api.answers import Fetch
from reconciler.api.base_url import canonical_base_url
from reconciler.apply.journal import StateFolder
from reconciler.cli import options
from reconciler.cli.connection import connect, fetcher
from reconciler.cli.environments import EnvironmentCampaigns, by_environment
from reconciler.cli.load import LoadedCampaigns, load, without_errors
from reconciler.cli.option_groups import Network, Selection
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, out, say, width
from reconciler.files import disk
from reconciler.files.find import whole_folder
from reconciler.files.read import read_folder
from reconciler.files.unnamed import all_that_may_name
from reconciler.importing.adopt import CampaignPull, Names, PullOptions, adopted
from reconciler.importing.pull import Pulled, pulled
from reconciler.live.agents import Agents, names_of, names_shown, read_agents, with_ids
from reconciler.live.lookup import NotFound, read_live
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Document, Problem
from reconciler.model.errors import ReconcilerError, StateError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.render import pulled as render
from reconciler.render.pulled import Pull


@options.values
class PullRequest:
    """What is to be adopted, and from where."""

    paths: tuple[str, ...] = options.paths()
    form: str = options.forms("text", "json", "markdown")
    check: bool = options.flag("--check", help="Write nothing; exit with 2 if there is anything to adopt.")
    only: tuple[str, ...] = options.repeatable("--field", metavar="FIELD", help="Only this field; repeatable.")
    with_numbers: bool = options.flag("--with-numbers", help="Add do-not-call numbers that only live has.")
    with_status: bool = options.flag("--with-status", help="Adopt the status, too, where the file has one.")
    into_defaults: bool = options.flag(
        "--into-defaults", help="Write a value where it is inherited from, if every heir changed alike."
    )
    selection: Selection = options.group(Selection)
    live_status: tuple[str, ...] = options.live_status()
    network: Network = options.group(Network)


@options.command(PullRequest, short_help="Write what was changed by hand into the files.")
def command(given: PullRequest) -> int:
    """Write what is live into the files, for the fields that they manage. Nothing is changed in the account.

    Values are edited where they stand, and everything else stays as it is. What a campaign inherits is written into
    its own file. All files are checked before the first is written.

    \b
    Examples:
      reconciler pull --check
      reconciler pull --field max_retries campaigns/sales-q1.yaml
      reconciler pull --with-status --name 'Sales *'
    """
    wanted = _options(given)
    loaded = without_errors(given.paths, given.selection)
    environments = by_environment(loaded, given.network)
    found = _Reading(given, wanted).read(environments)
    campaigns = [one for pull in found for one in pull.campaigns]
    result = pulled(campaign_fields(), campaigns, wanted, _Files(given.paths, loaded))
    for problem in result.warnings:
        say(str(problem))
    is_failed = len(found) < len(environments) or any(one.errors for one in result.campaigns)
    is_pending = any(one.is_pending for one in result.campaigns)
    written = frozenset[str]() if given.check else _written(result)
    _show(given, found, result, written)
    if is_failed or (not given.check and len(written) < len(result.files)):
        return 1
    return 2 if given.check and is_pending else 0


def _options(given: PullRequest) -> PullOptions:
    """What is asked for; raises UsageError for what is no field, or is only adopted with an option of its own."""
    fields = campaign_fields()
    meant = {name: one.stands_for or name for name, one in fields.local.items()}
    only = [meant.get(name, name) for name in given.only]
    for name in only:
        if name == "status":
            needed = "" if given.with_status else "--with-status"
        elif name not in fields.writable:
            near = difflib.get_close_matches(name, fields.writable, n=1)
            msg = f"there is no field {name} to adopt" + "".join(f": did you mean {one}?" for one in near)
            raise UsageError(msg)
        else:
            needed = "--with-numbers" if fields.writable[name].adds_to_live and not given.with_numbers else ""
        if needed:
            msg = f"{name} is only adopted with {needed}"
            raise UsageError(msg)
    return PullOptions(frozenset(only), given.with_numbers, given.with_status, given.into_defaults)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the live side, environment by environment."""

    given: PullRequest
    wanted: PullOptions

    def read(self, environments: Sequence[EnvironmentCampaigns]) -> list[Pull]:
        """What there is to adopt from each. Of several, one that cannot be read is told and left out."""
        shutdown = Shutdown(self.given.network.deadline)
        found = []
        with shutdown.handle_signals():
            for campaigns in environments:
                try:
                    found.append(self._one(campaigns, shutdown))
                except ReconcilerError as error:
                    if len(environments) == 1:
                        raise
                    say(f"{campaigns.environment}: {error}")
        return found

    def _one(self, campaigns: EnvironmentCampaigns, shutdown: Shutdown) -> Pull:
        fields, base_url = campaign_fields(), campaigns.environment.base_url
        left = self._left_paused(base_url)
        with connect(self.given.network, campaigns.environment, shutdown, read_only=True) as connection:
            ask = fetcher(connection)
            live = read_live(fields, campaigns.desired, ask).found
            agents = read_agents(names_of(campaigns.desired), ask)
            names = _names(campaigns.desired, live, agents, ask)
            key = connection.key
        wanted, unnamed = with_ids(campaigns.desired, agents)
        statuses = self.given.live_status
        pulls = []
        for said, known in zip(campaigns.desired, wanted, strict=True):
            desired = said if said.file in unnamed else known
            one = live[desired.file]
            if not statuses or (isinstance(one, Live) and one.status in statuses):
                is_left = isinstance(one, Live) and (left is None or one.id in left)
                pull = adopted(fields, desired, one, replace(self.wanted, names=names), is_left_paused=is_left)
                told = [unnamed[said.file]] if said.file in unnamed else []
                pulls.append(replace(pull, notices=(*told, *pull.notices)))
        return Pull(base_url, shutdown.stamp(), __version__, tuple(pulls), key=key)

    def _left_paused(self, base_url: str) -> frozenset[str] | None:
        """The campaigns that an apply left paused, whose status nobody decided; None where the journal is damaged."""
        try:
            entries = StateFolder(self.given.network.state_dir).entries()
        except StateError as error:
            say(str(error))
            return None
        return frozenset(one.campaign for one in entries if one.base_url == canonical_base_url(base_url))


def _names(wanted: Sequence[Desired], live_of: Mapping[str, Live | NotFound], agents: Agents, ask: Fetch) -> Names:
    """What the agents of live campaigns are called, where files say them by name."""
    references = [name for name, one in campaign_fields().writable.items() if one.refers_to]
    lives = [live_of[one.file] for one in wanted]
    shown = {**names_shown(campaign_fields(), lives), **agents.names}
    ids = {live.values.get(name) for live in lives if isinstance(live, Live) for name in references}
    used = {one for one in ids if isinstance(one, str) and one in agents.names}
    again = read_agents(frozenset(agents.names[one] for one in used), ask)
    refused = {one: reason for one in used if (reason := again.refused.get(agents.names[one]))}
    return Names(shown, {one: name for name, one in again.ids.items()}, refused)


@dataclass(frozen=True)
class _Files:
    """The files under the paths, as they are and as they will be."""

    paths: Sequence[str]
    loaded: LoadedCampaigns

    @property
    def now(self) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """The campaigns, and everything wrong with them, as they are."""
        selected = {one.file: one for one in self.loaded.desired}
        return [selected.get(one.file, one) for one in self.loaded.everything], self.loaded.problems

    def content(self, file: str) -> bytes:
        """The bytes of a file."""
        return disk.content(file)

    def reread(self, instead: Mapping[str, bytes]) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """The same as they will be."""
        loaded = load(self.paths, instead)
        return loaded.desired, loaded.problems

    def heirs(self, document: Document, name: str) -> set[str] | None:
        """The files that inherit a field from a document; None where some file around cannot be read."""
        real = os.path.realpath(document.file)
        reading = self._around(all_that_may_name(Path(document.file).parent))
        if reading is None:
            return None
        return {
            os.path.realpath(one.file)
            for one in reading
            if (origin := one.inherited.get(name)) and os.path.realpath(origin.file) == real
        }

    @cached_property
    def _read(self) -> dict[Path, Sequence[Document] | None]:
        return {}

    def _around(self, folder: Path) -> Sequence[Document] | None:
        if folder not in self._read:
            reading = read_folder(folder)
            tops = {whole_folder(Path(one.file).parent).resolve() for one in self.loaded.everything}
            broken = [Path(one.position.file).resolve() for one in reading.problems if one.is_error]
            # A repository has other files of YAML, too, which are none of ours.
            is_broken = any(one.is_relative_to(top) for one in broken for top in tops)
            self._read[folder] = None if is_broken else reading.documents
        return self._read[folder]


def _written(result: Pulled) -> frozenset[str]:
    """Write all files, or none where one of them is no longer what it was; returns the real paths of those written.

    One that cannot be written is told, and is what it was.
    """
    for file in result.files:
        if disk.content(file) != result.before[file]:
            raise ReconcilerError(f"{os.path.relpath(file)} was changed meanwhile, and nothing is written: try again")
    found = set()
    for file, text in result.files.items():
        try:
            disk.rewrite(file, result.before[file], text)
            found.add(file)
        except ReconcilerError as error:
            say(str(error))
    return frozenset(found)


def _show(given: PullRequest, found: Sequence[Pull], result: Pulled, written: frozenset[str]) -> None:
    """Show what was adopted, or would be, environment by environment."""
    by_file: dict[str, CampaignPull] = {one.desired.file: one for one in result.campaigns}
    shown = []
    for pull in found:
        campaigns = tuple(by_file[one.desired.file] for one in pull.campaigns)
        files = {one.desired.file for one in campaigns}
        into = {place: file for place, file in result.into.items() if place[0] in files}
        files_written = tuple(sorted({file for file in into.values() if os.path.realpath(file) in written}))
        shown.append(Pull(pull.base_url, pull.created_at, __version__, campaigns, into, files_written, pull.key))
    if given.form == "json":
        out(render.as_json(shown))
        return
    for pull in shown:
        is_text = given.form == "text"
        out(render.render(pull, width=width(), colour=has_colour()) if is_text else render.markdown(pull))

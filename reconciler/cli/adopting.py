"""What a pull needs of the world: the live side of each environment, and the files as they are and as they will be."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reconciler import __version__
from reconciler.api.answers import Fetch
from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import CLOSED, PauseEntry
from reconciler.cli.connection import Connection, connect, fetcher
from reconciler.cli.environments import EnvironmentCampaigns
from reconciler.cli.holding import EnvironmentHolds
from reconciler.cli.load import LoadedCampaigns, load
from reconciler.cli.option_groups import Network
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.files import disk
from reconciler.files.find import whole_folder
from reconciler.files.read import read_folder
from reconciler.files.unnamed import all_that_may_name
from reconciler.importing.adopt import Names, PullOptions, adopted
from reconciler.live.agents import Agents, names_of, names_shown, read_agents, with_ids
from reconciler.live.lookup import NotFound, read_live
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Problem
from reconciler.model.errors import ReconcilerError, StateError
from reconciler.model.fields import campaign_fields
from reconciler.render.pulled import Pull


@dataclass(frozen=True, slots=True)
class LiveSide:
    """Reads the live side, environment by environment; `live_status` keeps only campaigns with one of these now."""

    network: Network
    wanted: PullOptions
    live_status: tuple[str, ...] = ()

    def read(self, environments: Sequence[EnvironmentCampaigns]) -> list[Pull]:
        """What there is to adopt from each. Of several, one that cannot be read is told and left out."""
        shutdown = Shutdown(self.network.deadline)
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
        """What there is to adopt from one environment."""
        fields, base_url = campaign_fields(), campaigns.environment.base_url
        with connect(self.network, campaigns.environment, shutdown, read_only=True) as connection:
            ask = fetcher(connection)
            live = read_live(fields, campaigns.desired, ask).found
            agents = read_agents(names_of(campaigns.desired), ask)
            names = _names(campaigns.desired, live, agents, ask)
            key = connection.key
            paused = _Paused.read(connection)
        wanted, unnamed = with_ids(campaigns.desired, agents)
        pulls = []
        for said, known in zip(campaigns.desired, wanted, strict=True):
            desired = said if said.file in unnamed else known
            one = live[desired.file]
            if not self.live_status or (isinstance(one, Live) and one.status in self.live_status):
                by = paused.by(one, said.file) if isinstance(one, Live) else ""
                pull = adopted(fields, desired, one, replace(self.wanted, names=names), paused_by=by)
                told = [unnamed[said.file]] if said.file in unnamed else []
                pulls.append(replace(pull, notices=(*told, *pull.notices)))
        return Pull(base_url, shutdown.stamp(), __version__, tuple(pulls), key=key)


@dataclass(frozen=True, slots=True)
class _Paused:
    """What is paused for a while and for nobody's file: by an apply, a day without calls, or a hold."""

    entries: Mapping[str, PauseEntry] | None
    holds: EnvironmentHolds

    @classmethod
    def read(cls, connection: Connection) -> _Paused:
        """What the state folder knows; a journal that is damaged is told, and may hold any campaign."""
        here = canonical_base_url(connection.base_url)
        try:
            every = (*connection.state.entries(), *connection.state.closed())
        except StateError as error:
            say(str(error))
            return cls(None, connection.holds)
        return cls({one.campaign: one for one in every if one.base_url == here}, connection.holds)

    def by(self, live: Live, file: str) -> str:
        """What paused a campaign, and how that ends; empty where its status is somebody's wish."""
        entry = self.entries.get(live.id) if self.entries is not None else None
        if entry and entry.kind == CLOSED:
            return f"it is paused over days without calls ({entry.reason})"
        if entry or self.entries is None:
            return "an apply left this campaign paused (`reconciler recover` resumes it)"
        hold = self.holds.covering(live.id, live.name, file) if live.status == Status.PAUSED else None
        return f"it is {hold.told()} (`reconciler release` ends that)" if hold else ""


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
class CampaignFiles:
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
            own = {Path(one.file).parent for one in self.loaded.everything}
            tops = {whole_folder(one).resolve() for one in own}
            broken = [Path(one.position.file).resolve() for one in reading.problems if one.is_error]
            # A repository has other files of YAML, too, which are none of ours.
            is_broken = any(one.is_relative_to(top) for one in broken for top in tops)
            self._read[folder] = None if is_broken else reading.documents
        return self._read[folder]

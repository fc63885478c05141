"""`reconciler pin`: writes the ids of live campaigns into files that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import click

from reconciler.cli import options
from reconciler.cli.load import selected, without_errors
from reconciler.cli.options import Network, Selection
from reconciler.cli.planning import EnvironmentCampaigns, connect, fetcher, grouped
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import out, say
from reconciler.files import read as files
from reconciler.live.lookup import NotFound, read_live
from reconciler.model.campaign import Desired, Live
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.render.words import clean
from reconciler.strict_yaml.edit import pinned


@click.command(short_help="Write ids into files that have none.")
@options.paths
@options.selection
@options.network
def command(paths: Sequence[str], **given: object) -> int:
    """Write the id of the live campaign into each file that has none: the campaign that has exactly its name.

    With an id, a file still means the same campaign after its name was changed, here or there. One line is added,
    everything else stays as it is. Nothing is changed in the account.

    \b
    Examples:
      reconciler pin
      reconciler pin campaigns/production --name 'Sales *'
    """
    network, selection = options.options_from(Network, given), options.options_from(Selection, given)
    found = without_errors(paths)
    chosen = {one.file for one in selected(found, selection).desired if one.id is None}
    if not chosen:
        say("every campaign has its id already: nothing to do")
        return 0
    ends = Shutdown(say, network.deadline)
    pinning = _Pinning(network, selection, ends)
    with ends.handle_signals():
        done = sum(pinning.pin(group, chosen) for group in grouped(found, network))
    left = len(chosen) - done - pinning.not_meant
    say(f"{count(done, 'file')} pinned" + (f", {left} not" if left else ""))
    return 1 if left else 0


def pin_file(file: str, campaign: str, was: bytes | None = None) -> None:
    """Write a campaign's id into its file; `was` is what has to be in it still, where that was read before.

    Raises ReconcilerError, with nothing done, where that cannot be.
    """
    text = files.content(file) if was is None else was
    files.replaced(file, text, pinned(text, campaign, file))


@dataclass(slots=True)
class _Pinning:
    """Pinning, environment by environment. `not_meant` counts files whose live status was not asked for."""

    network: Network
    selection: Selection
    ends: Shutdown
    not_meant: int = 0

    def pin(self, group: EnvironmentCampaigns, chosen: set[str]) -> int:
        """Pin the chosen files of one environment, and tell of each; returns how many were pinned."""
        todo = [one for one in group.desired if one.file in chosen]
        if not todo:
            return 0
        try:
            texts = {one.file: files.content(one.file) for one in todo}
            found = self._found(group, todo)
        except ReconcilerError as error:
            say(f"{group.environment.base_url}: {error}")
            return 0
        owners = {one.id.casefold(): one.file for one in group.desired if one.id}
        return sum(self._pin(one.file, found[one.file], owners, texts[one.file]) for one in todo)

    def _found(self, group: EnvironmentCampaigns, todo: Sequence[Desired]) -> Mapping[str, Live | NotFound]:
        """The live campaign of each file. Only names are asked for, so the list is all that is read."""
        named = [replace(one, status=None, values={"name": one.name}) for one in todo]
        with connect(self.network, group.environment, self.ends, read_only=True) as place:
            return read_live(campaign_fields(), named, fetcher(place)).found

    def _pin(self, file: str, live: Live | NotFound, owners: Mapping[str, str], was: bytes) -> bool:
        self.ends.check()
        if isinstance(live, Live) and self.selection.live_status and live.status not in self.selection.live_status:
            self.not_meant += 1
            return False
        if isinstance(live, NotFound):
            say(f"{file}: {live.reason}")
        elif owner := owners.get(live.id.casefold()):
            say(f"{file}: the campaign of this name is that of {owner}: change the name, or remove one of the files")
        else:
            return _written(file, live.id, was)
        return False


def _written(file: str, campaign: str, was: bytes) -> bool:
    try:
        pin_file(file, campaign, was)
    except ReconcilerError as error:
        say(str(error))
        return False
    out(clean(f"{file}: id {campaign}"))
    return True

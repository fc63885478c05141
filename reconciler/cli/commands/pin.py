"""`reconciler pin`: writes the ids of live campaigns into files that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.cli import options
from reconciler.cli.connection import connect, fetcher
from reconciler.cli.environments import EnvironmentCampaigns, by_environment
from reconciler.cli.load import selected, without_errors
from reconciler.cli.option_groups import Network, Selection
from reconciler.cli.pinning import pin_file
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import out, say
from reconciler.files import disk
from reconciler.live.lookup import NotFound, read_live
from reconciler.model.campaign import Desired, Live
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.render.printable import clean


@options.values
class PinRequest:
    """Which files get their ids."""

    paths: tuple[str, ...] = options.paths()
    selection: Selection = options.group(Selection)
    live_status: tuple[str, ...] = options.live_status()
    network: Network = options.group(Network)


@options.command(PinRequest, short_help="Write ids into files that have none.")
def command(given: PinRequest) -> int:
    """Write the id of the live campaign into each file that has none: the campaign that has exactly its name.

    With an id, a file still means the same campaign after its name was changed, here or there. One line is added,
    everything else stays as it is. Nothing is changed in the account.

    \b
    Examples:
      reconciler pin
      reconciler pin campaigns/production --name 'Sales *'
    """
    found = without_errors(given.paths)
    chosen = {desired.file for desired in selected(found, given.selection).desired if desired.id is None}
    if not chosen:
        say("every campaign has its id already: nothing to do")
        return 0
    shutdown = Shutdown(given.network.deadline)
    pinning = _Pinning(given, shutdown)
    with shutdown.handle_signals():
        done = sum(pinning.pin(campaigns, chosen) for campaigns in by_environment(found, given.network))
    left = len(chosen) - done - pinning.not_meant
    say(f"{count(done, 'file')} pinned" + (f", {left} not" if left else ""))
    return 1 if left else 0


@dataclass(slots=True)
class _Pinning:
    """Pinning, environment by environment. `not_meant` counts files whose live status was not asked for."""

    given: PinRequest
    shutdown: Shutdown
    not_meant: int = 0

    def pin(self, campaigns: EnvironmentCampaigns, chosen: set[str]) -> int:
        """Pin the chosen files of one environment, and tell of each; returns how many were pinned."""
        todo = [desired for desired in campaigns.desired if desired.file in chosen]
        if not todo:
            return 0
        try:
            texts = {desired.file: disk.content(desired.file) for desired in todo}
            found = self._found(campaigns, todo)
        except ReconcilerError as error:
            say(f"{campaigns.environment.base_url}: {error}")
            return 0
        owners = {desired.id.casefold(): desired.file for desired in campaigns.desired if desired.id}
        return sum(self._pin(d.file, found[d.file], owners, texts[d.file]) for d in todo)

    def _found(self, campaigns: EnvironmentCampaigns, todo: Sequence[Desired]) -> Mapping[str, Live | NotFound]:
        """The live campaign of each file. Only names are asked for, so the list is all that is read."""
        named = [desired._replace(status=None, values={"name": desired.name}) for desired in todo]
        with connect(self.given.network, campaigns.environment, self.shutdown, read_only=True) as connection:
            return read_live(campaign_fields(), named, fetcher(connection)).found

    def _pin(self, file: str, live: Live | NotFound, owners: Mapping[str, str], was: bytes) -> bool:
        """Pin one file, or tell why not; `owners` are the files of campaigns by their ids, casefolded."""
        self.shutdown.check()
        if isinstance(live, Live) and self.given.live_status and live.status not in self.given.live_status:
            self.not_meant += 1
            return False
        if isinstance(live, NotFound):
            say(f"{file}: {live.reason}")
        elif owner := owners.get(live.id.casefold()):
            say(f"{file}: the campaign of this name is that of {owner}: change the name, or remove one of the files")
        else:
            return _written(file, live.id, was)
        return False


def _written(file: str, campaign_id: str, was: bytes) -> bool:
    try:
        pin_file(file, campaign_id, was)
    except ReconcilerError as error:
        say(str(error))
        return False
    out(clean(f"{file}: id {campaign_id}"))
    return True

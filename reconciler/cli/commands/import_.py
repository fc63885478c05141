"""`reconciler import`: a file for every live campaign that has none, so that plan finds nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reconciler.api.endpoints import checked_id
from reconciler.cli import options
from reconciler.cli.import_folder import Target, schema_from, target
from reconciler.cli.load import checked
from reconciler.cli.options import Network
from reconciler.cli.planning import Connection, PlanRequest, connect, fetcher, grouped, planned
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, out, say, width
from reconciler.files import read as files
from reconciler.importing.campaign_file import DEFAULTS, Export, Exported, ExportOptions, export, unshown
from reconciler.live.account import Account, agent_names, read_listed, read_named
from reconciler.model.campaign import Live, Status
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.plan.plan import Plan
from reconciler.render import text

_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which campaigns are to be imported, and how."""

    ids: tuple[str, ...]
    statuses: tuple[str, ...]
    search: str
    defaults: bool
    with_status: bool
    with_numbers: bool

    def chooses(self, live: Live) -> bool:
        """Whether a campaign has the status and the words that are asked for."""
        said = f"{live.name}\n{live.values.get('description') or ''}".casefold()
        return (not self.statuses or live.status in self.statuses) and self.search.strip().casefold() in said


@click.command(short_help="Write a file for every live campaign that has none.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default="campaigns")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only this campaign; repeatable.")
@click.option(
    "--status",
    "statuses",
    type=click.Choice([str(status) for status in Status]),
    multiple=True,
    help="Only campaigns that have this status now; repeatable.",
)
@click.option("--search", default="", metavar="TEXT", help="Only campaigns with this in their name or description.")
@click.option(
    "--defaults", is_flag=True, help="Write what all campaigns share into _defaults.yaml, if DIR has no files."
)
@click.option("--with-status", is_flag=True, help="Write the status, too: from then on files start and stop calls.")
@click.option("--with-numbers", is_flag=True, help="Write do-not-call numbers, too. They are people's data.")
@click.option("--check", is_flag=True, help="Prove that all files in DIR are valid and that their plan is empty.")
@options.network
def command(folder: Path, *, check: bool, **given: object) -> int:
    """Write a file for every live campaign that has none, named after it, so that plan finds nothing to do.

    Files that are there are never touched. Sends nothing but GET. Only what the API shows is written; what cannot be
    written is left out, with a comment that says why.

    \b
    Examples:
      reconciler import --sandbox --check
      reconciler import campaigns/production --defaults
      reconciler import --status active --status paused --search solar
    """
    network, wanted = options.options_from(Network, given), options.options_from(_Wanted, given)
    for campaign in wanted.ids:
        checked_id(campaign)
    at = target(folder, network)
    if wanted.defaults and (at.has_campaigns or at.has_defaults):
        say(f"{folder} has files already, and defaults would change what they say: none are written")
        wanted = replace(wanted, defaults=False)
    ends = Shutdown(say, network.deadline)
    with ends.handle_signals(), connect(network, at.environment, ends, read_only=True) as place:
        is_done = _imported(place, at, wanted)
        return 0 if (not check or _proved(place, at, network)) and is_done else 1


def _imported(place: Connection, at: Target, wanted: _Wanted) -> bool:
    """Read, write and tell; False where some campaign could not be read or written."""
    fields = campaign_fields()
    account, covered = _read(place, at, wanted)
    lives = tuple(account.campaigns.values())
    made = Export(())
    if lives:
        taken = at.names
        schema = schema_from(at.folder)
        agents = agent_names(fields, lives, fetcher(place))
        manner = ExportOptions(schema, wanted.with_status, wanted.with_numbers, wanted.defaults, agents)
        made = export(fields, lives, manner, taken)
    written = _written(place, at.folder, made)
    failed = {**account.failed, **made.refused}
    for campaign, reason in failed.items():
        say(f"campaign {campaign} is not imported: {reason}")
    _tell(at.folder, written, covered)
    _tell_inherited(at.folder, written, made)
    if lives and (never := unshown(fields, lives)):
        say(f"not shown by the API, so in no file: {', '.join(never)}")
    return not failed and len(written) == len(made.campaigns)


def _read(place: Connection, at: Target, wanted: _Wanted) -> tuple[Account, int]:
    """The campaigns to import, and how many of those that are wanted have a file already."""
    covered: set[str] = set()

    def is_new(live: Live) -> bool:
        if not wanted.chooses(live):
            return False
        if at.covers(live):
            covered.add(live.id)
        return live.id not in covered

    if not wanted.ids:
        return read_listed(campaign_fields(), fetcher(place), is_new), len(covered)
    account = read_named(campaign_fields(), fetcher(place), wanted.ids)
    new = {campaign: live for campaign, live in account.campaigns.items() if is_new(live)}
    return Account(new, account.failed), len(covered)


def _written(place: Connection, folder: Path, made: Export) -> list[Exported]:
    """Write the files; a name that somebody took meanwhile is left to them."""
    if made.defaults is not None and files.write_new(folder / DEFAULTS, made.defaults):
        out(str(folder / DEFAULTS))
    written = []
    for one in made.campaigns:
        place.ends.check()
        if files.write_new(folder / one.file, one.text):
            out(str(folder / one.file))
            written.append(one)
        else:
            say(f"{folder / one.file} was made by somebody else meanwhile: campaign {one.live.id} is not imported")
    return written


def _tell(folder: Path, written: Sequence[Exported], covered: int) -> None:
    imported = f"{count(len(written), 'campaign')} imported into {folder}" if written else "nothing to import"
    has = "has" if covered == 1 else "have"
    say(imported + (f"; {count(covered, 'campaign')} {has} a file already" if covered else ""))
    incomplete = [one for one in written if one.left_out]
    for one in incomplete[:_MOST_TOLD]:
        say(f"{folder / one.file}: left out, the comments there say why: {', '.join(one.left_out)}")
    if len(incomplete) > _MOST_TOLD:
        say(f"… and fields of {count(len(incomplete) - _MOST_TOLD, 'file')} more")


def _tell_inherited(folder: Path, written: Sequence[Exported], made: Export) -> None:
    """Warn of defaults that manage what an imported file does not say: the plan may not be empty then."""
    names = {str(folder / one.file) for one in written}
    own = str(folder / DEFAULTS) if made.defaults is not None else ""
    inherited: dict[str, set[str]] = {}
    for document in files.read([str(folder)]).documents if names else ():
        for name, origin in document.inherited.items():
            if document.file in names and origin.file != own:
                inherited.setdefault(origin.file, set()).add(name)
    for file, fields in inherited.items():
        told = ", ".join(sorted(fields))
        say(f"{file} holds for the imported campaigns, too, and sets {told}: see the plan before you apply")


def _proved(place: Connection, at: Target, network: Network) -> bool:
    """Check all files of the folder and plan them; False where they are not valid, or their plan is not empty."""
    if not at.has_campaigns:
        say(f"nothing to check: no campaign files under {at.folder}")
        return True
    found = checked([str(at.folder)])
    if found.problems:
        click.echo(text.problems(found.problems), err=True)
    groups = grouped(found, network)
    for group in groups:
        if group.environment != at.environment:
            say(f"not checked: {count(len(group.desired), 'campaign')} of {group.environment.base_url}")
    desired = tuple(one for group in groups if group.environment == at.environment for one in group.desired)
    return _is_empty(planned(place, desired, PlanRequest()), at.folder) and not found.has_errors


def _is_empty(plan: Plan, folder: Path) -> bool:
    """Whether a plan does nothing; shows it where it does, and tells what nobody can tell."""
    if plan.is_pending or plan.has_errors:
        out(text.plan(plan, width=width(), colour=has_colour()))
        return False
    for campaign in plan.campaigns:
        if campaign.unverified:
            names = ", ".join(one.field.name for one in campaign.unverified)
            say(f"{campaign.file}: cannot be verified, because the API does not show it: {names}")
    say(f"checked: the plan of {count(len(plan.campaigns), 'campaign')} under {folder} is empty")
    return True

"""`reconciler import`: a file for every live campaign that has none, so that plan finds nothing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from reconciler.api.endpoints import checked_id
from reconciler.cli import options
from reconciler.cli.connection import Connection, connect, fetcher
from reconciler.cli.environments import by_environment
from reconciler.cli.import_folder import Target, schema_from, target
from reconciler.cli.load import load
from reconciler.cli.option_groups import Network
from reconciler.cli.planning import PlanScope, planned
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, out, say, tell, width
from reconciler.files import read as files
from reconciler.files.disk import write_new
from reconciler.files.names import DEFAULTS_FILE
from reconciler.importing.campaign_file import Export, Exported, ExportOptions, export, unshown
from reconciler.live.account import Account, agent_names, read_listed, read_named
from reconciler.live.agents import Agents, read_agents
from reconciler.live.memory import Memory
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.plan.plan import Plan
from reconciler.render import problems, text

_MOST_TOLD = 10


@options.values
class ImportRequest:
    """Which campaigns are to be imported, where to, and how."""

    folder: Path = options.argument(
        metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path("campaigns")
    )
    ids: tuple[str, ...] = options.repeatable("--id", metavar="ID", help="Only this campaign; repeatable.")
    statuses: tuple[str, ...] = options.repeatable(
        "--status",
        type=click.Choice([str(status) for status in Status]),
        help="Only campaigns that have this status now; repeatable.",
    )
    search: str = options.option(
        "--search", default="", metavar="TEXT", help="Only campaigns with this in their name or description."
    )
    defaults: bool = options.flag(
        "--defaults", help="Write what all campaigns share into _defaults.yaml, if DIR has no files."
    )
    with_status: bool = options.flag(
        "--with-status", help="Write the status, too: from then on files start and stop calls."
    )
    with_numbers: bool = options.flag("--with-numbers", help="Write do-not-call numbers, too. They are people's data.")
    agents_by_name: bool = options.flag(
        "--agents-by-name", help="Write agents by their names, where a name means one published outbound agent."
    )
    check: bool = options.flag("--check", help="Prove that all files in DIR are valid and that their plan is empty.")
    network: Network = options.group(Network)

    def chooses(self, live: Live) -> bool:
        """Whether a campaign has the status and the words that are asked for."""
        said = f"{live.name}\n{live.values.get('description') or ''}".casefold()
        return (not self.statuses or live.status in self.statuses) and self.search.strip().casefold() in said


@options.command(ImportRequest, short_help="Write a file for every live campaign that has none.")
def command(given: ImportRequest) -> int:
    """Write a file for every live campaign that has none, named after it, so that plan finds nothing to do.

    Files that are there are never touched. Sends nothing but GET. Only what the API shows is written; what cannot be
    written is left out, with a comment that says why.

    \b
    Examples:
      reconciler import --sandbox --check
      reconciler import campaigns/production --defaults
      reconciler import --status active --status paused --search solar
    """
    network = given.network
    for campaign_id in given.ids:
        checked_id(campaign_id)
    into = target(given.folder, network)
    if given.defaults and (into.has_campaigns() or into.has_defaults()):
        say(f"{given.folder} has files already, and defaults would change what they say: none are written")
        given = replace(given, defaults=False)
    shutdown = Shutdown(network.deadline)
    with shutdown.handle_signals(), connect(network, into.environment, shutdown, read_only=True) as connection:
        memory = Memory(fetcher(connection))
        is_done = _imported(connection, memory, into, given)
        return 0 if (not given.check or _proved(connection, memory, into, network)) and is_done else 1


def _imported(connection: Connection, memory: Memory, into: Target, given: ImportRequest) -> bool:
    """Read, write and tell; False where some campaign could not be read or written."""
    fields = campaign_fields()
    account, covered = _read(memory, into, given)
    lives = tuple(account.campaigns.values())
    made = Export(())
    if lives:
        taken = into.names()
        schema = schema_from(into.folder)
        agents = agent_names(fields, lives, memory)
        by_name = read_agents(frozenset(agents.values()), memory) if given.agents_by_name else Agents()
        for reason in by_name.refused.values():
            say(f"{reason}: its campaigns have its id")
        how = ExportOptions(schema, given.with_status, given.with_numbers, given.defaults, agents, by_name.ids)
        made = export(fields, lives, how, taken)
    written = _written(connection, into.folder, made)
    failed = {**account.failed, **made.refused}
    for campaign_id, reason in failed.items():
        say(f"campaign {campaign_id} is not imported: {reason}")
    _tell(into.folder, written, covered)
    _tell_inherited(into.folder, written, made)
    if lives and (never := unshown(fields, lives)):
        say(f"not shown by the API, so in no file: {', '.join(never)}")
    return not failed and len(written) == len(made.campaigns)


def _read(memory: Memory, into: Target, given: ImportRequest) -> tuple[Account, int]:
    """The campaigns to import, and how many of those that are wanted have a file already."""
    covered: set[str] = set()

    def is_new(live: Live) -> bool:
        if not given.chooses(live):
            return False
        if into.covers(live):
            covered.add(live.id)
        return live.id not in covered

    if not given.ids:
        return read_listed(campaign_fields(), memory, is_new), len(covered)
    account = read_named(campaign_fields(), memory, given.ids)
    new = {campaign_id: live for campaign_id, live in account.campaigns.items() if is_new(live)}
    return Account(new, account.failed), len(covered)


def _written(connection: Connection, folder: Path, made: Export) -> list[Exported]:
    """Write the files; a name that somebody took meanwhile is left to them."""
    if made.defaults is not None and write_new(folder / DEFAULTS_FILE, made.defaults):
        out(str(folder / DEFAULTS_FILE))
    written = []
    for one in made.campaigns:
        connection.shutdown.check()
        if write_new(folder / one.file, one.text):
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
    """Warn of defaults that manage what an imported file does not say, or add to it: the plan may not be empty then."""
    names = {str(folder / one.file) for one in written}
    own = str(folder / DEFAULTS_FILE) if made.defaults is not None else ""
    inherited: dict[str, set[str]] = {}
    for document in files.read([str(folder)]).documents if names else ():
        for name in document.values if document.file in names else ():
            for origin, _ in document.parts(name):
                if origin.file not in (document.file, own):
                    inherited.setdefault(origin.file, set()).add(name)
    for file, fields in inherited.items():
        told = ", ".join(sorted(fields))
        say(f"{file} holds for the imported campaigns, too, and sets {told}: see the plan before you apply")


def _proved(connection: Connection, memory: Memory, into: Target, network: Network) -> bool:
    """Check all files of the folder and plan them over what was just read.

    False where they are not valid, or their plan is not empty.
    """
    if not into.has_campaigns():
        say(f"nothing to check: no campaign files under {into.folder}")
        return True
    found = load([str(into.folder)])
    if found.problems:
        tell(problems.render(found.problems))
    mine: tuple[Desired, ...] = ()
    for campaigns in by_environment(found, network):
        if campaigns.environment == into.environment:
            mine = campaigns.desired
        else:
            say(f"not checked: {count(len(campaigns.desired), 'campaign')} of {campaigns.environment.base_url}")
    return _is_empty(planned(connection, mine, PlanScope(fetch=memory)), into.folder) and not found.has_errors


def _is_empty(plan: Plan, folder: Path) -> bool:
    """Whether a plan does nothing; shows it where it does, and tells what nobody can tell."""
    if plan.is_pending or plan.has_errors:
        out(text.render(plan, width=width(), colour=has_colour()))
        return False
    for campaign in plan.campaigns:
        if campaign.unverified:
            names = ", ".join(one.field.name for one in campaign.unverified)
            say(f"{campaign.file}: cannot be verified, because the API does not show it: {names}")
    say(f"checked: the plan of {count(len(plan.campaigns), 'campaign')} under {folder} is empty")
    return True

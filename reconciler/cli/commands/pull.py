"""`reconciler pull`: writes what was changed by hand into the files that say otherwise."""

from __future__ import annotations

import os
from collections.abc import Sequence

from reconciler import __version__
from reconciler.cli import options
from reconciler.cli.adopting import CampaignFiles, LiveSide
from reconciler.cli.environments import by_environment
from reconciler.cli.load import without_errors
from reconciler.cli.option_groups import Network, Selection
from reconciler.cli.terminal import has_colour, out, say, width
from reconciler.files import disk
from reconciler.importing.adopt import CampaignPull, PullOptions
from reconciler.importing.pull import Pulled, pulled
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.model.near_names import near_names
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
    found = LiveSide(given.network, wanted, given.live_status).read(environments)
    campaigns = [one for pull in found for one in pull.campaigns]
    result = pulled(campaign_fields(), campaigns, wanted, CampaignFiles(given.paths, loaded))
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
            near = near_names(name, fields.writable)
            msg = f"there is no field {name} to adopt" + "".join(f": did you mean {one}?" for one in near)
            raise UsageError(msg)
        else:
            needed = "--with-numbers" if fields.writable[name].adds_to_live and not given.with_numbers else ""
        if needed:
            msg = f"{name} is only adopted with {needed}"
            raise UsageError(msg)
    return PullOptions(frozenset(only), given.with_numbers, given.with_status, given.into_defaults)


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

"""`reconciler compare`: where the campaigns of one environment differ from their twins in another."""

from __future__ import annotations

from reconciler.cli import options
from reconciler.cli.terminal import has_colour, out, width
from reconciler.cli.twin_folders import campaigns_in, two_folders
from reconciler.model.fields import campaign_fields
from reconciler.plan.twins import compared
from reconciler.render import compared as page


@options.values
class CompareRequest:
    """Which environments are compared, and how that is told."""

    first: str = options.argument(metavar="FOLDER")
    second: str = options.argument(metavar="OTHER")
    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="GLOB", help="Only campaigns with a name like this, as in 'Solar *'; repeatable."
    )
    form: str = options.forms("text", "json", "markdown")


@options.command(CompareRequest, short_help="Show where campaigns differ from their twins in another environment.")
def command(given: CompareRequest) -> int:
    """Show where the campaigns of a folder differ from those of the same name in another, as a plan shows it.

    What the first says stands before what the second does. Ids, the status and ids of agents are not compared: they
    belong to one environment. Exits with 2 where twins differ, and where a campaign has no twin. Needs no network.

    \b
    Examples:
      reconciler compare campaigns/staging campaigns/production
      reconciler compare campaigns/staging campaigns/production --name 'Solar *' --format markdown
    """
    two_folders(given.first, given.second, may_begin=False)
    found = compared(campaign_fields(), *campaigns_in(given.first, given.second, given.names))
    match given.form:
        case "json":
            out(page.as_json(found, given.first, given.second))
        case "markdown":
            out(page.markdown(found, given.first, given.second))
        case _:
            out(page.render(found, given.first, given.second, width=width(), colour=has_colour()))
    return 0 if found.is_same else 2

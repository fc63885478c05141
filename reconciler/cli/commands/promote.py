"""`reconciler promote`: files for the campaigns of one environment that have no twin in another one."""

from __future__ import annotations

import os

from reconciler.cli import options
from reconciler.cli.promoting import Promoting
from reconciler.cli.terminal import out, say
from reconciler.cli.twin_folders import campaigns_in, two_folders
from reconciler.importing.promote import Promotion
from reconciler.model.campaign import Desired
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.plan.twins import compared
from reconciler.render.printable import clean


@options.values
class PromoteRequest:
    """Which campaigns get a twin, and where."""

    first: str = options.argument(metavar="FOLDER")
    second: str = options.argument(metavar="OTHER")
    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="GLOB", help="Only campaigns with a name like this, as in 'Solar *'; repeatable."
    )
    lift: bool = options.flag("--lift", help="Move what can be shared into a part that both files take.")


@options.command(PromoteRequest, short_help="Write the files that another environment lacks.")
def command(given: PromoteRequest) -> int:
    """Write a file into the other folder for every campaign that has no twin there: none of the same name.

    It takes the same parts, and says the same but for id, agent_id and status, which are told as to be filled in.
    With --lift what both say goes into a part beside the folders. Comments are kept, no file is overwritten, and
    nothing is sent.

    \b
    Examples:
      reconciler promote campaigns/staging campaigns/production
      reconciler promote campaigns/staging campaigns/production --name 'Solar *' --lift
    """
    two_folders(given.first, given.second, may_begin=True)
    first, second = campaigns_in(given.first, given.second, given.names)
    missing = compared(campaign_fields(), first, second).only_first
    shared = os.path.commonpath([os.path.abspath(folder) for folder in (given.first, given.second)])  # noqa: PTH100
    promoting = Promoting(given.first, given.second, shared, given.lift)
    done = [_told(*one) for one in zip(missing, promoting.promote(missing), strict=True)]
    if not missing:
        say(f"every campaign of {given.first} has a twin in {given.second}")
    if any(done):
        told = f"{count(sum(done), 'campaign')} promoted into {given.second}; nothing was sent"
        say(f"{told}. Fill in what is told above, then: reconciler plan {given.second}")
    return 0 if all(done) else 1


def _told(desired: Desired, made: Promotion | ReconcilerError) -> bool:
    """Tell what was written of a campaign, or why nothing was; whether it was."""
    if isinstance(made, ReconcilerError):
        say(f"{desired.file} is not promoted: {made}")
        return False
    for file in made.new:
        out(clean(file))
    if made.own is not None:
        out(clean(desired.file))
    fill = ["id (reconciler pin writes it; where there is no such campaign, apply creates it)", *made.open]
    for one in fill:
        say(clean(f"{made.file}: to be filled in: {one}"))
    return True

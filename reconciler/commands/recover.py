"""`reconciler recover`: resumes what an interrupted apply left paused, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from reconciler.campaign import Status
from reconciler.commands import options
from reconciler.commands.apply import Ending, Manner, finish, heal, resumed
from reconciler.commands.options import Network
from reconciler.commands.planning import Environment, Place, reached
from reconciler.commands.terminal import say
from reconciler.endpoints import checked_id
from reconciler.ends import Ends
from reconciler.pause import Entry


@click.command(short_help="Resume campaigns that an interrupted apply left paused.")
@options.network
@options.forms("text", "json")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Resume this campaign, without a journal; repeatable.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the JSON report there, too.",
)
def command(*, form: str, ids: Sequence[str], report: Path | None, **network: object) -> int:
    """Resume the campaigns that the journal says we paused, if they are still paused.

    Anything else is reported and struck from the journal. It can be run any number of times. Where there is no
    journal (the machine is gone), name the campaigns with --id.

    \b
    Examples:
      reconciler recover
      reconciler recover --id 9f1c2d3e
    """
    reach = Network(**network)  # type: ignore[arg-type]  # click has checked the types
    wanted = [checked_id(campaign) for campaign in ids]
    ends = Ends(say, reach.deadline)
    began = ends.stamp()
    with ends.heeding_signals(), reached(reach, Environment(), ends, read_only=False) as place, place.state.locked():
        outcomes = resumed([_entry(campaign, place) for campaign in wanted], place) if wanted else heal(place)
        if not outcomes:
            say("the journal is empty: nothing was left paused")
        return finish(outcomes, place, Ending(Manner(form, report), began))


def _entry(campaign: str, place: Place) -> Entry:
    return Entry(campaign, place.base_url, Status.ACTIVE, place.ends.stamp(), "as recover --id was told")

"""`reconciler plan`: what apply would do, and nothing done."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from reconciler import plan as plans
from reconciler.commands import options
from reconciler.commands.options import Network
from reconciler.commands.planning import environment_of, planned, reached
from reconciler.commands.reading import without_errors
from reconciler.commands.terminal import has_colour, out, say, width
from reconciler.ends import Ends
from reconciler.render import text


@click.command(short_help="Show what apply would change for the people who are called.")
@options.paths
@options.network
@options.allow_dnc_removals
@options.forms("text", "json")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
def command(
    paths: Sequence[str], *, allow_dnc_removals: bool, form: str, detailed_exitcode: bool, **network: object
) -> int:
    """Compare campaign files with the live campaigns and show what apply would do. Sends nothing but GET.

    The token comes from the variable TALKOVER_TOKEN.

    \b
    Examples:
      reconciler plan --sandbox
      reconciler plan campaigns/production --detailed-exitcode
      reconciler plan --format json > plan.json
    """
    reach = Network(**network)  # type: ignore[arg-type]  # click has checked the types
    found = without_errors(paths)
    ends = Ends(say, reach.deadline)
    with ends.heeding_signals(), reached(reach, environment_of(found), ends, read_only=True) as place:
        plan = planned(place, found.desired, allow_removals=allow_dnc_removals)
    if form == "json":
        out(json.dumps(plans.to_json(plan), indent=2, ensure_ascii=False))
    else:
        out(text.plan(plan, width=width(), colour=has_colour()))
    if plan.has_errors:
        return 1
    return 2 if detailed_exitcode and plan.is_pending else 0

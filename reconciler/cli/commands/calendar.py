"""`reconciler calendar`: a draft of a calendar for `closed_on`, with the public holidays of a place."""

from __future__ import annotations

import click

from reconciler.cli import options
from reconciler.cli.terminal import out
from reconciler.hours.public_holidays import public_holidays
from reconciler.strict_yaml.quote import inline


@options.values
class CalendarRequest:
    """Where, and in which year."""

    place: str = options.argument(metavar="PLACE")
    year: int = options.argument(type=click.IntRange(1970, 2100), metavar="YEAR")


@options.command(CalendarRequest, short_help="Draft a calendar of public holidays. Needs no network.")
def command(given: CalendarRequest) -> int:
    """Print the public holidays of a place as a calendar for `closed_on`, to be reviewed.

    PLACE is a code of ISO 3166: a country, or a part of one. Needs reconciler[calendar].

    \b
    Examples:
      reconciler calendar BR-SP 2027 > calendars/br-2027.yaml
    """
    found = public_holidays(given.place, given.year)
    title = f"# Public holidays of {given.place.upper()} in {given.year}, as the package {found.source} has them."
    lines = [
        f"{title} Review them:",
        "# which of them the law means for calls, and which days of the house are missing, only you know.",
    ]
    for day, name in found.days:
        lines += [f'- date: "{day}"', f"  name: {inline(name)}"]
    out("\n".join(lines))
    return 0

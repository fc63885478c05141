"""`reconciler show FILE`: renders a saved plan, without network."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.output import rendered, saved_plan
from reconciler.cli.terminal import out


@options.values
class ShowRequest:
    """Which plan is shown, and how."""

    file: Path = options.argument(type=click.Path(path_type=Path, dir_okay=False))
    form: str = options.forms("text", "json", "markdown", "html", "github")


@options.command(ShowRequest, short_help="Show a saved plan in any form. Needs no network.")
def command(given: ShowRequest) -> int:
    """Show a plan that `plan --out FILE` saved. Needs no network and no token.

    \b
    Examples:
      reconciler show plan.json
      reconciler show plan.json --format html > plan.html
    """
    out(rendered([saved_plan(given.file)], given.form))
    return 0

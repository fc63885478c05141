"""`reconciler show FILE`: renders a saved plan, without network."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.commands import options
from reconciler.commands.plan import rendered
from reconciler.commands.terminal import out
from reconciler.errors import PlanFileError
from reconciler.fields import campaign_fields
from reconciler.saved import read_plan


@click.command(short_help="Show a saved plan in any form. Needs no network.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.forms("text", "json", "markdown", "html", "github")
def command(file: Path, form: str) -> int:
    """Show a plan that `plan --out FILE` saved. Needs no network and no token.

    \b
    Examples:
      reconciler show plan.json
      reconciler show plan.json --format html > plan.html
    """
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        msg = f"{file} cannot be read: {error}"
        raise PlanFileError(msg) from None
    out(rendered([read_plan(content, str(file), campaign_fields())], form))
    return 0

"""`reconciler show FILE`: renders a saved plan, without network."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.output import rendered, saved_plan
from reconciler.cli.terminal import out
from reconciler.model.errors import UsageError

# Less has no space for a headline and what was left out.
_LEAST = 1_000


@options.values
class ShowRequest:
    """Which plan is shown, and how."""

    file: Path = options.argument(type=click.Path(path_type=Path, dir_okay=False))
    form: str = options.forms("text", "json", "markdown", "html", "github", "summary")
    limit: int | None = options.option(
        "--limit",
        type=click.IntRange(_LEAST),
        metavar="N",
        help="The most characters that the place of the Markdown takes. [default: 65536, a comment on GitHub]",
    )


@options.command(ShowRequest, short_help="Show a saved plan in any form. Needs no network.")
def command(given: ShowRequest) -> int:
    """Show a plan that `plan --out FILE` saved. Needs no network and no token.

    The form `summary` is lines of name=value for scripts: changes, loosened, started, pending, quiet, digest.

    \b
    Examples:
      reconciler show plan.json
      reconciler show plan.json --format html > plan.html
      reconciler show plan.json --format markdown --limit 250000
    """
    if given.limit is not None and given.form != "markdown":
        msg = "--limit is for --format markdown"
        raise UsageError(msg)
    out(rendered([saved_plan(given.file)], given.form, limit=given.limit), holds_commands=given.form == "github")
    return 0

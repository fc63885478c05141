"""`reconciler show FILE`: renders a saved plan, or the report of a run, without network."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.output import rendered, rendered_reports, saved_plans, saved_reports
from reconciler.cli.terminal import out
from reconciler.model.errors import UsageError

# Less has no space for a headline and what was left out.
_LEAST = 1_000


@options.values
class ShowRequest:
    """Which plan or report is shown, and how."""

    file: Path = options.argument(type=click.Path(path_type=Path, dir_okay=False))
    form: str = options.forms("text", "json", "markdown", "html", "github", "summary")
    limit: int | None = options.option(
        "--limit",
        type=click.IntRange(_LEAST),
        metavar="N",
        help="The most characters that the place of the Markdown takes. [default: 65536, a comment on GitHub]",
    )


@options.command(ShowRequest, short_help="Show a saved plan or a report. Needs no network.")
def command(given: ShowRequest) -> int:
    """Show a plan that `plan --out FILE` saved, or a report that `apply --report FILE` wrote.

    Needs no network and no token. A report is shown as text, JSON, Markdown or HTML: who said yes to what, what was
    changed from what to what, for whom calling changed, how long each was paused, and what failed. Of a plan there
    are also annotations for GitHub, and the form `summary`: lines of name=value for scripts.

    \b
    Examples:
      reconciler show plan.json
      reconciler show plan.json --format html > plan.html
      reconciler show plan.json --format markdown --limit 250000
      reconciler show report.json --format markdown
    """
    if given.limit is not None and given.form != "markdown":
        msg = "--limit is for --format markdown"
        raise UsageError(msg)
    reports = saved_reports(given.file)
    if reports is not None:
        out(rendered_reports(reports, given.form, limit=given.limit))
    else:
        plans = saved_plans(given.file)
        out(rendered(plans, given.form, limit=given.limit), holds_commands=given.form == "github")
    return 0

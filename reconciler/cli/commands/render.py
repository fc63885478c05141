"""`reconciler render`: the effective campaigns, and where each of their fields comes from."""

from __future__ import annotations

from reconciler.cli import options
from reconciler.cli.load import without_errors
from reconciler.cli.option_groups import Selection
from reconciler.cli.terminal import out
from reconciler.model.fields import campaign_fields
from reconciler.render import campaign as effective


@options.values
class RenderRequest:
    """Which campaigns are printed, and how."""

    paths: tuple[str, ...] = options.paths()
    selection: Selection = options.group(Selection)
    form: str = options.forms("yaml", "json")
    with_numbers: bool = options.flag(
        "--with-numbers", help="Print do-not-call numbers, which are only counted otherwise."
    )


@options.command(RenderRequest, short_help="Print campaigns with their defaults, and where each field comes from.")
def command(given: RenderRequest) -> int:
    """Print each campaign as its file and its defaults make it, with the file and line of every field.

    Needs no network and no token.

    \b
    Examples:
      reconciler render campaigns/sales-q1.yaml
      reconciler render --format json campaigns/production
    """
    found = without_errors(given.paths, given.selection)
    documents = [desired.document for desired in found.desired]
    rendered = effective.as_json if given.form == "json" else effective.as_yaml
    out(rendered(documents, campaign_fields(), with_numbers=given.with_numbers))
    return 0

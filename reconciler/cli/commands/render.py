"""`reconciler render`: the effective campaigns, and where each of their fields comes from."""

from __future__ import annotations

from collections.abc import Sequence

import click

from reconciler.cli import options
from reconciler.cli.load import without_errors
from reconciler.cli.options import Selection
from reconciler.cli.terminal import out
from reconciler.model.fields import campaign_fields
from reconciler.render import campaign as effective


@click.command(short_help="Print campaigns with their defaults, and where each field comes from.")
@options.paths
@options.names_and_types
@options.forms("yaml", "json")
@click.option("--with-numbers", is_flag=True, help="Print do-not-call numbers, which are only counted otherwise.")
def command(paths: Sequence[str], *, form: str, with_numbers: bool, names: Sequence[str], types: Sequence[str]) -> int:
    """Print each campaign as its file and its defaults make it, with the file and line of every field.

    Needs no network and no token.

    \b
    Examples:
      reconciler render campaigns/sales-q1.yaml
      reconciler render --format json campaigns/production
    """
    found = without_errors(paths, Selection(tuple(names), tuple(types)))
    documents = [one.document for one in found.desired]
    rendered = effective.as_json if form == "json" else effective.as_yaml
    out(rendered(documents, campaign_fields(), with_numbers=with_numbers))
    return 0

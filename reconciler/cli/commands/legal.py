"""`reconciler legal [PLACE]`: the rules on calls that are shipped, each with its source and its date."""

from __future__ import annotations

from reconciler.cli import options
from reconciler.cli.terminal import has_colour, out, width
from reconciler.hours.legal import places_of, rules, rules_at
from reconciler.hours.places import is_place, near_places
from reconciler.hours.zones import is_known_zone
from reconciler.model.errors import UsageError
from reconciler.render import legal


@options.values
class LegalRequest:
    """Which rules are shown; all of them without a place."""

    place: str | None = options.argument(required=False)


@options.command(LegalRequest, short_help="Print the rules on calls of a place, with their sources.")
def command(given: LegalRequest) -> int:
    """Print when people in a place may be called, and how often.

    Each rule comes with its source, the day that somebody looked at it, and what nobody looked at. PLACE is a code of
    ISO 3166, or a time zone; without it all are printed. It is a help and no legal advice, and needs no network.

    \b
    Examples:
      reconciler legal US-FL
      reconciler legal Europe/London
    """
    found = rules()
    if given.place is not None:
        (place,) = _places(given.place) or (None,)
        found = rules_at(place, rules()) if place else ()
    out(legal.render(found, width=width(), colour=has_colour()) if found else f"no profile for {given.place}")
    return 0


def _places(said: str) -> tuple[str, ...]:
    """The place that is meant; raises UsageError for what is none."""
    if is_place(said):
        return (said,)
    if is_known_zone(said):
        return places_of(None, said)
    meant = "".join(f": did you mean {near}?" for near in near_places(said))
    raise UsageError(f"{said[:40]!r} is neither a code of ISO 3166, such as US or US-FL, nor a time zone{meant}")

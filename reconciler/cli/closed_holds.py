"""Days without calls at a release: over them nothing is started, and the calendar starts it once they are over."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import CLOSED, PauseEntry
from reconciler.cli.calendars import CLOSED_ON, closings_of
from reconciler.cli.connection import Connection, fetcher
from reconciler.cli.load import today
from reconciler.desired.validate import validate
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Live, Status
from reconciler.model.document import Document
from reconciler.model.fields import campaign_fields
from reconciler.model.holds import Stopped

_UNKNOWN = "nobody can tell whether it is a day without calls: check its files with `reconciler validate`"


def closed_days(stopped: Mapping[str, Document], connection: Connection) -> dict[str, str]:
    """Why campaigns do not call today, by id, as far as calendars that their files name say so.

    `stopped` are their files, by id. Raises ApiError where what is live cannot be read.
    """
    naming = {identity: document for identity, document in stopped.items() if CLOSED_ON in document.values}
    if not naming:
        return {}
    from reconciler.plan import closing  # noqa: PLC0415 - only where there are calendars

    fields = campaign_fields()
    desired, _ = validate(list(naming.values()), fields, today())
    closings = closings_of(desired)
    found = read_live(fields, desired, fetcher(connection)).found
    now = datetime.datetime.fromisoformat(connection.shutdown.stamp())
    context = closing.ClosingContext(closings.closings, now)
    _, because = closing.closed(fields, desired, found, context)
    sure = {one.file for one in desired if not closings.problems and isinstance(found.get(one.file), Live)}
    return {
        identity: because.get(document.file, _UNKNOWN)
        for identity, document in naming.items()
        if document.file in because or document.file not in sure
    }


def hand_to_calendar(released: Sequence[Stopped], because: Mapping[str, str], connection: Connection) -> None:
    """Let the calendar start campaigns once the days without calls are over; raises StateError."""
    if not released:
        return
    base_url = canonical_base_url(connection.base_url)
    with connection.state.locked():
        for one in released:
            entry = PauseEntry(
                one.id,
                base_url,
                Status.ACTIVE,
                connection.shutdown.stamp(),
                because[one.id],
                connection.token_env,
                one.name,
                connection.token,
                kind=CLOSED,
            )
            connection.state.announce(entry)

"""Days without calls, as plans are asked to heed them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.campaign import Desired
from reconciler.model.errors import StateError

if TYPE_CHECKING:
    from reconciler.apply.context import PauseEntry
    from reconciler.cli.connection import Connection
    from reconciler.cli.option_groups import CalendarOptions
    from reconciler.live.lookup import LiveRead
    from reconciler.plan.closing import Closing
    from reconciler.plan.plan import Plan


class CalendarScope(NamedTuple):
    """The days without calls of campaigns by file, and how they are heeded; `ahead` is in seconds."""

    closings: Mapping[str, Closing]
    ahead: float
    only: bool


def scope_of(closings: Mapping[str, Closing], given: CalendarOptions) -> CalendarScope | None:
    """How days without calls are heeded; None where there are none, and nothing else was asked for."""
    if not closings and not given.only_calendar:
        return None
    return CalendarScope(closings, given.ahead, given.only_calendar)


def scope_of_pauses(connection: Connection) -> CalendarScope | None:
    """The scope where no file names a calendar: only what we paused over days that one named before; None without."""
    try:
        return CalendarScope({}, 0.0, only=False) if connection.state.closed() else None
    except StateError:  # whoever asks the journal for what is left paused tells that it is damaged
        return None


def around_closed_days(
    connection: Connection,
    desired: Sequence[Desired],
    reading: LiveRead,
    scope: CalendarScope,
    make: Callable[[Sequence[Desired]], Plan],
) -> Plan:
    """The plan that `make` makes of the campaigns as they are to be now, with days without calls told."""
    from reconciler.cli.applying import is_of  # noqa: PLC0415 - only campaigns with calendars need it
    from reconciler.model.fields import campaign_fields  # noqa: PLC0415 - as above
    from reconciler.plan import closing  # noqa: PLC0415 - as above

    fields = campaign_fields()
    entries = connection.state.closed()
    ours = [entry for entry in entries if is_of(entry, connection)]
    context = closing.ClosingContext(
        scope.closings,
        datetime.datetime.fromisoformat(connection.shutdown.stamp()),
        datetime.timedelta(seconds=scope.ahead),
        frozenset(entry.campaign.casefold() for entry in ours),
        is_lost=not connection.state.has_journal,
        others=frozenset(entry.campaign.casefold() for entry in entries if entry not in ours),
    )
    wanted, because = closing.closed(fields, desired, reading.found, context)
    plan = closing.with_closings_told(fields, make(wanted), context, because)
    known = {one.id.casefold() for one in plan.campaigns if one.id}
    gone = [one for one in ours if one.campaign.casefold() not in known and one.file and not Path(one.file).exists()]
    plan = replace(plan, notices=(*plan.notices, *map(_gone, gone)))
    return closing.only_due(fields, plan, context) if scope.only else plan


def _gone(entry: PauseEntry) -> str:
    return (
        f"{entry.name or entry.campaign}: paused by us over days without calls ({entry.reason}), and its file "
        f"{entry.file} is gone: `reconciler recover --id {entry.campaign}` resumes it, --forget leaves it as it is"
    )

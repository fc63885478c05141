"""When a campaign calls and how often one person, before and after: worked out when somebody asks for it.

Of thousands of campaigns that are as their files say nobody does.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final, NamedTuple, Protocol

from reconciler.hours.closed_hours import HoursKnown
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.fields import Fields
from reconciler.plan.attempts import AttemptsChange, attempts
from reconciler.plan.hours_known import hours_known
from reconciler.plan.schedules import Schedules, schedules


class CallTimes(Protocol):
    """When a campaign calls, and how often; each is None where it is not known."""

    @property
    def schedules(self) -> Schedules:
        """The whole calling hours before and after."""

    @property
    def attempts(self) -> AttemptsChange | None:
        """The most calls to one person before and after."""

    @property
    def hours(self) -> HoursKnown | None:
        """The hours before and after that the API shows, where the campaign calls now."""


class KnownCallTimes(NamedTuple):
    """What was worked out before, and stands in a document."""

    schedules: Schedules = None
    attempts: AttemptsChange | None = None
    hours: HoursKnown | None = None


NO_CALL_TIMES: Final = KnownCallTimes()


class CallTimesOf:
    """Those of a live campaign with the file over it; `live` None is a campaign that is created."""

    def __init__(self, fields: Fields, desired: Desired, live: Live | None) -> None:
        self.fields = fields
        self.desired = desired
        self.live = live

    @cached_property
    def schedules(self) -> Schedules:
        """As `CallTimes` says."""
        return schedules(self.fields, self.desired, self.live)

    @cached_property
    def attempts(self) -> AttemptsChange | None:
        """As `CallTimes` says."""
        return attempts(self.fields, self.desired, self.live, self.schedules)

    @cached_property
    def hours(self) -> HoursKnown | None:
        """As `CallTimes` says."""
        if self.live is None or self.live.status != Status.ACTIVE:
            return None
        return hours_known(self.fields, self.desired, self.live)

"""Campaigns as values: what the files say, what the API says, and which statuses lead where."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.document import Document, Value


class Status(StrEnum):
    """The five statuses of a campaign."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# From the API's page on status updates; completed and cancelled are final.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.ACTIVE, Status.CANCELLED}),
    Status.ACTIVE: frozenset({Status.PAUSED, Status.COMPLETED, Status.CANCELLED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.COMPLETED, Status.CANCELLED}),
}
FINISHED: frozenset[str] = frozenset({Status.COMPLETED, Status.CANCELLED})


def may_become(before: str | None, after: str) -> bool:
    """Whether the API allows this change of status in one step."""
    return after in TRANSITIONS.get(before or "", frozenset())


class ByName(str):
    """What a file refers to by its name: the id that belongs in its place is not known yet, and is never sent."""

    __slots__ = ()


class Desired(NamedTuple):
    """One campaign as its file wants it. `values` are the managed fields, as they were written.

    A field that is said by name has that name in its place (`ByName`), until somebody knows the id.
    """

    document: Document
    id: str | None
    status: Status | None
    values: Mapping[str, Value]

    def __repr__(self) -> str:
        """Without the values, which may be people's data."""
        return f"Desired({self.document!r}, {self.id!r}, {self.status!r})"

    @property
    def file(self) -> str:
        """The file of this campaign."""
        return self.document.file

    @property
    def name(self) -> str | None:
        """The name that the file gives, if it gives one."""
        name = self.values.get("name")
        return name if isinstance(name, str) else None

    @property
    def label(self) -> str:
        """What to call this campaign in messages: its name, else its id."""
        return self.name or self.id or self.file


class Live(NamedTuple):
    """One campaign as the API shows it. A field that is missing from `values` is unknown, not null."""

    id: str
    name: str
    status: str | None
    values: Mapping[str, Value]

    def __repr__(self) -> str:
        """Without the values, which may be people's data."""
        return f"Live({self.id!r}, {self.name!r}, {self.status!r})"

    @property
    def stamp(self) -> str | None:
        """When the API says that it changed last, as it is spelt."""
        stamp = self.values.get("updated_at")
        return stamp if isinstance(stamp, str) else None

    @property
    def is_finished(self) -> bool:
        """Completed or cancelled: nothing can change it any more."""
        return self.status in FINISHED

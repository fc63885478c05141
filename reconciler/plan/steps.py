"""What plans are made of: actions, changes of status, agents, and what is left paused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.document import Position


class Action(StrEnum):
    """What a plan does to the fields of a campaign. A change of status stands beside it."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "none"
    FINISHED = "finished"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A step from one status to another, and where the files ask for it.

    `because` says why it is due where the file alone does not; `is_ours` where it ends a pause of ours.
    """

    before: str
    after: str
    position: Position = field(compare=False)
    because: str = ""
    is_ours: bool = False


class PausedCampaign(NamedTuple):
    """A campaign that an earlier apply left paused, as the journal has it: since when (ISO 8601), and what for."""

    campaign: str
    name: str
    file: str
    at: str
    reason: str


class Agent(NamedTuple):
    """An agent of a campaign: its id, and its name where an answer told it."""

    id: str
    name: str = ""

"""The history of campaigns: what each commit changed of what is effective, in the words of plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.plan.campaign_plan import CampaignPlan


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """A commit that changed what is effective for campaigns: whose, when, what it says, and what it changed.

    `problems` are of files that could not be read as they were, so that nobody can tell what changed; `new` are the
    files of campaigns that began with it.
    """

    id: str
    date: datetime
    author: str
    subject: str
    campaigns: tuple[CampaignPlan, ...] = ()
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    new: frozenset[str] = frozenset()

    @property
    def is_worth_telling(self) -> bool:
        """It changed something, or nobody can tell."""
        return bool(self.campaigns or self.notices or self.problems)


@dataclass(frozen=True, slots=True)
class Log:
    """Commits, newest first, and what is worth knowing of the whole. `campaign` is what was asked for."""

    tool_version: str
    commits: tuple[LoggedCommit, ...]
    campaign: str | None = None
    notices: tuple[str, ...] = ()

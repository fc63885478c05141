"""Which hold a campaign is under as files say it, now and where a branch began: a branch may take holds out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.api.base_url import canonical_base_url
from reconciler.files.hold_files import files_above
from reconciler.files.holds import read_holds
from reconciler.files.past import BaseRevision
from reconciler.model.holds import Hold, Holds
from reconciler.plan.besides import HeldBy, Placed


@dataclass(slots=True)
class HoldsOfBranch:
    """The holds of folders, now and then, each folder read once."""

    past: BaseRevision
    _sides: dict[str, tuple[_Side, _Side]] = field(default_factory=dict)

    def now(self, now: Sequence[Placed]) -> tuple[Placed, ...]:
        """The campaigns of today, each with the hold that it is under."""
        return tuple(one._replace(hold=self._of(one)[1].covering(one)) for one in now)

    def then(self, base: Sequence[Placed]) -> tuple[Placed, ...]:
        """The campaigns of the base, called as they are today, each with the hold that it was under."""
        return tuple(one._replace(hold=self._of(one)[0].covering(one)) for one in base)

    def is_changed(self, one: Placed) -> bool:
        """Whether a campaign of today, where its file is as it was, was under another hold."""
        then, now = self._of(one)
        return then != now and then.covering(one) != now.covering(one)

    def _of(self, one: Placed) -> tuple[_Side, _Side]:
        folder = one.desired.file.rpartition("/")[0]
        if folder not in self._sides:
            then = _side(Path(self.past.path_of(folder)), lambda file: self.past.name_of(self.past.key_of(file)))
            self._sides[folder] = (then, _side(Path(folder), os.path.relpath))
        return self._sides[folder]


@dataclass(frozen=True, slots=True)
class _Side:
    """The holds that a folder has, and the file that they stand in."""

    holds: tuple[Hold, ...] = ()
    is_unreadable: bool = False
    file: str = ""

    def covering(self, one: Placed) -> HeldBy | None:
        """The hold of a campaign. Where one cannot be read, everything is held, as everywhere."""
        desired = one.desired
        for hold in self.holds:
            if _may_be_of(hold, one) and hold.covers(desired.id, desired.label, desired.file):
                return HeldBy(hold.told(), self.file)
        return HeldBy(f"held, since {self.file} cannot be read", self.file) if self.is_unreadable else None


def _side(folder: Path, name_of: Callable[[str], str]) -> _Side:
    files = files_above(folder)
    found: Holds = read_holds(files)
    return _Side(found.holds, bool(found.unreadable), name_of(str(files[0])) if files else "")


def _may_be_of(hold: Hold, one: Placed) -> bool:
    """Whether a hold may be about the environment of a campaign: what the files do not say nobody can tell apart."""
    url, variable = one.setting("base_url"), one.setting("token_env")
    is_there = not isinstance(url, str) or canonical_base_url(url) == canonical_base_url(hold.base_url)
    return is_there and (not hold.token_env or not isinstance(variable, str) or hold.token_env == variable)

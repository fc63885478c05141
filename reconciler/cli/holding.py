"""Holds at the edge: which files hold them here, read anew at each look, and written in all of their places."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reconciler.api.base_url import canonical_base_url
from reconciler.files import disk
from reconciler.files.find import CAMPAIGNS, folder_of, whole_folder
from reconciler.files.hold_files import HOLDS_FILE, files_above
from reconciler.files.holds import read_holds, write_holds
from reconciler.model.errors import ReconcilerError, StateError
from reconciler.model.holds import Hold, Holds, Stopped, united, with_taken_over


class HoldFiles(NamedTuple):
    """Where holds are written down: in the state folder always, and in the folders of campaigns."""

    state_folder: Path

    @property
    def copy(self) -> Path:
        """The state folder's copy."""
        return self.state_folder / HOLDS_FILE

    @property
    def taken_over(self) -> Path:
        """What an apply moved from the journal into holds: it outlives a copy that comes from another machine."""
        return self.state_folder / "taken_over.yaml"

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One process writes at a time, as far as that is to be had: a stop waits for nobody's disk."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                disk.make_unversioned(self.state_folder)
                stack.enter_context(disk.one_at_a_time(self.state_folder / "holds.lock"))
            yield

    def read(self, folders: Sequence[Path] = ()) -> Holds:
        """The holds of these folders, by default of `campaigns`, as they are now."""
        above = [file for folder in folders or (Path(CAMPAIGNS),) for file in files_above(folder)]
        return with_taken_over(read_holds([self.copy, *above]), read_holds([self.taken_over]))

    def change(self, files: Sequence[Path], change: Callable[[tuple[Hold, ...]], Sequence[Hold]]) -> list[str]:
        """Write the copy, and these files; what of it could not be written is returned."""
        failures = []
        for file in dict.fromkeys([self.copy, *files]):
            try:
                with self.turn():
                    write_holds(file, change)
            except ReconcilerError as error:
                failures.append(str(error))
        return failures


def hold_file(path: Path) -> Path | None:
    """The file of holds at the top of the folder of campaigns that a path belongs to; None where there is none."""
    folder = folder_of(str(path))
    if not path.exists():
        return None
    top = whole_folder(folder)
    there = [file for file in files_above(top) if file.parent == top]
    shown = Path(os.path.relpath(top)) if not path.is_absolute() else top
    return shown / (there[0].name if there else HOLDS_FILE)


class EnvironmentHolds(NamedTuple):
    """The holds of one environment, as apply and recover ask for them."""

    files: HoldFiles
    base_url: str
    token_env: str
    token: str

    def now(self, file: str = "") -> Holds:
        """Those that a file's campaign has now."""
        found = self.files.read([Path(file).parent] if file else ())
        return found.of(canonical_base_url(self.base_url), self.token_env, self.token)

    def covering(self, campaign_id: str, name: str, file: str) -> Hold | None:
        """The hold of a campaign, read anew."""
        return self.now(file).covering(campaign_id or None, name, file)

    def take_over(self, hold: Hold, stopped: Stopped) -> None:
        """The hold lists one more campaign, in the copy and where it was read from; raises StateError."""
        more = replace(hold, stopped=(*hold.stopped, stopped))
        try:
            with self.files.turn():
                for file in (self.files.taken_over, self.files.copy):
                    write_holds(file, lambda held: united([*held, more]))
        except ReconcilerError as error:
            raise StateError(str(error)) from None
        for file in files_above(Path(CAMPAIGNS)):
            with contextlib.suppress(ReconcilerError):
                write_holds(file, lambda held: united([*held, *(more for one in held if one.key == hold.key)]))

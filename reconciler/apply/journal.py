"""The state folder on the disk: what we paused and must resume, and who works here now; the record is beside it.

Every write is on the disk, whole, before the call that it announces. Nothing in here is secret.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from reconciler.apply.context import CHANGE, CLOSED, PauseEntry
from reconciler.apply.pause_entries import PauseEntries
from reconciler.apply.record import Record
from reconciler.apply.state_file import make, told
from reconciler.files import disk
from reconciler.model.errors import StateError


class StateFolder:
    """`.reconciler/`: the journal, the record, and a lock that dies with its process."""

    def __init__(self, folder: Path, sync: disk.Sync = os.fsync) -> None:
        """`sync` brings what was written to a file or folder, given by its descriptor, to the disk."""
        self.folder = folder
        self._record = Record(folder, sync)
        self._journal = PauseEntries(folder, sync)
        self._lock = folder / "lock"

    # Who works here

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Work here alone; raises StateError that says who else does. The lock is the kernel's: no crash leaves it."""
        make(self.folder)
        with contextlib.ExitStack() as stack:
            with told(f"{self._lock} cannot be locked"):
                file = stack.enter_context(self._lock.open("a+", encoding="utf-8", errors="replace"))
                self._take(file)
            stack.enter_context(self._record.folded())
            yield

    def _take(self, file: TextIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(200).strip() or "another process"
            msg = f"{self.folder} is in use by {holder}: wait until it is done, or use another --state-dir"
            raise StateError(msg) from None
        # Who holds it is a courtesy: a full disk must not stand in the way of a resume.
        with contextlib.suppress(OSError):
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), f"process {os.getpid()}".encode())

    # The journal

    @property
    def has_journal(self) -> bool:
        """Whether there is one at all: an empty one says that nothing is paused by us, none says nothing."""
        return self._journal.is_there

    def entries(self) -> tuple[PauseEntry, ...]:
        """What we paused for a change and must resume. Raises StateError for a damaged or foreign journal."""
        return tuple(entry for entry in self._journal.all() if entry.kind == CHANGE)

    def closed(self) -> tuple[PauseEntry, ...]:
        """What we paused over days without calls; raises as above."""
        return tuple(entry for entry in self._journal.all() if entry.kind == CLOSED)

    def announce(self, entry: PauseEntry) -> None:
        """Write that this campaign is about to be paused; raises StateError if that cannot be written."""
        self._journal.add(entry)

    def clear(self, entry: PauseEntry) -> None:
        """Forget the campaign: it is no longer paused by us."""
        self._journal.remove(entry)

    # The record

    def record(self, base_url: str, token: str) -> Mapping[str, Mapping[str, str]]:
        """What was sent last, as `Record.sent` gives it; raises StateError."""
        return self._record.sent(base_url, token)

    def remember(self, base_url: str, token: str, campaign_id: str, hashes: Mapping[str, str]) -> None:
        """Record what was sent; raises StateError if that cannot be written."""
        self._record.note(base_url, token, campaign_id, hashes)

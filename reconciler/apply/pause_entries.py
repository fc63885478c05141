"""The journal on the disk: the campaigns that we paused, each written down before the call that pauses it.

A holiday pauses thousands of campaigns one by one, and each of them is another write: what a file held when it was
looked at last is not read into values again, and no entry is put into words twice.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.api.base_url import canonical_base_url
from reconciler.api.endpoints import checked_id
from reconciler.apply.context import PauseEntry
from reconciler.apply.state_file import VERSION, StateFile
from reconciler.files import disk
from reconciler.model.campaign import Status
from reconciler.model.errors import UsageError

_HEAL = "look into it, resume by hand what it names (`reconciler recover --id ID`), then delete it"

# What tells entries apart, and an entry with its text.
Key = tuple[str, str, str]
Row = tuple[PauseEntry, str]


class _Known(NamedTuple):
    """A text that the file had, and what it says."""

    text: str
    rows: Mapping[Key, Row]


class PauseEntries:
    """`journal.json`, as one process at a time changes it, with several threads."""

    def __init__(self, folder: Path, sync: disk.Sync = os.fsync) -> None:
        """`sync` brings what was written to a file or folder, given by its descriptor, to the disk."""
        self._file = StateFile(folder / "journal.json", _HEAL, sync)
        self._turn = threading.Lock()
        self._known: _Known | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a file at all."""
        return self._file.path.exists()

    def all(self) -> tuple[PauseEntry, ...]:
        """Every entry. Raises StateError for a damaged or foreign journal."""
        return tuple(entry for entry, _ in self._rows().values())

    def add(self, entry: PauseEntry) -> None:
        """Write down one more, in the place of one about the same campaign; raises StateError."""
        with self._turn:
            rows = self._without(entry)
            rows[entry.key] = entry, _text(entry)
            self._write(rows)

    def remove(self, entry: PauseEntry) -> None:
        """Strike one off; raises StateError."""
        with self._turn:
            self._write(self._without(entry))

    def _without(self, entry: PauseEntry) -> dict[Key, Row]:
        rows = dict(self._rows())
        rows.pop(entry.key, None)
        return rows

    def _rows(self) -> Mapping[Key, Row]:
        text = self._file.text()
        if text is None:
            return {}
        known = self._known
        if known is None or text != known.text:
            try:
                entries = [_entry(row) for row in self._file.content(text)["paused"]]
            except (TypeError, KeyError, ValueError, UsageError):
                raise self._file.foreign() from None
            known = self._known = _Known(text, {entry.key: (entry, _text(entry)) for entry in entries})
        return known.rows

    def _write(self, rows: Mapping[Key, Row]) -> None:
        entries = ",\n  ".join(text for _, text in rows.values())
        listed = f"[\n  {entries}\n ]" if rows else "[]"
        text = f'{{\n "version": {VERSION},\n "paused": {listed}\n}}'
        self._file.put(text)
        self._known = _Known(text, rows)


def _text(entry: PauseEntry) -> str:
    """An entry as JSON with a line for each key."""
    return json.dumps(entry._asdict(), indent=1).replace("\n", "\n  ")


def _entry(row: Mapping[str, Any]) -> PauseEntry:
    """An entry of the journal; raises TypeError, ValueError or UsageError for what we never wrote."""
    entry = PauseEntry(**row)
    if not all(isinstance(value, str) for value in row.values()):
        raise TypeError
    checked_id(entry.campaign)
    Status(entry.status_before)
    return entry._replace(base_url=canonical_base_url(entry.base_url))

"""The record: which values of fields we sent last, as keyed hashes, by host, token, campaign and field.

Every note is a line at the end of a log, on the disk before the next request; the lines are folded into the record
itself when nobody is at work. So a note costs the same whether a hundred campaigns are recorded or ten thousand.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.state_file import VERSION, StateFile, make, told
from reconciler.files import disk
from reconciler.model.errors import StateError

_FORGET: Final = "delete it; fields that the API does not show are then sent once more"

# Host, fingerprint of the token, campaign, field: the hash of what was sent.
Sent = dict[str, dict[str, dict[str, dict[str, str]]]]


class Record:
    """`record.json`, and `record.log` beside it while somebody is at work, or was killed there."""

    def __init__(self, folder: Path, sync: disk.Sync = os.fsync) -> None:
        """`sync` brings what was written to a file or folder, given by its descriptor, to the disk."""
        self._file = StateFile(folder / "record.json", _FORGET, sync)
        self._log = StateFile(folder / "record.log", _FORGET, sync)
        self._turn = threading.Lock()

    def sent(self, base_url: str, token: str) -> Mapping[str, Mapping[str, str]]:
        """The hashes of what was sent last: campaign, then field. Raises StateError.

        `token` is the fingerprint of the token that sent them: what another one sent is as if it were not recorded.
        """
        return self._all().get(canonical_base_url(base_url), {}).get(token, {})

    def note(self, base_url: str, token: str, campaign_id: str, hashes: Mapping[str, str]) -> None:
        """Record what was sent; raises StateError if that cannot be written."""
        line = json.dumps([canonical_base_url(base_url), token, campaign_id, dict(hashes)])
        make(self._log.path.parent)
        with self._turn, told(f"{self._log.path} cannot be written"):
            disk.append(self._log.path, line + "\n", self._log.sync)

    def fold(self) -> None:
        """Put what was noted where it stays; only for who works here alone. Raises StateError."""
        if self._log.path.exists():
            self._file.write({"sent": self._all()})
            # What is noted twice is the same: a crash in between does no harm.
            with told(f"{self._log.path} cannot be removed"):
                self._log.path.unlink()

    @contextlib.contextmanager
    def folded(self) -> Iterator[None]:
        """Fold before the work and after it. What cannot be folded is kept, and told when somebody reads the record.

        A damaged record is no reason to resume nobody.
        """
        with contextlib.suppress(StateError):
            self.fold()
        try:
            yield
        finally:
            with contextlib.suppress(StateError):
                self.fold()

    def _all(self) -> Sent:
        content = self._file.read()
        sent = content.get("sent") if content.get("version") == VERSION else {}
        if not _is_nested(sent, 4):
            raise self._file.foreign()
        for host, token, campaign_id, hashes in self._noted():
            sent.setdefault(host, {}).setdefault(token, {}).setdefault(campaign_id, {}).update(hashes)  # type: ignore[union-attr]
        return sent  # type: ignore[return-value]  # checked above

    def _noted(self) -> Iterator[tuple[str, str, str, dict[str, str]]]:
        """The notes of the log. A last line without an end is one that a crash cut off: it was not noted."""
        lines = (self._log.text() or "").split("\n")
        for line in lines[:-1]:
            try:
                host, token, campaign_id, hashes = json.loads(line)
            except (ValueError, TypeError, RecursionError):
                raise self._log.foreign() from None
            if not (all(isinstance(one, str) for one in (host, token, campaign_id)) and _is_nested(hashes, 1)):
                raise self._log.foreign()
            yield host, token, campaign_id, hashes


def _is_nested(value: object, depth: int) -> bool:
    """Whether a value is a mapping of mappings, so many deep, with text at the bottom."""
    if depth == 0:
        return isinstance(value, str)
    return isinstance(value, dict) and all(_is_nested(inner, depth - 1) for inner in value.values())

"""The state folder on the disk: what we paused and must resume, what we sent last, and who works here now.

Every write is on the disk, whole, before the call that it announces. Nothing in here is secret, and nothing but
hashes of what was sent.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from reconciler.api.base_url import canonical_base_url
from reconciler.api.endpoints import checked_id
from reconciler.apply.context import CHANGE, CLOSED, PauseEntry
from reconciler.files import disk
from reconciler.model.campaign import Status
from reconciler.model.errors import StateError, UsageError

_VERSION = 2
# Version 1 knew no fingerprints of tokens, and no names; its record says nothing of whose values it holds.
_READ = frozenset({1, _VERSION})
_HEAL = "look into it, resume by hand what it names (`reconciler recover --id ID`), then delete it"
_FORGET = "delete it; fields that the API does not show are then sent once more"


class StateFolder:
    """`.reconciler/`: the journal, the record, and a lock that dies with its process."""

    def __init__(self, folder: Path, sync: disk.Sync = os.fsync) -> None:
        """`sync` brings what was written to a file or folder, given by its descriptor, to the disk."""
        self.folder = folder
        self._sync = sync
        self._journal = folder / "journal.json"
        self._record = folder / "record.json"
        self._lock = folder / "lock"
        self._turn = threading.Lock()

    # Who works here

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Work here alone; raises StateError that says who else does. The lock is the kernel's: no crash leaves it."""
        self._make()
        with contextlib.ExitStack() as stack:
            with _told(f"{self._lock} cannot be locked"):
                file = stack.enter_context(self._lock.open("a+", encoding="utf-8", errors="replace"))
                self._take(file)
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

    def entries(self) -> tuple[PauseEntry, ...]:
        """What we paused for a change and must resume. Raises StateError for a damaged or foreign journal."""
        return tuple(entry for entry in self._all() if entry.kind == CHANGE)

    def closed(self) -> tuple[PauseEntry, ...]:
        """What we paused over days without calls; raises as above."""
        return tuple(entry for entry in self._all() if entry.kind == CLOSED)

    def _all(self) -> tuple[PauseEntry, ...]:
        content = self._read(self._journal, _HEAL)
        try:
            return tuple(_entry(row) for row in content["paused"]) if content else ()
        except (TypeError, KeyError, ValueError, UsageError):
            raise _foreign(self._journal, _HEAL) from None

    def announce(self, entry: PauseEntry) -> None:
        """Write that this campaign is about to be paused; raises StateError if that cannot be written."""
        with self._turn:
            others = [other for other in self._all() if other.key != entry.key]
            self._write_entries([*others, entry])

    def clear(self, entry: PauseEntry) -> None:
        """Forget the campaign: it is no longer paused by us."""
        with self._turn:
            self._write_entries([other for other in self._all() if other.key != entry.key])

    def _write_entries(self, entries: list[PauseEntry]) -> None:
        self._write(self._journal, {"version": _VERSION, "paused": [asdict(entry) for entry in entries]})

    # The record

    def record(self, base_url: str, token: str) -> Mapping[str, Mapping[str, str]]:
        """The hashes of the unverified values that were sent last: campaign, then field. Raises StateError.

        `token` is the fingerprint of the token that sent them: what another one sent is as if it were not recorded.
        """
        return self._hosts().get(canonical_base_url(base_url), {}).get(token, {})

    def remember(self, base_url: str, token: str, campaign_id: str, hashes: Mapping[str, str]) -> None:
        """Record what was sent; raises StateError if that cannot be written."""
        with self._turn:
            hosts = self._hosts()
            sent = hosts.setdefault(canonical_base_url(base_url), {}).setdefault(token, {})
            sent[campaign_id] = {**sent.get(campaign_id, {}), **hashes}
            self._write(self._record, {"version": _VERSION, "sent": hosts})

    def _hosts(self) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
        content = self._read(self._record, _FORGET)
        hosts = content.get("sent") if content.get("version") == _VERSION else {}
        if not _is_nested(hosts, 4):
            raise _foreign(self._record, _FORGET)
        return hosts  # type: ignore[return-value]  # checked in the line above

    # Files

    def _read(self, path: Path, advice: str) -> dict[str, Any]:
        """The content of a file, empty where there is none. Raises StateError with advice for one that is not ours."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except OSError as error:
            msg = f"{path} cannot be read: {error.strerror or error}"
            raise StateError(msg) from None
        except ValueError:
            raise _foreign(path, advice) from None
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or content.get("version") not in _READ:
            raise _foreign(path, advice)
        return content

    def _make(self) -> None:
        with _told(f"{self.folder} cannot be made"):
            disk.make_unversioned(self.folder)

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        self._make()
        with _told(f"{path} cannot be written"):
            disk.write(path, json.dumps(content, indent=1), self._sync)


def _foreign(path: Path, advice: str) -> StateError:
    return StateError(f"{path} is damaged, or was written by something else: {advice}")


def _is_nested(value: object, depth: int) -> bool:
    """Whether a value is a mapping of mappings, so many deep, with text at the bottom."""
    if depth == 0:
        return isinstance(value, str)
    return isinstance(value, dict) and all(_is_nested(inner, depth - 1) for inner in value.values())


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    """Make an error of the disk one of ours."""
    try:
        yield
    except OSError as error:
        msg = f"{what}: {error.strerror or error}"
        raise StateError(msg) from None


def _entry(row: Mapping[str, Any]) -> PauseEntry:
    """An entry of the journal; raises TypeError, ValueError or UsageError for what we never wrote."""
    entry = PauseEntry(**row)
    if not all(isinstance(value, str) for value in row.values()):
        raise TypeError
    checked_id(entry.campaign)
    Status(entry.status_before)
    return replace(entry, base_url=canonical_base_url(entry.base_url))

"""The verdicts of earlier plans on the disk, in the state folder: hashes and moments, nothing that names anybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from reconciler.api.base_url import canonical_base_url
from reconciler.cli.terminal import say
from reconciler.files import disk
from reconciler.live.verdicts import Shown, Verdicts

_VERSION = 1
_DAMAGED = "its file is damaged"


class VerdictFile:
    """What is known of one environment: `base_url` and the fingerprint of the token say which."""

    def __init__(self, folder: Path, base_url: str, token: str) -> None:
        """`folder` is the state folder."""
        self.path = folder / "verdicts.json"
        self._environment = f"{canonical_base_url(base_url)} {token}"
        self._noted: set[tuple[frozenset[str], bool, bool]] = set()

    def read(self) -> Verdicts:
        """What is known; nothing is taken from a file that is damaged."""
        try:
            rows = self._rows()
            return Verdicts.from_data(rows[self._environment]) if self._environment in rows else Verdicts()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Verdicts(missed=_DAMAGED)

    def write(self, verdicts: Verdicts) -> None:
        """Keep the verdicts of a plan; one that cannot be written is told.

        What PUTs have shown meanwhile stays, and that another plan missed a change.
        """
        self._change(verdicts.united)

    def note(self, campaign_id: str, shown: Shown) -> None:
        """Keep what a PUT of ours to a campaign has shown of the stamp; the first of a run that shows it is enough."""
        kinds, moved, must_rest = shown.kinds, shown.moved_to is not None, shown.must_rest
        if not {(kinds, moved, must_rest), (kinds, moved, False)} & self._noted:
            self._noted.add((kinds, moved, must_rest))
            self._change(lambda known: known.with_put(campaign_id, shown))

    def forget(self, campaigns: Collection[str]) -> None:
        """Keep no verdict on these campaigns (their ids): they are about to change."""
        if self.path.exists():
            self._change(lambda known: known.without(campaigns))

    def _rows(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if content["version"] != _VERSION:
            raise ValueError(self.path)
        return dict(content["environments"].items())

    def _change(self, changed: Callable[[Verdicts], Verdicts]) -> None:
        """Replace what is known, if that changes; nobody else does meanwhile, in this process or another.

        A damaged file is left as it is: what it said of other environments would be forgotten.
        """
        try:
            disk.make_unversioned(self.path.parent)
            with disk.one_at_a_time(self.path.with_suffix(".lock")):
                known = self.read()
                found = changed(known)
                if found != known and known.missed != _DAMAGED:
                    rows = {**self._rows(), self._environment: found.to_data()}
                    disk.write(self.path, json.dumps({"version": _VERSION, "environments": rows}))
        except OSError as error:
            say(f"{self.path} cannot be written: {error.strerror or error}; campaigns are read again next time")

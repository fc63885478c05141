"""The verdicts of earlier plans on the disk, in the state folder: hashes and moments, nothing that names anybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.api.base_url import canonical_base_url
from reconciler.cli.terminal import say
from reconciler.files import disk
from reconciler.live.verdicts import Verdicts

_VERSION = 1
_DAMAGED = "its file is damaged"


class VerdictFile:
    """What is known of one environment: `base_url` and the fingerprint of the token say which."""

    def __init__(self, folder: Path, base_url: str, token: str) -> None:
        """`folder` is the state folder."""
        self.path = folder / "verdicts.json"
        self._environment = f"{canonical_base_url(base_url)} {token}"

    def read(self) -> Verdicts:
        """What is known; nothing is taken from a file that is damaged."""
        try:
            rows = self._rows()
            return Verdicts.from_data(rows[self._environment]) if self._environment in rows else Verdicts()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Verdicts(missed=_DAMAGED)

    def write(self, verdicts: Verdicts) -> None:
        """Keep the verdicts of a plan; one that cannot be written is told.

        What PUTs have shown meanwhile stays, and that another plan missed a change. A damaged file is left as it is:
        what it said of other environments would be forgotten.
        """

        def with_these(known: Verdicts) -> Verdicts | None:
            if known.missed == _DAMAGED:
                return None
            kept = Verdicts(missed=known.missed) if known.missed and not verdicts.missed else verdicts
            return replace(kept, moves=known.moves)

        self._change(with_these)

    def note(self, kind: str, moved: bool) -> None:  # noqa: FBT001 - called by position
        """Keep what a PUT of ours has shown of a kind of field: whether it moved the stamp."""

        def with_move(known: Verdicts) -> Verdicts | None:
            if known.missed or known.moves.get(kind) == moved or known.moves.get(kind) is False:
                return None
            return known.with_move(kind, moved=moved)

        self._change(with_move)

    def _rows(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if content["version"] != _VERSION:
            raise ValueError(self.path)
        return dict(content["environments"].items())

    def _change(self, changed: Callable[[Verdicts], Verdicts | None]) -> None:
        """Replace what is known, if anything is to be; nobody else does meanwhile, in this process or another."""
        try:
            disk.make_unversioned(self.path.parent)
            with disk.one_at_a_time(self.path.with_suffix(".lock")):
                if found := changed(self.read()):
                    rows = {**self._rows(), self._environment: found.to_data()}
                    disk.write(self.path, json.dumps({"version": _VERSION, "environments": rows}))
        except OSError as error:
            say(f"{self.path} cannot be written: {error.strerror or error}; campaigns are read again next time")

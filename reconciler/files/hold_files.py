"""Where files of holds are: those that hold a campaign stand in its folder and above."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from reconciler.files import disk
from reconciler.files.find import lineage
from reconciler.files.names import HOLDS, SUFFIXES

HOLDS_FILE: Final = HOLDS + SUFFIXES[0]
# The suffixes may be written in any case; the first is the one that we write.
_SPELLINGS: Final = tuple(
    f"{HOLDS}.{''.join(letters)}"
    for suffix in SUFFIXES
    for letters in itertools.product(*((letter, letter.upper()) for letter in suffix[1:]))
)


def files_above(folder: Path) -> tuple[Path, ...]:
    """The files of holds that a campaign in a folder has: in the folder itself and those above."""
    return tuple(file for above in lineage(folder) for file in _in(str(above)))


def _in(folder: str) -> Iterable[Path]:
    """Those in one folder, which may hold thousands of campaigns: each start of calls looks, so nothing is listed."""
    found: dict[disk.Identity, Path] = {}
    for name in _SPELLINGS:
        with contextlib.suppress(OSError):
            file = os.path.join(folder, name)  # noqa: PTH118  as above
            found.setdefault(disk.identity(os.lstat(file)), Path(file))
    return found.values()

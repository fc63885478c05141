"""A file of the state folder: JSON of a known version, whole on the disk before the call that it announces."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from reconciler.files import disk
from reconciler.model.errors import StateError

VERSION: Final = 2
# Version 1 knew no fingerprints of tokens, and no names; its record says nothing of whose values it holds.
_READ: Final = frozenset({1, VERSION})


class StateFile(NamedTuple):
    """A file, and the `advice` for somebody who finds it damaged."""

    path: Path
    advice: str
    sync: disk.Sync

    def read(self) -> dict[str, Any]:
        """The content, empty where there is no file. Raises StateError with advice for one that is not ours."""
        text = self.text()
        return {} if text is None else self.content(text)

    def content(self, text: str) -> dict[str, Any]:
        """What a text of the file says; raises as above."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict) or content.get("version") not in _READ:
            raise self.foreign()
        return content

    def text(self) -> str | None:
        """The text of the file; None where there is none. Raises StateError."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            msg = f"{self.path} cannot be read: {error.strerror or error}"
            raise StateError(msg) from None
        except ValueError:
            raise self.foreign() from None

    def write(self, content: Mapping[str, Any]) -> None:
        """Put this in its place; raises StateError where that cannot be written."""
        self.put(json.dumps({"version": VERSION, **content}, indent=1))

    def put(self, text: str) -> None:
        """Put a text of ours in its place; raises as above."""
        make(self.path.parent)
        with told(f"{self.path} cannot be written"):
            disk.write(self.path, text, self.sync)

    def foreign(self) -> StateError:
        """What to raise for what we never wrote."""
        return StateError(f"{self.path} is damaged, or was written by something else: {self.advice}")


def make(folder: Path) -> None:
    """Make the state folder, which git passes over; raises StateError."""
    with told(f"{folder} cannot be made"):
        disk.make_unversioned(folder)


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Make an error of the disk one of ours."""
    try:
        yield
    except OSError as error:
        msg = f"{what}: {error.strerror or error}"
        raise StateError(msg) from None

"""Folders of campaign files, as tests write and read them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from reconciler.files.read import FilesRead


def write(files: dict[str, str], folder: Path) -> None:
    """Write files, by name, with the folders that they are in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def values(reading: FilesRead) -> dict[str, object]:
    """What was read, by file, without any problem."""
    assert list(map(str, reading.problems)) == []
    return {document.file: document.values for document in reading.documents}

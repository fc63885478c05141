"""Writes the id of a live campaign into its file."""

from __future__ import annotations

from reconciler.files import disk
from reconciler.strict_yaml.pin import pinned


def pin_file(file: str, campaign_id: str, was: bytes | None = None) -> None:
    """Write a campaign's id into its file; `was` is what has to be in it still, where that was read before.

    Raises ReconcilerError, with nothing done, where that cannot be.
    """
    text = disk.content(file) if was is None else was
    disk.rewrite(file, text, pinned(text, campaign_id, file))

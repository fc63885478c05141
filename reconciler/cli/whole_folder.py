"""The files beside those at hand: only against all of them can be said that a live campaign has none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.files import read as files
from reconciler.files.find import files_below, whole_folder
from reconciler.files.names import is_campaign
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Document
from reconciler.model.errors import ReconcilerError
from reconciler.model.trimmed import trimmed


def without_other_files(listed: Sequence[Live], desired: Sequence[Desired]) -> tuple[Live, ...] | None:
    """The live campaigns that no other file of the whole folder means; None where that cannot be told.

    `desired` are the campaigns at hand, of one environment: a name in another environment means another campaign.
    """
    own = {os.path.abspath(one.file) for one in desired}  # noqa: PTH100  links stay what they are
    try:
        others = sorted(_campaigns_around(desired) - own)
        reading = files.read([*others, *sorted(own)[:1]]) if others else files.FilesRead(())
    except ReconcilerError:
        return None
    if any(problem.is_error for problem in reading.problems):
        return None
    here = {_environment(reading.environments.get(file)) for file in own & {one.file for one in reading.documents}}
    beside = [
        one.values
        for one in reading.documents
        if one.file not in own and _environment(reading.environments.get(one.file)) in here
    ]
    # By its id, and only without one by its name.
    ids = {str(values["id"]).casefold() for values in beside if "id" in values}
    names = {trimmed(str(values.get("name", ""))) for values in beside if "id" not in values}
    return tuple(live for live in listed if live.id.casefold() not in ids and live.name not in names)


def _campaigns_around(desired: Sequence[Desired]) -> set[str]:
    """All campaign files of the folders that these belong to, by their absolute paths."""
    tops = {whole_folder(folder) for folder in {Path(one.file).parent for one in desired}}
    return {str(folder / name) for top in tops for folder, name in files_below(top) if is_campaign(name)}


def _environment(settings: Document | None) -> tuple[object, ...]:
    """What decides which campaigns are seen."""
    return tuple(settings.values.get(key) for key in ("base_url", "token_env")) if settings else (None, None)

"""Reads campaign files strictly over their defaults, each file once, with the settings that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.files.disk import Identity, read_once
from reconciler.files.find import Found, campaign_files, campaigns_below, lineage
from reconciler.files.names import DEFAULTS, ENVIRONMENT, SUFFIXES
from reconciler.model.document import Document, Position, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.strict_yaml.parse import parse


@dataclass(frozen=True, slots=True)
class FilesRead:
    """Everything that was read.

    `documents` are the campaigns, sorted by file: their own values over those that they inherit. A document whose
    file has errors holds what could be read, so that it can be checked too: carry nothing out while there are errors.
    `environments` gives, per campaign file, its `_environment.yaml` over those further up, where there is one.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    environments: Mapping[str, Document] = field(default_factory=dict)


def read(paths: Sequence[str]) -> FilesRead:
    """Read all campaigns under the paths: files, folders, or glob patterns.

    Raises ReconcilerError for a path that does not exist, is no campaign file, or has none under it.
    """
    if not paths:
        raise ReconcilerError("no path given: name a campaign file or a folder")
    return _read(file for path in paths for file in campaign_files(path))


def read_folder(folder: Path) -> FilesRead:
    """Read all campaigns in a folder and below: none where the folder has none yet, or is not there.

    Raises ReconcilerError for a folder that cannot be read.
    """
    return _read(campaigns_below(folder))


def _read(files: Iterable[Found]) -> FilesRead:
    reader = _Reader()
    for folder, name in files:
        reader.add(folder, name)
    return reader.files_read()


def settings_of(folder: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """The `_environment.yaml` that a campaign in a folder has, over those further up, and what is wrong with them.

    The folder need not be there; None where no folder has such a file.
    """
    reader = _Reader()
    settings = reader.settings(folder)
    return settings, reader.files_read().problems


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder with campaigns: what its files' names begin with, and where it inherits from, itself first."""

    prefix: str
    lineage: tuple[str, ...]
    is_typed_absolute: bool


def _opened(folder: Path) -> _Folder:
    prefix = "" if folder == Path() else str(folder / "_")[:-1]
    return _Folder(prefix, tuple(map(str, lineage(folder))), folder.is_absolute())


class _Reader:
    """Reads each file once, and keeps what the files of a folder share."""

    def __init__(self) -> None:
        self._campaigns: list[Document] = []
        self._environments: dict[str, Document] = {}
        self._problems: list[Problem] = []
        self._seen: set[Identity] = set()
        self._folders: dict[Path, _Folder] = {}
        self._shared: dict[tuple[str, str], Document | None] = {}

    def add(self, folder: Path, name: str) -> None:
        """Read one campaign file, unless it was read already."""
        found = self._folders.get(folder) or self._folders.setdefault(folder, _opened(folder))
        file = found.prefix + name
        if not (document := self._document(file, self._seen)):
            return
        self._campaigns.append(_over(document, self._effective(DEFAULTS, found)))
        if environment := self._effective(ENVIRONMENT, found):
            self._environments[file] = environment

    def settings(self, folder: Path) -> Document | None:
        """The settings that a campaign in a folder has."""
        return self._effective(ENVIRONMENT, _opened(folder))

    def files_read(self) -> FilesRead:
        """What was read, in the order of the file names."""
        documents = sorted(self._campaigns, key=lambda document: document.file)
        problems = sorted(self._problems, key=lambda problem: problem.position)
        return FilesRead(tuple(documents), tuple(problems), self._environments)

    def _document(self, file: str, seen: set[Identity]) -> Document | None:
        """What a file says; None where it cannot be read, or was `seen`. Problems are noted."""
        try:
            content = read_once(file, seen)
        except OSError as error:
            self._problems.append(Problem(Position(file, 1, 1), f"cannot be read: {error.strerror}"))
            return None
        if content is None:
            return None
        document, problems = parse(content, file)
        self._problems.extend(problems)
        return document

    def _effective(self, name: str, asked: _Folder) -> Document | None:
        """The `name` file of a folder over those of the folders above, up to the top of the repository."""
        effective = None
        for folder in reversed(asked.lineage):
            if (name, folder) not in self._shared:
                own = self._read_shared(name, folder, asked)
                self._shared[name, folder] = _over(own, effective) if own else effective
            effective = self._shared[name, folder]
        return effective

    def _read_shared(self, name: str, folder: str, asked: _Folder) -> Document | None:
        """The `name` file of one folder, if it has one, called as the path of the campaigns was typed."""
        shown = Path(folder if asked.is_typed_absolute else os.path.relpath(folder))
        present = [file for suffix in SUFFIXES if os.path.lexists(file := shown / f"{name}{suffix}")]
        for other in present[1:]:
            message = f"{present[0].name} is here too, and only that is read: keep one of them"
            self._problems.append(Problem(Position(str(other), 1, 1), message))
        document = self._document(str(present[0]), set()) if present else None
        return self._without_id(document) if document and name == DEFAULTS else document

    def _without_id(self, defaults: Document) -> Document:
        if ("id",) not in defaults.key_marks:
            return defaults
        message = "belongs to one campaign: remove it from the defaults"
        self._problems.append(Problem(defaults.key_position(("id",)), message, ("id",)))
        return replace(defaults, values={key: value for key, value in defaults.values.items() if key != "id"})


def _over(own: Document, base: Document | None) -> Document:
    """A document over another one: what it does not name is inherited. What it names wrongly is not."""
    if base is None:
        return own
    inherited = {key: base.origin((key,)) for key in base.values if (key,) not in own.key_marks}
    values = {**{key: base.values[key] for key in inherited}, **own.values}
    return Document(own.file, values, own.marks, own.key_marks, inherited)

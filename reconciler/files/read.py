"""Reads campaign files strictly over their defaults, each file once, with the settings that they belong to."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reconciler.files.disk import Identity, identity, read_once
from reconciler.files.find import Found, files_below, files_meant, lineage, names_in, stray_problem
from reconciler.files.names import (
    DEFAULTS,
    ENVIRONMENT,
    SUFFIXES,
    called,
    is_campaign,
    is_defaults,
    is_environment,
    is_stray,
    meant,
)
from reconciler.model.document import Document, Position, Problem, United
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.parse import parse


class FilesRead(NamedTuple):
    """Everything that was read.

    `documents` are the campaigns, sorted by file: their own values over those that they inherit. A document whose
    file has errors holds what could be read, so that it can be checked too: carry nothing out while there are errors.
    `environments` gives, per campaign file, its `_environment.yaml` over those further up, where there is one.
    `defaults` and `settings` are the shared files by themselves, so that what every campaign overrides is checked too.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    environments: Mapping[str, Document] = MappingProxyType({})
    defaults: tuple[Document, ...] = ()
    settings: tuple[Document, ...] = ()


def read(paths: Sequence[str], instead: Mapping[str, bytes] | None = None) -> FilesRead:
    """Read all campaigns under the paths: files, folders, or glob patterns; also what they share, named by itself.

    `instead` holds, by their real paths, what files are taken to hold that are to be written.
    Raises ReconcilerError for a path that does not exist, is no such file, or has no campaign under it.
    """
    if not paths:
        raise ReconcilerError("no path given: name a campaign file or a folder")
    return _read((file for path in paths for file in files_meant(path)), instead or {})


def read_folder(folder: Path) -> FilesRead:
    """Read all campaigns in a folder and below: none where the folder has none yet, or is not there.

    Raises ReconcilerError for a folder that cannot be read.
    """
    return _read(files_below(folder))


def read_there(paths: Sequence[str]) -> FilesRead:
    """Read the campaigns under those of the paths that are there and have some."""
    found: list[Found] = []
    for path in paths:
        with contextlib.suppress(ReconcilerError):
            found += files_meant(path)
    return _read(found)


def _read(files: Iterable[Found], instead: Mapping[str, bytes] = MappingProxyType({})) -> FilesRead:
    reader = _Reader(instead)
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


class _Folder(NamedTuple):
    """A folder with campaigns: what its files' names begin with, and where it inherits from, itself first.

    `above` tells folders apart whichever way leads to them: what is linked into two folders inherits from each.
    """

    prefix: str
    lineage: tuple[str, ...]
    above: tuple[Identity, ...]
    is_typed_absolute: bool


def _opened(folder: Path) -> _Folder:
    above = tuple(lineage(folder))
    identities = []
    for one in above:
        with contextlib.suppress(OSError):
            identities.append(identity(one.stat()))
    return _Folder(_prefix(folder), tuple(map(str, above)), tuple(identities), folder.is_absolute())


def _prefix(folder: Path) -> str:
    return "" if folder == Path() else str(folder / "_")[:-1]


class _Reader:
    """Reads each file once for every folder that it is in, and keeps what the files of a folder share."""

    def __init__(self, instead: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._instead = instead
        self._campaigns: list[Document] = []
        self._environments: dict[str, Document] = {}
        self._problems: list[Problem] = []
        # The files that were read, by what they inherit from.
        self._seen: dict[tuple[Identity, ...], set[Identity]] = {}
        self._folders: dict[Path, _Folder] = {}
        self._names: dict[str, Sequence[str]] = {}
        self._own: dict[str, list[Document]] = {DEFAULTS: [], ENVIRONMENT: []}
        self._shared: dict[tuple[str, str], Document | None] = {}
        self._strays: dict[str, Problem] = {}
        self._looked_for_strays: set[str] = set()

    def add(self, folder: Path, name: str) -> None:
        """Read one file, unless it was read already: a campaign, or what campaigns here and below share."""
        found = self._folders.get(folder) or self._folders.setdefault(folder, _opened(folder))
        if is_stray(name):
            self._note_stray(found.lineage[0], name, found.prefix)
        elif is_campaign(name):
            self._add_campaign(found, name)
        elif is_defaults(name):
            self._effective(DEFAULTS, found)
        elif is_environment(name):
            self._effective(ENVIRONMENT, found)

    def _add_campaign(self, found: _Folder, name: str) -> None:
        file = found.prefix + name
        if not (document := self._document(file, self._seen.setdefault(found.above, set()))):
            return
        self._campaigns.append(_over(document, self._effective(DEFAULTS, found)))
        if environment := self._effective(ENVIRONMENT, found):
            self._environments[file] = environment
        if found.lineage[0] not in self._looked_for_strays:  # once a folder: it may hold thousands of campaigns
            self._looked_for_strays.add(found.lineage[0])
            for stray in filter(is_stray, self._names[found.lineage[0]]):
                self._note_stray(found.lineage[0], stray, found.prefix)

    def _note_stray(self, folder: str, name: str, prefix: str) -> None:
        self._strays.setdefault(os.path.join(folder, name), stray_problem(prefix + name))  # noqa: PTH118  text is enough

    def settings(self, folder: Path) -> Document | None:
        """The settings that a campaign in a folder has."""
        return self._effective(ENVIRONMENT, _opened(folder))

    def files_read(self) -> FilesRead:
        """What was read, in the order of the file names."""
        documents = sorted(self._campaigns, key=lambda document: document.file)
        problems = sorted([*self._problems, *self._strays.values()], key=lambda problem: problem.position)
        defaults, settings = (tuple(self._own[name]) for name in (DEFAULTS, ENVIRONMENT))
        return FilesRead(tuple(documents), tuple(problems), self._environments, defaults, settings)

    def _document(self, file: str, seen: set[Identity]) -> Document | None:
        """What a file says; None where it cannot be read, or was `seen`. Problems are noted."""
        try:
            content = read_once(file, seen)
        except OSError as error:
            self._problems.append(Problem(Position(file, 1, 1), f"cannot be read: {error.strerror}"))
            return None
        if content is None:
            return None
        if self._instead:
            content = self._instead.get(os.path.realpath(file), content)
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
        present = [shown / found for found in called(name, self._names_in(folder, shown))]
        for other in present[1:]:
            message = f"{present[0].name} is here too, and only that is read: keep one of them"
            self._problems.append(Problem(Position(str(other), 1, 1), message))
        document = self._document(str(present[0]), set()) if present else None
        if document and name == DEFAULTS:
            document = self._without_id(document)
        self._own[name] += [document] if document else []
        return document

    def _names_in(self, folder: str, shown: Path) -> Sequence[str]:
        """The names in a folder; those that are nearly one of the known are problems of every campaign below."""
        if folder not in self._names:
            names = names_in(shown, [name + suffix for name in (DEFAULTS, ENVIRONMENT) for suffix in SUFFIXES])
            self._names[folder] = names
            for stray in names:
                if is_stray(stray) and meant(stray):
                    self._note_stray(folder, stray, _prefix(shown))
        return self._names[folder]

    def _without_id(self, defaults: Document) -> Document:
        if ("id",) not in defaults.key_marks:
            return defaults
        message = "belongs to one campaign: remove it from the defaults"
        self._problems.append(Problem(defaults.key_position(("id",)), message, ("id",)))
        return defaults._replace(values={key: value for key, value in defaults.values.items() if key != "id"})


def _over(own: Document, base: Document | None) -> Document:
    """A document over another one: what it does not name is inherited. What it names wrongly is not.

    Lists that protect people only grow: those of both are united.
    """
    if base is None:
        return own
    inherited = {key: base.origin((key,)) for key in base.values if (key,) not in own.key_marks}
    values = {**{key: base.values[key] for key in inherited}, **own.values}
    united: dict[str, United] = {}
    for name in _united_names():
        here, there = own.values.get(name), base.values.get(name)
        if isinstance(here, list) and isinstance(there, list):
            said = {entry for entry in here if isinstance(entry, str)}
            kept = [n for n, entry in enumerate(there) if not isinstance(entry, str) or entry not in said]
            united[name] = United(base, len(here), kept)
            values[name] = [*here, *(there[n] for n in kept)]
    return own._replace(values=values, inherited=inherited, united=united)


@functools.cache
def _united_names() -> tuple[str, ...]:
    return tuple(name for name, field in campaign_fields().every.items() if field.is_united)

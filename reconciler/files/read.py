"""Reads campaign files strictly over their defaults, each file once, with the settings that they belong to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reconciler.files.disk import Identity, identity, read_once
from reconciler.files.find import Found, files_below, files_meant, lineage, names_in
from reconciler.files.names import (
    DEFAULTS,
    ENVIRONMENT,
    SUFFIXES,
    called,
    is_campaign,
    is_defaults,
    is_environment,
    is_nearly_yaml,
    is_part,
    meant,
)
from reconciler.files.parts import Parts, belongs_elsewhere, from_key, over
from reconciler.model.document import Document, Position, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.strict_yaml.parse import parse


class FilesRead(NamedTuple):
    """Everything that was read.

    `documents` are the campaigns, sorted by file: their own values over those that they inherit. A document whose
    file has errors holds what could be read, so that it can be checked too: carry nothing out while there are errors.
    `environments` gives, per campaign file, its `_environment.yaml` over those further up, where there is one.
    `defaults`, `parts` and `settings` are the shared files by themselves, so that what every campaign overrides is
    checked too. `unnamed` are the files that could be parts, and that none of these campaigns names.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    environments: Mapping[str, Document] = MappingProxyType({})
    defaults: tuple[Document, ...] = ()
    settings: tuple[Document, ...] = ()
    parts: tuple[Document, ...] = ()
    unnamed: tuple[str, ...] = ()


def read(paths: Sequence[str], instead: Mapping[str, bytes] | None = None) -> FilesRead:
    """Read all campaigns under the paths: files, folders, or glob patterns; also what they share, named by itself.

    `instead` holds, by their real paths, what files are taken to hold that are to be written.
    Raises ReconcilerError for a path that does not exist, is no such file, or has no campaign under it.
    """
    if not paths:
        raise ReconcilerError("no path given: name a campaign file or a folder")
    parts = [path for path in paths if is_part(os.path.basename(path)) and os.path.isfile(path)]  # noqa: PTH113, PTH119
    return _read((file for path in paths for file in files_meant(path)), instead or {}, parts)


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


def _read(
    files: Iterable[Found], instead: Mapping[str, bytes] = MappingProxyType({}), parts: Sequence[str] = ()
) -> FilesRead:
    reader = _Reader(instead)
    for folder, name in files:
        reader.add(folder, name)
    return reader.files_read(parts)


def named_below(folder: Path) -> frozenset[str]:
    """The parts that the campaigns of a folder and below name, by their real paths, and the parts that these name.

    Raises ReconcilerError for a folder that cannot be read.
    """
    reader = _Reader()
    for where, name in files_below(folder):
        if is_campaign(name):
            reader.add(where, name)
    return reader.parts.named


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
        self.parts = Parts(self._part, self._problems.append)
        # Files that could be parts, by their absolute paths, as they are called.
        self._possible: dict[str, str] = {}
        self._looked_for_parts: set[str] = set()
        # Files that were probably meant to be read, in the same way.
        self._slips: dict[str, str] = {}

    def add(self, folder: Path, name: str) -> None:
        """Read one file, unless it was read already: a campaign, or what campaigns here and below share."""
        found = self._folders.get(folder) or self._folders.setdefault(folder, _opened(folder))
        if is_part(name):
            self._note_part(found.lineage[0], name, found.prefix)
        elif is_campaign(name):
            self._add_campaign(found, name)
        elif is_defaults(name):
            self._effective(DEFAULTS, found)
        elif is_environment(name):
            self._effective(ENVIRONMENT, found)
        elif is_nearly_yaml(name):
            self._slips[os.path.join(found.lineage[0], name)] = found.prefix + name  # noqa: PTH118  text is enough

    def _add_campaign(self, found: _Folder, name: str) -> None:
        file = found.prefix + name
        if not (document := self._document(file, self._seen.setdefault(found.above, set()))):
            return
        self._campaigns.append(self.parts.over(document, self._effective(DEFAULTS, found)))
        if environment := self._effective(ENVIRONMENT, found):
            self._environments[file] = environment
        if found.lineage[0] not in self._looked_for_parts:  # once a folder: it may hold thousands of campaigns
            self._looked_for_parts.add(found.lineage[0])
            for part in filter(is_part, self._names[found.lineage[0]]):
                self._note_part(found.lineage[0], part, found.prefix)

    def _note_part(self, folder: str, name: str, prefix: str) -> None:
        self._possible.setdefault(os.path.join(folder, name), prefix + name)  # noqa: PTH118  text is enough

    def settings(self, folder: Path) -> Document | None:
        """The settings that a campaign in a folder has."""
        return self._effective(ENVIRONMENT, _opened(folder))

    def files_read(self, asked: Sequence[str] = ()) -> FilesRead:
        """What was read, in the order of the file names; `asked` are parts to be looked at, whoever names them."""
        documents = sorted(self._campaigns, key=lambda document: document.file)
        defaults, settings = (tuple(self._own[name]) for name in (DEFAULTS, ENVIRONMENT))
        unnamed = self._unnamed() if self._possible else ()
        for part in asked:
            self.parts.alone(os.path.normpath(part))
        problems = sorted((*self._problems, *map(_slip, self._slips.values())), key=lambda problem: problem.position)
        return FilesRead(
            tuple(documents), tuple(problems), self._environments, defaults, settings, self.parts.documents, unnamed
        )

    def _unnamed(self) -> tuple[str, ...]:
        named = self.parts.named
        return tuple(sorted(shown for file, shown in self._possible.items() if os.path.realpath(file) not in named))

    def _part(self, file: str) -> Document | None:
        """A part by itself, without what belongs to one campaign."""
        return self._fit(self._document(file, set()), {"id": "belongs to one campaign: remove it from the part"})

    def _fit(self, document: Document | None, unfit: Mapping[str, str]) -> Document | None:
        if document is None:
            return None
        found, problems = belongs_elsewhere(document, unfit)
        self._problems.extend(problems)
        return found

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
                self._shared[name, folder] = over(own, effective) if own else effective
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
        if name == DEFAULTS:
            document = self._fit(document, _unfit_for_defaults())
        self._own[name] += [document] if document else []
        return document

    def _names_in(self, folder: str, shown: Path) -> Sequence[str]:
        """The shared files of a folder; those that are nearly one of the known are problems of every campaign below."""
        if folder not in self._names:
            found = names_in(shown, [name + suffix for name in (DEFAULTS, ENVIRONMENT) for suffix in SUFFIXES])
            names = self._names[folder] = [name for name in found if name.startswith("_")]
            for name in names:
                if is_part(name) and meant(name):
                    self._note_part(folder, name, _prefix(shown))
                elif is_nearly_yaml(name) and meant(name.partition(".")[0] + SUFFIXES[0]):
                    self._slips[os.path.join(folder, name)] = _prefix(shown) + name  # noqa: PTH118  text is enough
        return self._names[folder]


def _slip(file: str) -> Problem:
    """What to say of a file that is not read because of how its name ends: of settings, that nothing goes on."""
    name = os.path.basename(file)  # noqa: PTH119  text is enough
    is_shared = name.startswith("_")
    what = "what campaigns share" if is_shared else "a campaign"
    known = meant(name.partition(".")[0] + SUFFIXES[0]) if is_shared else None
    advice = f"did you mean {known}?" if known else f"the name of {what} ends with .yaml or .yml"
    return Problem(Position(file, 1, 1), f"nothing reads this file: {advice}", is_warning=not is_shared)


def _unfit_for_defaults() -> Mapping[str, str]:
    return {
        "id": "belongs to one campaign: remove it from the defaults",
        from_key(): "belongs to a campaign or to a part: remove it from the defaults, which hold for all",
    }

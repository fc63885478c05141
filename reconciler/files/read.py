"""The disk edge: finds campaign files, reads them strictly over their defaults, and writes new ones."""

from __future__ import annotations

import glob
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from reconciler.model.document import Document, Position, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.positions import MAX_BYTES

__all__ = [
    "FilesRead",
    "content",
    "has_campaigns",
    "lineage",
    "parse",
    "read",
    "read_folder",
    "replaced",
    "settings_of",
    "with_shared",
    "write_new",
]

_SUFFIXES: Final = (".yaml", ".yml")
_DEFAULTS: Final = "_defaults"
_ENVIRONMENT: Final = "_environment"

# Device and inode: what tells a file or folder from all others, whichever way leads to it.
_Identity = tuple[int, int]


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
    reader = _Reader()
    for path in paths:
        found = False
        for folder, name in _campaign_files(path, _is_campaign_name):
            found = True
            reader.add(folder, name)
        if not found:
            raise ReconcilerError(f"no campaign files under {path}: their names end with .yaml or .yml")
    return reader.reading()


def read_folder(folder: Path) -> FilesRead:
    """Read all campaigns in a folder and below: none where the folder has none yet, or is not there.

    Raises ReconcilerError for a folder that cannot be read.
    """
    reader = _Reader()
    for found in _below(folder):
        reader.add(*found)
    return reader.reading()


def has_campaigns(folder: Path) -> bool:
    """Whether there is a campaign file in a folder or below; raises ReconcilerError for one that cannot be read."""
    return any(_below(folder))


def settings_of(folder: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """The `_environment.yaml` that a campaign in a folder has, over those further up, and what is wrong with them.

    The folder need not be there; None where no folder has such a file.
    """
    reader = _Reader()
    settings = reader.settings(folder)
    return settings, reader.reading().problems


def with_shared(paths: Sequence[str]) -> tuple[str, ...]:
    """The names of all campaign files under the paths, and of the defaults and environment files among them.

    Raises ReconcilerError for a path that does not exist, is no such file, or has none under it.
    """
    found: dict[str, None] = {}
    for path in paths:
        files = dict.fromkeys(str(folder / name) for folder, name in _campaign_files(path, _is_read))
        if not files:
            raise ReconcilerError(f"no campaign files under {path}: their names end with .yaml or .yml")
        found |= files
    return tuple(sorted(found))


def _is_read(name: str) -> bool:
    """Whether a file of this name is a campaign, or holds what campaigns share."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122  a name alone is no path
    return _is_campaign_name(name) or (stem in (_DEFAULTS, _ENVIRONMENT) and suffix in _SUFFIXES)


def _campaign_files(path: str, is_wanted: Callable[[str], bool]) -> Iterable[tuple[Path, str]]:
    """All files with a wanted name that one PATH means, as folder and name; folders are named as they were typed."""
    if os.path.lexists(path):
        is_folder = os.path.isdir(path)  # noqa: PTH112  Path.is_dir may raise
        return _walk(Path(path), is_wanted) if is_folder else [_checked(Path(path), is_wanted)]
    if not glob.has_magic(path):
        raise ReconcilerError(f"{path} does not exist")
    matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  Path.glob takes no absolute patterns
    return (file for match in matches for file in _matched(Path(match), is_wanted))


def _below(folder: Path) -> Iterable[tuple[Path, str]]:
    return _walk(folder, _is_campaign_name) if os.path.isdir(folder) else ()  # noqa: PTH112  as above


def _matched(path: Path, is_wanted: Callable[[str], bool]) -> Iterable[tuple[Path, str]]:
    if path.is_dir():
        return _walk(path, is_wanted)
    return [(path.parent, path.name)] if is_wanted(path.name) else []


def _checked(path: Path, is_wanted: Callable[[str], bool]) -> tuple[Path, str]:
    if is_wanted(path.name):
        return path.parent, path.name
    if path.name.startswith("_"):
        raise ReconcilerError(f"{path} is no campaign: names that start with `_` hold what campaigns share")
    raise ReconcilerError(f"{path} is no campaign file: name it without a leading dot, ending with .yaml or .yml")


def _is_campaign_name(name: str) -> bool:
    return name.endswith(_SUFFIXES) and not name.startswith(("_", "."))


def _walk(top: Path, is_wanted: Callable[[str], bool]) -> Iterator[tuple[Path, str]]:
    """The campaign files below a folder. Links are followed, but not in circles."""
    ahead, seen = [top], set[_Identity]()
    while ahead:
        folder = ahead.pop()
        identity, entries = _listed(folder)
        if identity in seen:
            continue
        seen.add(identity)
        ahead.extend(folder / name for name, is_folder in entries if is_folder and not name.startswith("."))
        yield from ((folder, name) for name, is_folder in entries if not is_folder and is_wanted(name))


def _listed(folder: Path) -> tuple[_Identity, list[tuple[str, bool]]]:
    """What is in a folder, by name, and whether it is a folder."""
    try:
        with os.scandir(folder) as entries:
            return _identity(folder.stat()), sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError as error:
        raise ReconcilerError(f"cannot read the folder {folder}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder with campaigns: what its files' names begin with, and where it inherits from, itself first."""

    prefix: str
    lineage: tuple[str, ...]
    is_typed_absolute: bool


def _opened(folder: Path) -> _Folder:
    prefix = "" if folder == Path() else str(folder / "_")[:-1]
    return _Folder(prefix, tuple(map(str, lineage(folder))), folder.is_absolute())


def lineage(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the top of the git repository, else of the disk."""
    # Not Path.resolve, which would follow links: what is inherited goes by the path as it was typed.
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100
    for above in (absolute, *absolute.parents):
        yield above
        if os.path.lexists(above / ".git"):
            return


class _Reader:
    """Reads each file once, and keeps what the files of a folder share."""

    def __init__(self) -> None:
        self._campaigns: list[Document] = []
        self._environments: dict[str, Document] = {}
        self._problems: list[Problem] = []
        self._seen: set[_Identity] = set()
        self._folders: dict[Path, _Folder] = {}
        self._shared: dict[tuple[str, str], Document | None] = {}

    def add(self, folder: Path, name: str) -> None:
        """Read one campaign file, unless it was read already."""
        found = self._folders.get(folder) or self._folders.setdefault(folder, _opened(folder))
        file = found.prefix + name
        if not (document := self._document(file, self._seen)):
            return
        self._campaigns.append(_over(document, self._effective(_DEFAULTS, found)))
        if environment := self._effective(_ENVIRONMENT, found):
            self._environments[file] = environment

    def settings(self, folder: Path) -> Document | None:
        """The settings that a campaign in a folder has."""
        return self._effective(_ENVIRONMENT, _opened(folder))

    def reading(self) -> FilesRead:
        """What was read, in the order of the file names."""
        documents = sorted(self._campaigns, key=lambda document: document.file)
        problems = sorted(self._problems, key=lambda problem: problem.position)
        return FilesRead(tuple(documents), tuple(problems), self._environments)

    def _document(self, file: str, seen: set[_Identity]) -> Document | None:
        try:
            content = _content(file, seen)
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
        shown = Path(folder if asked.is_typed_absolute else os.path.relpath(folder))
        present = [file for suffix in _SUFFIXES if os.path.lexists(file := shown / f"{name}{suffix}")]
        for other in present[1:]:
            message = f"{present[0].name} is here too, and only that is read: keep one of them"
            self._problems.append(Problem(Position(str(other), 1, 1), message))
        document = self._document(str(present[0]), set()) if present else None
        return self._without_id(document) if document and name == _DEFAULTS else document

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


def _identity(found: os.stat_result) -> _Identity:
    return found.st_dev, found.st_ino


def _content(file: str, seen: set[_Identity]) -> bytes | None:
    """The bytes of a regular file, hardly more than may be at most; None if it was seen before.

    Raises OSError where it cannot be read.
    """
    with open(file, "rb", buffering=0, opener=_open_at_once) as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a file")
        if _identity(found) in seen:
            return None
        seen.add(_identity(found))
        return stream.read(MAX_BYTES + 1) if found.st_size > MAX_BYTES else stream.readall()


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should it be a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def content(file: str) -> bytes:
    """The bytes of a file; raises ReconcilerError where it cannot be read."""
    try:
        return _content(file, set()) or b""
    except OSError as error:
        raise ReconcilerError(f"{file} cannot be read: {error.strerror}") from error


def replaced(file: str, was: bytes, becomes: bytes) -> None:
    """Give a file another content in one step, on the disk when this returns; a link stays a link, the mode the same.

    Raises ReconcilerError, with nothing done, where the file is no longer what it was, or cannot be written.
    """
    path = Path(file).resolve()
    draft = path.with_name(f".draft-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            os.fchmod(stream.fileno(), stat.S_IMODE(path.stat().st_mode))
            _flushed(stream, becomes)
        if content(file) != was:
            raise ReconcilerError(f"{file} was changed meanwhile, and is left as it is: try again")
        draft.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise ReconcilerError(f"cannot write {file}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def write_new(path: Path, text: str) -> bool:
    """Create a file with all of its text on the disk, or not at all. False, and nothing done, where one is already.

    Raises ReconcilerError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = _linked(path, text.encode())
        _sync(path.parent)
    except OSError as error:
        raise ReconcilerError(f"cannot write {path}: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise ReconcilerError(f"cannot write {path}: half a character at {error.start} of its text") from error
    return is_new


def _linked(path: Path, content: bytes) -> bool:
    """Write a draft beside the file and give it the file's name: the one way to create that never overwrites."""
    draft = path.with_name(f".draft-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            _flushed(stream, content)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def _flushed(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()
    os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

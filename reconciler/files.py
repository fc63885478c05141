"""The disk edge: finds campaign files, reads them strictly over their defaults, and writes new ones."""

from __future__ import annotations

import glob
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reconciler.campaign import Document, Position, Problem
from reconciler.errors import ReconcilerError
from reconciler.strict_yaml import MAX_BYTES, parse

__all__ = ["Reading", "parse", "read", "write_new"]

_SUFFIXES: Final = (".yaml", ".yml")
_DEFAULTS: Final = "_defaults"
_ENVIRONMENT: Final = "_environment"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read.

    `documents` are the campaigns, sorted by file: their own values over those that they inherit. A document whose
    file has errors holds what could be read, so that it can be checked too: carry nothing out while there are errors.
    `environments` gives, per campaign file, its `_environment.yaml` over those further up; no entry where there is none.
    """

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()
    environments: Mapping[str, Document] = field(default_factory=dict)


def read(paths: Sequence[str]) -> Reading:
    """Read all campaigns under the paths: files, folders, or glob patterns.

    Raises ReconcilerError for a path that does not exist, is no campaign file, or has none under it.
    """
    if not paths:
        raise ReconcilerError("no path given: name a campaign file or a folder")
    reader = _Reader()
    for path in paths:
        found = 0
        for file in _campaign_files(path):
            found += 1
            reader.add(file)
        if not found:
            raise ReconcilerError(f"no campaign files under {path}: they end with .yaml or .yml")
    return reader.reading()


def _campaign_files(path: str) -> Iterable[Path]:
    """All campaign files that one PATH means, each named as it was typed."""
    if os.path.lexists(path):
        return _walk(Path(path), set()) if Path(path).is_dir() else [_checked(Path(path))]
    if not glob.has_magic(path):
        raise ReconcilerError(f"{path} does not exist")
    matches = sorted(map(Path, glob.glob(path, recursive=True)))
    return (file for match in matches for file in _matched(match))


def _matched(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return _walk(path, set())
    return [path] if _is_campaign_name(path.name) else []


def _checked(path: Path) -> Path:
    if path.name.startswith("_"):
        raise ReconcilerError(f"{path} is no campaign: names that start with `_` hold what campaigns share")
    if not _is_campaign_name(path.name):
        raise ReconcilerError(f"{path} is no campaign file: these end with .yaml or .yml, and do not start with a dot")
    return path


def _is_campaign_name(name: str) -> bool:
    return name.endswith(_SUFFIXES) and not name.startswith(("_", "."))


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """The campaign files below a folder. Links are followed; `seen` keeps them from leading in circles."""
    try:
        found = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise ReconcilerError(f"cannot read {folder}: {error.strerror}") from error
    if (found.st_dev, found.st_ino) in seen:
        return
    seen.add((found.st_dev, found.st_ino))
    for entry in entries:
        if entry.is_dir():
            if not entry.name.startswith("."):
                yield from _walk(folder / entry.name, seen)
        elif _is_campaign_name(entry.name):
            yield folder / entry.name


class _Reader:
    """Reads each file once, and keeps what it read by the folder that it is in."""

    def __init__(self) -> None:
        self._campaigns: list[Document] = []
        self._environments: dict[str, Document] = {}
        self._problems: list[Problem] = []
        self._seen: set[tuple[int, int]] = set()
        self._shared: dict[tuple[str, str], Document | None] = {}
        self._here = os.getcwd()  # noqa: PTH109  text, as everything that it is compared with

    def add(self, path: Path) -> None:
        """Read one campaign file, unless it was read already."""
        file, folder = str(path), os.path.abspath(path.parent)  # noqa: PTH100  links are kept as they were typed
        try:
            text, identity = _content(path)
        except OSError as error:
            self._problems.append(_unreadable(file, error))
            return
        if identity in self._seen:
            return
        self._seen.add(identity)
        document, problems = parse(text, file)
        self._problems.extend(problems)
        if document:
            self._campaigns.append(_over(document, self._effective(_DEFAULTS, folder, path)))
            if environment := self._effective(_ENVIRONMENT, folder, path):
                self._environments[file] = environment

    def reading(self) -> Reading:
        """What was read, in the order of the file names."""
        documents = sorted(self._campaigns, key=lambda document: document.file)
        problems = sorted(self._problems, key=lambda problem: problem.position)
        return Reading(tuple(documents), tuple(problems), self._environments)

    def _effective(self, name: str, folder: str, asked: Path) -> Document | None:
        """The `name` file of a folder over those of the folders above, up to the top of the repository."""
        if (name, folder) not in self._shared:
            above = os.path.dirname(folder)  # noqa: PTH120  text is what the folders are kept by
            is_top = above == folder or os.path.lexists(os.path.join(folder, ".git"))  # noqa: PTH118
            inherited = None if is_top else self._effective(name, above, asked)
            own = self._read_shared(name, folder, asked)
            self._shared[name, folder] = _over(own, inherited) if own else inherited
        return self._shared[name, folder]

    def _read_shared(self, name: str, folder: str, asked: Path) -> Document | None:
        shown = Path(folder if asked.is_absolute() else os.path.relpath(folder, self._here))
        present = [shown / f"{name}{suffix}" for suffix in _SUFFIXES if os.path.lexists(shown / f"{name}{suffix}")]
        if not present:
            return None
        file = str(present[0])
        for other in present[1:]:
            message = f"{present[0].name} is here too, and is the one that counts: keep one of them"
            self._problems.append(Problem(Position(str(other), 1, 1), message))
        try:
            text, _ = _content(present[0])
        except OSError as error:
            self._problems.append(_unreadable(file, error))
            return None
        document, problems = parse(text, file)
        self._problems.extend(problems)
        return self._without_id(document) if document and name == _DEFAULTS else document

    def _without_id(self, defaults: Document) -> Document:
        if "id" not in defaults.values:
            return defaults
        message = "an id belongs to one campaign: remove it from the defaults"
        self._problems.append(Problem(defaults.key_position(("id",)), message, ("id",)))
        values = {key: value for key, value in defaults.values.items() if key != "id"}
        return Document(defaults.file, values, defaults.marks, defaults.key_marks)


def _over(own: Document, base: Document | None) -> Document:
    """A document whose absent fields are those of another one."""
    if base is None:
        return own
    inherited = {key: base.origin((key,)) for key in base.values if key not in own.values}
    return Document(own.file, {**base.values, **own.values}, own.marks, own.key_marks, inherited)


def _content(path: Path) -> tuple[bytes, tuple[int, int]]:
    """The bytes of a regular file, one more than may be at most, and what tells it from all other files."""
    with open(path, "rb", opener=_open_at_once) as stream:  # noqa: PTH123  Path.open takes no opener
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a regular file")
        return stream.read(MAX_BYTES + 1), (found.st_dev, found.st_ino)


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should it be a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _unreadable(file: str, error: OSError) -> Problem:
    return Problem(Position(file, 1, 1), f"cannot be read: {error.strerror}")


def write_new(path: Path, text: str) -> bool:
    """Create a file with all of its text on the disk, or not at all. False, and nothing done, where one is already.

    Raises ReconcilerError where it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_through(draft, text)
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise ReconcilerError(f"cannot write {path}: {error.strerror}") from error
    return True


def _write_through(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""Campaign files as they were where this branch began, laid out in a temporary folder with their links."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from glob import has_magic
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.files.git import NO_TREE, Entry, Objects, Repository, Tree, objects, repository_of
from reconciler.files.names import is_campaign, is_yaml
from reconciler.files.parts import parts_of
from reconciler.model.errors import ReconcilerError

# More links than this on the way to one path lead nowhere; systems have such a limit, too.
_MOST_LINKS: Final = 40
_LARGEST_COMPARED: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class BaseRevision:
    """The campaign files of a commit, laid out in the folder `top`, which stands there for the repository's own.

    What is `same` is not among them: campaign files, by their paths from the top, that are as they were, together
    with everything that campaigns here share. `renamed` leads from the paths of today to those of then.
    """

    commit: str
    top: Path
    repository: Repository
    same: frozenset[str]
    renamed: dict[str, str]

    def key(self, file: str) -> str:
        """A file of today, however its path is spelt, from the top; raises ReconcilerError where it is outside."""
        folder, name = os.path.split(file)
        return os.path.normpath(os.path.join(_from_top(os.path.abspath(folder), self.repository.top), name))  # noqa: PTH100, PTH118  links stay

    def has(self, file: str) -> bool:
        """Whether a file of today stands in the repository at all."""
        return Path(os.path.abspath(file)).is_relative_to(self.repository.top) and os.path.isfile(file)  # noqa: PTH100, PTH113  links stay

    def path_of(self, path: str) -> str:
        """Where a path of today stands in the temporary folder."""
        return str(self.top / _from_top(os.path.abspath(path), self.repository.top))  # noqa: PTH100  links stay

    def key_of(self, file: str) -> str:
        """The path from the top of a file that was read in the temporary folder."""
        return os.path.relpath(file, self.top)

    def name_of(self, key: str) -> str:
        """What a path from the top is called from the current folder."""
        return os.path.relpath(self.repository.top / key)

    def is_same(self, key: str) -> bool:
        """Whether a file of today is as it was, whichever link leads to it."""
        if not self.same or key in self.same:
            return bool(self.same)
        real = (self.top / key).resolve()
        return real.is_relative_to(self.top) and str(real.relative_to(self.top)) in self.same


@contextmanager
def base_revision(revision: str, paths: Sequence[str], variables: Mapping[str, str]) -> Iterator[BaseRevision]:
    """The campaign files under some paths where this branch left `revision`, as long as the context lasts.

    `variables` are those of the process, without which git does not find its settings.

    Raises UsageError for what is no revision, and ReconcilerError where git is missing, or lacks what is asked for.
    """
    repository = repository_of(Path.cwd(), variables)
    commit = repository.merge_base(revision)
    renamed = repository.renamed(commit)
    with ExitStack() as stack:
        # Never below a repository, whose settings would count.
        top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconciler-"))).resolve()
        layout = _Layout(top, repository.top, variables, stack)
        layout.begin("", stack.enter_context(objects(repository)), commit)
        asked = [_from_top(os.path.abspath(_without_magic(path)), repository.top) for path in paths]  # noqa: PTH100
        moved = [was for now, was in renamed.items() if any(_is_below(now, one) for one in asked)]
        for path in (*asked, *moved):
            layout.lay(path)
        yield BaseRevision(commit, top, repository, layout.finished(), renamed)


def _without_magic(path: str) -> str:
    """A path, or of a pattern the folder that all matches are in."""
    if os.path.lexists(path):
        return path
    parts = Path(path).parts
    fixed = next((number for number, part in enumerate(parts) if has_magic(part)), len(parts))
    return str(Path(*parts[:fixed]))


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)


@lru_cache(maxsize=4096)
def _from_top(absolute: str, top: Path) -> str:
    """An absolute path from the top of the repository, with its links as they are."""
    for above in (Path(absolute), *Path(absolute).parents):
        if os.path.exists(above) and os.path.samefile(above, top):  # noqa: PTH110, PTH121  a loop of links is not there
            return os.path.relpath(absolute, above)
    msg = f"{absolute} is outside of the git repository {top}: --base knows nothing of its past"
    raise ReconcilerError(msg)


@dataclass(slots=True)
class _Layout:
    """Files of a commit on their way to a folder. Campaigns that are as they were wait until it is clear what changed.

    `_parts` are the repositories that are laid out, by the folder that they begin in: ours, and submodules.
    """

    top: Path
    now: Path
    variables: Mapping[str, str]
    stack: ExitStack
    _parts: dict[str, tuple[Objects, str]] = field(default_factory=dict)
    _laid: set[str] = field(default_factory=set)
    _same: dict[str, bytes] = field(default_factory=dict)
    _is_shared_same: bool = True
    _shared: set[str] = field(default_factory=set)
    _named: set[str] = field(default_factory=set)

    def begin(self, at: str, source: Objects, commit: str) -> None:
        """Lay out the top of a repository: reading stops there, and goes no further up."""
        self._parts[at] = (source, commit)
        (self.top / at / ".git").mkdir(parents=True)
        self._share(at, source.tree(commit), source)

    def lay(self, path: str, links: int = 0) -> None:
        """Lay out a file, or a folder with all that is below, and what leads there; nothing where it is not there."""
        at, source, tree = "", *self._source("")
        parts = PurePosixPath(path).parts
        for number, name in enumerate(parts):
            entry = tree.get(name)
            if entry is None or links > _MOST_LINKS:
                return
            here, rest = str(PurePosixPath(at, name)), parts[number + 1 :]
            if entry.is_link:
                self._link(here, source.content(entry.object_id).decode(errors="surrogateescape"), rest, links)
                return
            if not (entry.is_folder or entry.is_submodule):
                self._file(here, entry, source)
                return
            source, tree = self._opened(here, entry, source)
            at = here
        self._folder(at, tree, source, links)

    def finished(self) -> frozenset[str]:
        """The campaigns that are as they were: none where anything that they share is not, so that all are read."""
        if self._is_shared_same and self._is_shared_now():
            return frozenset(self._same)
        for path, content in self._same.items():
            self._write(path, content)
        return frozenset()

    def _is_shared_now(self) -> bool:
        """Whether the folders share nothing today but what they shared then."""
        folders = {str(PurePosixPath(path).parent) for path in (*self._laid, *self._shared, *self._same)}
        above = {str(one) for folder in folders for one in (PurePosixPath(folder), *PurePosixPath(folder).parents)}
        for folder in above:
            try:
                names = os.listdir(self.now / folder)  # noqa: PTH208  names are all that is needed
            except OSError:
                continue
            shared = (name for name in names if is_yaml(name) and not is_campaign(name))
            if any(str(PurePosixPath(folder, name)) not in self._shared for name in shared):
                return False
        return True

    def _source(self, at: str) -> tuple[Objects, Tree]:
        source, commit = self._parts[at]
        return source, source.tree(commit)

    def _opened(self, at: str, entry: Entry, source: Objects) -> tuple[Objects, Tree]:
        """A folder or submodule on the way, with what is shared in it."""
        if entry.is_submodule:
            if at not in self._parts:
                inner = self._submodule(at)
                if inner is None:
                    return source, NO_TREE
                self.begin(at, inner, entry.object_id)
            return self._source(at)
        tree = source.tree(entry.object_id)
        (self.top / at).mkdir(parents=True, exist_ok=True)
        self._share(at, tree, source)
        return source, tree

    def _submodule(self, at: str) -> Objects | None:
        """The objects of a submodule; None where it is not checked out, so that nothing of today is in it either."""
        if not os.path.lexists(self.now / at / ".git"):
            return None
        return self.stack.enter_context(objects(repository_of(self.now / at, self.variables)))

    def _share(self, at: str, tree: Tree, source: Objects) -> None:
        """Lay out what the campaigns of a folder and below share."""
        for name, entry in tree.items():
            if is_yaml(name) and not is_campaign(name):
                self.lay_entry(str(PurePosixPath(at, name)), entry, source, 0)

    def _folder(self, at: str, tree: Tree, source: Objects, links: int) -> None:
        """Lay out all that is in a folder and below."""
        if at in self._laid:
            return
        self._laid.add(at)
        for name, entry in tree.items():
            here = str(PurePosixPath(at, name))
            if entry.is_folder or entry.is_submodule:
                if not name.startswith("."):
                    inner, below = self._opened(here, entry, source)
                    self._folder(here, below, inner, links)
            elif entry.is_link or is_yaml(name):
                self.lay_entry(here, entry, source, links)

    def lay_entry(self, at: str, entry: Entry, source: Objects, links: int) -> None:
        """Lay out a link or a file."""
        if entry.is_link:
            self._link(at, source.content(entry.object_id).decode(errors="surrogateescape"), (), links)
        elif not entry.is_folder:
            self._file(at, entry, source)

    def _link(self, at: str, target: str, rest: Sequence[str], links: int) -> None:
        """Lay out a link and what it leads to; what is outside of the repository is as it is now."""
        meant = PurePosixPath(os.path.normpath(PurePosixPath(self.now, at).parent / target))
        link = self.top / at
        is_inside = meant.is_relative_to(self.now)
        inside = str(meant.relative_to(self.now)) if is_inside else ""
        if not os.path.lexists(link):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.top / inside if is_inside else meant)
            real = self.now / at
            self._is_shared_same &= real.is_symlink() and str(real.readlink()) == target
            self._shared.add(at)
        if is_inside:
            self.lay(str(PurePosixPath(inside, *rest)), links + 1)

    def _file(self, at: str, entry: Entry, source: Objects) -> None:
        """Lay out a file. Git is only asked for what is another on the disk today."""
        if at in self._laid:
            return
        self._laid.add(at)
        content = _content(self.now / at)
        is_same = content is not None and _object_id(content, len(entry.object_id)) == entry.object_id
        name = PurePosixPath(at).name
        if not is_campaign(name):
            self._shared.add(at)
            self._is_shared_same &= is_same
        if content is not None and is_same:
            if is_campaign(name):
                self._same[at] = content
                self._follow(at, content)
                return
        else:
            content = source.content(entry.object_id)
        self._write(at, content)
        self._follow(at, content)

    def _follow(self, at: str, content: bytes) -> None:
        """Lay out the parts that a file names, wherever they are."""
        for part in parts_of(at, content):
            if part not in self._named and not part.startswith(".."):
                self._named.add(part)
                self.lay(part)

    def _write(self, at: str, content: bytes) -> None:
        path = self.top / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _content(path: Path) -> bytes | None:
    """What a regular file holds today; None for what is none, or is far too large for a campaign."""
    try:
        if not path.is_symlink() and path.is_file() and path.stat().st_size <= _LARGEST_COMPARED:
            return path.read_bytes()
    except OSError:
        pass
    return None


def _object_id(content: bytes, length: int) -> str:
    """What git calls a file of this content: SHA-1, or SHA-256 in repositories with longer ids."""
    which = hashlib.sha1 if length == hashlib.sha1().digest_size * 2 else hashlib.sha256  # noqa: S324 - git's choice
    return which(b"blob %d\0" % len(content) + content).hexdigest()

"""Files of a commit on their way to a temporary folder, with the links and submodules that lead to them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.files.git import NO_TREE, Entry, Objects, Tree, objects, repository_of
from reconciler.files.names import is_campaign, is_holds, is_yaml
from reconciler.files.parts import parts_of
from reconciler.model.errors import ReconcilerError

# More links than this on the way to one path lead nowhere; systems have such a limit, too.
_MOST_LINKS: Final = 40


@lru_cache(maxsize=4096)
def from_top(absolute: str, top: Path) -> str:
    """An absolute path from the top of the repository, with its links as they are; raises ReconcilerError outside."""
    for above in (Path(absolute), *Path(absolute).parents):
        if os.path.exists(above) and os.path.samefile(above, top):  # noqa: PTH110, PTH121  a loop of links is not there
            return os.path.relpath(absolute, above)
    msg = f"{absolute} is outside of the git repository {top}: --base knows nothing of its past"
    raise ReconcilerError(msg)


def beside(folder: str, name: str) -> str:
    """A name in a folder, both from the top, whose own path is none, or a dot."""
    return f"{folder}/{name}" if folder not in ("", ".") else name


@dataclass(slots=True)
class Layout:
    """Files of a commit on their way to a folder. Campaigns that are as they were wait until it is clear what changed.

    `differing` are the files of our repository that are not as they were. `_parts` are the repositories that are laid
    out, by the folder that they begin in: ours, and submodules.
    """

    top: Path
    now: Path
    differing: frozenset[str]
    variables: Mapping[str, str]
    stack: ExitStack
    has_links: bool = False
    _parts: dict[str, tuple[Objects, str]] = field(default_factory=dict)
    _laid: set[str] = field(default_factory=set)
    _same: dict[str, tuple[Entry, Objects]] = field(default_factory=dict)
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
        for path, (entry, source) in self._same.items():
            content = content_of(self.now / path)
            self._keep(path, source.content(entry.object_id) if content is None else content)
        return frozenset()

    def _is_shared_now(self) -> bool:
        """Whether the folders share nothing today but what they shared then."""
        folders = {path.rpartition("/")[0] for path in (*self._laid, *self._shared)}
        above = {str(one) for folder in folders for one in (PurePosixPath(folder), *PurePosixPath(folder).parents)}
        for folder in above:
            try:
                names = os.listdir(self.now / folder)  # noqa: PTH208  names are all that is needed
            except OSError:
                continue
            shared = (name for name in names if is_yaml(name) and not is_campaign(name) and not is_holds(name))
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
                self.lay_entry(beside(at, name), entry, source, 0)

    def _folder(self, at: str, tree: Tree, source: Objects, links: int) -> None:
        """Lay out all that is in a folder and below."""
        if at in self._laid:
            return
        self._laid.add(at)
        for name, entry in tree.items():
            here = beside(at, name)
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
        self.has_links = True
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
        of_campaign = is_campaign(at.rpartition("/")[2])
        if of_campaign and source is self._parts[""][0] and at not in self.differing:
            self._same[at] = (entry, source)
            return
        content = content_of(self.now / at)
        is_same = content is not None and _object_id(content, len(entry.object_id)) == entry.object_id
        if of_campaign and is_same:
            self._same[at] = (entry, source)
            return
        if not of_campaign:
            self._shared.add(at)
            self._is_shared_same &= is_same or is_holds(at.rpartition("/")[2])  # holds change nothing of campaigns
        self._keep(at, content if content is not None and is_same else source.content(entry.object_id))

    def is_of_top(self, at: str) -> bool:
        """Whether a path stands in our own repository, and in no submodule of it."""
        return not any(inner and PurePosixPath(at).is_relative_to(inner) for inner in self._parts)

    def take(self, parts: Iterable[str]) -> None:
        """Lay out the parts that campaigns of today take: those that are as they were took the same."""
        for part in parts:
            with suppress(ReconcilerError):  # what is outside of the repository is as it is now
                self.lay(from_top(os.path.abspath(part), self.now))  # noqa: PTH100  links stay

    def _keep(self, at: str, content: bytes) -> None:
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


def content_of(path: Path) -> bytes | None:
    """What a regular file holds; None for what is none."""
    with suppress(OSError):
        if not path.is_symlink() and path.is_file():
            return path.read_bytes()
    return None


def _object_id(content: bytes, length: int) -> str:
    """What git calls a file of this content: SHA-1, or SHA-256 in repositories with longer ids."""
    which = hashlib.sha1 if length == hashlib.sha1().digest_size * 2 else hashlib.sha256  # noqa: S324 - git's choice
    return which(b"blob %d\0" % len(content) + content).hexdigest()

"""Campaign files as they were where this branch began, laid out in a temporary folder with their links."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path, PurePosixPath

from reconciler.files.git import Repository, objects, repository_of
from reconciler.files.layout import Layout, beside, content_of, from_top
from reconciler.model.errors import ReconcilerError


@dataclass(frozen=True, slots=True)
class BaseRevision:
    """The campaign files of a commit, laid out in a temporary folder, which stands for the repository's own.

    What is `same` is not among them: campaign files, by their paths from the top, that are as they were, together
    with everything that campaigns here share. `renamed` leads from the paths of today to those of then.
    """

    commit: str
    layout: Layout
    repository: Repository
    same: frozenset[str]
    renamed: dict[str, str]

    @property
    def top(self) -> Path:
        """The folder that stands for the top of the repository."""
        return self.layout.top

    def key(self, file: str) -> str:
        """A file of today, however its path is spelt, from the top; raises ReconcilerError where it is outside."""
        return self.keys([file])[file]

    def keys(self, files: Iterable[str]) -> dict[str, str]:
        """The same of many files, each folder of theirs looked for once."""
        parts = {file: os.path.split(file) for file in files}
        folders = {folder for folder, _ in parts.values()}
        at = {one: from_top(os.path.abspath(one), self.repository.top) for one in folders}  # noqa: PTH100  links stay
        return {file: beside(at[folder], name) for file, (folder, name) in parts.items()}

    def edited(self, files: Iterable[str]) -> dict[str, bytes]:
        """Those of some files of today that held something else, and what they held; links led where they led then."""
        found = {}
        for file in files:
            then, now = self.content(file), content_of(Path(file).resolve())
            if then is not None and now is not None and then != now:
                found[file] = then
        return found

    def content(self, file: str) -> bytes | None:
        """What a file held; None where it was not there, and of what stands in no repository."""
        try:
            key = self.key(file)
        except ReconcilerError:
            return None
        self.layout.lay(key)
        real = (self.top / key).resolve()
        content = content_of(real)
        if content is None or not real.is_relative_to(self.top) or content == content_of(Path(file).resolve()):
            return content
        at = str(real.relative_to(self.top))
        return self.repository.content_at(self.commit, at) if self.layout.is_of_top(at) else content

    def path_of(self, path: str) -> str:
        """Where a path of today stands in the temporary folder."""
        return str(self.top / from_top(os.path.abspath(path), self.repository.top))  # noqa: PTH100  links stay

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
        if not self.layout.has_links:
            return False
        real = (self.top / key).resolve()
        return real.is_relative_to(self.top) and str(real.relative_to(self.top)) in self.same


@contextmanager
def base_revision(
    revision: str, paths: Sequence[str], parts: Iterable[str], variables: Mapping[str, str]
) -> Iterator[BaseRevision]:
    """The campaign files under some paths where this branch left `revision`, as long as the context lasts.

    `parts` are those that the campaigns of today take, and `variables` those of the process, without which git does
    not find its settings. What git says is as it was is not read again.

    Raises UsageError for what is no revision, and ReconcilerError where git is missing, or lacks what is asked for.
    """
    repository = repository_of(Path.cwd(), variables)
    commit = repository.merge_base(revision)
    moves = repository.moved_on(commit)
    with ExitStack() as stack:
        # Never below a repository, whose settings would count.
        top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reconciler-"))).resolve()
        layout = Layout(top, repository.top, moves.differing, variables, stack)
        layout.begin("", stack.enter_context(objects(repository)), commit)
        asked = [from_top(os.path.abspath(_without_magic(path)), repository.top) for path in paths]  # noqa: PTH100
        moved = [was for now, was in moves.renamed.items() if any(_is_below(now, one) for one in asked)]
        for path in (*asked, *moved):
            layout.lay(path)
        layout.take(parts)
        yield BaseRevision(commit, layout, repository, layout.finished(), moves.renamed)


def _without_magic(path: str) -> str:
    """A path, or of a pattern the folder that all matches are in."""
    if os.path.lexists(path):
        return path
    parts = Path(path).parts
    fixed = next((number for number, part in enumerate(parts) if has_magic(part)), len(parts))
    return str(Path(*parts[:fixed]))


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)

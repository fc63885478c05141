"""The edge to git: campaign files as they were where this branch began, laid out in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.files.names import SUFFIXES
from reconciler.model.errors import ReconcilerError, UsageError

_SUFFIXES = tuple(suffix.encode() for suffix in SUFFIXES)
# How git writes the modes of files, as against links and submodules.
_REGULAR = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class BaseRevision:
    """The YAML files of a commit, laid out in a temporary folder.

    `folder` stands there for the current one, `top` for the top of the repository, which is really at `repository`.
    """

    commit: str
    folder: Path
    top: Path
    repository: Path

    def path_of(self, path: str) -> str:
        """Where a path of the user's stands in the temporary folder."""
        if not Path(path).is_absolute():
            return str(self.folder / path)
        return str(self.top / os.path.relpath(path, self.repository))

    def name_of(self, file: str) -> str:
        """What the user calls a file of the temporary folder."""
        return os.path.relpath(file, self.folder)


@contextmanager
def merge_base(revision: str) -> Iterator[BaseRevision]:
    """The YAML files of the commit where this branch left `revision`, as long as the context lasts.

    Raises UsageError for what is no revision, and ReconcilerError where git is missing, or knows no such commit.
    """
    if revision.startswith("-"):
        msg = f"{revision!r} is no revision"
        raise UsageError(msg)
    repository = _git(["rev-parse", "--show-toplevel"]).decode().rstrip("\n")
    prefix = _git(["rev-parse", "--show-prefix"]).decode().rstrip("\n")
    commit = _git(["merge-base", revision, "HEAD"]).decode().strip()
    with tempfile.TemporaryDirectory(prefix="reconciler-") as temporary:
        top = Path(temporary).resolve()
        (top / ".git").mkdir()  # reading defaults stops at the top of a repository
        for name, blob in _blobs(commit):
            file = top / os.fsdecode(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_git(["cat-file", "blob", blob]))
        folder = top / prefix
        folder.mkdir(parents=True, exist_ok=True)
        yield BaseRevision(commit, folder, top, Path(repository))


def _blobs(commit: str) -> Iterator[tuple[bytes, str]]:
    """The YAML files of a commit: path from the top, and the id of the content."""
    for row in _git(["ls-tree", "-r", "-z", "--full-tree", commit]).split(b"\0"):
        meta, _, name = row.partition(b"\t")
        if name.endswith(_SUFFIXES) and meta.startswith(_REGULAR):
            yield name, meta.split()[2].decode()


def _git(arguments: Sequence[str]) -> bytes:
    """What git answers; raises ReconcilerError with the first line of what it complains about."""
    command = ["git", "-c", "core.quotePath=off", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - git, with checked arguments
    except FileNotFoundError:
        msg = "git is not installed, and --base needs it"
        raise ReconcilerError(msg) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        hint = ": fetch more history (fetch-depth: 0)" if arguments[0] == "merge-base" else ""
        msg = f"git {arguments[0]} failed: {said or 'no common history'}{hint}"
        raise ReconcilerError(msg)
    return done.stdout

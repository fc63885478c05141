"""The edge to git: campaign files as they were where this branch began, laid out in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.errors import ReconcilerError, UsageError

_YAML = (b".yaml", b".yml")
_FILES = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class BaseRevision:
    """The files of a commit: the folder that stands for the current one, and for the top of the repository."""

    commit: str
    here: Path
    top: Path
    real_top: Path

    def path_of(self, path: str) -> str:
        """Where a path of the user's stands in the past."""
        if not Path(path).is_absolute():
            return str(self.here / path)
        return str(self.top / os.path.relpath(path, self.real_top))

    def name_of(self, file: str) -> str:
        """What the user calls a file of the past."""
        return os.path.relpath(file, self.here)


@contextmanager
def merge_base(revision: str) -> Iterator[BaseRevision]:
    """The YAML files of the commit where this branch left `revision`; raises UsageError, ReconcilerError."""
    if revision.startswith("-"):
        msg = f"{revision!r} is no revision"
        raise UsageError(msg)
    real_top = _git(["rev-parse", "--show-toplevel"]).decode().rstrip("\n")
    prefix = _git(["rev-parse", "--show-prefix"]).decode().rstrip("\n")
    commit = _git(["merge-base", revision, "HEAD"]).decode().strip()
    with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
        top = Path(folder).resolve()
        (top / ".git").mkdir()  # reading defaults stops at the top of a repository
        for name, blob in _blobs(commit):
            file = top / os.fsdecode(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_git(["cat-file", "blob", blob]))
        here = top / prefix
        here.mkdir(parents=True, exist_ok=True)
        yield BaseRevision(commit, here, top, Path(real_top))


def _blobs(commit: str) -> Iterator[tuple[bytes, str]]:
    for row in _git(["ls-tree", "-r", "-z", "--full-tree", commit]).split(b"\0"):
        meta, _, name = row.partition(b"\t")
        if name.endswith(_YAML) and meta.startswith(_FILES):
            yield name, meta.split()[2].decode()


def _git(arguments: Sequence[str]) -> bytes:
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

"""The edge to git: where a repository is, where this branch left another one, what moved, and its objects."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final, NamedTuple

from reconciler.files.names import SUFFIXES
from reconciler.model.errors import ReconcilerError, UsageError

# What git calls a path of ours; upper and lower case are alike, and other names mean nothing by themselves.
_OURS: Final = tuple(f":(top,icase,glob)**/*{suffix}" for suffix in SUFFIXES)
# With these a hook tells git which repository it runs in, which need not be the one that the files are in.
_OF_A_HOOK: Final = re.compile(
    r"GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE)"
)
# These would give what we ask for another meaning: no path of ours would be found.
_OF_PATHS: Final = re.compile(r"GIT_(LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS")
# The ids of SHA-1 and of SHA-256.
_TREE_ENTRY: Final = re.compile(rb"([0-7]+) ([^\0]+)\0(.{20})", re.DOTALL)
_LONG_ENTRY: Final = re.compile(rb"([0-7]+) ([^\0]+)\0(.{32})", re.DOTALL)
_SHORT_ID: Final = 40
# A tree may have thousands of entries, and a history thousands of trees.
_MOST_TREES: Final = 128
_FETCH: Final = ": fetch more history (fetch-depth: 0)"
_HINTS: Final = {"merge-base": f"{_FETCH}, or name a commit that is here"}


class Entry(NamedTuple):
    """What a tree holds under a name: its mode, and the id of the object."""

    mode: bytes
    object_id: str

    @property
    def is_folder(self) -> bool:
        """A tree of its own."""
        return self.mode == b"40000"

    @property
    def is_link(self) -> bool:
        """A symbolic link, with the target as its content."""
        return self.mode == b"120000"

    @property
    def is_submodule(self) -> bool:
        """A commit of another repository, which stands there as a folder."""
        return self.mode == b"160000"


class FilesMoved(NamedTuple):
    """Files that are not as they were, and the renamed ones from today to then; all by paths from the top."""

    differing: frozenset[str]
    renamed: dict[str, str]


Tree = Mapping[str, Entry]
NO_TREE: Final[Tree] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with files: its top, and the variables that git is to be run with."""

    top: Path
    variables: Mapping[str, str]

    def merge_base(self, revision: str) -> str:
        """The commit where this branch left `revision`; raises UsageError for what is none, else ReconcilerError."""
        if revision.startswith("-"):
            msg = f"{revision!r} is no revision"
            raise UsageError(msg)
        return self._git("merge-base", revision, "HEAD").decode().strip()

    def moved_on(self, commit: str) -> FilesMoved:
        """Which of our files are not as they were in a commit, and which of them git takes for others renamed."""
        rows = self._git("diff", "--no-relative", "--name-status", "-z", "-M", commit, "--", *_OURS).split(b"\0")
        differing: set[str] = set()
        renamed: dict[str, str] = {}
        left = iter(map(os.fsdecode, rows))
        for kind in left:
            if kind.startswith("R"):
                was, now = next(left), next(left)
                renamed[now] = was
                differing |= {was, now}
            elif kind:
                differing.add(next(left))
        return FilesMoved(frozenset(differing), renamed)

    def content_at(self, commit: str, file: str) -> bytes:
        """What a file, by its path from the top, held in a commit, as a checkout writes it, with filters and line ends.

        Raises ReconcilerError where it was not there.
        """
        return self._git("cat-file", "--filters", f"{commit}:{file}")

    def left_out(self) -> frozenset[str]:
        """The files that are tracked, and are not on the disk because the checkout is sparse; paths from the top."""
        rows = self._git("ls-files", "-t", "-z", "--full-name", "--", *_OURS).split(b"\0")
        return frozenset(os.fsdecode(row[2:]) for row in rows if row.startswith(b"S "))

    def _git(self, *arguments: str) -> bytes:
        return _run(arguments, self.top, self.variables)


def repository_of(folder: Path, variables: Mapping[str, str]) -> Repository:
    """The repository that a folder is in, whatever a hook has set; raises ReconcilerError where it is in none."""
    variables = {name: value for name, value in variables.items() if not _OF_PATHS.fullmatch(name)}
    variables["GIT_OPTIONAL_LOCKS"] = "0"
    own = {name: value for name, value in variables.items() if not _OF_A_HOOK.fullmatch(name)}
    try:
        return Repository(_top(folder, own), own)
    except ReconcilerError:
        if own == variables:
            raise
        return Repository(_top(folder, variables), variables)


def _top(folder: Path, variables: Mapping[str, str]) -> Path:
    return Path(os.fsdecode(_run(("rev-parse", "--show-toplevel"), folder, variables).rstrip(b"\n")))


def _command(arguments: Sequence[str]) -> list[str]:
    return ["git", "-c", "core.quotePath=off", *arguments]


def _run(arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> bytes:
    """What git answers; raises ReconcilerError with all that it complains about."""
    try:
        done = subprocess.run(  # noqa: S603 - git, with checked arguments
            _command(arguments), cwd=folder, env=variables, capture_output=True, check=False
        )
    except FileNotFoundError:
        msg = "git is not installed, and the past of files needs it"
        raise ReconcilerError(msg) from None
    if done.returncode:
        told = _told(done.stderr) or "no common history"
        hint = _HINTS.get(arguments[0], "") if "not a commit" not in told else ""
        msg = f"git {arguments[0]} failed: {told}{hint}"
        raise ReconcilerError(msg)
    return done.stdout


def _told(stderr: bytes) -> str:
    """All that git says, a remedy with its command too, in one line."""
    return " ".join(stderr.decode(errors="replace").split())


# Objects


class Objects:
    """The objects of a repository, from one process that is asked for one after the other."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests = requests
        self._answers = answers
        self._trees: dict[str, Tree] = {}
        self._contents: dict[str, bytes] = {}

    def tree(self, name: str) -> Tree:
        """What a folder holds, by name; `name` is a tree, or a commit. Raises ReconcilerError where it is not there."""
        if name not in self._trees:
            if len(self._trees) > _MOST_TREES:
                self._trees.clear()
            self._trees[name] = dict(_entries(self._tree(name), len(name)))
        return self._trees[name]

    def _tree(self, name: str) -> bytes:
        """The content of a tree: the one of a commit is looked at beside that of its parent, and as that of a child."""
        if name not in self._contents:
            if len(self._contents) > _MOST_TREES:
                self._contents.clear()
            self._contents[name] = self.content(f"{name}^{{tree}}")
        return self._contents[name]

    def differing(self, before: str, after: str) -> Iterator[tuple[str, Entry | None, Entry | None]]:
        """What two trees hold otherwise, by name; an empty name is a tree that holds nothing. Raises as `tree`."""
        contents = [(self._tree(name), len(name)) if name else (b"", 0) for name in (before, after)]
        one, other = ({*_rows(content, length)} for content, length in contents)
        sides = [{name: Entry(mode, found.hex()) for mode, name, found in side} for side in (one - other, other - one)]
        for name in sorted({*sides[0], *sides[1]}):
            yield os.fsdecode(name), sides[0].get(name), sides[1].get(name)

    def content(self, name: str) -> bytes:
        """The content of an object; raises ReconcilerError where it is not there and cannot be fetched."""
        return self.named(name)[1]

    def named(self, name: str) -> tuple[str, bytes]:
        """The id and the content of an object, whatever it is called, as `HEAD^{commit}`; raises as above."""
        try:
            self._requests.write(name.encode() + b"\n")
            self._requests.flush()
            head = self._answers.readline().split()
            if len(head) == 3:  # noqa: PLR2004 - id, kind, and size
                return head[0].decode(), self._answers.read(int(head[2]) + 1)[:-1]
        except BrokenPipeError:
            pass
        msg = f"git has no object {name.partition('^')[0][:12]}, and could not fetch it{_FETCH}"
        raise ReconcilerError(msg)


@contextmanager
def objects(repository: Repository) -> Iterator[Objects]:
    """The objects of a repository as long as the context lasts."""
    with subprocess.Popen(  # noqa: S603 - as above
        _command(("cat-file", "--batch")),
        cwd=repository.top,
        env=repository.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        if process.stdin and process.stdout:  # pragma: no branch - both are asked for
            yield Objects(process.stdin, process.stdout)


def _rows(content: bytes, id_length: int) -> list[tuple[bytes, bytes, bytes]]:
    """The entries of a tree as git keeps it: mode, name, and the bytes of an id, without anything between them."""
    return (_LONG_ENTRY if id_length > _SHORT_ID else _TREE_ENTRY).findall(content)


def _entries(content: bytes, id_length: int) -> Iterator[tuple[str, Entry]]:
    return ((os.fsdecode(name), Entry(mode, found.hex())) for mode, name, found in _rows(content, id_length))

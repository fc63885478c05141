"""The commits of a repository, newest first, and which files each of them changed, by the ids of trees alone."""

from __future__ import annotations

import heapq
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from reconciler.files.git import Entry, Objects
from reconciler.files.names import is_campaign, is_yaml
from reconciler.model.errors import ReconcilerError

_PERSON: Final = re.compile(r"(.*?) ?<[^<>]*> (-?[0-9]+) ([+-])([0-9]{2})([0-9]{2})")
_ENCODING: Final = re.compile(rb"^encoding ([\w.:-]+)$", re.MULTILINE)
_NOBODY: Final = ("unknown", 0, timedelta())
# Git keeps seconds as people typed them; what is out of the calendar is at one of its ends.
_FIRST, _LAST = 0, 253_402_128_000


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its tree and parents, who wrote it and when, the first line of what they said, and when it came in."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    date: datetime
    subject: str
    committed: int


def commit_of(objects: Objects, name: str) -> Commit:
    """The commit with this name; raises ReconcilerError where it is not there."""
    found, content = objects.named(f"{name}^{{commit}}")
    head, _, message = _decoded(content).partition("\n\n")
    rows = [line.partition(" ")[::2] for line in head.split("\n")]
    fields = dict(reversed(rows))
    author, seconds, offset = _person(fields.get("author", ""))
    paragraph = message.strip("\n").split("\n\n", maxsplit=1)[0]
    return Commit(
        found,
        fields.get("tree", ""),
        tuple(value for key, value in rows if key == "parent"),
        author,
        datetime.fromtimestamp(seconds, timezone(offset)),
        " ".join(paragraph.split()),
        _person(fields.get("committer", ""))[1],
    )


def _decoded(content: bytes) -> str:
    """The text of a commit, which may say that it is written in another encoding than UTF-8."""
    said = _ENCODING.search(content.partition(b"\n\n")[0])
    try:
        return content.decode(said[1].decode() if said else "utf-8", errors="replace")
    except (LookupError, UnicodeError):
        return content.decode(errors="replace")


def _person(text: str) -> tuple[str, int, timedelta]:
    """Who, when, and how far the clock there is ahead of UTC."""
    match = _PERSON.fullmatch(text)
    if match is None:
        return _NOBODY
    name, seconds, sign, hours, minutes = match.groups()
    offset = min(timedelta(hours=int(hours), minutes=int(minutes)), timedelta(hours=23))
    return name or "unknown", min(max(int(seconds), _FIRST), _LAST), offset if sign == "+" else -offset


class Changed(NamedTuple):
    """A file that a commit changed, from the top of the repository; None where it was or is not there."""

    path: str
    before: Entry | None
    after: Entry | None


@dataclass(slots=True)
class History:
    """The commits up to HEAD. `is_cut` where the clone is shallow, so that earlier ones are not here."""

    objects: Objects
    is_cut: bool = False
    _commits: dict[str, Commit] = field(default_factory=dict)
    _shared: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def commit(self, name: str) -> Commit | None:
        """A commit by its id; None where a shallow clone does not have it."""
        if name not in self._commits:
            try:
                self._commits[name] = commit_of(self.objects, name)
            except ReconcilerError:
                self.is_cut = True
                return None
        return self._commits[name]

    def newest_first(self, since: float | None = None) -> Iterator[Commit]:
        """All commits, or those since a time in seconds, children first; raises ReconcilerError where there is none."""
        try:
            head = commit_of(self.objects, "HEAD")
        except ReconcilerError:
            msg = "there is no commit here yet, so that nothing has a history"
            raise ReconcilerError(msg) from None
        children, found = self._reached(head, since)
        ready = [(-head.committed, head.id)] if head.id in found else []
        while ready:
            commit = found[heapq.heappop(ready)[1]]
            yield commit
            for parent in dict.fromkeys(commit.parents):
                if parent in found:
                    children[parent] -= 1
                    if not children[parent]:
                        heapq.heappush(ready, (-found[parent].committed, parent))

    def _reached(self, head: Commit, since: float | None) -> tuple[dict[str, int], dict[str, Commit]]:
        """The commits that are reached from one, and how many children among them each has."""
        children: dict[str, int] = {}
        found: dict[str, Commit] = {}
        ahead = [head]
        while ahead:
            commit = ahead.pop()
            if commit.id in found or (since is not None and commit.committed < since):
                continue
            found[commit.id] = commit
            for name in dict.fromkeys(commit.parents):
                children[name] = children.get(name, 0) + 1
                if parent := self.commit(name):
                    ahead.append(parent)
        return children, found

    def changed(self, before: str, after: str, at: str = "") -> Iterator[Changed]:
        """The YAML files that differ between two trees; empty is a tree without files. What is alike is not read."""
        for name, was, becomes in self.objects.differing(before, after):
            here = str(PurePosixPath(at, name))
            folders = [entry.object_id if entry and entry.is_folder else "" for entry in (was, becomes)]
            if any(folders) and not name.startswith("."):
                yield from self.changed(folders[0], folders[1], here)
            if is_yaml(name):
                found = Changed(here, _file(was), _file(becomes))
                if found.before or found.after:
                    yield found

    def shared(self, tree: str) -> dict[str, Entry]:
        """What campaigns may share in a tree, by paths in it: all YAML files that begin with `_`."""
        if tree not in self._shared:
            found: dict[str, Entry] = {}
            for name, entry in self.objects.tree(tree).items():
                if entry.is_folder and not name.startswith("."):
                    found |= {f"{name}/{path}": inner for path, inner in self.shared(entry.object_id).items()}
                elif is_shared(name) and _file(entry):
                    found[name] = entry
            self._shared[tree] = found
        return self._shared[tree]

    def campaigns(self, tree: str, at: str = "") -> Iterator[str]:
        """The paths of all campaign files in a tree."""
        for name, entry in self.objects.tree(tree).items():
            if entry.is_folder and not name.startswith("."):
                yield from self.campaigns(entry.object_id, f"{at}{name}/")
            elif is_campaign(name) and _file(entry):
                yield at + name

    def entry(self, tree: str, path: str) -> Entry | None:
        """The file at a path of a tree; a link to a file of the tree is that file. None where there is none."""
        found = self._at(tree, path)
        if found and found.is_link:
            target = self.objects.content(found.object_id).decode(errors="surrogateescape")
            found = self._at(tree, os.path.normpath(os.path.join(os.path.dirname(path), target)))  # noqa: PTH118, PTH120
        return _file(found)

    def _at(self, tree: str, path: str) -> Entry | None:
        *folders, name = path.split("/")
        for folder in folders:
            entry = self.objects.tree(tree).get(folder)
            if entry is None or not entry.is_folder:
                return None
            tree = entry.object_id
        return self.objects.tree(tree).get(name)


def _file(entry: Entry | None) -> Entry | None:
    """The entry, if it is a file or a link."""
    return entry if entry and not entry.is_folder and not entry.is_submodule else None


def is_shared(path: str) -> bool:
    """Whether this file may hold what campaigns share."""
    name = path.rpartition("/")[2]
    return is_yaml(name) and not is_campaign(name)

"""Campaigns as the files of any commit have them: laid out in a temporary folder, and read as those of today are."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.cli.load import environments_of, today
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.files.commits import History, is_shared
from reconciler.files.names import is_defaults, is_environment, is_holds
from reconciler.model.document import Document, Problem
from reconciler.model.fields import campaign_fields
from reconciler.plan.besides import Placed

# What is wrong with a file that could not be read as it was.
Broken = tuple[str, ...]
State = Placed | Broken
_MOST_STATES = 20_000


@dataclass(slots=True)
class PastCampaigns:
    """Reads campaigns of the past, each once for the files that it comes from.

    `name_of` says what a file is called today, by its path from the top of the repository, and `key_of` the path.
    """

    history: History
    top: Path
    name_of: Callable[[str], str]
    key_of: Callable[[str], str]
    _states: dict[tuple[object, ...], State] = field(default_factory=dict)
    _laid: dict[str, str] = field(default_factory=dict)

    def states(self, tree: str, paths: Iterable[str]) -> dict[str, State]:
        """The campaigns at these paths of a tree, those of them that are there."""
        found: dict[str, State] = {}
        unread: dict[str, tuple[object, ...]] = {}
        for path in sorted(set(paths)):
            if tree and (entry := self.history.entry(tree, path)):
                key = (path, entry.object_id, *self._shared_by(tree, path))
                if key in self._states:
                    found[path] = self._states[key]
                else:
                    unread[path] = key
        if unread:
            fresh = self._read(tree, list(unread))
            if len(self._states) > _MOST_STATES:
                self._states.clear()
            self._states |= {key: fresh[path] for path, key in unread.items()}
            found |= fresh
        return found

    def _shared_by(self, tree: str, path: str) -> Iterator[tuple[str, str]]:
        shared = self.history.shared(tree)
        return ((one, entry.object_id) for one, entry in shared.items() if concerns(one, path))

    def _read(self, tree: str, paths: Sequence[str]) -> dict[str, State]:
        """Lay the files out, and read them; what cannot be read says why."""
        self._lay_out(tree, paths)
        where = {str(self.top / path): path for path in paths}
        reading = files.read_there(list(where))
        environments = reading.environments
        desired, problems = validate(reading.documents, campaign_fields(), today(), environments_of(environments))
        found: dict[str, State] = {}
        errors = [problem for problem in (*reading.problems, *problems) if problem.is_error]
        broken = {problem.position.file for problem in reading.problems if problem.is_error}
        for one in desired:
            if self._leans_on(one.document, broken):
                continue  # what it says without that is nothing that anybody meant
            settings = environments.get(one.file)
            called = one.document.called(self._name)
            placed = type(one)(called, one.id, one.status, one.values)
            found[where[one.file]] = Placed(placed, settings.called(self._name) if settings else None)
        return found | {path: self._broken(errors, file) for file, path in where.items() if path not in found}

    def _leans_on(self, document: Document, broken: Collection[str]) -> bool:
        """Whether one of these files is above a campaign, or a part of it."""
        named = {file for files_named in document.chain.values() for file in files_named}
        path = os.path.relpath(document.file, self.top)
        above = (os.path.relpath(file, self.top) for file in broken if is_above(file))
        return not named.isdisjoint(broken) or any(concerns(file, path) for file in above)

    def _broken(self, errors: Sequence[Problem], file: str) -> Broken:
        own = [one for one in errors if one.position.file == file] or errors
        return tuple(f"{self._name(one.position.file)}{_rest(one)}" for one in own[:3]) or (
            f"{self._name(file)}: cannot be read",
        )

    def _name(self, file: str) -> str:
        return self.name_of(os.path.relpath(file, self.top))

    def _lay_out(self, tree: str, paths: Sequence[str]) -> None:
        """Bring what is shared to where this tree has it, and write the campaigns; nobody reads the others."""
        shared = self.history.shared(tree)
        for gone in [path for path in self._laid if is_shared(path) and path not in shared]:
            (self.top / gone).unlink()
            del self._laid[gone]
        for path in (*shared, *paths):
            entry = self.history.entry(tree, path)
            if entry and self._laid.get(path) != entry.object_id:
                self._write(path, self.history.objects.content(entry.object_id))
                self._laid[path] = entry.object_id

    def _write(self, path: str, content: bytes) -> None:
        """Write a file; what stands there for a folder of another tree, or is a folder itself, has to go first."""
        place = self.top / path
        for above in reversed(place.relative_to(self.top).parents):
            if (self.top / above).is_file():
                (self.top / above).unlink()
                self._laid.pop(str(above), None)
        if place.is_dir():
            shutil.rmtree(place)
            self._laid = {other: name for other, name in self._laid.items() if not other.startswith(f"{path}/")}
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _rest(problem: Problem) -> str:
    """A problem without its file, which is another one."""
    return str(problem).removeprefix(problem.position.file)


def concerns(shared: str, path: str) -> bool:
    """Whether a shared file may decide what a campaign says: one above it, or a part, which may be anywhere."""
    folder, _, name = shared.rpartition("/")
    if is_above(shared):
        return not folder or path.startswith(f"{folder}/")
    return not is_holds(name)


def is_above(shared: str) -> bool:
    """Whether a shared file is for all campaigns below its folder, whoever names it."""
    name = shared.rpartition("/")[2]
    return is_defaults(name) or is_environment(name)


@contextmanager
def past_campaigns(
    history: History, name_of: Callable[[str], str], key_of: Callable[[str], str]
) -> Iterator[PastCampaigns]:
    """Past campaigns, as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
        top = Path(folder).resolve()
        (top / ".git").mkdir()  # reading what is shared stops here, and goes no further up
        yield PastCampaigns(history, top, name_of, key_of)

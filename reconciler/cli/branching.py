"""What a branch changes since it left a revision: the campaign files of then, read as those of now are."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from reconciler.cli.calendars import CLOSED_ON, edited_calendar
from reconciler.cli.collection import without_collection
from reconciler.cli.held_then import HoldsOfBranch
from reconciler.cli.load import LoadedCampaigns, environments_of, today
from reconciler.cli.shared_lists import SharedList, shrunk, with_lists
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.files.find import whole_folder
from reconciler.files.layout import content_of
from reconciler.files.named import NamedFile, named_files
from reconciler.files.number_lists import NamedList, NumberList, parse_numbers, read_numbers
from reconciler.files.past import BaseRevision, base_revision
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Problem
from reconciler.model.errors import FilesError
from reconciler.model.fields import campaign_fields, environment_fields
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.plan.besides import EditedFile, Placed
from reconciler.plan.branch import Branch, branch


@dataclass(frozen=True, slots=True)
class BranchChanges:
    """What this branch changed since it left a revision, in all campaigns of the paths."""

    loaded: LoadedCampaigns
    whole: Branch

    @classmethod
    @without_collection()
    def since(
        cls, revision: str, paths: Sequence[str], loaded: LoadedCampaigns, *, may_shrink: bool = False
    ) -> BranchChanges:
        """Ask git, once for all environments.

        Raises UsageError for what is no revision, ReconcilerError where git does not answer, and FilesError where a
        shared list lost too many numbers, unless it `may_shrink`.
        """
        asked = paths or ["campaigns"]
        parts = {part for one in loaded.everything for taken in one.document.chain.values() for part in taken}
        with base_revision(revision, asked, parts, os.environ) as past:
            comparison = _Comparison(past, asked, loaded)
            if not may_shrink and (problems := tuple(comparison.shrunk())):
                raise FilesError(problems)
            return cls(loaded, comparison.branch())

    def of(self, found: Sequence[Desired]) -> Branch:
        """The part that belongs to these campaigns of one environment.

        A deleted campaign whose environment has no campaigns any more is told with the first of the others.
        """
        whole = replace(self.whole, among=len(found))
        if not whole.deleted:
            return whole
        files = {one.file for one in found}
        placed = _placed(self.loaded.everything, self.loaded.environments)
        here = {one.environment for one in placed if one.desired.file in files}
        known = {one.environment for one in placed}
        is_first = self.loaded.desired[0].file in files
        deleted = (one for one in whole.deleted if is_first or one.environment in here)
        return replace(
            whole,
            deleted=tuple(one for one in deleted if one.environment in here or one.environment not in known),
        )


def _placed(found: Sequence[Desired], environments: Mapping[str, Document]) -> tuple[Placed, ...]:
    return tuple(Placed(one, environments.get(one.file)) for one in found)


_ANOTHER_TEXT: Final = ("the text at the base", "another text", False)


def _named_files(placed: Sequence[Placed]) -> dict[str, tuple[NamedFile, ...]]:
    """The files that campaigns and their settings name, by the file of the campaign: of those that name any."""
    local, settings = (
        [name for name, field in fields.items() if field.names_files]
        for fields in (campaign_fields().local, environment_fields().every)
    )
    found = {}
    for one in placed:
        own, theirs = one.desired.document, one.settings
        keys = [(own, key) for key in local if key in own.values]
        keys += [(theirs, key) for key in settings if key in theirs.values] if theirs else []
        if keys:
            found[one.desired.file] = tuple(named for document, key in keys for named in named_files(document, key))
    return found


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The files of the past beside those of today, each called as it is today where it is still there."""

    past: BaseRevision
    paths: Sequence[str]
    loaded: LoadedCampaigns
    # Lists may hold millions of numbers: what they held is read once.
    _held: dict[tuple[str, str], NumberList] = field(default_factory=dict)

    def branch(self) -> Branch:
        """What the branch changed, with the settings of its base for every file of today."""
        keys = self.past.keys([one.file for one in self.loaded.everything])
        names = {key: file for file, key in keys.items()}
        holds = HoldsOfBranch(self.past)
        now = self._with_edited(_placed(self.loaded.everything, self.loaded.environments))
        same = {file for file, key in keys.items() if self.past.is_same(key)}
        # What is as it was, and names nothing that is another, is the same campaign; thousands need no comparison.
        touched = tuple(one for one in now if one.edited or one.desired.file not in same or holds.is_changed(one))
        base = (*(one._replace(edited=()) for one in touched if one.desired.file in same), *self._read(names))
        base, touched = holds.then(base), holds.now(touched)
        base, touched = self._with_numbers(base, self._numbers_then), self._with_numbers(touched, self._numbers_now)
        renamed = {file: was for file, key in keys.items() if (was := self._renamed_from(key, names))}
        found = branch(campaign_fields(), self.past.commit, base, touched, renamed)
        folders = {file: file.rpartition("/")[0] for file in keys}
        at_base = {folder: self._settings_then(Path(folder)) for folder in {*folders.values()}}
        settings = {file: then for file, folder in folders.items() if (then := at_base[folder])}
        return replace(
            found,
            deleted=tuple(self._gone(found.deleted)),
            settings={**settings, **found.settings},
        )

    def _with_edited(self, now: Sequence[Placed]) -> tuple[Placed, ...]:
        """The campaigns of today, with those of the files that they name that the branch edits."""
        named = _named_files(now)
        edited = self.past.edited({one.file for each in named.values() for one in each})
        if not edited:
            return tuple(now)
        lists = dict(self._lists(edited))
        keys = {one.file: one.key for each in named.values() for one in each}
        texts = {file: lists.get(file) or self._told(file, keys[file], then) for file, then in edited.items()}
        of = {
            campaign: tuple(EditedFile(file, *texts[file.file]) for file in files if file.file in texts)
            for campaign, files in named.items()
        }
        return tuple(one._replace(edited=of.get(one.desired.file, ())) for one in now)

    def _told(self, file: str, key: str, then: bytes) -> tuple[str, str, bool]:
        """What to say of an edited file that is no list of numbers."""
        now = content_of(Path(file).resolve())
        return edited_calendar(file, then, now) if now is not None and key == CLOSED_ON else _ANOTHER_TEXT

    def _lists(self, edited: Collection[str]) -> Iterator[tuple[str, tuple[str, str, bool]]]:
        """How many numbers each edited list held, and holds."""
        for one, was in self._lists_then(edited):
            now, came = len(one.numbers), len(one.numbers - was)
            gone = len(was) + came - now
            yield one.named.file, (count(len(was), "number"), f"{now} ({came} added, {gone} removed)", False)

    def _lists_then(self, edited: Collection[str]) -> Iterator[tuple[SharedList, SensitiveSet]]:
        for one in self.loaded.lists:
            if one.named.file in edited:
                yield one, self._numbers_then(one.named).numbers

    def _with_numbers(self, placed: Sequence[Placed], read: Callable[[NamedList], NumberList]) -> tuple[Placed, ...]:
        """The campaigns with the numbers of the lists that they name: what is effective, as `read` finds it."""
        settings = {one.desired.file: one.settings for one in placed if one.settings}
        listed = with_lists([one.desired for one in placed], settings, may_shrink=True, read=read)
        return tuple(one._replace(desired=desired) for one, desired in zip(placed, listed.desired, strict=True))

    def _numbers_then(self, named: NamedList) -> NumberList:
        """What a list held; what git does not know, such as a list that a variable names, is as it is now."""
        key = (named.file, named.column)
        if key not in self._held:
            content = self.past.content(named.file) if named.file else None
            self._held[key] = self._numbers_now(named) if content is None else parse_numbers(named, content)
        return self._held[key]

    def _numbers_now(self, named: NamedList) -> NumberList:
        """What a list holds, which was read before unless only the base names it."""
        key = (named.file, named.column)
        known = (one for one in self.loaded.lists if (one.named.file, one.named.column) == key)
        return next((NumberList(one.numbers) for one in known), None) or read_numbers(named)

    def shrunk(self) -> Iterator[Problem]:
        """The shared lists that lost more than a fifth of their numbers on this branch."""
        for one, was in self._lists_then(self.past.edited({one.named.file for one in self.loaded.lists})):
            if problem := shrunk(one, len(was), len(was - one.numbers), "where this branch began"):
                yield problem

    def _read(self, names: Mapping[str, str]) -> Iterator[Placed]:
        """The campaigns that are not as they were; files that were broken then count as not there."""
        moved = [was for now, was in self.past.renamed.items() if now in names]
        there = [self.past.path_of(path) for path in self.paths] + [str(self.past.top / was) for was in moved]
        reading = files.read_there(there)
        desired, _ = validate(reading.documents, campaign_fields(), today(), environments_of(reading.environments))
        for was in desired:
            settings = reading.environments.get(was.file)
            yield Placed(
                was._replace(document=self._named(was.document, names)),
                self._named(settings, names) if settings else None,
            )

    def _named(self, document: Document, names: Mapping[str, str]) -> Document:
        """A document of the temporary folder under the name that it has, or would have, today."""

        def name_of(file: str) -> str:
            key = self.past.key_of(file)
            return names.get(key, self.past.name_of(key))

        return document.called(name_of)

    def _renamed_from(self, key: str, names: Mapping[str, str]) -> str | None:
        was = self.past.renamed.get(key)
        return names.get(was, self.past.name_of(was)) if was else None

    def _settings_then(self, folder: Path) -> Document | None:
        settings, _ = files.settings_of(Path(self.past.path_of(str(folder))))
        return self._named(settings, {}) if settings else None

    def _gone(self, missing: Sequence[Placed]) -> Iterator[Placed]:
        """Those that were deleted, or moved to where nothing reads them; not those that a sparse checkout left out."""
        moved = {was: now for now, was in self.past.renamed.items()}
        left_out = self.past.repository.left_out() if missing else ()
        top_of = functools.cache(whole_folder)  # a folder of thousands may have moved
        for one in missing:
            file = one.desired.file
            key = self.past.key(file)
            to = self.past.name_of(moved[key]) if key in moved else ""
            if (
                not os.path.lexists(file)
                and key not in left_out
                and not (to and _is_below(top_of(Path(file).parent), to))
            ):
                yield one._replace(moved_to=to)


def _is_below(folder: Path, to: str) -> bool:
    """Whether a file that moved is still below its folder of campaigns, whichever paths are at hand."""
    top = os.path.abspath(folder)  # noqa: PTH100  links stay
    path = os.path.relpath(os.path.abspath(to), top)  # noqa: PTH100  links stay
    # A hidden folder is never read, and `..` leads out.
    return not any(part.startswith(".") for part in Path(path).parts)

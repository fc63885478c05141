"""From what is to be adopted to texts: where each value is written, and whether all files are sound with it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Protocol

from reconciler.importing.adopt import CampaignPull, PullOptions
from reconciler.model.campaign import Desired
from reconciler.model.canonical import Canonical, canonical, same
from reconciler.model.document import Document, Problem, Value
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.model.fields import Fields, Role
from reconciler.strict_yaml.assign import Assignment, assigned
from reconciler.strict_yaml.quote import inline

_LONGEST_TOLD: Final = 60
# By the real path of a file, what it is taken to hold.
Texts = Mapping[str, bytes]


class Folder(Protocol):
    """The files that are to be edited: how they are read, with what is to be written in them, too."""

    @property
    def now(self) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """The campaigns, and everything wrong with them, as they are."""

    def content(self, file: str) -> bytes:
        """The bytes of a file; raises ReconcilerError."""

    def reread(self, instead: Texts) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """The campaigns, and everything wrong with them, as they will be."""

    def heirs(self, document: Document, name: str) -> set[str] | None:
        """The files that inherit a field from a document, by real path; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is adopted, campaign by campaign, the texts by real path, and the problems that come with them.

    `into` names the file that gets a field, by the campaign's file and the field.
    """

    campaigns: tuple[CampaignPull, ...]
    files: Mapping[str, bytes]
    before: Mapping[str, bytes]
    into: Mapping[tuple[str, str], str]
    warnings: tuple[Problem, ...] = ()


def pulled(fields: Fields, campaigns: Sequence[CampaignPull], options: PullOptions, folder: Folder) -> Pulled:
    """Write what is adopted into texts. What no file can say is taken out, and is an error of its campaign.

    The campaigns of the folder that are not among these stay what they are.
    Raises FilesError, with nothing done, where the files would have other problems than they have.
    """
    everything, problems = folder.now
    known = frozenset(problems)
    work = _Work(fields, folder, {one.desired.file: one for one in campaigns}, everything)
    work.place(options)
    while True:
        texts = work.texts()
        if not texts:
            return work.done({}, ())
        desired, problems = folder.reread(texts)
        fresh = [problem for problem in problems if problem not in known]
        errors = [problem for problem in fresh if problem.is_error]
        if not (work.blame(errors) or errors or work.hold(desired)):
            return work.done(texts, fresh)
        if errors and not work.blamed:
            raise FilesError(errors)


class _Value(NamedTuple):
    """A field that a campaign adopts: how its file is to say it, and what that means."""

    name: str
    value: Value
    means: Canonical
    is_people: bool


@dataclass(frozen=True, slots=True)
class _Write:
    """A value on its way into a file, and the campaigns that it comes from."""

    file: str
    name: str
    assignment: Assignment
    campaigns: tuple[str, ...]


class _Work:
    """The values on their way into files, and the campaigns with what is left of them."""

    def __init__(
        self, fields: Fields, folder: Folder, campaigns: dict[str, CampaignPull], everything: Sequence[Desired]
    ) -> None:
        self._fields = fields
        self._folder = folder
        self._campaigns = campaigns
        self._status = fields.named(Role.STATUS)
        self._was = {one.file: one for one in everything}
        # By file and field.
        self._writes: dict[tuple[str, str], _Write] = {}
        self._before: dict[str, bytes] = {}
        self.blamed = False

    def place(self, options: PullOptions) -> None:
        """Decide which file gets each value: the one that says it, else the campaign's own."""
        shared = self._shared() if options.into_defaults else {}
        for campaign in self._campaigns.values():
            document = campaign.desired.document
            for one in _values(campaign, self._status):
                origin = document.inherited.get(one.name)
                if origin and (origin.file, one.name) in shared:
                    continue
                comment = _came_from(origin, document, one.name, is_secret=one.is_people) if origin else ""
                write = Assignment(one.value, comment, one.is_people)
                self._writes[document.file, one.name] = _Write(document.file, one.name, write, (document.file,))
        self._writes |= shared

    def _shared(self) -> dict[tuple[str, str], _Write]:
        """What is written where it is inherited from, since every heir changed alike."""
        heirs: dict[tuple[str, str], list[tuple[CampaignPull, _Value]]] = defaultdict(list)
        origins: dict[tuple[str, str], Document] = {}
        for campaign in self._campaigns.values():
            for one in _values(campaign, self._status):
                origin = campaign.desired.document.inherited.get(one.name)
                if origin and not one.is_people:
                    heirs[origin.file, one.name].append((campaign, one))
                    origins[origin.file, one.name] = origin
        found = {}
        for (file, name), changed in heirs.items():
            first = changed[0][1]
            are_alike = all(same(one.means, first.means) for _, one in changed)
            files = {os.path.realpath(campaign.desired.file) for campaign, _ in changed}
            if are_alike and self._folder.heirs(origins[file, name], name) == files:
                names = tuple(campaign.desired.file for campaign, _ in changed)
                found[file, name] = _Write(file, name, Assignment(first.value), names)
            else:
                told = f"{name} is not written into {file}: not every campaign that inherits it changed alike"
                for campaign, _ in changed:
                    self._replace(replace(campaign, notices=(*self._at(campaign).notices, told)))
        return found

    def _at(self, campaign: CampaignPull) -> CampaignPull:
        return self._campaigns[campaign.desired.file]

    def _replace(self, campaign: CampaignPull) -> None:
        self._campaigns[campaign.desired.file] = campaign

    def texts(self) -> dict[str, bytes]:
        """The texts with the values in them, by real path; what cannot be written is blamed."""
        by_file: dict[str, list[_Write]] = defaultdict(list)
        for write in self._writes.values():
            by_file[os.path.realpath(write.file)].append(write)
        found = {}
        for real, writes in by_file.items():
            before = self._before.setdefault(real, self._folder.content(writes[0].file))
            text = self._assigned(before, writes)
            if text != before:
                found[real] = text
        return found

    def _assigned(self, text: bytes, writes: Sequence[_Write]) -> bytes:
        """A text with these values: all at once, or where one cannot be written, one by one."""
        together = {write.name: write.assignment for write in writes}
        if len(together) == len(writes):
            try:
                return assigned(text, writes[0].file, together, self._fields)
            except ReconcilerError:
                pass
        for write in writes:
            try:
                text = assigned(text, write.file, {write.name: write.assignment}, self._fields)
            except ReconcilerError as error:
                self._drop(write, str(error))
        return text

    def _drop(self, write: _Write, reason: str) -> None:
        """Give a value up, and tell its campaigns why."""
        self.blamed = True
        del self._writes[write.file, write.name]
        for file in write.campaigns:
            self._campaigns[file] = self._campaigns[file].without(write.name, reason)

    def _by(self, keys: Callable[[_Write], Iterable[str]]) -> Mapping[str, Sequence[_Write]]:
        """The values by all that they are to be looked up by."""
        found: dict[str, list[_Write]] = defaultdict(list)
        for write in self._writes.values():
            for key in keys(write):
                found[key].append(write)
        return found

    def _left(self, writes: Iterable[_Write]) -> list[_Write]:
        """Those of the values that are not given up."""
        return [write for write in writes if (write.file, write.name) in self._writes]

    def blame(self, errors: Iterable[Problem]) -> bool:
        """Give up the values that problems come from; whether there were any."""
        self.blamed = False
        by_file = self._by(lambda write: [os.path.realpath(write.file)])
        for problem in errors:
            here = self._left(by_file[os.path.realpath(problem.position.file)])
            name = problem.path[0] if problem.path else None
            for write in [one for one in here if one.name == name] or here:
                self._drop(write, problem.message)
        return self.blamed

    def hold(self, desired: Sequence[Desired]) -> bool:
        """Give up what changes more than was meant, as where two campaigns are one file; whether there was any."""
        self.blamed = False
        by_campaign = self._by(lambda write: write.campaigns)
        by_file = self._by(lambda write: [os.path.realpath(write.file)])
        for one in desired:
            for name in self._untrue(one):
                here = [write for write in self._left(by_campaign[one.file]) if write.name == name]
                others = [write for write in self._left(by_file[os.path.realpath(one.file)]) if write.name == name]
                for write in here or others:
                    self._drop(
                        write, f"{one.file} would say something else than it should, and has to be edited by hand"
                    )
        return self.blamed

    def _untrue(self, now: Desired) -> Iterable[str]:
        """The fields of which a campaign would not say what is live, or what it said before."""
        campaign, was = self._campaigns.get(now.file), self._was[now.file]
        adoptions = {one.change.field.name: one for one in campaign.adoptions} if campaign else {}
        for name, value in now.values.items():
            field, one = self._fields.writable[name], adoptions.get(name)
            meant = canonical(field, one.value if one and one.said_as else was.values.get(name))
            if not same(canonical(field, value), one.change.after if one and not one.said_as else meant):
                yield one.name if one else name
        if now.status != (campaign.status.after if campaign and campaign.status else was.status):
            yield self._status

    def done(self, texts: Texts, problems: Sequence[Problem]) -> Pulled:
        """What came of it."""
        meant = {name: one.stands_for or name for name, one in self._fields.local.items()}
        into = {(file, meant.get(w.name, w.name)): w.file for w in self._writes.values() for file in w.campaigns}
        files = {real: text for real, text in texts.items() if text != self._before[real]}
        return Pulled(tuple(self._campaigns.values()), files, self._before, into, tuple(problems))


def _values(campaign: CampaignPull, status: str) -> Iterator[_Value]:
    """What a campaign adopts."""
    for one in campaign.adoptions:
        field = one.change.field
        yield _Value(one.name, one.value, one.change.after, field.is_sensitive or field.adds_to_live)
    if campaign.status:
        yield _Value(status, campaign.status.after, campaign.status.after, is_people=False)


def _came_from(origin: Document, own: Document, name: str, *, is_secret: bool) -> str:
    """What to say behind a value that was inherited: where it came from, and what it was."""
    if origin.file == own.file:
        return ""  # its file names it
    where = os.path.relpath(origin.file, os.path.dirname(own.file) or ".")  # noqa: PTH120  text is enough
    if is_secret:
        return f"besides those of {where}"
    was = inline(origin.values[name])
    return f"was {was}, from {where}" if len(was) <= _LONGEST_TOLD else f"was inherited from {where}"

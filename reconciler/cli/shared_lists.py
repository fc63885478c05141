"""Do-not-call lists that campaigns share: each read once, united with a campaign's own, and never fewer unseen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reconciler.cli.terminal import say
from reconciler.files import disk
from reconciler.files.number_lists import NamedList, NumberList, named_lists, read_numbers
from reconciler.model.campaign import Desired
from reconciler.model.canonical import canonical
from reconciler.model.document import Document, Mark, Problem
from reconciler.model.fields import Field, campaign_fields, environment_fields
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count

_FILE = "lists.json"
_ALLOW = "pass --allow-dnc-removals once, if that is meant"


class SharedList(NamedTuple):
    """A list: what it is called, where it is named, and the numbers in it."""

    named: NamedList
    numbers: SensitiveSet


class WithLists(NamedTuple):
    """Campaigns with the numbers of their lists, what is wrong with these, and the lists themselves."""

    desired: tuple[Desired, ...]
    problems: tuple[Problem, ...] = ()
    lists: tuple[SharedList, ...] = ()


def with_lists(
    desired: Sequence[Desired],
    environments: Mapping[str, Document],
    *,
    may_shrink: bool,
    read: Callable[[NamedList], NumberList] = read_numbers,
) -> WithLists:
    """The campaigns with the numbers of all lists that they, or their environments, name, as `read` finds them.

    A list that is missing or empty is an error, since nobody on it would be protected any more; a warning where it
    `may_shrink`.
    """
    reader = _Reader(may_shrink, read)
    found = tuple(reader.with_lists(one, environments.get(one.file)) for one in desired)
    return WithLists(found, tuple(dict.fromkeys(reader.problems)), tuple(reader.shared.values()))


class _Reader:
    """Reads each list once, and keeps each union once: ten campaigns with one list hold it once."""

    def __init__(self, may_shrink: bool, read: Callable[[NamedList], NumberList]) -> None:  # noqa: FBT001  passed on
        self._may_shrink = may_shrink
        self._read_numbers = read
        self._lists: dict[tuple[str, str], NumberList] = {}
        self._united: dict[frozenset[tuple[str, str]], SensitiveSet] = {}
        self.problems: list[Problem] = []
        self.shared: dict[tuple[str, str], SharedList] = {}

    def with_lists(self, desired: Desired, settings: Document | None) -> Desired:
        """One campaign; as it is where it names no list."""
        for field, named in _named(desired.document, settings):
            if unused := _unused(field, desired, named[0]):
                self.problems.append(unused)
            else:
                desired = self._with(desired, field, named)
        return desired

    def _with(self, desired: Desired, field: Field, named: Sequence[NamedList]) -> Desired:
        keys = frozenset((one.file, one.column) for one in named)
        parts = [self._read(one) for one in named]
        if keys not in self._united:
            united = parts[0].numbers
            for part in parts[1:]:
                united |= part.numbers
            self._united[keys] = united
        numbers = self._united[keys]
        own = canonical(field, desired.values.get(field.name))
        if isinstance(own, SensitiveSet) and len(own - numbers):
            numbers |= own
        document = desired.document
        if field.name not in document.values:
            place = named[0].position
            said = Document(place.file, {}, {}, {(field.name,): Mark(place.line, place.column)})
            document = document._replace(inherited={**document.inherited, field.name: said})
        return desired._replace(document=document, values={**desired.values, field.name: numbers})

    def _read(self, named: NamedList) -> NumberList:
        key = (named.file, named.column)
        if key not in self._lists:
            self._lists[key] = self._read_numbers(named)
            self.shared[key] = SharedList(named, self._lists[key].numbers)
            self.problems += self._lists[key].problems
        found = self._lists[key]
        if found.empty_because:
            told = f"{found.empty_because}: nobody on it would be protected"
            way_out = "" if self._may_shrink else f"; {_ALLOW}"
            self.problems.append(Problem(named.position, told + way_out, is_warning=self._may_shrink))
        return found


def _named(document: Document, settings: Document | None) -> Iterator[tuple[Field, list[NamedList]]]:
    """The lists of a campaign and its environment, by the field that they add to."""
    fields = campaign_fields()
    targets: dict[str, list[NamedList]] = {}
    for said_by, known in ((document, fields.local), (settings, environment_fields().every if settings else {})):
        for name, field in known.items():
            if said_by and field.adds_to and name in said_by.values:
                targets.setdefault(field.adds_to, []).extend(named_lists(said_by, name, os.environ))
    yield from ((fields.writable[name], named) for name, named in targets.items() if named)


def _unused(field: Field, desired: Desired, named: NamedList) -> Problem | None:
    """What to say of lists that a campaign has no use for, because its file says that its numbers are not asked."""
    for other, needed in field.needs.items():
        said = desired.values.get(other, needed)
        if said != needed:
            told = f"{other} is {said} in {desired.file}: the numbers of lists are not sent for it (write {needed})"
            return Problem(named.position, told, is_warning=True)
    return None


def shrunk(one: SharedList, was: int, lost: int, since: str) -> Problem | None:
    """What to say of a list that lost more than a fifth of the numbers that it had `since` then."""
    if lost * 5 <= was:
        return None
    told = f"{one.named.name} holds {count(len(one.numbers), 'number')}, and held {was:,} {since}: {_ALLOW}"
    return Problem(one.named.position, told)


class ListsApplied(NamedTuple):
    """How many numbers each list held at the last apply, by its name: kept in the state folder, numbers never."""

    folder: Path

    def problems(self, lists: Sequence[SharedList]) -> tuple[Problem, ...]:
        """The lists that lost more than a fifth of their numbers since then."""
        before = self._read() if lists else {}
        found = []
        for one in lists:
            was = before.get(one.named.name, 0)
            found.append(shrunk(one, was, was - len(one.numbers), "at the last apply"))
        return tuple(filter(None, found))

    def remember(self, lists: Sequence[SharedList]) -> None:
        """Note how many numbers were applied; where that cannot be written, it is told."""
        if not lists:
            return
        numbers = {**self._read(), **{one.named.name: len(one.numbers) for one in lists}}
        try:
            disk.make_unversioned(self.folder)
            disk.write(self.folder / _FILE, json.dumps({"version": 1, "numbers": numbers}, indent=1))
        except OSError as error:
            say(f"how many numbers do-not-call lists hold cannot be kept in {self.folder}: {error.strerror}")

    def _read(self) -> dict[str, int]:
        """What was kept; nothing where that is not there, or not ours: it is no more than a safeguard."""
        try:
            found = json.loads((self.folder / _FILE).read_text(encoding="utf-8"))["numbers"]
            return {str(name): int(number) for name, number in found.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

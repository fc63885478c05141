"""Which campaign each file means, by its id or its name: no two files may mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.document import Document, Position, Problem
from reconciler.model.fields import Fields, Role
from reconciler.model.trimmed import trimmed


class Identities:
    """The ids and names seen so far, in each environment."""

    def __init__(self, fields: Fields, environment_of: Mapping[str, str]) -> None:
        self._environment_of = environment_of
        self._id = fields.named(Role.IDENTITY)
        self._name = fields.named(Role.NAME)
        self._seen: dict[tuple[str, str, str], Document] = {}
        self._ids: dict[str, Document] = {}

    def problems(self, document: Document) -> Iterator[Problem]:
        """What is wrong with what a file calls its campaign, given the files before it."""
        if not any(_is_written(document, name) for name in (self._id, self._name)):
            yield Problem(document.position(()), f"has neither {self._id} nor {self._name}: which campaign is this?")
        if elsewhere := self._elsewhere(document):
            yield self._travelled(document, elsewhere)
        by_id, by_name = (self._told_before(document, name) for name in (self._id, self._name))
        if by_id:
            yield self._twice(document, self._id, by_id)
        elif by_name:
            # With ids the files mean two campaigns, which may well share a name.
            is_warning = all(_is_written(one, self._id) for one in (document, by_name))
            yield self._twice(document, self._name, by_name, is_warning=is_warning)

    def _told_before(self, document: Document, name: str) -> Document | None:
        value = document.values.get(name)
        if not isinstance(value, str) or not trimmed(value):
            return None
        # The API's database may not tell the case of an id.
        meant = trimmed(value).casefold() if name == self._id else trimmed(value)
        key = (self._environment_of.get(document.file, ""), name, meant)
        first = self._seen.setdefault(key, document)
        return None if first is document else first

    def _elsewhere(self, document: Document) -> Document | None:
        """A file of another environment that has this one's id."""
        value = document.values.get(self._id)
        if not isinstance(value, str):
            return None
        first = self._ids.setdefault(value.casefold(), document)
        here, there = (self._environment_of.get(one.file, "") for one in (document, first))
        return None if here == there else first

    def _travelled(self, document: Document, first: Document) -> Problem:
        from reconciler.desired.shown import shown  # noqa: PLC0415 - only mistakes need it

        message = (
            f"{shown(document.values[self._id])} is the id in {_own_position(first, self._id)}, too, of another "
            "environment: ids are not the same in two (reconciler pin writes the right one)"
        )
        return Problem(_own_position(document, self._id), message, (self._id,), is_warning=True)

    def _twice(self, document: Document, name: str, first: Document, *, is_warning: bool = False) -> Problem:
        from reconciler.desired.shown import shown  # noqa: PLC0415 - only mistakes need it

        message = f"{shown(document.values[name])} is the {name} in {_own_position(first, name)} too"
        message += "" if is_warning else ": one file per campaign"
        return Problem(_own_position(document, name), message, (name,), is_warning=is_warning)


def _is_written(document: Document, name: str) -> bool:
    """Whether the key is there, be it with a value that could not be read, which the reading told."""
    return name in document.values or (name,) in document.key_marks


def _own_position(document: Document, name: str) -> Position:
    """Where a file says its name, or the file itself where it inherits it."""
    return document.position(() if name in document.inherited else (name,))

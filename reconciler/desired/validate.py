"""Everything wrong with the campaign files, as a list: in one value, between the fields of a file, between files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from reconciler.desired.compatible import compatible
from reconciler.desired.identity import Identities
from reconciler.desired.sure import Check, all_of, surely
from reconciler.desired.undoubted import undoubted, undoubted_hours
from reconciler.model.campaign import ByName, Desired, Live, Status
from reconciler.model.document import Document, Mark, Position, Problem
from reconciler.model.fields import Fields, Role

if TYPE_CHECKING:
    from reconciler.desired.close_look import CloseLook


def validate(
    documents: Sequence[Document], fields: Fields, today: date, environment_of: Mapping[str, str] | None = None
) -> tuple[tuple[Desired, ...], tuple[Problem, ...]]:
    """The desired campaigns of the files without errors, and every problem of all files, sorted by place.

    `environment_of` names each file's environment: the same `id` or name may be there once in each of them.
    """
    rules = _Rules(fields, today)
    identities = Identities(fields, environment_of or {})
    desired: list[Desired] = []
    problems: dict[Problem, None] = {}
    for document in documents:
        is_sound, found = rules.problems(document)
        found += identities.problems(document)
        # A problem in shared defaults is found again in every campaign, and told once.
        problems.update(dict.fromkeys(found))
        if is_sound and not any(problem.is_error for problem in found):
            desired.append(_desired(fields, document))
    return tuple(desired), tuple(sorted(problems, key=_place))


def check_merged(fields: Fields, desired: Desired, live: Live) -> tuple[Problem, ...]:
    """What would be wrong with a campaign once its file's values stand over the live ones, told at the file."""
    from reconciler.desired.cross_field import relations  # noqa: PLC0415 - checking files alone rarely needs it

    return tuple(sorted(relations(fields, desired.document, desired.values, live.values), key=_place))


def check_new(fields: Fields, desired: Desired) -> tuple[Problem, ...]:
    """What would be wrong with a campaign that is made of its file alone."""
    from reconciler.desired.cross_field import relations  # noqa: PLC0415 - as above

    return tuple(sorted(relations(fields, desired.document, desired.values, is_new=True), key=_place))


def _place(problem: Problem) -> tuple[Position, str]:
    return problem.position, problem.message


def _desired(fields: Fields, document: Document) -> Desired:
    values = {name: value for name, value in document.values.items() if name in fields.writable}
    for name, field in fields.local.items():
        if field.stands_for and name in document.values:
            values[field.stands_for] = ByName(document.values[name])
            document = _also_called(document, name, field.stands_for)
    identity, status = (document.values.get(fields.named(role)) for role in (Role.IDENTITY, Role.STATUS))
    return Desired(document, identity, Status(status) if status else None, values)


def _also_called(document: Document, name: str, other: str) -> Document:
    """The document with the place of a field for that of another one, which it stands for."""
    origin = document.origin((name,))
    _, *mark = origin.position((name,))
    _, *key_mark = origin.key_position((name,))
    stands = Document(origin.file, {other: origin.values[name]}, {(other,): Mark(*mark)}, {(other,): Mark(*key_mark)})
    return document._replace(inherited={**document.inherited, other: stands})


def check_settings(documents: Sequence[Document], fields: Fields, today: date) -> tuple[Problem, ...]:
    """Every problem of files that hold settings and no campaign, by the schema that `fields` comes from."""
    rules = _Rules(fields, today)
    found = {problem: None for document in documents for problem in rules.problems(document)[1]}
    return tuple(sorted(found, key=_place))


# One file


class _Rules:
    """The rules for one file by itself. Most are surely right, which is quickly said; the others are looked at."""

    def __init__(self, fields: Fields, today: date) -> None:
        self._fields = fields
        self._today = today
        self._is_sure = {name: surely(part) for name, part in fields.schema["properties"].items()}
        self._is_right = {name: self._right(name) for name in self._is_sure}
        self._is_right_as_a_whole = all_of([compatible(fields), undoubted_hours(fields)])
        self._close_look: CloseLook | None = None

    def _right(self, name: str) -> Check:
        """What says that there is surely nothing to tell of a value, be it wrong or doubtful."""
        is_sure, field = self._is_sure[name], self._fields.writable.get(name)
        return all_of([is_sure, undoubted(field, self._today)]) if field else is_sure

    def problems(self, document: Document) -> tuple[bool, list[Problem]]:
        """Whether every value keeps the rules, with errors and warnings, a limited number of each."""
        odd = self._not_surely_right(document)
        if not odd and self._is_right_as_a_whole(document.values):
            return True, []
        if self._close_look is None:
            from reconciler.desired.close_look import CloseLook  # noqa: PLC0415 - it loads what most folders don't need

            self._close_look = CloseLook(self._fields, self._today, self._is_sure)
        return self._close_look.problems(document, odd)

    def _not_surely_right(self, document: Document) -> Sequence[str]:
        """The names of what has to be looked at: of most files none.

        Of a list that is united each document's part is looked at by itself.
        """
        is_right, inherited = self._is_right, document.inherited
        return [
            name
            for name, value in document.values.items()
            if name not in is_right
            or not is_right[name](value)
            or (type(value) is list and name in inherited.get(name, document).united and self._is_odd(document, name))
        ]

    def _is_odd(self, document: Document, name: str) -> bool:
        """Whether a document's part of a united list is not surely right."""
        return not all(self._is_right[name](said) for _, said in document.parts(name))

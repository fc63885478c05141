"""Everything wrong with the campaign files, as a list: in one value, between the fields of a file, between files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from reconciler.desired.cross_field import relations
from reconciler.desired.findings import Finding
from reconciler.desired.identity import Identities
from reconciler.desired.json_schema import validators
from reconciler.desired.sure import Check, all_of, surely
from reconciler.desired.undoubted import are_legal, undoubted
from reconciler.desired.warnings import doubts, legal_doubts, windows
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document, Path, Position, Problem, Value
from reconciler.model.fields import Calendar, Fields, Role
from reconciler.model.redaction import shown_key

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

# Nobody mends more in one file at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000
# Lists up to this length are often the same in many files, so what was found in them is kept.
_SMALL: Final = 32


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
    return tuple(sorted(relations(fields, desired.document, desired.values, live.values), key=_place))


def check_new(fields: Fields, desired: Desired) -> tuple[Problem, ...]:
    """What would be wrong with a campaign that is made of its file alone."""
    return tuple(sorted(relations(fields, desired.document, desired.values, is_new=True), key=_place))


def _place(problem: Problem) -> tuple[Position, str]:
    return problem.position, problem.message


def _desired(fields: Fields, document: Document) -> Desired:
    values = {name: value for name, value in document.values.items() if name in fields.writable}
    identity, status = (document.values.get(fields.named(role)) for role in (Role.IDENTITY, Role.STATUS))
    return Desired(document, identity, Status(status) if status else None, values)


def check_settings(documents: Sequence[Document], fields: Fields, today: date) -> tuple[Problem, ...]:
    """Every problem of files that hold settings and no campaign, by the schema that `fields` comes from."""
    rules = _Rules(fields, today)
    found = {problem: None for document in documents for problem in rules.problems(document)[1]}
    return tuple(sorted(found, key=_place))


# One file


class _Found(NamedTuple):
    """What was found in a field, in the part of it that one document says."""

    document: Document
    name: str
    findings: Sequence[Finding]


class _Rules:
    """The rules for one file by itself. Files have much in common, so what was found in a value is kept."""

    def __init__(self, fields: Fields, today: date) -> None:
        self._fields = fields
        self._today = today
        self._parts: Mapping[str, Any] = fields.schema["properties"]
        self._is_sure = {name: surely(part) for name, part in self._parts.items()}
        self._is_right = {name: self._right(name) for name in self._parts}
        self._validators: dict[str, Validator] = {}
        self._kept: dict[object, tuple[Finding, ...]] = {}
        self._calendar = {field.calendar: field for field in fields.writable.values() if field.calendar}

    def _right(self, name: str) -> Check:
        """What says that there is surely nothing to tell of a value, be it wrong or doubtful."""
        is_sure, field = self._is_sure[name], self._fields.writable.get(name)
        return all_of([is_sure, undoubted(field, self._today)]) if field else is_sure

    def problems(self, document: Document) -> tuple[bool, list[Problem]]:
        """Whether every value keeps the rules, with errors and warnings, a limited number of each."""
        values = document.values
        odd = self._not_surely_right(document)
        found = [
            _Found(part, name, findings)
            for name in odd
            if name in self._parts
            for part, value in document.parts(name)
            if (findings := self._findings(name, value))
        ]
        broken = {one.name for one in found if not one.findings[0].is_warning}
        sound = {name: value for name, value in values.items() if name not in broken} if broken else values
        errors = chain(
            self._unknown(document, [name for name in odd if name not in self._parts]),
            self._located(found, are_warnings=False),
            relations(self._fields, document, sound),
        )
        warnings = chain(self._located(found, are_warnings=True), self._legal(document, sound))
        problems = [*_limited(errors, document), *_limited(warnings, document)]
        return not broken, problems

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
            or (type(value) is list and name in inherited.get(name, document).united)
        ]

    def _findings(self, name: str, value: Value) -> tuple[Finding, ...]:
        """The errors in one value, then what is to be doubted in the rest of it."""
        is_collection = isinstance(value, (list, dict))
        if is_collection and len(value) > _SMALL:
            return self._found(name, value)
        key = (name, repr(value)) if is_collection else (name, type(value), value)
        if (kept := self._kept.get(key)) is None:
            kept = self._kept[key] = self._found(name, value)
        return kept

    def _found(self, name: str, value: Value) -> tuple[Finding, ...]:
        field = self._fields.writable.get(name)
        errors = _some(self._errors(name, value))
        broken = {finding.path[:1] for finding in errors}
        if field is None or () in broken:
            return errors
        return (*errors, *_some(doubts(field, value, self._today, frozenset(path[0] for path in broken))))

    def _errors(self, name: str, value: Value) -> Iterator[Finding]:
        from reconciler.desired.errors import backwards, errors  # noqa: PLC0415 - most files have none

        field = self._fields.writable.get(name)
        return backwards(field, value) if self._is_sure[name](value) else errors(self._validator(name), field, value)

    def _validator(self, name: str) -> Validator:
        """The library takes time to load, so this is asked only where something may be wrong."""
        if not self._validators:
            validator_of = validators(self._fields.schema)
            self._validators = {known: validator_of(part) for known, part in self._parts.items()}
        return self._validators[name]

    def _unknown(self, document: Document, names: Sequence[str]) -> Iterator[Problem]:
        if not names:
            return
        from reconciler.desired.messages import near  # noqa: PLC0415 - as above

        writable = self._fields.writable.values()
        newer = {name: field.name for field in writable for name in field.legacy_bounds or ()}
        # What plans call a field: whoever read one writes that.
        newer |= {field.title.casefold(): field.name for field in writable}
        for name in names:
            word = " ".join(re.split(r"[-_\s]+", name.casefold()))
            meant = newer.get(name) or newer.get(word)
            hint = f": write {meant}" if meant else near(name, self._fields.names)
            yield Problem(document.key_position((name,)), f"no such field{hint}", (shown_key(name),))

    def _located(self, found: Iterable[_Found], *, are_warnings: bool) -> Iterator[Problem]:
        for one in found:
            document = one.document
            field = self._fields.every.get(one.name)
            is_sensitive = field is not None and field.is_sensitive
            for finding in one.findings:
                path = (one.name, *finding.path)
                if finding.is_warning is not are_warnings or _is_there(document, path, finding.absent):
                    continue
                position = document.key_position(path) if finding.at_key else document.position(path)
                shown_path = _shown_path(path, is_sensitive=is_sensitive)
                yield Problem(position, finding.message, shown_path, is_warning=are_warnings)

    def _legal(self, document: Document, sound: Mapping[str, Value]) -> Iterator[Problem]:
        if len(self._calendar) < len(Calendar):
            return
        field = self._calendar[Calendar.WINDOWS]
        days, zone = (sound.get(self._calendar[part].name) for part in (Calendar.DAYS, Calendar.ZONE))
        entries = document.values.get(field.name)
        if not isinstance(entries, list) or not isinstance(zone, str):
            return
        on = frozenset(day for day in days if day in range(1, 8)) if isinstance(days, list) else None
        if are_legal(entries, on, zone):
            return
        key = ("legal hours", repr((entries, days, zone)))
        if (kept := self._kept.get(key)) is None:
            kept = self._kept[key] = _some(legal_doubts(windows(field, entries), on, zone))
        yield from self._located([_Found(document, field.name, kept)], are_warnings=True)


def _is_there(document: Document, path: Path, key: str | None) -> bool:
    """Whether a key that a value lacks was written, with something that could not be read (which was told then)."""
    return key is not None and (*path, key) in document.origin(path).key_marks


def _some(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(islice(findings, MAX_PROBLEMS + 1))


def _limited(problems: Iterable[Problem], document: Document) -> list[Problem]:
    found = list(islice(problems, MAX_PROBLEMS + 1))
    if len(found) > MAX_PROBLEMS:
        message = f"more than {MAX_PROBLEMS:,} problems in one file: the rest is not told"
        found[-1] = Problem(document.position(()), message, is_warning=found[0].is_warning)
    return found


def _shown_path(path: Path, *, is_sensitive: bool) -> Path:
    """A path as it may be told: inside sensitive values even a key may be people's data."""
    rest = takewhile(lambda part: isinstance(part, int), path[1:]) if is_sensitive else path[1:]
    return tuple(part if isinstance(part, int) else shown_key(part) for part in (path[0], *rest))

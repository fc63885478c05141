"""What is wrong with a file, and what is to be doubted in it: for files that are not surely right in all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from reconciler.desired.cross_field import relations
from reconciler.desired.errors import backwards, errors
from reconciler.desired.findings import Finding
from reconciler.desired.json_schema import validators
from reconciler.desired.messages import near
from reconciler.desired.sure import Check
from reconciler.desired.undoubted import which_rules
from reconciler.desired.warnings import doubts, legal_doubts, windows
from reconciler.model.document import Document, Path, Problem, Value
from reconciler.model.fields import Calendar, Fields, campaign_fields, environment_fields
from reconciler.model.redaction import shown_key

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

# Nobody mends more in one file at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000
# Lists up to this length are often the same in many files, so what was found in them is kept.
_SMALL: Final = 32


class _Found(NamedTuple):
    """What was found in a field, in the part of it that one document says."""

    document: Document
    name: str
    findings: Sequence[Finding]


class CloseLook:
    """Looks at files one by one. They have much in common, so what was found in a value is kept.

    `is_sure` says of a field's value that it surely keeps the schema's rules: of what does, the library is not asked.
    """

    def __init__(self, fields: Fields, today: date, is_sure: Mapping[str, Check]) -> None:
        self._fields = fields
        self._today = today
        self._parts: Mapping[str, Any] = fields.schema["properties"]
        self._is_sure = is_sure
        self._validators: dict[str, Validator] = {}
        self._kept: dict[object, tuple[Finding, ...]] = {}
        self._calendar = {field.calendar: field for field in fields.writable.values() if field.calendar}

    def problems(self, document: Document, odd: Sequence[str]) -> tuple[bool, list[Problem]]:
        """Whether every value keeps the rules, with errors and warnings, a limited number of each.

        `odd` names the values that are to be looked at: all others are surely right.
        """
        values = document.values
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
        writable = self._fields.writable.values()
        newer = {name: field.name for field in writable for name in field.legacy_bounds or ()}
        # What plans call a field: whoever read one writes that.
        newer |= {field.title.casefold(): field.name for field in writable}
        for name in names:
            word = " ".join(re.split(r"[-_\s]+", name.casefold()))
            meant = newer.get(name) or newer.get(word)
            hint = f": write {meant}" if meant else _elsewhere(name) or near(name, self._fields.names)
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
        days, entries = sound.get(self._calendar[Calendar.DAYS].name), document.values.get(field.name)
        which = which_rules(sound, self._calendar[Calendar.ZONE].name)
        if not isinstance(entries, list) or which is None:
            return
        key = ("legal hours", repr((entries, days)), which)
        if (kept := self._kept.get(key)) is None:
            on = frozenset(day for day in days if day in range(1, 8)) if isinstance(days, list) else None
            kept = self._kept[key] = _some(legal_doubts(windows(field, entries), on, which.rules()))
        yield from self._located([_Found(document, field.name, kept)], are_warnings=True)


def _is_there(document: Document, path: Path, key: str | None) -> bool:
    """Whether a key that a value lacks was written, with something that could not be read (which was told then)."""
    return key is not None and (*path, key) in document.origin(path).key_marks


def _some(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(islice(findings, MAX_PROBLEMS + 1))


def _elsewhere(name: str) -> str:
    """Where a key belongs that another kind of file knows: settings that stand in a campaign set nothing."""
    kinds = ((campaign_fields, "a campaign, or in _defaults.yaml"), (environment_fields, "_environment.yaml"))
    return next((f": it belongs in {where}" for fields, where in kinds if name in fields().every), "")


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

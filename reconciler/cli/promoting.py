"""Writes campaigns into another environment: all are made and written, read back at once, and kept where sound."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reconciler.files import disk
from reconciler.files import read as files
from reconciler.files.parts import from_key
from reconciler.importing.promote import Promotion, copied, lifted, part_for
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.plan.twins import name_of


@dataclass(frozen=True, slots=True)
class Promoting:
    """From one folder into another one; with `lift` what both say goes into parts in `shared`, which holds both."""

    first: str
    second: str
    shared: str
    lift: bool

    def promote(self, campaigns: Sequence[Desired]) -> Sequence[Promotion | ReconcilerError]:
        """Write the files of each campaign, all of them or none: what was written, or why nothing was.

        Where somebody stops it, nothing stays that was not read back.
        """
        made = [self._made(desired) for desired in campaigns]
        was = _read(one.desired.file for one in _good(made))
        begun: list[Promotion] = []
        try:
            written = _tried(lambda one: _write(one, begun), made)
            own = {os.path.realpath(one.desired.file): one.own for one in _good(written) if one.own is not None}
            now = _read((file for one in _good(written) for file in (one.desired.file, one.file)), own)
        except BaseException:
            for one in begun:
                _remove(one)
            raise
        return _tried(lambda one: _finish(one, was, now), written)

    def _made(self, desired: Desired) -> Promotion | ReconcilerError:
        if not name_of(desired):
            return ReconcilerError("it has no name, by which its twin would be known")
        below = os.path.relpath(desired.file, self.first)
        target = os.path.normpath(os.path.join(self.second, below))  # noqa: PTH118  text is enough
        try:
            text, fields = disk.content(desired.file), campaign_fields()
            if not self.lift:
                return copied(fields, desired, text, target)
            part = part_for(target, os.path.join(os.path.relpath(self.shared), os.path.dirname(below)))  # noqa: PTH118, PTH120
            return lifted(fields, desired, text, target, part)
        except ReconcilerError as error:
            return error


def _good(made: Iterable[Promotion | ReconcilerError]) -> list[Promotion]:
    return [one for one in made if isinstance(one, Promotion)]


def _tried(
    step: Callable[[Promotion], None], made: Sequence[Promotion | ReconcilerError]
) -> list[Promotion | ReconcilerError]:
    """Each after one more step; where that raises ReconcilerError, the error takes its place."""
    found: list[Promotion | ReconcilerError] = []
    for one in made:
        try:
            if isinstance(one, Promotion):
                step(one)
        except ReconcilerError as error:
            found.append(error)
        else:
            found.append(one)
    return found


def _write(promotion: Promotion, begun: list[Promotion]) -> None:
    """Write the new files of a campaign, or none of them; from the first on it is among those that have `begun`."""
    if there := [file for file in promotion.new if os.path.lexists(file)]:
        raise ReconcilerError(f"{there[0]} is there already")
    begun.append(promotion)
    try:
        for file, text in promotion.new.items():
            disk.write_new(Path(file), text.decode())
    except ReconcilerError:
        _remove(promotion)
        raise


def _finish(promotion: Promotion, was: _Said, now: _Said) -> None:
    """Give a campaign's own file what is left for it, where both files say what they should; else remove the new."""
    own = promotion.desired.file
    try:
        _check(promotion, was, now)
        if promotion.own is not None:
            disk.rewrite(own, disk.content(own), promotion.own)
    except ReconcilerError:
        _remove(promotion)
        raise


def _check(promotion: Promotion, was: _Said, now: _Said) -> None:
    """Raise ReconcilerError where the campaign would not be what it was, or its twin could not be read as one."""
    before = was.by(promotion.desired.file)
    if now.by(promotion.desired.file) != before or now.by(promotion.file).get("name") != before.get("name"):
        raise ReconcilerError("it would not say what it says now: do it by hand")


def _remove(promotion: Promotion) -> None:
    for file in promotion.new:
        Path(file).unlink(missing_ok=True)


class _Said(NamedTuple):
    """What campaigns say with all that they inherit, and why some cannot be read, by their paths; or why none can."""

    values: Mapping[str, Mapping[str, Value]]
    errors: Mapping[str, str]
    error: str = ""

    def by(self, file: str) -> Mapping[str, Value]:
        """What one campaign says; raises ReconcilerError where that cannot be read."""
        path = _absolute(file)
        if error := self.errors.get(path) or self.error:
            raise ReconcilerError(error)
        return self.values[path]


def _read(campaigns: Iterable[str], instead: Mapping[str, bytes] = MappingProxyType({})) -> _Said:
    """Read campaigns at once; `instead` are contents that files are taken to hold, by real path."""
    asked = list(dict.fromkeys(campaigns))
    try:
        reading = files.read(asked, instead) if asked else files.FilesRead(())
    except ReconcilerError as error:  # one of them is gone
        return _Said({}, {}, str(error))
    told = {_absolute(one.position.file): str(one) for one in reversed(reading.problems) if one.is_error}
    values = {}
    errors = {path: told.pop(path) for path in map(_absolute, asked) if path in told}
    shared: set[str] = set()
    for document in reading.documents:
        path, parts = _absolute(document.file), {*map(_absolute, document.chain)}
        values[path] = {name: value for name, value in document.values.items() if name != from_key()}
        shared |= parts
        for part in parts & told.keys():
            errors.setdefault(path, told[part])
    # Defaults, say: what is wrong with them is wrong with every campaign.
    return _Said(values, errors, next((one for file, one in told.items() if file not in shared), ""))


def _absolute(file: str) -> str:
    return os.path.abspath(file)  # noqa: PTH100  links stay

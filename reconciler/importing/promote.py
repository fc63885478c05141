"""A campaign of one environment as a file for another one: what is shared stays shared, and no id goes along."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from reconciler.files.names import is_defaults, is_part
from reconciler.files.parts import from_key, named_in
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Value
from reconciler.model.fields import Fields, Role
from reconciler.strict_yaml.assign import Assignment, assigned
from reconciler.strict_yaml.quote import inline
from reconciler.strict_yaml.reading import read
from reconciler.strict_yaml.split import split, with_schema_of

# A path that YAML takes for nothing else.
_SIMPLE: Final = re.compile(r"(?:\.\./)*_[A-Za-z0-9_./-]+|(?:\.\./)*[A-Za-z][A-Za-z0-9_./-]*/_[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Promotion:
    """The texts that a campaign becomes: those of new files by name, and that of its own file where something moved.

    `open` is to be filled in by somebody, each with where it stands now.
    """

    desired: Desired
    file: str
    new: Mapping[str, bytes] = field(repr=False)
    own: bytes | None = field(default=None, repr=False)
    open: tuple[str, ...] = ()


def left_out(fields: Fields) -> frozenset[str]:
    """What belongs to one environment: ids, of agents too, and the status."""
    references = [name for name, one in fields.writable.items() if one.refers_to]
    return frozenset({fields.named(Role.IDENTITY), fields.named(Role.STATUS), *references})


def part_for(target: str, shared: str) -> str:
    """What the part of a campaign is called, whose file in the other environment is `target`.

    `shared` is the folder that both environments are in.
    """
    stem = PurePath(target).stem
    name = f"_{stem}.yaml"
    return os.path.normpath(os.path.join(shared, name if is_part(name) else f"_campaign-{stem}.yaml"))  # noqa: PTH118


def copied(fields: Fields, desired: Desired, text: bytes, target: str) -> Promotion:
    """The campaign as a file that says the same, and takes the same parts. Raises as `split` and `assigned`."""
    own = left_out(fields)
    body, _ = split(text, desired.file, own.__contains__)
    body = with_schema_of(body, desired.file, target)
    if taken := _taken(desired.document, target):
        body = assigned(body, target, {from_key(): Assignment(taken)}, fields)
    return Promotion(desired, target, {target: body}, None, tuple(_open(fields, desired, target)))


def lifted(fields: Fields, desired: Desired, text: bytes, target: str, part: str) -> Promotion:
    """The campaign as a part that says all that can be shared, and two small files that take it. Raises as above."""
    own, key = left_out(fields), from_key()
    if not read(text, desired.file).values.keys() - own - {key}:
        return copied(fields, desired, text, target)
    line = f"{key}: {_plain(_way(part, desired.file))}"
    rest, gone = split(text, desired.file, lambda name: name not in own, [line], footer_goes=True)
    if taken := _taken(desired.document, part):
        gone = assigned(gone, part, {key: Assignment(taken)}, fields)
    small = f"{key}: {_plain(_way(part, target))}\n".encode()
    return Promotion(desired, target, {part: gone, target: small}, rest, tuple(_open(fields, desired, target)))


def _plain(way: str) -> str:
    """A path as people write it: in quotes only where it needs them."""
    return way if _SIMPLE.fullmatch(way) else inline(way)


def _way(part: str, file: str) -> str:
    """How a file names a part."""
    return os.path.relpath(part, os.path.dirname(file) or ".")  # noqa: PTH120  text is enough


def _taken(document: Document, file: str) -> Value:
    """The parts of a document, as another file names them."""
    found = [
        _way(os.path.join(os.path.dirname(document.file), said), file)  # noqa: PTH118, PTH120  as above
        for _, said in named_in(document)
    ]
    return found[0] if len(found) == 1 else found


def _open(fields: Fields, desired: Desired, target: str) -> Iterator[str]:
    """What somebody has to fill in, and what the other environment does not get."""
    document = desired.document
    for name in sorted(left_out(fields) - {fields.named(Role.IDENTITY)}):
        if name in document.values:
            place = document.key_position((name,))
            is_shared = is_part(PurePath(place.file).name)
            why = "ids are of one environment" if name != fields.named(Role.STATUS) else "nothing starts by itself"
            yield (
                f"{name} is in {place.file}:{place.line}, which both take, and {why}"
                if is_shared
                else f"{name} ({place.file}:{place.line} has it; {why})"
            )
    for name, origin in document.inherited.items():
        folder = os.path.dirname(origin.file)  # noqa: PTH120  as above
        above = PurePath(os.path.abspath(target)).is_relative_to(os.path.abspath(folder))  # noqa: PTH100  links stay
        if is_defaults(PurePath(origin.file).name) and not above and name not in left_out(fields):
            place = document.key_position((name,))
            yield f"{name} ({place.file}:{place.line} says it for its own folder alone)"

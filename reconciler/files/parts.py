"""What campaigns take from parts, by `from`: which files are meant, in which order, and what stands over what."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from reconciler.files.find import bounds, names_in
from reconciler.files.names import is_part
from reconciler.model.document import Document, Problem, United
from reconciler.model.document import Path as Place
from reconciler.model.fields import Role, campaign_fields
from reconciler.model.near_names import near_names
from reconciler.strict_yaml.parse import parse

# Parts that name parts that name parts: nobody follows longer chains.
DEEPEST: Final = 8

_NO_PART: Final = "is no part: the name of a part starts with `_`, ends with .yaml or .yml, and is none of our own"


class _Taken(NamedTuple):
    """All that a document takes, the weakest first, each once; and the longest chain of files that leads there."""

    documents: tuple[Document, ...] = ()
    longest: tuple[str, ...] = ()


class Parts:
    """The parts that documents name, each read once; `read` gives what a file says, and `note` takes problems."""

    def __init__(self, read: Callable[[str], Document | None], note: Callable[[Problem], None]) -> None:
        self._read = read
        self._note = note
        self._own: dict[str, Document | None] = {}
        self._taken: dict[str, _Taken] = {}
        self._refusals: dict[tuple[str, str], str] = {}
        self._beside: dict[Path, Sequence[str]] = {}
        self._below: dict[tuple[int, tuple[str, ...]], Document | None] = {}

    @property
    def documents(self) -> tuple[Document, ...]:
        """The parts by themselves, in the order in which they were named."""
        return tuple(document for document in self._own.values() if document)

    @property
    def named(self) -> frozenset[str]:
        """The files that were named, by their real paths."""
        return frozenset(map(os.path.realpath, self._own))

    def alone(self, file: str) -> Document | None:
        """A part by itself."""
        if file not in self._own:
            self._own[file] = self._read(file)
        return self._own[file]

    def over(self, document: Document, base: Document | None) -> Document:
        """A document over what it names with `from`, and all that over what its folder gives it."""
        if from_key() not in document.values:
            return over(document, base)
        taken = self._of(document, (document.file,)).documents
        key = (id(base), tuple(part.file for part in taken))
        if key not in self._below:
            below = base
            for part in taken:
                below = over(part, below)
            self._below[key] = below
        chain = {one.file: _files(one) for one in (document, *taken)}
        return over(document, self._below[key])._replace(chain=chain)

    def _of(self, document: Document, chain: tuple[str, ...]) -> _Taken:
        """What a document takes; `chain` are the files that lead to it, itself last."""
        documents: dict[str, Document] = {}
        longest: tuple[str, ...] = ()
        for place, text in named_in(document):
            file = _resolved(document.file, text)
            if told := self._refusal(document.file, text, file) or _circle(chain, file):
                self._note(Problem(document.position(place), told, place))
            elif part := self.alone(file):
                if len(chain) > DEEPEST:
                    self._too_deep(document, place, (*chain, file))
                    continue
                if file not in self._taken:
                    self._taken[file] = self._of(part, (*chain, file))
                inner = self._taken[file]
                if len(chain) + len(inner.longest) > DEEPEST:
                    self._too_deep(document, place, (*chain, file, *inner.longest))
                    inner = _Taken(inner.documents)
                for one in (*inner.documents, part):
                    documents.pop(one.file, None)  # what is taken twice stands where it is taken last
                    documents[one.file] = one
                longest = max(longest, (file, *inner.longest), key=len)
        return _Taken(tuple(documents.values()), longest)

    def _refusal(self, by: str, text: str, file: str) -> str:
        key = (os.path.dirname(by), text)  # noqa: PTH120  text is enough
        if key not in self._refusals:
            self._refusals[key] = _refusal(by, text, file) or self._missing(file)
        return self._refusals[key]

    def _missing(self, file: str) -> str:
        """What to say where a file is not there, with a hint at a part beside it; empty where it is."""
        if os.path.lexists(file):
            return ""
        folder, name = Path(file).parent, Path(file).name
        if folder not in self._beside:  # once a folder: it may hold thousands of campaigns
            self._beside[folder] = [*filter(is_part, names_in(folder, ()))]
        found = near_names(name, self._beside[folder])
        return f"there is no {file}" + (f": did you mean {found[0]}?" if found else "")

    def _too_deep(self, document: Document, place: Place, chain: tuple[str, ...]) -> None:
        told = f"more than {DEEPEST} parts deep: {' > '.join(chain)}"
        self._note(Problem(document.position(place), told, place))


@functools.cache
def from_key() -> str:
    """The key that names parts."""
    return campaign_fields().named(Role.PARTS)


def named_in(document: Document) -> Iterator[tuple[Place, str]]:
    """The parts that a document itself names, as it writes them, each with its place; what is no text is passed over.

    Of a list, the later ones win over the earlier ones.
    """
    key = from_key()
    said = document.values.get(key)
    if isinstance(said, str):
        yield (key,), said
    elif isinstance(said, list):
        yield from (((key, number), text) for number, text in enumerate(said) if isinstance(text, str))


def parts_of(file: str, content: bytes) -> Iterator[str]:
    """The files that one with this content names as its parts; none where it cannot be read."""
    if from_key().encode() in content:
        document, _ = parse(content, file)
        for _, text in named_in(document) if document else ():
            yield _resolved(file, text)


def _files(document: Document) -> tuple[str, ...]:
    return tuple(_resolved(document.file, text) for _, text in named_in(document))


def _resolved(file: str, text: str) -> str:
    """The file that is named in another one; links on the way stay what they are."""
    return os.path.normpath(os.path.join(os.path.dirname(file), text))  # noqa: PTH118, PTH120  text is enough


def _circle(chain: tuple[str, ...], file: str) -> str:
    if file not in chain:
        return ""
    return f"parts go round in a circle: {' > '.join((*chain[chain.index(file) :], file))}"


def _refusal(by: str, text: str, file: str) -> str:
    """Why a file may not be read as a part; empty where it may. `by` is the file that names it as `text`."""
    name = os.path.basename(file)  # noqa: PTH119  text is enough
    if os.path.isabs(text) or "\0" in text:  # noqa: PTH117  as above
        return "write the path from the folder of this file, such as ../_solar.yaml"
    if not is_part(name):
        return _NO_PART
    top, what = bounds(os.path.dirname(by))  # noqa: PTH120  as above
    if not Path(os.path.realpath(file)).is_relative_to(top):
        return f"leads out of the {what}: parts stay inside"
    return ""


def over(own: Document, base: Document | None) -> Document:
    """A document over another one: what it does not name is inherited. What it names wrongly is not.

    Lists that protect people only grow: those of both are united. What a document takes itself is not handed on.
    """
    if base is None:
        return own
    mine = from_key()
    said = own.key_marks
    others = {mine, *(other for one, other in _one_of_two() if (one,) in said)}
    inherited = {key: base.origin((key,)) for key in base.values if (key,) not in said and key not in others}
    values = {**{key: base.values[key] for key in inherited}, **own.values}
    united: dict[str, United] = {}
    for name in _united_names():
        here, there = own.values.get(name), base.values.get(name)
        if isinstance(here, list) and isinstance(there, list):
            known = {entry for entry in here if isinstance(entry, str)}
            kept = [n for n, entry in enumerate(there) if not isinstance(entry, str) or entry not in known]
            united[name] = United(base, len(here), kept)
            values[name] = [*here, *(there[n] for n in kept)]
    return own._replace(values=values, inherited=inherited, united=united)


@functools.cache
def _one_of_two() -> tuple[tuple[str, str], ...]:
    """Fields that say the same in two ways, each with the other: whoever says the one does not inherit the other."""
    pairs = [(name, field.stands_for) for name, field in campaign_fields().every.items() if field.stands_for]
    return tuple(pair for one, other in pairs for pair in ((one, other), (other, one)))


@functools.cache
def _united_names() -> tuple[str, ...]:
    return tuple(name for name, field in campaign_fields().every.items() if field.is_united)


def belongs_elsewhere(document: Document, unfit: Mapping[str, str]) -> tuple[Document, tuple[Problem, ...]]:
    """A shared document without the keys that mean nothing in it, and what to say of each."""
    there = [key for key in unfit if (key,) in document.key_marks]
    problems = tuple(Problem(document.key_position((key,)), unfit[key], (key,)) for key in there)
    if not there:
        return document, ()
    values = {key: value for key, value in document.values.items() if key not in there}
    return document._replace(values=values), problems

"""Reads the annotations (`x-…`) of a schema; `schemas/annotations.schema.json` describes every one of them.

An annotation that nobody asks for is refused: misspelt, it would silently mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from reconciler.model.document import Path, dotted
from reconciler.model.errors import SchemaError
from reconciler.model.near_names import near_names

Word = TypeVar("Word", bound=StrEnum)

_PREFIX: Final = "x-"
_ERROR_HINT: Final = "x-error-hint"
# Keywords of JSON Schema that hold values, in which nothing is an annotation, and those that hold parts by name.
_VALUES: Final = frozenset({"const", "default", "enum", "examples"})
_NAMED_PARTS: Final = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})


def error_hint(part: Mapping[str, Any]) -> str | None:
    """What a text has to be, in words. The one annotation that may stand on any part of a field."""
    hint = part.get(_ERROR_HINT)
    return str(hint) if hint else None


class Annotations:
    """The annotations of one field, each to be asked for once by the kind of what it says.

    Every question raises SchemaError where the annotation says something of another kind; the answer is false,
    empty or None where there is no such annotation.
    """

    def __init__(self, field: Mapping[str, Any], where: str) -> None:
        self._said = {key: value for key, value in field.items() if key.startswith(_PREFIX)}
        self._where = where
        self._asked: list[str] = [_ERROR_HINT]

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._one(name, "true or false", lambda said: isinstance(said, bool)))

    def text(self, name: str) -> str:
        """Some text, such as a unit or the name of a field."""
        return str(self._one(name, "text", _is_text) or "")

    def word(self, name: str, words: type[Word]) -> Word | None:
        """One of some words."""
        said = self._one(name, " or ".join(words), lambda said: said in list(words))
        return None if said is None else words(said)

    def order(self, name: str, words: type[Word]) -> Word | tuple[str, ...] | None:
        """One of some words, or a list of texts in an order that means something."""
        if isinstance(self._said.get(name), list):
            return self.texts(name)
        return self.word(name, words)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._one(name, "a list of texts", _is_texts) or ())

    def pair(self, name: str) -> tuple[str, str] | None:
        """Two texts."""
        said = self._one(name, "a list of two texts", lambda said: _is_texts(said) and len(said) == len(("one", "two")))
        return (said[0], said[1]) if said else None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Anything by name."""
        return dict(self._one(name, "a mapping", lambda said: isinstance(said, Mapping)) or {})

    def aliases(self, name: str) -> Mapping[str, str]:
        """Texts by other texts."""
        return dict(self._one(name, "a mapping of texts", _are_aliases) or {})

    def _one(self, name: str, allowed: str, is_allowed: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - from a schema
        """What an annotation says, None without it."""
        self._asked.append(name)
        said = self._said.get(name)
        if name in self._said and not is_allowed(said):
            raise SchemaError(f"{self._where}: {name} says {said!r}: {allowed} is allowed")
        return said

    def refuse_others(self) -> None:
        """Raise SchemaError where there is an annotation that nobody asked for."""
        for name in self._said:
            if name not in self._asked:
                raise SchemaError(f"{self._where}: no such annotation: {name}{_near(name, self._asked)}")


def _is_text(said: object) -> bool:
    return isinstance(said, str) and said != ""


def _is_texts(said: object) -> bool:
    return isinstance(said, list) and bool(said) and all(map(_is_text, said))


def _are_aliases(said: object) -> bool:
    return isinstance(said, Mapping) and _is_texts(list(said.values()))


def _near(name: str, known: list[str]) -> str:
    matches = near_names(name, known)
    return f": did you mean {matches[0]}?" if matches else f": {', '.join(known)} are known"


def refuse_misplaced(schema: Mapping[str, Any], source: str) -> None:
    """Raise SchemaError where an annotation stands around the fields or inside of one, where nobody reads it."""
    for path, part in _parts(schema, ()):
        is_field = len(path) == len(("properties", "name")) and path[0] == "properties"
        for name in part:
            if name.startswith(_PREFIX) and not is_field and name != _ERROR_HINT:
                where = f"{source}: {dotted(path)}" if path else source
                raise SchemaError(f"{where}: {name} says nothing here: it belongs to a field")


def _parts(part: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """A schema and all schemas inside of it, each with the way to it."""
    yield path, part
    for key, inner in part.items():
        if key in _VALUES or key.startswith(_PREFIX):
            continue
        for step, found in _inside(key, inner):
            yield from _parts(found, (*path, *step))


def _inside(key: str, inner: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:  # noqa: ANN401 - from a schema
    """The schemas that a keyword holds: one, several in a list, or several by name."""
    if isinstance(inner, Mapping) and key in _NAMED_PARTS:
        steps: list[tuple[Path, Any]] = [((key, name), part) for name, part in inner.items()]
    elif isinstance(inner, list):
        steps = [((key, index), part) for index, part in enumerate(inner)]
    else:
        steps = [((key,), inner)]
    yield from ((step, part) for step, part in steps if isinstance(part, Mapping))

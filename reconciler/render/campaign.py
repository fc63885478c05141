"""Campaigns as their files and defaults make them, with where each field comes from: as YAML or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from reconciler.model.document import Document, Position, Value
from reconciler.model.fields import Fields
from reconciler.strict_yaml.quote import field as quoted_field

FORMAT_VERSION = "1.0"
# Comments stand below each other, but for those behind longer lines.
_WIDEST = 60


def as_yaml(documents: Sequence[Document], fields: Fields, *, with_numbers: bool) -> str:
    """One YAML document per campaign; a comment behind each field names its file and line, or all that are united.

    Above them stand the parts that it takes, with those that these name.
    Numbers of people are only counted, in a comment, unless they are asked for.
    """
    return "\n---\n".join("\n".join(_campaign(document, fields, with_numbers)) for document in documents)


def as_json(documents: Sequence[Document], fields: Fields, *, with_numbers: bool) -> str:
    """The same as JSON: a field has its value, or `count` where the values are hidden, and its file and line.

    A list that several files say together has the places of all of them as `united`, the nearest first.
    `from` are the files that name parts, where there are some, each with those that it `names`.
    """
    campaigns = [
        {
            "file": document.file,
            **({"from": _chain(document)} if document.chain else {}),
            "fields": {
                name: {
                    **({"count": len(value)} if is_hidden else {"value": value}),
                    **_places(document, name)[0]._asdict(),
                    **_united(document, name),
                }
                for name, value, is_hidden in _listed(document, fields, with_numbers)
            },
        }
        for document in documents
    ]
    return json.dumps({"format_version": FORMAT_VERSION, "campaigns": campaigns}, indent=2)


def _listed(document: Document, fields: Fields, with_numbers: bool) -> Iterator[tuple[str, Value, bool]]:  # noqa: FBT001  passed on
    """The fields in the schema's order, and whether the value has to be hidden."""
    for name in fields.names:
        if name in document.values:
            field = fields.every.get(name)
            value = document.values[name]
            yield name, value, bool(field and field.is_sensitive and not with_numbers)


def _campaign(document: Document, fields: Fields, with_numbers: bool) -> Iterator[str]:  # noqa: FBT001  passed on
    yield f"# {document.file}"
    yield from (f"# {'  ' * depth}from {file}" for depth, file in _taken(document))
    rows = [
        (name, [f"# {name}: {len(value)} numbers, see --with-numbers"] if is_hidden else quoted_field(name, value))
        for name, value, is_hidden in _listed(document, fields, with_numbers)
    ]
    column = max((len(first) for _, (first, *_) in rows if len(first) <= _WIDEST), default=0)
    for name, (first, *rest) in rows:
        places = [f"{position.file}:{position.line}" for position in _places(document, name)]
        united = "united: " if len(places) > 1 else ""
        yield f"{first.ljust(column)}  # {united}{', '.join(places)}"
        yield from rest


def _taken(document: Document) -> Iterator[tuple[int, str]]:
    """The parts that a campaign takes, and how deep each stands below it; what a part names is told once."""
    ahead = [(0, file) for file in reversed(document.chain.get(document.file, ()))]
    told: set[str] = set()
    while ahead:
        depth, file = ahead.pop()
        yield depth, file
        if file not in told:
            told.add(file)
            ahead += [(depth + 1, inner) for inner in reversed(document.chain.get(file, ()))]


def _chain(document: Document) -> list[dict[str, Value]]:
    """The files that name parts, and which, the campaign's own first."""
    return [{"file": file, "names": list(named)} for file, named in document.chain.items() if named]


def _places(document: Document, name: str) -> list[Position]:
    """Where a field stands, the nearest first: in several files where their lists are united."""
    return [part.key_position((name,)) for part, _ in document.parts(name)]


def _united(document: Document, name: str) -> dict[str, Value]:
    places = _places(document, name)
    return {"united": [position._asdict() for position in places]} if len(places) > 1 else {}

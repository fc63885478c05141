"""Writes values into campaign texts where they stand, or where they belong: everything else stays, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from reconciler.model.document import Value
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.model.fields import Fields
from reconciler.strict_yaml import quote
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.like import Unsafe
from reconciler.strict_yaml.order import rank_in
from reconciler.strict_yaml.page import Page, comments_inside
from reconciler.strict_yaml.reading import is_same, means, read
from reconciler.strict_yaml.replace import behind_key, replaced, value_start
from reconciler.strict_yaml.tree import BLOCK, Edit, Element, Kind, edited, pairs

# Whoever shares an anchor with what was changed is written out, and may hold another anchor.
_MOST_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a field is to be; `comment` stands behind it where the field is added."""

    value: Value = field(repr=False)
    comment: str = ""
    is_long: bool = False


def assigned(text: bytes, file: str, wanted: Mapping[str, Assignment], fields: Fields) -> bytes:
    """Give fields of a text other values, each edited where it stands; a field that the text lacks is added.

    What shares an anchor with a changed value keeps what it says. A text in its canonical form stays in it.
    Raises FilesError for a text with errors, and ReconcilerError where a field cannot be written without touching
    anything else.
    """
    before = read(text, file)
    wanted = {name: _ending_as(before.values.get(name), one) for name, one in wanted.items()}
    meant = {**before.values, **{name: one.value for name, one in wanted.items()}}
    try:
        body = _brought(before.text, file, meant, wanted, fields)
    except FilesError as error:  # an anchor went that others share, or no text can say a value
        raise _by_hand(file, *wanted, why=error.problems[0].message) from None
    return _as_clean(text, before.mark + body.encode(), file, meant, fields)


def _brought(body: str, file: str, meant: Mapping[str, Value], wanted: Mapping[str, Assignment], fields: Fields) -> str:
    """The text with every field as it is meant: one that shares an anchor with another is written out."""
    rounds = 0
    while differs := _differing(body, file, meant):
        rounds += 1
        if rounds > _MOST_ROUNDS:
            raise _by_hand(file, *differs)
        for name in differs:
            body = _with(body, file, name, wanted.get(name, Assignment(meant[name])), fields)
    return body


def _differing(body: str, file: str, meant: Mapping[str, Value]) -> list[str]:
    now = read(body.encode(), file).values
    return [name for name in meant if name not in now or not is_same(now[name], meant[name])]


def _ending_as(was: Value, wanted: Assignment) -> Assignment:
    """Text that ends with line breaks, as that in a block does, goes on to."""
    if not isinstance(was, str) or not isinstance(wanted.value, str) or not wanted.value:
        return wanted
    breaks = was[len(was.rstrip("\n")) :]
    return Assignment(wanted.value.rstrip("\n") + breaks, wanted.comment, wanted.is_long)


def _as_clean(was: bytes, becomes: bytes, file: str, meant: Mapping[str, Value], fields: Fields) -> bytes:
    if not formatted(was, file, fields).changes:
        becomes = formatted(becomes, file, fields).text
    if not means(becomes, meant):  # pragma: no cover - each field was looked at
        raise _by_hand(file)
    return becomes


def _by_hand(file: str, *names: str, why: str = "what is around it would change") -> ReconcilerError:
    return ReconcilerError(f"{file}: {', '.join(names) or 'it'} cannot be written: {why}: edit it by hand")


def _with(body: str, file: str, name: str, wanted: Assignment, fields: Fields) -> str:
    """The text with one field written: as what stands there is, or if that cannot be, in one line."""
    reading, page = read(body.encode(), file), Page(body)
    root, now = reading.tree(), reading.values.get(name)
    own = {key.text: (key, value) for key, value in pairs(root)}
    try:
        if name not in own:
            return edited(body, _added(page, root, name, wanted, fields))
        key, element = own[name]
        is_free = not root.style and page.column(key.start) is not None
        edits = _as_block(page, key, element, wanted.value) if is_free else []
        return edited(body, sorted(edits or replaced(page, element, now, wanted.value, behind_key(page, key))))
    except Unsafe:
        raise _by_hand(file, name) from None


def _as_block(page: Page, key: Element, element: Element, becomes: Value) -> list[Edit]:
    """Text of several lines as a block, in place of a value in quotes or without; nothing for any other."""
    is_line = element.kind is Kind.SCALAR and element.style not in BLOCK
    if not is_line or not isinstance(becomes, str) or not quote.fits_block(becomes):
        return []
    end = page.end_of(element.end)
    indentation = " " * ((page.column(key.start) or 0) + 2)
    lines = "".join(f"{page.line_break}{indentation}{line}".rstrip(" ") for line in becomes.split("\n"))
    return [(value_start(page, element), element.end, "|-"), (end, end, lines)]


def _added(page: Page, root: Element, name: str, wanted: Assignment, fields: Fields) -> list[Edit]:
    """A field that the text lacks: below the one that comes before it in the schema's order, or above the first."""
    written = pairs(root)
    if root.style:
        return _added_in_brackets(page, root, name, wanted)
    rank = rank_in(fields.names)
    column = page.column(written[0][0].start)
    if column is None:
        raise Unsafe
    lines = quote.field(name, wanted.value, wanted.comment, is_long=wanted.is_long)
    text = [f"{' ' * column}{line}".rstrip(" ") for line in lines]
    before = [number for number, (key, _) in enumerate(written) if rank(key.text) <= rank(name)]
    if not before:
        first = page.line_of(written[0][0].start)
        return [page.lines_at(first, text)]
    place = max(before, key=lambda number: (rank(written[number][0].text), number))
    stop = page.stop(written[place][1])
    below = page.line_of(written[place + 1][0].start) if place + 1 < len(written) else len(page.lines)
    stop += comments_inside(page.lines[stop:below], column)
    return [page.lines_at(stop, text)]


def _added_in_brackets(page: Page, root: Element, name: str, wanted: Assignment) -> list[Edit]:
    said = f"{name}: {quote.inline(wanted.value)}"
    if not root.children:
        return [(root.end - 1, root.end - 1, said)]
    end = root.children[-1].end
    behind = page.end_of(root.end)
    edits = [(end, end, f", {said}")]
    is_last = not page.text[root.end : behind].strip(" ")
    return [*edits, (behind, behind, f" {quote.note(wanted.comment)}")] if wanted.comment and is_last else edits

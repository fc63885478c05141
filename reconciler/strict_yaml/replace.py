"""Another value in the place of one that stands in a text: quotes, lists, blocks and comments stay as they were."""

from __future__ import annotations

import re
from typing import Final

from reconciler.model.document import Value
from reconciler.strict_yaml.like import Unsafe, scalar
from reconciler.strict_yaml.page import BLOCK_HEADER, Page, comments_of, is_blank
from reconciler.strict_yaml.quote import fits_block, inline
from reconciler.strict_yaml.reading import is_same
from reconciler.strict_yaml.replace_list import entries_replaced
from reconciler.strict_yaml.tree import BLOCK, Edit, Element, Kind, pairs

_ANCHOR: Final = re.compile(r"&[^\s,\[\]{}]+")
_BEFORE_A_VALUE: Final = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*")
_NARROWEST: Final = 40


def behind_key(page: Page, key: Element) -> int:
    """Where the value of a key may begin: behind the colon."""
    return page.text.index(":", key.end) + 1


def value_start(page: Page, element: Element) -> int:
    """Where a value begins, behind its anchor if it has one."""
    anchor = _ANCHOR.match(page.text, element.start)
    found = _BEFORE_A_VALUE.match(page.text, anchor.end()) if anchor else None
    return found.end() if found else element.start


def replaced(page: Page, element: Element, was: Value, becomes: Value, behind: int) -> list[Edit]:
    """The edits that give a value another one: inside of it where its parts stay, else in place of the whole.

    `behind` is where what leads to it ends: the colon, or the dash. Raises Unsafe.
    """
    kind = element.kind
    if is_same(was, becomes):
        return []
    if kind is Kind.MAPPING and isinstance(was, dict) and isinstance(becomes, dict):
        own = {key.text: (value, behind_key(page, key)) for key, value in pairs(element)}
        if set(own) == set(was) == set(becomes):
            inner = (replaced(page, value, was[name], becomes[name], at) for name, (value, at) in own.items())
            return [edit for edits in inner for edit in edits]
    if kind is Kind.SEQUENCE and isinstance(was, list) and isinstance(becomes, list) and was and becomes:
        return entries_replaced(page, element, was, becomes, replaced)
    return _whole(page, element, becomes, behind)


def _whole(page: Page, element: Element, becomes: Value, behind: int) -> list[Edit]:
    """The edits that write a value in place of all of another one."""
    start = value_start(page, element)
    if element.kind in (Kind.MAPPING, Kind.SEQUENCE):
        if not element.style and page.column(start) is not None:
            anchor = _ANCHOR.match(page.text, element.start)
            return _in_one_line(page, element, start, anchor.end() if anchor else behind, inline(becomes))
        if "#" in page.text[start : element.end]:
            raise Unsafe
        return [(start, element.end, inline(becomes))]
    if element.style in BLOCK:
        return _block(page, element, start, becomes)
    return [(start, element.end, scalar(becomes, element.style, element.text))]


def _in_one_line(page: Page, element: Element, start: int, behind: int, text: str) -> list[Edit]:
    """A value in one line, in place of a collection in the lines below; the comments between those stay."""
    line, stop = page.line_of(start), page.stop(element)
    kept = comments_of(page, element, range(line, stop), page.column(start) or 0)
    if kept is None:
        raise Unsafe
    lines = "".join(f"{one}{page.line_break}" for one in kept)
    return [(behind, behind, f" {text}"), (page.start_of(line), page.start_of(stop), lines)]


def _block(page: Page, element: Element, start: int, becomes: Value) -> list[Edit]:
    """Another text below the header of a block, where that can say it; else in quotes."""
    header = BLOCK_HEADER.match(page.text, start)
    first, stop = page.line_of(start) + 1, page.stop(element)
    while stop > first and is_blank(page.lines[stop - 1]):
        stop -= 1
    said = becomes.rstrip("\n") if isinstance(becomes, str) else ""
    head = header[0] if header else ""
    is_sayable = fits_block(f"{said}\n.") and not any(map(str.isdigit, head)) and stop > first
    if not is_sayable:
        return [(start, start + len(head), inline(becomes)), (page.start_of(first), page.start_of(stop), "")]
    lines = _folded(page.lines[first:stop], said) if element.style == ">" else said.split("\n")
    indentation = page.lines[first][: len(page.lines[first]) - len(page.lines[first].lstrip(" "))]
    text = page.line_break.join(f"{indentation}{line}".rstrip(" ") for line in lines)
    return [(page.start_of(first), page.end_of(page.start_of(stop - 1)), text)]


def _folded(before: list[str], text: str) -> list[str]:
    """The lines of a folded text, about as long as they were: a break is a space, and an empty line a break."""
    width = max([_NARROWEST, *map(len, before)])
    lines: list[str] = []
    for paragraph in re.sub(r"\n+", lambda breaks: f"{breaks[0]}\n", text).split("\n"):
        lines.append("")
        for word in re.split(r"(?<=\S) (?=\S)", paragraph):
            if lines[-1] and len(lines[-1]) + len(word) >= width:
                lines.append(word)
            else:
                lines[-1] += f" {word}" if lines[-1] else word
    return lines

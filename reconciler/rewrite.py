"""Writes into campaign texts at the places of their keys: what is not touched stays, byte for byte."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Final

from reconciler.campaign import Document, Value
from reconciler.errors import FilesError, ReconcilerError
from reconciler.strict_yaml import Kind, is_misread, parse, parts

_UTF8_MARK: Final = "\ufeff"
_BREAK: Final = re.compile(r"\r\n|\r|\n")
# What can stand without quotes wherever a value may stand, if it is not misread.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_/]+(?:[ ._/+-]+[A-Za-z0-9_/]+)*")


def scalar(value: Value) -> str:
    """Write text, a number, a boolean or null so that every YAML tool reads the same, in quotes where it needs them."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not is_misread(value):
        return value
    return "".join(char if char.isprintable() else _escaped(char) for char in json.dumps(value, ensure_ascii=False))


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"  # noqa: PLR2004  the widths of YAML


def sound(text: bytes, file: str) -> Document:
    """The document of a text; raises FilesError where it has errors."""
    document, problems = parse(text, file)
    if document is None or any(problem.is_error for problem in problems):
        raise FilesError(problems)
    return document


def means_the_same(one: Document, other: Document) -> bool:
    """Whether two documents say the same; True is not 1 here."""
    return _said(one.values) == _said(other.values)


def _said(value: Value) -> str:
    return json.dumps(value, sort_keys=True)


def pinned(text: bytes, campaign: str, file: str = "the file") -> bytes:
    """Write a campaign's id into a text that has none: a line above its first field, or in front of it in `{…}`.

    Raises FilesError for a text with errors, and ReconcilerError where there is an id, or no place to write one.
    """
    before = sound(text, file)
    if "id" in before.values:
        raise ReconcilerError(f"{file} has an id: one file is one campaign")
    decoded = text.decode()
    becomes = _with_id(decoded, text, f"id: {scalar(campaign)}").encode()
    after, problems = parse(becomes, file)
    wanted = Document(file, {"id": campaign, **before.values})
    if after is None or any(problem.is_error for problem in problems) or not means_the_same(after, wanted):
        raise ReconcilerError(
            f"{file} has no line of its own for the first field: write `id: {campaign}` into it by hand"
        )
    return becomes


def _with_id(decoded: str, text: bytes, line: str) -> str:
    root, first = islice(parts(text), 2)
    at = first.start + len(_mark(decoded))
    if root.style and first.kind is not Kind.END:
        return f"{decoded[:at]}{line}, {decoded[at:]}"
    start = max(decoded.rfind("\n", 0, at), decoded.rfind("\r", 0, at)) + 1
    start = max(start, len(_mark(decoded)))
    indentation = decoded[start:at].removesuffix(decoded[start:at].lstrip(" "))
    return f"{decoded[:start]}{indentation}{line}{line_break(decoded)}{decoded[start:]}"


def _mark(decoded: str) -> str:
    return _UTF8_MARK if decoded.startswith(_UTF8_MARK) else ""


def line_break(text: str) -> str:
    """How the lines of a text end: as the first of them does."""
    found = _BREAK.search(text)
    return found[0] if found else "\n"

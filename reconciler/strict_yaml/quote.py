"""Writes values and comments as YAML that every tool reads the same: all text in quotes, one field a paragraph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.model.document import Value
from reconciler.strict_yaml.events import is_misread

_LONGEST_LIST: Final = 100
_LONGEST_COMMENT: Final = 300
_BASIC_PLANE: Final = 0xFFFF
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What may stand as it is on the lines below `|-`: nothing that an editor would strip or a parser would fold.
_BLOCK_LINE: Final = re.compile(r"(?:.*\S)?")


def field(name: str, value: Value, comment: str = "", *, is_long: bool = False) -> list[str]:
    """The lines of one field. The entries of a list that `is_long` stand one below the other.

    Text of several lines is a `|-` block where that is safe. Numbers that YAML cannot hold come out as text.
    """
    behind = f" {note(comment)}" if comment else ""
    if isinstance(value, str) and fits_block(value):
        return [f"{name}: |-{behind}", *(f"  {line}".rstrip() for line in value.split("\n"))]
    if isinstance(value, list) and value and (is_long or _is_tall(value)):
        return [f"{name}:{behind}", *(f"  - {inline(entry)}" for entry in value)]
    return [f"{name}: {inline(value)}{behind}"]


def _is_tall(entries: list[Value]) -> bool:
    return isinstance(entries[0], Mapping) or len(inline(entries)) > _LONGEST_LIST


def fits_block(text: str) -> bool:
    """Whether a text has several lines, and may stand below `|-` as it is."""
    lines = text.split("\n")
    is_plain = all(line.isprintable() and _BLOCK_LINE.fullmatch(line) for line in lines)
    return len(lines) > 1 and is_plain and bool(lines[-1]) and lines[0][:1] not in ("", " ")


def inline(value: Value) -> str:
    """A value on one line."""
    match value:
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case Mapping():
            return f"{{ {', '.join(_members(value))} }}" if value else "{}"
        case float():
            # YAML 1.1 wants a dot in a number with an exponent.
            return re.sub(r"^(-?[0-9]+)e", r"\1.0e", json.dumps(value))
        case _:
            return json.dumps(value)


def _members(value: Mapping[str, Value]) -> Iterator[str]:
    for key, inner in value.items():
        is_plain = _PLAIN_KEY.fullmatch(key) and not is_misread(key)
        yield f"{key if is_plain else _quoted(key)}: {inline(inner)}"


def _quoted(text: str) -> str:
    return _printable(json.dumps(text, ensure_ascii=False))


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= _BASIC_PLANE else f"\\U{ord(char):08x}"


def note(text: str) -> str:
    """A comment of one line. What is invisible or would end the line is written out, and long text is cut."""
    line = _printable(" ".join(text.split()))
    return f"# {line if len(line) <= _LONGEST_COMMENT else line[: _LONGEST_COMMENT - 1] + '…'}"

"""Strict YAML: bytes in, a document with positions and every problem out, without touching the world."""

from __future__ import annotations

from typing import Final

from reconciler.model.document import Document, Problem, Value
from reconciler.strict_yaml.events import UTF8_MARK, replay
from reconciler.strict_yaml.plain import read_plain
from reconciler.strict_yaml.positions import MAX_BYTES, TOP, KeyMarks, Marks, mark_at
from reconciler.strict_yaml.problems import problem_at

_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def parse(text: bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """Read one YAML file strictly; `file` is its name in problems. Never raises, whatever the bytes are.

    The document is None where the text as a whole cannot be read. Otherwise it holds what could be read: a value
    with a problem is left out, so that the rest can be checked too. Only without errors is it to be acted upon.
    """
    body = decoded(text, file)
    if isinstance(body, Problem):
        return None, [body]
    begin = replay(body)
    if plain := read_plain(body, begin()):
        places = plain.places()
        return Document(file, plain.values, Marks(places), KeyMarks(places)), []
    from reconciler.strict_yaml.in_full import read_in_full  # noqa: PLC0415 - most texts need no second look

    return read_in_full(body, file, begin)


def parse_list(text: bytes, file: str) -> tuple[tuple[list[Value], Marks] | None, list[Problem]]:
    """The same of a file that is a list: its entries, and where everything stands."""
    body = decoded(text, file, "is this a list?")
    if isinstance(body, Problem):
        return None, [body]
    from reconciler.strict_yaml.in_full import read_list  # noqa: PLC0415 - as above

    return read_list(body, file, replay(body))


def decoded(text: bytes, file: str, too_large: str = "is this a campaign?") -> str | Problem:
    """A text without its byte order mark, or what keeps it from being one; `too_large` is what to ask then."""
    if len(text) > MAX_BYTES:
        return problem_at(file, TOP, f"larger than {MAX_BYTES // 1024**2} MB: {too_large}")
    text = text.removeprefix(UTF8_MARK)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(text, file, error.start)


def _not_utf8(text: bytes, file: str, start: int) -> Problem:
    if text.startswith(_UTF16_MARKS):
        return problem_at(file, TOP, "this is UTF-16: save it as UTF-8")
    before = text[:start].decode()
    return problem_at(file, mark_at(before, len(before)), "not UTF-8: save the file as UTF-8")

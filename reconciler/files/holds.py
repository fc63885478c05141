"""`_holds.yaml`: where holds are written down, read, added and taken out, with the comments of whoever edits it."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.files import disk
from reconciler.files.hold_files import HOLDS_FILE
from reconciler.model.document import Document, Position, Problem, Value
from reconciler.model.errors import ReconcilerError
from reconciler.model.holds import Hold, Holds, Selected, Stopped, united
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.quote import inline

_HEAD = """\
# Campaigns that were stopped, and stay stopped until `reconciler release`. Written by `reconciler stop`.
# Commit this file, so that every pipeline knows: nothing in here is started again by anything else.
"""
_EMPTY = re.compile(r"^holds:[ \t]*\[[ \t]*\][ \t]*(#.*)?$", re.MULTILINE)


def read_holds(files: Iterable[Path]) -> Holds:
    """The holds of all these files. One that cannot be read holds everything; one that is not there holds nothing."""
    contents: list[_Content] = []
    unreadable: list[str] = []
    for file in dict.fromkeys(files):
        try:
            contents.append(_Content(_shown(file), disk.read_once(str(file), set()) or b""))
        except FileNotFoundError:
            continue
        except OSError as error:
            unreadable.append(f"{_shown(file)} cannot be read ({error.strerror})")
    found = _holds_in(tuple(contents))
    return found._replace(unreadable=(*unreadable, *found.unreadable))


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file of holds has in it. Equal ones are found by their size, and then compared byte by byte."""

    file: str
    content: bytes

    def __hash__(self) -> int:
        return hash((self.file, len(self.content)))


@functools.lru_cache(maxsize=4)
def _holds_in(contents: tuple[_Content, ...]) -> Holds:
    """The holds in these files; every start of calls reads them anew, and they seldom changed since."""
    found: list[Hold] = []
    unreadable: list[str] = []
    for one in contents:
        try:
            found += _holds(_document(one.content, one.file))
        except ReconcilerError as error:
            unreadable.append(str(error))
    return Holds(united(found), tuple(unreadable))


def documents_of(files: Iterable[Path]) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Files of holds as documents, for whoever checks them by the schema, and what nobody can read in them."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for file in files:
        try:
            document, found = parse(disk.read_once(str(file), set()) or b"", _shown(file))
        except OSError as error:
            document, found = None, [Problem(Position(_shown(file), 1, 1), f"cannot be read: {error.strerror}")]
        documents += [document] if document else []
        problems += found
    return tuple(documents), tuple(problems)


def write_holds(file: Path, change: Callable[[tuple[Hold, ...]], Sequence[Hold]]) -> None:
    """Give a file the holds that `change` makes of those in it, comments kept; raises ReconcilerError.

    A file that is not there is made; one that cannot be read is left as it is.
    """
    try:
        was = file.read_bytes()
        held = _holds(_document(was, _shown(file)))
    except FileNotFoundError:
        was, held = b"", ()
    except OSError as error:
        raise ReconcilerError(f"{_shown(file)} cannot be read: {error.strerror}") from None
    becomes = tuple(change(held))
    if was and becomes == held:
        return
    try:
        disk.write(file, _edited(was.decode(), held, becomes))
    except OSError as error:
        raise ReconcilerError(f"{_shown(file)} cannot be written: {error.strerror}") from None


def _shown(file: Path) -> str:
    """A file as people name it from here."""
    relative = os.path.relpath(file)
    return str(file) if relative.startswith("..") else relative


def _document(content: bytes, file: str) -> Document:
    document, problems = parse(content, file)
    errors = [problem for problem in problems if problem.is_error]
    if document is None or errors:
        raise ReconcilerError(f"{errors[0] if errors else file} (the holds cannot be read)")
    return document


# From the file to values. Whatever is not exactly what we know is unreadable: nobody may take it for no hold.


def _holds(document: Document) -> tuple[Hold, ...]:
    rows = document.values.get("holds")
    if set(document.values) != {"holds"} or not isinstance(rows, list):
        raise ReconcilerError(f"{document.file} holds no list of holds")
    try:
        return tuple(_hold(row) for row in rows)
    except (KeyError, TypeError, ValueError) as error:
        raise ReconcilerError(f"{document.file}: a hold in it cannot be understood ({error})") from None


def _hold(row: Value) -> Hold:
    if not isinstance(row, dict):
        raise TypeError("it is no mapping")
    rest = {key: value for key, value in row.items() if key not in ("selected", "stopped", "released")}
    if not all(isinstance(value, str) for value in rest.values()):
        raise TypeError("one of its values is no text")
    return Hold(
        since=_text(rest, "since"),
        by=_text(rest, "by"),
        reason=str(rest.pop("reason", "")),
        base_url=_text(rest, "base_url"),
        selected=_selected(row["selected"]),
        released=_selected(row.get("released", {})),
        stopped=tuple(_stopped(one) for one in _list(row["stopped"])),
        **_more(rest),
    )


def _text(row: Mapping[str, Value], key: str) -> str:
    return str(row[key])


def _more(rest: Mapping[str, Value]) -> dict[str, str]:
    """What a hold may say besides; raises TypeError for what we do not know."""
    more = {key: str(value) for key, value in rest.items() if key not in ("since", "by", "base_url", "reason")}
    if unknown := set(more) - {"token_env", "token", "until"}:
        raise TypeError(f"unknown: {', '.join(sorted(unknown))}")
    return more


def _selected(row: Value) -> Selected:
    if not isinstance(row, dict) or set(row) - {"all", "names", "ids", "paths"}:
        raise TypeError("what is selected is not all, names, ids, paths")
    if not isinstance(row.get("all", False), bool):
        raise TypeError("all is true or false")
    names, ids, paths = (tuple(_texts(row.get(key, []))) for key in ("names", "ids", "paths"))
    return Selected(row.get("all", False) is True, names, ids, paths)


def _stopped(row: Value) -> Stopped:
    if not isinstance(row, dict) or set(row) != {"id", "name", "status_before"}:
        raise TypeError("what was stopped has id, name, status_before")
    return Stopped(*_texts([row["id"], row["name"], row["status_before"]]))


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise TypeError("a list is wanted")
    return value


def _texts(value: Value) -> list[str]:
    found = _list(value)
    texts = [one for one in found if isinstance(one, str)]
    if len(texts) != len(found):
        raise TypeError("a list of texts is wanted")
    return texts


# From values to the file


def _edited(text: str, held: Sequence[Hold], becomes: Sequence[Hold]) -> str:
    """The text with other holds: what stays is left byte for byte, and so are all comments on lines of their own."""
    lines = text.splitlines(keepends=True) if text.strip() else [*_HEAD.splitlines(keepends=True), "holds: []\n"]
    parts = _parts(lines, len(held))
    if parts is None:
        return _anew(text, becomes)
    head, entries = parts
    kept: list[str] = []
    left = list(becomes)
    for hold, entry in zip(held, entries, strict=True):
        if hold in left:
            left.remove(hold)
            kept += entry
        else:
            same = next((one for one in left if one.key == hold.key), None)
            if same:
                left.remove(same)
            kept += _block(same) if same else []
            kept += [line for line in entry if line.lstrip().startswith("#")]
    kept += [line for hold in left for line in _block(hold)]
    has_any = bool(becomes)
    edited = "".join([*head, "holds:\n" if has_any else "holds: []\n", *kept])
    found, problems = parse(edited.encode(), HOLDS_FILE)
    is_right = found is not None and not problems and set(_holds(found)) == set(becomes)
    return edited if is_right else _anew(text, becomes)


def _parts(lines: Sequence[str], number: int) -> tuple[list[str], list[list[str]]] | None:
    """The lines before `holds:`, and those of each hold; None for a form that we do not write."""
    starts = [n for n, line in enumerate(lines) if line.startswith("holds:")]
    if len(starts) != 1:
        return None
    head, body = list(lines[: starts[0]]), list(lines[starts[0] + 1 :])
    if body and not body[-1].endswith("\n"):
        body[-1] += "\n"
    if _EMPTY.match(lines[starts[0]].rstrip("\r\n")):
        return ([*head, *body], []) if number == 0 else None
    begins = [n for n, line in enumerate(body) if re.match(r" *- since:", line)]
    if len(begins) != number:
        return None
    # Comments above an entry belong to it.
    ends = [*begins[1:], len(body)]
    entries = [body[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return [*head, *body[: begins[0]]] if begins else head, entries


def _anew(text: str, holds: Sequence[Hold]) -> str:
    """A file of a form that we do not write, written anew: its comments come first."""
    comments = [line.lstrip() for line in text.splitlines(keepends=True) if line.lstrip().startswith("#")]
    blocks = [line for hold in holds for line in _block(hold)]
    return "".join([*(comments or [_HEAD]), "holds:\n" if holds else "holds: []\n", *blocks])


def _block(hold: Hold) -> list[str]:
    """The lines of one hold."""
    rows: list[tuple[str, Value]] = [("since", hold.since), ("by", hold.by), ("reason", hold.reason)]
    rows += [("until", hold.until)] if hold.until else []
    rows += [("base_url", hold.base_url), ("token_env", hold.token_env), ("token", hold.token)]
    rows.append(("selected", _chosen(hold.selected)))
    rows += [("released", _chosen(hold.released))] if hold.released != Selected() else []
    lines = [f"{'  - ' if n == 0 else '    '}{key}: {inline(value)}\n" for n, (key, value) in enumerate(rows)]
    if not hold.stopped:
        return [*lines, "    stopped: []\n"]
    found = [{"id": one.id, "name": one.name, "status_before": one.status_before} for one in hold.stopped]
    return [*lines, "    stopped:\n", *(f"      - {inline(row)}\n" for row in found)]


def _chosen(selected: Selected) -> dict[str, Value]:
    """What is selected, as it is written: only what says something."""
    lists = {"names": selected.names, "ids": selected.ids, "paths": selected.paths}
    every: dict[str, Value] = {"all": True} if selected.everything else {}
    return every | {key: list(found) for key, found in lists.items() if found}

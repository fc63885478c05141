"""What people see: data on stdout, everything else on stderr, colours and progress only where they help."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

import click

from reconciler.model.errors import UsageError
from reconciler.render.inert import inert
from reconciler.render.printable import clean

_SECONDS_BETWEEN_LINES = 10.0
_CLEARED = "\r\x1b[K"


class _ProgressLine:
    """The line of a terminal that is written over, and cleared before anything else is written to it."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.is_shown = False

    def show(self, text: str) -> None:
        """Write it over; with an empty text it is gone."""
        with self.turn:
            if text or self.is_shown:
                click.echo(_CLEARED + text, err=True, nl=False)
            self.is_shown = bool(text)


# There is one, as there is one terminal: threads that tell something and the one that reads take turns at it.
_progress_line = _ProgressLine()


def say(line: str) -> None:
    """Tell people something, on stderr. What is under way goes on where nobody can be told any more."""
    with contextlib.suppress(OSError):
        tell(clean(line))


def say_lines(text: str) -> None:
    """Tell people something that has several lines."""
    for line in text.splitlines():
        say(line)


def tell(text: str) -> None:
    """Write lines that are clean already, on stderr. Raises OSError where nobody takes them.

    On a terminal they are broken at spaces, where it would break them inside of words.
    """
    with _progress_line.turn:
        _progress_line.show("")
        click.echo(inert(_broken(text)), err=True)


def prompt(text: str) -> None:
    """Write what a person is to answer behind, on stderr."""
    with _progress_line.turn:
        _progress_line.show("")
        click.echo(text, err=True, nl=False)


def out(text: str, *, holds_commands: bool = False) -> None:
    """Write data, on stdout; `holds_commands` if it is meant for a CI to obey. Raises OSError where nobody takes it."""
    with _progress_line.turn:
        _progress_line.show("")
        click.echo(inert(text, holds_commands=holds_commands), color=has_colour())


def show(text: str) -> bool:
    """Write data, on stdout, in the middle of work that has to go on; False where nobody takes it."""
    try:
        out(text)
    except OSError:
        return False
    return True


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end; a stream that was closed from the start is None."""
    return stream is not None and stream.isatty()


def has_colour() -> bool:
    """Whether stdout is to be coloured: a terminal that can be, or with FORCE_COLOR anything; never under NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb")


def width() -> int:
    """The width of the terminal; 80 where there is none."""
    import shutil  # noqa: PLC0415 - it can pack archives, too, and where nothing is laid out nobody asks

    return shutil.get_terminal_size((80, 24)).columns


def line_width() -> int | None:
    """How long a line on stdout may be: as long as the terminal is wide, and as it likes where there is none."""
    return width() if is_terminal(sys.stdout) else None


def _broken(text: str) -> str:
    """The lines as stderr has space for them: what they are broken into is indented by two more than they are."""
    if not is_terminal(sys.stderr):
        return text
    from reconciler.render.columns import HANGING, wrapped  # noqa: PLC0415 - only terminals need it

    columns, lines = _columns(sys.stderr), []
    for line in text.splitlines():
        hanging = len(line) - len(line.lstrip(" ")) + HANGING
        first, *rest = wrapped(line, columns, hanging)
        lines += [first, *(" " * hanging + one for one in rest)]
    return "\n".join(lines)


def _columns(stream: TextIO) -> int:
    """The width of the terminal that a stream goes to, which need not be that of stdout."""
    with contextlib.suppress(OSError, ValueError):
        if not os.environ.get("COLUMNS") and (columns := os.get_terminal_size(stream.fileno()).columns):
            return columns
    return width()


class Progress:
    """How far reading has come: a line that is written over on a terminal, one every 10 s elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = is_terminal(sys.stderr)
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """So many requests of so many are answered."""
        with contextlib.suppress(OSError):
            if self._is_terminal:
                _progress_line.show(f"reading {done} of {total}" if done < total else "")
            elif time.monotonic() - self._told_at >= _SECONDS_BETWEEN_LINES:
                self._told_at = time.monotonic()
                tell(f"reading {done} of {total}")


def write(path: Path, content: str) -> None:
    """Write a file that an option names; raises UsageError where that cannot be."""
    from reconciler.files import disk  # noqa: PLC0415 - most commands write no file

    try:
        disk.write(path, content)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise UsageError(msg) from None

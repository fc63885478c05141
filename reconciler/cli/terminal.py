"""What people see: data on stdout, everything else on stderr, colours and progress only where they help."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

import click

from reconciler.files import disk
from reconciler.model.errors import UsageError
from reconciler.render.inert import inert
from reconciler.render.words import clean

_SECONDS_BETWEEN_LINES = 10.0


def say(line: str) -> None:
    """Tell people something, on stderr. What is under way goes on where nobody can be told any more."""
    with contextlib.suppress(OSError):
        tell(clean(line))


def say_lines(text: str) -> None:
    """Tell people something that has several lines."""
    for line in text.splitlines():
        say(line)


def tell(text: str) -> None:
    """Write lines that are clean already, on stderr. Raises OSError where nobody takes them."""
    click.echo(inert(text), err=True)


def out(text: str, *, holds_commands: bool = False) -> None:
    """Write data, on stdout; `holds_commands` if it is meant for a CI to obey. Raises OSError where nobody takes it."""
    click.echo(inert(text, holds_commands=holds_commands))


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
    """Whether stdout is a terminal that may be coloured."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The width of the terminal; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


class Progress:
    """How far reading has come: a line that is written over on a terminal, one every 10 s elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = is_terminal(sys.stderr)
        self._turn = threading.Lock()
        self._told_at = time.monotonic()
        self._is_shown = False

    def __call__(self, done: int, total: int) -> None:
        """So many requests of so many are answered."""
        with self._turn, contextlib.suppress(OSError):
            if self._is_terminal and total > 1:
                self._is_shown = done < total
                click.echo(f"\rreading {done} of {total}\x1b[K" if self._is_shown else "\r\x1b[K", err=True, nl=False)
            elif time.monotonic() - self._told_at >= _SECONDS_BETWEEN_LINES:
                self._told_at = time.monotonic()
                click.echo(f"reading {done} of {total}", err=True)


def write(path: Path, content: str) -> None:
    """Write a file that an option names; raises UsageError where that cannot be."""
    try:
        disk.write(path, content)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise UsageError(msg) from None

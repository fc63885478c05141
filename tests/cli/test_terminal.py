"""What stands on a terminal: nothing is written behind the progress line, words are whole, colours as asked for."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Iterator

import pytest

from reconciler.cli.terminal import Progress, has_colour, line_width, out, prompt, say, tell, width

COLUMNS = 40
_END = "<end>"
LONG = "Sales US: pausing to change call_time_ranges, because calls are queued"


@contextlib.contextmanager
def terminal(columns: int = COLUMNS) -> Iterator[int]:
    """Stderr as a terminal of so many columns; what it is given can be read from the descriptor."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        with os.fdopen(theirs, "w", encoding="utf-8") as stream, contextlib.redirect_stderr(stream):
            yield ours
    finally:
        os.close(ours)


def shown(descriptor: int) -> str:
    """What the terminal was given until now."""
    sys.stderr.write(_END)
    sys.stderr.flush()
    text = ""
    while not text.endswith(_END):
        text += os.read(descriptor, 65_536).decode()
    return text.removesuffix(_END).replace("\r\n", "\n")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(say, id="say"),
        pytest.param(tell, id="tell"),
        pytest.param(prompt, id="prompt"),
        pytest.param(out, id="data"),
    ],
)
def test_the_progress_line_is_cleared_before_anything_else_is_written(
    write: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(write)
    with terminal() as descriptor:
        progress = Progress()
        progress(1, 3)
        write("note")
        text = shown(descriptor) + capsys.readouterr().out

    assert text.startswith("\r\x1b[Kreading 1 of 3\r\x1b[Knote")


def test_the_progress_line_is_gone_once_everything_is_read() -> None:
    with terminal() as descriptor:
        progress = Progress()
        progress(2, 3)
        progress(3, 3)
        say("note")
        text = shown(descriptor)

    assert text == "\r\x1b[Kreading 2 of 3\r\x1b[Knote\n"


def test_a_single_request_has_no_progress() -> None:
    with terminal() as descriptor:
        Progress()(1, 1)
        say("note")
        text = shown(descriptor)

    assert text == "note\n"


def test_lines_are_broken_at_spaces_on_a_terminal() -> None:
    with terminal() as descriptor:
        say(LONG)
        say(f"  {LONG}")
        lines = shown(descriptor).splitlines()

    assert lines == [
        "Sales US: pausing to change",
        "  call_time_ranges, because calls are",
        "  queued",
        "  Sales US: pausing to change",
        "    call_time_ranges, because calls are",
        "    queued",
    ]


def test_a_terminal_that_knows_no_width_has_80_columns() -> None:
    with terminal(0) as descriptor:
        say(f"{LONG} and more are to come")
        lines = shown(descriptor).splitlines()

    assert [len(line) for line in lines] == [79, 13]


def test_columns_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")

    with terminal() as descriptor:
        say(LONG)
        text = shown(descriptor)

    assert text == f"{LONG}\n"
    assert width() == 100


def test_elsewhere_a_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(LONG * 3)

    assert capsys.readouterr().err == f"{LONG * 3}\n"
    assert line_width() is None


@pytest.mark.parametrize(
    ("around", "is_coloured"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param({"FORCE_COLOR": "1", "TERM": "dumb"}, True, id="forced on a dumb terminal"),
        pytest.param({"FORCE_COLOR": ""}, False, id="empty"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="NO_COLOR wins"),
    ],
)
def test_colours_can_be_forced_where_there_is_no_terminal(
    around: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - a table
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in around.items():
        monkeypatch.setenv(name, value)

    out("\x1b[31mred\x1b[0m")

    assert has_colour() is is_coloured
    assert capsys.readouterr().out == ("\x1b[31mred\x1b[0m\n" if is_coloured else "red\n")

"""Bytes from the disk and onto it: every file that we write is written here, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from reconciler.model.errors import ReconcilerError
from reconciler.strict_yaml.positions import MAX_BYTES

# Device and inode: what tells a file or folder from all others, whichever way leads to it.
Identity = tuple[int, int]

# Brings what was written to a file or folder, given by its descriptor, to the disk.
Sync = Callable[[int], None]


def identity(found: os.stat_result) -> Identity:
    """The identity of what was looked at."""
    return found.st_dev, found.st_ino


# Reading


def content(file: str) -> bytes:
    """The bytes of a file; raises ReconcilerError where it cannot be read."""
    try:
        return read_once(file, set()) or b""
    except OSError as error:
        raise ReconcilerError(f"{file} cannot be read: {error.strerror}") from error


def read_once(file: str, seen: set[Identity]) -> bytes | None:
    """The bytes of a regular file, hardly more than a campaign may have; None if it is one of those `seen`.

    Raises OSError where it cannot be read.
    """
    with open(file, "rb", buffering=0, opener=_open_at_once) as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a file")
        if identity(found) in seen:
            return None
        seen.add(identity(found))
        return stream.read(MAX_BYTES + 1) if found.st_size > MAX_BYTES else stream.readall()


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer, should it be a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


# Writing


def write(path: Path, text: str, sync: Sync = os.fsync) -> None:
    """Give a file this text in one step, on the disk when this returns; a link stays a link, the mode the same.

    What is no regular file, such as a pipe or a terminal, is written to as it is. Raises OSError, with nothing done
    to the file, where it cannot be written: it then is what it was, even on a full disk.
    """
    path = path.resolve()
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode):
        path.write_text(text, encoding="utf-8")
        return
    with _draft(path, text.encode(), mode, sync) as draft:
        draft.replace(path)


def write_new(path: Path, text: str) -> bool:
    """Create a file with all of its text on the disk, or not at all. False, and nothing done, where one is already.

    Raises ReconcilerError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _linked(path, text.encode())
    except OSError as error:
        raise ReconcilerError(f"cannot write {path}: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise ReconcilerError(f"cannot write {path}: half a character at {error.start} of its text") from error


def append(path: Path, line: str, sync: Sync = os.fsync) -> None:
    """Put a line at the end of a file, on the disk when this returns; one that a crash cut off there goes.

    Raises OSError where it cannot be written, and the file holds the lines that it held.
    """
    is_new = not path.exists()
    with path.open("a+b", buffering=0) as stream:
        end = _end_of_lines(stream)
        stream.truncate(end)
        try:
            _write_all(stream, line.encode())
            sync(stream.fileno())
        except OSError:
            stream.truncate(end)
            raise
    if is_new:
        _sync_folder(path.parent, sync)


def _end_of_lines(stream: io.FileIO) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - 1, 0))
    if stream.read(1) in (b"", b"\n"):
        return size
    stream.seek(0)
    return stream.readall().rfind(b"\n") + 1


def _write_all(stream: io.FileIO, content: bytes) -> None:
    """Write it, or raise OSError: a full disk may take a part without a word."""
    if stream.write(content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until nobody else is in such a block with this file, which no crash leaves locked. Raises OSError."""
    with path.open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_unversioned(folder: Path) -> None:
    """Make a folder that git passes over by itself; one that is there is left as it is. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # a courtesy, which a full disk does without
            _linked(folder / ".gitignore", b"*\n")


def _linked(path: Path, content: bytes) -> bool:
    """Give a draft the file's name: the one way to create that never overwrites."""
    with _draft(path, content) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    return True


def rewrite(file: str, was: bytes, becomes: bytes) -> None:
    """Give a file another content in one step, on the disk when this returns; a link stays a link, the mode the same.

    Raises ReconcilerError, with nothing done, where the file is no longer what it was, or cannot be written.
    """
    path = Path(file).resolve()
    try:
        with _draft(path, becomes, path.stat().st_mode) as draft:
            if content(file) != was:
                raise ReconcilerError(f"{file} was changed meanwhile, and is left as it is: try again")
            draft.replace(path)
    except OSError as error:
        raise ReconcilerError(f"cannot write {file}: {error.strerror}") from error


@contextlib.contextmanager
def _draft(path: Path, content: bytes, mode: int | None = None, sync: Sync = os.fsync) -> Iterator[Path]:
    """A file with this content on the disk beside `path`, to be given its name; so that is on the disk, too.

    `mode` is what it may be read and written by; by default what is usual here.
    """
    import secrets  # noqa: PLC0415 - commands that only read need no random numbers, which load much

    draft = path.with_name(f".draft-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            if mode is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            stream.write(content)
            stream.flush()
            sync(stream.fileno())
        yield draft
        _sync_folder(path.parent, sync)
    finally:
        draft.unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    """What a path leads to, and by whom it may be used; None where it leads nowhere yet."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path, sync: Sync) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        sync(opened)
    finally:
        os.close(opened)

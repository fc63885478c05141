"""Files are written whole or not at all, whatever happens."""

from __future__ import annotations

import os
import resource
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.files.disk import content, make_unversioned, rewrite, write, write_new
from reconciler.model.errors import ReconcilerError


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def full_disk() -> Iterator[None]:
    """A disk on which a file ends after 64 kB, so that a longer write fails in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


LONG = "x" * 200_000


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_every_file_stays_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: a\n")

    with pytest.raises(OSError, match="File too large"):
        write(path, LONG)
    with pytest.raises(ReconcilerError, match=r"^cannot write .*a\.yaml: File too large$"):
        rewrite(str(path), b"name: a\n", LONG.encode())
    with pytest.raises(ReconcilerError, match=r"^cannot write .*b\.yaml: File too large$"):
        write_new(tmp_path / "b.yaml", LONG)

    assert (names(tmp_path), path.read_text()) == (["a.yaml"], "name: a\n")


def test_a_disk_that_does_not_keep_what_it_was_given_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        write(path, "new", fail)
    assert (names(tmp_path), path.read_text()) == (["a.yaml"], "old")


def test_what_is_written_is_on_the_disk_then_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    seen: list[tuple[bool, str]] = []

    def sync(descriptor: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), path.read_text()))

    write(path, "new", sync)

    assert seen == [(False, "old"), (True, "new")]


def test_writing_keeps_the_rights_of_a_file_and_what_links_to_it(tmp_path: Path) -> None:
    path, link = tmp_path / "a.json", tmp_path / "link.json"
    path.write_text("old")
    path.chmod(0o604)
    link.symlink_to("a.json")

    write(link, "é")
    assert (link.is_symlink(), path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (True, "é".encode(), 0o604)

    rewrite(str(link), "é".encode(), b"new")
    assert (link.is_symlink(), path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (True, b"new", 0o604)


def test_a_link_that_leads_nowhere_yet_gets_its_file(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("a.json")

    write(tmp_path / "link.json", "new")

    assert (tmp_path / "a.json").read_text() == "new"
    assert (tmp_path / "link.json").is_symlink()


def test_what_is_no_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()

    write(pipe, "through")

    reader.join()
    assert (read, names(tmp_path)) == (["through"], ["pipe"])


@pytest.mark.parametrize(
    ("name", "reason"), [("folder", "Is a directory"), ("nowhere/a.json", "No such file or directory")]
)
def test_where_nothing_can_be_written_the_disk_says_why(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(OSError, match=reason):
        write(tmp_path / name, "text")
    assert names(tmp_path) == ["folder"]


def test_a_file_that_was_changed_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("theirs")

    with pytest.raises(ReconcilerError, match=r"a\.yaml was changed meanwhile, and is left as it is: try again$"):
        rewrite(str(path), b"as it was", b"ours")
    assert (names(tmp_path), path.read_text()) == (["a.yaml"], "theirs")


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReconcilerError, match=r"gone\.yaml cannot be read: No such file or directory$"):
        content(str(tmp_path / "gone.yaml"))


def test_writes_a_new_file_with_all_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.yaml"
    assert write_new(path, "name: é\n") is True
    assert path.read_bytes() == "name: é\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["a.yaml"]


def test_a_new_file_has_ordinary_rights(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_new(tmp_path / "a.yaml", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.yaml").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["file", "folder", "link"]
)
def test_never_overwrites(make: object, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    make(path)  # type: ignore[operator]
    before = path.lstat()
    assert write_new(path, "name: a\n") is False
    assert path.lstat() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.yaml"]


def test_a_file_with_the_longest_name_can_be_written(tmp_path: Path) -> None:
    assert write_new(tmp_path / ("x" * 250 + ".yaml"), "") is True


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("file/a.yaml", "", "cannot write {}: File exists"),
        ("file/deeper/a.yaml", "", "cannot write {}: Not a directory"),
        ("x" * 300 + ".yaml", "", "cannot write {}: File name too long"),
        ("a.yaml", "a\ud800", "cannot write {}: half a character at 1 of its text"),
    ],
    ids=["below a file", "deeper below a file", "name too long", "half a character"],
)
def test_what_cannot_be_written_is_an_error_and_leaves_nothing(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReconcilerError) as raised:
        write_new(tmp_path / name, text)
    assert str(raised.value) == message.format(tmp_path / name)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_folder_for_us_alone_tells_git_to_pass_over_all_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / ".reconciler"

    make_unversioned(folder)

    assert [(path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir()] == [(".gitignore", "*\n")]


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    make_unversioned(tmp_path)

    assert list(tmp_path.iterdir()) == []

"""The record of what was sent last: a line each while somebody is at work, and folded when nobody is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.apply.journal import StateFolder
from reconciler.apply.record import Record
from reconciler.model.errors import StateError
from tests.support.disks import no_room

HOST, TOKEN = "https://app.talkover.ai/api/v1", "0123456789abcdef"
NOTED = {"c-1": {"max_retries": "aa"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def record(folder: Path) -> Record:
    record = Record(folder)
    record.note(HOST, TOKEN, "c-1", {"max_retries": "aa"})
    return record


def sent(folder: Path) -> dict[str, dict[str, str]]:
    return {one: dict(fields) for one, fields in Record(folder).sent(HOST, TOKEN).items()}


def test_a_note_costs_a_line_whatever_is_recorded(record: Record, folder: Path) -> None:
    first = (folder / "record.log").stat().st_size
    for number in range(100):
        record.note(HOST, TOKEN, f"d-{number:02}", {"max_retries": "aa"})

    assert (folder / "record.log").stat().st_size == first + 100 * (first + 1)
    assert len(sent(folder)) == 101
    assert not (folder / "record.json").exists()


def test_folded_it_is_one_file(record: Record, folder: Path) -> None:
    record.fold()
    record.fold()

    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == ["record.json"]
    assert sent(folder) == NOTED


def test_a_crash_between_the_two_files_does_no_harm(record: Record, folder: Path) -> None:
    log = (folder / "record.log").read_bytes()
    record.note(HOST, TOKEN, "c-1", {"max_retries": "bb"})
    log = (folder / "record.log").read_bytes()
    record.fold()
    (folder / "record.log").write_bytes(log)

    assert sent(folder) == {"c-1": {"max_retries": "bb"}}


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_line_that_a_crash_cut_off_was_not_noted_and_spoils_none(record: Record, folder: Path, cut: int) -> None:
    whole = (folder / "record.log").read_bytes()
    (folder / "record.log").write_bytes(whole + whole[:cut])
    assert sent(folder) == NOTED

    record.note(HOST, TOKEN, "c-2", {"end_date": "cc"})
    assert sent(folder) == {**NOTED, "c-2": {"end_date": "cc"}}


def test_a_full_disk_leaves_the_lines_that_are_there(record: Record, folder: Path) -> None:
    with pytest.raises(StateError, match=r"record\.log cannot be written: "), no_room():
        record.note(HOST, TOKEN, "c-2", {"max_retries": "aa"})

    assert sent(folder) == NOTED


@pytest.mark.parametrize(
    "line",
    ["", "x", "1", "[1]", '["h", "t", "c"]', '["h", "t", "c", {"f": 1}]', '[1, "t", "c", {}]', '["h", "t", [], {}]'],
)
def test_a_damaged_log_is_told_and_stands_in_the_way_of_no_resume(record: Record, folder: Path, line: str) -> None:
    with (folder / "record.log").open("a") as log:
        log.write(line + "\n")

    with pytest.raises(StateError, match=r"record\.log is damaged, or was written by something else: delete it"):
        record.sent(HOST, TOKEN)
    with StateFolder(folder).locked():
        assert StateFolder(folder).entries() == ()
    assert (folder / "record.log").exists()


@pytest.mark.usefixtures("record")
def test_who_works_here_folds_before_and_after(folder: Path) -> None:
    state = StateFolder(folder)
    with state.locked():
        assert json.loads((folder / "record.json").read_text())["version"] == 2
        assert not (folder / "record.log").exists()
        state.remember(HOST, TOKEN, "c-2", {"end_date": "cc"})
        assert (folder / "record.log").exists()

    assert not (folder / "record.log").exists()
    assert sent(folder) == {**NOTED, "c-2": {"end_date": "cc"}}

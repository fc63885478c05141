"""`_holds.yaml`: what is written is read again, comments stay, and what nobody understands holds everything."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from reconciler.files.holds import documents_of, read_holds, write_holds
from reconciler.model.errors import ReconcilerError
from reconciler.model.holds import Hold, Holds, Selected, Stopped

HOST = "https://api.example.com/v1"
ALL = Hold(
    "2027-01-05T03:00:00+00:00",
    'Priya "P": #1',
    "a prompt\nthat was wrong, é",
    HOST,
    Selected(everything=True),
    "TALKOVER_TOKEN",
    "f00",
    "2027-01-06",
    (Stopped("c-1", "Sales: US", "active"),),
)
SOME = Hold("2027-01-05T04:00:00+00:00", "Tom", "", HOST, Selected(names=("S *",), ids=("c",), paths=("campaigns/us",)))
PART = Hold("2027-01-05T05:00:00+00:00", "Tom", "", HOST, Selected(everything=True), released=Selected(ids=("c",)))
HOLDS = (ALL, SOME, PART)
PAIRS = [*itertools.permutations([(), (ALL,), (SOME,), (SOME, ALL), HOLDS], 2)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "_holds.yaml"


@pytest.mark.parametrize("number", range(4))
def test_what_is_written_is_read_again(file: Path, number: int) -> None:
    write_holds(file, lambda _: HOLDS[:number])

    assert read_holds([file]) == Holds(HOLDS[:number])


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_any_holds_may_follow_any_others(file: Path, before: tuple[Hold, ...], after: tuple[Hold, ...]) -> None:
    write_holds(file, lambda _: before)
    file.write_text(file.read_text() + "# the end, by hand")
    write_holds(file, lambda _: after)

    assert set(read_holds([file]).holds) == set(after)
    assert "# the end, by hand" in file.read_text()


def test_the_comment_says_that_it_is_to_be_committed_and_an_empty_list_is_left_at_the_end(file: Path) -> None:
    write_holds(file, lambda _: [ALL])
    write_holds(file, lambda _: [])

    assert "# Commit this file" in file.read_text()
    assert file.read_text().endswith("\nholds: []\n")


def test_comments_stay_where_a_hold_goes(file: Path) -> None:
    write_holds(file, lambda _: [ALL, SOME])
    text = file.read_text().replace('  - since: "2027-01-05T04', '  # ask Tom first\n  - since: "2027-01-05T04')
    file.write_text(text)
    write_holds(file, lambda held: [held[1]])

    assert "  # ask Tom first\n" in file.read_text()


def test_what_does_not_change_is_left_byte_for_byte(file: Path) -> None:
    text = f'holds:\n  - {{since: x, by: y, base_url: "{HOST}", selected: {{}}, stopped: []}} # by hand\n'
    file.write_text(text)
    write_holds(file, lambda held: held)

    assert file.read_text() == text


FLOW = "{since: x, by: y, base_url: z, selected: {}, stopped: []}"


@pytest.mark.parametrize("text", [f"holds:\n- {FLOW}\n", f"holds: [{FLOW}]\n", f'"holds":\n- {FLOW}'])
def test_a_form_that_is_not_ours_is_written_anew_with_its_comments(file: Path, text: str) -> None:
    file.write_text(f"# mine\n{text}")
    write_holds(file, lambda held: [*held, ALL])

    assert len(read_holds([file]).holds) == 2
    assert "# mine\n" in file.read_text()


def test_a_file_that_is_not_there_holds_nothing(file: Path) -> None:
    assert read_holds([file]) == Holds()


ROW = "since: a, by: b, base_url: c, selected: {}, stopped: []"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("holds", id="a word"),
        pytest.param("holds: yes", id="no list"),
        pytest.param("holds: []\nmore: 1", id="another key"),
        pytest.param("holds: [1]", id="a number for a hold"),
        pytest.param("holds: [{since: a}]", id="keys are missing"),
        pytest.param(f"holds: [{{{ROW}, reason: 1}}]", id="a number for a reason"),
        pytest.param(f"holds: [{{{ROW}, colour: red}}]", id="an unknown key"),
        pytest.param(f"holds: [{{{ROW.replace('{}', '1')}}}]", id="selected is no mapping"),
        pytest.param(f"holds: [{{{ROW.replace('{}', '{all: 1}')}}}]", id="all is no boolean"),
        pytest.param(f"holds: [{{{ROW.replace('{}', '{names: [1]}')}}}]", id="a number for a name"),
        pytest.param(f"holds: [{{{ROW.replace('{}', '{name: a}')}}}]", id="an unknown selection"),
        pytest.param(f"holds: [{{{ROW.replace('[]', '[{id: a}]')}}}]", id="what was stopped is incomplete"),
        pytest.param(f"holds: [{{{ROW.replace('[]', '1')}}}]", id="stopped is no list"),
    ],
)
def test_what_cannot_be_understood_holds_everything(file: Path, text: str) -> None:
    file.write_text(text)
    found = read_holds([file])

    assert found.covering("c", "C") is not None
    with pytest.raises(ReconcilerError):
        write_holds(file, lambda held: held)
    assert file.read_text() == text


def test_a_folder_in_the_place_of_the_file_holds_everything(file: Path) -> None:
    file.mkdir()

    assert len(read_holds([file]).unreadable) == 1
    with pytest.raises(ReconcilerError):
        write_holds(file, lambda _: [ALL])
    assert [problem.message for problem in documents_of([file])[1]] == ["cannot be read: Is a directory"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReconcilerError, match="cannot be written"):
        write_holds(tmp_path / "missing" / "_holds.yaml", lambda _: [ALL])


def test_an_edit_that_changes_neither_size_nor_time_is_read(file: Path) -> None:
    write_holds(file, lambda _: [SOME])
    before, stamp = read_holds([file]), file.stat()
    file.write_text(file.read_text().replace("Tom", "Tim"))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    assert (before.holds[0].by, read_holds([file]).holds[0].by) == ("Tom", "Tim")

"""The state folder: on the disk before it is relied on, alone at work, and never silent about what it cannot read."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.apply.context import PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.model.errors import StateError
from tests.support.disks import no_room

HOST, OTHER_HOST = "https://app.talkover.ai/api/v1", "https://calls.example.com/api/v1"
TOKEN = "a" * 32
ENTRY = PauseEntry("sales-us-q1", HOST, "active", "2027-01-15T08:00:00+00:00", "to change call_time_ranges")
SECOND = ENTRY._replace(campaign="reminder-uk")

HOLD = """
import sys
from pathlib import Path
from reconciler.apply.journal import StateFolder
with StateFolder(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def state(folder: Path) -> StateFolder:
    return StateFolder(folder)


def test_without_a_folder_there_is_nothing_to_resume_and_nothing_is_made(state: StateFolder, folder: Path) -> None:
    assert (state.entries(), dict(state.record(HOST, TOKEN)), folder.exists()) == ((), {}, False)


def test_what_is_announced_is_there_for_the_next_process_until_it_is_cleared(state: StateFolder, folder: Path) -> None:
    state.announce(ENTRY)
    state.announce(SECOND)
    both = StateFolder(folder).entries()
    state.clear(ENTRY)

    assert (both, StateFolder(folder).entries()) == ((ENTRY, SECOND), (SECOND,))


def test_a_campaign_is_in_the_journal_once_and_as_it_was_announced_last(state: StateFolder) -> None:
    later = ENTRY._replace(at="2027-01-15T09:00:00+00:00")
    state.announce(ENTRY)
    state.announce(later)

    assert state.entries() == (later,)


def test_the_same_id_on_another_host_is_another_campaign(state: StateFolder) -> None:
    elsewhere = ENTRY._replace(base_url=OTHER_HOST)
    state.announce(ENTRY)
    state.announce(elsewhere)
    state.clear(ENTRY)

    assert state.entries() == (elsewhere,)


def test_what_another_process_wrote_meanwhile_is_heeded(state: StateFolder, folder: Path) -> None:
    state.announce(ENTRY)
    assert state.entries() == (ENTRY,)
    StateFolder(folder).clear(ENTRY)
    StateFolder(folder).announce(SECOND)

    third = ENTRY._replace(campaign="sales-uk")
    state.announce(third)

    assert state.entries() == StateFolder(folder).entries() == (SECOND, third)


@pytest.mark.parametrize("entries", [(), (ENTRY,), (ENTRY, SECOND._replace(name="\u00e4 \n\\n"))])
def test_the_journal_is_json_with_a_line_for_each_key(
    state: StateFolder, folder: Path, entries: tuple[PauseEntry, ...]
) -> None:
    state.announce(ENTRY)
    state.clear(ENTRY)
    for entry in entries:
        state.announce(entry)

    expected = {"version": 2, "paused": [entry._asdict() for entry in entries]}
    assert (folder / "journal.json").read_text() == json.dumps(expected, indent=1)


def test_clearing_what_is_not_there_changes_nothing(state: StateFolder) -> None:
    state.announce(ENTRY)
    state.clear(SECOND)

    assert state.entries() == (ENTRY,)


def test_the_content_is_on_the_disk_then_its_name_then_the_call_returns(folder: Path) -> None:
    seen: list[tuple[str, str, str]] = []

    def sync(descriptor: int) -> None:
        os.fsync(descriptor)
        synced = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((synced, text_of(*folder.glob(".draft-*")), text_of(folder / "journal.json")))

    state = StateFolder(folder, sync)
    state.announce(ENTRY)
    first = (folder / "journal.json").read_text()
    state.announce(SECOND)
    second = (folder / "journal.json").read_text()

    assert seen == [
        ("file", first, ""),
        ("folder", "", first),
        ("file", second, first),
        ("folder", "", second),
    ]


def text_of(*paths: Path) -> str:
    return "".join(path.read_text() for path in paths if path.exists())


def test_a_write_that_was_cut_off_leaves_the_journal_as_it_was(state: StateFolder, folder: Path) -> None:
    state.announce(ENTRY)
    (folder / ".draft-0123").write_text('{"version": 1, "pau')

    assert StateFolder(folder).entries() == (ENTRY,)
    state.announce(SECOND)
    assert StateFolder(folder).entries() == (ENTRY, SECOND)


def row(**changes: object) -> str:
    return json.dumps({"version": 1, "paused": [{**ENTRY._asdict(), **changes}]})


_DAMAGED = [
    pytest.param("", id="empty"),
    pytest.param('{"version": 1, "paused": [', id="cut off"),
    pytest.param("\0" * 200, id="zeros, as after a power cut"),
    pytest.param("[]", id="a list"),
    pytest.param('"text"', id="a text"),
    pytest.param("[" * 100_000, id="nested too deep"),
    pytest.param("{}", id="without a version"),
    pytest.param('{"version": 3, "paused": []}', id="of a later version"),
    pytest.param('{"version": 1}', id="without its list"),
    pytest.param('{"version": 1, "paused": null}', id="null in place of its list"),
    pytest.param('{"version": 1, "paused": {"a": 1}}', id="a mapping in place of its list"),
    pytest.param('{"version": 1, "paused": ["sales-us-q1"]}', id="a text in place of an entry"),
    pytest.param('{"version": 1, "paused": [{"campaign": "c"}]}', id="an entry that lacks parts"),
    pytest.param(row(more=1), id="an entry with more parts"),
    pytest.param(row(campaign=7), id="an id that is no text"),
    pytest.param(row(campaign="../agents"), id="an id that cannot be one"),
    pytest.param(row(status_before="running"), id="a status that is none"),
]


@pytest.mark.parametrize("content", _DAMAGED)
def test_a_damaged_journal_is_told_and_left_alone(state: StateFolder, folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "journal.json").write_text(content)

    for use in (state.entries, lambda: state.announce(ENTRY), lambda: state.clear(ENTRY)):
        with pytest.raises(StateError) as caught:
            use()
        assert str(caught.value) == (
            f"{folder}/journal.json is damaged, or was written by something else: look into it, resume by hand what "
            "it names (`reconciler recover --id ID`), then delete it"
        )
    assert (folder / "journal.json").read_text() == content


def test_a_journal_that_is_no_text_is_damaged_too(state: StateFolder, folder: Path) -> None:
    folder.mkdir()
    (folder / "journal.json").write_bytes(b"\xff\xfe{}")

    with pytest.raises(StateError, match="is damaged, or was written by something else"):
        state.entries()


def test_a_journal_that_cannot_be_read_is_told(state: StateFolder, folder: Path) -> None:
    (folder / "journal.json").mkdir(parents=True)

    with pytest.raises(StateError, match=r"journal\.json cannot be read: Is a directory"):
        state.entries()


# The record


def test_the_record_is_kept_by_host_campaign_and_field(state: StateFolder, folder: Path) -> None:
    state.remember(HOST, TOKEN, "c-1", {"auto_complete": "aa", "end_date": "bb"})
    state.remember(HOST, TOKEN, "c-1", {"end_date": "cc"})
    state.remember(HOST, TOKEN, "c-2", {"end_date": "dd"})
    state.remember(OTHER_HOST, TOKEN, "c-1", {"end_date": "ee"})
    kept = StateFolder(folder)

    assert [dict(kept.record(host, TOKEN)) for host in (HOST, OTHER_HOST, "https://nobody.example.com")] == [
        {"c-1": {"auto_complete": "aa", "end_date": "cc"}, "c-2": {"end_date": "dd"}},
        {"c-1": {"end_date": "ee"}},
        {},
    ]


def test_what_another_token_sent_is_as_if_it_were_not_recorded(state: StateFolder) -> None:
    state.remember(HOST, TOKEN, "c-1", {"end_date": "aa"})

    assert (dict(state.record(HOST, "another")), dict(state.record("HTTPS://App.Talkover.ai:443/api/v1/", TOKEN))) == (
        {},
        {"c-1": {"end_date": "aa"}},
    )


def test_a_record_that_knew_no_tokens_is_as_none(state: StateFolder, folder: Path) -> None:
    folder.mkdir()
    (folder / "record.json").write_text('{"version": 1, "sent": {"h": {"c": {"f": "aa"}}}}')

    assert dict(state.record("h", TOKEN)) == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"version": 2}',
        '{"version": 2, "sent": []}',
        '{"version": 2, "sent": {"h": []}}',
        '{"version": 2, "sent": {"h": {"t": "x"}}}',
        '{"version": 2, "sent": {"h": {"t": {"c": "x"}}}}',
        '{"version": 2, "sent": {"h": {"t": {"c": {"f": 1}}}}}',
    ],
)
def test_a_damaged_record_is_told(state: StateFolder, folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "record.json").write_text(content)

    with pytest.raises(StateError) as caught:
        state.record(HOST, TOKEN)
    assert str(caught.value) == (
        f"{folder}/record.json is damaged, or was written by something else: delete it; "
        "fields that the API does not show are then sent once more"
    )


# The lock


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that works in the folder, until the end of the block or of its life."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


@pytest.mark.processes
def test_the_second_process_is_told_who_is_at_work(state: StateFolder, folder: Path) -> None:
    with holder(folder) as process, pytest.raises(StateError) as caught, state.locked():
        pass

    assert str(caught.value) == (
        f"{folder} is in use by process {process.pid}: wait until it is done, or use another --state-dir"
    )


@pytest.mark.processes
def test_the_lock_dies_with_its_process(state: StateFolder, folder: Path) -> None:
    with holder(folder) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with state.locked():
            assert (folder / "lock").read_text() == f"process {os.getpid()}"


def test_the_lock_is_given_back(state: StateFolder, folder: Path) -> None:
    with state.locked():
        pass
    with state.locked(), pytest.raises(StateError, match="is in use by process"), StateFolder(folder).locked():
        pass
    with state.locked():
        pass


@pytest.mark.processes
def test_reading_needs_no_lock(state: StateFolder, folder: Path) -> None:
    state.announce(ENTRY)
    with holder(folder):
        assert state.entries() == (ENTRY,)


# Disks that are of no help


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = StateFolder(tmp_path / "file" / "state")

    with pytest.raises(StateError, match=r"file/state cannot be made: Not a directory"), state.locked():
        pass
    with pytest.raises(StateError, match=r"journal\.json cannot be read: Not a directory"):
        state.announce(ENTRY)


def test_a_lock_that_cannot_be_opened_is_told(state: StateFolder, folder: Path) -> None:
    (folder / "lock").mkdir(parents=True)

    with pytest.raises(StateError, match=r"state/lock cannot be locked: Is a directory"), state.locked():
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(state: StateFolder, folder: Path) -> None:
    folder.mkdir(mode=0o500)

    with pytest.raises(StateError, match=r"journal\.json cannot be written: Permission denied"):
        state.announce(ENTRY)


@pytest.mark.parametrize(
    ("use", "file"),
    [
        pytest.param(lambda state: state.announce(SECOND), "journal.json", id="announcing"),
        pytest.param(lambda state: state.clear(ENTRY), "journal.json", id="clearing"),
        pytest.param(lambda state: state.remember(HOST, TOKEN, "c", {"end_date": "x"}), "record.log", id="remembering"),
    ],
)
def test_a_full_disk_is_told_and_what_was_written_stays(
    state: StateFolder, folder: Path, use: Callable[[StateFolder], None], file: str
) -> None:
    state.announce(ENTRY)
    with pytest.raises(StateError, match=f"{file} cannot be written: File too large"), no_room():
        use(state)

    assert StateFolder(folder).entries() == (ENTRY,)


def test_a_full_disk_does_not_stand_in_the_way_of_the_lock(state: StateFolder, folder: Path) -> None:
    with no_room(), state.locked():
        pass

    assert (folder / "lock").read_text() == ""

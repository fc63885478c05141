"""The file of verdicts: what one process found out is not lost by what another writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.cli.verdict_file import VerdictFile
from reconciler.live.verdicts import SIMPLE, Awaited, Shown, Verdict, Verdicts

HERE, FOUND = "https://app.talkover.ai/api/v1", {"c-1": Verdict("hash", 1.0)}


def at(folder: Path, whose: str = "one") -> VerdictFile:
    return VerdictFile(folder, HERE, whose)


def test_a_change_that_was_missed_stays_known_whatever_a_plan_that_began_before_writes(tmp_path: Path) -> None:
    at(tmp_path).write(Verdicts(FOUND))
    at(tmp_path).write(Verdicts(missed="2026-12-14"))
    at(tmp_path).write(Verdicts(FOUND))

    assert at(tmp_path).read() == Verdicts(missed="2026-12-14")


def test_what_a_put_showed_meanwhile_stays_known(tmp_path: Path) -> None:
    at(tmp_path).note("c-2", Shown(frozenset({SIMPLE}), None))
    at(tmp_path).note("c-2", Shown(frozenset({"days_of_week"}), 5.0))
    at(tmp_path).write(Verdicts(FOUND, {SIMPLE: True}))

    assert at(tmp_path).read() == Verdicts(
        FOUND, {SIMPLE: False}, {"days_of_week": Awaited("c-2", 5.0, must_rest=False)}
    )


def test_one_put_of_a_run_is_enough_to_show_a_thing(tmp_path: Path) -> None:
    file = at(tmp_path)
    file.note("c-1", Shown(frozenset({SIMPLE}), 4.0, must_rest=True))
    file.note("c-2", Shown(frozenset({SIMPLE}), 5.0))
    file.note("c-3", Shown(frozenset({SIMPLE}), 6.0))
    file.note("c-4", Shown(frozenset({SIMPLE}), 7.0, must_rest=True))

    assert file.read().awaited == {SIMPLE: Awaited("c-2", 5.0, must_rest=False)}
    file.note("c-3", Shown(frozenset({SIMPLE}), None))
    assert file.read() == Verdicts(moves={SIMPLE: False})


def test_what_is_about_to_change_has_no_verdict(tmp_path: Path) -> None:
    at(tmp_path).forget({"c-1"})

    assert list(tmp_path.iterdir()) == []

    at(tmp_path).write(Verdicts({**FOUND, "c-2": Verdict("other", 2.0)}))
    at(tmp_path).forget({"c-1", "c-3"})

    assert at(tmp_path).read() == Verdicts({"c-2": Verdict("other", 2.0)})


def test_each_token_has_verdicts_of_its_own(tmp_path: Path) -> None:
    at(tmp_path).write(Verdicts(FOUND))

    assert at(tmp_path, "another").read() == Verdicts()


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "environments": []}', '{"version": 1}'])
def test_a_damaged_file_is_left_as_it_is_and_nothing_is_taken_from_it(text: str, tmp_path: Path) -> None:
    file = at(tmp_path)
    file.path.write_text(text, encoding="utf-8")
    file.note("c-1", Shown(frozenset({SIMPLE}), None))
    file.forget({"c-1"})
    file.write(Verdicts(FOUND))

    assert file.read().missed == "its file is damaged"
    assert file.path.read_text(encoding="utf-8") == text


def test_what_several_find_out_at_the_same_time_is_all_kept(tmp_path: Path) -> None:
    kinds = [f"kind {number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda kind: at(tmp_path).note("c-1", Shown(frozenset({kind}), None)), kinds))

    assert at(tmp_path).read().moves == dict.fromkeys(kinds, False)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    at(tmp_path / "file").write(Verdicts(FOUND))

    assert "cannot be written" in capsys.readouterr().err

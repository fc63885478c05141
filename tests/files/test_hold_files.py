"""Where files of holds are found."""

from __future__ import annotations

from pathlib import Path

from reconciler.files.hold_files import files_above


def test_a_suffix_in_any_case_is_found_and_ours_first(tmp_path: Path) -> None:
    for name in ("_holds.YAML", "_holds.yml", "_holds.yaml", "_Holds.yaml", "_holds.yam"):
        (tmp_path / name).write_text("holds: []\n")

    found = [file.name for file in files_above(tmp_path) if file.parent == tmp_path]
    assert found[0] == "_holds.yaml"
    assert set(found) == {"_holds.YAML", "_holds.yml", "_holds.yaml"}


def test_files_are_found_in_the_folder_and_above(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "campaigns" / "us").mkdir(parents=True)
    for place in (tmp_path, tmp_path / "campaigns" / "us"):
        (place / "_holds.yml").write_text("holds: []")

    found = files_above(tmp_path / "campaigns" / "us")

    assert found == (tmp_path / "campaigns" / "us" / "_holds.yml", tmp_path / "_holds.yml")

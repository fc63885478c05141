from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.main import run

LOOSE = "name: Sales\nid: sales\nmax_retries: 2 # two\nstart_date: 2027-01-04\n"
TIGHT = 'id: sales\nname: Sales\nstart_date: "2027-01-04"\nmax_retries: 2 # two\n'
STRAY = "campaigns/deep/_default.yaml:1:1: nothing reads this file: did you mean _defaults.yaml?"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose campaign, defaults and environment are all out of order."""
    monkeypatch.chdir(tmp_path)
    files = {
        ".git/HEAD": "",
        "campaigns/sales.yaml": LOOSE,
        "campaigns/_defaults.yaml": "do_not_call_enabled: true\nmax_retries: 1\n",
        "campaigns/_environment.yml": "max_changes: 5\nbase_url: https://x.example\n",
        "campaigns/_holds.yaml": "b: 1\nname: 2\n",
        "campaigns/deep/fine.yaml": TIGHT,
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("here")
def test_every_file_that_campaigns_are_read_from_is_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt"]) == 0

    assert capsys.readouterr() == (
        "campaigns/_defaults.yaml\ncampaigns/_environment.yml\ncampaigns/sales.yaml\n",
        "3 of 4 files changed\n",
    )
    assert {path.name: path.read_text(encoding="utf-8") for path in Path("campaigns").glob("*.y*ml")} == {
        "_defaults.yaml": "max_retries: 1\ndo_not_call_enabled: true\n",
        "_environment.yml": "base_url: https://x.example\nmax_changes: 5\n",
        "_holds.yaml": "b: 1\nname: 2\n",
        "sales.yaml": TIGHT,
    }


@pytest.mark.usefixtures("here")
def test_check_names_the_files_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--check", "campaigns/sales.yaml", "campaigns/deep"]) == 1

    assert capsys.readouterr() == ("campaigns/sales.yaml\n", "1 of 2 files would change\n")
    assert Path("campaigns/sales.yaml").read_text(encoding="utf-8") == LOOSE


@pytest.mark.usefixtures("here")
def test_check_is_content_once_files_are_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    run(["fmt"])
    capsys.readouterr()

    assert run(["fmt", "--check"]) == 0

    assert capsys.readouterr() == ("", "0 of 4 files would change\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "path", ["campaigns/_defaults.yaml", "campaigns/_def*", "campaigns/_environment.yml", "campaigns/sales.yaml"]
)
def test_a_shared_file_can_be_named_as_well(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", path]) == 0

    assert capsys.readouterr().err == "1 of 1 file changed\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nowhere", "nowhere does not exist\n"),
        (".git", "no campaign files under .git: their names end with .yaml or .yml\n"),
        ("campaigns/deep/_default.yaml", f"{STRAY}\n1 error\n"),
        (".", f"{STRAY}\n1 error\n"),
    ],
)
def test_a_path_without_files_to_format_is_an_error(path: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("campaigns/deep/_default.yaml").write_text("name: x\n", encoding="utf-8")

    assert run(["fmt", path]) == 1

    assert capsys.readouterr() == ("", told)


@pytest.mark.usefixtures("here")
def test_files_with_errors_are_told_and_the_others_are_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    Path("campaigns/bad.yaml").write_text("name: x\nname: y\nid:\n", encoding="utf-8")
    Path("campaigns/gone.yaml").symlink_to("nowhere")

    assert run(["fmt"]) == 1

    assert capsys.readouterr().err.splitlines() == [
        "campaigns/bad.yaml:2:1: name: written twice, first on line 1: keep one",
        "campaigns/bad.yaml:3:1: id: has no value: write null to clear, or remove the line",
        "campaigns/gone.yaml cannot be read: No such file or directory",
        "3 of 6 files changed; 2 could not be read or written",
    ]
    assert Path("campaigns/sales.yaml").read_text(encoding="utf-8") == TIGHT


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{name: x, id: c}\n", "out of order: they"),
        ("{name: 10:00, id: c}\n", "out of order, with quotes: they"),
    ],
)
def test_fields_that_cannot_be_sorted_are_told(text: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("campaigns/sales.yaml").write_text(text, encoding="utf-8")

    assert run(["fmt", "campaigns/sales.yaml"]) == 0

    assert f"campaigns/sales.yaml: fields stay {told} stand in brackets" in capsys.readouterr().err


def test_imported_files_have_nothing_to_be_formatted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["import", "--sandbox", "--with-status", "--with-numbers", "--defaults"]) == 0
    count = len(list(Path("campaigns").glob("*.yaml")))
    capsys.readouterr()

    assert run(["fmt", "--check"]) == 0

    assert capsys.readouterr() == ("", f"0 of {count} files would change\n")

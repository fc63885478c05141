from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.whole_folder import without_other_files
from tests.support.campaigns import shown, wanted
from tests.support.files import write

FILES = {
    ".git/HEAD": "",
    "campaigns/production/_environment.yaml": "token_env: TALKOVER_TOKEN_PRODUCTION\n",
    "campaigns/production/a.yaml": "id: c-a\nname: A\n",
    "campaigns/production/deep/b.yaml": "id: C-B\nname: Other\n",
    "campaigns/production/c.yaml": "name: ' C '\n",
    "campaigns/staging/_environment.yaml": "token_env: TALKOVER_TOKEN_STAGING\n",
    "campaigns/staging/d.yaml": "name: D\n",
}
LISTED = [shown({}, campaign=f"c-{name.lower()}", name=name) for name in "ABCD"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(FILES, tmp_path)
    return tmp_path


def left(*names: str) -> list[str] | None:
    """The names of the live campaigns of production that no other file than these means."""
    at_hand = [wanted({}, file=f"campaigns/production/{name}.yaml") for name in names]
    found = without_other_files(LISTED, at_hand)
    return None if found is None else [live.name for live in found]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["a"], ["A", "D"], id="one of them"),
        pytest.param(["a", "c"], ["A", "C", "D"], id="two of them"),
        pytest.param(["a", "c", "deep/b"], ["A", "B", "C", "D"], id="all of this environment"),
    ],
)
def test_a_campaign_that_another_file_means_is_not_without_a_file(names: list[str], expected: list[str]) -> None:
    assert left(*names) == expected


def test_where_everything_is_at_hand_nothing_is_read(here: Path) -> None:
    for file in ("staging/d.yaml", "production/c.yaml", "production/deep/b.yaml"):
        (here / "campaigns" / file).unlink()

    assert left("a") == ["A", "B", "C", "D"]


@pytest.mark.parametrize("text", ["name: [\n", "\x00"])
def test_beside_a_file_that_cannot_be_read_nothing_is_said(text: str, here: Path) -> None:
    write({"campaigns/production/broken.yaml": text}, here)

    assert left("a") is None


def test_in_a_folder_that_cannot_be_read_nothing_is_said(here: Path) -> None:
    (here / "campaigns" / "x").symlink_to("x")

    assert left("a") is None


def test_files_without_environment_share_one(here: Path) -> None:
    write({"loose/a.yaml": "name: A\n", "loose/b.yaml": "name: B\n"}, here)
    found = without_other_files(LISTED, [wanted({}, file="loose/a.yaml")])

    assert found is not None
    assert [one.name for one in found] == ["A", "C", "D"]

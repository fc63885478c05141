from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.files.find import has_campaigns, lineage, with_shared
from reconciler.files.read import FilesRead, read, read_folder
from reconciler.model.errors import ReconcilerError
from tests.support.files import values, write

TREE = {
    "campaigns/b.yaml": "name: b\n",
    "campaigns/a.yml": "name: a\n",
    "campaigns/deep/er/c.yaml": "name: c\n",
    "campaigns/_shared.yaml": "name: [\n",
    "campaigns/_shared/d.yaml": "name: d\n",
    "campaigns/.hidden.yaml": "name: [\n",
    "campaigns/.hidden/x.yaml": "name: [\n",
    "campaigns/README.md": "name: [\n",
    "campaigns/x.json": "{",
    "campaigns/x.yaml.orig": "name: [\n",
}
ALL = {
    "campaigns/_shared/d.yaml": {"name": "d"},
    "campaigns/a.yml": {"name": "a"},
    "campaigns/b.yaml": {"name": "b"},
    "campaigns/deep/er/c.yaml": {"name": "c"},
}


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["campaigns"], list(ALL)),
        (["campaigns/"], list(ALL)),
        (["./campaigns//"], list(ALL)),
        (["."], list(ALL)),
        (["campaigns/b.yaml"], ["campaigns/b.yaml"]),
        (["./campaigns/deep"], ["campaigns/deep/er/c.yaml"]),
        (["campaigns/b.yaml", "campaigns/a.yml"], ["campaigns/a.yml", "campaigns/b.yaml"]),
        (["campaigns/b.yaml", "campaigns", "./campaigns/b.yaml"], list(ALL)),
        (["campaigns/*.y*ml"], ["campaigns/a.yml", "campaigns/b.yaml"]),
        (["campaigns/*"], list(ALL)),
        (["campaigns/**/*.yaml"], [name for name in ALL if name.endswith(".yaml")]),
        (["campaigns/d*"], ["campaigns/deep/er/c.yaml"]),
    ],
    ids=" ".join,
)
def test_finds_campaigns(paths: list[str], found: list[str], here: Path) -> None:
    write(TREE, here)
    assert values(read(paths)) == {name: ALL[name] for name in found}


def test_names_files_as_the_path_was_typed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(TREE, here)
    absolute = str(here / "campaigns" / "b.yaml")
    assert list(values(read([absolute]))) == [absolute]
    assert list(values(read([str(here)])))[-1] == str(here / "campaigns/deep/er/c.yaml")
    monkeypatch.chdir(here / "campaigns" / "deep")
    assert list(values(read(["."]))) == ["er/c.yaml"]
    assert list(values(read(["../b.yaml"]))) == ["../b.yaml"]
    assert list(values(read(["../deep/er/../er"]))) == ["../deep/er/../er/c.yaml"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(here: Path) -> None:
    write({"a[1].yaml": "name: a\n", "a1.yaml": "name: b\n"}, here)
    assert values(read(["a[1].yaml"])) == {"a[1].yaml": {"name": "a"}}


def test_follows_links_once_and_not_in_circles(here: Path) -> None:
    write({"campaigns/a.yaml": "name: a\n", "elsewhere/b.yaml": "name: b\n"}, here)
    (here / "campaigns" / "link.yaml").symlink_to("a.yaml")
    (here / "campaigns" / "other").symlink_to(here / "elsewhere")
    (here / "elsewhere" / "back").symlink_to(here / "campaigns")
    assert list(values(read(["campaigns"]))) == ["campaigns/a.yaml", "campaigns/other/b.yaml"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", "nowhere does not exist"),
        ("nowhere/a.yaml", "nowhere/a.yaml does not exist"),
        ("", " does not exist"),
        ("empty", "no campaign files under empty: their names end with .yaml or .yml"),
        ("shared", "no campaign files under shared: their names end with .yaml or .yml"),
        ("empty/*.yaml", "no campaign files under empty/*.yaml: their names end with .yaml or .yml"),
        ("shared/*", "no campaign files under shared/*: their names end with .yaml or .yml"),
        (
            "shared/_defaults.yaml",
            "shared/_defaults.yaml is no campaign: names that start with `_` hold what campaigns share",
        ),
        (
            "shared/notes.txt",
            "shared/notes.txt is no campaign file: name it without a leading dot, ending with .yaml or .yml",
        ),
        (
            "shared/.x.yaml",
            "shared/.x.yaml is no campaign file: name it without a leading dot, ending with .yaml or .yml",
        ),
    ],
)
def test_a_path_without_campaigns_is_an_error(path: str, message: str, here: Path) -> None:
    write(
        {"shared/_defaults.yaml": "a: 1\n", "shared/notes.txt": "", "shared/.x.yaml": "a: 1\n", "a.yaml": "a: 1\n"},
        here,
    )
    (here / "empty").mkdir()
    with pytest.raises(ReconcilerError) as raised:
        read(["a.yaml", path])
    assert (str(raised.value), raised.value.exit_code) == (message, 1)


def test_no_path_at_all_is_an_error() -> None:
    with pytest.raises(ReconcilerError, match="no path given"):
        read([])


def test_a_folder_that_cannot_be_read_is_an_error(here: Path) -> None:
    write({"a.yaml": "name: a\n"}, here)
    (here / "x").symlink_to("x")
    with pytest.raises(ReconcilerError, match=r"cannot read the folder \.: Too many levels of symbolic links"):
        read(["."])


@pytest.mark.parametrize("folder", ["nowhere", "empty", "campaigns"])
def test_a_folder_may_have_no_campaigns_yet(here: Path, folder: str) -> None:
    (here / "empty").mkdir()
    write({"campaigns/_defaults.yaml": "name: a\n", "campaigns/.hidden/a.yaml": "name: [\n"}, here)

    assert (read_folder(Path(folder)), has_campaigns(Path(folder))) == (FilesRead(()), False)


def test_a_folder_is_read_as_its_path_is(here: Path) -> None:
    write(TREE, here)

    assert read_folder(Path("campaigns")) == read(["campaigns"])
    assert has_campaigns(Path("campaigns"))


def test_what_campaigns_share_is_found_among_them_and_by_its_own_name(here: Path) -> None:
    write({**TREE, "campaigns/_defaults.yml": "", "campaigns/deep/_environment.yaml": ""}, here)
    shared = ["campaigns/_defaults.yml", "campaigns/deep/_environment.yaml"]

    assert with_shared(["campaigns"]) == tuple(sorted([*ALL, *shared]))
    assert with_shared([*shared, "campaigns/b.yaml", "campaigns/b.yaml"]) == (shared[0], "campaigns/b.yaml", shared[1])
    with pytest.raises(ReconcilerError, match=r"^no campaign files under campaigns/x\*: "):
        with_shared(["campaigns", "campaigns/x*"])


def test_a_folder_inherits_from_those_above_it_up_to_the_top_of_the_repository(here: Path) -> None:
    (here / "campaigns").mkdir()
    (here / "link").symlink_to("campaigns")

    assert list(lineage(Path("campaigns/new"))) == [here / "campaigns" / "new", here / "campaigns", here]
    assert list(lineage(Path("link"))) == [here / "link", here]


def test_without_a_repository_a_folder_inherits_up_to_the_top_of_the_disk(tmp_path: Path) -> None:
    assert list(lineage(tmp_path))[-1] == Path("/")

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.files.find import folder_of, has_campaigns, lineage, whole_folder, with_shared
from reconciler.files.read import read, read_folder
from reconciler.files.unnamed import never_named
from reconciler.model.errors import ReconcilerError
from tests.support.files import values, write

UNKNOWN = (
    "no campaign names it with `from`, and besides parts only _defaults.yaml, _environment.yaml and _holds.yaml "
    "start with `_`"
)
TREE = {
    "campaigns/b.yaml": "name: b\n",
    "campaigns/a.yml": "name: a\n",
    "campaigns/deep/er/c.yaml": "name: c\n",
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
        ("gone.json", "gone.json does not exist: a saved plan is applied with `apply --plan gone.json`"),
        ("", " does not exist"),
        ("empty", "no campaign files under empty: their names end with .yaml or .yml"),
        ("shared", "no campaign files under shared: their names end with .yaml or .yml"),
        ("empty/*.yaml", "no campaign files under empty/*.yaml: their names end with .yaml or .yml"),
        ("shared/*.md", "no campaign files under shared/*.md: their names end with .yaml or .yml"),
        ("s*", "no campaign files under s*: their names end with .yaml or .yml"),
        (
            "shared/notes.txt",
            "shared/notes.txt is no campaign file: name it without a leading dot, ending with .yaml or .yml",
        ),
        ("plan.json", "plan.json is no campaign file: is it a saved plan? `apply --plan plan.json` applies that"),
        (
            "shared/.x.yaml",
            "shared/.x.yaml is no campaign file: name it without a leading dot, ending with .yaml or .yml",
        ),
    ],
)
def test_a_path_without_campaigns_is_an_error(path: str, message: str, here: Path) -> None:
    write(
        {
            "shared/_defaults.yaml": "a: 1\n",
            "shared/notes.txt": "",
            "shared/.x.yaml": "a: 1\n",
            "a.yaml": "a: 1\n",
            "plan.json": "{}",
        },
        here,
    )
    (here / "empty").mkdir()
    with pytest.raises(ReconcilerError) as raised:
        read(["a.yaml", path])
    assert (str(raised.value), raised.value.exit_code) == (message, 1)


@pytest.mark.parametrize("suffix", ["YAML", "Yml", "yMl"])
def test_suffixes_are_read_in_any_case(suffix: str, here: Path) -> None:
    write({f"c/a.{suffix}": "name: a\n", f"c/_defaults.{suffix}": "max_retries: 1\n"}, here)

    assert values(read(["c"])) == {f"c/a.{suffix}": {"name": "a", "max_retries": 1}}
    assert with_shared(["c"]) == (f"c/_defaults.{suffix}", f"c/a.{suffix}")


def test_what_a_shell_expands_is_checked_and_not_refused(here: Path) -> None:
    write({**TREE, "campaigns/_defaults.yaml": "max_retries: 1\n", "campaigns/_holds.yaml": "{}\n"}, here)
    typed = sorted(str(path.relative_to(here)) for path in here.glob("campaigns/*.yaml") if path.name[0] != ".")

    assert typed[:2] == ["campaigns/_defaults.yaml", "campaigns/_holds.yaml"]
    assert values(read(typed)) == {"campaigns/b.yaml": {"name": "b", "max_retries": 1}}


def test_what_campaigns_share_can_be_read_alone(here: Path) -> None:
    write({"_defaults.yaml": "a: 1\n", "_environment.yaml": "b: [\n", "a.yaml": "name: a\n"}, here)
    reading = read(["_defaults.yaml", "_env*"])

    assert [document.values for document in reading.defaults] == [{"a": 1}]
    assert (reading.documents, [problem.position.file for problem in reading.problems]) == ((), ["_environment.yaml"])


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("_enviroment.yaml", "did you mean _environment.yaml?"),
        ("_Environment.yaml", "did you mean _environment.yaml?"),
        ("_env.yml", "did you mean _environment.yaml?"),
        ("_environment.prod.yaml", "did you mean _environment.yaml?"),
        ("_default.YAML", "did you mean _defaults.yaml?"),
        ("_hold.yaml", "did you mean _holds.yaml?"),
        ("_x.yaml", UNKNOWN),
        ("_gold.yaml", UNKNOWN),
        ("_solar.yaml", UNKNOWN),
    ],
)
def test_a_file_that_nothing_reads_is_a_problem(name: str, advice: str, here: Path) -> None:
    write({"c/a.yaml": "name: a\n", f"c/{name}": "max_retries: 1\n"}, here)
    told = f"c/{name}:1:1: nothing reads this file: {advice}"

    for paths in (["c"], ["c/a.yaml"], [f"c/{name}"], ["c", f"./c/{name}"], ["c/*"], ["."]):
        reading = read(paths)
        assert (list(map(str, never_named(reading.unnamed))), reading.problems) == ([told], ())
    assert f"c/{name}" in with_shared(["c"])


def test_above_the_campaigns_only_slips_are_problems(here: Path) -> None:
    write({"_config.yml": "theme: x\n", "_enviroment.yaml": "base_url: x\n", "c/d/a.yaml": "name: a\n"}, here)

    assert read(["c"]).unnamed == ("_enviroment.yaml",)


def test_a_file_that_is_linked_into_two_folders_is_two_campaigns(here: Path) -> None:
    write(
        {
            "shared/a.yaml": "name: a\n",
            "staging/_defaults.yaml": "max_retries: 1\n",
            "production/_defaults.yaml": "max_retries: 2\n",
        },
        here,
    )
    for folder in ("staging", "production"):
        (here / folder / "a.yaml").symlink_to("../shared/a.yaml")
        (here / folder / "linked").symlink_to(here / "shared")

    assert values(read(["staging", "production"])) == {
        f"{folder}/{file}": {"name": "a", "max_retries": retries}
        for folder, retries in (("staging", 1), ("production", 2))
        for file in ("a.yaml", "linked/a.yaml")
    }


@pytest.mark.parametrize("again", ["./c/a.yaml", "c/../c/a.yaml", "c", "{here}/c/a.yaml", "c/*.yaml", "c/same.yaml"])
def test_one_path_spelt_in_two_ways_is_one_campaign(again: str, here: Path) -> None:
    write({"c/a.yaml": "name: a\n"}, here)
    (here / "c" / "same.yaml").symlink_to("a.yaml")

    assert values(read(["c/a.yaml", again.format(here=here)])) == {"c/a.yaml": {"name": "a"}}


@pytest.mark.thorough
def test_links_that_lead_to_more_folders_than_anybody_waits_for_are_refused(here: Path) -> None:
    write({"c/d/a.yaml": "name: a\n"}, here)
    for step in range(20):
        folder = here / "c" / f"d{step}"
        folder.mkdir()
        for link in ("left", "right"):
            (folder / link).symlink_to(f"../d{step + 1}" if step < 19 else "../d")

    with pytest.raises(ReconcilerError, match=r"^more than 20,000 folders under c: do links lead round and round\?$"):
        read(["c"])


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

    assert values(read_folder(Path(folder))) == {}
    assert not has_campaigns(Path(folder))


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


def test_the_whole_folder_of_campaigns_is_found_from_within(here: Path) -> None:
    write({"c/_environment.yaml": "", "c/eu/_defaults.yml": "", "c/eu/de/a.yaml": "", "campaigns/eu/a.yaml": ""}, here)

    assert [whole_folder(Path(folder)) for folder in ("c/eu/de", "c", "campaigns/eu", "loose")] == [
        here / "c",
        here / "c",
        here / "campaigns",
        here / "loose",
    ]


def test_the_folder_of_a_path_is_itself_or_the_one_that_it_is_in(tmp_path: Path) -> None:
    assert [folder_of(str(path)) for path in (tmp_path, tmp_path / "a.yaml")] == [tmp_path, tmp_path]

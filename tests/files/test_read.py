from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.files.read import FilesRead, read, settings_of
from reconciler.model.document import Position
from tests.support.files import values, write

EMPTY = "has no value: write null to clear, or remove the line"


def told(reading: FilesRead) -> list[str]:
    return list(map(str, reading.problems))


def test_a_file_that_cannot_be_read_is_a_problem(here: Path) -> None:
    write({"campaigns/a.yaml": "name: a\n"}, here)
    (here / "campaigns" / "gone.yaml").symlink_to("nowhere")
    os.mkfifo(here / "campaigns" / "pipe.yaml")
    (here / "campaigns" / "_defaults.yaml").mkdir()
    reading = read(["campaigns"])
    assert told(reading) == [
        "campaigns/_defaults.yaml:1:1: cannot be read: Is a directory",
        "campaigns/gone.yaml:1:1: cannot be read: No such file or directory",
        "campaigns/pipe.yaml:1:1: cannot be read: not a file",
    ]
    assert [document.file for document in reading.documents] == ["campaigns/a.yaml"]


SLIPS = {
    "_site.yaml.txt": "",  # of somebody else
    "campaigns/_environment.yam": "max_changes: 1\n",
    "campaigns/deep/_solar.yml.txt": "",
    "campaigns/deep/a.yaml": "name: a\n",
    "campaigns/deep/b.ymal": "name: b\n",
    "campaigns/deep/c.yaml.txt": "name: c\n",
    "campaigns/deep/notes.md": "",
    "campaigns/deep/d.yaml.orig": "",
    "campaigns/deep/.e.yam": "",
}


@pytest.mark.parametrize(
    ("path", "passed_over"),
    [("campaigns", ["b.ymal", "c.yaml.txt"]), ("campaigns/deep", ["b.ymal", "c.yaml.txt"]), ("c*/**/*.yaml", [])],
)
def test_what_was_meant_to_be_read_and_is_not_is_told(path: str, passed_over: list[str], here: Path) -> None:
    write(SLIPS, here)

    settings = "campaigns/_environment.yam:1:1: nothing reads this file: did you mean _environment.yaml?"
    part = "campaigns/deep/_solar.yml.txt:1:1: nothing reads this file: the name of what campaigns share ends with"
    told_of = "1:1: warning: nothing reads this file: the name of a campaign ends with .yaml or .yml"
    assert told(read([path])) == [
        settings,
        *([f"{part} .yaml or .yml"] if passed_over else []),
        *(f"campaigns/deep/{name}:{told_of}" for name in passed_over),
    ]


def test_a_file_that_is_too_large_is_a_problem(here: Path) -> None:
    with (here / "a.yaml").open("wb") as stream:
        stream.truncate(1 << 40)
    assert told(read(["a.yaml"])) == ["a.yaml:1:1: larger than 8 MB: is this a campaign?"]


DEFAULTS = {
    "_defaults.yaml": "max_retries: 1\ntimezone: Europe/Berlin\n",
    "campaigns/_defaults.yml": "timezone: Europe/Paris\ndays_of_week: [1, 2]\nauto_complete: true\n",
    "campaigns/deep/_defaults.yaml": "days_of_week: [3]\nend_date: 2026-01-05\n",
    "campaigns/deep/a.yaml": "name: a\nend_date: null\n",
    "campaigns/deep/er/b.yaml": "name: b\nauto_complete: false\n",
    "campaigns/c.yaml": "name: c\ntimezone: UTC\n",
}
FROM_TOP = {"max_retries": 1}
FROM_DEEP = FROM_TOP | {"timezone": "Europe/Paris", "days_of_week": [3], "auto_complete": True}
EFFECTIVE = {
    "campaigns/c.yaml": {
        "max_retries": 1,
        "timezone": "UTC",
        "days_of_week": [1, 2],
        "auto_complete": True,
        "name": "c",
    },
    "campaigns/deep/a.yaml": FROM_DEEP | {"name": "a", "end_date": None},
    "campaigns/deep/er/b.yaml": FROM_DEEP | {"name": "b", "end_date": "2026-01-05", "auto_complete": False},
}


@pytest.mark.parametrize(
    "paths", [["campaigns"], list(EFFECTIVE), ["campaigns/deep", "campaigns"], ["c*/**/*.yaml"]], ids=str
)
def test_the_nearer_default_wins_field_by_field_whatever_the_path(paths: list[str], here: Path) -> None:
    write(DEFAULTS, here)
    assert values(read(paths)) == EFFECTIVE


def test_every_field_knows_the_file_that_it_comes_from(here: Path) -> None:
    write(DEFAULTS, here)
    document = read(["campaigns/deep/a.yaml"]).documents[0]
    assert {field: origin.file for field, origin in document.inherited.items()} == {
        "max_retries": "_defaults.yaml",
        "timezone": "campaigns/_defaults.yml",
        "auto_complete": "campaigns/_defaults.yml",
        "days_of_week": "campaigns/deep/_defaults.yaml",
    }
    assert document.position(("days_of_week", 0)) == Position("campaigns/deep/_defaults.yaml", 1, 16)
    assert document.position(("timezone",)) == Position("campaigns/_defaults.yml", 1, 11)
    assert document.key_position(("max_retries",)) == Position("_defaults.yaml", 1, 1)
    assert document.position(("end_date",)) == Position("campaigns/deep/a.yaml", 2, 11)


A, B, C, D = (f"+1202555010{digit}" for digit in "1234")
UNITED = {
    "_defaults.yaml": f"max_retries: 1\ndo_not_call_custom_list:\n  - '{A}'\n  - '{B}'\n",
    "campaigns/_defaults.yaml": "timezone: UTC\n",
    "campaigns/deep/_defaults.yaml": f"do_not_call_custom_list: ['{B}', '{C}']\n",
    "campaigns/deep/a.yaml": f"name: a\ndo_not_call_custom_list: ['{D}', '{C}']\n",
    "campaigns/deep/b.yaml": "name: b\n",
    "campaigns/c.yaml": "name: c\ndo_not_call_custom_list: []\n",
    "campaigns/d.yaml": "name: d\ndo_not_call_custom_list: oops\n",
    "campaigns/e.yaml": "name: e\ndo_not_call_custom_list:\n",
}
LIST = "do_not_call_custom_list"


def test_what_protects_people_only_grows_the_lists_of_all_files_are_united(here: Path) -> None:
    write(UNITED, here)
    reading = read(["campaigns"])
    assert {one.file: one.values.get(LIST) for one in reading.documents} == {
        "campaigns/c.yaml": [A, B],
        "campaigns/d.yaml": "oops",
        "campaigns/deep/a.yaml": [D, C, B, A],
        "campaigns/deep/b.yaml": [B, C, A],
        "campaigns/e.yaml": None,
    }


def test_every_entry_of_a_united_list_knows_the_file_that_says_it(here: Path) -> None:
    write(UNITED, here)
    a, b = read(["campaigns/deep"]).documents
    top, deep, own = "_defaults.yaml", "campaigns/deep/_defaults.yaml", "campaigns/deep/a.yaml"
    assert [a.position((LIST, index)) for index in range(4)] == [
        Position(own, 2, 27),
        Position(own, 2, 43),
        Position(deep, 1, 27),
        Position(top, 3, 5),
    ]
    assert [b.position((LIST, index)) for index in range(3)] == [
        Position(deep, 1, 27),
        Position(deep, 1, 43),
        Position(top, 3, 5),
    ]
    assert (a.key_position((LIST,)), b.key_position((LIST,))) == (Position(own, 2, 1), Position(deep, 1, 1))
    assert [(part.file, value) for part, value in a.parts(LIST)] == [
        (own, [D, C]),
        (deep, [B, C]),
        (top, [A, B]),
    ]
    assert [part.file for part, _ in a.parts("max_retries")] == [top]


def test_defaults_above_the_current_folder_count_up_to_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        {
            "_defaults.yaml": "outside: 1\n",
            "repository/_defaults.yaml": "top: 1\n",
            "repository/x/_defaults.yaml": "middle: 1\n",
            "repository/x/y/a.yaml": "name: a\n",
        },
        tmp_path,
    )
    (tmp_path / "repository" / ".git").write_text("gitdir: elsewhere\n")
    monkeypatch.chdir(tmp_path / "repository" / "x" / "y")
    document = read(["a.yaml"]).documents[0]
    assert document.values == {"top": 1, "middle": 1, "name": "a"}
    assert {field: origin.file for field, origin in document.inherited.items()} == {
        "top": "../../_defaults.yaml",
        "middle": "../_defaults.yaml",
    }
    absolute = str(tmp_path / "repository" / "x" / "y" / "a.yaml")
    assert read([absolute]).documents[0].inherited["top"].file == str(tmp_path / "repository" / "_defaults.yaml")


def test_without_a_repository_all_folders_above_count(tmp_path: Path) -> None:
    write({"_defaults.yaml": "top: 1\n", "x/y/a.yaml": "name: a\n"}, tmp_path)
    assert values(read([str(tmp_path / "x")])) == {str(tmp_path / "x/y/a.yaml"): {"top": 1, "name": "a"}}


def test_a_problem_in_defaults_is_told_once_at_the_default(here: Path) -> None:
    write(
        {
            "_defaults.yaml": "end_date:\nname: Sale #1\nmax_retries: 2\n",
            "campaigns/_defaults.yaml": "a: [\n",
            "campaigns/a.yaml": "timezone: UTC\n",
            "campaigns/b/b.yaml": "timezone: UTC\n",
        },
        here,
    )
    reading = read(["campaigns", str(here / "campaigns" / "b")])
    assert [problem.split(": ")[0] for problem in told(reading)] == [
        "_defaults.yaml:1:1",
        "_defaults.yaml:2:12",
        "campaigns/_defaults.yaml:2:1",
    ]
    assert [document.values for document in reading.documents] == [
        {"name": "Sale", "max_retries": 2, "timezone": "UTC"}
    ] * 2


def test_an_id_in_defaults_is_a_problem_and_not_inherited(here: Path) -> None:
    write({"_defaults.yaml": "a: 1\nid: c-1\n", "a.yaml": "name: a\n"}, here)
    reading = read(["a.yaml"])
    assert told(reading) == ["_defaults.yaml:2:1: id: belongs to one campaign: remove it from the defaults"]
    assert reading.documents[0].values == {"a": 1, "name": "a"}


def test_two_defaults_in_one_folder_are_a_problem(here: Path) -> None:
    write({"_defaults.yaml": "a: 1\n", "_defaults.yml": "a: 2\n", "a.yaml": "name: a\n"}, here)
    reading = read(["a.yaml"])
    assert told(reading) == ["_defaults.yml:1:1: _defaults.yaml is here too, and only that is read: keep one of them"]
    assert reading.documents[0].values == {"a": 1, "name": "a"}


def test_a_field_with_a_problem_is_not_inherited_instead(here: Path) -> None:
    write({"_defaults.yaml": "end_date: 2026-01-05\n", "a.yaml": "name: a\nend_date:\n"}, here)
    reading = read(["a.yaml"])
    assert told(reading) == [f"a.yaml:2:1: end_date: {EMPTY}"]
    assert reading.documents[0].values == {"name": "a"}


def test_environments_are_laid_over_each_other_key_by_key(here: Path) -> None:
    write(
        {
            "_environment.yaml": "base_url: https://a.example\nmax_changes: 3\n",
            "production/_environment.yml": "max_changes: 1\ntoken_env: PRODUCTION_TOKEN\n",
            "production/deep/a.yaml": "name: a\n",
            "b.yaml": "name: b\n",
        },
        here,
    )
    reading = read(["."])
    assert {file: environment.values for file, environment in reading.environments.items()} == {
        "b.yaml": {"base_url": "https://a.example", "max_changes": 3},
        "production/deep/a.yaml": {
            "base_url": "https://a.example",
            "max_changes": 1,
            "token_env": "PRODUCTION_TOKEN",
        },
    }
    environment = reading.environments["production/deep/a.yaml"]
    assert environment.position(("max_changes",)) == Position("production/_environment.yml", 1, 14)
    assert environment.position(("base_url",)) == Position("_environment.yaml", 1, 11)
    assert [document.values for document in reading.documents] == [{"name": "b"}, {"name": "a"}]


def test_without_environment_files_there_are_no_environments(here: Path) -> None:
    write({"a.yaml": "name: a\n"}, here)
    assert read(["a.yaml"]).environments == {}


def test_a_folder_has_the_settings_of_its_campaigns_before_it_has_any(here: Path) -> None:
    write({"_environment.yaml": "max_changes: 3\n", "production/_environment.yml": "max_changes: 1\n"}, here)
    before, problems = settings_of(Path("production/deep"))
    write({"production/deep/a.yaml": "name: a\n"}, here)

    assert before == read(["production/deep"]).environments["production/deep/a.yaml"]
    assert problems == ()
    assert before.values == {"max_changes": 1}


def test_a_folder_without_environment_files_has_no_settings(here: Path) -> None:
    assert settings_of(here / "nowhere") == (None, ())


def test_what_is_wrong_with_the_settings_of_a_folder_is_told(here: Path) -> None:
    write({"_environment.yaml": "max_changes:\n", "_environment.yml": ""}, here)

    _, problems = settings_of(Path("campaigns"))

    assert list(map(str, problems)) == [
        f"_environment.yaml:1:1: max_changes: {EMPTY}",
        "_environment.yml:1:1: _environment.yaml is here too, and only that is read: keep one of them",
    ]


def test_all_problems_are_told_in_the_order_of_files_and_lines(here: Path) -> None:
    write({"b.yaml": "b: [\n", "a.yaml": "x:\ny:\nz: 1 #2\n", "c.yaml": "name: c\n"}, here)
    reading = read(["c.yaml", "b.yaml", "a.yaml"])
    assert [(problem.position.file, problem.position.line) for problem in reading.problems] == [
        ("a.yaml", 1),
        ("a.yaml", 2),
        ("a.yaml", 3),
        ("b.yaml", 2),
    ]
    assert [document.values for document in reading.documents] == [{"z": 1}, {"name": "c"}]

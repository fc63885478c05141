from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.files.parts import parts_of
from reconciler.files.read import FilesRead, read
from reconciler.files.unnamed import never_named
from reconciler.model.document import Position
from tests.support.files import values, write

NO_PART = "is no part: the name of a part starts with `_`, ends with .yaml or .yml, and is none of our own"


@pytest.fixture(autouse=True)
def _repository(here: Path) -> None:
    write({".git/HEAD": ""}, here)


def told(reading: FilesRead) -> list[str]:
    return list(map(str, reading.problems))


def test_the_file_wins_over_its_parts_the_later_over_the_earlier_and_defaults_are_below(here: Path) -> None:
    write(
        {
            "c/_defaults.yaml": "max_retries: 1\ntimezone: UTC\ncampaign_type: sales\n",
            "c/_a.yaml": "max_retries: 2\ntimezone: Europe/Paris\ndescription: a\nauto_complete: true\n",
            "parts/_b.yaml": "max_retries: 3\ntimezone: Europe/Berlin\ndescription: b\n",
            "c/p/x.yaml": "from: [../_a.yaml, ../../parts/_b.yaml]\nname: X\nmax_retries: 4\n",
        },
        here,
    )
    reading = read(["c"])

    assert values(reading)["c/p/x.yaml"] == {
        "from": ["../_a.yaml", "../../parts/_b.yaml"],
        "name": "X",
        "max_retries": 4,
        "timezone": "Europe/Berlin",
        "description": "b",
        "auto_complete": True,
        "campaign_type": "sales",
    }
    (document,) = reading.documents
    assert [str(document.key_position((name,))) for name in ("max_retries", "timezone", "auto_complete")] == [
        "c/p/x.yaml:3:1",
        "parts/_b.yaml:2:1",
        "c/_a.yaml:4:1",
    ]
    assert document.chain["c/p/x.yaml"] == ("c/_a.yaml", "parts/_b.yaml")
    assert (document.position(("campaign_type",)), reading.unnamed) == (Position("c/_defaults.yaml", 3, 16), ())


def test_a_part_has_parts_and_what_is_taken_twice_stands_where_it_is_taken_last(here: Path) -> None:
    write(
        {
            "_base.yaml": "description: base\nmax_retries: 1\n",
            "_one.yaml": "from: _base.yaml\ndescription: one\n",
            "_two.yaml": "from: _base.yaml\nmax_retries: 2\n",
            "x.yaml": "from: [_one.yaml, _two.yaml]\nname: X\n",
        },
        here,
    )
    (document,) = read(["x.yaml"]).documents

    assert document.values == {
        "from": ["_one.yaml", "_two.yaml"],
        "name": "X",
        "description": "base",
        "max_retries": 2,
    }
    assert document.chain == {
        "x.yaml": ("_one.yaml", "_two.yaml"),
        "_one.yaml": ("_base.yaml",),
        "_two.yaml": ("_base.yaml",),
        "_base.yaml": (),
    }
    assert document.called("then/{}".format).chain["then/x.yaml"] == ("then/_one.yaml", "then/_two.yaml")


def test_what_protects_people_is_united_over_parts_and_defaults(here: Path) -> None:
    numbers = {name: f"+1202555010{n}" for n, name in enumerate(("_defaults", "_one", "_two", "x"))}
    lists = {f"{name}.yaml": f'do_not_call_custom_list: ["{number}"]\n' for name, number in numbers.items()}
    lists["x.yaml"] += "from: [_one.yaml, _two.yaml]\nname: X\n"
    write(lists, here)
    (document,) = read(["x.yaml"]).documents

    assert sorted(document.values["do_not_call_custom_list"]) == sorted(numbers.values())
    assert [part.file for part, _ in document.parts("do_not_call_custom_list")] == [
        "x.yaml",
        "_two.yaml",
        "_one.yaml",
        "_defaults.yaml",
    ]


def test_a_part_is_read_and_told_of_once(here: Path) -> None:
    campaigns = {f"{n}.yaml": f"from: _p.yaml\nname: N{n}\n" for n in range(3)}
    write({**campaigns, "_p.yaml": "id: x\nmax_retries: 1\nmax_retries: 2\n"}, here)
    reading = read(["."])

    assert told(reading) == [
        "_p.yaml:1:1: id: belongs to one campaign: remove it from the part",
        "_p.yaml:3:1: max_retries: written twice, first on line 2: keep one",
    ]
    assert [part.file for part in reading.parts] == ["_p.yaml"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        pytest.param("/_x.yaml", "write the path from the folder of this file, such as ../_solar.yaml", id="absolute"),
        pytest.param("../other/x.yaml", NO_PART, id="a campaign"),
        pytest.param("_defaults.yaml", NO_PART, id="the defaults"),
        pytest.param("_x.json", NO_PART, id="no YAML"),
        pytest.param("../../_x.yaml", "leads out of the repository: parts stay inside", id="outside"),
        pytest.param("_away.yaml", "leads out of the repository: parts stay inside", id="a link that leads out"),
        pytest.param("_solr.yaml", "there is no r/c/_solr.yaml: did you mean _solar.yaml?", id="a slip"),
        pytest.param("nowhere/_x.yaml", "there is no r/c/nowhere/_x.yaml", id="not there"),
    ],
)
def test_a_part_that_is_none_is_told_where_it_is_named(said: str, problem: str, here: Path) -> None:
    write({"_x.yaml": "name: X\n", "r/.git/HEAD": "", "r/c/_solar.yaml": "", "r/c/a.yaml": f"from: {said}\n"}, here)
    (here / "r/c/_away.yaml").symlink_to(here / "_x.yaml")

    assert told(read(["r/c/a.yaml"])) == [f"r/c/a.yaml:1:7: from: {problem}"]


def test_without_a_repository_parts_stay_in_the_working_directory(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    write({"w/_in.yaml": "max_retries: 1\n", "_out.yaml": "max_retries: 2\n"}, folder)
    write({"w/a.yaml": "from: _in.yaml\nname: A\n", "w/b.yaml": "from: ../_out.yaml\nname: B\n"}, folder)
    monkeypatch.chdir(folder / "w")

    assert told(read(["."])) == [
        "b.yaml:1:7: from: leads out of the working directory (there is no git repository here): parts stay inside"
    ]
    assert here != folder


def test_defaults_take_no_parts(here: Path) -> None:
    write({"_defaults.yaml": "from: _p.yaml\n", "_p.yaml": "max_retries: 1\n", "a.yaml": "name: A\n"}, here)
    reading = read(["a.yaml"])

    assert told(reading) == [
        "_defaults.yaml:1:1: from: belongs to a campaign or to a part: remove it from the defaults, which hold for all"
    ]
    assert reading.documents[0].values == {"name": "A"}


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        pytest.param(
            {"_p.yaml": "from: _p.yaml\n"}, "_p.yaml:1:7: from: parts go round in a circle: _p.yaml > _p.yaml", id="1"
        ),
        pytest.param(
            {"_p.yaml": "from: _q.yaml\n", "_q.yaml": "from: [_r.yaml]\n", "_r.yaml": "from: _q.yaml\n"},
            "_r.yaml:1:7: from: parts go round in a circle: _q.yaml > _r.yaml > _q.yaml",
            id="2",
        ),
    ],
)
def test_a_circle_is_told_once_with_its_chain(files: dict[str, str], problem: str, here: Path) -> None:
    write({**files, "a.yaml": "from: _p.yaml\nname: A\n", "b.yaml": "from: _p.yaml\nname: B\n"}, here)

    assert told(read(["."])) == [problem]


def chain(length: int) -> dict[str, str]:
    """Parts of which each names the next one."""
    return {f"_{n}.yaml": f"from: _{n + 1}.yaml\n" if n < length else "max_retries: 1\n" for n in range(1, length + 1)}


def test_parts_may_be_eight_deep(here: Path) -> None:
    write({**chain(8), "a.yaml": "from: _1.yaml\nname: A\n", "b.yaml": "from: _3.yaml\nname: B\n"}, here)

    assert [document.values["max_retries"] for document in read(["."]).documents] == [1, 1]


def test_more_than_eight_are_told_with_their_chain(here: Path) -> None:
    deep = " > ".join(f"_{n}.yaml" for n in range(1, 10))
    write({**chain(9), "a.yaml": "from: _1.yaml\nname: A\n", "b.yaml": "from: _1.yaml\nname: B\n"}, here)

    assert told(read(["."])) == [f"_8.yaml:1:7: from: more than 8 parts deep: a.yaml > {deep}"]


def test_a_chain_that_others_made_long_already_is_counted(here: Path) -> None:
    deep = " > ".join(f"_{n}.yaml" for n in range(1, 9))
    write({**chain(8), "a.yaml": "from: _1.yaml\nname: A\n", "b.yaml": "from: _0.yaml\nname: B\n"}, here)
    write({"_0.yaml": "from: _1.yaml\n"}, here)

    assert told(read(["."])) == [f"_0.yaml:1:7: from: more than 8 parts deep: b.yaml > _0.yaml > {deep}"]


def test_what_is_no_path_is_left_to_the_schema(here: Path) -> None:
    write(
        {"a.yaml": "from: 5\nname: A\n", "b.yaml": "from: [{}, _p.yaml]\nname: B\n", "_p.yaml": "max_retries: 1\n"},
        here,
    )

    assert [document.values.get("max_retries") for document in read(["."]).documents] == [None, 1]


def test_a_part_that_cannot_be_read_is_a_problem_of_its_own(here: Path) -> None:
    write({"a.yaml": "from: _p.yaml\nname: A\n"}, here)
    (here / "_p.yaml").mkdir()

    assert told(read(["a.yaml"])) == ["_p.yaml:1:1: cannot be read: Is a directory"]


# Who names a part


def test_a_part_that_another_folder_names_is_none_that_nobody_names(here: Path) -> None:
    write({"campaigns/_default-p.yaml": "", "campaigns/_p.yaml": "max_retries: 1\n", "campaigns/_q.yaml": ""}, here)
    write({"campaigns/a.yaml": "name: A\n", "campaigns/x/b.yaml": "from: ../_p.yaml\nname: B\n"}, here)
    reading = read(["campaigns/a.yaml"])

    assert reading.unnamed == ("campaigns/_default-p.yaml", "campaigns/_p.yaml", "campaigns/_q.yaml")
    assert [problem.position.file for problem in never_named(reading.unnamed)] == [
        "campaigns/_default-p.yaml",
        "campaigns/_q.yaml",
    ]


def test_a_slip_that_a_campaign_names_is_a_part(here: Path) -> None:
    write({"c/_default.yaml": "max_retries: 1\n", "c/a.yaml": "name: A\n", "c/b.yaml": "from: _default.yaml\n"}, here)

    assert never_named(read(["c/a.yaml"]).unnamed) == ()


@pytest.mark.parametrize("git", [{".git/HEAD": ""}, {}], ids=["with git", "without"])
def test_a_folder_of_parts_is_named_by_all_campaigns_around(
    git: dict[str, str], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    monkeypatch.chdir(folder)
    write({"shared/_p.yaml": "", "shared/_q.yaml": "", "campaigns/a.yaml": "from: ../shared/_p.yaml\n"}, folder)
    write(git, folder)

    assert [problem.position.file for problem in never_named(["shared/_p.yaml", "shared/_q.yaml"])] == [
        "shared/_q.yaml"
    ]


def test_a_part_that_is_asked_for_is_looked_at_whoever_names_it(here: Path) -> None:
    write({"c/_p.yaml": "max_retries: x\n", "c/a.yaml": "name: A\n"}, here)
    reading = read(["c/_p.yaml"])

    assert ([part.values for part in reading.parts], reading.unnamed) == ([{"max_retries": "x"}], ("c/_p.yaml",))


def test_the_parts_that_a_text_names() -> None:
    assert [*parts_of("c/d/a.yaml", b"from: [../_p.yaml, _q.yaml]\n")] == ["c/_p.yaml", "c/d/_q.yaml"]
    assert [*parts_of("a.yaml", b"from: [\n")] == []
    assert [*parts_of("a.yaml", b"name: A\n")] == []

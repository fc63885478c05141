"""`do_not_call: replace` in `_environment.yaml`, and lists of people that shared files and a campaign's own say."""

from __future__ import annotations

import pytest

from reconciler.sandbox import Fault
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

LIST = "do_not_call_custom_list"
A, B, C = "+12025550119", "+12025550143", "+12025550164"
FILE = f"id: c-1\ndo_not_call_list_source: custom\n{LIST}: ['{B}']\n"
TOLD = "campaigns/_environment.yaml: do_not_call is replace"


@pytest.fixture
def one(desk: Desk) -> Desk:
    desk.live("c-1", do_not_call_list_source="custom", **{LIST: [A]})
    desk.write("campaigns/one.yaml", FILE)
    return desk


def numbers(desk: Desk) -> object:
    return desk.sandbox.campaign("c-1")[LIST]


@pytest.mark.parametrize(("setting", "stays"), [("replace", [B]), ("add", [A, B])])
def test_the_reviewed_setting_makes_the_files_the_whole_truth(one: Desk, setting: str, stays: list[str]) -> None:
    one.write("campaigns/_environment.yaml", f"do_not_call: {setting}\n")
    plan, applied = one.run("plan", "--format", "json"), one.run("apply", "--auto-approve")

    assert (applied.code, numbers(one)) == (0, stays), applied.err
    assert plan.json["allow_dnc_removals"] is (setting == "replace")
    assert (TOLD in " ".join(plan.json["notices"])) is (TOLD in applied.out) is (setting == "replace")


def test_the_nearer_environment_file_decides(one: Desk) -> None:
    one.write("_environment.yaml", "do_not_call: replace\n")
    one.write("campaigns/_environment.yaml", "do_not_call: add\n")

    assert (one.run("apply", "--auto-approve").code, numbers(one)) == (0, [A, B])


def test_a_saved_plan_that_removes_is_stale_once_the_setting_is_gone(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: replace\n")
    one.run("plan", "--out", "plan.json")
    one.write("campaigns/_environment.yaml", "max_changes: 5\n")
    applied = one.run("apply", "--plan", "plan.json")

    assert (applied.code, numbers(one), one.writes) == (4, [A], [])
    assert "says something else about do_not_call" in applied.err


def test_a_saved_plan_that_removes_is_carried_out(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: replace\n")
    one.run("plan", "--out", "plan.json")

    assert (one.run("apply", "--plan", "plan.json", "--auto-approve").code, numbers(one)) == (0, [B])


def test_another_word_is_refused_at_its_place(one: Desk) -> None:
    one.write("campaigns/_environment.yaml", "do_not_call: remove\n")
    ran = one.run("validate")

    assert (ran.code, "campaigns/_environment.yaml:1:14: do_not_call: " in ran.err + ran.out) == (1, True)


# Over HTTP


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["429:0.01", "502-html", "drop"])
def test_after_an_answer_that_proves_nothing_the_list_is_made_of_a_new_look(one: Desk, kind: str) -> None:
    def fault(_number: int, method: str, _path: str) -> Fault | None:
        if method != "PUT" or one.writes:
            return None
        one.sandbox.put_campaign({"id": "c-1", LIST: [A, C]})
        return Fault.parse(kind)

    one.sandbox.fault = fault
    ran = one.run("apply", "--auto-approve")

    assert (ran.code, numbers(one)) == (0, [A, C, B]), ran.err
    assert [(r.method, (r.body or {}).get(LIST)) for r in one.sandbox.requests][1:] == [
        ("GET", None),
        ("PUT", [A, B]),
        ("GET", None),
        ("PUT", [A, C, B]),
        ("GET", None),
    ]


# Lists of several files


def test_the_lists_of_shared_files_and_of_the_campaign_are_united_and_render_says_so(one: Desk) -> None:
    one.write("campaigns/_defaults.yaml", f"max_retries: 3\n{LIST}: ['{C}', '{B}']\n")
    counted, shown = one.run("render"), one.run("render", "--with-numbers")
    as_json = one.run("render", "--format", "json").json["campaigns"][0]["fields"][LIST]

    assert f"# {LIST}: 2 numbers, see --with-numbers" in counted.out
    assert "# united: campaigns/one.yaml:3, campaigns/_defaults.yaml:2" in counted.out
    assert f'"{B}"' in shown.out
    assert f'"{C}"' in shown.out
    assert as_json == {
        "count": 2,
        "file": "campaigns/one.yaml",
        "line": 3,
        "column": 1,
        "united": [
            {"file": "campaigns/one.yaml", "line": 3, "column": 1},
            {"file": "campaigns/_defaults.yaml", "line": 2, "column": 1},
        ],
    }
    assert (one.run("apply", "--auto-approve").code, numbers(one)) == (0, [A, B, C])


def test_a_problem_points_into_the_file_that_says_the_number_and_is_told_once(one: Desk) -> None:
    one.write("campaigns/_defaults.yaml", f"{LIST}:\n  - '{C}'\n  - '12025550164'\n")
    one.write("campaigns/two.yaml", FILE.replace("c-1", "c-2").replace(B, "+1"))
    ran = one.run("validate")

    lines = (ran.out + ran.err).splitlines()
    assert [line.split(": ")[:2] for line in lines if LIST in line] == [
        ["campaigns/_defaults.yaml:3:5", f"{LIST}[1]"],
        ["campaigns/two.yaml:3:27", f"{LIST}[0]"],
    ]
    assert (ran.code, lines[-1]) == (1, "2 errors")


def test_formatting_and_pinning_leave_the_lists_where_they_are(one: Desk) -> None:
    one.write("campaigns/_defaults.yaml", f"{LIST}:\n  - '{C}'\n")
    one.live("c-2", name="Two", do_not_call_list_source="custom", **{LIST: []})
    one.write("campaigns/two.yaml", f"name: Two\ndo_not_call_list_source: custom\n{LIST}:\n  - '{B}'\n")

    assert one.run("pin").code == one.run("fmt").code == 0
    texts = [(one.folder / "campaigns" / name).read_text() for name in ("_defaults.yaml", "two.yaml")]
    assert [(B in text, C in text) for text in texts] == [(False, True), (True, False)]


def test_an_import_tells_of_shared_files_that_add_to_what_it_wrote(one: Desk) -> None:
    (one.folder / "campaigns/one.yaml").unlink()
    one.write("campaigns/_defaults.yaml", f"{LIST}: ['{C}']\n")
    ran = one.run("import", "--with-numbers", "campaigns")

    told = f"campaigns/_defaults.yaml holds for the imported campaigns, too, and sets {LIST}: see the plan"
    assert told in ran.err, ran.err

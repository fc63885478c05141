"""The history of campaigns, in real repositories."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.processes

SALES = "campaigns/sales.yaml"
Commit = Callable[..., None]


def git(*arguments: str, **variables: str) -> str:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@talkover.example", "-c", "protocol.file.allow=always"]
    env = {"HOME": "/nonexistent", "PATH": "/usr/local/bin:/usr/bin:/bin", **variables}
    return subprocess.run(
        ["git", *names, *arguments], check=True, capture_output=True, text=True, env=env
    ).stdout.strip()


@pytest.fixture
def commit(desk: Desk) -> Commit:
    """Writes files (None removes one), and commits them: one second after the last, by default."""
    git("init", "-b", "main")
    moment = iter(range(1_800_000_000, 1_900_000_000))

    def made(subject: str, at: int | None = None, **files: str | None) -> None:
        for name, text in files.items():
            path = f"campaigns/{name.replace('__', '/')}.yaml"
            if text is None:
                Path(path).unlink()
            else:
                desk.write(path, text)
        git("add", "-A")
        when = f"{at if at is not None else next(moment)} +0100"
        git("commit", "--allow-empty", "-m", subject, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)

    return made


def told(desk: Desk, *arguments: str) -> list[str]:
    """A line for each campaign of each commit: subject, name and what changed."""
    ran = desk.run("log", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    lines = []
    for one in ran.json["commits"]:
        lines += [f"{one['subject']}: {row['name']}: {', '.join(_changes(row))}" for row in one["campaigns"]]
        lines += [f"{one['subject']}: {line}" for line in (*one["notices"], *one["problems"])]
    return lines


def _changes(row: dict[str, Any]) -> list[str]:
    changed = [f"{one['field']} {one['before']}->{one['after']}" for one in row["changes"]]
    return [*(f"{one['key']} {one['before']}->{one['after']}" for one in row["besides"]), *changed]


def test_each_commit_that_changed_what_is_effective_is_told_newest_first(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="id: c-1\nname: Sales\nmax_retries: 3\n")
    commit("only a comment", sales="# why\nid: c-1\nname: Sales\nmax_retries: 3\n")
    commit("share", _defaults="retry_cooldown_hours: 24\n")
    commit("more", sales="id: c-1\nname: Sales\nmax_retries: 5\n")
    commit("nothing", README="name: x\n")
    commit("here", _environment="max_paused: 3\n")

    found = told(desk, SALES)

    assert found == [
        "here: Sales: max_paused not set->3",
        "more: Sales: max_retries 3->5",
        "share: Sales: retry_cooldown_hours None->24",
        "begin: Sales: name None->Sales, max_retries None->3",
    ]
    assert told(desk, "c-1") == told(desk, "Sales") == found


def test_json_has_who_when_and_the_direction(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="id: c-1\nname: Sales\nmax_retries: 3\n")
    commit("more\n\nand why", sales="id: c-1\nname: Sales\nmax_retries: 5\n")

    document = desk.run("log", SALES, "--format", "json").json

    assert [row["is_new"] for one in document["commits"] for row in one["campaigns"]] == [False, True]
    first = document["commits"][0]
    assert (document["format_version"], document["campaign"], document["notices"]) == ("1.0", SALES, [])
    assert first["commit"] == git("rev-parse", "HEAD")
    assert (first["date"], first["author"], first["subject"]) == ("2027-01-15T09:00:01+01:00", "Ada", "more")
    assert first["campaigns"] == [
        {
            "id": "c-1",
            "name": "Sales",
            "file": SALES,
            "is_new": False,
            "changes": [
                {
                    "field": "max_retries",
                    "before": 3,
                    "after": 5,
                    "line": 3,
                    "file": SALES,
                    "direction": "loosens",
                }
            ],
            "status": None,
            "besides": [],
            "notices": [],
        }
    ]


def test_text_shows_the_picture_of_a_plan(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 3\n", other="name: Other\nmax_retries: 3\n")
    commit("more", sales="name: Sales\nmax_retries: 5\n", other="name: Other\nmax_retries: 5\n")

    out = desk.run("log", "--since", "2027-01-15T08:00:01+00:00").out

    short = git("rev-parse", "HEAD")[:12]
    assert out == (
        f"{short} 2027-01-15 09:00 +0100 Ada\n  more\n\n"
        "Other (campaigns/other.yaml)\n"
        "  ! retries  3 -> 5  loosens  max_retries, campaigns/other.yaml:2\n"
        "    the same in 1 other campaign: Sales\n"
    )


def test_markdown_has_a_table(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 3\n", other="name: Other\n")
    commit("more @ada", sales="id: c-1\nname: Sales\nmax_retries: 5\n", other=None)

    out = desk.run("log", "--format", "markdown").out

    assert out.startswith("### more &#64;\u2060ada\n\n<code>")
    assert "| field | before | after | direction | where |" in out
    assert "- id was not set, now c-1: the campaign is found in another way" in out
    assert "- campaigns/other.yaml is gone: campaign &#39;Other&#39;" in out or "campaigns/other.yaml is gone" in out


def test_a_campaign_is_followed_through_other_names_of_its_file(desk: Desk, commit: Commit) -> None:
    commit("begin", old="name: Sales\nmax_retries: 1\n")
    commit("same content", old=None, us__new="name: Sales\nmax_retries: 1\n")
    commit("by name", us__new=None, us__newer="name: Sales\nmax_retries: 2\n")
    commit("pin", us__newer="id: c-1\nname: Sales\nmax_retries: 2\n")
    commit("by id", us__newer=None, last="id: c-1\nname: Sales US\nmax_retries: 3\n")

    expected = [
        "by id: Sales US: name Sales->Sales US, max_retries 2->3",
        "pin: Sales: id not set->c-1",
        "by name: Sales: max_retries 1->2",
        "begin: Sales: name None->Sales, max_retries None->1",
    ]
    assert told(desk, "campaigns/last.yaml") == told(desk, "c-1") == told(desk, "Sales US") == told(desk) == expected


def test_it_may_have_come_from_outside_of_the_folder(desk: Desk, commit: Commit) -> None:
    desk.write("drafts/sales.yaml", "name: Sales\nmax_retries: 1\n")
    desk.write("drafts/compose.yaml", "services: {}\n")
    commit("begin")
    Path("drafts/sales.yaml").unlink()
    Path("drafts/compose.yaml").unlink()
    commit("move", sales="name: Sales\nmax_retries: 2\n")

    assert told(desk) == ["move: Sales: max_retries 1->2"]
    assert told(desk, SALES) == [
        "move: Sales: max_retries 1->2",
        "begin: Sales: name None->Sales, max_retries None->1",
    ]


def test_a_campaign_that_is_gone_has_a_history_by_name_id_and_file(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="id: c-1\nname: Sales\nmax_retries: 1\n", other="name: Other\n")
    commit("end", sales=None)
    commit("later", other="name: Other\nmax_retries: 1\n")

    expected = [
        "end: campaigns/sales.yaml is gone: campaign 'Sales' is no longer managed and stays as it is",
        "begin: Sales: name None->Sales, max_retries None->1",
    ]
    assert told(desk, "c-1") == told(desk, "Sales") == told(desk, SALES) == expected
    assert told(desk, "campaigns")[0] == "later: Other: max_retries None->1"
    assert told(desk, ".") == told(desk, "campaigns")


def test_the_path_that_a_campaign_left_tells_where_it_went(desk: Desk, commit: Commit) -> None:
    commit("begin", old="id: c-1\nname: Sales\nmax_retries: 1\n")
    commit("move", old=None, new="id: c-1\nname: Sales\nmax_retries: 2\n")

    assert told(desk, "campaigns/old.yaml")[0] == "move: Sales: max_retries 1->2"


def test_a_file_that_was_broken_is_told_at_that_commit_and_held_against_what_it_said_before(
    desk: Desk, commit: Commit
) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 1\n")
    commit("broken", sales="name: Sales\nmax_retries: none\n")
    commit("still broken", sales="name: Sales\nmax_retries: nine\n")
    commit("mended", sales="name: Sales\nmax_retries: 2\n")
    commit("no text", sales="- a\n")

    found = told(desk, SALES)

    assert found[0].startswith("no text: campaigns/sales.yaml:1:1: not a mapping")
    assert found[1] == "mended: Sales: max_retries 1->2"
    assert found[2].startswith("still broken: campaigns/sales.yaml:2:14: max_retries: expected a whole number")
    assert found[3].startswith("broken: campaigns/sales.yaml:2:14: max_retries: ")
    assert found[4] == "begin: Sales: name None->Sales, max_retries None->1"


def test_a_campaign_whose_file_is_broken_now_is_found_by_what_it_said_before(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 1\n")
    commit("broken", sales="name: Sales\nmax_retries: none\n")

    assert [line.partition(":")[0] for line in told(desk, "Sales")] == ["broken", "begin"]


def test_broken_defaults_are_told_at_that_commit(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\n", _defaults="max_retries: 1\n")
    commit("broken", _defaults="max_retries: none\n")

    assert told(desk)[0].startswith("broken: campaigns/_defaults.yaml:1:14: max_retries: ")


@pytest.mark.parametrize(
    ("begin", "broken"),
    [
        pytest.param({"_part": "max_retries: 8\n"}, {"_part": "max_retries: [\n"}, id="a part"),
        pytest.param(
            {"_part": "from: _deep.yaml\n", "_deep": "max_retries: 8\n"}, {"_deep": "a: [\n"}, id="a part of a part"
        ),
        pytest.param({"_part": "{}\n", "_defaults": "max_retries: 8\n"}, {"_defaults": "max: [\n"}, id="defaults"),
    ],
)
def test_what_a_broken_file_that_is_shared_said_is_not_told_as_taken_out(
    desk: Desk, commit: Commit, begin: dict[str, str], broken: dict[str, str]
) -> None:
    commit("begin", sales="name: Sales\nfrom: _part.yaml\n", other="name: Other\n", **begin)
    commit("broken", **broken)
    commit("mended", **{name: text.replace("8", "2") for name, text in begin.items()})

    mended, is_broken, *_ = told(desk, "Sales")

    assert mended == "mended: Sales: max_retries 8->2"
    assert is_broken.startswith(f"broken: campaigns/{next(iter(broken))}.yaml:2:1: ")


def test_a_branch_tells_what_it_changed_and_its_merge_nothing_more(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 1\n", other="name: Other\n")
    git("checkout", "-b", "change")
    commit("on the branch", sales="name: Sales\nmax_retries: 2\n")
    git("checkout", "main")
    commit("on main", other="name: Other\nmax_retries: 7\n")
    git("merge", "--no-ff", "-m", "merge", "change", GIT_COMMITTER_DATE="1800000100 +0000")

    assert told(desk)[:2] == ["on main: Other: max_retries None->7", "on the branch: Sales: max_retries 1->2"]
    assert told(desk, SALES) == [
        "on the branch: Sales: max_retries 1->2",
        "begin: Sales: name None->Sales, max_retries None->1",
    ]


def test_a_merge_that_changes_by_itself_is_told(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\nmax_retries: 1\n")
    git("checkout", "-b", "change")
    commit("on the branch", sales="name: Sales\nmax_retries: 2\n")
    git("checkout", "main")
    git("merge", "--no-ff", "--no-commit", "change")
    commit("merge", sales="name: Sales\nmax_retries: 9\n")

    assert told(desk, SALES)[0] == "merge: Sales: max_retries 1->9"


def test_since_takes_dates_and_lengths_of_time(desk: Desk, commit: Commit) -> None:
    commit("begin", at=1_000_000_000, sales="name: Sales\nmax_retries: 1\n")
    commit("later", at=1_700_000_000, sales="name: Sales\nmax_retries: 2\n")

    assert told(desk, "--since", "2023-11-01") == ["later: Sales: max_retries 1->2"]
    assert told(desk, "--since", "2 weeks ago") == []
    assert len(told(desk, "--since", "99 years")) == 2
    ran = desk.run("log", "--since", "the other day")
    assert (ran.code, ran.err.startswith("--since the other day: not a date")) == (64, True)
    assert desk.run("log", "--since", "2030-01-01").out == "No commit changed what is effective.\n"
    assert desk.run("log", "--since", "2030-01-01", "--format", "markdown").out == (
        "No commit changed what is effective.\n"
    )


def test_what_is_in_no_commit_is_told(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\n")

    for name in ("Nobody", "campaigns/none.yaml"):
        ran = desk.run("log", name)
        assert (ran.code, ran.err) == (1, f"no campaign {name} is in any commit: give its file, name or id\n")
    outside = desk.run("log", "/elsewhere/campaigns/none.yaml")
    assert (outside.code, "is outside of the git repository" in outside.err) == (1, True)


def test_outside_of_a_repository_and_without_commits_that_is_told(desk: Desk) -> None:
    ran = desk.run("log")
    assert (ran.code, "not a git repository" in ran.err, "Traceback" in ran.err) == (1, True, False)

    git("init")
    ran = desk.run("log")
    assert (ran.code, ran.err) == (1, "there is no commit here yet, so that nothing has a history\n")


def test_a_shallow_clone_tells_that_it_is_one(desk: Desk, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        commit(f"step {number}", sales=f"name: Sales\nmax_retries: {number}\n")
    git("clone", "--depth", "2", f"file://{desk.folder}", "shallow")
    monkeypatch.chdir("shallow")

    ran = desk.run("log")

    assert ran.code == 0
    assert "step 3" in ran.out
    assert "step 2" not in ran.out
    assert ran.out.replace("\n  ", " ").endswith(
        "this clone is shallow: what was before is not here (fetch more history, as with `fetch-depth: 0`)\n"
    )


def test_a_link_is_the_file_that_it_leads_to(desk: Desk, commit: Commit) -> None:
    desk.write("shared/base.yaml", "max_retries: 1\n")
    Path("campaigns").mkdir()
    Path("campaigns/_defaults.yaml").symlink_to("../shared/base.yaml")
    commit("begin", sales="name: Sales\n")
    desk.write("shared/base.yaml", "max_retries: 2\n")
    commit("more")
    Path("campaigns/_defaults.yaml").unlink()
    commit("no more", _defaults="max_retries: 3\n")

    assert told(desk)[0] == "no more: Sales: max_retries 2->3"


def test_numbers_are_only_counted(desk: Desk, commit: Commit) -> None:
    commit("begin", sales='name: Sales\ndo_not_call_list_source: custom\ndo_not_call_custom_list: ["+15550000001"]\n')

    for form in ("text", "json", "markdown"):
        ran = desk.run("log", "--format", form)
        assert ran.code == 0
        assert "5550000001" not in ran.out


def test_from_another_folder_files_are_called_from_there(
    desk: Desk, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit("begin", sales="name: Sales\n")
    monkeypatch.chdir("campaigns")

    assert '"file": "sales.yaml"' in desk.run("log", "sales.yaml", "--format", "json").out


def test_words_in_another_encoding_are_read_as_they_were_meant(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\n")
    desk.write(SALES, "name: Sales\nmax_retries: 1\n")
    Path("words").write_bytes("zwölf".encode("latin-1"))
    git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "-a", "-F", "words")
    desk.write(SALES, "name: Sales\nmax_retries: 2\n")
    git("-c", "i18n.commitEncoding=nonsense", "commit", "-a", "-m", "odd")

    assert [line.partition(":")[0] for line in told(desk)] == ["odd", "zwölf", "begin"]


def test_a_commit_with_odd_words_and_dates_is_told(desk: Desk, commit: Commit) -> None:
    commit("begin", sales="name: Sales\n")
    tree = git("rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor  <> 99999999999999 +9999\ncommitter nobody\n\n\n\x1b[31mred\n"
    name = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        input=raw.encode(), check=True, capture_output=True,
    ).stdout.decode().strip()  # fmt: skip
    git("update-ref", "HEAD", name)

    ran = desk.run("log")

    assert ran.code == 0
    assert "\\x1b[31mred" in ran.out
    assert "unknown" in ran.out


def test_a_part_that_changes_is_a_change_of_each_campaign_that_takes_it(desk: Desk, commit: Commit) -> None:
    taken = "from: ../_solar.yaml\nname: NYC\n"
    commit("begin", _solar="max_retries: 1\n", us__nyc=taken, us__other="name: Other\n")
    commit("more", _solar="max_retries: 2\n")
    commit("move", _solar=None, parts___sun="max_retries: 3\n", us__nyc=taken.replace("_solar", "parts/_sun"))

    expected = [
        "move: NYC: from campaigns/_solar.yaml->campaigns/parts/_sun.yaml, max_retries 2->3",
        "more: NYC: max_retries 1->2",
    ]
    assert told(desk)[:2] == told(desk, "NYC")[:2] == expected

"""`reconciler import`: files beside those that are there, and a proof that nothing is left to do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, Sandbox
from tests.support.command_line import PLENTY, Desk, Ran, desk

__all__ = ["desk"]

MODELINE = "# yaml-language-server: $schema="


def files(desk: Desk, folder: str = "campaigns") -> dict[str, str]:
    """The YAML files below a folder, with their texts."""
    return {
        str(path.relative_to(desk.folder)): path.read_text(encoding="utf-8")
        for path in sorted((desk.folder / folder).rglob("*.y*ml"))
    }


def told(ran: Ran) -> list[str]:
    """What was said, without warnings about what is live."""
    return [line for line in ran.err.splitlines() if "warning" not in line]


def test_every_campaign_gets_a_file_and_the_proof_holds(desk: Desk) -> None:
    desk.live("c-1", name="Sales US")
    desk.live("c-2", name="Follow-up São Paulo", status="completed")

    ran = desk.run("import", "--check")

    assert (ran.code, ran.out) == (0, "campaigns/follow-up-sao-paulo.yaml\ncampaigns/sales-us.yaml\n")
    assert told(ran) == [
        "2 campaigns imported into campaigns",
        "checked: the plan of 2 campaigns under campaigns is empty",
    ]
    assert desk.run("validate").code == 0
    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert desk.writes == []


def test_import_again_does_nothing(desk: Desk) -> None:
    desk.live("c-1")
    desk.run("import")
    before = files(desk)

    ran = desk.run("import", "--check")

    assert (ran.code, ran.out, files(desk)) == (0, "", before)
    assert told(ran)[0] == "nothing to import; 1 campaign has a file already"


def test_files_that_are_there_are_never_touched_and_new_campaigns_come_beside_them(desk: Desk) -> None:
    desk.live("c-1", name="Sales")
    desk.live("c-2", name="Sales")
    desk.live("c-3", name="By name")
    desk.live("c-4", name="New")
    desk.write("campaigns/sales.yaml", 'id: "c-1" # mine\nname: Another name\n')
    desk.write("campaigns/deeper/other.yml", "name: By name\nmax_retries: 3\n")

    ran = desk.run("import")

    assert ran.out.split() == ["campaigns/new.yaml", "campaigns/sales-c-2.yaml"]
    assert told(ran) == ["2 campaigns imported into campaigns; 2 campaigns have a file already"]
    assert files(desk)["campaigns/sales.yaml"] == 'id: "c-1" # mine\nname: Another name\n'


def test_hostile_names_stay_inside_the_folder(desk: Desk) -> None:
    names = ["../../etc/passwd", "", "🎉", "x" * 300, "a\x1b[2Jb\nc", "nul", "NUL", ".git", "_defaults", "C:\\a|b?"]
    for number, name in enumerate(names):
        desk.live(f"c-{number}", name=name)

    ran = desk.run("import", "--check")

    assert ran.code == 0
    made = sorted(path.name for path in (desk.folder / "campaigns").iterdir() if path.is_file())
    assert made == [
        "a-2jb-c.yaml",
        "c-a-b.yaml",
        "campaign-c-1.yaml",
        "campaign-c-2.yaml",
        "campaign-nul-c-6.yaml",
        "campaign-nul.yaml",
        "defaults.yaml",
        "etc-passwd.yaml",
        "git.yaml",
        f"{'x' * 60}.yaml",
    ]
    assert [path.name for path in desk.folder.iterdir()] == ["campaigns"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--id", "c-2"], ["two"], id="by id"),
        pytest.param(["--id", "c-2", "--id", "c-1"], ["one", "two"], id="several ids"),
        pytest.param(["--status", "paused"], ["two"], id="by status"),
        pytest.param(["--status", "paused", "--status", "draft"], ["three", "two"], id="several statuses"),
        pytest.param(["--search", "  WO "], ["two"], id="by name"),
        pytest.param(["--search", "solar"], ["three"], id="by description"),
        pytest.param(["--search", "solar", "--status", "paused"], [], id="all that is asked for together"),
    ],
)
def test_only_what_is_asked_for_is_imported(desk: Desk, arguments: list[str], expected: list[str]) -> None:
    desk.live("c-1", name="One")
    desk.live("c-2", name="Two", status="paused")
    desk.live("c-3", name="Three", status="draft", description="Solar panels")

    ran = desk.run("import", *arguments)

    assert (ran.code, [Path(line).stem for line in ran.out.split()]) == (0, expected)


def test_a_campaign_that_is_not_there_fails_and_the_others_are_imported(desk: Desk) -> None:
    desk.live("c-1", name="One")

    ran = desk.run("import", "--id", "c-1", "--id", "nobody")

    assert (ran.code, ran.out) == (1, "campaigns/one.yaml\n")
    assert "campaign nobody is not imported: no campaign has the id nobody" in ran.err


def test_an_id_that_is_none_is_wrong_usage(desk: Desk) -> None:
    ran = desk.run("import", "--id", "../agents")

    assert (ran.code, desk.sandbox.requests, list(desk.folder.iterdir())) == (64, (), [])


def test_a_campaign_that_no_file_can_name_fails(desk: Desk) -> None:
    desk.live("c 1", name="One")
    desk.live("c-2", name="Two")

    ran = desk.run("import")

    assert (ran.code, ran.out) == (1, "campaigns/two.yaml\n")
    assert "campaign c 1 is not imported: " in ran.err


def test_a_name_that_somebody_takes_meanwhile_is_left_to_them(desk: Desk) -> None:
    desk.live("c-1", name="One")

    def meanwhile(_number: int, _method: str, path: str) -> None:
        if path == "/agents":
            desk.write("campaigns/one.yaml", "id: other\n")

    desk.sandbox.fault = meanwhile

    ran = desk.run("import")

    assert (ran.code, files(desk)["campaigns/one.yaml"]) == (1, "id: other\n")
    assert "campaigns/one.yaml was made by somebody else meanwhile: campaign c-1 is not imported" in told(ran)


def test_what_could_not_be_written_is_told(desk: Desk) -> None:
    for number in range(12):
        desk.live(f"c-{number:02}", name=f"Sales {number:02}", max_retries=99)

    ran = desk.run("import", "--check")

    assert ran.code == 0
    assert told(ran)[:2] == [
        "12 campaigns imported into campaigns",
        "campaigns/sales-00.yaml: left out, the comments there say why: max_retries",
    ]
    assert "… and fields of 2 files more" in told(ran)


def test_what_the_api_never_shows_is_told(desk: Desk) -> None:
    desk.live("c-1")
    desk.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse("missing"))

    assert told(desk.run("import")) == [
        "1 campaign imported into campaigns",
        "not shown by the API, so in no file: end_date, auto_complete, retry_on_no_conversion, do_not_call_custom_list",
    ]


def test_an_empty_account_is_nothing_to_import(desk: Desk) -> None:
    ran = desk.run("import", "--check")

    assert (ran.code, ran.out, told(ran)) == (
        0,
        "",
        ["nothing to import", "nothing to check: no campaign files under campaigns"],
    )
    assert list(desk.folder.iterdir()) == []


def test_status_and_numbers_are_written_when_asked_for(desk: Desk) -> None:
    numbers = {"do_not_call_list_source": "custom", "do_not_call_custom_list": ["+12025550143"]}
    desk.live("c-1", name="One", **numbers)

    ran = desk.run("import", "--with-status", "--with-numbers", "--check")

    assert ran.code == 0
    text = files(desk)["campaigns/one.yaml"]
    assert 'status: "active"' in text
    assert '\ndo_not_call_custom_list:\n  - "+12025550143"\n' in text


# Defaults


def test_shared_fields_are_lifted_where_there_are_no_files(desk: Desk) -> None:
    desk.live("c-1", name="One", max_retries=1)
    desk.live("c-2", name="Two", max_retries=2)

    ran = desk.run("import", "--defaults", "--check")

    assert (ran.code, ran.out.split()[0]) == (0, "campaigns/_defaults.yaml")
    assert 'timezone: "America/New_York"' in files(desk)["campaigns/_defaults.yaml"]
    assert "timezone" not in files(desk)["campaigns/one.yaml"]
    assert told(ran)[0] == "2 campaigns imported into campaigns"


@pytest.mark.parametrize("there", ["campaigns/_defaults.yml", "campaigns/deeper/mine.yaml"])
def test_nothing_is_lifted_where_there_are_files(desk: Desk, there: str) -> None:
    desk.write(there, "max_retries: 3\nname: Mine\n" if "mine" in there else "max_retries: 3\n")
    desk.live("c-1", name="One")
    desk.live("c-2", name="Two")

    ran = desk.run("import", "--defaults")

    assert (ran.code, "campaigns/_defaults.yaml" in files(desk)) == (0, False)
    assert told(ran)[0] == "campaigns has files already, and defaults would change what they say: none are written"


def test_defaults_above_that_reach_imported_files_are_told(desk: Desk) -> None:
    desk.write("_defaults.yaml", "auto_complete: true\nmax_retries: 7\n")
    desk.live("c-1", name="One")

    ran = desk.run("import", "--check")

    assert ran.code == 1
    assert (
        "_defaults.yaml holds for the imported campaigns, too, and sets auto_complete: see the plan before you apply"
        in told(ran)
    )
    assert "auto_complete" in ran.out


# The proof


def test_the_proof_covers_files_that_were_there(desk: Desk) -> None:
    desk.live("c-1", name="One", max_retries=3)
    desk.write("campaigns/one.yaml", "id: c-1\nname: One\nmax_retries: 5\n")

    ran = desk.run("import", "--check")

    assert ran.code == 1
    assert "max_retries" in ran.out


def test_the_proof_fails_where_files_are_not_valid(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.write("campaigns/one.yaml", "id: c-1\nmax_retries: 50\n")

    ran = desk.run("import", "--check")

    assert ran.code == 1
    assert "campaigns/one.yaml:2:14: max_retries" in ran.err


def test_the_proof_tells_what_nobody_can_tell(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.write("campaigns/one.yaml", "id: c-1\nauto_complete: true\n")
    desk.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse("missing"))

    ran = desk.run("import", "--check")

    assert ran.code == 0
    assert "campaigns/one.yaml: cannot be verified, because the API does not show it: auto_complete" in told(ran)


# Files that cannot be read


def test_a_file_that_cannot_be_read_for_sure_stops_the_import(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.write("campaigns/mine.yaml", "id: c-1\nid: c-2\n")

    ran = desk.run("import")

    assert (ran.code, list(files(desk)), desk.sandbox.requests) == (1, ["campaigns/mine.yaml"], ())
    assert "campaigns/mine.yaml:2:1" in ran.err


def test_a_folder_that_is_a_file_is_wrong_usage(desk: Desk) -> None:
    desk.write("campaigns", "")

    assert desk.run("import").code == 64


# Environments


def test_an_empty_folder_has_the_environment_of_its_own_and_the_files_above(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(settings=PLENTY) as production:
        production.put_campaign({"id": "p-1", "name": "Production"})
        desk.live("c-1", name="Staging")
        desk.write("campaigns/_environment.yaml", "token_env: TALKOVER_TOKEN_HERE\n")
        desk.write("campaigns/production/_environment.yml", f"base_url: {production.base_url}\n")
        monkeypatch.setenv("TALKOVER_TOKEN_HERE", SANDBOX_TOKEN)
        monkeypatch.delenv("TALKOVER_TOKEN")

        assert desk.run("import", "campaigns/production", "--check").out == "campaigns/production/production.yaml\n"
        # A file of another environment covers nothing here, and is not planned here.
        production.put_campaign({"id": "c-1", "name": "The same id elsewhere"})
        desk.run("import", "campaigns/production")
        ran = desk.run("import", "campaigns", "--check")

    assert (ran.code, ran.out) == (0, "campaigns/staging.yaml\n")
    assert f"not checked: 2 campaigns of {production.base_url}" in told(ran)


@pytest.mark.parametrize("text", ["base_url: [\n", "no_such_setting: 1\n"])
def test_a_wrong_environment_file_stops_the_import(desk: Desk, text: str) -> None:
    desk.write("campaigns/_environment.yaml", text)

    ran = desk.run("import")

    assert (ran.code, desk.sandbox.requests) == (1, ())
    assert "campaigns/_environment.yaml:" in ran.err


# The schema


def test_files_name_the_schema_that_is_near(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.write("schemas/campaign.schema.json", "{}")

    desk.run("import", "deep/er/campaigns")

    assert files(desk, "deep")["deep/er/campaigns/one.yaml"].startswith(
        f"{MODELINE}../../../schemas/campaign.schema.json\n"
    )
    assert not (desk.folder / "deep/er/campaigns/schemas").exists()


def test_the_schema_is_put_beside_the_files_where_there_is_none(desk: Desk) -> None:
    desk.live("c-1", name="One")
    (desk.folder / ".git").mkdir()

    desk.run("import")

    assert files(desk)["campaigns/one.yaml"].startswith(f"{MODELINE}schemas/campaign.schema.json\n")
    assert '"title": "Campaign"' in (desk.folder / "campaigns/schemas/campaign.schema.json").read_text(encoding="utf-8")


def test_files_behind_a_link_are_seen(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.run("import", "elsewhere")
    (desk.folder / "campaigns").mkdir()
    (desk.folder / "campaigns/linked").symlink_to(desk.folder / "elsewhere")

    assert told(desk.run("import"))[0] == "nothing to import; 1 campaign has a file already"


def test_an_account_of_several_pages_moves_in(desk: Desk) -> None:
    for number in range(120):
        desk.live(f"id-{number:03}", name=["Sales", "sales!", "Verão", "🎉", f"Wave {number}"][number % 5])

    ran = desk.run("import", "--defaults", "--check")
    first = files(desk)
    shutil.rmtree(desk.folder / "campaigns")
    desk.run("import", "--defaults")

    assert (ran.code, len(ran.out.split())) == (0, 121)
    assert "checked: the plan of 120 campaigns under campaigns is empty" in told(ran)
    assert files(desk) == first


def test_the_proof_is_of_what_was_read_and_asks_nothing_again(desk: Desk) -> None:
    for number in range(120):
        desk.live(f"id-{number:03}", name=f"Wave {number}")
    desk.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse("missing"))

    ran = desk.run("import", "--check")

    asked = [request.path for request in desk.sandbox.requests]
    assert "checked: the plan of 120 campaigns under campaigns is empty" in told(ran)
    assert (ran.code, len(asked), len(set(asked)), asked.count("/campaigns")) == (0, 122, 121, 2)

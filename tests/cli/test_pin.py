from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.main import run
from reconciler.cli.pinning import pin_file
from reconciler.files.disk import rewrite
from reconciler.model.errors import ReconcilerError
from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

SALES = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json

# the name as in the contract
name: 'Sales US Q1 2027'  # do not change

max_retries: 2
"""
SALES_PINNED = SALES.replace("name: '", "id: sales-us-q1\nname: '")

OWNED = "the campaign of this name is that of campaigns/owned.yaml: change the name, or remove one of the files"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(sample_data=True, settings=SandboxSettings(rate_limit=100_000)) as sandbox:
        yield sandbox


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Path:
    """A repository with one campaign that has no id, and the sandbox as its API."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "campaigns").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALKOVER_BASE_URL", sandbox.base_url)
    monkeypatch.setenv("TALKOVER_TOKEN", SANDBOX_TOKEN)
    write("sales.yaml", SALES)
    return tmp_path


def write(name: str, text: str) -> None:
    path = Path("campaigns", name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())


def text_of(name: str) -> str:
    return Path("campaigns", name).read_bytes().decode()


@pytest.mark.usefixtures("here")
def test_the_id_is_written_and_nothing_is_sent_but_get(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pin"]) == 0

    assert capsys.readouterr() == ("campaigns/sales.yaml: id sales-us-q1\n", "1 file pinned\n")
    assert text_of("sales.yaml") == SALES_PINNED
    assert sandbox.writes == ()
    assert [request.path for request in sandbox.requests] == ["/campaigns"]


@pytest.mark.usefixtures("here")
def test_files_are_valid_and_their_plan_is_the_same_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    write("_defaults.yaml", "do_not_call_enabled: true\n")
    write("survey.yaml", "{name: 'Customer survey, every field set', max_retries: 1}\n")
    run(["plan", "--format", "json"])
    before = json.loads(capsys.readouterr().out)

    assert run(["pin"]) == 0
    assert run(["validate"]) == 0
    capsys.readouterr()

    run(["plan", "--format", "json"])
    after = json.loads(capsys.readouterr().out)
    campaigns = [campaign for plan in (before, after) for campaign in plan["campaigns"]]
    lines = [one.pop("line") for c in campaigns for one in (*c["changes"], *c["unverified"], *c["withheld"])]
    # What a campaign's own page shows besides, and a row of the list does not.
    agents = [campaign.pop("agents") for campaign in campaigns]
    assert after["campaigns"] == before["campaigns"]
    assert lines
    assert agents


@pytest.mark.usefixtures("here")
def test_a_second_pin_has_nothing_to_do_and_asks_nobody(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    write("sales.yaml", SALES_PINNED)

    assert run(["pin"]) == 0

    assert capsys.readouterr() == ("", "every campaign has its id already: nothing to do\n")
    assert sandbox.requests == ()


@pytest.mark.usefixtures("here")
def test_files_that_cannot_be_pinned_are_told_and_the_others_are_pinned(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    for campaign in ("c-1", "c-2"):
        sandbox.put_campaign({**sandbox.campaign("winback-us"), "id": campaign, "name": "Twins"})
    write("none.yaml", "name: Nobody\n")
    write("odd.yaml", "? # odd\n  name\n: Follow-up São Paulo\n")
    write("owned.yaml", "id: reminder-uk\nname: Reminders\n")
    write("owner.yaml", "name: Appointment reminders London\n")
    write("twins.yaml", "name: Twins\n")

    assert run(["pin"]) == 1

    out, told = capsys.readouterr()
    assert out == "campaigns/sales.yaml: id sales-us-q1\n"
    assert told.splitlines() == [
        "campaigns/none.yaml: no live campaign is named 'Nobody', and the file has no id",
        "campaigns/odd.yaml has no place where an id could be added safely: write `id: follow-up-br` into it by hand",
        f"campaigns/owner.yaml: {OWNED}",
        "campaigns/twins.yaml: 2 live campaigns are named 'Twins' (c-1, c-2): add the right id to the file",
        "1 file pinned, 4 not",
    ]
    assert text_of("sales.yaml") == SALES_PINNED


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("options", "pinned", "told"),
    [
        (["--name", "Sales*"], {"sales.yaml"}, "1 file pinned\n"),
        (["--type", "reminder"], {"reminder.yaml"}, "1 file pinned\n"),
        (["--live-status", "active"], {"sales.yaml", "reminder.yaml"}, "2 files pinned\n"),
        (["--live-status", "completed"], set(), "0 files pinned\n"),
        (["campaigns/reminder.yaml"], {"reminder.yaml"}, "1 file pinned\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_only_what_is_selected_is_pinned(
    options: list[str], pinned: set[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("reminder.yaml", "name: Appointment reminders London\ncampaign_type: reminder\n")

    assert run(["pin", *options]) == 0

    assert {name for name in ("sales.yaml", "reminder.yaml") if "\nid: " in f"\n{text_of(name)}"} == pinned
    assert capsys.readouterr().err == told


@pytest.mark.usefixtures("here")
def test_one_environment_that_cannot_be_reached_does_not_hinder_another(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("STAGING", raising=False)
    write("staging/_environment.yaml", f"base_url: {sandbox.base_url}\ntoken_env: TALKOVER_S\n")
    write("staging/sales.yaml", SALES)

    assert run(["pin"]) == 1

    assert capsys.readouterr().err.splitlines() == [
        f"{sandbox.base_url}: no token: set the variable TALKOVER_S to the environment's token (or try --sandbox)",
        "1 file pinned, 1 not",
    ]
    assert (text_of("sales.yaml"), text_of("staging/sales.yaml")) == (SALES_PINNED, SALES)


@pytest.mark.usefixtures("here")
def test_problems_in_files_stop_it_before_anything_is_asked(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    write("bad.yaml", "name: x\nmax_retry: 2\n")

    assert run(["pin"]) == 1

    assert "bad.yaml:2:1: max_retry: no such field" in capsys.readouterr().err
    assert (sandbox.requests, text_of("sales.yaml")) == ((), SALES)


# One file


@pytest.mark.usefixtures("here")
def test_a_file_that_was_changed_meanwhile_is_left_as_it_is() -> None:
    with pytest.raises(ReconcilerError, match=r"^campaigns/sales.yaml was changed meanwhile, and is left as it is"):
        pin_file("campaigns/sales.yaml", "c-1", SALES.replace("2\n", "3\n").encode())

    assert (text_of("sales.yaml"), [path.name for path in Path("campaigns").iterdir()]) == (SALES, ["sales.yaml"])


@pytest.mark.usefixtures("here")
def test_the_mode_stays_and_a_link_stays_a_link() -> None:
    path = Path("campaigns/sales.yaml")
    path.chmod(0o640)
    Path("link.yaml").symlink_to("campaigns/sales.yaml")

    pin_file("link.yaml", "c-1")

    assert Path("link.yaml").is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert text_of("sales.yaml") == SALES.replace("name: '", "id: c-1\nname: '")


@pytest.mark.usefixtures("here")
def test_a_file_that_is_gone_is_told() -> None:
    with pytest.raises(ReconcilerError, match=r"^gone.yaml cannot be read: No such file or directory$"):
        pin_file("gone.yaml", "c-1")
    with pytest.raises(ReconcilerError, match=r"^cannot write gone.yaml: No such file or directory$"):
        rewrite("gone.yaml", b"", b"x")

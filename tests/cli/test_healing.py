"""The journal comes before everything else, in `apply` and in `recover`."""

from __future__ import annotations

import json

import pytest

from reconciler.api.token import Token
from reconciler.apply.context import PauseEntry
from reconciler.sandbox import SANDBOX_TOKEN
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

OLD = "2020-01-01T00:00:00+00:00"


def hold(desk: Desk, campaign: str = "c-1", token: str = SANDBOX_TOKEN, **changes: str) -> PauseEntry:
    """Let the journal hold a campaign that we paused a minute ago."""
    fingerprint = Token(token, "TALKOVER_TOKEN").fingerprint(desk.sandbox.base_url)
    entry = PauseEntry(campaign, desk.sandbox.base_url, "active", "", "to change timezone", token=fingerprint)
    entry = entry._replace(**changes)
    desk.write(".reconciler/journal.json", json.dumps({"version": 2, "paused": [entry._asdict()]}))
    return entry


def held(desk: Desk) -> list[str]:
    content = json.loads((desk.folder / ".reconciler/journal.json").read_text())
    return [entry["campaign"] for entry in content["paused"]]


def status(desk: Desk, campaign: str = "c-1") -> object:
    return desk.sandbox.campaigns()[campaign]["status"]


WRONGS = {
    "a typo in a file": ("campaigns/one.yaml", "name: One\nid: c-1\nmax_retrys: 1\n", ()),
    "nothing selected": ("campaigns/one.yaml", "name: One\nid: c-1\n", ("--name", "Nothing")),
    "no file at all": ("elsewhere/one.yaml", "name: One\n", ()),
    "a broken file": ("campaigns/one.yaml", "name: [\n", ()),
}


@pytest.mark.parametrize(("path", "content", "arguments"), WRONGS.values(), ids=WRONGS)
def test_an_apply_heals_first_whatever_is_wrong_otherwise(
    desk: Desk, path: str, content: str, arguments: tuple[str, ...]
) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write(path, content)
    hold(desk)

    ended = desk.run("apply", "--auto-approve", *arguments)

    assert (ended.code, status(desk), held(desk)) == (1, "active", [])


def test_what_its_file_wants_paused_is_not_resumed_on_the_way(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\nstatus: paused\n")
    hold(desk)

    ended = desk.run("apply", "--auto-approve")

    assert (ended.code, status(desk), held(desk), desk.writes) == (0, "paused", [], [])


def test_what_its_file_wants_completed_goes_there_straight(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\nstatus: completed\n")
    hold(desk)

    ended = desk.run("apply", "--auto-approve")

    assert (ended.code, status(desk), held(desk)) == (0, "completed", [])
    assert desk.writes == ["PATCH /campaigns/c-1/status"]


@pytest.mark.parametrize(("campaign", "code"), [("c-1", 3), ("c-2", 0)], ids=["at hand", "not at hand"])
def test_what_another_token_paused_is_told_and_left_alone(desk: Desk, campaign: str, code: int) -> None:
    desk.live("c-1", name="One", status="active")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    hold(desk, campaign, token="talq_another")

    ended = desk.run("apply", "--auto-approve")

    assert (ended.code, held(desk), desk.writes) == (code, [campaign], [])
    assert f"{campaign}: it was paused with another token than the one in TALKOVER_TOKEN" in ended.err


def test_what_another_token_paused_in_a_folder_that_is_not_named_changes_no_exit_code(desk: Desk) -> None:
    desk.live("c-1", name="One", status="active")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    desk.write("other/two.yaml", "name: Two\nid: c-2\n")
    hold(desk, "c-2", token="talq_another", file="other/two.yaml")

    assert [desk.run("apply", path, "--auto-approve").code for path in ("campaigns", "other")] == [0, 3]


def test_a_base_url_that_is_spelt_otherwise_is_the_same_place(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    hold(desk, base_url=desk.sandbox.base_url.upper().replace("HTTP", "http").replace("/API/V1", "/api/v1/"))

    assert (desk.run("apply", "--auto-approve").code, status(desk), held(desk)) == (0, "active", [])


def test_a_journal_of_version_1_is_still_obeyed(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    row = {"campaign": "c-1", "base_url": desk.sandbox.base_url, "status_before": "active", "at": "", "reason": ""}
    desk.write(".reconciler/journal.json", json.dumps({"version": 1, "paused": [row]}))

    assert (desk.run("recover").code, status(desk), held(desk)) == (0, "active", [])


def test_what_is_older_than_a_week_waits_for_recover(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    hold(desk, at=OLD)

    applied = desk.run("apply", "--auto-approve")
    left = (status(desk), held(desk))
    recovered = desk.run("recover")

    assert (applied.code, left) == (3, ("paused", ["c-1"]))
    assert (recovered.code, status(desk), held(desk)) == (0, "active", [])


def test_a_plan_tells_first_of_all_what_the_journal_holds(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    hold(desk, name="One", at=OLD)

    codes = [desk.run("plan", *more).code for more in ((), ("--detailed-exitcode",))]
    told = desk.run("plan").err

    assert (codes, desk.writes) == ([0, 3], [])
    assert told.startswith(f"LEFT PAUSED: One (id c-1) at {desk.sandbox.base_url}, since {OLD} to change timezone\n")


@pytest.mark.parametrize("changes", ["", "max_retries: 2\n"], ids=["nothing else", "beside a change"])
@pytest.mark.parametrize("form", ["text", "markdown", "html", "github"])
def test_every_form_of_a_plan_tells_it_before_anything_else_and_so_does_show(
    desk: Desk, form: str, changes: str
) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", f"name: One\nid: c-1\n{changes}")
    hold(desk, name="One", file="campaigns/one.yaml", at=OLD)

    planned = desk.run("plan", "--format", form, "--out", "plan.json").out
    shown = desk.run("show", "plan.json", "--format", form).out

    for told in (planned, shown):
        body = " ".join(told.partition("<body>")[2].split() if form == "html" else told.split())
        first = body.index("LEFT PAUSED: One (id c-1, campaigns/one.yaml) since")
        assert all(first < body.index(word) for word in ("changes", "retries", "retry") if word in body)
        assert ("reconciler recover" in body) is (form != "github")


def test_what_is_left_paused_is_data_of_a_plan_and_no_part_of_its_digest(desk: Desk) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\nmax_retries: 2\n")

    without = desk.run("plan", "--format", "json").json
    hold(desk, name="One", file="campaigns/one.yaml", at=OLD)
    plan = desk.run("plan", "--format", "json").json
    hold(desk, base_url="https://elsewhere.example/api/v1")
    elsewhere = desk.run("plan", "--format", "json").json

    told = {"campaign": "c-1", "name": "One", "file": "campaigns/one.yaml", "at": OLD, "reason": "to change timezone"}
    assert (without["left_paused"], plan["left_paused"], elsewhere["left_paused"]) == ([], [told], [])
    assert without["digest"] == plan["digest"]


def test_a_plan_with_a_damaged_journal_is_made_and_tells_it(desk: Desk) -> None:
    desk.live("c-1", name="One")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    desk.write(".reconciler/journal.json", "{")

    ended = desk.run("plan", "--detailed-exitcode")

    assert (ended.code, "is damaged, or was written by something else" in ended.err) == (3, True)


@pytest.mark.parametrize("option", ["--drain-timeout", "--timeout", "--deadline"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "NaN"])
def test_what_is_no_number_is_wrong_usage(desk: Desk, option: str, value: str) -> None:
    assert desk.run("apply", option, value).code == 64


# recover --id, --forget


@pytest.mark.parametrize(("before", "writes"), [("paused", 1), ("active", 0), ("completed", 0)])
def test_a_named_campaign_is_looked_at_first(desk: Desk, before: str, writes: int) -> None:
    desk.live("c-1", name="One", status=before)

    ended = desk.run("recover", "--id", "c-1")

    after = "active" if before == "paused" else before
    assert (ended.code, status(desk), len(desk.writes)) == (0, after, writes)
    assert not (desk.folder / ".reconciler/journal.json").exists()


def test_a_named_campaign_that_is_not_there_is_a_failure_and_no_entry(desk: Desk) -> None:
    ended = desk.run("recover", "--id", "nobody")

    assert (ended.code, (desk.folder / ".reconciler/journal.json").exists()) == (1, False)
    assert "reconciler recover --id nobody" in ended.out + ended.err
    assert "\\n" not in ended.out + ended.err
    assert "()" not in ended.out + ended.err


def test_a_named_campaign_is_looked_for_where_its_file_says(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live("c-1", name="One", status="paused")
    desk.write("campaigns/_environment.yaml", f"base_url: {desk.sandbox.base_url}\ntoken_env: TALKOVER_EU\n")
    desk.write("campaigns/one.yaml", "name: One\nid: c-1\n")
    monkeypatch.setenv("TALKOVER_EU", SANDBOX_TOKEN)
    monkeypatch.delenv("TALKOVER_BASE_URL", raising=False)
    monkeypatch.delenv("TALKOVER_TOKEN", raising=False)

    ended = desk.run("recover", "--id", "c-1")

    assert (ended.code, status(desk)) == (0, "active")


def test_what_is_gone_is_struck_off_without_a_request(desk: Desk) -> None:
    hold(desk)

    ended = desk.run("recover", "--forget", "c-1")
    again = desk.run("recover", "--forget", "c-1")

    assert (ended.code, again.code, held(desk), desk.sandbox.requests) == (0, 1, [], ())


def test_a_name_is_resumed_or_struck_off_and_not_both(desk: Desk) -> None:
    assert desk.run("recover", "--forget", "c-1", "--id", "c-1").code == 64

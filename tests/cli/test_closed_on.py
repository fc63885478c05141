"""Days without calls: paused from the last close before them, active again after them; only what is ours is resumed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.cli.shutdown import Shutdown
from reconciler.sandbox import AnswerShape
from tests.support.command_line import PLENTY, Desk, Ran, desk

__all__ = ["desk"]

# Thanksgiving is a Thursday; New York is five hours behind UTC.
CALENDAR = '- date: "2027-11-25"\n  name: Thanksgiving\n'
FILE = """\
id: c-1
status: active
timezone: America/New_York
days_of_week: [1, 2, 3, 4, 5]
call_time_ranges: [{start: "09:00", end: "17:00"}]
closed_on: [../calendars/us.yaml]
"""
WEDNESDAY, EVENING, THURSDAY, AFTER = ("2027-11-24T15:00", "2027-11-24T22:30", "2027-11-25T15:00", "2027-11-25T22:00")
HOURS = {
    "timezone": "America/New_York",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
}


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A campaign that calls, and a file that wants it so but for a day."""
    desk.write("calendars/us.yaml", CALENDAR)
    desk.write("campaigns/a.yaml", FILE)
    desk.live("c-1", status="active", **HOURS)
    return desk


def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str, *arguments: str) -> Ran:
    """Run a command at a moment (UTC)."""
    monkeypatch.setattr(Shutdown, "stamp", lambda _: f"{moment}:00+00:00")
    return desk.run(*arguments)


def apply(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str, *arguments: str) -> Ran:
    return run(desk, monkeypatch, moment, "apply", "--auto-approve", *arguments)


def status(desk: Desk) -> str:
    return str(desk.sandbox.campaign("c-1")["status"])


def test_it_is_paused_over_the_day_and_active_again_after_it(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for moment in (WEDNESDAY, EVENING, THURSDAY, AFTER, AFTER):
        ran = apply(one, monkeypatch, moment)
        found.append((ran.code, status(one)))

    assert found == [(0, "active"), (0, "paused"), (0, "paused"), (0, "active"), (0, "active")]
    assert [call for call in one.writes if "status" in call] == ["PATCH /campaigns/c-1/status"] * 2
    assert '"paused": []' in (one.folder / ".reconciler/journal.json").read_text()


def test_the_plan_says_what_is_due_and_which_days_come(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(one, monkeypatch, WEDNESDAY, "plan")
    due = run(one, monkeypatch, EVENING, "plan", "--format", "json")
    (row,) = due.json["campaigns"]

    assert "closed on 2027-11-25 (Thanksgiving): 1 campaign will be paused" in " ".join(before.out.split())
    assert row["status"] == {
        "before": "active",
        "after": "paused",
        "file": "campaigns/a.yaml",
        "line": 6,
        "because": "closed on 2027-11-25 (Thanksgiving)",
        "is_ours": False,
    }
    assert row["notices"] == ["closed on 2027-11-25 (Thanksgiving): it is active again once that is over"]


def test_our_pause_is_nothing_that_is_left_paused(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(one, monkeypatch, EVENING)
    planned = run(one, monkeypatch, THURSDAY, "plan", "--detailed-exitcode")
    recovered = run(one, monkeypatch, THURSDAY, "recover")

    assert (planned.code, "LEFT PAUSED" in planned.out + planned.err, recovered.code) == (0, False, 0)
    assert (status(one), "nothing was left paused" in recovered.err) == ("paused", True)


def test_a_persons_pause_is_not_resumed_when_the_day_is_over(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.live("c-1", status="paused", **HOURS)
    apply(one, monkeypatch, EVENING)
    ran = apply(one, monkeypatch, AFTER)

    assert (ran.code, status(one)) == (1, "paused")
    assert "--allow-start" in ran.out


def test_without_the_journal_nothing_is_resumed_unasked(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(one, monkeypatch, EVENING)
    (one.folder / ".reconciler/journal.json").unlink()

    ran = apply(one, monkeypatch, AFTER)
    assert (ran.code, status(one), "--allow-start" in ran.out) == (1, "paused", True)
    assert (apply(one, monkeypatch, AFTER, "--allow-start").code, status(one)) == (0, "active")


def test_a_campaign_that_somebody_resumed_and_paused_again_later_is_not_ours(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(one, monkeypatch, EVENING)
    one.live("c-1", status="active", **HOURS)
    apply(one, monkeypatch, AFTER)
    one.live("c-1", status="paused", **HOURS)

    assert (apply(one, monkeypatch, "2027-11-26T15:00").code, status(one)) == (1, "paused")


@pytest.mark.parametrize("gone", [("closed_on",), ("closed_on", "status")], ids=["closed_on", "and its status, too"])
@pytest.mark.parametrize("is_saved", [False, True], ids=["at once", "as a saved plan"])
def test_a_pause_over_days_that_its_file_names_no_more_ends(
    one: Desk, monkeypatch: pytest.MonkeyPatch, gone: tuple[str, ...], *, is_saved: bool
) -> None:
    apply(one, monkeypatch, EVENING)
    one.write("campaigns/a.yaml", "".join(f"{line}\n" for line in FILE.splitlines() if not line.startswith(gone)))
    planned = run(one, monkeypatch, THURSDAY, "plan", "--detailed-exitcode", "--out", "p.json")
    ended = apply(one, monkeypatch, THURSDAY, *(["--plan", "p.json"] if is_saved else []))

    assert (planned.code, ended.code, status(one)) == (2, 0, "active")
    assert "names no days without calls any more, for which it was paused" in " ".join(planned.out.split())
    assert '"paused": []' in (one.folder / ".reconciler/journal.json").read_text()


def test_what_somebody_resumed_over_days_that_no_file_names_any_more_is_left(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(one, monkeypatch, EVENING)
    one.live("c-1", status="active", **HOURS)
    one.write("campaigns/a.yaml", "id: c-1\ntimezone: America/New_York\n")
    before = len(one.writes)

    assert (apply(one, monkeypatch, THURSDAY).code, one.writes[before:]) == (0, [])
    assert '"paused": []' in (one.folder / ".reconciler/journal.json").read_text()


def test_a_journal_that_is_damaged_is_told_once(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.write("campaigns/a.yaml", "id: c-1\ntimezone: America/New_York\n")
    one.write(".reconciler/journal.json", "{")
    ran = run(one, monkeypatch, THURSDAY, "plan")

    assert (ran.code, (ran.out + ran.err).count("journal.json")) == (0, 1)


@pytest.mark.parametrize(("option", "left"), [("--id", "active"), ("--forget", "paused")])
def test_a_pause_over_days_whose_file_is_gone_is_told_until_somebody_decides(
    one: Desk, monkeypatch: pytest.MonkeyPatch, option: str, left: str
) -> None:
    apply(one, monkeypatch, EVENING)
    (one.folder / "campaigns/a.yaml").unlink()
    one.write("campaigns/b.yaml", "id: c-2\nmax_retries: 3\n")
    one.live("c-2", max_retries=3)
    ran = [run(one, monkeypatch, AFTER, "plan"), apply(one, monkeypatch, AFTER)]

    assert ["`reconciler recover --id c-1` resumes it" in " ".join(one.out.split()) for one in ran] == [True, True]
    assert run(one, monkeypatch, AFTER, "recover", option, "c-1").code == 0
    assert (status(one), "is gone" in run(one, monkeypatch, AFTER, "plan").out) == (left, False)


def test_after_somebody_resumed_it_by_its_name_a_persons_pause_is_not_ours(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(one, monkeypatch, EVENING)
    run(one, monkeypatch, EVENING, "recover", "--id", "c-1")
    one.live("c-1", status="paused", **HOURS)
    ran = apply(one, monkeypatch, AFTER)

    assert (ran.code, status(one), "--allow-start" in ran.out) == (1, "paused", True)


def test_what_falls_due_before_the_next_run_is_done_with_ahead(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    late = "2027-11-24T20:45"
    assert (apply(one, monkeypatch, late).code, status(one)) == (0, "active")
    assert (apply(one, monkeypatch, late, "--ahead", "90m").code, status(one)) == (0, "paused")


def test_only_calendar_leaves_everything_else_and_is_silent_where_nothing_is_due(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.write("campaigns/a.yaml", FILE + "max_retries: 9\n")

    quiet = [
        run(one, monkeypatch, WEDNESDAY, *command, "--only-calendar")
        for command in (["plan"], ["apply", "--auto-approve"])
    ]
    assert [(ran.code, ran.out, ran.err) for ran in quiet] == [(0, "", "")] * 2
    assert apply(one, monkeypatch, EVENING, "--only-calendar").code == 0
    assert one.writes == ["PATCH /campaigns/c-1/status"]


def test_a_draft_is_not_started_on_such_a_day(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.live("c-1", status="draft", **HOURS)

    ran = apply(one, monkeypatch, THURSDAY, "--allow-start")
    assert (ran.code, status(one)) == (0, "draft")
    assert (apply(one, monkeypatch, AFTER, "--allow-start").code, status(one)) == (0, "active")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"campaigns/a.yaml": FILE.replace("status: active\n", "")},
            "campaigns/a.yaml:5:1: closed_on: a campaign with",
        ),
        ({"calendars/us.yaml": "- date: 2027-13-01\n"}, "calendars/us.yaml:1:9: date: not a day that there is"),
        (
            {"campaigns/a.yaml": FILE.replace("us.yaml", "uk.yaml")},
            "campaigns/a.yaml:6:13: closed_on: calendars/uk.yaml c",
        ),
    ],
)
def test_what_is_wrong_with_calendars_is_told_at_its_place(one: Desk, files: dict[str, str], told: str) -> None:
    for file, text in files.items():
        one.write(file, text)

    ran = one.run("validate")
    assert (ran.code, told in ran.out) == (1, True), ran.out


def test_hours_around_the_clock_leave_no_gap_and_that_is_told(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.write("campaigns/a.yaml", FILE.replace("17:00", "23:59").replace("09:00", "00:00"))

    told = " ".join(run(one, monkeypatch, WEDNESDAY, "plan", "--ahead", "1h").out.split())
    assert "campaigns/a.yaml: only 1 minutes lie between the last close before 2027-11-25" in told


def test_nobody_knows_a_closed_day_without_a_zone(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse("missing,absent"))
    one.sandbox.put_campaign({"id": "c-2", "name": "B", "status": "active", "timezone": None})
    one.write("campaigns/a.yaml", "id: c-2\nstatus: active\nclosed_on: [../calendars/us.yaml]\n")

    ran = run(one, monkeypatch, THURSDAY, "plan")
    assert (ran.code, "closed_on needs the zone of the campaign" in " ".join(ran.out.split())) == (1, True)


@pytest.mark.parametrize("given", ["soon", "-1", "1.5h", "nan"])
def test_a_length_of_time_that_is_none_is_wrong_usage(one: Desk, given: str) -> None:
    assert one.run("plan", "--ahead", given).code == 64


def test_what_cannot_be_planned_anyway_is_told_as_it_is(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one.write("campaigns/b.yaml", FILE.replace("c-1", "c-9"))
    rows = {row["id"]: row for row in run(one, monkeypatch, THURSDAY, "plan", "--format", "json").json["campaigns"]}

    assert (rows["c-9"]["action"], rows["c-1"]["status"]["after"]) == ("error", "paused")
    assert "no campaign has the id c-9" in rows["c-9"]["errors"][0]


def test_only_calendar_too_asks_for_a_yes_where_the_journal_was_lost(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert apply(one, monkeypatch, EVENING, "--only-calendar").code == 0
    (one.folder / ".reconciler/journal.json").unlink()

    ran = apply(one, monkeypatch, AFTER, "--only-calendar")
    assert (ran.code, status(one), "--allow-start" in ran.out + ran.err) == (1, "paused", True)

    assert apply(one, monkeypatch, "2027-12-15T15:00", "--only-calendar").out == ""
    assert (apply(one, monkeypatch, AFTER, "--only-calendar", "--allow-start").code, status(one)) == (0, "active")


def test_only_calendar_is_silent_about_what_a_person_paused(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for moment in (EVENING, AFTER):
        assert apply(one, monkeypatch, moment, "--only-calendar").code == 0
    one.live("c-1", status="paused")

    ran = apply(one, monkeypatch, AFTER, "--only-calendar")
    assert (ran.code, ran.out, status(one)) == (0, "", "paused")


def test_what_we_paused_with_another_token_is_not_passed_over(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apply(one, monkeypatch, EVENING, "--only-calendar").code == 0
    journal = one.folder / ".reconciler/journal.json"
    text = journal.read_text()
    token = json.loads(text)["paused"][0]["token"]
    journal.write_text(text.replace(token, "0" * len(token)))

    ran = apply(one, monkeypatch, AFTER, "--only-calendar")
    assert (ran.code, status(one), "--allow-start" in ran.out + ran.err) == (1, "paused", True)

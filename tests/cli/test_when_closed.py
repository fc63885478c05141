"""`apply --when closed`: what may pause is put off while people would be called, and waits for its gap with --wait."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.shutdown import Shutdown
from reconciler.model.fields import schema_folder
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

# Wednesdays; New York is five hours behind UTC.
DAY, NIGHT = "2027-01-06T20:20:00+00:00", "2027-01-07T00:00:00+00:00"
WIDER = "id: c-1\ndays_of_week: [1, 2, 3, 4, 5, 6]\n"
WHY = "calling now, closes 17:00 (in 1 h 40 min); it is closed for 300 s or more from 17:00 America/New_York on"
SCHEMA = json.loads((schema_folder() / "report.schema.json").read_text(encoding="utf-8"))


class Time:
    """The time of day, which passes while somebody waits for long."""

    def __init__(self, stamp: str) -> None:
        self.at = datetime.fromisoformat(stamp)

    def stamp(self) -> str:
        return self.at.isoformat(timespec="seconds")

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A campaign that calls from 9 to 17 in New York, and a file that wants Saturdays, too; 15:20 there."""
    desk.write("campaigns/a.yaml", WIDER)
    desk.live("c-1")
    at(monkeypatch, DAY)
    return desk


def at(monkeypatch: pytest.MonkeyPatch, stamp: str) -> Time:
    time = Time(stamp)
    monkeypatch.setattr(Shutdown, "stamp", time.stamp)
    monkeypatch.setattr(Shutdown, "wait", time.wait)
    return time


def apply(desk: Desk, *arguments: str) -> tuple[int, str]:
    ran = desk.run("apply", "--auto-approve", "--when", "closed", *arguments)
    return ran.code, ran.out + ran.err


def days(desk: Desk, campaign: str = "c-1") -> Any:  # noqa: ANN401 - as the stand-in has it
    return desk.sandbox.campaign(campaign)["days_of_week"]


def test_by_day_it_is_put_off_told_and_reported(one: Desk) -> None:
    code, told = apply(one, "--report", "report.json")
    document = json.loads((one.folder / "report.json").read_text())
    (row,) = document["campaigns"]

    assert (code, one.writes) == (1, [])
    assert "deferred: campaigns/a.yaml" in told
    assert f"put off: {WHY}" in told
    assert row["put_off"] == {
        "fields": ["days_of_week"],
        "until": "2027-01-06T22:00:00+00:00",
        "reason": WHY,
    }
    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []
    assert "put off" in one.run("show", "report.json").out.casefold()


def test_at_night_it_is_carried_out(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, NIGHT)

    assert apply(one)[0] == 0
    assert days(one) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("wait", "code"), [("100m", 0), ("99m", 1), ("3h", 0), ("0", 1)])
def test_it_waits_for_its_gap_as_long_as_it_may(one: Desk, wait: str, code: int) -> None:
    found, _ = apply(one, "--wait", wait)

    assert found == code
    assert days(one) == ([1, 2, 3, 4, 5, 6] if code == 0 else [1, 2, 3, 4, 5])


def test_a_saved_plan_waits_too(one: Desk) -> None:
    one.run("plan", "--out", "plan.json")
    put_off = one.run("apply", "--plan", "plan.json", "--when", "closed", "--auto-approve")
    waited = one.run("apply", "--plan", "plan.json", "--when", "closed", "--wait", "3h", "--auto-approve")

    assert (put_off.code, waited.code, days(one)) == (1, 0, [1, 2, 3, 4, 5, 6])


def test_what_is_put_off_is_no_failure_to_fail_fast(one: Desk) -> None:
    one.write("campaigns/b.yaml", "id: c-2\nmax_retries: 5\n")
    one.live("c-2")
    code, _ = apply(one, "--fail-fast", "--concurrency", "1")

    assert (code, one.sandbox.campaign("c-2")["max_retries"]) == (1, 5)


def test_after_a_failure_nothing_that_waits_is_begun_with_fail_fast(one: Desk) -> None:
    one.write("campaigns/b.yaml", "id: c-2\nstatus: draft\n")
    one.live("c-2")
    code, told = apply(one, "--fail-fast", "--wait", "3h")

    assert (code, days(one)) == (1, [1, 2, 3, 4, 5])
    assert "--fail-fast was given" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--wait", "3h"], "--wait belongs to --when closed: give both, or neither"),
        (["--except", "nothing"], "--except belongs to --when closed"),
        (["--when", "open"], "'open' is not 'closed'"),
        (["--when", "closed", "--wait", "soon"], "write 45s, 90m, 3h or 2d"),
        (["--when", "closed", "--wait", "9999999d"], "9999999d is longer than a year"),
        (["--ahead", "367d"], "367d is longer than a year"),
    ],
)
def test_what_means_nothing_is_wrong_usage(one: Desk, arguments: list[str], told: str) -> None:
    ran = one.run("apply", "--auto-approve", *arguments)

    assert (ran.code, one.writes) == (64, [])
    assert told in ran.err


def test_one_environment_does_not_wait_for_another(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKOVER_OTHER", "talq_other")
    one.write("campaigns/b/_environment.yaml", "token_env: TALKOVER_OTHER\n")
    one.write("campaigns/b/b.yaml", "id: c-2\nmax_retries: 5\n")
    code, told = apply(one, "--wait", "3h")

    assert (code, one.writes) == (64, [])
    assert "--wait is for one environment" in told

"""`plan --reuse`: what was in sync is not read again, and nothing that changed is missed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.sandbox import AnswerShape
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

OLD = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
FILE = "id: c-{number}\nmax_retries: {retries}\nsuccess_cooldown_hours: {hours}\n"
CAMPAIGNS = 8
# A page of the list, and every campaign by its id.
EVERYTHING, ONE_OF_A_HUNDRED = 1 + CAMPAIGNS, 2


def shape(desk: Desk, words: str) -> None:
    desk.sandbox.settings = replace(desk.sandbox.settings, answers=AnswerShape.parse(words))


@pytest.fixture
def at(desk: Desk) -> Desk:
    """Campaigns as their files say, in a list whose rows lack a field, and a PUT that moved a stamp."""
    shape(desk, "missing,counters")
    for number in range(CAMPAIGNS):
        desk.live(f"c-{number}", status="active", success_cooldown_hours=24, max_retries=3, **OLD)
        desk.write(f"campaigns/{number}.yaml", FILE.format(number=number, retries=3, hours=24))
    desk.write("other/one.yaml", FILE.format(number="x", retries=3, hours=24))
    desk.live("c-x", status="active", success_cooldown_hours=25, max_retries=3, **OLD)
    assert desk.run("apply", "other", "--auto-approve").code == 0
    return desk


def make_older(desk: Desk, seconds: float) -> None:
    """Let verdicts be older than they are."""
    path = desk.folder / ".reconciler" / "verdicts.json"
    content = json.loads(path.read_text())
    (known,) = content["environments"].values()
    known["campaigns"] = {key: [hashed, when - seconds] for key, (hashed, when) in known["campaigns"].items()}
    path.write_text(json.dumps(content))


def requests(desk: Desk, *arguments: str) -> int:
    """The requests of a plan that finds nothing to do."""
    desk.sandbox.clear_requests()
    ran = desk.run("plan", "--reuse", "24h", "--detailed-exitcode", *arguments)
    assert ran.code == 0, ran.out + ran.err
    return len(desk.sandbox.requests)


def test_what_was_in_sync_is_not_read_again_but_for_a_sample(at: Desk) -> None:
    assert (requests(at), requests(at), requests(at)) == (EVERYTHING, ONE_OF_A_HUNDRED, ONE_OF_A_HUNDRED)


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "github"])
def test_every_form_says_what_was_taken_from_reads_how_old(at: Desk, form: str) -> None:
    requests(at)
    ran = at.run("plan", "--reuse", "24h", "--format", form)

    assert "7 of 8 campaigns are taken from reads up to" in ran.out


def test_what_nobody_shows_of_when_campaigns_call_is_read_only_where_the_plan_does_something(at: Desk) -> None:
    shape(at, "missing,counters,legacy")
    requests(at)

    assert requests(at) == ONE_OF_A_HUNDRED

    at.write("campaigns/3.yaml", FILE.format(number=3, retries=3, hours=48))
    at.sandbox.clear_requests()
    ran = at.run("plan", "--reuse", "24h", "--detailed-exitcode")

    # The list is looked at once more.
    assert (ran.code, len(at.sandbox.requests)) == (2, EVERYTHING + 1)


def test_what_apply_changes_has_no_verdict_any_more(at: Desk) -> None:
    requests(at)
    at.write("campaigns/3.yaml", FILE.format(number=3, retries=3, hours=48))
    assert at.run("apply", "--auto-approve").code == 0

    (known,) = json.loads((at.folder / ".reconciler/verdicts.json").read_text())["environments"].values()
    assert sorted(known["campaigns"]) == [f"c-{number}" for number in range(CAMPAIGNS) if number != 3]


def test_what_is_applied_is_never_taken_from_verdicts(at: Desk) -> None:
    requests(at)
    for number in range(CAMPAIGNS):
        at.live(f"c-{number}", success_cooldown_hours=99)
    ran = at.run("apply", "--auto-approve")

    assert (ran.code, sum(call.startswith("PUT ") for call in at.writes[-CAMPAIGNS:])) == (0, CAMPAIGNS)
    assert at.run("apply", "--reuse", "24h").code == 64


def test_without_the_option_everything_is_read(at: Desk) -> None:
    requests(at)
    at.sandbox.clear_requests()
    ran = at.run("plan")

    assert (ran.code, len(at.sandbox.requests), "taken from" in ran.out) == (0, EVERYTHING, False)


def test_what_was_changed_by_hand_is_found_by_its_stamp(at: Desk) -> None:
    requests(at)
    at.live("c-3", success_cooldown_hours=99, updated_at="2026-01-02T00:00:00Z")
    ran = at.run("plan", "--reuse", "24h", "--detailed-exitcode")

    assert (ran.code, "success_cooldown_hours" in ran.out) == (2, True)


def test_what_a_file_changed_is_found(at: Desk) -> None:
    requests(at)
    at.write("campaigns/3.yaml", FILE.format(number=3, retries=3, hours=48))

    assert at.run("plan", "--reuse", "24h", "--detailed-exitcode").code == 2


@pytest.mark.parametrize("words", ["missing,no-stamps", "missing,still-stamps"])
def test_where_stamps_tell_nothing_everything_is_read(desk: Desk, words: str) -> None:
    shape(desk, words)
    for number in range(CAMPAIGNS):
        desk.live(f"c-{number}", status="active", success_cooldown_hours=25, max_retries=3, **OLD)
        desk.write(f"campaigns/{number}.yaml", FILE.format(number=number, retries=3, hours=24))
    assert desk.run("apply", "--auto-approve").code == 0

    assert (requests(desk), requests(desk)) == (EVERYTHING, EVERYTHING)


def test_where_the_server_has_no_clock_everything_is_read(at: Desk) -> None:
    at.sandbox.settings = replace(at.sandbox.settings, says_date=False)

    assert (requests(at), requests(at)) == (EVERYTHING, EVERYTHING)


def test_a_list_out_of_a_cache_is_told_by_its_date_and_everything_is_read(at: Desk) -> None:
    requests(at)
    make_older(at, 100)
    at.sandbox.settings = replace(at.sandbox.settings, list_kept=70)
    at.sandbox.clear_requests()
    ran = at.run("plan", "--reuse", "24h")

    assert (ran.code, len(at.sandbox.requests)) == (0, 1 + EVERYTHING)
    assert "the dates of answers are up to 1 min apart" in ran.err


def test_where_no_put_of_ours_was_seen_everything_is_read(desk: Desk) -> None:
    shape(desk, "missing")
    for number in range(CAMPAIGNS):
        desk.live(f"c-{number}", status="active", success_cooldown_hours=24, max_retries=3, **OLD)
        desk.write(f"campaigns/{number}.yaml", FILE.format(number=number, retries=3, hours=24))

    assert (requests(desk), requests(desk)) == (EVERYTHING, EVERYTHING)
    told = "--reuse reads what holds simple fields: no PUT of ours was seen to move updated_at with these"
    assert told in desk.run("plan", "--reuse", "24h").err


def test_one_miss_drops_everything_is_told_and_marks_the_environment(at: Desk) -> None:
    requests(at)
    for number in range(CAMPAIGNS):
        at.live(f"c-{number}", success_cooldown_hours=99)
    ran = at.run("plan", "--reuse", "24h", "--detailed-exitcode")
    again = at.run("plan", "--reuse", "24h", "--format", "json")

    assert (ran.code, "8 to update" in ran.out or ran.out.count("success_cooldown_hours") >= 1) == (2, True)
    assert "a campaign was found changed, and its stamp was not" in ran.err
    assert "--reuse is off for this environment" in again.err
    assert json.loads(again.out)["summary"]["update"] == CAMPAIGNS


def test_what_changed_without_its_stamp_is_a_miss_though_its_verdict_was_too_old_to_be_used(at: Desk) -> None:
    requests(at)
    at.live("c-3", success_cooldown_hours=99)
    make_older(at, 90_000)
    ran = at.run("plan", "--reuse", "24h", "--detailed-exitcode")

    assert (ran.code, "a campaign was found changed, and its stamp was not" in ran.err) == (2, True)


def test_a_file_of_verdicts_that_is_damaged_is_told_and_everything_is_read(at: Desk) -> None:
    requests(at)
    at.write(".reconciler/verdicts.json", "{")
    ran = at.run("plan", "--reuse", "24h")

    assert (ran.code, "its file is damaged" in ran.err) == (0, True)


@pytest.mark.parametrize("age", ["h", "-1h", "1.5h", "24x", " ", "99999999h"])
def test_what_is_no_age_is_wrong_usage(desk: Desk, age: str) -> None:
    ran = desk.run("plan", "--reuse", age)

    assert (ran.code, "is no length of time: write 45s, 90m, 3h or 2d" in ran.err) == (64, True)


def test_a_long_reading_is_told_before_it_starts(at: Desk) -> None:
    at.sandbox.settings = replace(at.sandbox.settings, rate_limit=5, rate_window=1)
    ran = at.run("plan")

    assert "9 requests, about 2 minutes at 5 a minute, because this field is in no list row" in ran.err
    assert ran.err.index("9 requests") < (ran.err + "rate limited").index("rate limited")


def test_nothing_is_reused_where_house_rules_are_held_against_plans(at: Desk) -> None:
    at.write("campaigns/_environment.yaml", "plan_policies: [../rules.schema.json]\n")
    at.write("rules.schema.json", '{"properties": {"campaigns": {"type": "array"}}}')
    before = requests(at)

    assert requests(at) == before


def test_nothing_is_reused_where_days_without_calls_decide_what_is_to_be(at: Desk) -> None:
    at.write("calendars/us.yaml", "- date: 2020-01-01\n")
    for file in (at.folder / "campaigns").glob("*.yaml"):
        file.write_text(file.read_text() + "status: active\nclosed_on: [../calendars/us.yaml]\n")
    before = requests(at)

    assert requests(at) == before

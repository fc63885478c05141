from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from reconciler.sandbox import SANDBOX_TOKEN
from reconciler.sandbox.sample_data import AGENT_REMINDER, AGENT_SALES
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

SALES = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json

id: "c-1"
name: 'Campaign c-1'  # as in the contract

days_of_week: [1, 2, 3]   # no weekends
call_time_ranges:
  - { start: "09:00", end: "12:00" }  # morning
max_retries: 5 # three
"""


def sales(desk: Desk, text: str = SALES, file: str = "campaigns/sales.yaml") -> None:
    desk.write(file, text)


def text_of(file: str = "campaigns/sales.yaml") -> str:
    return Path(file).read_bytes().decode()


def plan_is_empty(desk: Desk) -> bool:
    return desk.run("plan", "--detailed-exitcode").code == 0


def test_what_is_live_is_written_where_the_value_stands_and_nothing_else_changes(desk: Desk) -> None:
    desk.live("c-1", max_retries=2, days_of_week=[1, 2, 3, 6])
    sales(desk)

    ran = desk.run("pull")

    assert (ran.code, ran.err) == (0, "")
    expected = SALES.replace("max_retries: 5", "max_retries: 2").replace("2, 3]", "2, 3, 6]").replace("12:00", "17:00")
    assert text_of() == expected
    assert desk.writes == []
    assert plan_is_empty(desk)
    assert desk.run("pull").out.endswith("\n1 campaign read; nothing to adopt\n")
    assert text_of() == expected


def test_the_picture_is_that_of_a_plan_the_other_way_round(desk: Desk) -> None:
    desk.live("c-1", max_retries=9, days_of_week=[1, 2, 3])
    sales(desk)

    out = desk.run("pull").out

    assert "\nCampaign c-1 (campaigns/sales.yaml, id c-1, active)\n" in out
    assert "  ! windows  09:00-12:00 -> 09:00-17:00  loosens\n      call_time_ranges, campaigns/sales.yaml:7\n" in out
    assert "  ! retries  5           -> 9            loosens\n      max_retries, campaigns/sales.yaml:9\n" in out
    assert "hours a week 9 h -> 24 h (15 h added)" in out
    assert out.endswith("\n1 campaign read; 2 fields of 1 campaign adopted; 1 loosens\nwritten: campaigns/sales.yaml\n")


def test_check_writes_nothing_and_says_with_two_that_there_is_something(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    sales(desk)

    ran = desk.run("pull", "--check")

    assert ran.code == 2
    assert ran.out.endswith("1 campaign read; 3 fields of 1 campaign to adopt; 1 loosens\n")
    assert text_of() == SALES
    desk.run("pull")
    assert desk.run("pull", "--check").code == 0


def test_only_the_fields_that_are_named(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    sales(desk)

    assert desk.run("pull", "--field", "max_retries", "campaigns/sales.yaml").code == 0

    assert text_of() == SALES.replace("max_retries: 5", "max_retries: 2")
    assert desk.run("pull", "--check", "--field", "max_retries", "--field", "name").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--field", "max_retry"], "there is no field max_retry to adopt: did you mean max_retries?"),
        (["--field", "id"], "there is no field id to adopt"),
        (["--field", "status"], "status is only adopted with --with-status"),
        (["--field", "do_not_call_custom_list"], "do_not_call_custom_list is only adopted with --with-numbers"),
        (["--live-status", "asleep"], "'asleep' is not one of"),
    ],
)
def test_what_can_only_be_a_slip_is_wrong_usage(desk: Desk, arguments: list[str], told: str) -> None:
    sales(desk)

    ran = desk.run("pull", *arguments)

    assert ran.code == 64
    assert told in ran.err


def test_what_is_inherited_is_written_into_the_campaigns_own_file_with_where_it_came_from(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    desk.live("c-2", max_retries=5)
    desk.write("campaigns/_defaults.yaml", "max_retries: 5\n")
    sales(desk, "id: c-1\n", "campaigns/us/one.yaml")
    sales(desk, "id: c-2\n", "campaigns/us/two.yaml")

    ran = desk.run("pull")

    assert ran.code == 0
    assert "max_retries goes into campaigns/us/one.yaml" in ran.out
    assert text_of("campaigns/us/one.yaml") == "id: c-1\nmax_retries: 2 # was 5, from ../_defaults.yaml\n"
    assert text_of("campaigns/us/two.yaml") == "id: c-2\n"
    assert text_of("campaigns/_defaults.yaml") == "max_retries: 5\n"
    assert plan_is_empty(desk)


def test_where_every_heir_changed_alike_it_is_written_where_it_is_inherited_from(desk: Desk) -> None:
    desk.live("c-1", max_retries=2, retry_cooldown_hours=5)
    desk.live("c-2", max_retries=2, retry_cooldown_hours=6)
    desk.live("c-3", max_retries=7)
    desk.write("campaigns/_defaults.yaml", "max_retries: 5 # all\nretry_cooldown_hours: 4\n")
    sales(desk, "id: c-1\n", "campaigns/one.yaml")
    sales(desk, "id: c-2\n", "campaigns/two.yaml")
    sales(desk, "id: c-3\nmax_retries: 7\nretry_cooldown_hours: 24\n", "campaigns/three.yaml")

    ran = desk.run("pull", "--into-defaults")

    assert ran.code == 0
    assert text_of("campaigns/_defaults.yaml") == "max_retries: 2 # all\nretry_cooldown_hours: 4\n"
    assert text_of("campaigns/one.yaml") == "id: c-1\nretry_cooldown_hours: 5 # was 4, from _defaults.yaml\n"
    told = "retry_cooldown_hours is not written into campaigns/_defaults.yaml: not every campaign"
    assert told in " ".join(ran.out.split())
    assert plan_is_empty(desk)


@pytest.mark.parametrize("part", ["campaigns/_solar.yaml", "shared/_solar.yaml"])
def test_a_part_is_inherited_from_like_defaults(desk: Desk, part: str) -> None:
    Path(".git").mkdir()
    desk.live("c-1", max_retries=2)
    desk.live("c-2", max_retries=2)
    desk.write("compose.yaml", "a: [\n")
    desk.write(part, "max_retries: 5 # all\n")
    sales(desk, f"from: ../../{part}\nid: c-1\n", "campaigns/one/one.yaml")
    sales(desk, f"from: ../../{part}\nid: c-2\n", "campaigns/two/two.yaml")

    assert desk.run("pull", "--into-defaults", "campaigns/one").code == 0
    own = text_of("campaigns/one/one.yaml")
    assert own.endswith(f"max_retries: 2 # was 5, from ../../{part}\n".replace("../../campaigns", ".."))
    sales(desk, f"from: ../../{part}\nid: c-1\n", "campaigns/one/one.yaml")
    assert desk.run("pull", "--into-defaults").code == 0

    assert text_of(part) == "max_retries: 2 # all\n"
    assert plan_is_empty(desk)


def test_an_heir_that_is_not_looked_at_keeps_the_defaults_as_they_are(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    desk.live("c-2", max_retries=2)
    desk.write("campaigns/_defaults.yaml", "max_retries: 5\n")
    sales(desk, "id: c-1\n", "campaigns/one.yaml")
    sales(desk, "id: c-2\n", "campaigns/two.yaml")

    assert desk.run("pull", "--into-defaults", "campaigns/one.yaml").code == 0

    assert text_of("campaigns/_defaults.yaml") == "max_retries: 5\n"
    assert text_of("campaigns/one.yaml").startswith("id: c-1\nmax_retries: 2 # was 5")


def test_status_only_where_it_is_asked_for(desk: Desk) -> None:
    desk.live("c-1", status="paused")
    sales(desk, "id: c-1\nstatus: active # go\n")

    ran = desk.run("pull")
    assert ran.code == 0
    assert "note: status is paused, the file says active: --with-status adopts it" in ran.out
    assert desk.run("pull", "--check").code == 0
    assert desk.run("pull", "--with-status", "--check").code == 2
    ran = desk.run("pull", "--with-status", "--field", "status")

    assert ran.code == 0
    assert "status  active -> paused" in ran.out
    assert text_of() == "id: c-1\nstatus: paused # go\n"
    assert plan_is_empty(desk)


def test_a_status_that_the_file_does_not_manage_is_nobodys_business(desk: Desk) -> None:
    desk.live("c-1", status="paused")
    sales(desk, "id: c-1\n")

    assert desk.run("pull", "--with-status", "--check").code == 0


def test_the_status_of_a_campaign_that_an_apply_left_paused_is_not_adopted(desk: Desk) -> None:
    desk.live("c-1", status="paused")
    sales(desk, "id: c-1\nstatus: active\n")
    entry = {"campaign": "c-1", "name": "x", "base_url": desk.sandbox.base_url, "status_before": "active", "at": ""}
    desk.write(".reconciler/journal.json", json.dumps({"version": 1, "paused": [entry]}))

    ran = desk.run("pull", "--with-status")

    assert "status is not adopted: an apply left this campaign paused" in ran.out
    assert text_of() == "id: c-1\nstatus: active\n"
    desk.write(".reconciler/journal.json", "broken")
    assert "status is not adopted" in desk.run("pull", "--with-status").out


def test_the_status_that_a_hold_made_is_not_adopted(desk: Desk) -> None:
    desk.live("c-1", status="active")
    sales(desk, "id: c-1\nstatus: active\n")
    desk.run("stop", "--all", "--reason", "wrong prompt")

    ran = desk.run("pull", "--with-status")

    assert (ran.code, text_of()) == (0, "id: c-1\nstatus: active\n")
    assert "status is not adopted: it is held since" in ran.out
    assert desk.run("pull", "--with-status", "--check").code == 0
    desk.live("c-1", status="completed")
    assert desk.run("pull", "--with-status", "--check").code == 2


def test_the_status_of_a_day_without_calls_is_not_adopted(desk: Desk) -> None:
    desk.live("c-1", status="active")
    sales(desk, "id: c-1\nstatus: active\ntimezone: UTC\nclosed_on: [../closed.yaml]\n")
    desk.live("c-1", timezone="UTC")
    today = datetime.datetime.now(datetime.UTC).date()
    days = [today + datetime.timedelta(days=number) for number in (-1, 0, 1)]
    desk.write("closed.yaml", "".join(f'- date: "{day}"\n' for day in days))
    assert desk.run("apply", "--only-calendar", "--auto-approve").code == 0

    ran = desk.run("pull", "--with-status", "--field", "status")

    assert (ran.code, "status is not adopted: it is paused over days without calls" in " ".join(ran.out.split())) == (
        0,
        True,
    ), ran.out


def test_numbers_are_only_added_and_only_where_that_is_asked_for(desk: Desk) -> None:
    live = ["+15550000001", "+15550000002"]
    desk.live("c-1", do_not_call_list_source="custom", do_not_call_custom_list=live)
    before = 'id: c-1\ndo_not_call_list_source: custom\ndo_not_call_custom_list:\n  - "+15550000003" # Tom\n'
    sales(desk, before)

    ran = desk.run("pull")
    assert "do_not_call_custom_list: 2 numbers only live: --with-numbers adds them" in ran.out
    assert "1 number of the file not live: numbers are only added, never taken out" in " ".join(ran.out.split())
    assert text_of() == before
    ran = desk.run("pull", "--with-numbers")

    assert ran.code == 0
    assert "1 number -> 3 numbers (2 added)" in ran.out
    assert "555000000" not in ran.out + ran.err
    assert text_of() == before + '  - "+15550000001"\n  - "+15550000002"\n'
    assert "555000000" not in desk.run("pull", "--with-numbers", "--format", "json").out
    assert desk.run("pull", "--with-numbers", "--check").code == 0


def test_numbers_go_into_the_campaigns_own_file_beside_what_it_inherits(desk: Desk) -> None:
    live = ["+15550000001", "+15550000002"]
    desk.live("c-1", do_not_call_list_source="custom", do_not_call_custom_list=live)
    desk.write("campaigns/_defaults.yaml", 'do_not_call_custom_list: ["+15550000001"]\n')
    sales(desk, "id: c-1\ndo_not_call_list_source: custom\n")

    assert desk.run("pull", "--with-numbers", "--into-defaults").code == 0

    added = 'do_not_call_custom_list: # besides those of _defaults.yaml\n  - "+15550000002"\n'
    assert text_of() == f"id: c-1\ndo_not_call_list_source: custom\n{added}"
    assert desk.run("pull", "--with-numbers", "--check").code == 0


def test_numbers_of_lists_in_files_of_their_own_are_not_added_again(desk: Desk) -> None:
    live = ["+15550000001", "+15550000002"]
    desk.live("c-1", do_not_call_list_source="custom", do_not_call_custom_list=live)
    desk.write("lists/dnc.txt", "+15550000001\n")
    text = "id: c-1\ndo_not_call_lists: [../lists/dnc.txt]\ndo_not_call_list_source: custom\n"
    sales(desk, text)

    assert desk.run("pull", "--with-numbers").code == 0

    added = 'do_not_call_custom_list:\n  - "+15550000002"\n'
    assert sorted(text_of().splitlines()) == sorted((text + added).splitlines())
    assert desk.run("pull", "--with-numbers", "--check").code == 0


def test_what_no_file_can_say_is_told_and_the_rest_is_written(desk: Desk) -> None:
    desk.live("c-1", max_retries=2, auto_complete=None, timezone="Mars/Olympus")
    text = "id: c-1\ntimezone: UTC\nmax_retries: 3\nauto_complete: true\n"
    sales(desk, text)

    ran = desk.run("pull")

    assert ran.code == 1
    told = " ".join(ran.out.split())
    assert "auto_complete is not adopted: it is not set live, which no file can say: take it out of" in told
    assert "timezone is not adopted: " in told
    assert text_of() == text.replace("max_retries: 3", "max_retries: 2")


def test_a_window_of_which_only_the_bounds_are_shown_is_not_adopted(desk: Desk) -> None:
    bounds = {"call_time_ranges": None, "earliest_call_time": "08:00:00", "latest_call_time": "17:00:00"}
    desk.live("c-1", **bounds)
    two = SALES.replace("max_retries", '  - { start: "13:00", end: "16:00" }\nmax_retries')
    sales(desk, two)

    ran = desk.run("pull", "--field", "call_time_ranges")

    assert ran.code == 1
    assert "call_time_ranges is not adopted: the API shows only its outer bounds" in " ".join(ran.out.split())
    assert text_of() == two
    sales(desk)
    assert desk.run("pull", "--field", "call_time_ranges").code == 0
    assert 'start: "08:00", end: "17:00" }  # morning' in text_of()
    assert desk.run("pull", "--field", "call_time_ranges", "--check").code == 0


def test_a_rule_between_fields_is_told_before_anything_is_written(desk: Desk) -> None:
    desk.live("c-1", start_date="2028-01-01", end_date="2028-03-01")
    text = "id: c-1\nstart_date: 2027-01-01\nend_date: 2027-03-01\n"
    sales(desk, text)

    ran = desk.run("pull", "--field", "start_date")

    assert ran.code == 1
    assert "start_date is not adopted: " in ran.out
    assert text_of() == text
    assert desk.run("pull").code == 0
    assert text_of() == text.replace("2027", "2028")


def test_a_new_name_that_another_file_has_is_told(desk: Desk) -> None:
    desk.live("c-1", name="Two")
    desk.live("c-2", name="Two b")
    sales(desk, "id: c-1\nname: One\n", "campaigns/one.yaml")
    sales(desk, "name: Two\n", "campaigns/two.yaml")

    ran = desk.run("pull")

    assert ran.code == 1
    assert text_of("campaigns/one.yaml") in ("id: c-1\nname: One\n", "id: c-1\nname: Two\n")


def test_one_file_that_is_two_campaigns_cannot_adopt_for_one_of_them(desk: Desk) -> None:
    desk.live("c-1", name="Sales", max_retries=2)
    desk.live("c-2", max_retries=9)
    sales(desk, "name: Sales\nmax_retries: 5\n", "campaigns/a/one.yaml")
    Path("campaigns/b").mkdir()
    Path("campaigns/b/one.yaml").symlink_to(Path("../a/one.yaml"))
    desk.write("campaigns/b/_environment.yaml", "token_env: TALKOVER_OTHER\n")

    ran = desk.run("pull")

    assert ran.code == 1
    assert "no token: set the variable TALKOVER_OTHER" in ran.err
    assert "max_retries is not adopted: campaigns/b/one.yaml would say something else than it should" in " ".join(
        ran.out.split()
    )
    assert text_of("campaigns/a/one.yaml") == "name: Sales\nmax_retries: 5\n"


def test_a_file_without_a_live_campaign_has_nothing_to_adopt(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    sales(desk, "name: New\nmax_retries: 3\n", "campaigns/new.yaml")
    sales(desk, "id: gone\nmax_retries: 3\n", "campaigns/gone.yaml")

    ran = desk.run("pull", "--format", "json")

    assert ran.code == 1
    assert [(one["file"], one["notices"] != [], one["errors"] != []) for one in ran.json["campaigns"]] == [
        ("campaigns/gone.yaml", False, True),
        ("campaigns/new.yaml", True, False),
    ]
    assert ran.json["written"] == []


def test_a_finished_campaign_is_adopted_as_it_ended(desk: Desk) -> None:
    desk.live("c-1", status="completed", max_retries=2)
    sales(desk, "id: c-1\nstatus: active\nmax_retries: 3\n")

    ran = desk.run("pull", "--with-status")

    assert ran.code == 0
    assert "note: the campaign is completed, which is final" in ran.out
    assert text_of() == "id: c-1\nstatus: completed\nmax_retries: 2\n"
    assert plan_is_empty(desk)


def test_json_says_what_was_adopted_into_which_file(desk: Desk) -> None:
    desk.live("c-1", max_retries=9)
    desk.write("campaigns/_defaults.yaml", "max_retries: 5\n")
    sales(desk, "id: c-1\n")

    document = desk.run("pull", "--format", "json", "--check").json

    assert document["format_version"] == "1.0"
    assert document["summary"] == {
        "campaigns": 1, "adopted": 1, "fields": 1, "loosened": 1, "unverified": 0, "error": 0,
    }  # fmt: skip
    assert document["written"] == []
    assert document["campaigns"][0]["changes"] == [
        {
            "field": "max_retries",
            "before": 5,
            "after": 9,
            "file": "campaigns/_defaults.yaml",
            "line": 1,
            "direction": "loosens",
            "into": "campaigns/sales.yaml",
        }
    ]
    assert desk.run("pull", "--format", "json").json["written"] == ["campaigns/sales.yaml"]


def test_markdown_is_a_table(desk: Desk) -> None:
    desk.live("c-1", max_retries=9, status="paused")
    sales(desk, "id: c-1\nstatus: active\nmax_retries: 3\n")

    out = desk.run("pull", "--format", "markdown", "--check", "--with-status").out

    assert "| campaign | field | file says | live | direction | into |" in out
    assert "| 3 | 9 | **loosens** |" in out
    assert "| active | paused |  |" in out
    assert "- <code>" in desk.run("pull", "--format", "markdown", "--check").out


AVA, CLARA = "Ava, solar sales", "Clara, appointment reminders"


def test_an_agent_is_written_by_its_name_where_the_file_has_that(desk: Desk) -> None:
    desk.live("c-1", agent_id=AGENT_REMINDER)
    desk.live("c-2", agent_id=AGENT_REMINDER)
    sales(desk, f"id: c-1\nagent: {AVA} # best\n", "campaigns/name.yaml")
    sales(desk, f"id: c-2\nagent_id: {AGENT_SALES} # best\n", "campaigns/id.yaml")

    ran = desk.run("pull", "--field", "agent")

    assert ran.code == 0
    assert CLARA in " ".join(ran.out.split())
    assert text_of("campaigns/name.yaml") == f'id: c-1\nagent: "{CLARA}" # best\n'
    assert text_of("campaigns/id.yaml") == f"id: c-2\nagent_id: {AGENT_REMINDER} # best\n"
    assert plan_is_empty(desk)
    assert desk.run("pull", "--check").code == 0


def test_an_agent_that_is_inherited_by_name_goes_where_it_belongs(desk: Desk) -> None:
    desk.live("c-1", agent_id=AGENT_REMINDER)
    desk.write("campaigns/_defaults.yaml", f"agent: {AVA}\n")
    sales(desk, "id: c-1\n")

    assert desk.run("pull").code == 0
    assert text_of() == f'id: c-1\nagent: "{CLARA}" # was "{AVA}", from _defaults.yaml\n'
    sales(desk, "id: c-1\n")
    assert desk.run("pull", "--into-defaults").code == 0
    assert text_of("campaigns/_defaults.yaml") == f'agent: "{CLARA}"\n'
    assert plan_is_empty(desk)


def test_a_name_that_nobody_has_any_more_becomes_that_of_the_live_agent(desk: Desk) -> None:
    desk.live("c-1", agent_id=AGENT_REMINDER)
    sales(desk, "id: c-1\nagent: Ava, who left\n")

    ran = desk.run("pull")

    assert ran.code == 0
    assert "note: campaigns/sales.yaml:2:8: no agent is called 'Ava, who left'" in ran.out
    assert text_of() == f'id: c-1\nagent: "{CLARA}"\n'


def test_an_agent_whose_name_means_nobody_alone_is_not_adopted(desk: Desk) -> None:
    desk.live("c-1", agent_id="11111111-0000-0000-0000-000000000000")
    sales(desk, f"id: c-1\nagent: {AVA}\n")

    ran = desk.run("pull", "--format", "json")

    assert ran.code == 1
    assert ran.json["campaigns"][0]["errors"][0].startswith("agent is not adopted: ")
    assert text_of() == f"id: c-1\nagent: {AVA}\n"


def test_several_environments_are_told_apart_and_one_that_fails_is_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.live("c-1", max_retries=2)
    sales(desk, "id: c-1\nmax_retries: 3\n", "campaigns/a/one.yaml")
    sales(desk, "id: c-1\nmax_retries: 3\n", "campaigns/b/one.yaml")
    desk.write("campaigns/b/_environment.yaml", "token_env: TALKOVER_OTHER\n")

    assert desk.run("pull").code == 1
    assert text_of("campaigns/a/one.yaml") == "id: c-1\nmax_retries: 2\n"
    monkeypatch.setenv("TALKOVER_OTHER", SANDBOX_TOKEN)
    ran = desk.run("pull", "--format", "json", "--check")
    assert [len(pull["campaigns"]) for pull in ran.json["pulls"]] == [1, 1]


def test_the_live_status_selects(desk: Desk) -> None:
    desk.live("c-1", max_retries=2)
    desk.live("c-2", max_retries=2, status="paused")
    sales(desk, "id: c-1\nmax_retries: 3\n", "campaigns/one.yaml")
    sales(desk, "id: c-2\nmax_retries: 3\n", "campaigns/two.yaml")

    assert desk.run("pull", "--live-status", "paused").code == 0

    assert text_of("campaigns/one.yaml") == "id: c-1\nmax_retries: 3\n"
    assert text_of("campaigns/two.yaml") == "id: c-2\nmax_retries: 2\n"


def test_new_warnings_are_told(desk: Desk) -> None:
    desk.live("c-1", call_time_ranges=[{"start": "03:00", "end": "17:00"}])
    sales(desk, 'id: c-1\ntimezone: America/New_York\ncall_time_ranges: [{start: "09:00", end: "17:00"}]\n')

    ran = desk.run("pull")

    assert ran.code == 0
    assert "warning: call_time_ranges[0]: " in ran.err


def test_broken_files_stop_everything(desk: Desk) -> None:
    sales(desk, "id: c-1\nmax_retries: none\n")

    ran = desk.run("pull")

    assert ran.code == 1
    assert "campaigns/sales.yaml:2:14: max_retries: " in ran.err

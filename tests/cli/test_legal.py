"""Rules on calls, as commands print and heed them."""

from __future__ import annotations

import pytest

from tests.support.command_line import Desk, desk

__all__ = ["desk"]

EARLY = "id: c-1\ncall_time_ranges: [{start: 7:00, end: 17:00}]\n"
OURS = """
rules:
  - name: ours-mn
    places: [MN]
    title: Mongolia
    kind: habit
    about: our own calls
    types: [sales]
    hours: [{days: [1], windows: [["10:00", "12:00"]]}]
    holidays: unknown
    rule: Mondays from 10 to 12
    source: our own experience
    read: nothing
    checked_on: "2026-11-25"
    not_checked: all of it
silenced:
  - {name: us-federal, reason: everybody asked us to}
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [("US-FL", ["Florida", "United States, federal"]), ("Europe/London", ["United Kingdom"]), ("US-TX", ["United"])],
)
def test_the_rules_of_a_place(desk: Desk, place: str, expected: list[str]) -> None:
    blocks = desk.run("legal", place).out.split("\n\n")

    assert all(block.startswith(title) for block, title in zip(blocks, expected, strict=True))


def test_each_says_its_source_and_when_somebody_looked(desk: Desk) -> None:
    ran = desk.run("legal", "US-FL")

    assert "source: Fla. Stat. 501.616(6)" in ran.out
    assert "looked at 2026-11-25: " in ran.out
    assert "at most 3 calls to one person in 24 hours" in ran.out
    assert "not checked: " in ran.out


def test_without_a_place_all_are_printed_and_where_no_clock_is_known_that_is_said(desk: Desk) -> None:
    ran = desk.run("legal")

    assert "Germany (de; DE)" in ran.out
    assert "hours: no clock is known; holidays: unknown" in ran.out


@pytest.mark.parametrize("place", ["MN", "Asia/Ulaanbaatar", "UTC"])
def test_a_place_without_rules(desk: Desk, place: str) -> None:
    ran = desk.run("legal", place)

    assert (ran.code, ran.out) == (0, f"no profile for {place}\n")


def test_what_is_no_place(desk: Desk) -> None:
    ran = desk.run("legal", "UK")

    assert ran.code == 64
    assert "'UK' is neither a code of ISO 3166, such as US or US-FL, nor a time zone: did you mean GB?" in ran.err


def test_hours_that_are_not_checked_are_told_once(desk: Desk) -> None:
    for name in "ab":
        desk.write(f"campaigns/{name}.yaml", f"id: c-{name}\ntimezone: Asia/Ulaanbaatar\n")
    desk.write("campaigns/c.yaml", "id: c-c\njurisdiction: [MN, US]\n")
    desk.write("campaigns/d.yaml", "id: c-d\nmax_retries: 1\n")

    ran = desk.run("validate", "--strict")

    assert ran.code == 0
    assert ran.err.startswith("hours not checked: no profile for Asia/Ulaanbaatar, MN\n")


def test_legal_error_refuses_the_campaign(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", EARLY)

    assert desk.run("plan").code == 0
    desk.write("campaigns/_environment.yaml", "legal: error\n")
    ran = desk.run("plan")

    assert ran.code == 1
    assert "error: Mon-Fri 07:00-08:00 is outside the legal hours" in ran.out


def test_rules_of_ones_own_are_added_and_silence_others_with_a_reason(desk: Desk) -> None:
    desk.live("c-1")
    desk.live("c-2")
    desk.write("campaigns/a.yaml", EARLY)
    desk.write("campaigns/b.yaml", "id: c-2\ntimezone: Asia/Ulaanbaatar\n")
    desk.write("campaigns/_environment.yaml", "legal: warn\nlegal_profiles: [../rules/ours.yaml]\n")
    desk.write("rules/ours.yaml", OURS)

    ran = desk.run("plan")

    assert ran.code == 0
    told = " ".join(ran.out.split())
    assert "outside the usual hours of Mongolia: Mondays from 10 to 12" in told
    assert "note: not judged here: Mon-Fri 07:00-08:00 is outside" in told
    assert "everybody asked us to; rules/ours.yaml)" in told
    assert "hours not checked" not in told


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("rulez: []", "rules/ours.yaml:1:1: rulez: no such field: did you mean rules?", id="a slip"),
        pytest.param("rules: [", "rules/ours.yaml:1:9: ", id="no YAML"),
        pytest.param(
            "silenced: [{name: fr-x, reason: none}]",
            "rules/ours.yaml:1:19: silenced[0].name: no such rule: fr-x (`reconciler legal` lists them)",
            id="a rule that nobody has",
        ),
        pytest.param(None, ":1:18: legal_profiles: rules/ours.yaml cannot be read", id="gone"),
    ],
)
def test_a_file_of_rules_that_is_none_is_a_problem(desk: Desk, content: str | None, expected: str) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\n")
    desk.write("campaigns/_environment.yaml", "legal_profiles: [../rules/ours.yaml]\n")
    if content is not None:
        desk.write("rules/ours.yaml", content)

    ran = desk.run("validate")

    assert ran.code == 1
    assert expected in ran.out


def test_rules_of_ones_own_hold_when_files_are_checked_too(desk: Desk) -> None:
    hours = "timezone: Asia/Ulaanbaatar\ncall_time_ranges: [{start: 9:00, end: 11:00}]\n"
    desk.write("campaigns/a.yaml", EARLY + "timezone: America/New_York\n")
    desk.write("campaigns/b.yaml", "id: c-2\n" + hours)
    desk.write("campaigns/c.yaml", "id: c-3\nmax_retries: 1\n")
    before = desk.run("validate")

    desk.write("rules/ours.yaml", OURS)
    desk.write("campaigns/_environment.yaml", "legal_profiles: [../rules/ours.yaml]\n")
    ran = desk.run("validate")

    assert before.out.startswith(
        "campaigns/a.yaml:2:20: warning: call_time_ranges[0]: every day 07:00-08:00 is outside"
    )
    assert "hours not checked: no profile for Asia/Ulaanbaatar" in before.err
    assert ran.out.startswith("campaigns/b.yaml:3:20: warning: call_time_ranges[0]: every day 09:00-10:00 is")
    assert "hours not checked" not in ran.err


def test_a_plan_tells_of_a_rule_once(desk: Desk) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", EARLY + "timezone: America/New_York\n")

    for settings in ("legal: warn\n", "legal: error\n"):
        desk.write("campaigns/_environment.yaml", settings)
        assert " ".join(desk.run("plan").out.split()).count("is outside the legal hours of United States") == 1


def test_validate_says_what_is_silenced_why_and_for_how_many(desk: Desk) -> None:
    desk.write("campaigns/_environment.yaml", "legal_profiles: [../rules/ours.yaml]\n")
    desk.write("rules/ours.yaml", OURS)
    early = 'timezone: America/New_York\ncampaign_type: sales\ncall_time_ranges: [{start: "07:00", end: "09:00"}]\n'
    for name in "ab":
        desk.write(f"campaigns/{name}.yaml", f"id: c-{name}\n{early}")
    desk.write("campaigns/c.yaml", "id: c-c\ntimezone: America/New_York\n")

    ran = desk.run("validate")

    told = (
        "not judged by us-federal, outside of whose hours 2 campaigns may call: everybody asked us to; rules/ours.yaml"
    )
    assert (ran.code, ran.err.splitlines()[0]) == (0, told)

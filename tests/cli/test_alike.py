"""Campaigns that change alike because a part does: told once, with their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.sandbox.answer_shapes import AnswerShape
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

NEW = """campaign_type: sales
agent: Ava, solar sales
start_date: "2027-01-04"
days_of_week: [1, 2, 3, 4, 5]
call_time_ranges: [{start: "09:00", end: "17:00"}]
timezone: America/New_York
"""


@pytest.fixture
def cities(desk: Desk) -> Desk:
    """Five campaigns that take one part: three are alike, one is paused, and one says it itself."""
    desk.write("campaigns/_solar.yaml", "max_retries: 2\n")
    for number in range(1, 6):
        desk.live(f"c-{number}", name=f"City {number}", status="paused" if number == 4 else "active")
        own = "max_retries: 2\n" if number == 5 else ""
        desk.write(f"campaigns/{number}.yaml", f"from: _solar.yaml\nid: c-{number}\n{own}")
    return desk


def test_the_text_tells_them_once(cities: Desk) -> None:
    said = " ".join(cities.run("plan").out.split())

    assert "the same in 2 other campaigns: City 2 (campaigns/2.yaml), City 3 (campaigns/3.yaml)" in said
    assert (said.count("3 -> 2"), said.count("campaigns/_solar.yaml:1")) == (3, 2)


def test_markdown_tells_them_once(cities: Desk) -> None:
    said = cities.run("plan", "--format", "markdown").out

    assert said.count("and 2 others") == 3
    assert said.count("<details>") == 3
    assert said.count("the same in 2 other campaigns: City 2") == 1


def test_what_does_not_fit_is_counted_by_campaigns(cities: Desk) -> None:
    assert cities.run("plan", "--out", "plan.json").code == 0
    said = cities.run("show", "plan.json", "--format", "markdown", "--limit", "1000").out

    assert "Not shown in full: 5 campaigns" in said


def test_changes_of_numbers_are_told_one_by_one(desk: Desk) -> None:
    desk.write("campaigns/_p.yaml", 'do_not_call_custom_list: ["+12025550101"]\n')
    for number in (1, 2):
        custom = {"do_not_call_list_source": "custom", "do_not_call_custom_list": []}
        desk.live(f"c-{number}", name=f"City {number}", do_not_call_enabled=True, **custom)
        desk.write(f"campaigns/{number}.yaml", f"from: _p.yaml\nid: c-{number}\n")

    assert "the same in" not in desk.run("plan").out


def test_what_spares_people_is_applied_before_what_reaches_more(desk: Desk) -> None:
    said = {
        "a-starts": ("paused", "status: active\n"),
        "b-loosens": ("paused", "max_retries: 9\n"),
        "c-other": ("paused", "description: x\n"),
        "d-tightens": ("paused", "max_retries: 1\n"),
        "e-stops": ("active", "status: paused\n"),
    }
    for name, (status, text) in said.items():
        desk.live(name, status=status)
        desk.write(f"campaigns/{name}.yaml", f"id: {name}\n{text}")

    assert desk.run("apply", "--auto-approve", "--allow-start", "--concurrency", "1").code == 0
    assert [call.split("/")[-2 if call.endswith("status") else -1] for call in desk.writes] == [*reversed(said)]


def test_annotations_tell_them_once(cities: Desk) -> None:
    said = cities.run("plan", "--format", "github").out.splitlines()

    (line,) = [line for line in said if line.startswith("::") and "_solar" in line]
    assert line.startswith("::notice file=campaigns/_solar.yaml,line=1,col=1,title=4 campaigns::retries: 3 -> 2")
    assert line.endswith("; the same in City 1, City 2, City 3, City 4")


def test_campaigns_that_are_created_alike_are_told_once_whatever_they_are_called(desk: Desk) -> None:
    desk.write("campaigns/_solar.yaml", NEW)
    for number in range(1, 31):
        desk.write(f"campaigns/{number:02}.yaml", f"from: _solar.yaml\nname: City {number:02}\n")

    said = " ".join(desk.run("plan").out.split())

    assert said.count("days - -> Mon-Fri") == 1
    assert "the same in 29 other campaigns: City 02, City 03, City 04, City 05" in said
    assert "(campaigns/02.yaml)" not in said


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github"])
def test_starts_that_one_part_asks_for_are_told_once_with_every_name(desk: Desk, form: str) -> None:
    desk.write("campaigns/_solar.yaml", "status: active\n")
    for number in range(1, 4):
        desk.live(f"c-{number}", name=f"City {number}", status="paused")
        desk.write(f"campaigns/{number}.yaml", f"from: _solar.yaml\nid: c-{number}\n")

    said = desk.run("plan", "--format", form).out

    once = {
        "text": "! status",
        "markdown": "<details open>",
        "html": '<details class="campaign"',
        "github": "::warning",
    }
    assert said.count(once[form]) == 1
    assert all(f"City {number}" in said for number in range(1, 4))


def test_values_that_no_answer_shows_are_told_one_by_one_in_a_saved_plan_too(desk: Desk) -> None:
    desk.sandbox.settings = replace(desk.sandbox.settings, answers=AnswerShape.parse("missing"))
    for number in range(1, 4):
        desk.live(f"c-{number}", name=f"City {number}")
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nend_date: 2027-03-0{number}\n")

    said = desk.run("plan", "--out", "plan.json").out

    assert [f"2027-03-0{number}" in said for number in range(1, 4)] == [True] * 3
    assert desk.run("show", "plan.json", "--format", "markdown").out == desk.run("plan", "--format", "markdown").out


def test_campaigns_that_pause_are_told_once_wherever_their_files_say_so(desk: Desk) -> None:
    for number in range(1, 4):
        desk.live(f"c-{number}", name=f"City {number}")
        desk.write(f"campaigns/{number}.yaml", f"id: c-{number}\nstatus: paused\n")

    said = " ".join(desk.run("plan").out.split())

    assert (said.count("active -> paused"), "the same in 2 other campaigns: City 2" in said) == (1, True)

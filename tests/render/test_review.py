"""What a reviewer asks of a plan, answered in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.document import Position, Value
from reconciler.plan.besides import Besides
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.steps import Agent
from reconciler.render import alike, github, review, text
from reconciler.render.html import page
from reconciler.render.markdown import page as markdown
from tests.support.plans import planned

DAY = date(2027, 1, 6)


def campaign(text: str, shown: Mapping[str, Value] | None = None) -> CampaignPlan:
    return planned({"a.yaml": text}, {"a.yaml": shown or {}}).campaigns[0]


def test_the_most_dangerous_comes_first() -> None:
    plan = planned(
        {
            "a.yaml": "max_retries: 3",
            "b.yaml": "max_retries: 9",
            "c.yaml": "max_retries: 2",
            "d.yaml": "status: active",
            "e.yaml": "max_retries: 4",
            "f.yaml": "status: draft",
            "g.yaml": "status: cancelled",
            "h.yaml": "status: paused",
            "i.yaml": "description: New",
        },
        {"b.yaml": {"status": "completed"}, "d.yaml": {"status": "paused"}},
    )

    assert [one.file[0] for one in review.ordered(plan.campaigns)] == ["d", "g", "f", "e", "h", "c", "i", "b", "a"]


def test_of_the_fields_what_loosens_comes_first_and_among_like_ones_days_windows_and_zone() -> None:
    one = campaign(
        "description: New\nmax_retries: 2\ndays_of_week: [1]\nretry_cooldown_hours: 1", {"description": "Old"}
    )

    assert [change.field.name for change in review.ordered_changes(one)] == [
        "retry_cooldown_hours",
        "days_of_week",
        "max_retries",
        "description",
    ]


def test_of_a_creation_days_windows_and_zone_come_before_everything_else() -> None:
    made = (
        "name: A\ncampaign_type: sales\nagent_id: 4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01\nstart_date: 2027-01-04\n"
        'do_not_call_enabled: false\ntimezone: Europe/London\ncall_time_ranges: [{start: "09:00", end: "17:00"}]\n'
        "days_of_week: [1]"
    )
    new = planned({"a.yaml": made}, {"a.yaml": NotFound("none", is_new=True)}).campaigns[0]

    assert [change.field.name for change in review.ordered_changes(new)][:4] == [
        "days_of_week",
        "call_time_ranges",
        "timezone",
        "do_not_call_enabled",
    ]


@pytest.mark.parametrize(
    ("text", "shown", "called", "ended"),
    [
        pytest.param("max_retries: 4", {}, ["retries 3 → 4"], [], id="loosens"),
        pytest.param("max_retries: 2", {}, [], ["retries 3 → 2"], id="tightens"),
        pytest.param("description: new", {"description": "old"}, [], [], id="neither"),
        pytest.param(
            "days_of_week: [1, 6]",
            {},
            ["may call Sat 09:00-17:00 (America/New_York)"],
            ["no calls Tue-Fri 09:00-17:00"],
            id="days",
        ),
        pytest.param(
            "timezone: America/Toronto",
            {},
            ["time zone America/New_York → America/Toronto"],
            [],
            id="a zone with the same hours",
        ),
        pytest.param(
            "status: active",
            {"status": "paused"},
            ["starts calls: paused → active", "may call Mon-Fri 09:00-17:00 (America/New_York)"],
            [],
            id="starts",
        ),
        pytest.param(
            "status: active",
            {"status": "paused", "timezone": None},
            ["starts calls: paused → active"],
            [],
            id="starts at hours that are not known",
        ),
        pytest.param("status: paused", {}, [], ["active → paused"], id="pauses"),
        pytest.param(
            "status: completed",
            {},
            [],
            ["active → completed, which is final", "no calls Mon-Fri 09:00-17:00"],
            id="completes",
        ),
        pytest.param(
            "status: cancelled", {"status": "draft"}, [], ["draft → cancelled, which is final"], id="cancels a draft"
        ),
        pytest.param(
            "days_of_week: [1, 6]\n",
            {"timezone": None},
            ["days Mon-Fri → Mon, Sat"],
            [],
            id="days in a zone that is not known",
        ),
    ],
)
def test_who_is_called_and_what_stops(
    text: str, shown: Mapping[str, Value], called: list[str], ended: list[str]
) -> None:
    one = campaign(text, shown)

    assert (review.called_anew(one, DAY), review.stopped(one, DAY)) == (called, ended)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "no campaigns"),
        ({"a.yaml": "max_retries: 3"}, "1 unchanged"),
        ({"a.yaml": "max_retries: 4"}, "1 campaign changes, 1 loosens"),
        ({"a.yaml": "auto_complete: true"}, "1 is sent settings that the API does not show"),
        (
            {"a.yaml": "days_of_week: [1]", "b.yaml": "status: paused", "c.yaml": "status: draft", "d.yaml": "name: D"},
            "3 campaigns change, 1 cannot be planned, 1 stops calls, 1 may pause",
        ),
    ],
    ids=["nothing", "unchanged", "one", "unverified", "some of each"],
)
def test_the_headline_counts_what_there_is(files: Mapping[str, str], expected: str) -> None:
    assert review.headline(planned(files)) == expected


def test_campaigns_that_cannot_be_planned_answer_nothing() -> None:
    assert [one.found for one in review.answers([[campaign("status: draft")]], DAY)] == [[], [], []]


def test_what_breaks_the_same_rule_is_told_once_whatever_else_changes() -> None:
    plan = planned({f"{n}.yaml": f"max_retries: {n}" for n in range(4, 8)})
    outside = [replace(one, legal=("outside" if one.file < "7" else "elsewhere",)) for one in plan.campaigns]

    rules = next(one for one in review.answers([[one] for one in outside], DAY) if one.kind == "rules")

    assert [([one.file[0] for one in those], told) for those, told in rules.found] == [
        (["4", "5", "6"], ["outside"]),
        (["7"], ["elsewhere"]),
    ]


def test_who_begins_to_call_is_told_by_name_in_every_form() -> None:
    plan = planned({"a.yaml": "status: active"}, {"a.yaml": {"status": "paused"}})
    plan = replace(plan, campaigns=(replace(plan.campaigns[0], agents=(None, Agent("a-1", "Ava"))),))

    for form in (text.render, markdown.render, page.render, github.render):
        assert "agent Ava" in form(plan)


def test_what_is_outside_rules_on_calls_is_an_answer_of_its_own_in_every_form() -> None:
    told = "Mon-Fri 07:30-08:00 is outside the legal hours of United States, federal"
    plan = planned({"a.yaml": 'call_time_ranges: [{start: "07:30", end: "17:00"}]', "b.yaml": "max_retries: 2"})
    outside = replace(plan.campaigns[0], legal=(told,))
    plan = replace(plan, campaigns=(outside, plan.campaigns[1]))

    found = review.answers([[one] for one in plan.campaigns], DAY)

    assert [one.kind for one in found] == ["more", "rules", "less", "pause"]
    assert found[1].found == [([outside], [told])]
    assert "1 is outside rules on calls" in review.headline(plan)
    assert f"- **Outside rules on calls:**\n  - <code>Campaign A</code>: {told}" in markdown.render(plan)
    assert '<section class="answer rules"' in page.render(plan)
    assert "1 is outside rules on calls" in text.render(plan)


# What is told once


LIMIT_RAISED = "the branch raises a limit"
SETTING = Besides("max_changes", "80", "100", LIMIT_RAISED, Position("_environment.yaml", 1, 1), is_grave=True)
OWN = Besides("id", "a", "b", "another campaign is meant", Position("b.yaml", 1, 1), is_grave=True)


def test_what_a_shared_file_changes_is_told_once_before_the_campaigns() -> None:
    plan = planned({"a.yaml": "max_retries: 3", "b.yaml": "max_retries: 4"})
    a, b = plan.campaigns
    told = "_environment.yaml:1: max_changes was 80, now 100: the branch raises a limit (touches 2 campaigns)"
    both = (replace(a, besides=(SETTING,)), replace(b, besides=(OWN, SETTING)))

    first, parted = review.apart(replace(plan, campaigns=both, notices=(told, "else")))

    assert (first, parted.notices) == ([told], ("else",))
    assert [campaign.besides for campaign in parted.campaigns] == [(), (OWN,)]
    for form in (text.render, markdown.render, page.render):
        shown = unescape(" ".join(form(replace(plan, campaigns=both, notices=(told,))).replace("&#95;", "_").split()))
        assert shown.count("now 100: the branch raises a limit") == 1


def test_what_only_a_shared_file_changes_does_not_stay_as_it_is() -> None:
    plan = planned({"a.yaml": "max_retries: 3", "b.yaml": "max_retries: 3"})
    a, b = plan.campaigns

    shown = page.render(replace(plan, campaigns=(replace(a, besides=(SETTING,)), b)))

    assert "1 campaign changes only by a shared file, as told above" in shown
    assert "1 campaign stays as it is" in shown


def test_campaigns_that_change_alike_are_told_together_but_for_what_starts_or_ends() -> None:
    files = {f"{name}.yaml": "max_retries: 4" for name in "abc"}
    files |= {f"{name}.yaml": "status: active" for name in "de"} | {"f.yaml": "max_retries: 4\ndescription: F"}
    plan = planned(files, {f"{name}.yaml": {"status": "draft"} for name in "de"})

    groups = alike.groups(plan.campaigns)

    assert [[one.file[0] for one in group] for group in groups] == [["d"], ["e"], ["a", "b", "c"], ["f"]]
    told = "the same in 2 other campaigns: Campaign B (b.yaml), Campaign C (c.yaml)"
    assert told in " ".join(text.render(plan).split())
    comment = markdown.render(plan)
    assert comment.count("**<code>Campaign A</code>** and 2 others") == 1
    assert f"- {told}" in comment


def test_nothing_that_is_said_of_a_campaign_is_cut_in_the_middle() -> None:
    long = [f"rest after a failed call number {number} goes from 24 h to 12 h" for number in range(20)]

    told = markdown.whole(long)

    assert told.endswith("; and 14 more, below")
    assert all(part in long for part in told.split("; ")[:-1])
    assert markdown.whole(["x" * 500]).endswith("...")


def test_what_one_environment_tells_the_next_tells_no_more() -> None:
    told = "hours not checked: no profile for Asia/Ulaanbaatar"
    plans = [replace(planned({"a.yaml": "max_retries: 2"}), environment=name, notices=(told, name)) for name in "ab"]

    assert [plan.notices for plan in review.ordered_plans(plans)] == [(told, "a"), ("b",)]
    for form in (text.several, markdown.several, page.several):
        assert form(plans).count(told) == 1
    assert github.render(*plans).count(told) == 1

"""Plans held against the rules on calls of the places that campaigns call."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.hours.legal import rules as shipped
from reconciler.model.document import Document, Value
from reconciler.plan.document import to_json
from reconciler.plan.legal import LegalBook, judged
from reconciler.plan.plan import Plan
from reconciler.plan.rules import held_to, rules
from reconciler.plan.steps import Action
from reconciler.render import github, json, text
from reconciler.render.html import page
from reconciler.render.markdown import page as markdown
from tests.plan.test_attempts import WHOLE
from tests.support.plans import FIELDS, planned, read_plan

BOOK = LegalBook(shipped(), {})
WORKDAYS = "days_of_week: [1, 2, 3, 4, 5]\n"
EARLY = WORKDAYS + "call_time_ranges: [{start: 7:00, end: 17:00}]\n"
LATE = WORKDAYS + "call_time_ranges: [{start: 9:00, end: 20:30}]\n"


def plan_of(file: str, live: Mapping[str, Value] | None = None, **settings: Value) -> Plan:
    plan = planned({"c.yaml": file}, {"c.yaml": {**WHOLE, **(live or {})}})
    return held_to(plan, lambda _: rules(settings, "_environment.yaml", None, lets_through=False, legal=BOOK))


def places(plan: Plan) -> list[str]:
    """What is told, up to the rule."""
    return [told.removeprefix("one person: ").partition(": ")[0] for told in plan.campaigns[0].legal]


@pytest.mark.parametrize(
    ("file", "live", "expected"),
    [
        pytest.param(
            EARLY, {}, ["Mon-Fri 07:00-08:00 is outside the legal hours of United States, federal"], id="the zone's"
        ),
        pytest.param(
            LATE + "jurisdiction: [US-FL]\n",
            {},
            ["Mon-Fri 20:00-20:30 is outside the legal hours of Florida"],
            id="a state is stricter than its country",
        ),
        pytest.param(LATE + "jurisdiction: [US-TX]\n", {}, [], id="a state without rules has its country's"),
        pytest.param(
            "timezone: America/Sao_Paulo\n",
            {"call_time_ranges": [{"start": "08:00", "end": "18:00"}], "days_of_week": [1]},
            ["Mon 08:00-09:00 is outside the hours of the trade's code of Brazil"],
            id="live hours under the file's zone",
        ),
        pytest.param(EARLY + "campaign_type: reminder\n", {}, [], id="a reminder is no sale"),
        pytest.param(EARLY, {"campaign_type": "reminder"}, [], id="as live has it"),
        pytest.param("status: active\n", {"status": "paused"}, [], id="a start within the hours"),
        pytest.param(
            "timezone: Europe/London\n",
            {"call_time_ranges": [{"start": "09:00", "end": "12:00"}], "days_of_week": [6]},
            [],
            id="a British Saturday morning",
        ),
        pytest.param(
            "max_retries: 8\nbusy_cooldown_hours: 1\njurisdiction: [US-FL]\n",
            {"call_time_ranges": [{"start": "08:00", "end": "20:00"}]},
            ["up to 9 calls in 24 hours, and 3 are allowed in Florida"],
            id="more calls than a rule allows",
        ),
        pytest.param(
            "max_retries: 5\ntimezone: Europe/Paris\n",
            {"call_time_ranges": [{"start": "10:00", "end": "13:00"}], "days_of_week": [1, 2, 3, 4, 5]},
            ["up to 6 calls in 30 days, and 4 are allowed in France"],
            id="in thirty days",
        ),
        pytest.param(
            "max_retries: 5\nretry_cooldown_hours: 168\ntimezone: Europe/Paris\n",
            {"call_time_ranges": [{"start": "10:00", "end": "13:00"}], "days_of_week": [1, 2, 3, 4, 5]},
            [],
            id="of more than thirty days only the busiest week is known",
        ),
    ],
)
def test_what_will_result_is_judged(file: str, live: Mapping[str, Value], expected: list[str]) -> None:
    assert places(plan_of(file, live)) == expected


def test_every_campaign_that_changes_is_judged_and_no_other() -> None:
    early = {"call_time_ranges": [{"start": "07:00", "end": "17:00"}], "description": "Old"}

    assert len(places(plan_of("description: New", early))) == 1
    assert len(places(plan_of("status: active", {**early, "status": "paused"}))) == 1
    assert places(plan_of("description: Old", early)) == []


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param("timezone: Asia/Ulaanbaatar", "Asia/Ulaanbaatar", id="a zone"),
        pytest.param("timezone: UTC", "UTC", id="a zone in no country"),
        pytest.param("max_retries: 1\njurisdiction: [MN, US]", "MN", id="a place"),
    ],
)
def test_what_is_not_known_is_said(file: str, expected: str) -> None:
    assert plan_of(file).notices == (f"hours not checked: no profile for {expected}",)


def test_it_is_said_once_a_run() -> None:
    plan = planned(dict.fromkeys(("a.yaml", "b.yaml"), "timezone: Asia/Ulaanbaatar"))
    held = held_to(plan, lambda _: rules({}, "", None, lets_through=False, legal=BOOK))

    assert held.notices == ("hours not checked: no profile for Asia/Ulaanbaatar",)


def test_where_the_hours_are_not_known_nothing_is_judged() -> None:
    plan = planned({"c.yaml": EARLY}, {"c.yaml": {**WHOLE, "timezone": "Mars/Olympus"}})

    assert judged(plan.campaigns[0], BOOK) == ((), (), ())
    assert places(plan_of("max_retries: 5", {"days_of_week": []})) == []


def test_a_campaign_that_breaks_a_rule_is_refused_alone_where_that_is_wanted() -> None:
    campaign = plan_of(EARLY, legal="error").campaigns[0]

    assert (campaign.action, campaign.changes, campaign.legal) == (Action.ERROR, (), ())
    assert campaign.errors[0].startswith("Mon-Fri 07:00-08:00 is outside the legal hours of United States, federal: ")
    assert "(47 CFR 64.1200(c)(1); 16 CFR 310.4(c); looked at 2026-11-25)" in campaign.errors[0]


def test_what_only_tightens_is_told_and_never_refused() -> None:
    plan = plan_of(EARLY, {"call_time_ranges": [{"start": "06:00", "end": "17:00"}]}, legal="error")

    assert (plan.has_errors, len(places(plan))) == (False, 1)


def test_of_a_branch_the_word_of_its_base_holds() -> None:
    base = Document("_environment.yaml", {"legal": "error"}, {}, {})

    assert rules({"legal": "warn"}, "", base, lets_through=False).is_legal_refused


def test_what_is_silenced_is_told_with_its_reason() -> None:
    book = LegalBook(shipped(), {"us-federal": "we asked everybody; rules/ours.yaml"})
    plan = planned({"c.yaml": EARLY}, {"c.yaml": WHOLE})
    held = held_to(plan, lambda _: rules({"legal": "error"}, "", None, lets_through=False, legal=book)).campaigns[0]

    assert (held.action, held.legal) == (Action.UPDATE, ())
    assert held.notices[-1].startswith("not judged here: Mon-Fri 07:00-08:00 is outside the legal hours of United")
    assert held.notices[-1].endswith("(we asked everybody; rules/ours.yaml)")


def test_it_is_told_in_every_form() -> None:
    plan, told = plan_of(EARLY), "outside the legal hours of United States, federal"

    assert told in text.render(plan, width=200)
    assert told in markdown.render(plan)
    assert told in page.render(plan)
    assert [line for line in github.render(plan).splitlines() if told in line and line.startswith("::warning")]
    assert told in to_json(plan)["campaigns"][0]["legal"][0]
    assert read_plan(json.render(plan), "plan.json", FIELDS).campaigns[0].legal == plan.campaigns[0].legal

"""Plans and problems as workflow commands."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Position, Problem
from reconciler.model.fields import campaign_fields
from reconciler.plan.document import to_json
from reconciler.plan.read import read_plan
from reconciler.render import github
from tests.support.plans import FIELDS, planned


def problem(message: str = "wrong", *, file: str = "a.yaml", line: int = 1, is_warning: bool = False) -> Problem:
    return Problem(Position(file, line, 3), message, is_warning=is_warning)


def test_errors_come_first_with_place_and_path() -> None:
    problems = [
        problem("overlap", line=2, is_warning=True),
        Problem(Position("campaigns/a.yaml", 12, 16), "09:00 is not after start 17:00", ("call_time_ranges", 0, "end")),
    ]

    assert github.problems(problems).splitlines() == [
        "::error file=campaigns/a.yaml,line=12,col=16::call_time_ranges[0].end: 09:00 is not after start 17:00",
        "::warning file=a.yaml,line=2,col=3::overlap",
    ]


def test_what_means_something_in_a_command_is_escaped() -> None:
    hostile = problem("50 % off\r\n::set-output name=a::b\x1b[31m", file="a,b:c%.yaml")

    assert github.problems([hostile]) == (
        r"::error file=a%2Cb%3Ac%25.yaml,line=1,col=3::50 %25 off\r\n::set-output name=a::b\x1b[31m"
    )


def test_ten_of_each_kind_are_shown_and_the_rest_is_counted() -> None:
    problems = [problem(line=n, is_warning=n > 12) for n in range(1, 24)]

    lines = github.problems(problems).splitlines()

    assert [line.partition(" ")[0] for line in lines[:-1]] == ["::error"] * 10 + ["::warning"] * 10
    assert lines[-1] == "not annotated here: 2 more errors, 1 more warning"


def test_without_problems_nothing_is_said() -> None:
    assert github.problems([]) == ""


@given(st.text(st.characters()), st.text(st.characters()))
def test_no_text_can_start_a_line_of_its_own(message: str, file: str) -> None:
    shown = github.problems([problem(message, file=file)])

    assert len(shown.splitlines()) == 1
    assert shown.isprintable() or {c for c in shown if not c.isprintable()} <= {
        c for c in message + file if c.isspace()
    }


# Plans


def test_what_loosens_is_a_warning_and_what_cannot_be_planned_an_error() -> None:
    plan = planned(
        {
            "a.yaml": "description: New\ndays_of_week: [1]\nmax_retries: 9",
            "b.yaml": "status: draft",
            "c.yaml": "status: active\nauto_complete: true\ndo_not_call_custom_list: []",
            "d.yaml": "status: paused",
            "e.yaml": "max_retries: 3",
        },
        {"a.yaml": {"name": "Sales, EU: 50 %", "description": "Old"}, "c.yaml": {"status": "draft"}},
    )

    assert github.render(plan).splitlines()[:-1] == [
        (
            "::error file=c.yaml,line=3,col=1,title=Campaign C::do-not-call numbers: is withheld, so that protection "
            "is missing: the API does not show it, and it may be in use: sending it could drop people that nobody can "
            "see (--allow-dnc-removals, or do_not_call: replace in _environment.yaml, makes the file the whole truth)"
        ),
        (
            "::error file=b.yaml,line=1,col=1,title=Campaign B::status cannot become draft: the campaign is active, "
            "from where it may become paused or completed or cancelled"
        ),
        (
            "::warning file=c.yaml,line=1,col=9,title=Campaign C::"
            "status: draft -> active: starts calls, Mon-Fri 09:00-17:00 (America/New_York); "
            "one person: at least 4 calls in 3 days"
        ),
        (
            "::warning file=a.yaml,line=3,col=1,title=Sales%2C EU%3A 50 %25::"
            "retries: 3 -> 9 (loosens); one person: at least 10 calls in 62 days (was 4 in 3 days)"
        ),
        (
            "::notice file=a.yaml,line=2,col=1,title=Sales%2C EU%3A 50 %25::"
            "days: Mon-Fri -> Mon (tightens); the campaign may pause"
        ),
        "::notice file=d.yaml,line=1,col=9,title=Campaign D::status: active -> paused: stops calls",
        (
            "::notice file=c.yaml,line=2,col=1,title=Campaign C::"
            "completes by itself: is sent, and cannot be checked: the API does not show it"
        ),
        "::notice file=a.yaml,line=1,col=1,title=Sales%2C EU%3A 50 %25::description: Old -> New",
    ]


def test_starts_come_first_and_ends_next_however_much_loosens() -> None:
    louder = {f"{n:02}.yaml": "max_retries: 9" for n in range(20)}
    plan = planned(
        louder | {"x.yaml": "status: cancelled", "y.yaml": "status: active\nmax_retries: 9"},
        {"y.yaml": {"status": "paused"}},
    )

    first, second, *_ = github.render(plan).splitlines()

    assert first.startswith("::warning file=y.yaml,line=1,col=9,title=Campaign Y::status: paused -> active")
    assert second.endswith("title=Campaign X::status: active -> cancelled: is final")


def test_starts_without_space_for_an_annotation_are_named_in_the_log() -> None:
    plan = planned(
        {f"{n:02}.yaml": "status: active" for n in range(12)}, {f"{n:02}.yaml": {"status": "draft"} for n in range(12)}
    )

    lines = github.render(plan).splitlines()

    assert [line.partition(": Campaign")[0] for line in lines[10:-1]] == [
        "not annotated: 10.yaml:1",
        "not annotated: 11.yaml:1",
        "not annotated here: 2 more warnings",
    ]


def test_a_saved_plan_is_annotated_at_the_same_lines() -> None:
    plan = planned({"a.yaml": "max_retries: 9\nstatus: active"}, {"a.yaml": {"status": "paused"}})

    saved = read_plan(json.dumps(to_json(plan)), "plan.json", FIELDS)

    assert [line.partition(",col")[0] for line in github.render(saved).splitlines()[:2]] == [
        "::warning file=a.yaml,line=2",
        "::warning file=a.yaml,line=1",
    ]


def test_ten_changes_of_each_kind_are_shown_and_the_rest_is_counted() -> None:
    plan = planned({f"{n:02}.yaml": f"max_retries: {n % 2 * 9}\ndescription: new" for n in range(24)})

    *lines, last, _ = github.render(plan).splitlines()

    assert [line.partition(" ")[0] for line in lines] == ["::warning"] * 10 + ["::notice"] * 10
    assert last == "not annotated here: 2 more warnings, 26 more notices"


def test_nothing_is_annotated_in_a_plan_without_changes() -> None:
    plan = planned({"a.yaml": "max_retries: 3"})

    assert github.render(plan) == f"plan {plan.digest[7:19]} for {plan.base_url}: 1 unchanged"


def test_a_field_that_nobody_can_check_and_that_is_not_sent_needs_no_annotation() -> None:
    plan = planned({"a.yaml": {"end_date": "2027-05-01", "max_retries": 2}})
    campaign = plan.campaigns[0]
    unsent = replace(campaign, unverified=tuple(replace(one, send=False) for one in campaign.unverified))

    assert "cannot be checked" in github.render(plan)
    assert "cannot be checked" not in github.render(replace(plan, campaigns=(unsent,)))


def test_what_somebody_else_changed_too_stands_at_the_change_and_in_a_saved_plan() -> None:
    plan = planned({"a.yaml": "max_retries: 4\nauto_complete: true"}, {"a.yaml": {"max_retries": 9}})
    campaign, note = plan.campaigns[0], "max_retries: 3 at the base, now 4; live has 9, changed by somebody else"
    noted = tuple(replace(change, note=note) for change in campaign.changes)
    plan = replace(plan, campaigns=(replace(campaign, changes=noted),))

    told = github.render(plan)
    read = github.render(read_plan(json.dumps(to_json(plan)), "plan.json", campaign_fields()))

    assert f"retries: 9 -> 4 (tightens); {note}" in told
    assert "::notice file=a.yaml,line=2,col=1,title=Campaign A::completes by itself: is sent" in read
    assert read == told

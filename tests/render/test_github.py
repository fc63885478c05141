"""Plans and problems as workflow commands."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.lookup import NotFound
from reconciler.model.document import Position, Problem
from reconciler.model.fields import campaign_fields
from reconciler.model.holds import Hold, Selected
from reconciler.plan.besides import Besides
from reconciler.plan.document import to_json
from reconciler.plan.held import with_holds
from reconciler.plan.plan import Plan
from reconciler.render import github
from tests.support.plans import FIELDS, planned, read_plan


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
    unsent = replace(campaign, unverified=tuple(one._replace(send=False) for one in campaign.unverified))

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


def test_what_means_another_campaign_comes_before_what_loosens_and_is_never_only_counted() -> None:
    files = {f"{n:02}.yaml": f"max_retries: {n}" for n in range(4, 11)} | {
        f"m{n}.yaml": "max_retries: 3" for n in range(12)
    }
    plan = planned(files)
    moved = tuple(
        replace(
            one,
            besides=(
                Besides("id", "a", one.name, "another campaign is meant", Position(one.file, 1, 1), is_grave=True),
            ),
        )
        if one.file.startswith("m")
        else one
        for one in plan.campaigns
    )

    told = github.render(replace(plan, campaigns=moved)).splitlines()

    assert sum(line.startswith("::warning file=m") for line in told) == 10
    assert sum(line.startswith("not annotated: m") for line in told) == 2


def test_what_a_campaign_is_created_with_is_one_annotation() -> None:
    made = (
        "name: A\ncampaign_type: sales\nagent_id: 4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01\nstart_date: 2027-01-04\n"
        'timezone: Europe/London\ncall_time_ranges: [{start: "09:00", end: "17:00"}]\ndays_of_week: [1]'
    )
    plan = planned({"a.yaml": made}, {"a.yaml": NotFound("none", is_new=True)})

    told = [line for line in github.render(plan).splitlines() if line.startswith("::notice")]

    assert len(told) == 1
    assert "line=7,col=1,title=A::is created: days Mon; windows 09:00-17:00; time zone Europe/London; name A" in told[0]


def test_campaigns_of_one_agent_that_overlap_more_are_annotated() -> None:
    shorter = {"agent_id": "ava"}
    longer = {**shorter, "days_of_week": [1, 2, 3, 4, 5, 6]}
    files = {"a.yaml": "max_retries: 2", "b.yaml": "days_of_week: [1, 2, 3, 4, 5, 6]"}
    plan = planned(files, {"a.yaml": longer, "b.yaml": shorter})

    told = "agent ava: 2 campaigns overlap 48 h a week (was 40)"
    assert f"::notice file=campaigns,line=1,col=1,title=agent::{told}" in github.render(plan)
    assert f"- {told}" in github.render(plan)


def test_a_start_that_is_held_is_told_as_held() -> None:
    hold = Hold(
        "2027-01-04T08:00:00Z", "Tom", "wrong prompt", "https://talkover.example/api/v1", Selected(everything=True)
    )
    plan = planned({"a.yaml": "status: active"}, {"a.yaml": {"status": "paused"}})
    plan = with_holds(plan, [hold], (hold,))

    assert "status: paused -> active: held, and not started before `reconciler release`" in github.render(plan)
    assert "starts calls" not in github.render(plan)


def test_rules_on_calls_are_told_at_the_line_that_changes_the_hours_in_a_saved_plan_too() -> None:
    windows = 'max_retries: 2\ncall_time_ranges: [{start: "07:00", end: "17:00"}]'
    plan = planned({"a.yaml": windows, "b.yaml": "id: b\nstatus: active"}, {"b.yaml": {"status": "paused"}})
    plan = replace(plan, campaigns=tuple(replace(one, legal=("outside",)) for one in plan.campaigns))

    told = github.render(plan).splitlines()
    read = github.render(read_plan(json.dumps(to_json(plan)), "plan.json", campaign_fields())).splitlines()

    for lines in (told, read):
        assert [line.split(",col=")[0] for line in lines if line.endswith("::outside")] == [
            "::warning file=b.yaml,line=2",
            "::warning file=a.yaml,line=2",
        ]


def test_what_cannot_be_planned_is_never_only_counted() -> None:
    plan = planned({f"{n:02}.yaml": "status: draft" for n in range(12)})

    told = github.render(plan).splitlines()

    assert sum(line.startswith("::error file=") for line in told) == 10
    assert [line.split(": ")[1] for line in told if line.startswith("not annotated: ")] == ["10.yaml:1", "11.yaml:1"]


def test_campaigns_of_several_environments_at_one_line_are_counted_together() -> None:
    files = {f"{n}.yaml": {"max_retries": 9} for n in range(2)}
    setting = Besides("legal", "error", "warn", "a rule", Position("campaigns/_defaults.yaml", 1, 1), is_grave=True)

    def plan(environment: str) -> Plan:
        found = planned({f"{environment}/{file}": content for file, content in files.items()})
        shared = tuple(
            replace(
                one,
                name=one.file.rpartition("/")[2],
                besides=(setting,),
                changes=tuple(replace(each, position=Position("_part.yaml", 1, 1)) for each in one.changes),
            )
            for one in found.campaigns
        )
        return replace(found, campaigns=shared, environment=environment)

    told = [line for line in github.render(plan("one"), plan("two")).splitlines() if line.startswith("::")]

    assert [line.split("title=")[1].split("::")[0] for line in told] == ["4 campaigns", "4 campaigns"]
    assert told[0].endswith("; the same in 0.yaml, 1.yaml")
    assert told[1].endswith("legal was error, now warn: a rule")

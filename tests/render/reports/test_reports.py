"""A report for people, in every form: who said yes to what, what was done, for whom calling changed, what failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.report import Approval, Origin, Report
from reconciler.model.document import Position, Problem
from reconciler.render.html import report as html
from reconciler.render.reports import markdown, text, words
from tests.support.plans import planned

NUMBER = "+15551230001"
PLANNED = planned(
    {
        "a.yaml": f'status: active\nmax_retries: 5\nauto_complete: true\ndo_not_call_custom_list: ["{NUMBER}"]',
        "b.yaml": "status: paused\nmax_retries: 1",
    },
    {"a.yaml": {"status": "draft", "do_not_call_custom_list": [], "do_not_call_list_source": "custom"}},
).campaigns
STARTED = Outcome(
    "c-1",
    "Sales",
    "campaigns/a.yaml",
    Result.APPLIED,
    changes=PLANNED[0].changes,
    unverified=PLANNED[0].unverified,
    status=PLANNED[0].status,
    done=("updated 2 fields", "status draft -> active"),
    notices=("so it is",),
    seconds_paused=64.5,
)
STOPPED = Outcome(
    "c-2", "Stopped", "campaigns/b.yaml", Result.APPLIED, changes=PLANNED[1].changes, status=PLANNED[1].status
)
PROBLEM = Problem(Position("campaigns/c.yaml", 3, 1), "the API says: no", ("name",))
OTHERS = (
    Outcome("c-3", "Failed", "campaigns/c.yaml", Result.FAILED, failure=Failure("HTTP 422", problems=(PROBLEM,))),
    Outcome("c-4", "Left", "", Result.LEFT_PAUSED, failure=Failure("no answer")),
    Outcome(None, "Late", "campaigns/e.yaml", Result.NOT_ATTEMPTED, failure=Failure("stopped by SIGTERM")),
    Outcome("c-6", "Off", "campaigns/f.yaml", Result.DEFERRED, failure=Failure("calls are queued")),
    Outcome("c-7", "Quiet", "campaigns/g.yaml", Result.UNCHANGED),
)
REPORT = Report(
    "https://talkover.example/api/v1",
    "sha256:" + "0f" * 32,
    "0.1.0",
    "2027-01-04T09:00:00+00:00",
    "2027-01-04T09:00:08Z",
    3,
    (STARTED, STOPPED, *OTHERS),
    Origin("f00d", "main", "mona", "https://ci.example/runs/7"),
    approval=Approval.SAVED_PLAN,
)
FORMS = [
    pytest.param(text.render, id="text"),
    pytest.param(markdown.render, id="markdown"),
    pytest.param(html.render, id="html"),
]


def plain(rendered: str) -> str:
    return rendered.replace("&#58;", ":").replace("<code>", "").replace("</code>", "").replace("\u2060", "")


@pytest.mark.parametrize("render", FORMS)
def test_every_form_tells_an_auditor_everything(render: Callable[[Report], str]) -> None:
    told = plain(render(REPORT))

    for one in (
        "https://talkover.example/api/v1",
        "a saved plan that was reviewed before",
        "0f0f0f0f0f0f",
        "f00d",
        "main",
        "mona",
        "https://ci.example/runs/7",
        "2027-01-04 09:00:00 UTC",
        "2027-01-04 09:00:08 UTC, exit code 3",
        "Called when they were not before, or more often",
        "Stops, or is called less",
        "Left paused, and makes no calls",
        "Paused by us",
        "1 min 4 s",
        "Failed",
        "Put off",
        "Not begun",
        "HTTP 422",
        "campaigns/c.yaml:3:1: name: the API says: no",
        "unknown",
        "so it is",
        "1 campaign needed nothing",
    ):
        assert one in told
    assert NUMBER not in told


@pytest.mark.parametrize("render", FORMS)
def test_a_run_without_an_end_says_so(render: Callable[[Report], str]) -> None:
    told = render(replace(REPORT, finished_at=None, exit_code=None, outcomes=(STARTED,)))

    assert "nobody wrote an end: the run was cut off, or still goes on" in told
    assert "needed nothing" not in told


@pytest.mark.parametrize("render", FORMS)
def test_a_recover_had_nothing_to_be_approved(render: Callable[[Report], str]) -> None:
    healed = Outcome("c-1", "Sales", "", Result.APPLIED, done=("it is active again",))

    told = render(replace(REPORT, command="recover", approval=None, outcomes=(healed,)))

    assert ("Recover: 1 campaign" in told, "approval" in told, "it is active again" in told) == (True, False, True)


def test_what_needs_somebody_comes_first() -> None:
    assert [one.name for one in words.ordered(REPORT.outcomes)] == [
        "Left",
        "Failed",
        "Off",
        "Late",
        "Sales",
        "Stopped",
        "Quiet",
    ]


def test_text_is_as_wide_as_the_terminal() -> None:
    told = text.render(REPORT, width=60).splitlines()

    assert [line for line in told if len(line) > 60 and " " in line.strip()] == []
    assert "  ! retries              3         -> 5                   loosens" in text.render(REPORT, width=120)


def test_markdown_is_shorter_than_its_place() -> None:
    many = [replace(STARTED, id=f"c-{number}", name=f"Sales {number} " + "x" * 600) for number in range(60)]

    told = markdown.render(replace(REPORT, outcomes=tuple(many)), limit=40_000)

    assert len(told) < 40_000
    assert "Not shown in full: " in told
    assert " more" in told


@pytest.mark.parametrize("limit", [1_000, 1_500, 3_000, 8_000])
def test_where_there_is_hardly_any_space_the_facts_stay(limit: int) -> None:
    many = [replace(STARTED, id=f"c-{number}", name=f"Sales {number} " + "x" * 600) for number in range(60)]

    told = markdown.render(replace(REPORT, outcomes=tuple(many)), limit=limit)

    assert len(told) < limit
    assert ("### Apply: 60 campaigns", "mona" in told, "Not shown in full: " in told) == (told[:23], True, True)


@pytest.mark.parametrize("render", FORMS)
def test_names_from_outside_are_text(render: Callable[[Report], str]) -> None:
    hostile = replace(STOPPED, name="<b>@all</b>\x1b[31m", notices=("<script>", "`x`"))

    told = render(replace(REPORT, outcomes=(hostile,)))

    assert "\x1b[31m" not in told
    assert "<b>@all" not in told or render is text.render
    assert told.count("<script>") == (1 if render is html.render else render is text.render)


def test_a_campaign_that_was_created_is_told_with_all_its_fields() -> None:
    created = replace(STARTED, is_created=True, unverified=())

    assert words.as_plan(created).action == "create"
    assert words.as_plan(OTHERS[-1]).action == "none"


@pytest.mark.parametrize("render", FORMS)
def test_what_was_done_alike_is_told_once_with_the_names_of_all(render: Callable[[Report], str]) -> None:
    cities = [
        replace(STOPPED, id=f"c-{number}", name=f"City {number}", file=f"campaigns/{number}.yaml")
        for number in range(9)
    ]
    failed = [replace(one, result=Result.FAILED, failure=Failure("no answer")) for one in cities[7:]]

    told = plain(render(replace(REPORT, outcomes=(*cities[:7], *failed))))

    assert "City 0 and 6 others" in told.replace("</b>", "").replace("</bdi>", "").replace("<bdi>", "")
    assert [told.count(f"City {number}") for number in (1, 6)] == [1, 1]
    assert "City 7" in told
    assert "campaigns/6.yaml" in told


def test_who_has_no_file_has_no_empty_brackets() -> None:
    healed = [replace(OTHERS[1], id=f"c-{number}", name=f"City {number}") for number in range(3)]

    assert "the same in 2 other campaigns: City 1, City 2" in text.render(replace(REPORT, outcomes=tuple(healed)))

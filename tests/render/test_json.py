"""The JSON documents, and the schema that every report keeps to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.report import Approval, Origin, Report
from reconciler.model.document import Position, Problem, Value
from reconciler.model.fields import schema_folder
from reconciler.plan.document import to_json
from reconciler.render.json import plans, render, report, reports
from tests.support.plans import planned

SCHEMA = json.loads((schema_folder() / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

NUMBER = "+15551230001"
REFUSED = Failure(
    message="PUT /campaigns/c-3: HTTP 422: The given data was invalid.",
    request="PUT /campaigns/c-3",
    status=422,
    code="INVALID",
    problems=(
        Problem(
            Position("campaigns/c.yaml", 12, 16),
            "the API says: The end must be after the start.",
            ("call_time_ranges", 0, "end"),
        ),
    ),
)
PLANNED = planned(
    {"a.yaml": f'status: active\nmax_retries: 2\nauto_complete: true\ndo_not_call_custom_list: ["{NUMBER}"]'},
    {"a.yaml": {"status": "draft", "do_not_call_custom_list": [], "do_not_call_list_source": "custom"}},
).campaigns[0]
# One outcome for every result that a campaign can have.
OUTCOMES = {
    Result.APPLIED: Outcome(
        "c-1",
        "Sales São Paulo",
        "campaigns/a.yaml",
        Result.APPLIED,
        changes=PLANNED.changes,
        unverified=PLANNED.unverified,
        status=PLANNED.status,
        done=("updated 2 fields", "status draft -> active"),
        notices=("somebody else is at work",),
        requests=7,
        retries=1,
        seconds_paused=4.125,
    ),
    Result.UNCHANGED: Outcome("c-2", "Reminder", "campaigns/b.yaml", Result.UNCHANGED),
    Result.FAILED: Outcome("c-3", "Follow-up", "campaigns/c.yaml", Result.FAILED, failure=REFUSED, requests=1),
    Result.NOT_ATTEMPTED: Outcome(
        None, "Survey", "campaigns/d.yaml", Result.NOT_ATTEMPTED, failure=Failure("stopped by SIGTERM")
    ),
    Result.LEFT_PAUSED: Outcome(
        "c-5", "c-5", "", Result.LEFT_PAUSED, failure=Failure("no answer"), requests=3, seconds_paused=2.0
    ),
    Result.DEFERRED: Outcome(
        "c-6",
        "Win-back",
        "campaigns/f.yaml",
        Result.DEFERRED,
        failure=Failure("calls are queued", "PUT /campaigns/c-6", 409, "CAMPAIGN_HAS_ACTIVE_CALLS"),
    ),
}


def a_report(*outcomes: Outcome) -> Report:
    return Report(
        base_url="https://talkover.example/api/v1",
        digest="sha256:" + "0f" * 32,
        tool_version="0.1.0",
        started_at="2027-01-04T09:00:00+00:00",
        finished_at="2027-01-04T09:00:08+00:00",
        exit_code=3,
        outcomes=outcomes,
        approval=Approval.SAVED_PLAN,
        token_env="TALKOVER_TOKEN",
        key_name="0f" * 32,
        origin=Origin("f00d", "main", "mona", "https://ci.example/runs/7"),
    )


def document(*outcomes: Outcome) -> Value:
    return json.loads(report(a_report(*outcomes)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_names_every_result() -> None:
    definitions = SCHEMA["$defs"]

    assert set(definitions["result"]["enum"]) == set(Result)
    assert set(definitions["summary"]["required"]) - {"requests", "retries", "seconds_paused"} == {
        result.replace(" ", "_") for result in Result
    }


@pytest.mark.parametrize("result", Result)
def test_a_report_of_every_result_keeps_to_the_schema(result: Result) -> None:
    made = document(OUTCOMES[result])

    assert list(VALIDATOR.iter_errors(made)) == []
    assert [(campaign["outcome"], campaign["result"]) for campaign in made["campaigns"]] == [(result, result)]


def test_a_report_of_a_recover_has_no_digest() -> None:
    made = json.loads(report(replace(a_report(), digest=None)))

    assert (list(VALIDATOR.iter_errors(made)), made["digest"], made["campaigns"]) == ([], None, [])


def test_a_report_starts_with_what_it_is_a_report_of() -> None:
    made = document()

    del made["summary"]
    assert list(made.items()) == [
        ("format_version", "1.0"),
        ("tool_version", "0.1.0"),
        ("command", "apply"),
        ("base_url", "https://talkover.example/api/v1"),
        ("digest", "sha256:" + "0f" * 32),
        ("approval", "saved plan"),
        ("commit", "f00d"),
        ("branch", "main"),
        ("actor", "mona"),
        ("run_url", "https://ci.example/runs/7"),
        ("token_env", "TALKOVER_TOKEN"),
        ("key_name", "0f" * 32),
        ("started_at", "2027-01-04T09:00:00+00:00"),
        ("finished_at", "2027-01-04T09:00:08+00:00"),
        ("exit_code", 3),
        ("campaigns", []),
    ]


def test_the_summary_counts_outcomes_and_adds_up_what_they_cost() -> None:
    assert document(*OUTCOMES.values(), OUTCOMES[Result.APPLIED])["summary"] == {
        "applied": 2,
        "unchanged": 1,
        "failed": 1,
        "not_attempted": 1,
        "left_paused": 1,
        "deferred": 1,
        "requests": 18,
        "retries": 2,
        "seconds_paused": 10.25,
    }


def test_an_outcome_tells_what_was_done() -> None:
    made = document(OUTCOMES[Result.APPLIED])["campaigns"]

    assert NUMBER not in json.dumps(made)
    assert [
        (change["field"], change["direction"], change["file"], change["line"]) for change in made[0].pop("changes")
    ] == [("max_retries", "tightens", "a.yaml", 2), ("do_not_call_custom_list", "tightens", "a.yaml", 4)]
    assert made == [
        {
            "id": "c-1",
            "name": "Sales São Paulo",
            "file": "campaigns/a.yaml",
            "result": "applied",
            "outcome": "applied",
            "created": False,
            "unverified": [{"field": "auto_complete"}],
            "status": {"before": "draft", "after": "active", "file": "a.yaml", "line": 1},
            "done": ["updated 2 fields", "status draft -> active"],
            "notices": ["somebody else is at work"],
            "requests": 7,
            "retries": 1,
            "seconds_paused": 4.125,
            "put_off": None,
            "error": None,
        }
    ]


def test_a_failure_tells_the_answer_and_where_in_the_files_to_look() -> None:
    assert document(OUTCOMES[Result.FAILED])["campaigns"][0]["error"] == {
        "message": "PUT /campaigns/c-3: HTTP 422: The given data was invalid.",
        "status": 422,
        "code": "INVALID",
        "request": "PUT /campaigns/c-3",
        "problems": [
            {
                "file": "campaigns/c.yaml",
                "line": 12,
                "column": 16,
                "path": "call_time_ranges[0].end",
                "message": "the API says: The end must be after the start.",
            }
        ],
    }


def _drop(*way: str | int) -> Callable[[Value], None]:
    def damage(made: Value) -> None:
        *before, last = way
        for part in before:
            made = made[part]
        del made[last]

    return damage


def _put(value: Value, *way: str | int) -> Callable[[Value], None]:
    def damage(made: Value) -> None:
        *before, last = way
        for part in before:
            made = made[part]
        made[last] = value

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_put("2.0", "format_version"), id="another version"),
        pytest.param(_put("0f" * 32, "digest"), id="a digest that does not name its hash"),
        pytest.param(_put("2027-01-04 09:00", "started_at"), id="a moment without seconds and zone"),
        pytest.param(_put(2, "exit_code"), id="an exit code that only a plan has"),
        pytest.param(_drop("summary", "deferred"), id="a summary without a count"),
        pytest.param(_put(-1, "summary", "failed"), id="a count below zero"),
        pytest.param(_put("7", "campaigns", 0, "requests"), id="a count as text"),
        pytest.param(_put("done", "campaigns", 0, "result"), id="an unknown result"),
        pytest.param(_drop("commit"), id="a report that does not say where it came from"),
        pytest.param(_drop("campaigns", 0, "changes"), id="an outcome without its changes"),
        pytest.param(_put("../health", "campaigns", 0, "id"), id="an id that is a path"),
        pytest.param(_put(None, "campaigns", 0, "error"), id="a failure without its error"),
        pytest.param(_put("applied", "campaigns", 0, "outcome"), id="a success with an error"),
        pytest.param(_drop("campaigns", 0, "error", "request"), id="an error without its request"),
        pytest.param(_put(0, "campaigns", 0, "error", "problems", 0, "line"), id="a line before the first"),
    ],
)
def test_the_schema_refuses(damage: Callable[[Value], None]) -> None:
    made = document(OUTCOMES[Result.FAILED])

    damage(made)

    assert len(list(VALIDATOR.iter_errors(made))) == 1


def test_new_keys_may_be_added_anywhere() -> None:
    made = document(OUTCOMES[Result.FAILED])
    error = made["campaigns"][0]["error"]

    for part in (made, made["summary"], made["campaigns"][0], error, error["problems"][0]):
        part["invented"] = {"later": True}

    assert list(VALIDATOR.iter_errors(made)) == []


@given(st.lists(st.sampled_from(list(OUTCOMES.values()))))
def test_every_campaign_is_counted_once(outcomes: list[Outcome]) -> None:
    made = document(*outcomes)

    assert sum(made["summary"][result.replace(" ", "_")] for result in Result) == len(outcomes)
    assert list(VALIDATOR.iter_errors(made)) == []


def test_reports_of_several_environments_are_a_list() -> None:
    made = [a_report(OUTCOMES[Result.APPLIED]), a_report(OUTCOMES[Result.FAILED])]

    together = json.loads(reports(made))

    assert together == {"format_version": "1.0", "reports": [json.loads(report(one)) for one in made]}
    assert list(VALIDATOR.iter_errors(together)) == []


def test_reports_of_one_environment_are_its_report() -> None:
    assert reports([a_report()]) == report(a_report())


def test_the_schema_looks_into_every_report_of_a_list() -> None:
    together = json.loads(reports([a_report(), a_report()]))

    del together["reports"][1]["summary"]

    assert ["/".join(map(str, error.path)) for error in VALIDATOR.iter_errors(together)] == ["reports/1"]


def test_plans_of_several_environments_are_a_list() -> None:
    one, other = planned({"a.yaml": "max_retries: 2\n"}), planned({"b.yaml": "max_retries: 3\n"})

    assert plans([one]) == render(one)
    assert json.loads(plans([one, other])) == {"format_version": "1.0", "plans": [to_json(one), to_json(other)]}


def test_a_plan_is_written_as_it_is() -> None:
    made = planned({"a.yaml": "name: Vendas São Paulo\nmax_retries: 2\n"})

    text = render(made)

    assert json.loads(text) == to_json(made)
    assert "São" in text
    assert text.splitlines()[1] == '  "format_version": "1.0",'

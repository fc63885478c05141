"""A report that was written is read again as the values that it was made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.apply.outcome import Failure, Outcome, PutOff, Result
from reconciler.apply.report import Approval, Origin, Report, read_reports
from reconciler.model.document import Position, Problem
from reconciler.model.errors import ReportFileError
from reconciler.model.fields import campaign_fields
from reconciler.render.json import report, reports
from tests.support.plans import planned

FIELDS = campaign_fields()
PLANNED = planned(
    {"a.yaml": 'status: active\nmax_retries: 2\nauto_complete: true\ndo_not_call_custom_list: ["+15551230001"]'},
    {"a.yaml": {"status": "draft", "do_not_call_custom_list": [], "do_not_call_list_source": "custom"}},
).campaigns[0]
CHANGED = Outcome(
    "c-1",
    "Sales",
    "campaigns/a.yaml",
    Result.APPLIED,
    changes=PLANNED.changes[:1],
    status=PLANNED.status,
    done=("updated 1 field", "status draft -> active"),
    requests=4,
    seconds_paused=4.125,
)
PROBLEM = Problem(Position("b.yaml", 2, 1), "no", ("name",))
FAILED = Outcome(
    None,
    "New",
    "campaigns/b.yaml",
    Result.FAILED,
    notices=("so it is",),
    failure=Failure("HTTP 422", "POST /campaigns", 422, "INVALID", (PROBLEM,)),
)
REPORT = Report(
    "https://talkover.example/api/v1",
    None,
    "0.1.0",
    "2027-01-04T09:00:00+00:00",
    "2027-01-04T09:00:08+00:00",
    1,
    (CHANGED, FAILED),
    Origin("f00d", "main", "mona", None),
    approval=Approval.ANSWER,
    token_env="TALKOVER_TOKEN",
    key_name="0f" * 32,
)


def read(text: str) -> tuple[Report, ...]:
    return read_reports(text, "report.json", FIELDS)


def changed(change: Callable[[dict[str, Any]], object], made: Report = REPORT) -> str:
    document = json.loads(report(made))
    change(document)
    return json.dumps(document)


def test_what_was_written_is_what_is_read() -> None:
    assert read(report(REPORT)) == (REPORT,)


@pytest.mark.parametrize("until", [None, datetime(2027, 1, 4, 17, tzinfo=UTC)])
def test_what_was_put_off_is_read_again(until: datetime | None) -> None:
    failure = Failure("put off: calling now")
    put_off = replace(
        CHANGED, result=Result.DEFERRED, failure=failure, put_off=PutOff(("end_date",), until, "calling now")
    )
    made = replace(REPORT, outcomes=(put_off,))

    assert read(report(made)) == (made,)


def test_a_report_of_several_environments_is_read_as_several() -> None:
    other = replace(REPORT, base_url="https://other.example/api/v1", finished_at=None, exit_code=None)

    assert read(reports([REPORT, other])) == (REPORT, other)
    assert read(reports([])) == ()


def test_numbers_are_read_as_counts_and_unverified_fields_by_their_names() -> None:
    outcome = replace(CHANGED, changes=PLANNED.changes, unverified=PLANNED.unverified)

    (found,) = read(report(replace(REPORT, outcomes=(outcome,))))

    assert [len(side) for c in found.outcomes[0].changes[1:] for side in (c.before, c.after)] == [0, 1]  # type: ignore[arg-type]
    assert [one.field.name for one in found.outcomes[0].unverified] == ["auto_complete"]


def test_a_report_of_an_older_version_says_less() -> None:
    def older(document: dict[str, Any]) -> None:
        for key in ("command", "approval", "token_env", "key_name"):
            del document[key]
        for row in document["campaigns"]:
            del row["created"], row["put_off"]

    assert read(changed(older)) == (replace(REPORT, approval=None, token_env=None, key_name=None),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("{", "is not JSON, or was cut short", id="cut short"),
        pytest.param("[]", "is no report of an apply", id="no object"),
        pytest.param('{"format_version": "1.0", "campaigns": []}', "is no report of an apply", id="a plan"),
        pytest.param(changed(lambda d: d.update(format_version="2.0")), "has format 2.0", id="another format"),
        pytest.param(changed(lambda d: d.pop("campaigns")), "that this version can read", id="without campaigns"),
        pytest.param(
            changed(lambda d: d["campaigns"][0]["changes"][0].update(field="new")),
            "no report that this version can read",
            id="an unknown field",
        ),
        pytest.param(changed(lambda d: d.update(campaigns=7)), "no report that this version can read", id="a number"),
    ],
)
def test_what_is_no_report_is_told(text: str, told: str) -> None:
    with pytest.raises(ReportFileError, match=told):
        read(text)

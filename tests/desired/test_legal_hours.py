"""Files held against rules on calls that are not those that are shipped."""

from __future__ import annotations

import pytest

from reconciler.desired.legal_hours import outside
from reconciler.hours.legal import rules
from reconciler.model.fields import campaign_fields
from tests.support.documents import document

FIELDS = campaign_fields()
EARLY = "timezone: America/New_York\ncall_time_ranges: [{start: 7:00, end: 9:00}]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(EARLY, ["every day 07:00-08:00"], id="every day"),
        pytest.param(EARLY + "days_of_week: [1]\n", ["Mon 07:00-08:00"], id="on its days"),
        pytest.param("timezone: America/New_York\n", [], id="no windows"),
        pytest.param("max_retries: 1\ncall_time_ranges: [{start: 7:00, end: 9:00}]\n", [], id="no place"),
    ],
)
def test_what_lies_outside(text: str, expected: list[str]) -> None:
    found = outside(FIELDS, document(text), rules())

    assert [problem.message.partition(" is outside")[0] for problem in found] == expected


def test_without_rules_nothing_does() -> None:
    assert outside(FIELDS, document(EARLY), ()) == set()

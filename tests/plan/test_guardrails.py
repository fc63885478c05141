"""Limits on what a plan may do at once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.model.errors import UsageError
from reconciler.plan.guardrails import Limit, Limits, exceeded, limit, limits
from tests.support.plans import planned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", Limit(0, False, "--x")),
        (25, Limit(25, False, "--x")),
        ("10%", Limit(10, True, "--x")),
        ("100%", Limit(100, True, "--x")),
    ],
)
def test_a_limit_is_a_number_or_a_percentage(text: Value, expected: Limit) -> None:
    assert limit(text, "--x", percent=True) == expected


@pytest.mark.parametrize("text", ["", "-1", "1.5", "ten", "101%", "5 %", "%", "1" * 10, True])
def test_anything_else_is_wrong_usage(text: Value) -> None:
    with pytest.raises(UsageError, match=r"--x: .* is no limit: expected a whole number, or a percentage such as 10%"):
        limit(text, "--x", percent=True)


def test_only_changes_may_be_limited_in_percent() -> None:
    with pytest.raises(UsageError, match=r"expected a whole number$"):
        limits({"max_loosened": "10%"}, {}, "")


def test_an_option_goes_before_the_file() -> None:
    chosen = limits({"max_changes": "3", "max_paused": None}, {"max_changes": 9, "max_paused": 1}, "_environment.yaml")

    assert chosen == Limits(
        max_changes=Limit(3, False, "--max-changes"), max_paused=Limit(1, False, "_environment.yaml: max_paused")
    )


@pytest.mark.parametrize(
    ("campaigns", "of", "allowed"),
    [(9, 9, True), (1, 10, True), (2, 10, False), (2, 20, True), (3, 20, False)],
    ids=["percent says nothing below ten", "at the limit of ten", "over it", "at the limit of twenty", "over that"],
)
def test_ten_percent(campaigns: int, of: int, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    assert Limit(10, True, "--max-changes").allows(campaigns, of) is allowed


LOOSER: Mapping[str, Value] = {"max_retries": 9}
LATER: Mapping[str, Value] = {"days_of_week": [1]}


def test_every_limit_that_is_over_is_told_with_numbers_and_a_way_out() -> None:
    plan = planned({"a.yaml": LOOSER, "b.yaml": LATER, "c.yaml": {"max_retries": 3}})
    set_to = Limits(
        Limit(1, False, "--max-changes"),
        Limit(0, False, "x/_environment.yaml: max_loosened"),
        max_paused=Limit(1, False, "-"),
    )

    changed, loosened = exceeded([plan], set_to)
    assert changed == (
        "too much at once: 2 of 3 campaigns change, and --max-changes allows 1; "
        "if that is meant, pass --max-changes 2 once"
    )
    assert loosened == (
        "too much at once: 1 of 3 campaigns loosen what may be done to people, "
        "and x/_environment.yaml: max_loosened allows 0; if that is meant, pass --max-loosened 1 once"
    )


def test_no_limit_allows_everything() -> None:
    assert exceeded([planned({"a.yaml": LOOSER})], Limits()) == ()


def test_starts_are_limited_by_a_step_as_by_a_creation() -> None:
    new = {
        "name": "Spring",
        "campaign_type": "sales",
        "agent_id": "a-1",
        "start_date": "2027-01-04",
        "days_of_week": [1],
        "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
        "timezone": "UTC",
        "status": "active",
    }
    plan = planned(
        {"a.yaml": {"status": "active"}, "b.yaml": new, "c.yaml": {**new, "status": "draft"}, "d.yaml": LOOSER},
        {"a.yaml": {"status": "paused"}, **dict.fromkeys(("b.yaml", "c.yaml"), NotFound("none", is_new=True))},
    )

    told = exceeded([plan], limits({}, {"max_started": 1}, "_environment.yaml"))

    assert " ".join(told) == (
        "too much at once: 2 of 4 campaigns start calls, and _environment.yaml: max_started allows 1; "
        "if that is meant, pass --max-started 2 once"
    )
    assert exceeded([plan], limits({"max_started": "2"}, {"max_started": 1}, "_environment.yaml")) == ()


def test_pauses_are_limited() -> None:
    told = exceeded([planned({"a.yaml": LATER})], Limits(max_paused=Limit(0, False, "--max-paused")))

    assert [line.partition(",")[0] for line in told] == ["too much at once: 1 of 1 campaigns may be paused"]

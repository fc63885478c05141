"""Campaigns as values: which status may follow which, and what a campaign is called."""

from __future__ import annotations

import itertools

import pytest

from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from tests.support.campaigns import shown, wanted

ALLOWED = {
    ("draft", "active"),
    ("draft", "cancelled"),
    ("active", "paused"),
    ("active", "completed"),
    ("active", "cancelled"),
    ("paused", "active"),
    ("paused", "completed"),
    ("paused", "cancelled"),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_a_status_may_follow_another_as_the_api_has_it(before: Status, after: Status) -> None:
    assert may_become(before, after) is ((before, after) in ALLOWED)


@pytest.mark.parametrize("before", [None, "", "archived", "Active"])
def test_nothing_follows_a_status_that_is_not_known(before: str | None) -> None:
    assert [after for after in Status if may_become(before, after)] == []


@pytest.mark.parametrize("status", [*Status, "archived", None])
def test_completed_and_cancelled_are_finished_and_nothing_else(status: str | None) -> None:
    assert shown({}, status).is_finished is (status in ("completed", "cancelled"))


def test_what_is_finished_leads_nowhere() -> None:
    assert [(one, other) for one in FINISHED for other in Status if may_become(one, other)] == []


@pytest.mark.parametrize(
    ("desired", "name", "label"),
    [
        pytest.param(wanted({"name": "Spring"}), "Spring", "Spring", id="its name"),
        pytest.param(wanted({}), None, "c-1", id="else its id"),
        pytest.param(wanted({"name": 5}, campaign=None), None, "c.yaml", id="else its file"),
    ],
)
def test_a_campaign_is_called_by_the_best_that_is_known(desired: Desired, name: str | None, label: str) -> None:
    assert (desired.name, desired.label, desired.file) == (name, label, "c.yaml")


@pytest.mark.parametrize("value", [wanted({"do_not_call_custom_list": ["+15551230001"]}), shown({"a": "b"})])
def test_values_from_outside_are_not_in_a_repr(value: Desired | Live) -> None:
    assert "values" not in repr(value)

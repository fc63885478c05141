"""When and how often campaigns call, worked out when somebody asks."""

from __future__ import annotations

import pytest

from reconciler.model.campaign import Live
from reconciler.plan.call_times import CallTimesOf
from tests.support.plans import FIELDS, desired

WEEK = {"days_of_week": [1], "call_time_ranges": [{"start": "09:00", "end": "17:00"}], "timezone": "Europe/Paris"}


@pytest.mark.parametrize("status", ["draft", "paused", None])
def test_the_hours_of_what_does_not_call_are_asked_of_nobody(status: str | None) -> None:
    wanted = desired("c.yaml", "id: c\nmax_retries: 1")

    assert CallTimesOf(FIELDS, wanted, Live("c", "C", status, WEEK)).hours is None
    assert CallTimesOf(FIELDS, wanted, Live("c", "C", "active", WEEK)).hours is not None


def test_a_campaign_that_is_created_has_no_hours_yet() -> None:
    wanted = desired("c.yaml", "name: C\ntimezone: Europe/Paris")

    assert CallTimesOf(FIELDS, wanted, None).hours is None
